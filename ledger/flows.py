"""What flows through the book, for looking at: receipts day by day of each child account, and how balances went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, Connection, and_, func, select

from domain.account_statements import Movement, Period, movement_of
from domain.accounts import MONEY_ROLES, Role
from domain.money import Money
from ledger import tables

_GROSS = MONEY_ROLES | {Role.FEES, Role.WITHHELD}
"""A receipt before what was kept of it: what arrived, the platform's fee and tax kept back."""
_HOLDERS = (Role.CHILD.value, Role.TREASURY.value)
_account, _entry, _posting, _day = tables.account, tables.entry, tables.posting, tables.balance_day
_reversed = tables.entry.alias("reversed")


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that holds money on its leaves: a child account, or what the parent itself has in a currency."""

    id: str
    role: Role
    name: str
    creditor_id: str
    country: str | None
    connection_id: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class DayReceipts:
    """What came in on a child account on an effective day, gross, less what was corrected; and in how many receipts."""

    day: date
    holder_id: str
    receipts: int
    amount: Money


def holders(tx: Connection, root_ids: Sequence[str]) -> dict[str, Holder]:
    """The accounts at or below these ones that hold money, by identifier, in order of opening."""
    root = _account.alias("root")
    columns = [_account.c[name] for name in ("id", "role", "name", "creditor_id", "country", "connection_id")]
    query = (
        select(*columns, _account.c.currency)
        .join(tables.closure, tables.closure.c.descendant_no == _account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .where(root.c.id.in_(root_ids), _account.c.role.in_(_HOLDERS))
        .order_by(_account.c.no)
    )
    return {row["id"]: Holder(**{**row, "role": Role(row["role"])}) for row in tx.execute(query).mappings()}


def receipts(tx: Connection, root_ids: Sequence[str], period: Period) -> list[DayReceipts]:
    """What came in under these accounts on each day of a period and child account, in order of day."""
    leaves = _leaves(root_ids, _GROSS)
    kind = func.coalesce(_reversed.c.kind, _entry.c.kind).label("cause")
    query = (
        select(
            _entry.c.effective_date,
            leaves.c.holder_id,
            kind,
            func.count(_entry.c.seq.distinct()).filter(_entry.c.reverses_seq.is_(None)),
            func.count(_entry.c.seq.distinct()).filter(_entry.c.reverses_seq.is_not(None)),
            leaves.c.currency,
            func.sum(_posting.c.amount_minor),
        )
        .join(_posting, _posting.c.entry_seq == _entry.c.seq)
        .join(leaves, leaves.c.no == _posting.c.account_no)
        .outerjoin(_reversed, _reversed.c.seq == _entry.c.reverses_seq)
        .where(_entry.c.effective_date >= period.first, _entry.c.effective_date < period.until)
        .group_by(_entry.c.effective_date, leaves.c.holder_id, kind, leaves.c.currency)
        .order_by(_entry.c.effective_date, leaves.c.holder_id)
    )
    return [
        DayReceipts(day, holder_id, booked - corrected, Money(int(minor), currency))
        for day, holder_id, cause, booked, corrected, currency, minor in tx.execute(query)
        if movement_of(cause) is Movement.RECEIPTS
    ]


def balance_history(tx: Connection, root_ids: Sequence[str], period: Period) -> dict[str, dict[date, Money]]:
    """Money held on each child account by the end of the days on which it moved, and on the period's first day."""
    leaves = _leaves(root_ids, MONEY_ROLES)
    day = func.greatest(_day.c.day, period.first).label("day")
    query = (
        select(leaves.c.holder_id, leaves.c.currency, day, func.sum(_day.c.debit_minor - _day.c.credit_minor))
        .join(_day, and_(_day.c.account_no == leaves.c.no, _day.c.day < period.until))
        .group_by(leaves.c.holder_id, leaves.c.currency, day)
        .order_by(leaves.c.holder_id, day)
    )
    found: dict[str, dict[date, Money]] = defaultdict(dict)
    for holder_id, currency, moved_on, minor in tx.execute(query):
        before = next(reversed(found[holder_id].values()), Money(0, currency))
        found[holder_id][moved_on] = before + Money(int(minor), currency)
    return dict(found)


def at_end_of(history: Mapping[date, Money], day: date) -> Money | None:
    """The balance by the end of a day, ``None`` before anything had moved."""
    known = [moved_on for moved_on in history if moved_on <= day]
    return history[max(known)] if known else None


def _leaves(root_ids: Sequence[str], roles: frozenset[Role]) -> CTE:
    root, holder = _account.alias("root"), _account.alias("holder")
    return (
        select(_account.c.no, _account.c.currency, holder.c.id.label("holder_id"))
        .join(tables.closure, tables.closure.c.descendant_no == _account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .join(holder, holder.c.no == _account.c.parent_no)
        .where(root.c.id.in_(root_ids), _account.c.is_leaf, _account.c.role.in_(sorted(role.value for role in roles)))
        .distinct()
        .cte("leaves")
    )
