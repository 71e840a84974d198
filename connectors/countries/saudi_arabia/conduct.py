"""What Saudi law asks of collecting beyond the hour: charges, default, the enforcement extract, duties, data.

The ceilings of article 8(1-6) are lifetime totals: what was charged before on the same contract counts, which the
table of charges does not know. Whoever charges must subtract it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from connectors.countries.saudi_arabia.rules import CIRCULAR, CIRCULAR_SINCE, FIRST, FIRST_SINCE
from connectors.shared.house_conduct import completed
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
    AgencyRule,
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
from domain.contacts import Channel, Confidence, LenderType

_BOUND: Final = frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY})
_WHOLE: Final = Decimal(100)


def _ceiling(code: str, kind: ChargeKind, basis: Basis, text: str) -> ChargeRule:
    return ChargeRule(
        id=f"sa.{code}",
        text=text,
        source=f"{CIRCULAR} art. 8(1-6)",
        confidence=Confidence.VERIFIED,
        effective_from=CIRCULAR_SINCE,
        kind=kind,
        cap=Percent(_WHOLE, Per.ONCE, basis),
        lender_types=_BOUND,
    )


class _Edition(NamedTuple):
    """An edition of SAMA's rules: what its parts are called, and when it held."""

    part: str
    since: date
    until: date | None
    ending: str  # of the rules' names


_OF_2025: Final = _Edition(f"{CIRCULAR} art.", CIRCULAR_SINCE, None, "")
_OF_2018: Final = _Edition(f"{FIRST} section", FIRST_SINCE, CIRCULAR_SINCE, "_2018")


def _duty(
    code: str,
    kind: DutyKind,
    *,
    part: str,
    text: str,
    channels: frozenset[Channel] | None = None,
    elements: tuple[str, ...] = (),
    days: int | None = None,
    edition: _Edition = _OF_2025,
) -> Duty:
    return Duty(
        id=f"sa.{code}{edition.ending}",
        text=text,
        source=f"{edition.part} {part}",
        confidence=Confidence.VERIFIED,
        effective_from=edition.since,
        effective_to=edition.until,
        kind=kind,
        channels=channels,
        elements=elements,
        days=days,
    )


_CALLS: Final = frozenset({Channel.PHONE})
_TEN_YEARS: Final = 3653

_CHARGES: Final = (
    _ceiling(
        "late_fee_due", ChargeKind.LATE_FEE, Basis.OVERDUE, "Penalties for delay do not exceed the amount that is due."
    ),
    _ceiling(
        "late_fee_instalment",
        ChargeKind.LATE_FEE,
        Basis.INSTALMENT,
        "Penalties for delay come to at most one instalment over the whole term.",
    ),
    _ceiling(
        "cost_due", ChargeKind.COLLECTION_COST, Basis.OVERDUE, "Collection fees do not exceed the amount that is due."
    ),
    _ceiling(
        "cost_instalment",
        ChargeKind.COLLECTION_COST,
        Basis.INSTALMENT,
        "Collection fees come to at most one instalment over the whole term.",
    ),
    late_amount_to_charity("sa.late_fee_islamic", since=CIRCULAR_SINCE),
)

_LIMITATION: Final = (
    LimitationRule(
        id="sa.limitation_civil",
        text="A claim is no longer heard after ten years; it is not extinguished.",
        source="Civil Transactions Law (M/191) art. 295 (clydeco.com 2023-09-25); the day of effect is from memory",
        confidence=Confidence.SECONDARY,
        effective_from=date(2023, 12, 16),
        claim="contract",
        years=10,
    ),
    LimitationRule(
        id="sa.limitation_commercial",
        text="A commercial claim is no longer heard after five years.",
        source="Commercial Courts Law (pinsentmasons.com); article and day of effect (from memory) are to be checked",
        confidence=Confidence.SECONDARY,
        effective_from=date(2020, 6, 16),
        claim="commercial",
        years=5,
    ),
)

_RECOVERY: Final = (
    RecoveryStep(
        id="sa.enforcement_extract",
        text="The extract of the registered finance lease is the enforcement instrument; a vehicle is recovered "
        "through the competent authorities only, never by the lender's own staff.",
        source="SAMA circulars 42039135 of 2021-01-25 and 361000115987 of 2015-06-14 (rulebook.sama.gov.sa "
        "en/node/6346, 5438)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2021, 1, 25),
        order=1,
        code="enforcement_extract",
        form="court_order",
        wait_days=0,
        route="judicial",
        products=frozenset({"lease", "ijara"}),
    ),
)

_AGENCIES: Final = (
    AgencyRule(
        id="sa.agency",
        text="A third party may collect for a bank or finance company, which answers for it.",
        source=f"{CIRCULAR} art. 3 and closing provisions",
        confidence=Confidence.VERIFIED,
        effective_from=CIRCULAR_SINCE,
        may_act=True,
        may_hold_money=None,
    ),
)

_DUTIES: Final = (
    _duty(
        "disclose",
        DutyKind.DISCLOSE,
        part="5(2)",
        text="Every message names lender and department (or the third party and its lender), a number and its hours.",
        elements=("creditor_name", "department", "creditor_phone", "working_hours"),
    ),
    _duty(
        "disclose_call",
        DutyKind.DISCLOSE,
        part="5(2)",
        text="On a call the employee also gives his name.",
        channels=_CALLS,
        elements=("agent_name",),
    ),
    _duty(
        "caller_id",
        DutyKind.CALLER_ID,
        part="4",
        text="The debtor can call back the number that called.",
        channels=_CALLS,
    ),
    _duty(
        "record",
        DutyKind.RECORD,
        part="4",
        text="Identity is verified and the debtor told at the start that the call is recorded.",
        channels=_CALLS,
        elements=("recorded",),
    ),
    _duty(
        "language",
        DutyKind.LANGUAGE,
        part="5(3)-(4)",
        text="Messages are in Arabic, except to who does not speak it, with words and numbers clear and legible.",
    ),
    _duty("log", DutyKind.LOG, part="4", text="Contacts in both directions are documented."),
    _duty(
        "retention",
        DutyKind.RETENTION,
        part="4",
        text="Records are kept for at least ten years from the contact.",
        days=_TEN_YEARS,
    ),
    # No number of days: the article points to SAMA's own limits, which were not read.
    _duty(
        "objection",
        DutyKind.COMPLAINTS,
        part="6",
        text="An objection to the amount is registered as a complaint and answered within SAMA's limits, with "
        "documents; no reminder is sent until then.",
    ),
    _duty(
        "hardship",
        DutyKind.VULNERABLE,
        part="9(2)",
        text="On compulsory hardship the debt is rescheduled without fee or higher cost within 20 working days; "
        "deductions pause meanwhile.",
        days=20,
    ),
    _duty(
        "death",
        DutyKind.VULNERABLE,
        part="11",
        text="On death or total disability the debt is waived within 30 days of the certificate, what was deducted "
        "since is refunded, and the asset passes to the debtor or the heirs or is released.",
        days=30,
    ),
    _duty(
        "disclose",
        DutyKind.DISCLOSE,
        part="1.2",
        edition=_OF_2018,
        text="Every message names lender and department, a number and its hours.",
        elements=("creditor_name", "department", "creditor_phone", "working_hours"),
    ),
    _duty(
        "disclose_call",
        DutyKind.DISCLOSE,
        part="1.2",
        edition=_OF_2018,
        text="On a call the employee also gives his name.",
        channels=_CALLS,
        elements=("agent_name",),
    ),
    _duty(
        "caller_id",
        DutyKind.CALLER_ID,
        part="1.3",
        edition=_OF_2018,
        text="The debtor can call back the number that called.",
        channels=_CALLS,
    ),
    _duty(
        "record",
        DutyKind.RECORD,
        part="1.3",
        edition=_OF_2018,
        text="The debtor is told at the start that the call is recorded.",
        channels=_CALLS,
        elements=("recorded",),
    ),
    _duty(
        "log",
        DutyKind.LOG,
        part="1.3",
        edition=_OF_2018,
        text="Calls in both directions are documented, and how content the debtor was with them.",
        channels=_CALLS,
    ),
    _duty(
        "retention",
        DutyKind.RETENTION,
        part="1.3",
        edition=_OF_2018,
        text="Records of calls in both directions are kept for at least ten years.",
        channels=_CALLS,
        days=_TEN_YEARS,
    ),
    Duty(
        id="sa.data_transfer",
        text="Personal data leave the Kingdom by adequacy list, standard clauses, common rules or accreditation, with "
        "a risk assessment; no list had been published.",
        source="PDPL (M/19, M/148) art. 29; SDAIA regulation of 2024-09-01 (globalcompliancenews.com 2024-09-17)",
        confidence=Confidence.SECONDARY,
        effective_from=date(2024, 9, 1),
        kind=DutyKind.DATA_TRANSFER,
    ),
)

_SENDERS: Final = (
    SenderRule(
        id="sa.sms",
        text="A text's sender name is registered first and is no number; a link is blocked unless its host is listed, "
        "so none is sent; senders abroad send service or personal messages only.",
        source="CST rules as told by vendors (docs.unifonic.com compliance-sms, ameex-mobile.com/189)",
        confidence=Confidence.SECONDARY,
        effective_from=date(2018, 7, 16),  # decision 395/1439 on spam, 3/11/1439H
        channel=Channel.SMS,
        links=False,
        sender_registered=True,
    ),
)

CONDUCT: Final = completed(
    "sa",
    Conduct(
        charges=_CHARGES,
        limitation=_LIMITATION,
        recovery=_RECOVERY,
        agencies=_AGENCIES,
        duties=_DUTIES,
        senders=_SENDERS,
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
