"""What Indonesian law says beyond contact hours: charges, repossession, agencies, complaints, data, limitation."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="place",
        text="Collecting takes place at the billing address or the debtor's domicile; elsewhere by prior consent only.",
        source="POJK 22/2023 art. 62(2)(e) and (3) (okezone.com 2024-07-13)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="agency",
        text="Agencies may collect with certified staff; the lender answers for what they do.",
        source="POJK 35/2018 art. 65 (finance.detik.com 2020-03-12); POJK 46/2024 may have replaced it",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="visit_papers",
        text="A field collector carries a letter of authority, the fiducia certificate, the notice and a certificate.",
        source="OJK as quoted at medcom.id 2021-07-28",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="repossession",
        text="Default is agreed in writing or decided by a court or dispute body, a warning letter was given and the "
        "lender holds the fiducia certificate; the taking is minuted. There is no self-help.",
        source="POJK 22/2023 art. 64 (harianbengkuluekspress 2024-01-11); MK 18/PUU-XVII/2019 (hukumonline.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="late_fee",
        text="No statutory cap was found for finance companies; the contract governs.",
        source="no rule found; caps of SEOJK 19/SEOJK.06/2023 bind peer-to-peer lenders only (inews.id)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="limitation",
        text="Thirty years in general.",
        source="KUHPerdata art. 1967 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="complaint",
        text="A complaint is answered within 10 working days, once extendable by 10.",
        source="APPK rules (infobanknews.com 2024-08-09)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_protection",
        text="Data go abroad to a country of equal protection, else under binding instruments, else by consent.",
        source="UU 27/2022 art. 56 (smartlawyer.id, periskop.id)",
        confidence=Confidence.SECONDARY,
    ),
)
