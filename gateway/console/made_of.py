"""What a figure is made of: from a converted total by currency, child account and leaf down to the entries.

The day and the currency stand in the address on every step, so that a link shows a colleague the same figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection

from domain.account_statements import counted_roles
from domain.accounts import Account, Role
from domain.fx import Converted
from domain.iso4217 import CURRENCIES
from domain.money import Money, zero
from gateway.console.accounts import describe
from gateway.console.pages import ROOT, ConsoleRoute, Visit, Visiting, page
from gateway.console.receipts import day_or_none
from gateway.console.sparklines import balance_line, history_until
from gateway.conversion import Conversion
from ledger import accounts, balances, flows
from store import creditors
from store.creditors import PlatformConnection

router = APIRouter(route_class=ConsoleRoute)

ROWS_SHOWN: Final = 200
_OF_CURRENCIES: Final = frozenset({Role.PARENT, Role.RECEIVABLES})


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a figure: what it is called, where it leads, its amount, and the amount converted."""

    name: str
    role: Role | None  # of an account; none for a currency
    href: str
    amount: Money
    converted: Converted | None
    spark: Markup


@dataclass(frozen=True)
class Asked:
    """The figure asked for: an account's, by the end of a day, in one currency or in all of them."""

    account: Account
    day: date
    today: date
    currency: str | None

    def address(self, account_id: str, currency: str | None) -> str:
        """Where the same question about another account is answered."""
        query = {"as_of": self.day.isoformat()} | ({"currency": currency} if currency else {})
        return f"{ROOT}/accounts/{account_id}/made-of?{urlencode(query)}"

    def lines(self, account_id: str) -> str:
        """The lines of a leaf in the month up to the day."""
        query = {"from": self.day.replace(day=1).isoformat(), "to": self.day.isoformat()}
        return f"{ROOT}/accounts/{account_id}/statement?{urlencode(query)}"


@dataclass(frozen=True)
class _Figure:
    """What was read for a question: the accounts around and below, and what lies on each leaf that counts."""

    above: tuple[Account, ...]
    inside: tuple[Account, ...]
    on_leaf: Mapping[str, Money]
    history: Mapping[str, Mapping[date, Money]]
    links: dict[str, PlatformConnection]

    def at(self, account: Account) -> dict[str, Money]:
        """What lies at or below an account, by currency."""
        within = {account.id}
        for one in self.inside:  # parents stand before their children
            if one.parent_id in within:
                within.add(one.id)
        return _by_currency(amount for leaf, amount in self.on_leaf.items() if leaf in within)

    @property
    def sums(self) -> dict[str, Money]:
        """The figure itself, by currency."""
        return _by_currency(self.on_leaf.values())


@router.get("/accounts/{account_id}/made-of")
def made_of_page(here: Visiting, account_id: str) -> HTMLResponse:
    """The parts of one figure, each with the way further down."""
    with here.tx() as tx:
        asked = _asked(here, accounts.get(tx, account_id))
        figure = _figure(tx, asked)
    top = figure.above[0] if figure.above else asked.account
    conversion = Conversion(here.services.rates_of(here.person.tenant_id).rate, top.currency, asked.day)
    sums = figure.sums
    by_currency = asked.currency is None and asked.account.role in _OF_CURRENCIES
    rows = _currency_rows(asked, conversion, sums) if by_currency else _account_rows(here, asked, conversion, figure)
    rows.sort(key=lambda row: abs(row.converted.amount.minor if row.converted else 0), reverse=True)
    total = conversion.total(sums.values())
    return page(
        here,
        "made_of.html",
        place="accounts",
        asked=asked,
        above=figure.above,
        rows=rows[:ROWS_SHOWN],
        hidden=max(0, len(rows) - ROWS_SHOWN),
        by_currency=by_currency,
        currency=conversion.currency,
        parts=[(amount, conversion.of(amount)) for amount in sums.values()],
        total=total,
        rounding=total - conversion_sum(rows, conversion.currency),
        failures=conversion.failures,
        describe=lambda one: describe(here, one, figure.links),
    )


def conversion_sum(rows: Iterable[Row], currency: str) -> Money:
    """What the rows come to, each converted by itself."""
    return sum((row.converted.amount for row in rows if row.converted is not None), zero(currency))


def _asked(here: Visit, account: Account) -> Asked:
    today = here.services.now().date()
    query = here.request.query_params
    currency = query.get("currency", "").strip().upper()
    known = currency if currency in CURRENCIES else None
    return Asked(account, min(day_or_none(query.get("as_of")) or today, today), today, known)


def _figure(tx: Connection, asked: Asked) -> _Figure:
    wanted = counted_roles(asked.account)
    as_of = None if asked.day >= asked.today else asked.day
    return _Figure(
        above=tuple(_above(tx, asked.account)),
        inside=tuple(accounts.subtree(tx, [asked.account.id])),
        on_leaf={
            one.account_id: one.amount
            for one in balances.of_leaves(tx, [asked.account.id], as_of=as_of)
            if one.role in wanted and asked.currency in {None, one.amount.currency}
        },
        history=flows.balance_history(tx, [asked.account.id], history_until(asked.day)),
        links={one.id: one for one in creditors.connections(tx)},
    )


def _above(tx: Connection, account: Account) -> list[Account]:
    """The accounts above, the highest first."""
    found: list[Account] = []
    while account.parent_id is not None:
        account = accounts.get(tx, account.parent_id)
        found.insert(0, account)
    return found


def _by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, zero(amount.currency)) + amount
    return dict(sorted(sums.items()))


def _currency_rows(asked: Asked, conversion: Conversion, sums: Mapping[str, Money]) -> list[Row]:
    return [
        Row(code, None, asked.address(asked.account.id, code), amount, conversion.of(amount), Markup(""))
        for code, amount in sums.items()
        if amount
    ]


def _account_rows(here: Visit, asked: Asked, conversion: Conversion, figure: _Figure) -> list[Row]:
    """The accounts right below, or a leaf by itself."""
    children = [one for one in figure.inside if one.parent_id == asked.account.id]
    below = [asked.account] if asked.account.is_leaf else children
    return [
        Row(
            name=describe(here, one, figure.links),
            role=one.role,
            href=asked.lines(one.id) if one.is_leaf else asked.address(one.id, asked.currency),
            amount=amount,
            converted=conversion.of(amount),
            spark=balance_line(here.voice, figure.history.get(one.id, {}), asked.day),
        )
        for one in below
        for amount in figure.at(one).values()
        if amount
    ]
