"""What a statement asks of the book: an account with the leaves that count, its days, and what was known when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, ColumnElement, FromClause, select, true

from domain.account_statements import KEPT_ROLES, Movement, Period, counted_roles, movement_of, movement_of_role
from domain.accounts import MONEY_ROLES, Account
from ledger import tables

_root = tables.account.alias("root")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: the account, its days, and what was known when."""

    account: Account
    period: Period
    known_at: datetime | None

    @property
    def is_split(self) -> bool:
        """Whether fees and taxes are told apart: where money held is counted, not one leaf alone."""
        return not self.account.is_leaf and counted_roles(self.account) == MONEY_ROLES

    @property
    def known(self) -> ColumnElement[bool]:
        """Entries that were booked by the moment asked about."""
        return true() if self.known_at is None else tables.entry.c.booked_at <= self.known_at

    @property
    def within(self) -> ColumnElement[bool]:
        """Entries of the period that were booked by then."""
        return self.of_days(tables.entry.c.effective_date) & self.known

    def of_days(self, day: ColumnElement[date]) -> ColumnElement[bool]:
        """Whether a day is one of the period's."""
        return (day >= self.period.first) & (day < self.period.until)

    def reason(self, kind: str) -> Movement:
        """Why an entry of a kind moves this account."""
        own = movement_of_role(self.account.role.value) if self.account.is_leaf else None
        return own or movement_of(kind)

    def counts(self, account: FromClause) -> ColumnElement[bool]:
        """Whether an account, looked at by itself, is one of ``counted``: cheaper where few are looked at."""
        return self._leaf_below(account, frozenset(role.value for role in counted_roles(self.account)))

    def keeps(self, account: FromClause) -> ColumnElement[bool]:
        """Whether an account, looked at by itself, is one of ``kept``."""
        return self._leaf_below(account, KEPT_ROLES if self.is_split else frozenset())

    def _leaf_below(self, account: FromClause, roles: frozenset[str]) -> ColumnElement[bool]:
        at_or_below = (
            select(tables.closure.c.depth)
            .where(
                tables.closure.c.ancestor_no
                == select(_root.c.no).where(_root.c.id == self.account.id).scalar_subquery(),
                tables.closure.c.descendant_no == account.c.no,
            )
            .correlate(account)
            .offset(0)  # asked of each account in turn
            .exists()
        )
        return account.c.is_leaf & account.c.role.in_(sorted(roles)) & at_or_below

    def leaves(self, roles: frozenset[str], name: str) -> CTE:
        """The leaves of some roles at or below the account."""
        root = tables.account.alias(f"root_of_{name}")
        return (
            select(tables.account.c.no, tables.account.c.currency, tables.account.c.role)
            .join(tables.closure, tables.closure.c.descendant_no == tables.account.c.no)
            .join(root, root.c.no == tables.closure.c.ancestor_no)
            .where(root.c.id == self.account.id, tables.account.c.is_leaf, tables.account.c.role.in_(sorted(roles)))
            .cte(name)
        )

    def counted(self) -> CTE:
        """The leaves whose balances make the account's figure."""
        return self.leaves(frozenset(role.value for role in counted_roles(self.account)), "counted")

    def kept(self) -> CTE:
        """The leaves of fees and taxes that are told apart from it; none where one leaf alone is asked for."""
        return self.leaves(KEPT_ROLES if self.is_split else frozenset(), "kept")
