"""Balances: of a leaf, of a subtree, as of a day, and of a parent consolidated at stated rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Date, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.accounts import Role
from domain.errors import AfluenteError
from domain.fx import Converted, Rate, convert
from domain.money import Money, zero
from ledger import tables

_TOTALS = text("SELECT currency, amount FROM book_totals(:root, :roles, :as_of)").bindparams(
    bindparam("roles", type_=ARRAY(Text)), bindparam("as_of", type_=Date)
)

_COUNT = text("SELECT book_count_totals()")

RateLookup = Callable[[str, str, date], Rate]
"""The rate from one currency to another on a day; raises ``rate_missing`` or ``rate_stale``."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Turnover of an account: debits and credits (both positive), and what they come to, debit positive."""

    account_id: str
    role: Role
    debit: Money
    credit: Money

    @property
    def amount(self) -> Money:
        """Debits less credits."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """One currency of a consolidated balance: as it is, and converted, or why it could not be."""

    original: Money
    converted: Converted | None
    error: AfluenteError | None


@dataclass(frozen=True, slots=True)
class Consolidated:
    """A parent's balance: an amount for each currency, and the total of those that could be converted.

    ``complete`` is false where a rate was missing or stale; then ``total`` leaves that currency out, and the line
    says so: an amount is shown unconverted, never as zero.
    """

    currency: str
    as_of: date
    lines: tuple[CurrencyLine, ...]
    total: Money

    @property
    def complete(self) -> bool:
        """Whether every currency could be converted."""
        return all(line.converted is not None for line in self.lines)

    @property
    def stated(self) -> Money | None:
        """The total, or ``None`` where there is something and none of it could be converted: that is not zero."""
        nothing_converted = not any(line.converted is not None for line in self.lines)
        return None if self.lines and nothing_converted else self.total


def of_leaves(tx: Connection, root_ids: Sequence[str], *, as_of: date | None = None) -> list[Balance]:
    """Balances of every leaf at or below these accounts; with ``as_of`` of what was effective by the end of a day."""
    source = tables.balance if as_of is None else tables.balance_day
    root = tables.account.alias("root")
    joined = (source.c.account_no == tables.account.c.no) & (
        True if as_of is None else tables.balance_day.c.day <= as_of
    )
    query = (
        select(
            tables.account.c.id,
            tables.account.c.role,
            tables.account.c.currency,
            _sum(source.c.debit_minor),
            _sum(source.c.credit_minor),
        )
        .join(tables.closure, tables.closure.c.descendant_no == tables.account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .outerjoin(source, joined)
        .where(root.c.id.in_(root_ids), tables.account.c.is_leaf)
        .group_by(tables.account.c.no)
        .order_by(tables.account.c.no)
    )
    return [
        Balance(account_id, Role(role), Money(int(debit), currency), Money(int(credit), currency))
        for account_id, role, currency, debit, credit in tx.execute(query)
    ]


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def totals(
    tx: Connection, *root_ids: str, roles: frozenset[Role] | None = None, as_of: date | None = None
) -> dict[str, Money]:
    """What the leaves (of these roles) at or below some accounts come to in each currency, debit positive.

    The same as ``by_currency(of_leaves(…))``, summed by the database: what comes back is as many rows as currencies,
    however many leaves there are. Of a root it is read from what ``count_totals`` has counted and from
    what came since. In order of currency code.
    """
    wanted = None if roles is None else sorted(role.value for role in roles)
    sums: dict[str, Money] = {}
    for root_id in root_ids:
        for currency, amount in tx.execute(_TOTALS, {"root": root_id, "roles": wanted, "as_of": as_of}):
            sums[currency] = sums.get(currency, zero(currency)) + Money(int(amount), currency)
    return dict(sorted(sums.items()))


def count_totals(tx: Connection) -> int:
    """Bring the totals of the tenant's roots forward, up to the last entry that sealing has gone past; how many."""
    return int(tx.execute(_COUNT).scalar_one())


def of_leaf(tx: Connection, account_id: str, *, as_of: date | None = None) -> Money:
    """A leaf's balance, debit positive."""
    (balance,) = of_leaves(tx, [account_id], as_of=as_of)
    return balance.amount


def turnover(tx: Connection, account_id: str, day: date) -> Money:
    """What moved on a leaf on one effective day: its debits and its credits together."""
    moved = tables.balance_day
    query = (
        select(tables.account.c.currency, _sum(moved.c.debit_minor + moved.c.credit_minor))
        .outerjoin(moved, (moved.c.account_no == tables.account.c.no) & (moved.c.day == day))
        .where(tables.account.c.id == account_id)
        .group_by(tables.account.c.no)
    )
    currency, minor = tx.execute(query).one()
    return Money(int(minor), currency)


def by_currency(balances: Sequence[Balance], roles: frozenset[Role] | None = None) -> dict[str, Money]:
    """What balances (of these roles) come to in each currency, debit positive, in order of currency code."""
    sums: dict[str, Money] = {}
    for balance in balances:
        if roles is None or balance.role in roles:
            currency = balance.debit.currency
            sums[currency] = sums.get(currency, zero(currency)) + balance.amount
    return dict(sorted(sums.items()))


def consolidate(amounts: dict[str, Money], *, currency: str, as_of: date, rate: RateLookup) -> Consolidated:
    """Amounts of several currencies as one report in ``currency``, each line with the rate it was converted at."""
    lines = tuple(_line(amount, currency=currency, as_of=as_of, rate=rate) for amount in amounts.values())
    total = zero(currency)
    for line in lines:
        if line.converted is not None:
            total = total + line.converted.amount
    return Consolidated(currency, as_of, lines, total)


def _line(amount: Money, *, currency: str, as_of: date, rate: RateLookup) -> CurrencyLine:
    try:
        return CurrencyLine(amount, convert(amount, rate(amount.currency, currency, as_of)), None)
    except AfluenteError as error:
        return CurrencyLine(amount, None, error)
