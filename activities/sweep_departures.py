"""What a bank's statement tells of sweeps: they are booked as they leave, so that a line of one is no receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from activities import creditors as opening
from activities.book import Book
from domain.receipts import ReceiptFact
from domain.sweep_runs import ON_ITS_WAY, RunState, may_name_a_run, told_as
from store import sweep_runs, sweeps
from store.creditors import PlatformConnection
from store.sweep_runs import SweepRun
from store.sweeps import SweepEvent

_TAKES: Final = timedelta(days=10)
"""How long after its business date a bank may still tell that a sweep has left."""


def told(book: Book, connection: PlatformConnection, fact: ReceiptFact) -> bool:
    """Whether a bank's line tells of a sweep: by its name, or by being the only one of that sum on its way.

    One that says that the money left has the sweep taken by the bank.
    """
    out = -fact.amount
    if not fact.to_bank or not (out.minor > 0 or any(map(may_name_a_run, fact.references))):
        return False
    child = opening.child_for(book, connection, out.currency)
    runs = sweep_runs.left(book.tx, child_account_id=child, since=fact.value_date - _TAKES)
    said = {reference.lower() for reference in fact.references}
    named = [run for run in runs if said & _names_of(run) and out in (run.amount, run.tax, -run.amount)]
    alike = [run for run in runs if run.state in ON_ITS_WAY and run.amount == out]
    run = named[0] if named else alike[0] if len(alike) == 1 else None
    if run is not None and run.state is RunState.SENT and out == run.amount:
        _taken(book, run, fact.external_ref)
    return run is not None


def _names_of(run: SweepRun) -> set[str]:
    return {name.lower() for name in (*told_as(run.id), run.file_reference, run.bank_reference) if name}


def _taken(book: Book, run: SweepRun, reference: str) -> None:
    sweep_runs.advance(book.tx, run, state=RunState.IN_TRANSIT, taken_at=book.now, bank_reference=reference)
    event = SweepEvent("taken", "bank statement", "", {"bank_reference": reference}, book.now)
    sweeps.note(book.tx, run.id, event, tenant_id=run.tenant_id)
