"""The lines of a statement: what each journal entry did to an account, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from domain.account_statements import Counterpart, Line, LinePage, Movement, Period, Place, movement_of_role, parts_of
from domain.accounts import Role
from domain.money import Money, zero
from ledger import accounts, tables
from ledger.statement_scope import Scope

_entry, _posting, _account = tables.entry, tables.posting, tables.account
_reversed = tables.entry.alias("reversed")


def lines(
    tx: Connection,
    account_id: str,
    period: Period,
    *,
    known_at: datetime | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> LinePage:
    """One page of a statement's lines, ``limit`` entries at most, in order of effective day and then of booking.

    An entry in two currencies makes a line in each. Raises ``account_unknown``.
    """
    scope = Scope(accounts.get(tx, account_id), period, known_at)
    heads = _heads(tx, scope, after=after, limit=limit + 1)
    shown = heads[:limit]
    more = Place(shown[-1].effective_date, shown[-1].seq) if len(heads) > limit else None
    return LinePage(tuple(_lines_of(tx, scope, shown)), more)


def _heads(tx: Connection, scope: Scope, *, after: Place | None, limit: int) -> list[Any]:
    touches = (
        select(_posting.c.entry_seq)
        .where(_posting.c.entry_seq == _entry.c.seq, _posting.c.account_no.in_(select(scope.counted().c.no)))
        .exists()
    )
    query = (
        select(_entry, _reversed.c.id.label("reverses"), func.coalesce(_reversed.c.kind, _entry.c.kind).label("cause"))
        .outerjoin(_reversed, _reversed.c.seq == _entry.c.reverses_seq)
        .where(scope.within, touches)
        .order_by(_entry.c.effective_date, _entry.c.seq)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(_entry.c.effective_date, _entry.c.seq) > tuple_(after.day, after.seq))
    return list(tx.execute(query))


@dataclass(slots=True)
class _Sums:
    """What one entry does in one currency: to what is counted, to what is kept, and with whom."""

    amount: Money
    touched: bool
    kept: dict[Movement, Money]
    inside: dict[str, Counterpart]
    outside: dict[str, Counterpart]


def _lines_of(tx: Connection, scope: Scope, heads: list[Any]) -> Iterator[Line]:
    sums = _sums(tx, scope, [head.seq for head in heads])
    for head in heads:
        for one in sums[head.seq].values():
            if one.touched:
                yield Line(
                    entry_id=head.id,
                    seq=head.seq,
                    kind=head.kind,
                    effective_date=head.effective_date,
                    booked_at=head.booked_at,
                    source=head.source,
                    reverses=head.reverses,
                    amount=one.amount,
                    parts=parts_of(one.amount, one.kept, scope.reason(head.cause)),
                    counterparts=tuple((one.outside or one.inside).values()),
                )


def _sums(tx: Connection, scope: Scope, seqs: list[int]) -> dict[int, dict[str, _Sums]]:
    counted, kept = scope.counted(), scope.kept()
    query = (
        select(
            _posting.c.entry_seq,
            _posting.c.currency,
            _posting.c.amount_minor,
            _account.c.id,
            _account.c.role,
            _account.c.name,
            _account.c.no.in_(select(counted.c.no)).label("is_counted"),
            _account.c.no.in_(select(kept.c.no)).label("is_kept"),
        )
        .join(_account, _account.c.no == _posting.c.account_no)
        .where(_posting.c.entry_seq.in_(seqs))
        .order_by(_posting.c.entry_seq, _posting.c.line)
    )
    found: dict[int, dict[str, _Sums]] = defaultdict(dict)
    for row in tx.execute(query):
        one = found[row.entry_seq].setdefault(row.currency, _Sums(zero(row.currency), False, {}, {}, {}))
        _add(one, row)
    return found


def _add(one: _Sums, row: Any) -> None:
    amount = Money(row.amount_minor, row.currency)
    party = Counterpart(row.id, Role(row.role), row.name)
    if row.is_counted:
        one.amount, one.touched = one.amount + amount, True
        one.inside[row.id] = party
        return
    one.outside[row.id] = party
    reason = movement_of_role(row.role) if row.is_kept else None
    if reason is not None:
        one.kept[reason] = one.kept.get(reason, zero(row.currency)) + amount
