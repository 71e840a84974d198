"""How long money has stood on an account, first in first out: what leaves is what came first.

What stands on a leaf is therefore made of the newest days that come to its balance. A correction and the entry that it
corrects count for neither: money that never came does not age. Days are effective days; sums of days are read, not
postings, so what this costs grows with the days of the leaves asked for and not with what was booked on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, Connection, Integer, Select, case, cast, func, select, union_all

from domain.accounts import Role
from domain.money import Money
from ledger import tables

_account, _entry, _posting, _day = tables.account, tables.entry, tables.posting, tables.balance_day


@dataclass(frozen=True, slots=True)
class Lot:
    """So much of a leaf's balance has stood there since a day; debit positive, of the same sign as the balance."""

    account_id: str
    holder_id: str  # the child or treasury account that the leaf hangs on
    role: Role
    since: date
    amount: Money


def lots(tx: Connection, root_ids: Sequence[str], roles: Sequence[Role], *, as_of: date) -> list[Lot]:
    """What every leaf of these roles at or below these accounts is made of by the end of a day, oldest first.

    The lots of a leaf come to its balance. A leaf without balance has none.
    """
    leaves = _leaves(root_ids, roles)
    moved = _moved(leaves, as_of)
    standing = (
        select(moved.c.account_no, func.sum(moved.c.came - moved.c.went).label("balance"))
        .group_by(moved.c.account_no)
        .cte("standing")
    )
    grown = case((standing.c.balance > 0, moved.c.came), else_=moved.c.went).label("grown")
    newest_first = (
        select(
            moved.c.account_no,
            moved.c.day,
            standing.c.balance,
            grown,
            func.sum(grown).over(partition_by=moved.c.account_no, order_by=moved.c.day.desc()).label("reached"),
        )
        .join(standing, standing.c.account_no == moved.c.account_no)
        .where(standing.c.balance != 0)
        .cte("newest_first")
    )
    left = func.abs(newest_first.c.balance) - (newest_first.c.reached - newest_first.c.grown)
    query = (
        select(
            leaves.c.id,
            leaves.c.holder_id,
            leaves.c.role,
            newest_first.c.day,
            leaves.c.currency,
            cast(func.sign(newest_first.c.balance), Integer) * func.least(newest_first.c.grown, left),
        )
        .join(newest_first, newest_first.c.account_no == leaves.c.no)
        .where(newest_first.c.grown > 0, left > 0)
        .order_by(newest_first.c.day, leaves.c.no)
    )
    return [
        Lot(account_id, holder_id, Role(role), since, Money(int(minor), currency))
        for account_id, holder_id, role, since, currency, minor in tx.execute(query)
    ]


def _leaves(root_ids: Sequence[str], roles: Sequence[Role]) -> CTE:
    root, holder = _account.alias("root"), _account.alias("holder")
    return (
        select(_account.c.no, _account.c.id, _account.c.role, _account.c.currency, holder.c.id.label("holder_id"))
        .join(tables.closure, tables.closure.c.descendant_no == _account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .join(holder, holder.c.no == _account.c.parent_no)
        .where(root.c.id.in_(root_ids), _account.c.role.in_([role.value for role in roles]), _account.c.is_leaf)
        .distinct()
        .cte("leaves")
    )


def _moved(leaves: CTE, as_of: date) -> CTE:
    """What came and went on each leaf and day, without corrections and what they corrected."""
    booked = (
        select(_day.c.account_no, _day.c.day, _day.c.debit_minor.label("came"), _day.c.credit_minor.label("went"))
        .join(leaves, leaves.c.no == _day.c.account_no)
        .where(_day.c.day <= as_of)
    )
    both = union_all(booked, _corrected(leaves, as_of)).subquery()
    return (
        select(both.c.account_no, both.c.day, func.sum(both.c.came).label("came"), func.sum(both.c.went).label("went"))
        .group_by(both.c.account_no, both.c.day)
        .cte("moved")
    )


def _corrected(leaves: CTE, as_of: date) -> Select[tuple[int, date, int, int]]:
    """What corrections and the entries they correct moved, to be taken off again, each on its own day."""
    correction, corrected = _entry.alias("correction"), _entry.alias("corrected")
    pairs = (
        select(correction.c.seq.label("later"), corrected.c.seq.label("earlier"))
        .join(corrected, corrected.c.seq == correction.c.reverses_seq)
        .where(correction.c.effective_date <= as_of, corrected.c.effective_date <= as_of)
        .cte("pairs")
    )
    return (
        select(
            _posting.c.account_no,
            _entry.c.effective_date,
            -func.greatest(_posting.c.amount_minor, 0),
            func.least(_posting.c.amount_minor, 0),
        )
        .select_from(pairs)
        .join(_posting, _posting.c.entry_seq.in_([pairs.c.later, pairs.c.earlier]))
        .join(_entry, _entry.c.seq == _posting.c.entry_seq)
        .join(leaves, leaves.c.no == _posting.c.account_no)
    )
