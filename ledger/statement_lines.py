"""The lines of a statement: what each journal entry did to an account, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from domain.account_statements import Counterpart, Line, LinePage, Movement, Period, Place, movement_of_role, parts_of
from domain.accounts import Role
from domain.money import Money, zero
from ledger import accounts, tables
from ledger.statement_scope import Scope

_FEW_LEAVES: Final = 50

_entry, _posting, _account = tables.entry, tables.posting, tables.account
_reversed, _shown = tables.entry.alias("reversed"), tables.entry.alias("shown")


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
    """The entries of a page, found from the side that is shorter.

    Of few leaves each one's next entries are read, in the order of the page. Of many leaves the tenant's entries are
    gone through in that order: most of them are on it.
    """
    leaves = tx.execute(select(scope.counted().c.no).limit(_FEW_LEAVES + 1)).scalars().all()
    found = _among(leaves, scope, after, limit) if len(leaves) <= _FEW_LEAVES else _along(scope, after, limit)
    page = found.subquery("page")
    query = (
        select(_shown, _reversed.c.id.label("reverses"), func.coalesce(_reversed.c.kind, _shown.c.kind).label("cause"))
        .join(page, page.c.seq == _shown.c.seq)
        .outerjoin(_reversed, _reversed.c.seq == _shown.c.reverses_seq)
        .order_by(_shown.c.effective_date, _shown.c.seq)
    )
    return list(tx.execute(query))


def _among(leaves: Sequence[int], scope: Scope, after: Place | None, limit: int) -> Select[Any]:
    """The next entries with a posting on one of these leaves: those of each leaf, and of them the first."""
    leaf = func.unnest(literal(leaves, ARRAY(BigInteger))).table_valued("no").render_derived(name="leaf")
    day, seq = _posting.c.effective_date, _posting.c.entry_seq
    of_leaf = select(day, seq).where(_posting.c.account_no == leaf.c.no, scope.of_days(day), _later(day, seq, after))
    if scope.known_at is not None:
        of_leaf = of_leaf.join(_entry, _entry.c.seq == seq).where(scope.known)
    each = of_leaf.distinct().order_by(day, seq).limit(limit).lateral("each")
    found = select(each.c.effective_date, each.c.entry_seq.label("seq")).select_from(leaf).join(each, true()).distinct()
    return found.order_by(each.c.effective_date, each.c.entry_seq).limit(limit)


def _later(day: ColumnElement[date], seq: ColumnElement[int], after: Place | None) -> ColumnElement[bool]:
    """What comes after the page before."""
    return true() if after is None else tuple_(day, seq) > tuple_(after.day, after.seq)


def _along(scope: Scope, after: Place | None, limit: int) -> Select[Any]:
    """The next of the tenant's entries of which some posting is on what is counted."""
    day, seq = _entry.c.effective_date, _entry.c.seq
    touches = (
        select(_posting.c.entry_seq)
        .join(_account, _account.c.no == _posting.c.account_no)
        .where(_posting.c.entry_seq == _entry.c.seq, scope.counts(_account))
        .offset(0)  # asked of each entry in turn: a set of all postings below is not made first
    )
    found = select(seq).where(scope.within, _later(day, seq, after), touches.exists())
    return found.order_by(day, seq).limit(limit)


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
    query = (
        select(
            _posting.c.entry_seq,
            _posting.c.currency,
            _posting.c.amount_minor,
            _account.c.id,
            _account.c.role,
            _account.c.name,
            scope.counts(_account).label("is_counted"),
            scope.keeps(_account).label("is_kept"),
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
