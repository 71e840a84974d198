"""What Vietnamese law says that has no structured place: advertising, sensitive data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="advertising",
        text="Advertising by text or call needs a brand name, consent before, a label and a way to refuse, and heeds "
        "the Do-Not-Call register; a reminder that carries an offer becomes advertising.",
        source="Decree 91/2020/ND-CP arts. 7 and 14-16, in force 2020-10-01 (lawnet.vn)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="sensitive_data",
        text="Bank accounts, cards, transactions and images of identity cards are sensitive data; silence is no "
        "consent, and Vietnamese data on a foreign cloud are a transfer.",
        source="Law 91/2025/QH15 and Decree 356/2025/ND-CP, in force 2026-01-01 (morihamada; rajahtannasia; "
        "luatvietnam; heylefty)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="brand_name",
        text="A brand name for advertising texts is given for three years.",
        source="Decree 91/2020/ND-CP (mondaq.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="contract_hours",
        text="Form and time of reminders are agreed in the contract of a finance company, inside 07:00-21:00; a "
        "narrower agreement is the contract's own and is not known here.",
        source="Circular 43/2016/TT-NHNN art. 7 as amended by 18/2019/TT-NHNN (thuvienphapluat.vn, official summary)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="data_subject_requests",
        text="The 72 hours of the older decree for requests of data subjects gave way to time limits that differ by "
        "request.",
        source="Decree 356/2025/ND-CP, in force 2026-01-01, in place of Decree 13/2023 (morihamada)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="split_payments",
        text="Transfers above VND 10 million, or VND 20 million a day, ask for biometrics, so that people may pay in "
        "parts; those of VND 500 million and more take another way than NAPAS 247.",
        source="Decision 2345/QD-NHNN and the rules of NAPAS (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="dong",
        text="Dong have no decimals, as written, as sent and in ISO 4217.",
        source="ISO 4217; Unicode CLDR; NAPAS VietQR format v1.0 (09/2021)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a foreign contractor tax of 5%.",
        source="foreign contractor tax circulars (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
