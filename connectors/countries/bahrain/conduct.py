"""What Bahraini law asks of collecting beyond the hour: disclosed late charges, complaints by days, data."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
    AsAgreed,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
)
from domain.contacts import Confidence

_CODE: Final = date(2012, 1, 1)
_CODE_SOURCE: Final = (
    "Code of Best Practice on Consumer Credit and Charging (arabbank.bh; CBB rulebook CM-8.1.2, BC-3.4); its day of "
    "effect is to be read"
)
_COMPLAINTS: Final = (
    "CBB complaints procedure as a bank states it (sgb.com/complaints); its day of effect is to be read"
)

CONDUCT: Final = completed(
    "bh",
    Conduct(
        charges=(
            ChargeRule(
                id="bh.late_charge",
                text="A late charge is owed as it was disclosed in the contract and by notice.",
                source="CBB rulebook BC-4.3.x (cbben.thomsonreuters.com entiresection/503849); the day of effect is to "
                "be read",
                confidence=Confidence.VERIFIED,
                effective_from=_CODE,
                kind=ChargeKind.LATE_FEE,
                cap=AsAgreed(),
                products=frozenset({"loan", "lease"}),
            ),
            late_amount_to_charity("bh.late_islamic", since=_CODE),
        ),
        limitation=(
            LimitationRule(
                id="bh.limitation",
                text="A commercial obligation lapses after ten years.",
                source="from memory; Law of Commerce 7/1987 is to be checked for article, time and what begins it anew",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1987, 10, 1),
                claim="contract",
                years=10,
            ),
        ),
        duties=(
            Duty(
                id="bh.hardship",
                text="Who is in financial difficulty is dealt with quickly and sympathetically; Islamic credit "
                "included.",
                source=_CODE_SOURCE,
                confidence=Confidence.VERIFIED,
                effective_from=_CODE,
                kind=DutyKind.VULNERABLE,
            ),
            Duty(
                id="bh.complaints_acknowledged",
                text="A complaint is acknowledged within five business days.",
                source=_COMPLAINTS,
                confidence=Confidence.SECONDARY,
                effective_from=_CODE,
                # No days: they are for the acknowledgement, and a debtor is told by when the answer comes.
                kind=DutyKind.COMPLAINTS,
            ),
            Duty(
                id="bh.complaints",
                text="A complaint is answered within 20 business days; then the Central Bank may be asked within 30 "
                "calendar days.",
                source=_COMPLAINTS,
                confidence=Confidence.SECONDARY,
                effective_from=_CODE,
                kind=DutyKind.COMPLAINTS,
                days=20,
            ),
            Duty(
                id="bh.data_transfer",
                text="A law protects personal data; on what ground they may leave the country is to be checked.",
                source="Law 30/2018 on personal data protection, in force 2019-08-01",
                confidence=Confidence.SECONDARY,
                effective_from=date(2019, 8, 1),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"ar": "السيد/السيدة {name}", "en": "Dear {name}"},
            source="from memory: custom; a native reader is to confirm it",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"ar": ("إيقاف", "ايقاف", "إلغاء", "الغاء", "توقف"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
