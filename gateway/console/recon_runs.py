"""Runs: when each context was compared last, the proof that nothing was lost, and comparing now, for real or dry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities.reconciliation import Found, ReconciliationDesk
from domain.errors import AfluenteError
from domain.money import Money
from domain.reconciliation import Leg
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from gateway.console.proposals import actor
from store import creditors, recon_listings
from store.reconciliation import Run

router = APIRouter(route_class=ConsoleRoute)

RUNS_READ: Final = 500
OLDER_SHOWN: Final = 20
_LEGS: Final = tuple(leg.value for leg in Leg)
_PARTS: Final = ("input_minor", "confirmed_minor", "proposed_minor", "ambiguous_minor", "leftover_minor")


@dataclass(frozen=True, slots=True)
class Proof:
    """The identity of one side in one currency: what went in is what came out, to the minor unit."""

    side: str
    rows: int
    amounts: tuple[Money, ...]
    holds: bool


@dataclass(frozen=True)
class ShownRun:
    """A run with what it found by status, and its proof."""

    run: Run
    groups: dict[str, int]
    leftover: int
    proofs: tuple[Proof, ...]
    dry: bool = False

    @property
    def holds(self) -> bool:
        """Whether every side adds up."""
        return all(one.holds for one in self.proofs)


@router.get("/reconcile/runs")
def runs_page(here: Visiting) -> HTMLResponse:
    """The last run of every context, and earlier ones."""
    return _page(here)


def _page(here: Visit, *, dry: list[Found] | None = None, refused: AfluenteError | None = None) -> HTMLResponse:
    account = here.request.query_params.get("account") or None
    with here.tx() as tx:
        found = recon_listings.runs(tx, connection_id=account, before_id=None, limit=RUNS_READ)
        links = {one.id: one for one in creditors.connections(tx)}
    last: dict[tuple[str, str, str], Run] = {}
    for run in found:
        last.setdefault((run.connection_id, run.leg, run.currency), run)
    newest = {run.id for run in last.values()}
    return page(
        here,
        "recon_runs.html",
        place="reconcile",
        status=refused.status if refused else 200,
        refused=refused,
        runs=[
            _shown(run) for run in sorted(last.values(), key=lambda run: (links[run.connection_id].name, _place(run)))
        ],
        newest=found[0].started_at if found else None,
        older=[_shown(run) for run in found if run.id not in newest][:OLDER_SHOWN],
        dry=None if dry is None else [_outcome(one) for one in dry],
        links=links,
        accounts=[(one.id, one.name) for one in links.values()],
        account=account,
        legs=_LEGS,
        may=here.may("reconcile"),
    )


def _place(run: Run) -> tuple[int, str]:
    return _LEGS.index(run.leg), run.currency


def _shown(run: Run) -> ShownRun:
    groups: dict[str, int] = {}
    for one in run.counts.get("groups", []):
        groups[one["status"]] = groups.get(one["status"], 0) + int(one["groups"])
    left = int(run.counts.get("leftover_left", 0)) + int(run.counts.get("leftover_right", 0))
    return ShownRun(run, groups, left, tuple(_proof(one) for one in run.identity))


def _proof(one: dict[str, Any]) -> Proof:
    amounts = tuple(Money(int(one[name]), one["currency"]) for name in _PARTS)
    return Proof(one["side"], int(one["rows"]), amounts, bool(one["holds"]))


def _outcome(found: Found) -> ShownRun:
    """What a dry run found, told as it would have been kept."""
    shown = _shown(found.run)
    return ShownRun(shown.run, shown.groups, len(found.leftover), shown.proofs, dry=True)


@router.post("/reconcile/runs")
def compare(form: Posting) -> Response:
    """Compare every context that is chosen, in one transaction; a dry run shows what it found and leaves nothing."""
    here = form.visit
    dry = form.text("dry") == "yes"
    account, leg = form.text("account") or None, form.text("leg")
    try:
        here.need("reconcile")
        with here.tx() as tx:
            desk = ReconciliationDesk(tx, here.services.new_id, here.services.now())
            wanted = [one for one in desk.contexts(account) if leg in ("", one.leg.value)]
            found = [desk.run(context, actor=actor(here), dry=dry) for context in wanted]
    except AfluenteError as error:
        return _page(here, refused=error)
    if dry:
        return _page(here, dry=found)
    return go("/reconcile/runs" + (f"?account={account}" if account else ""), done="compared")
