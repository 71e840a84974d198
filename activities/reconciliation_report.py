"""What reconciliation says of a creditor's days: control totals for the close, and the report of each morning.

At a close each connection's totals are compared: what the platform or bank states of the days against what the book
holds, plus what is named as a difference. Neither sign of a gap passes, and open rows that happen to cancel out do not
pass either: every one must be in a difference. Each difference that stands is a control of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from connectors import registry
from domain.accounts import PlatformKind
from domain.day_close import Control
from domain.differences import DifferenceKind
from domain.errors import AfluenteError
from domain.fx import RateLookup, convert
from domain.money import Money, zero
from domain.reconciliation import Leg, Verified, verified
from store import creditors, differences, recon_items, recon_totals
from store.creditors import Creditor, PlatformConnection
from store.differences import Difference
from store.recon_totals import Side

_FROM_THE_FIRST: Final = date(2000, 1, 1)
_NAMES: Final = {Leg.PLATFORM: "platform_book", Leg.BANK: "book_bank"}
_IN_TOTALS: Final = frozenset(
    {
        DifferenceKind.MISSING_IN_BOOK.value,
        DifferenceKind.MISSING_AT_BANK.value,
        DifferenceKind.MISSING_AT_PLATFORM.value,
        DifferenceKind.AMOUNT.value,
        DifferenceKind.DUPLICATE.value,
        DifferenceKind.WRONG_ACCOUNT.value,
    }
)


def leg_of(connection: PlatformConnection) -> Leg:
    """Against whose word a connection's money is compared."""
    is_bank = registry.platform(connection.platform).kind is PlatformKind.BANK
    return Leg.BANK if is_bank else Leg.PLATFORM


def controls(tx: Connection, creditor: Creditor, *, first: date | None, last: date) -> list[Control]:
    """The controls of a creditor's days, from the day after the last close (``None``: all) up to and with ``last``."""
    standing = differences.standing(tx, creditor_id=creditor.id, until=last)
    found = []
    for connection in creditors.connections(tx, creditor_id=creditor.id):
        of_totals = (connection.id, leg_of(connection).value)
        named = [one for one in standing if (one.connection_id, one.leg) == of_totals and one.kind in _IN_TOTALS]
        found += _totals(tx, connection, named, first=first or _FROM_THE_FIRST, last=last)
    return [*found, *(_difference(one) for one in standing if not _is_of_a_case(one))]


def _is_of_a_case(difference: Difference) -> bool:
    """A debtor who has not paid is the case's matter: the book is right about it, and the day can be closed."""
    return difference.kind == DifferenceKind.MISSING.value and difference.case_id is not None


def _difference(difference: Difference) -> Control:
    amount = Money(difference.amount_minor, difference.currency)
    return Control(f"difference/{difference.id}", "difference", False, str(zero(amount.currency)), str(amount))


def _totals(
    tx: Connection, connection: PlatformConnection, named: Sequence[Difference], *, first: date, last: date
) -> list[Control]:
    """One control for each currency in which the other side has ever spoken of the connection."""
    leg = leg_of(connection)
    if recon_items.spoken_until(tx, connection_id=connection.id, leg=leg) is None:
        return []
    totals = recon_totals.day_totals(tx, connection_id=connection.id, leg=leg, first=first, last=last)
    found = []
    for currency, sides in sorted(totals.items()):
        nothing = Side(0, 0)
        left, right = sides.get("left", nothing), sides.get("right", nothing)
        told = sum(one.amount_minor for one in named if one.currency == currency and first <= one.day <= last)
        loose = recon_totals.uncovered(
            tx, connection_id=connection.id, leg=leg, currency=currency, first=first, last=last
        )
        ok = right.minor == left.minor + told and not loose
        name = f"{_NAMES[leg]}/{connection.child_account_id}"
        if currency != connection.currency:
            name = f"{name}_{currency.lower()}"
        found.append(Control(name, _NAMES[leg], ok, _said(right, currency), _said(left, currency)))
    return found


def _said(side: Side, currency: str) -> str:
    """How many and how much, for people."""
    return f"{side.items} · {Money(side.minor, currency)}"


# The daily report -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What was verified of a child account's days in a leg and currency; ``in_parent`` is all of it converted.

    ``in_parent`` is ``None`` where there is no rate, and then the totals leave the line out.
    """

    account_id: str
    connection_id: str
    name: str
    leg: Leg
    currency: str
    verified: Verified
    in_parent: Verified | None


@dataclass(frozen=True, slots=True)
class DailyReport:
    """Every child account, and totals by leg in the parent's currency. ``complete``: every line was converted."""

    creditor_id: str
    currency: str
    first: date
    last: date
    lines: tuple[ReportLine, ...]
    totals: dict[Leg, Verified]
    complete: bool


def daily_report(tx: Connection, creditor_id: str, *, first: date, last: date, rate: RateLookup) -> DailyReport:
    """How much of what a creditor's days brought was verified by the next and the fourth day, and what is not.

    Days are value dates, both included; verified means held by a confirmed group or settled by a decision.
    """
    creditor = creditors.get(tx, creditor_id)
    lines = tuple(
        line
        for connection in creditors.connections(tx, creditor_id=creditor_id)
        for line in _lines(tx, connection, creditor.settlement_currency, first=first, last=last, rate=rate)
    )
    return report_of(creditor, lines, first=first, last=last)


def report_of(creditor: Creditor, lines: tuple[ReportLine, ...], *, first: date, last: date) -> DailyReport:
    """The report of some lines, with their totals."""
    totals: dict[Leg, Verified] = {}
    for line in lines:
        if line.in_parent is not None:
            totals[line.leg] = _sum(totals.get(line.leg, Verified()), line.in_parent)
    complete = all(line.in_parent is not None for line in lines)
    return DailyReport(creditor.id, creditor.settlement_currency, first, last, lines, totals, complete)


def _lines(
    tx: Connection, connection: PlatformConnection, into: str, *, first: date, last: date, rate: RateLookup
) -> list[ReportLine]:
    rows: dict[tuple[str, str], list[tuple[int, date, date | None]]] = {}
    for leg, currency, minor, day, settled in recon_totals.settled_days(
        tx, connection_id=connection.id, first=first, last=last
    ):
        rows.setdefault((leg, currency), []).append((minor, day, settled))
    found = []
    for (leg, currency), items in sorted(rows.items()):
        told = verified(items)
        converted = _converted(told, currency, into, on=last, rate=rate)
        found.append(
            ReportLine(connection.child_account_id, connection.id, connection.name, Leg(leg), currency, told, converted)
        )
    return found


def _converted(told: Verified, currency: str, into: str, *, on: date, rate: RateLookup) -> Verified | None:
    if currency == into:
        return told
    try:
        quoted = rate(currency, into, on)
    except AfluenteError:
        return None

    def of(minor: int) -> int:
        return convert(Money(minor, currency), quoted).amount.minor

    return Verified(
        told.items, of(told.value), of(told.by_t1), of(told.by_t4), of(told.later), of(told.open), told.oldest
    )


def _sum(one: Verified, other: Verified) -> Verified:
    days = [day for day in (one.oldest, other.oldest) if day is not None]
    return Verified(
        one.items + other.items,
        one.value + other.value,
        one.by_t1 + other.by_t1,
        one.by_t4 + other.by_t4,
        one.later + other.later,
        one.open + other.open,
        min(days, default=None),
    )
