"""The queue of proposals: each with its two sides beside each other, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities.match_decisions import MatchDesk
from activities.reconciliation import ReconciliationDesk
from domain.errors import AfluenteError
from domain.money import Money
from domain.reconciliation import Leg
from gateway.console import evidence, paging
from gateway.console.evidence import SideBySide
from gateway.console.pages import ROOT, ConsoleRoute, Visit, Visiting, page
from gateway.console.rehearsal import Rehearsal, rehearse
from gateway.reconciliation_files import MOST_GROUPS, group_file
from store import creditors, recon_listings, reconciliation, workbench
from store.creditors import PlatformConnection
from store.listings import Place
from store.recon_listings import GroupFilter
from store.reconciliation import STATUSES, MatchGroup
from store.workbench import STAGES, Neighbours

router = APIRouter(route_class=ConsoleRoute)

GROUPS_A_PAGE: Final = 50
LONGEST_NOTE: Final = 500
_FILTERS: Final = ("status", "account", "leg", "stage")


@dataclass(frozen=True, slots=True)
class Line:
    """A group in the queue: what it is about, and how many rows of each side it holds."""

    group: MatchGroup
    money: Money
    left_rows: int
    right_rows: int


@dataclass(frozen=True)
class Trouble:
    """A form of a proposal that was refused: which one, why, and what had been entered."""

    form: str
    error: AfluenteError
    entered: Mapping[str, str]


def match_desk(here: Visit, tx: Connection) -> MatchDesk:
    """Decisions of the person who looks, in a transaction."""
    return MatchDesk(ReconciliationDesk(tx, here.services.new_id, here.services.now()), actor(here))


def actor(here: Visit) -> str:
    """Who decides, as histories name them."""
    return f"{here.person.name} <{here.person.email}>"


def group_filter(query: Mapping[str, str]) -> GroupFilter:
    """The filter that an address states; what waits for a person unless a state is named."""
    status = query.get("status") if query.get("status") in STATUSES else None
    leg = query.get("leg") if query.get("leg") in {one.value for one in Leg} else None
    stage = query.get("stage") if query.get("stage") in STAGES else None
    return GroupFilter(
        status=status, waiting=status is None, connection_id=query.get("account") or None, leg=leg, stage=stage
    )


def filters_of(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address that are carried on to the next page."""
    return {name: query[name] for name in _FILTERS if query.get(name)}


def queue_address(filters: Mapping[str, str], **more: str | None) -> str:
    """The queue with filters, at a group."""
    given = {**filters, **{name: value for name, value in more.items() if value}}
    return "/reconcile/proposals" + (f"?{urlencode(given)}" if given else "")


@router.get("/reconcile/proposals")
def proposals_page(here: Visiting) -> HTMLResponse:
    """The queue with the evidence of one of its groups; the first unless the address names another."""
    return queue(here, filters_of(here.request.query_params), at=here.request.query_params.get("at"))


def queue(here: Visit, filters: Mapping[str, str], *, at: str | None, trouble: Trouble | None = None) -> HTMLResponse:
    """The page; ``trouble`` is a form that was refused."""
    wanted = group_filter(filters)
    after = paging.from_word(here.request.query_params.get("after"), moments=False)
    with here.tx() as tx:
        found = recon_listings.page(tx, wanted, before_id=after.id if after else None, limit=GROUPS_A_PAGE + 1)
        lines = _lines(tx, found[:GROUPS_A_PAGE])
        chosen = at or (lines[0].group.id if lines else None)
        detail = None if chosen is None else _detail(here, tx, chosen)
        beside = None if chosen is None else workbench.neighbours(tx, wanted, chosen)
        links = {one.id: one for one in creditors.connections(tx)}
        waiting = workbench.kinds(tx, GroupFilter(connection_id=wanted.connection_id))
    return page(
        here,
        "proposals.html",
        place="reconcile",
        status=trouble.error.status if trouble else 200,
        wanted=wanted,
        filters=dict(filters),
        lines=lines,
        next=Place("0", found[GROUPS_A_PAGE - 1].id) if len(found) > GROUPS_A_PAGE else None,
        shown=detail,
        beside=beside,
        kinds=waiting,
        accounts=[(one.id, one.name) for one in links.values()],
        statuses=STATUSES,
        stages=STAGES,
        legs=tuple(leg.value for leg in Leg),
        at_address=lambda group_id: f"{ROOT}{queue_address(filters, at=group_id)}",
        **detail_words(here, trouble, links, filters, beside),
    )


@router.get("/reconcile/proposals.xlsx")
def proposals_file(here: Visiting) -> Response:
    """What is filtered, as a workbook."""
    wanted = group_filter(here.request.query_params)
    with here.tx() as tx:
        found = recon_listings.page(tx, wanted, before_id=None, limit=MOST_GROUPS)
        file = group_file(found, reconciliation.members(tx, [group.id for group in found]))
    return Response(file.content, media_type=file.media, headers=file.headers)


@router.get("/reconcile/proposals/{group_id}")
def group_page(here: Visiting, group_id: str) -> HTMLResponse:
    """One group by itself, in whatever state."""
    return one_group(here, group_id)


def one_group(here: Visit, group_id: str, *, trouble: Trouble | None = None) -> HTMLResponse:
    """The page of one group."""
    with here.tx() as tx:
        detail = _detail(here, tx, group_id)
        links = {one.id: one for one in creditors.connections(tx)}
    return page(
        here,
        "proposal.html",
        place="reconcile",
        status=trouble.error.status if trouble else 200,
        shown=detail,
        **detail_words(here, trouble, links, {}, None),
    )


def _detail(here: Visit, tx: Connection, group_id: str) -> SideBySide:
    (found,) = evidence.of_groups(here, tx, [reconciliation.get_group(tx, group_id)])
    return found


def detail_words(
    here: Visit,
    trouble: Trouble | None,
    links: Mapping[str, PlatformConnection],
    filters: Mapping[str, str],
    beside: Neighbours | None,
) -> dict[str, Any]:
    """What the template of a group needs beside the group."""
    return {
        "trouble": trouble,
        "links": links,
        "back": urlencode(filters),
        "following": None if beside is None else beside.following or beside.previous,
        "may": here.may("reconcile"),
        "sees_payers": evidence.may_see_payers(here),
        "called": lambda one: evidence.called(here.voice, one),
        "longest": LONGEST_NOTE,
        "last": here.request.query_params.get("last"),
        "rehearsed": lambda shown: _rehearsed(here, shown),
        "feature_words": _feature_words(here),
    }


def _feature_words(here: Visit) -> dict[str, str]:
    voice = here.voice
    return {
        "amount": voice.gettext("Amount"),
        "kept": voice.gettext("Fees and taxes"),
        "reference": voice.gettext("Reference"),
        "payer": voice.gettext("Payer"),
        "day": voice.gettext("Day"),
    }


def _rehearsed(here: Visit, shown: SideBySide) -> Rehearsal | None:
    """What accepting would book, where the address asks for it."""
    asked = here.request.query_params.get("book") == "1" and here.may("reconcile")
    if not asked or shown.group.status != "proposed":
        return None
    rows = (*shown.left, *shown.right)
    sources = dict.fromkeys((shown.group.id, *(row.seen.ref.partition("/")[0] for row in rows)))
    with here.tx() as tx:
        return rehearse(tx, lambda: match_desk(here, tx).accept(shown.group.id), sources=list(sources))


def _lines(tx: Connection, groups: Sequence[MatchGroup]) -> list[Line]:
    members = reconciliation.members(tx, [group.id for group in groups])
    found = []
    for group in groups:
        left = [one for one in members[group.id] if one.side == "left"]
        right = [one for one in members[group.id] if one.side == "right"]
        told = [one for one in right or left if one.currency == group.currency]
        money = Money(sum(one.amount_minor for one in told), group.currency)
        found.append(Line(group, money, len(left), len(right)))
    return found
