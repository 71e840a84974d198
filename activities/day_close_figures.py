"""The figures of a creditor's day as the book has them: holdings carried on, everything converted, all compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from activities import reconciliation_report
from domain.account_statements import Period
from domain.accounts import MONEY_ROLES, Account, Role
from domain.day_close import (
    EXPLAINED_WITHIN_DAYS,
    SETTLES_WITHIN_DAYS,
    ChildFigures,
    Control,
    CurrencyFigures,
    Figures,
)
from domain.errors import AfluenteError
from domain.fx import Rate, RateLookup, RateSet
from domain.fx_result import Carried, Holding, Movement, carry_days, unrealised, worth
from domain.money import Money, zero
from ledger import accounts, ageing, balances, closing, invariants, statements
from ledger.ageing import Lot
from ledger.balances import Balance
from store.creditors import Creditor

OF_ONE_STATE = frozenset({"statement", "holdings"})
"""Controls that compare two readings of the book, which agree only where nothing was booked between them."""
_WAITING = (Role.CLEARING, Role.IN_TRANSIT)
_UNMATCHED = (Role.SUSPENSE, Role.SUSPENSE_UNMATCHED)
_HOLDERS = frozenset({Role.CHILD, Role.TREASURY})


@dataclass
class RatesUsed:
    """Rates into one currency, looked up once for each day, and kept so that they can be frozen."""

    lookup: RateLookup
    into: str
    used: dict[tuple[date, str], Rate] = field(default_factory=dict)

    def rate(self, base: str, quote: str, on: date) -> Rate:
        """The rate of a day; raises what the look-up raises."""
        if (on, base) not in self.used:
            self.used[on, base] = self.lookup(base, quote, on)
        return self.used[on, base]

    def sets(self) -> dict[date, RateSet]:
        """What was used, as a set for each day."""
        days = sorted({day for day, _ in self.used})
        return {
            day: RateSet(self.into, day, tuple(rate for (on, _), rate in sorted(self.used.items()) if on == day))
            for day in days
        }


@dataclass(frozen=True)
class Told:
    """The figures of a day, the rates they rest on, and why currencies could not be told (then no day is closed)."""

    figures: Figures
    sets: Mapping[date, RateSet]
    refusals: tuple[AfluenteError, ...]


@dataclass(frozen=True)
class Reading:
    """One creditor's book up to and with a day, after the day that was closed last."""

    tx: Connection
    creditor: Creditor
    day: date
    before: Figures | None
    rates: RatesUsed

    def tell(self, book: Control | None) -> Told:
        """The day's figures; ``book`` is the control of the book itself, made beforehand because it takes long."""
        parent = self.creditor.parent_account_id
        sums = balances.of_leaves(self.tx, [parent], as_of=self.day)
        held = {code: amount for code, amount in balances.by_currency(sums, MONEY_ROLES).items() if amount}
        children = self._children(sums)
        refusals: list[AfluenteError] = []
        try:
            moves = self._moves()
        except AfluenteError as error:
            moves = {}
            refusals.append(error)
        currencies = tuple(self._currency(code, held, moves, refusals) for code in self._codes(held, moves))
        sets = self.rates.sets()
        figures = Figures(
            settlement_currency=self.creditor.settlement_currency,
            since=None if self.before is None else self.before.day + timedelta(days=1),
            day=self.day,
            currencies=currencies,
            children=children,
            controls=(*([] if book is None else [book]), *self._controls(held, currencies, children)),
            rate_sets={day: one.id for day, one in sets.items()},
        )
        return Told(figures, sets, tuple(refusals))

    def _moves(self) -> closing.Moves:
        return closing.movements(
            self.tx,
            self.creditor.parent_account_id,
            settlement_currency=self.creditor.settlement_currency,
            after=None if self.before is None else self.before.day,
            until=self.day,
            rate=self.rates.rate,
        )

    def _codes(self, held: Mapping[str, Money], moves: closing.Moves) -> list[str]:
        """The settlement currency, then every foreign one that is held, moved, or had a result at the close before."""
        own = self.creditor.settlement_currency
        known = set(held) | set(moves) | {code for code, one in self._before().items() if one.unrealised}
        return [own, *sorted(known - {own})]

    def _before(self) -> dict[str, CurrencyFigures]:
        return {} if self.before is None else {one.held.currency: one for one in self.before.currencies}

    def _currency(
        self, code: str, held: Mapping[str, Money], moves: closing.Moves, refusals: list[AfluenteError]
    ) -> CurrencyFigures:
        amount, own = held.get(code, zero(code)), self.creditor.settlement_currency
        if code == own:
            return CurrencyFigures(held=amount, converted=amount)
        before = self._before().get(code)
        try:
            carried = self._carried(code, before, moves.get(code, {}))
            rate = self.rates.rate(code, own, self.day) if carried.holding.amount else None
        except AfluenteError as error:
            refusals.append(error)
            return CurrencyFigures(held=amount, converted=None, refused=error.code)
        return CurrencyFigures(
            held=carried.holding.amount,
            converted=zero(own) if rate is None else worth(carried.holding, rate),
            basis=carried.holding.basis,
            realised=carried.realised,
            unrealised=unrealised(carried.holding, rate),
            before=before.unrealised if before is not None else None,
            rate=None if rate is None else f"{rate.value:f}",
            source=None if rate is None else rate.source,
            rate_of=None if rate is None else rate.as_of,
        )

    def _carried(self, code: str, before: CurrencyFigures | None, days: Mapping[date, Movement]) -> Carried:
        own = self.creditor.settlement_currency
        start = (before.holding if before is not None else None) or Holding.nothing(code, own)
        return carry_days(start, days, lambda on: self.rates.rate(code, own, on))

    def _children(self, sums: Sequence[Balance]) -> tuple[ChildFigures, ...]:
        listed = accounts.subtree(self.tx, [self.creditor.parent_account_id])
        holder_of = {one.id: one.parent_id for one in listed}
        roots = [self.creditor.parent_account_id]
        lots = ageing.lots(self.tx, roots, (*_WAITING, *_UNMATCHED), as_of=self.day)
        found = []
        for account in listed:
            if account.role in _HOLDERS:
                own = [balance for balance in sums if holder_of.get(balance.account_id) == account.id]
                if any(balance.debit or balance.credit for balance in own):
                    found.append(_child(account, own, [lot for lot in lots if lot.holder_id == account.id]))
        return tuple(found)

    def _controls(
        self, held: Mapping[str, Money], currencies: Sequence[CurrencyFigures], children: Sequence[ChildFigures]
    ) -> tuple[Control, ...]:
        """What is compared at a close; another comparison is one more line here."""
        first = None if self.before is None else self.before.day + timedelta(days=1)
        reconciled = reconciliation_report.controls(self.tx, self.creditor, first=first, last=self.day)
        return self._statement(held), self._holdings(held, currencies), *self._aged(children), *reconciled

    def _statement(self, held: Mapping[str, Money]) -> Control:
        """Opening and lines of the parent's statement make its closing, and that is what its leaves hold."""
        first = self.day if self.before is None else self.before.day + timedelta(days=1)
        period = Period(first, self.day + timedelta(days=1))
        try:
            told = statements.statement(self.tx, self.creditor.parent_account_id, period)
        except AfluenteError as error:
            return Control("statement", "statement", False, "statement_balanced", error.code)
        closings = {section.currency: section.closing for section in told.sections if section.closing}
        return _agree("statement", held, closings)

    def _holdings(self, held: Mapping[str, Money], currencies: Sequence[CurrencyFigures]) -> Control:
        """The holdings that results were carried on with are what the book holds."""
        own = self.creditor.settlement_currency
        carried = {one.held.currency: one.held for one in currencies if one.basis is not None and one.held}
        told = {one.held.currency for one in currencies if one.refused is None} - {own}
        return _agree("holdings", {code: amount for code, amount in held.items() if code in told}, carried)

    def _aged(self, children: Sequence[ChildFigures]) -> list[Control]:
        """Money moves on from platforms, and what is unmatched is explained, within the house's days."""
        waits = [(one.account_id, one.waits_since) for one in children]
        unmatched = [(one.account_id, one.unmatched_since) for one in children]
        return [
            *_in_time("settles", waits, self.day - timedelta(days=SETTLES_WITHIN_DAYS)),
            *_in_time("explained", unmatched, self.day - timedelta(days=EXPLAINED_WITHIN_DAYS)),
        ]


def book_control(tx: Connection) -> Control:
    """Every invariant of the tenant's book, on live data; nobody can accept that one is broken."""
    broken = [finding.code for finding in invariants.check(tx) if finding.broken]
    return Control("book", "book", not broken, "0", str(len(broken)), acceptable=False)


def _child(account: Account, own: Sequence[Balance], lots: Sequence[Lot]) -> ChildFigures:
    def of(*roles: Role) -> Money:
        sums = balances.by_currency(own, frozenset(roles))
        return sums.get(account.currency, zero(account.currency))

    return ChildFigures(
        account_id=account.id,
        name=account.name,
        currency=account.currency,
        clearing=of(Role.CLEARING),
        bank=of(Role.BANK),
        in_transit=of(Role.IN_TRANSIT),
        suspense=-of(*_UNMATCHED),
        waits_since=min((lot.since for lot in lots if lot.role in _WAITING), default=None),
        unmatched_since=min((lot.since for lot in lots if lot.role in _UNMATCHED), default=None),
    )


def _agree(name: str, expected: Mapping[str, Money], found: Mapping[str, Money]) -> Control:
    """Amounts of several currencies agree; where they do not, the first that differs is shown."""
    for code in sorted({*expected, *found}):
        wanted, had = expected.get(code, zero(code)), found.get(code, zero(code))
        if wanted != had:
            return Control(name, name, False, str(wanted), str(had))
    return Control(name, name, True, str(len(expected)), str(len(found)))


def _in_time(code: str, since: Sequence[tuple[str, date | None]], limit: date) -> list[Control]:
    """One control that holds, or one that fails for each account where something is older than ``limit``."""
    late = [(account_id, day) for account_id, day in since if day is not None and day < limit]
    if late:
        return [
            Control(f"{code}/{account_id}", code, False, limit.isoformat(), day.isoformat()) for account_id, day in late
        ]
    oldest = min((day for _, day in since if day is not None), default=None)
    return [Control(code, code, True, limit.isoformat(), "0" if oldest is None else oldest.isoformat())]
