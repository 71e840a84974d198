"""One cash sweep: how far it is, why, what it booked, its papers, its file, and who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import sweep_files, sweep_outlook, sweep_rules
from activities.sweeps import SCHEDULE
from connectors.payment_files.pain001 import message_id
from domain.errors import AfluenteError
from domain.sweep_runs import ON_ITS_WAY, WAITING
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.sweeps import LONGEST_REASON
from ledger import posting
from ledger.posting import BookedEntry
from store import sweep_runs
from store import sweeps as kept
from store.sweep_runs import SweepRun
from store.sweeps import SweepDocument

router = APIRouter(route_class=ConsoleRoute)


@dataclass(frozen=True)
class Reached:
    """A state that a sweep came to, and when; ``None`` where it is still to come."""

    state: str
    at: datetime | None


@dataclass(frozen=True)
class BankFile:
    """The file that orders a sweep: its reference, or why there is none."""

    reference: str
    refused: AfluenteError | None


@router.get("/sweeps/runs/{run_id}")
def run_page(here: Visiting, run_id: str) -> HTMLResponse:
    """A sweep from plan to arrival."""
    with here.tx() as tx:
        run = sweep_runs.get(tx, run_id)
        stored = kept.get_rule(tx, run.rule_id)
        ends = sweep_outlook.ends_of(tx, stored.rule.child_account_id)
        papers = [one for one in kept.documents(tx, run.rule_id) if _covers(one, run.business_date)]
        return page(
            here,
            "sweep_run.html",
            place="fx",
            run=run,
            rule=stored.rule,
            revised=stored.revision != run.rule_revision,
            ends=ends,
            way=_way(run),
            entries=_entries(tx, run),
            papers=papers,
            names=sweep_rules.documents_known(ends.child.country),
            file=_file(tx, here, run),
            events=kept.events(tx, run_id),
            schedule=SCHEDULE,
            may=here.may("sweep"),
            carries_on=run.state in {*WAITING, *ON_ITS_WAY},
            today=here.services.now().date(),
            longest=LONGEST_REASON,
        )


def _covers(paper: SweepDocument, day: date) -> bool:
    return paper.first_day <= day and (paper.last_day is None or day <= paper.last_day)


def _way(run: SweepRun) -> list[Reached]:
    """The states that the sweep has come to, in order, and on the way to arrival those to come."""
    came = [Reached("planned", run.created_at)]
    if run.approved_at is not None:
        came.append(Reached("approved", run.approved_at))
    steps = (Reached("sent", run.sent_at), Reached("in_transit", run.taken_at))
    if run.state in WAITING or run.state in ON_ITS_WAY:
        waits = [Reached("awaiting_approval", None)] if run.state.value == "awaiting_approval" else []
        return [*came, *waits, *steps, Reached("arrived", None)]
    return [*came, *(one for one in steps if one.at), Reached(run.state.value, run.ended_at)]


def _entries(tx: Connection, run: SweepRun) -> list[BookedEntry]:
    names = (run.entry_out, run.entry_tax, run.entry_in, run.reversal, run.reversal_tax)
    return [posting.get(tx, name) for name in names if name is not None]


def _file(tx: Connection, here: Visit, run: SweepRun) -> BankFile | None:
    """The bank's file, for who may fetch it; ``None`` before the sweep is booked."""
    if run.sent_at is None or not here.may("sweep"):
        return None
    refused = None
    try:
        sweep_files.payment_file(tx, [run.id])
    except AfluenteError as error:
        refused = error
    return BankFile(run.file_reference or message_id({run.id}), refused)
