"""What Emirati law says beyond contact hours: charges, Islamic products, security, complaints, texts, data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_fee",
        text="Fees on a consumer's car loan are capped; the figure for delay was not in the text read.",
        source="Regulation 29/2011 Appendix 2, Resolution 96/2019 (cbuae.thomsonreuters.com 4064)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="late_donation",
        text="Under an Islamic contract a late amount is due only after demand and warning, and goes to charity whole.",
        source="Higher Shari'ah Authority decision of 2020-09, in force 2021-01-01 (tellerreport.com 2020-09-22)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="murabaha",
        text="A clause that raises a murabaha price for late payment is void.",
        source="Court of Cassation 9/2025; Federal Decree-Law 50/2022 arts. 468, 473, 481 (mondaq.com 1688272)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="repossession",
        text="There is no private repossession; the mortgage is noted at the traffic authority; a judge enforces it.",
        source="from memory; Federal Law 4/2020 on security over movables is to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="agency",
        text="Agents may act for a lender, who answers for them under a written collection policy.",
        source="CBUAE Consumer Protection Standards N 1158/2021 (course outline at thegulfconsultant.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="limitation",
        text="Civil claims 15 years, commercial claims 5 years; a new civil law was announced for 2026.",
        source="Federal Law 5/1985 art. 473; Federal Decree-Law 50/2022 art. 92 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="complaint",
        text="The ombudsman Sanadak acknowledges within 3 business days; the lender answers within 30 calendar days.",
        source="sanadak.gov.ae, what to expect, resolution process",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="Texts come from registered senders and carry no links, no phone numbers and no talk of loans.",
        source="twilio.com guidelines for the United Arab Emirates",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_protection",
        text="Mainland, DIFC and ADGM each have a data law; conditions for transfer abroad are to be checked.",
        source="Federal Decree-Law 45/2021; DIFC DPL 2020; ADGM DPR 2021 (hfw.com)",
        confidence=Confidence.SECONDARY,
    ),
)
