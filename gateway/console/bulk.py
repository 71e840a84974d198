"""Accepting many proposals of one kind at once: what it comes to, what became of each, and taking all of it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities.match_decisions import MOST_AT_ONCE, Accepted
from domain.errors import AfluenteError, Conflict, Invalid
from domain.matching.outcome import Stage
from domain.reconciliation import Leg
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.proposals import LONGEST_NOTE, actor, match_desk
from store import creditors, recon_listings, reconciliation, workbench
from store.recon_listings import GroupFilter
from store.workbench import Kind

router = APIRouter(route_class=ConsoleRoute)

SAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """Which kind is to be accepted: a leg and a stage, of one account or of all."""

    leg: Leg
    stage: Stage
    connection_id: str | None

    @property
    def filter(self) -> GroupFilter:
        """The proposals of the kind."""
        return GroupFilter(
            status="proposed", connection_id=self.connection_id, leg=self.leg.value, stage=self.stage.value
        )

    @property
    def address(self) -> str:
        """The page's address."""
        named = {"leg": self.leg.value, "stage": self.stage.value}
        return urlencode(named | ({"account": self.connection_id} if self.connection_id else {}))


def _asked(leg: str, stage: str, account: str) -> Asked:
    try:
        return Asked(Leg(leg), Stage(stage), account or None)
    except ValueError as error:
        raise Invalid("address_malformed", "The address names no kind of proposals.") from error


@router.get("/reconcile/accept-all")
def preview(here: Visiting) -> HTMLResponse:
    """How many proposals of a kind wait and what they come to in each currency."""
    query = here.request.query_params
    asked = _asked(query.get("leg", ""), query.get("stage", ""), query.get("account", ""))
    moment = _moment(query.get("decided"))
    return _page(here, asked, decided=moment)


def _page(
    here: Visit,
    asked: Asked,
    *,
    decided: datetime | None = None,
    became: Sequence[Accepted] = (),
    refused: AfluenteError | None = None,
) -> HTMLResponse:
    with here.tx() as tx:
        kinds = workbench.kinds(tx, asked.filter)
        samples = recon_listings.page(tx, asked.filter, before_id=None, limit=SAMPLES)
        links = {one.id: one for one in creditors.connections(tx)}
        stands = [] if decided is None else _decided(here, tx, decided)
        done = [reconciliation.get_group(tx, group_id) for group_id in stands[:SAMPLES]]
    return page(
        here,
        "bulk.html",
        place="reconcile",
        status=refused.status if refused else 200,
        refused=refused,
        asked=asked,
        kinds=kinds,
        count=sum(one.groups for one in kinds),
        most=MOST_AT_ONCE,
        mark=_mark(kinds),
        samples=samples,
        links=links,
        decided=decided,
        stands=stands,
        done_groups=done,
        failed=[one for one in became if one.refused],
        why=lambda code: here.voice.refusal(AfluenteError(code, code.replace("_", " "))),
        may=here.may("reconcile"),
        longest=LONGEST_NOTE,
    )


def _mark(kinds: Sequence[Kind]) -> str:
    """What was shown; another mark means that other proposals wait now."""
    return ",".join(f"{one.currency}{one.groups}:{one.minor}" for one in kinds)


@router.post("/reconcile/accept-all")
def accept_all(form: Posting) -> Response:
    """Accept them, oldest first; one that cannot be booked does not keep the others back."""
    here = form.visit
    asked = _asked(form.text("leg"), form.text("stage"), form.text("account"))
    try:
        here.need("reconcile")
        with here.tx() as tx:
            if _mark(workbench.kinds(tx, asked.filter)) != form.text("mark"):
                raise Conflict("kind_changed", "Other proposals wait now.", fix="Look at them again.")
            desk = match_desk(here, tx)
            became = desk.accept_all(
                connection_id=asked.connection_id, leg=asked.leg, stage=asked.stage, limit=MOST_AT_ONCE
            )
            moment = desk.desk.now
    except AfluenteError as error:
        return _page(here, asked, refused=error)
    if any(one.refused for one in became):
        return _page(here, asked, decided=moment, became=became)
    decided = urlencode({"decided": moment.isoformat()})
    return go(f"/reconcile/accept-all?{asked.address}&{decided}", done="matches_accepted")


@router.post("/reconcile/accept-all/undo")
def take_back(form: Posting) -> Response:
    """Take back everything that the reader accepted in one step; where one cannot be, none is."""
    here = form.visit
    asked = _asked(form.text("leg"), form.text("stage"), form.text("account"))
    moment = _moment(form.text("decided"))
    try:
        here.need("reconcile")
        _revoke(form, moment)
    except AfluenteError as error:
        return _page(here, asked, decided=moment, refused=error)
    return go(f"/reconcile/accept-all?{asked.address}", done="matches_revoked")


def _revoke(form: Posted, moment: datetime | None) -> None:
    here, note = form.visit, form.text("note")[:LONGEST_NOTE]
    if moment is None:
        raise Invalid("address_malformed", "The address does not say what to take back.")
    with here.tx() as tx:
        desk = match_desk(here, tx)
        for group_id in _decided(here, tx, moment):
            desk.revoke(group_id, note=note)


def _decided(here: Visit, tx: Connection, moment: datetime) -> list[str]:
    return workbench.decided_at_once(tx, by=actor(here), at=moment, limit=MOST_AT_ONCE)


def _moment(text: str | None) -> datetime | None:
    """The moment that an address names; ``None`` for none, or one without its zone."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
