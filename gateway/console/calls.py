"""Calls: who may be called now, what to say in the debtor's language, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import by_hand, calls, contact
from activities.calls import CallTask
from activities.contact_reports import Reporter
from connectors.wording.languages import direction, tag
from domain.case_commands import CaseCommand, HoldKind, PlaceHold, TakePromise
from domain.conduct import Duty, DutyKind
from domain.contact_outcomes import ContactOutcome, consequence
from domain.contacts import Channel, ContactResult
from domain.errors import AfluenteError, Invalid
from domain.ids import check
from domain.money import Money
from domain.notices import NoticeKind
from gateway.console.cases import Trouble, case_page
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.desk import Pending, refusal_of
from store import cases, overview, permits

router = APIRouter(route_class=ConsoleRoute)

LONGEST_NOTE: Final = 500
_TO_ANYBODY: Final = (
    ContactOutcome.NO_ANSWER,
    ContactOutcome.BUSY,
    ContactOutcome.VOICEMAIL,
    ContactOutcome.THIRD_PARTY,
    ContactOutcome.NOT_VERIFIED,
    ContactOutcome.WRONG_NUMBER,
    ContactOutcome.NOT_IN_SERVICE,
    ContactOutcome.NOT_MADE,
)
"""What may come of a call before anybody proved to be the debtor; the others are for after."""
_TO_THE_DEBTOR: Final = tuple(
    outcome for outcome in ContactOutcome if consequence(outcome).result == ContactResult.RIGHT_PARTY.value
)
_HOLDS: Final = {ContactOutcome.DISPUTED: HoldKind.DISPUTE, ContactOutcome.HARDSHIP: HoldKind.HARDSHIP}


def caller_of(here: Visit) -> Reporter:
    """The person as one who makes contacts."""
    return Reporter(here.person.id, f"{here.person.name} <{here.person.email}>")


@router.get("/calls")
def call_list(here: Visiting) -> HTMLResponse:
    """Calls that wait, those first that law allows now."""
    now = here.services.now()
    with here.tx() as tx:
        tasks = calls.waiting(tx, now=now)
    ready = sum(one.is_lawful for one in tasks)
    return page(here, "calls.html", place="cases", tasks=tasks, ready=ready, now=now)


@router.get("/calls/{notice_id}")
def show_call(here: Visiting, notice_id: str) -> HTMLResponse:
    """One call."""
    return _call_page(here, notice_id)


def _call_page(here: Visit, notice_id: str, *, trouble: Trouble | None = None) -> HTMLResponse:
    now = here.services.now()
    with here.tx() as tx:
        task = calls.task(tx, notice_id, now=now)
        debtor = contact.load(tx, task.case)
        permit = permits.get(tx, task.notice.permit_id) if task.notice.permit_id else None
        rules = overview.permit_rules(tx, [permit.id] if permit else [])
    in_hand = task.notice.state == "sending"
    verified = in_hand and task.carried is not None and task.carried.verified_at is not None
    script = _script(here, task) if in_hand else None
    locale = script.rendered.locale if script else task.notice.locale
    return page(
        here,
        "call.html",
        place="cases",
        status=trouble.error.status if trouble else 200,
        task=task,
        notice=task.notice,
        case=task.case,
        party=task.party,
        creditor=debtor.creditor,
        in_hand=in_hand,
        verified=verified,
        script=script,
        four_last=task.party.id_value[-4:],
        outcomes=_TO_THE_DEBTOR if verified else _TO_ANYBODY,
        recording=_duties(debtor.country.conduct.duties, debtor.today(now)),
        permit=permit,
        rules=rules.get(permit.id, []) if permit else [],
        text_tag=tag(locale),
        text_direction=direction(locale),
        trouble=trouble,
        longest=LONGEST_NOTE,
        today=debtor.today(now),
        now=now,
        command_id=here.services.new_id("event"),
    )


def _script(here: Visit, task: CallTask) -> calls.Script | None:
    with here.tx() as tx:
        return calls.script(tx, task.notice, agent_name=here.person.name, now=here.services.now())


def _duties(duties: tuple[Duty, ...], today: date) -> list[Duty]:
    """What the country asks of whoever calls: recording first."""
    wanted = (DutyKind.RECORD, DutyKind.CALLER_ID, DutyKind.DISCLOSE, DutyKind.LANGUAGE)
    found = [
        duty
        for duty in duties
        if duty.kind in wanted and duty.holds_on(today) and (duty.channels is None or Channel.PHONE in duty.channels)
    ]
    return sorted(found, key=lambda duty: wanted.index(duty.kind))


@router.post("/cases/{case_id}/by-hand")
def queue_by_hand(form: Posting, case_id: str) -> Response:
    """Put a call or a letter about a case into the outbox."""
    here, services = form.visit, form.visit.services
    try:
        here.need("calls")
        channel, kind = (form.text(name) for name in ("channel", "kind"))
        if channel not in set(Channel) or kind not in set(NoticeKind):
            raise Invalid("not_by_hand", "Choose what it is about.")
        key = check("event", form.text("command_id"))
        with here.tx() as tx:
            case = cases.get(tx, case_id)
            notice = by_hand.queue(
                tx,
                case,
                Channel(channel),
                NoticeKind(kind),
                by=caller_of(here),
                key=key,
                now=services.now(),
                new_id=services.new_id,
            )
    except AfluenteError as error:
        return case_page(here, case_id, trouble=Trouble(f"by_hand_{form.text('channel')}", error))
    if notice.channel == Channel.LETTER.value:
        return go("/letters", done="letter_queued")
    return go(f"/calls/{notice.id}", done="call_queued")


@router.post("/calls/{notice_id}/start")
def start_call(form: Posting, notice_id: str) -> Response:
    """Take the call in hand, under a permit."""
    here, services = form.visit, form.visit.services
    try:
        here.need("calls")
        with here.tx() as tx:
            calls.start(tx, notice_id, caller_of(here), new_id=services.new_id, now=services.now())
    except AfluenteError as error:
        return _call_page(here, notice_id, trouble=Trouble("start", error))
    return go(f"/calls/{notice_id}")


@router.post("/calls/{notice_id}/verify")
def verify_debtor(form: Posting, notice_id: str) -> Response:
    """Whoever answered proved to be the debtor: from here on the matter may be told."""
    here = form.visit
    try:
        here.need("calls")
        with here.tx() as tx:
            calls.verify(tx, notice_id, now=here.services.now())
    except AfluenteError as error:
        return _call_page(here, notice_id, trouble=Trouble("verify", error))
    return go(f"/calls/{notice_id}")


@router.post("/calls/{notice_id}/outcome")
def end_call(form: Posting, notice_id: str) -> Response:
    """Record what came of the call; a promise, an objection or hardship is told to the case."""
    here = form.visit
    try:
        here.need("calls")
        pending = _end(form, notice_id)
    except AfluenteError as error:
        entered = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return _call_page(here, notice_id, trouble=Trouble("outcome", error, entered))
    return go("/calls", done="call_pending" if pending else "call_ended")


def _end(form: Posted, notice_id: str) -> bool:
    here, services = form.visit, form.visit.services
    said = form.text("outcome")
    if said not in {one.value for one in ContactOutcome}:
        raise Invalid("outcome_missing", "Choose what came of the call.")
    outcome = ContactOutcome(said)
    note = form.text("note")[:LONGEST_NOTE] or None
    with here.tx() as tx:
        case = calls.task(tx, notice_id, now=services.now()).case
        today = contact.load(tx, case).today(services.now())
    command = _command(form, outcome, currency=case.currency, note=note, today=today)
    with here.tx() as tx:
        calls.finish(tx, notice_id, outcome, caller_of(here), note=note, new_id=services.new_id, now=services.now())
    if command is None:
        return False
    answer = services.case_desk.command(case.id, command)
    if isinstance(answer, Pending):
        return True
    if not answer.accepted and answer.code != "hold_overlaps":  # it stands already
        raise refusal_of(answer)
    return False


def _command(
    form: Posted, outcome: ContactOutcome, *, currency: str, note: str | None, today: date
) -> CaseCommand | None:
    """What the case is told: checked before the call is ended, so that nothing is lost."""
    here = form.visit
    key = check("event", form.text("command_id"))
    actor = caller_of(here).name
    if outcome is ContactOutcome.PROMISED:
        amount = Money.parse(form.text("amount"), currency)
        if amount.minor <= 0:
            raise Invalid("amount_not_positive", "A promise is of an amount above zero.")
        try:
            day = date.fromisoformat(form.text("due_date")).isoformat()
        except ValueError:
            raise Invalid("date_malformed", "Choose the day of the promise.") from None
        return TakePromise(key, actor, amount.minor, currency, day)
    kind = _HOLDS.get(outcome)
    if kind is None:
        return None
    return PlaceHold(
        key, actor, kind.value, today.isoformat(), None, note or here.voice.label("contact_outcome", outcome.value)
    )
