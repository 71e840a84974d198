"""What Thai law asks of collecting beyond the hour: fees per billing cycle, hire purchase, what a collector says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.countries.thailand.rules import ACT
from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
    Amount,
    Basis,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    Per,
    Percent,
    RecoveryStep,
    SenderRule,
)
from domain.contacts import Channel, Confidence

_FEES: Final = date(2021, 9, 12)
_FEES_SOURCE: Final = (
    "Committee notification 2021-08-09, Gazette 2021-08-13, in force 2021-09-12 (gam-legalalliance.com; "
    "mitsuleasing.com; thebestcenter.com)"
)
_DEFAULT_INTEREST: Final = date(2021, 4, 11)
_HIRE_PURCHASE: Final = date(2023, 1, 10)
_BANK_OF_THAILAND: Final = date(2026, 6, 1)  # "June 2026"; the day is to be read
_HIRE_PURCHASE_SOURCE: Final = "OCPB contract committee notification B.E. 2565, in force 2023-01-10 (dharmniti.co.th)"
_CODE: Final = "from memory; Civil and Commercial Code s. {section} is to be checked"
_CODE_SINCE: Final = date(1992, 6, 8)
_FREE_UP_TO: Final = Amount(Decimal(1000), "THB")
_ONE: Final = (0, 2)
_MORE: Final = (2, None)


def _fee(code: str, baht: int, unpaid: tuple[int, int | None], text: str) -> ChargeRule:
    return ChargeRule(
        id=f"th.{code}",
        text=text,
        source=_FEES_SOURCE,
        confidence=Confidence.SECONDARY,
        effective_from=_FEES,
        kind=ChargeKind.COLLECTION_COST,
        cap=Amount(Decimal(baht), "THB", Per.CYCLE),
        unpaid=unpaid,
        more_than=_FREE_UP_TO,
    )


def _late_interest(name: str, since: date, until: date | None, *, source: str, confidence: Confidence) -> ChargeRule:
    return ChargeRule(
        id=f"th.{name}",
        text="A late charge is at most 5% a year on the principal of the overdue instalment.",
        source=source,
        confidence=confidence,
        effective_from=since,
        effective_to=until,
        kind=ChargeKind.LATE_INTEREST,
        cap=Percent(Decimal(5), Per.YEAR, Basis.INSTALMENT),
    )


def _lapses(claim: str, years: int, section: str, text: str) -> LimitationRule:
    return LimitationRule(
        id=f"th.limitation.{claim}",
        text=text,
        source=_CODE.format(section=section),
        confidence=Confidence.UNVERIFIED,
        effective_from=_CODE_SINCE,
        claim=claim,
        years=years,
    )


CONDUCT: Final = completed(
    "th",
    Conduct(
        charges=(
            _fee(
                "collection_fee_one",
                50,
                _ONE,
                "Collecting costs at most THB 50 a billing cycle for one unpaid instalment, nothing while arrears "
                "are up to THB 1,000.",
            ),
            _fee(
                "collection_fee_more",
                100,
                _MORE,
                "Collecting costs at most THB 100 a billing cycle for more unpaid instalments, nothing while arrears "
                "are up to THB 1,000.",
            ),
            _late_interest(
                "late_interest_2021",
                _DEFAULT_INTEREST,
                _HIRE_PURCHASE,
                source="from memory; Civil and Commercial Code s. 224/1 is to be checked",
                confidence=Confidence.UNVERIFIED,
            ),
            _late_interest(
                "late_interest",
                _HIRE_PURCHASE,
                _BANK_OF_THAILAND,
                source="OCPB contract committee notification B.E. 2565, in force 2023-01-10, as a lender sums it up "
                "(chobrod.com 2023-01-23, ttb drive)",
                confidence=Confidence.SECONDARY,
            ),
            _late_interest(
                "late_interest_2026",
                _BANK_OF_THAILAND,
                None,
                source="from memory: the Bank of Thailand's rules gazetted 2025-12-03, in force June 2026, could not "
                "be read; the ceiling before them is taken to go on",
                confidence=Confidence.UNVERIFIED,
            ),
        ),
        limitation=(
            _lapses("instalment", 2, "193/34(6)", "An instalment of hire purchase lapses after two years."),
            _lapses("contract", 5, "193/33(2)", "A loan repaid by instalments lapses after five years."),
            _lapses("loan", 10, "193/30", "Any other loan lapses after ten years."),
        ),
        recovery=(
            RecoveryStep(
                id="th.recovery.notice",
                order=1,
                code="termination_notice",
                form="written_notice",
                wait_days=30,
                after_unpaid=3,
                text="Hire purchase ends only after three instalments in a row are missed and a written notice was "
                "given.",
                source=f"{_HIRE_PURCHASE_SOURCE}; the 30 days are from memory",
                confidence=Confidence.SECONDARY,
                effective_from=_HIRE_PURCHASE,
            ),
        ),
        agencies=(
            AgencyRule(
                id="th.agency",
                text="Agencies may collect when registered.",
                source="Debt Collection Act B.E. 2558 (zicolaw.com 2019-11-28)",
                confidence=Confidence.SECONDARY,
                effective_from=ACT,
                may_act=True,
                may_hold_money=None,
                register="registrar under the Debt Collection Act",
            ),
        ),
        duties=(
            Duty(
                id="th.disclosure",
                text="A collector says name, agency, creditor and amount, and shows authority in person.",
                source="Debt Collection Act B.E. 2558 s. 9 (harwell-legal.com)",
                confidence=Confidence.SECONDARY,
                effective_from=ACT,
                kind=DutyKind.DISCLOSE,
                elements=("agent_name", "agency_name", "creditor_name", "amount"),
            ),
            Duty(
                id="th.receipt",
                text="Whoever pays a collector gets a receipt.",
                source="Debt Collection Act B.E. 2558 s. 9 (harwell-legal.com)",
                confidence=Confidence.SECONDARY,
                effective_from=ACT,
                kind=DutyKind.RECEIPT,
            ),
            Duty(
                id="th.data_transfer",
                text="Data go abroad on adequacy, safeguards or consent.",
                source="from memory; PDPA B.E. 2562 ss. 28-29 and the notifications in force 2024-03-24 are to be "
                "checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2024, 3, 24),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        senders=(
            SenderRule(
                id="th.sms",
                text="The sender's name is registered, the brand stands in the text, and a link is whitelisted "
                "first, so none is sent; lending money is a theme that a carrier approves beforehand.",
                source="operators' rules since 2025-01-01 (clicksend.com; twilio.com; sinch.com; suresms.com)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 1, 1),
                channel=Channel.SMS,
                links=False,
                sender_registered=True,
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"th": "เรียน คุณ{name}", "en": "Dear Khun {name}"},
            source="custom, from memory: khun with the given name",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"th": ("หยุด", "ยกเลิก", "STOP"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
