"""Promises of a case as they stand, and what becomes of kept ones when the money goes back after the case closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import Connection

from domain.money import Money
from domain.planning import OpenPromise
from domain.promises import Promise, PromiseState, outcome
from store import cases, promises, receipts, timeline
from store.cases import Case
from store.promises import PromiseRow


def standing(tx: Connection, case: Case, row: PromiseRow, day_of: Callable[[datetime], date]) -> OpenPromise:
    """A promise with what was received towards it; ``day_of`` gives the debtor's day of a moment.

    Towards one that was taken over from an earlier case, what that case received counts too.
    """
    promise = Promise(
        id=row.id,
        amount=Money(row.amount_minor, row.currency),
        taken_on=day_of(row.created_at),
        due_date=row.due_date,
        tolerance_basis_points=row.tolerance_basis_points,
        grace_days=row.grace_days,
        state=PromiseState(row.state),
        before_minor=row.before_minor,
    )
    is_taken_over = row.created_at < case.opened_at
    received = receipts.received(
        tx,
        cases.of_debtor(tx, case) if is_taken_over else [case.id],
        currency=row.currency,
        first=promise.taken_on,
        last=promise.last_day,
        day_of=day_of,
    )
    return OpenPromise(promise, Money(received, row.currency))


def take_over(tx: Connection, closed: Case, opened: Case, *, day_of: Callable[[datetime], date], now: datetime) -> None:
    """Money of a closed case went back: its kept promises that lack it are open again in the new case, or not kept."""
    for row in promises.of_case(tx, closed.id):
        if row.state != PromiseState.KEPT.value:
            continue
        found = standing(tx, closed, row, day_of)
        state = outcome(found.promise, found.received, day_of(now))
        if state is PromiseState.KEPT:
            continue
        still_open = state is PromiseState.OPEN
        promises.resolve(tx, row.id, state=state.value, now=None if still_open else now)
        if still_open:
            promises.move(tx, row.id, case_id=opened.id)
        for case in (closed, opened) if still_open else (closed,):
            detail = {"promise": row.id}
            timeline.note(tx, case, at=now, actor="system", kind=f"promise_{state.value}", detail=detail)
