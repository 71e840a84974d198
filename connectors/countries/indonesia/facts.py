"""What Indonesian law says that has no place of its own: peer-to-peer lenders, conduct that is a crime."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="peer_to_peer",
        text="For being late peer-to-peer lenders take at most 0.1% a day from 2026 (0.2% in 2025, 0.3% in 2024) of "
        "loans to consume, 0.067% (before 0.1%) of loans to produce, all charges together at most the principal; banks "
        "and finance companies are not meant.",
        source="SEOJK 19/SEOJK.06/2023 (inews.id)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="No threat, violence, humiliation or pressure, and no disturbing without end; spreading a debt to "
        "telephone contacts humiliates. Breach is a crime of two to ten years.",
        source="POJK 22/2023 art. 62(2)(a)-(d); UU 4/2023 art. 306 (okezone.com 2024-01-28; suara.com 2025-05-23)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="fines",
        text="Breach of the rules on collecting costs up to IDR 15 billion, the crime IDR 25 million to 250 billion.",
        source="POJK 22/2023 art. 62(4)-(6) (enimekspres.bacakoran.co, read 2026-11-29); UU 4/2023 art. 306 "
        "(suara.com 2025-05-23)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_processors",
        text="Whoever works on data for another does so on instruction only and passes it on with written consent; "
        "breach of the law costs up to 2% of a year's revenue.",
        source="UU 27/2022 arts. 51 and 57 (justisio; smartlawyer.id; periskop.id)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="breach_notice",
        text="A breach of personal data is notified within three times 24 hours.",
        source="UU 27/2022 art. 46 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="oral_complaints",
        text="A complaint made by word of mouth is answered within five working days.",
        source="POJK 22/2023, chapter on complaints (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="sender_names",
        text="A sender's name in texts is registered with the operators; no list of people not to be called is known "
        "that reaches messages about a contract.",
        source="operators' rules (to be checked with Komdigi)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="foreign_exchange",
        text="From April 2026 each party buys up to USD 50,000 a month without an underlying, before that 100,000.",
        source="Bank Indonesia (egindo.com; CNBC Indonesia 2026-04-23)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="rupiah",
        text="Rupiah are written without decimals and kept with the two of ISO 4217; SNAP sends two, QRIS none or two.",
        source="ISO 4217; Unicode CLDR; documentation of SNAP at Midtrans; spring-qris",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a withholding tax of 20% (PPh 26), unless a treaty says less (form DGT).",
        source="Income Tax Law (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
