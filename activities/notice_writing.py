"""Writing a notice from what a case's rows say, as it would be sent now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from activities import cases as case_files
from activities import contact, payment_requests
from activities.cases import Debt
from activities.contact import Debtor
from activities.notice_queue import stated_of
from connectors import notice_questions
from connectors.wording.notice_facts import MAX_LISTED
from connectors.wording.notices import lawful_locale, render
from connectors.wording.screening import Finding, screen_notice
from domain import limitation
from domain.calendars import next_working_day
from domain.conduct import Conduct
from domain.contacts import Channel
from domain.delinquency import days_past_due
from domain.loans import Instalment, arrears
from domain.money import Money
from domain.notices import (
    CLAIMS_OVERDUE,
    LETTER_DAYS,
    PAY_BY_DAYS,
    ClosedBecause,
    NoticeFacts,
    NoticeKind,
    RenderedNotice,
)
from domain.planning import ENDS, WorkState
from domain.recovery import prescribed
from store import cases, promises, receipts
from store import payment_requests as request_rows
from store.cases import Case
from store.loans import Loan
from store.notices import Notice
from store.promises import PromiseRow

CREDITOR_ADDRESS: Final = "creditor_address"
"""What may be stated for a notice beside the facts of its kind."""
_CLOSED_BECAUSE: Final = {
    WorkState.PAID: ClosedBecause.PAID,
    WorkState.CURED: ClosedBecause.PAID,
    WorkState.SETTLED: ClosedBecause.SETTLED,
    WorkState.WITHDRAWN: ClosedBecause.WITHDRAWN,
}


def preview(
    tx: Connection, notice: Notice, *, now: datetime, pay_url: str | None = None, agent_name: str | None = None
) -> RenderedNotice | None:
    """The notice as it would be sent now; ``None`` where there is nothing left to speak of.

    ``pay_url`` is the debtor's own page, for the notice to offer; ``agent_name`` is who speaks, on a call.
    """
    case = cases.get(tx, notice.case_id)
    debtor = contact.load(tx, case)
    facts = replace(facts_of(tx, notice, debtor, now=now), pay_url=pay_url, agent_name=agent_name)
    kind = NoticeKind(notice.kind)
    if _has_nothing_to_say(tx, kind, case, facts):
        return None
    return render(
        kind,
        channel=notice.channel,
        locale=lawful_locale(preferred=notice.locale, required_locales=debtor.country.required_locales),
        country=debtor.country,
        facts=facts,
        today=debtor.today(now),
        creditor_address=stated_of(notice).get(CREDITOR_ADDRESS) or debtor.creditor.address,
        subdivision=debtor.party.subdivision,
    )


def _has_nothing_to_say(tx: Connection, kind: NoticeKind, case: Case, facts: NoticeFacts) -> bool:
    """Whether what a notice would speak of is over: debt or case, the coming instalment, the case being closed."""
    if kind in CLAIMS_OVERDUE:
        return not facts.overdue or WorkState(case.work_state) in ENDS
    if kind is NoticeKind.COURTESY:
        return facts.due is None or bool(facts.overdue)
    if kind is NoticeKind.CASE_CLOSED:
        again = cases.open_case(tx, creditor_id=case.creditor_id, party_id=case.party_id, country=case.country)
        return case.closed_at is None or again is not None
    return False


def faults(debtor: Debtor, rendered: RenderedNotice, *, now: datetime) -> tuple[Finding, ...]:
    """What keeps a rendered notice from being sent; a language without a list raises ``wording_not_checked``."""
    return screen_notice(
        rendered,
        conduct=debtor.country.conduct,
        today=debtor.today(now),
        creditor_name=debtor.creditor.name,
    )


def facts_of(tx: Connection, notice: Notice, debtor: Debtor, *, now: datetime) -> NoticeFacts:
    """What the case's rows say that a notice may tell, and what was stated for it alone; the rest stays unknown."""
    case, today, currency = debtor.case, debtor.today(now), debtor.case.currency
    debt = case_files.debt(tx, case)
    owed = arrears(debt.instalments, currency=currency, as_of=today)
    late = sorted((item.due_date, item.open) for item in debt.instalments if item.open and item.due_date < today)
    spoken_of = _spoken_of(notice, debt, today)
    request = request_rows.get(tx, notice.payment_request_id) if notice.payment_request_id else None
    promise = _promise(tx, notice)
    coming = _coming(notice, debt, today)
    known = NoticeFacts(
        creditor_name=debtor.creditor.name,
        creditor_document=debtor.creditor.document,
        creditor_contact=debtor.creditor.contact,
        debtor_name=debtor.party.name,
        contract=", ".join(loan.contract_no for loan in spoken_of),
        vehicle="; ".join(dict.fromkeys(filter(None, map(vehicle_of, spoken_of)))) or None,
        overdue=owed.overdue,
        overdue_instalments=owed.overdue_instalments,
        days_past_due=days_past_due(owed.oldest_due_date, today),
        oldest_due_date=owed.oldest_due_date,
        product=spoken_of[0].product,
        code=payment_requests.code_of(request) if request else None,
        paid=_paid(tx, notice, currency),
        remaining=owed.overdue,
        items=tuple(late) if len(late) <= MAX_LISTED else (),
        due=coming.open if coming else None,
        due_on=coming.due_date if coming else None,
        promised=Money(promise.amount_minor, promise.currency) if promise else None,
        promised_on=promise.due_date if promise else None,
        pay_by=_pay_by(notice, debtor, spoken_of[0].product, today),
        closed_because=_CLOSED_BECAUSE.get(WorkState(case.work_state)),
        time_barred=not enforceable(debtor.country.conduct, owed.oldest_due_date, today),
    )
    return replace(known, **notice_questions.read(_stated_facts(notice), debtor.country))


def _stated_facts(notice: Notice) -> dict[str, Any]:
    return {name: value for name, value in stated_of(notice).items() if name != CREDITOR_ADDRESS}


def _spoken_of(notice: Notice, debt: Debt, today: date) -> list[Loan]:
    """The loans that a notice is about: the one that falls due, those overdue, or all."""
    loan_id = notice.cause.split("/")[1] if notice.kind == NoticeKind.COURTESY else None
    if loan_id is not None:
        return [loan for loan in debt.loans if loan.id == loan_id]
    overdue_loans = {item.loan_id for item in debt.instalments if item.open and item.due_date < today}
    return [loan for loan in debt.loans if loan.id in overdue_loans] or list(debt.loans)


def _coming(notice: Notice, debt: Debt, today: date) -> Instalment | None:
    """The instalment that a courtesy notice is about, while it is still to come."""
    if notice.kind != NoticeKind.COURTESY:
        return None
    _, loan_id, number = notice.cause.split("/")
    asked = (
        item
        for item in debt.instalments
        if (item.loan_id, item.number) == (loan_id, int(number)) and item.open and item.due_date >= today
    )
    return next(asked, None)


def _promise(tx: Connection, notice: Notice) -> PromiseRow | None:
    """The promise that a notice names in its cause."""
    family, _, promise_id = notice.cause.partition("/")
    if family != "promise":
        return None
    return next((row for row in promises.of_case(tx, notice.case_id) if row.id == promise_id), None)


def _pay_by(notice: Notice, debtor: Debtor, product: str, today: date) -> date | None:
    """The day to pay by: so many days from now, more where law or the post asks for them, on a day that banks work."""
    kind, conduct = NoticeKind(notice.kind), debtor.country.conduct
    days = PAY_BY_DAYS.get(kind)
    if days is None:
        return None
    step = prescribed(conduct, product=product, on=today) if kind is NoticeKind.REPOSSESSION_NOTICE else None
    days = max(days, step.wait_days if step else 0) + (LETTER_DAYS if notice.channel == Channel.LETTER else 0)
    return next_working_day(debtor.country.calendar, today + timedelta(days=days), debtor.party.subdivision)


def enforceable(conduct: Conduct, oldest_due: date | None, today: date) -> bool:
    """Whether the oldest claim can still be enforced by every rule that may bind it; not where no rule is known.

    What would have begun the time anew is left out, so that no step is spoken of that may have run out.
    """
    if oldest_due is None:
        return False
    claims = {rule.claim for rule in conduct.limitation if rule.holds_on(today)}
    clocks = [
        limitation.clock(conduct.limitation, claim=claim, due=oldest_due, restarts=(), on=today) for claim in claims
    ]
    return bool(clocks) and min(each.days_left(today) for each in clocks) > 0


def vehicle_of(loan: Loan) -> str | None:
    """The vehicle that a contract is about, as it is named to people."""
    vehicle = loan.vehicle or {}
    words = [vehicle.get("make"), vehicle.get("model"), vehicle.get("plate")]
    return " ".join(word for word in words if word) or None


def _paid(tx: Connection, notice: Notice, currency: str) -> Money | None:
    if notice.receipt_id is None:
        return None
    receipt = receipts.get(tx, notice.receipt_id)
    return Money(receipt.allocated_minor, currency)
