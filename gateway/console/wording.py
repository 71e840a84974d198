"""Wording of notices: every variant of a country, what approves it, and its approval beside what was approved last."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection

from activities import wording_desk
from activities.wording_desk import Standing, WordingDesk
from connectors import registry
from connectors.wording.languages import direction, tag
from domain.day_close import Actor
from domain.errors import AfluenteError, Forbidden
from domain.ids import check
from gateway.console.case_actions import actor
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from store import wording_approvals
from store.wording_approvals import Variant

router = APIRouter(route_class=ConsoleRoute)

STATES: Final = ("approved", "release", "proposed", "changed", "unapproved")


def state_of(one: Standing) -> str:
    """How a variant stands, for people: approved by two, by the release, proposed, changed since, or never approved."""
    if one.approved_by is not None:
        return "release" if one.approved_by == wording_desk.OF_THE_RELEASE else "approved"
    if one.waiting is not None:
        return "proposed"
    return "changed" if one.approval is not None else "unapproved"


@router.get("/wording")
def wording_list(here: Visiting) -> HTMLResponse:
    """A country's variants."""
    return _list(here)


def _list(here: Visit, *, refused: AfluenteError | None = None) -> HTMLResponse:
    query = here.request.query_params
    known = tuple(registry.countries())
    country = query.get("country") if query.get("country") in known else "BR"
    with here.tx() as tx:
        every = wording_desk.of_country(tx, str(country), today=here.services.now().date())
        trust = wording_approvals.trust(tx)
    spoken = [one for one in every if query.get("locale") in (None, "", one.variant.locale)]
    wanted = query.get("state") if query.get("state") in STATES else None
    shown = [one for one in spoken if wanted is None or state_of(one) == wanted]
    return page(
        here,
        "wording.html",
        place="cases",
        status=refused.status if refused else 200,
        refused=refused,
        country=country,
        countries=known,
        locale=query.get("locale") or None,
        locales=sorted({one.variant.locale for one in every}),
        state=wanted,
        states=STATES,
        state_of=state_of,
        shown=shown,
        missing=[one for one in spoken if one.approved_by is None],
        proposable=[one for one in spoken if one.approved_by is None and one.waiting is None],
        decidable=[one for one in spoken if one.waiting and one.waiting.proposed_by != here.person.id],
        own=[one for one in spoken if one.waiting and one.waiting.proposed_by == here.person.id],
        trust=trust,
        may=here.may("cases"),
        may_trust=here.person.role == "admin",
    )


@router.get("/wording/{country}/{kind}/{channel}/{locale}")
def show_variant(here: Visiting, country: str, kind: str, channel: str, locale: str) -> HTMLResponse:
    """One variant: how it reads now beside how it read when it was approved last."""
    return _variant(here, wording_desk.variant_of(country, kind, channel, locale))


def _variant(here: Visit, variant: Variant, *, refused: AfluenteError | None = None) -> HTMLResponse:
    with here.tx() as tx:
        one = wording_desk.standing(tx, variant, today=here.services.now().date())
        history = wording_approvals.history(tx, variant)
    now = f"{one.wording.sample.subject}\n\n{one.wording.sample.text}"
    before = f"{one.approval.subject}\n\n{one.approval.text}" if one.approval else None
    old, new = _side_by_side(before, now)
    return page(
        here,
        "wording_variant.html",
        place="cases",
        status=refused.status if refused else 200,
        refused=refused,
        one=one,
        state=state_of(one),
        now=new,
        before=old,
        same=before == now,
        history=history,
        text_tag=tag(variant.locale),
        text_direction=direction(variant.locale),
        own=here.person.id,
        may=here.may("cases"),
    )


def _side_by_side(before: str | None, now: str) -> tuple[Markup | None, Markup]:
    """Both texts with the lines that differ marked: what was taken out on one side, what was put in on the other."""
    if before is None:
        return None, Markup("{}").format(now)
    old, new = before.split("\n"), now.split("\n")
    left, right = [], []
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        changed = what != "equal"
        left += [_line(line, "del" if changed else None) for line in old[start:end]]
        right += [_line(line, "ins" if changed else None) for line in new[first:last]]
    return Markup("\n").join(left), Markup("\n").join(right)


def _line(text: str, mark: str | None) -> Markup:
    if mark is None or not text:
        return Markup("{}").format(text)
    return (Markup("<del>{}</del>") if mark == "del" else Markup("<ins>{}</ins>")).format(text)


# Steps ----------------------------------------------------------------------------------------------------------


def _desk(here: Visit, tx: Connection, form: Posted) -> WordingDesk:
    services = here.services
    return WordingDesk(tx, here.person.tenant_id, Actor(here.person.id, actor(form)), services.new_id, services.now())


def _of(form: Posted) -> Variant:
    names = (form.text(name) for name in ("country", "kind", "channel", "locale"))
    return wording_desk.variant_of(*names)


def _step(form: Posted, work: Callable[[WordingDesk], object], *, done: str) -> Response:
    """One step on a variant; a refusal comes back on its page."""
    here = form.visit
    try:
        here.need("cases")
        with here.tx() as tx:
            work(_desk(here, tx, form))
    except AfluenteError as error:
        return _variant(here, _of(form), refused=error)
    variant = _of(form)
    return go(f"/wording/{variant.country}/{variant.kind}/{variant.channel}/{variant.locale}", done=done)


@router.post("/wording/propose")
def propose(form: Posting) -> Response:
    """Propose a variant's wording as it is now."""
    return _step(form, lambda desk: desk.propose(_of(form)), done="wording_proposed")


@router.post("/wording/approve")
def approve(form: Posting) -> Response:
    """Approve what another person proposed."""
    return _step(form, lambda desk: desk.approve(_approval_id(form)), done="wording_approved")


@router.post("/wording/turn-down")
def turn_down(form: Posting) -> Response:
    """Withdraw one's own proposal, or decline another's."""
    return _step(
        form, lambda desk: desk.turn_down(_approval_id(form), reason=form.text("reason")), done="wording_turned_down"
    )


@router.post("/wording/revoke")
def revoke(form: Posting) -> Response:
    """Take an approval back."""
    return _step(form, lambda desk: desk.revoke(_approval_id(form), reason=form.text("reason")), done="wording_revoked")


def _approval_id(form: Posted) -> str:
    return check("wording_approval", form.text("approval_id"))


@router.post("/wording/{country}/all")
def decide_all(form: Posting, country: str) -> Response:
    """Propose everything of a country and language that is not approved, or approve all that another proposed."""
    here = form.visit
    try:
        here.need("cases")
        with here.tx() as tx:
            every = wording_desk.of_country(tx, country, today=here.services.now().date())
            spoken = [one for one in every if form.text("locale") in ("", one.variant.locale)]
            desk = _desk(here, tx, form)
            if form.text("step") == "approve":
                waiting = [one.waiting for one in spoken if one.waiting]
                desk.approve_all([one.id for one in waiting if one.proposed_by != here.person.id])
                done = "wording_all_approved"
            else:
                desk.propose_all(one.variant for one in spoken if one.approved_by is None)
                done = "wording_all_proposed"
    except AfluenteError as error:
        return _list(here, refused=error)
    return go(f"/wording?country={country}&locale={form.text('locale')}", done=done)


@router.post("/wording/trust")
def trust(form: Posting) -> Response:
    """Say whether the wording of releases counts as approved; administrators only."""
    here = form.visit
    try:
        if here.person.role != "admin":
            raise Forbidden("not_your_role", "Only an administrator says so.")
        with here.tx() as tx:
            shipped = form.text("shipped") == "yes"
            _desk(here, tx, form).trust(shipped_approved=shipped, reason=form.text("reason"))
    except AfluenteError as error:
        return _list(here, refused=error)
    return go("/wording", done="wording_trust")
