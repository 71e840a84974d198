"""What people do to a case: promise, hold, release, close, ask for a payment. A refusal is shown beside its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Response

from activities import pay_links, payment_requests
from domain.case_commands import CaseCommand, CloseCase, PlaceHold, ReleaseHold, TakePromise
from domain.errors import AfluenteError, Invalid, Refused
from domain.ids import check
from domain.money import Money
from gateway.console.cases import Trouble, case_page
from gateway.console.pages import ConsoleRoute, Posted, Posting, go
from gateway.desk import Pending, refusal_of
from store import cases
from store import pay_links as link_rows
from store.cases import Case

router = APIRouter(route_class=ConsoleRoute)

LONGEST_NOTE = 500


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid("date_malformed", f"{text!r} is not a day.", fix="Write it as 2026-11-23.") from None


def _reason(text: str) -> str:
    if not text:
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return text[:LONGEST_NOTE]


def _actor(form: Posted) -> str:
    return f"{form.visit.person.name} <{form.visit.person.email}>"


def _promise(form: Posted, case: Case) -> CaseCommand:
    amount = Money.parse(form.text("amount"), case.currency)
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "A promise is of an amount above zero.")
    return TakePromise(_command_id(form), _actor(form), amount.minor, case.currency, _day(form.text("due_date")))


def _hold(form: Posted, _case: Case) -> CaseCommand:
    end = form.text("end")
    return PlaceHold(
        _command_id(form),
        _actor(form),
        form.text("kind"),
        _day(form.text("start")),
        _day(end) if end else None,
        _reason(form.text("reason")),
    )


def _release(form: Posted, _case: Case) -> CaseCommand:
    return ReleaseHold(_command_id(form), _actor(form), form.text("hold_id"))


def _close(form: Posted, _case: Case) -> CaseCommand:
    return CloseCase(_command_id(form), _actor(form), form.text("close_reason"), _reason(form.text("note")))


def _command_id(form: Posted) -> str:
    """The identifier that the page gave the form, so that sending it twice does it once."""
    return check("event", form.text("command_id"))


def _carry_out(form: Posted, case_id: str, *, name: str, make: Callable[[Posted, Case], CaseCommand]) -> Response:
    """Give the case the form's command; a refusal leads back to the form with what was entered."""
    here = form.visit
    try:
        here.need("cases")
        with here.tx() as tx:
            case = cases.get(tx, case_id)
        answer = here.services.case_desk.command(case_id, make(form, case))
        if isinstance(answer, Pending):
            return go(f"/cases/{case_id}", done="pending")
        if not answer.accepted:
            raise refusal_of(answer)
    except AfluenteError as error:
        entered = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return case_page(here, case_id, trouble=Trouble(name, error, entered))
    return go(f"/cases/{case_id}", done=name)


@router.post("/cases/{case_id}/promise")
def promise(form: Posting, case_id: str) -> Response:
    """Record a promise to pay."""
    return _carry_out(form, case_id, name="promise", make=_promise)


@router.post("/cases/{case_id}/hold")
def hold(form: Posting, case_id: str) -> Response:
    """Leave the debtor alone for a while."""
    return _carry_out(form, case_id, name="hold", make=_hold)


@router.post("/cases/{case_id}/release")
def release(form: Posting, case_id: str) -> Response:
    """End a hold."""
    return _carry_out(form, case_id, name="release", make=_release)


@router.post("/cases/{case_id}/close")
def close(form: Posting, case_id: str) -> Response:
    """End the case for another reason than money."""
    return _carry_out(form, case_id, name="close", make=_close)


@router.post("/cases/{case_id}/payment-request")
def request_payment(form: Posting, case_id: str) -> Response:
    """Make a payment request for an amount, or for all that is overdue."""
    here = form.visit
    try:
        here.need("request")
        with here.tx() as tx:
            case = cases.get(tx, case_id, lock=True)
            if case.closed_at is not None:
                raise Refused("case_closed", "The case is closed.")
            entered = form.text("amount")
            amount = Money.parse(entered, case.currency) if entered else None
            payment_requests.create(
                tx, case, amount=amount, rail=None, now=here.services.now(), new_id=here.services.new_id
            )
    except AfluenteError as error:
        return case_page(here, case_id, trouble=Trouble("request", error, {"amount": form.text("amount")}))
    return go(f"/cases/{case_id}", done="request")


@router.post("/cases/{case_id}/pay-link")
def give_pay_link(form: Posting, case_id: str) -> Response:
    """Make a link to the debtor's pay page; the one that stands is given again."""
    here = form.visit
    here.need("request")
    with here.tx() as tx:
        case = cases.get(tx, case_id, lock=True)
        now, new_id = here.services.now(), here.services.new_id
        pay_links.give(tx, case, created_by=_name(form), now=now, new_id=new_id)
    return go(f"/cases/{case_id}", done="pay_link")


@router.post("/cases/{case_id}/pay-link/revoke")
def revoke_pay_link(form: Posting, case_id: str) -> Response:
    """Let the link open nothing any more."""
    here = form.visit
    here.need("request")
    now = here.services.now()
    with here.tx() as tx:
        link = link_rows.standing(tx, case_id, now=now)
        if link is not None:
            pay_links.revoke(tx, link.id, actor=_name(form), now=now)
    return go(f"/cases/{case_id}", done="pay_link_revoked")


def _name(form: Posted) -> str:
    person = form.visit.person
    return f"{person.name} <{person.email}>"
