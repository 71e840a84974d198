"""One difference: its evidence and history, what may be done about it with what that would book, and undoing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities.difference_decisions import Deciding
from connectors.rates import treasury
from domain.differences import MAX_NOTE, MAY, STANDING, DifferenceKind, Resolution, undoable, write_off_limit
from domain.errors import AfluenteError, Conflict, Invalid
from domain.money import Money
from gateway.console import evidence
from gateway.console.conversion import into_own_currency
from gateway.console.differences import sign_words
from gateway.console.evidence import Row, SideBySide
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.proposals import match_desk
from gateway.console.reason_words import said
from gateway.console.receipts import day_or_none
from gateway.console.rehearsal import Rehearsal, rehearse
from store import cases, creditors, differences, listings, parties, recon_evidence, reconciliation, workbench
from store.differences import Difference
from store.listings import CaseFilter, CaseLine
from store.recon_evidence import Evidence

router = APIRouter(route_class=ConsoleRoute)

_ORDER: Final = tuple(Resolution)
CASES_READ: Final = 200
CASES_SHOWN: Final = 10


@dataclass(frozen=True)
class Choice:
    """What a person means to do: the resolution, why, and for which case; with what it would book."""

    resolution: Resolution
    note: str
    case_id: str | None
    rehearsal: Rehearsal


@dataclass(frozen=True)
class Trouble:
    """A form that was refused: which one, why, and what had been entered."""

    form: str
    error: AfluenteError
    entered: dict[str, str] = field(default_factory=dict)


@router.get("/reconcile/differences/{difference_id}")
def difference_page(here: Visiting, difference_id: str) -> HTMLResponse:
    """The page."""
    return _page(here, difference_id)


def _page(
    here: Visit, difference_id: str, *, choice: Choice | None = None, trouble: Trouble | None = None
) -> HTMLResponse:
    words = here.request.query_params.get("find", "").strip()
    with here.tx() as tx:
        one = differences.get(tx, difference_id)
        known = _everything(here, tx, one)
        found = _cases(tx, one, words) if words and here.may("reconcile") else []
    return page(
        here,
        "difference.html",
        place="reconcile",
        status=trouble.error.status if trouble else 200,
        one=one,
        amount=Money(one.amount_minor, one.currency),
        converted=into_own_currency(here).of(Money(one.amount_minor, one.currency)),
        sign=sign_words(here.voice, one),
        why=said(here.voice, one.reason, one.currency, called=known["called_ref"]),
        choice=choice,
        trouble=trouble,
        words=words,
        found=found,
        resolutions=resolutions(one),
        undoable=one.resolution is not None and undoable(DifferenceKind(one.kind), Resolution(one.resolution)),
        may=here.may("reconcile"),
        longest=MAX_NOTE,
        today=here.services.now().date(),
        sees_payers=evidence.may_see_payers(here),
        called=lambda row: evidence.called(here.voice, row),
        **known,
    )


def resolutions(one: Difference) -> list[str]:
    """What may be done about a difference, in a fixed order; nothing once it is resolved."""
    if one.state not in STANDING:
        return []
    may = MAY[DifferenceKind(one.kind)]
    return [way.value for way in _ORDER if way in may and not (one.state == "claimed" and way is Resolution.CLAIM)]


def _everything(here: Visit, tx: Connection, one: Difference) -> dict[str, Any]:
    numbers = [seq for seq in (one.item_seq, one.other_seq) if seq is not None]
    rows = evidence.visible(here, recon_evidence.of_items(tx, numbers))
    told = recon_evidence.of_refs(tx, one.leg or "", _refs(one))
    case = cases.get(tx, one.case_id) if one.case_id else None
    creditor = creditors.get(tx, one.creditor_id)
    return {
        "rows": [Row(rows[seq], frozenset()) for seq in numbers],
        "group": _group(here, tx, one),
        "called_ref": lambda ref: _called(here, told, ref),
        "history": differences.history(tx, one.id),
        "connection": creditors.get_connection(tx, one.connection_id),
        "debtor": parties.get(tx, case.party_id).name if case else None,
        "people": workbench.owners(tx),
        "limit": _limit(here, creditor.settlement_currency),
    }


def _refs(one: Difference) -> list[str]:
    """The rows that the reason names."""
    values = one.reason.get("values") or {}
    return [str(values["id"])] if "id" in values else []


def _called(here: Visit, told: dict[str, Evidence], ref: str) -> str:
    return evidence.called(here.voice, told[ref]) if ref in told else ref


def _group(here: Visit, tx: Connection, one: Difference) -> SideBySide | None:
    if one.group_id is None:
        return None
    (found,) = evidence.of_groups(here, tx, [reconciliation.get_group(tx, one.group_id)])
    return found


def _limit(here: Visit, currency: str) -> Money | None:
    try:
        return write_off_limit(frozenset({here.person.role}), currency)
    except AfluenteError:
        return None


def _cases(tx: Connection, one: Difference, words: str) -> list[CaseLine]:
    """Open cases of the creditor in the money's currency, by part of a debtor's name or a contract's beginning."""
    found = listings.cases(tx, CaseFilter(words=words, creditor_id=one.creditor_id), limit=CASES_READ).rows
    return [line for line in found if line.currency == one.currency][:CASES_SHOWN]


# What is done ---------------------------------------------------------------------------------------------------------


def _deciding(here: Visit, tx: Connection) -> Deciding:
    rate = treasury.of_tenant(here.services.rates, tx).rate
    return Deciding(match_desk(here, tx), frozenset({here.person.role}), rate)


@router.post("/reconcile/differences/{difference_id}/preview")
def preview(form: Posting, difference_id: str) -> Response:
    """What a resolution would book, before it does."""
    try:
        form.visit.need("reconcile")
        resolution, note, case_id = _choice(form)
        with form.visit.tx() as tx:
            rehearsal = _rehearsed(form.visit, tx, difference_id, resolution, note=note, case_id=case_id)
        if rehearsal.refused is not None:
            raise rehearsal.refused
    except AfluenteError as error:
        return _page(form.visit, difference_id, trouble=Trouble("resolve", error, _entered(form)))
    return _page(form.visit, difference_id, choice=Choice(resolution, note, case_id, rehearsal))


def _rehearsed(
    here: Visit, tx: Connection, difference_id: str, resolution: Resolution, *, note: str, case_id: str | None
) -> Rehearsal:
    one = differences.get(tx, difference_id)
    sources = [source for source in (one.id, one.receipt_id, one.group_id) if source is not None]
    desk = _deciding(here, tx)
    return rehearse(tx, lambda: desk.resolve(one.id, resolution, note=note, case_id=case_id), sources=sources)


def _choice(form: Posted) -> tuple[Resolution, str, str | None]:
    try:
        resolution = Resolution(form.text("resolution"))
    except ValueError as error:
        raise Invalid("resolution_not_of_kind", "Choose what to do about it.", fix="Choose one of the list.") from error
    note = form.text("note")
    if not note:
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return resolution, note, form.text("case_id") or None


def _entered(form: Posted) -> dict[str, str]:
    return {name: value for name, value in form.fields.items() if isinstance(value, str)}


@router.post("/reconcile/differences/{difference_id}/resolve")
def resolve(form: Posting, difference_id: str) -> Response:
    """Do what was previewed; something else in the book meanwhile is shown again first."""
    here = form.visit
    try:
        here.need("reconcile")
        resolution, note, case_id = _choice(form)
        with here.tx() as tx:
            shown = _rehearsed(here, tx, difference_id, resolution, note=note, case_id=case_id)
            if shown.refused is None and shown.mark != form.text("mark"):
                raise Conflict("preview_changed", "The entries are others now.", fix="Look at them again.")
            _deciding(here, tx).resolve(difference_id, resolution, note=note, case_id=case_id)
    except AfluenteError as error:
        return _page(here, difference_id, trouble=Trouble("resolve", error, _entered(form)))
    if resolution is Resolution.BOOK_LINE:
        here.services.nudge(here.person.tenant_id)
    return go(f"/reconcile/differences/{difference_id}", done="difference_resolved")


@router.post("/reconcile/differences/{difference_id}/assign")
def assign(form: Posting, difference_id: str) -> Response:
    """Say who looks after it, and by when."""

    def act(desk: Deciding) -> object:
        owner, due = form.text("owner") or None, form.text("due")
        with form.visit.tx() as tx:
            if owner is not None and owner not in workbench.owners(tx):
                raise Invalid("owner_unknown", "Nobody is called so.", fix="Choose a person of the list.")
        return desk.assign(difference_id, owner=owner, due=_day(due))

    return _act(form, difference_id, "assign", "difference_given", act)


def _day(text: str) -> date | None:
    day = day_or_none(text)
    if text and day is None:
        raise Invalid("date_malformed", f"{text!r} is no day.", fix="Write it as 2026-11-23.")
    return day


@router.post("/reconcile/differences/{difference_id}/undo")
def undo(form: Posting, difference_id: str) -> Response:
    """Take back what was done about it."""
    note = form.text("note")[:MAX_NOTE]
    return _act(form, difference_id, "undo", "difference_undone", lambda desk: desk.undo(difference_id, note=note))


def _act(form: Posted, difference_id: str, name: str, done: str, act: Callable[[Deciding], object]) -> Response:
    here = form.visit
    try:
        here.need("reconcile")
        with here.tx() as tx:
            act(_deciding(here, tx))
    except AfluenteError as error:
        return _page(here, difference_id, trouble=Trouble(name, error, _entered(form)))
    return go(f"/reconcile/differences/{difference_id}", done=done)
