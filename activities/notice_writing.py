"""Writing a notice from what a case's rows say, as it would be sent now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from activities import cases as case_files
from activities import contact, payment_requests
from activities.contact import Debtor
from connectors.wording.notice_facts import MAX_LISTED
from connectors.wording.notices import SHORT_CHANNELS, lawful_locale, render
from connectors.wording.screening import Finding, screen
from domain.delinquency import days_past_due
from domain.loans import Instalment, arrears
from domain.money import Money
from domain.notices import CLAIMS_OVERDUE, NoticeFacts, NoticeKind, RenderedNotice
from domain.planning import ENDS, WorkState
from store import cases, promises, receipts
from store import payment_requests as request_rows
from store.loans import Loan
from store.notices import Notice


def preview(
    tx: Connection, notice: Notice, *, now: datetime, pay_url: str | None = None, agent_name: str | None = None
) -> RenderedNotice | None:
    """The notice as it would be sent now; ``None`` where there is nothing left to speak of.

    ``pay_url`` is the debtor's own page, for the notice to offer; ``agent_name`` is who speaks, on a call.
    """
    case = cases.get(tx, notice.case_id)
    debtor = contact.load(tx, case)
    facts = replace(_facts(tx, notice, debtor, now=now), pay_url=pay_url, agent_name=agent_name)
    kind = NoticeKind(notice.kind)
    if kind in CLAIMS_OVERDUE and (not facts.overdue or WorkState(case.work_state) in ENDS):
        return None
    required = debtor.country.required_locales
    return render(
        kind,
        channel=notice.channel,
        locale=lawful_locale(preferred=notice.locale, required_locales=required),
        country_code=case.country,
        required_locales=required,
        facts=facts,
        today=debtor.today(now),
        creditor_address=debtor.creditor.address,
        conduct=debtor.country.conduct,
        subdivision=debtor.party.subdivision,
    )


def faults(notice: Notice, debtor: Debtor, rendered: RenderedNotice, *, now: datetime) -> tuple[Finding, ...]:
    """What keeps a rendered notice from being sent; a language without a list raises ``wording_not_checked``.

    A text is checked as it goes out; mail and letters with their subject, which stands before it.
    """
    short = notice.channel in SHORT_CHANNELS
    return screen(
        rendered.text if short else f"{rendered.subject}\n{rendered.text}",
        locale=rendered.locale,
        channel=notice.channel,
        conduct=debtor.country.conduct,
        today=debtor.today(now),
        kind=rendered.kind,
        required={"creditor_name": debtor.creditor.name},
    )


def _facts(tx: Connection, notice: Notice, debtor: Debtor, *, now: datetime) -> NoticeFacts:
    """What the case's rows say that a notice may tell; what they do not know stays unknown."""
    case, today, currency = debtor.case, debtor.today(now), debtor.case.currency
    debt = case_files.debt(tx, case)
    owed = arrears(debt.instalments, currency=currency, as_of=today)
    late = sorted((item.due_date, item.open) for item in debt.instalments if item.open and item.due_date < today)
    overdue_loans = {item.loan_id for item in debt.instalments if item.open and item.due_date < today}
    spoken_of = [loan for loan in debt.loans if loan.id in overdue_loans] or list(debt.loans)
    request = request_rows.get(tx, notice.payment_request_id) if notice.payment_request_id else None
    promise = next(iter(promises.of_case(tx, case.id)), None)
    coming = min((item for item in debt.instalments if item.open and item.due_date >= today), key=_due, default=None)
    return NoticeFacts(
        creditor_name=debtor.creditor.name,
        creditor_document=debtor.creditor.document,
        creditor_contact=debtor.creditor.contact,
        debtor_name=debtor.party.name,
        contract=", ".join(loan.contract_no for loan in spoken_of),
        vehicle="; ".join(dict.fromkeys(filter(None, map(_vehicle, spoken_of)))) or None,
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
    )


def _due(item: Instalment) -> date:
    return item.due_date


def _vehicle(loan: Loan) -> str | None:
    vehicle = loan.vehicle or {}
    words = [vehicle.get("make"), vehicle.get("model"), vehicle.get("plate")]
    return " ".join(word for word in words if word) or None


def _paid(tx: Connection, notice: Notice, currency: str) -> Money | None:
    if notice.receipt_id is None:
        return None
    receipt = receipts.get(tx, notice.receipt_id)
    return Money(receipt.allocated_minor, currency)
