"""The pay page and its forms. What the debtor says becomes the case's own commands, under the name of the debtor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from activities import arrangements, instalments, payment_requests, payment_routes
from activities.debtor_wishes import DEBTOR, LONGEST_TEXT, ask_about_data
from domain.case_commands import CaseCommand, HoldKind, PlaceHold, TakePromise
from domain.errors import AfluenteError, Conflict, Invalid
from domain.ids import check
from domain.money import Money
from gateway.desk import Pending, refusal_of
from gateway.pay import view
from gateway.pay.visits import STATIC, PayRoute, Posted, Posting, Visit, Visiting, answer, check_form, refusal
from gateway.pay.words import DONE, RIGHTS
from store import cases

__all__ = ["STATIC", "router"]

router = APIRouter(route_class=PayRoute, prefix="/pay/{token}")


@dataclass(frozen=True)
class Trouble:
    """A form that was refused: which, why, and what had been entered."""

    form: str
    words: str
    entered: dict[str, str] = field(default_factory=dict)


@router.get("")
def show(here: Visiting) -> Response:
    """The page."""
    return _page(here)


def _page(here: Visit, *, trouble: Trouble | None = None, status: int = 200) -> Response:
    with here.tx() as tx:
        cases.get(tx, here.link.case_id, lock=True)  # two looks at once make one code
        stands = view.standing(tx, here)
        view.make_codes(tx, here, stands)
        contents = view.contents(tx, here, stands)
    done = DONE.get(here.request.query_params.get("done", ""))
    return answer(
        here,
        status=status,
        trouble=trouble,
        done=here.voice.gettext(done) if done else None,
        rights=[(code, here.voice.gettext(words)) for code, words in RIGHTS.items()],
        longest=LONGEST_TEXT,
        command_id=here.services.new_id("event"),
        **contents,
    )


def _carry_out(form: Posted, name: str, act: Callable[[Posted], str]) -> Response:
    """Do what a form asks; a refusal leads back to the form with what was entered."""
    try:
        check_form(form)
        done = act(form)
    except AfluenteError as error:
        entered = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return _page(form.visit, trouble=Trouble(name, refusal(form.visit.voice, error), entered), status=error.status)
    chosen = form.visit.request.query_params.get("lang")
    language = f"&lang={quote(chosen, safe='')}" if chosen else ""
    return RedirectResponse(f"{form.visit.root}?done={done}{language}#done", status_code=303)


# Payment codes ----------------------------------------------------------------------------------------------------


@router.post("/code")
def make_code(form: Posting) -> Response:
    """Have a code made for a way to pay, of what is overdue or of another amount."""
    return _carry_out(form, "code", _make_code)


def _make_code(form: Posted) -> str:
    here, services = form.visit, form.visit.services
    with here.tx() as tx:
        case = cases.get(tx, here.link.case_id, lock=True)
        stands = view.standing(tx, here)
        if not stands.payable:
            raise Conflict("case_closed", "Nothing is asked for here.")
        entered = form.text("amount")
        amount = Money.parse(entered, case.currency) if entered else stands.overdue
        if amount.minor > stands.outstanding.minor:
            raise Invalid("amount_above_owed", "The amount is more than what is owed.")
        rail = form.text("rail")
        if rail not in {way.rail for way in payment_routes.of_case(tx, case, now=services.now())}:
            raise Invalid("rail_not_offered", "This way to pay is not offered.")
        request = payment_requests.create(
            tx, case, amount=amount, rail=rail, now=services.now(), new_id=services.new_id
        )
    if request.state != "draft":
        return "code"
    if services.issuer is None:
        return "later"
    services.issuer.issue(request)
    return "code"


# What the debtor says ---------------------------------------------------------------------------------------------


@router.post("/promise")
def promise(form: Posting) -> Response:
    """Promise an amount by a day."""
    return _carry_out(form, "promise", lambda given: _command(given, "promise", _promise(given)))


@router.post("/plan")
def plan(form: Posting) -> Response:
    """Take one of the plans that the creditor's terms allow."""
    return _carry_out(form, "plan", _plan)


@router.post("/dispute")
def dispute(form: Posting) -> Response:
    """Object to the debt."""
    return _carry_out(form, "dispute", lambda given: _hold(given, HoldKind.DISPUTE))


@router.post("/complaint")
def complaint(form: Posting) -> Response:
    """Complain of how one is treated."""
    return _carry_out(form, "complaint", lambda given: _hold(given, HoldKind.COMPLAINT))


@router.post("/hardship")
def hardship(form: Posting) -> Response:
    """Say that paying is hard, and ask for other terms."""
    return _carry_out(form, "hardship", lambda given: _hold(given, HoldKind.HARDSHIP))


@router.post("/cease")
def cease(form: Posting) -> Response:
    """Ask not to be contacted any more."""
    return _carry_out(form, "cease", lambda given: _hold(given, HoldKind.CEASE, otherwise="Asked on the pay page."))


@router.post("/data")
def data(form: Posting) -> Response:
    """Ask about one's own personal data."""
    return _carry_out(form, "data", _data)


def _promise(form: Posted) -> TakePromise:
    here = form.visit
    amount = Money.parse(form.text("amount"), here.debtor.case.currency)
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "A promise is of an amount above zero.")
    with here.tx() as tx:
        if amount.minor > view.standing(tx, here).outstanding.minor:
            raise Invalid("amount_above_owed", "The amount is more than what is owed.")
    try:
        day = date.fromisoformat(form.text("due_date"))
    except ValueError:
        raise Invalid("date_malformed", "This is not a day.") from None
    return TakePromise(_command_id(form), DEBTOR, amount.minor, amount.currency, day.isoformat())


def _plan(form: Posted) -> str:
    here, services = form.visit, form.visit.services
    with here.tx() as tx:
        desk = arrangements.of_case(tx, here.link.case_id, actor=DEBTOR, new_id=services.new_id, now=services.now())
        instalments.take(desk, form.text("plan"), command_id=_command_id(form))
    return "plan"


def _hold(form: Posted, kind: HoldKind, *, otherwise: str | None = None) -> str:
    """Everybody leaves the debtor alone from today until somebody has looked into it."""
    reason = form.text("reason") or otherwise
    if reason is None:
        raise Invalid("reason_missing", "A reason is needed.")
    if len(reason) > LONGEST_TEXT:
        raise Invalid("text_too_long", f"At most {LONGEST_TEXT} characters.")
    here = form.visit
    today = here.debtor.today(here.services.now()).isoformat()
    return _command(form, kind.value, PlaceHold(_command_id(form), DEBTOR, kind.value, today, None, reason))


def _command(form: Posted, done: str, command: CaseCommand) -> str:
    given = form.visit.services.case_desk.command(form.visit.link.case_id, command)
    if isinstance(given, Pending):
        return "pending"
    if not given.accepted:
        raise refusal_of(given)
    return done


def _data(form: Posted) -> str:
    here = form.visit
    with here.tx() as tx:
        ask_about_data(
            tx,
            cases.get(tx, here.link.case_id, lock=True),
            right=form.text("right"),
            text=form.text("reason"),
            command_id=_command_id(form),
            link_id=here.link.id,
            now=here.services.now(),
        )
    return "data"


def _command_id(form: Posted) -> str:
    """The identifier that the page gave the form, so that sending it twice does it once."""
    return check("event", form.text("command_id"))
