"""What treasury looks at, for console and API alike: receipts over time, how long money waits, gross to swept.

Every report is in one currency of account at the rates of one day; amounts without a rate are in it unconverted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from domain.account_statements import Period
from domain.accounts import Role
from domain.ageing import step_of
from domain.errors import Invalid
from domain.fx import Converted, Rate, convert
from domain.money import Money, zero
from gateway.conversion import Conversion
from ledger import accounts, ageing, flows
from ledger.ageing import Lot
from ledger.balances import RateLookup
from ledger.flows import Holder
from store import creditors

MOST_POINTS: Final = 400
"""How many days, weeks or months a report of receipts may have."""
_WITHOUT_CREDITOR: Final = "USD"


Part = tuple[Money, Converted | None]
"""A sum in one currency, and the same converted where there is a usable rate."""


class Interval(StrEnum):
    """The stretches of time that receipts are summed over."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Waiting(StrEnum):
    """Why money waits: it is with a platform or on its way to the bank, or nobody knows yet what it is for."""

    IN_TRANSIT = "in_transit"
    SUSPENSE = "suspense"


_ROLES: Final[Mapping[Waiting, tuple[Role, ...]]] = {
    Waiting.IN_TRANSIT: (Role.CLEARING, Role.IN_TRANSIT),
    Waiting.SUSPENSE: (Role.SUSPENSE, Role.SUSPENSE_UNMATCHED),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which child accounts a report is about; what is ``None`` leaves none out."""

    parent_id: str | None = None
    child_id: str | None = None
    country: str | None = None
    currency: str | None = None

    def admits(self, holder: Holder) -> bool:
        """Whether a child account is among them."""
        wanted = ((self.child_id, holder.id), (self.country, holder.country), (self.currency, holder.currency))
        return all(value is None or value == found for value, found in wanted)


@dataclass(frozen=True)
class Scope:
    """The child accounts asked about with their platforms, and the conversion into the currency of account."""

    parent_ids: tuple[str, ...]
    holders: Mapping[str, Holder]
    platforms: Mapping[str, str]
    conversion: Conversion

    def platform(self, holder: Holder) -> str | None:
        """The platform's code; ``None`` for the parent's own accounts."""
        return None if holder.connection_id is None else self.platforms.get(holder.connection_id)


@dataclass(frozen=True, slots=True)
class ReceiptsRow:
    """What one child account received in one stretch of time, gross, in its own currency and converted."""

    first: date
    holder: Holder
    receipts: int
    amount: Money
    converted: Converted | None


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """What waits on one leaf in one ageing step (index into ``AGE_STEPS``), and since when the oldest of it."""

    holder: Holder
    account_id: str
    role: Role
    step: int
    since: date
    amount: Money
    converted: Converted | None


def scope(tx: Connection, wanted: Filters, *, lookup: RateLookup, rates_on: date) -> Scope:
    """The accounts of one parent, or of all of them in the currency of the first creditor.

    Raises ``account_unknown`` and ``account_not_parent``.
    """
    owners = creditors.every(tx)
    currency = owners[0].settlement_currency if owners else _WITHOUT_CREDITOR
    parent_ids = tuple(accounts.root_of(tx, owner.id, Role.PARENT).id for owner in owners)
    if wanted.parent_id is not None:
        parent = accounts.get(tx, wanted.parent_id)
        if parent.role is not Role.PARENT:
            raise Invalid(
                "account_not_parent", f"{parent.id} is no parent account.", fix="Name a creditor's parent account."
            )
        parent_ids, currency = (parent.id,), parent.currency
    found = flows.holders(tx, parent_ids)
    return Scope(
        parent_ids,
        {one.id: one for one in found.values() if wanted.admits(one)},
        {link.id: link.platform for link in creditors.connections(tx)},
        Conversion(lookup, currency, rates_on),
    )


def receipts(tx: Connection, about: Scope, period: Period, interval: Interval) -> list[ReceiptsRow]:
    """What came in, in order of time; raises ``report_too_long`` beyond ``MOST_POINTS`` stretches."""
    if len(starts(period, interval)) > MOST_POINTS:
        raise Invalid("report_too_long", f"A report has at most {MOST_POINTS} columns.", fix="Ask for weeks or months.")
    sums: dict[tuple[date, str], ReceiptsRow] = {}
    for one in flows.receipts(tx, about.parent_ids, period):
        holder = about.holders.get(one.holder_id)
        if holder is None:
            continue
        first = max(start_of(one.day, interval), period.first)
        known = sums.get((first, holder.id)) or ReceiptsRow(first, holder, 0, zero(one.amount.currency), None)
        sums[first, holder.id] = replace(
            known, receipts=known.receipts + one.receipts, amount=known.amount + one.amount
        )
    return [replace(row, converted=about.conversion.of(row.amount)) for row in sums.values()]


def waiting(tx: Connection, about: Scope, kind: Waiting, *, as_of: date) -> list[AgeingRow]:
    """What waits by the end of a day, positive in its normal direction, by leaf and ageing step, oldest first."""
    sums: dict[tuple[str, int], AgeingRow] = {}
    for lot in ageing.lots(tx, about.parent_ids, _ROLES[kind], as_of=as_of):
        holder = about.holders.get(lot.holder_id)
        if holder is None:
            continue
        step = step_of((as_of - lot.since).days)
        fresh = AgeingRow(holder, lot.account_id, lot.role, step, lot.since, zero(lot.amount.currency), None)
        known = sums.get((lot.account_id, step)) or fresh
        sums[lot.account_id, step] = replace(known, amount=known.amount + _waits(lot, kind))
    return [replace(row, converted=about.conversion.of(row.amount)) for row in sums.values()]


def _waits(lot: Lot, kind: Waiting) -> Money:
    return -lot.amount if kind is Waiting.SUSPENSE else lot.amount


def left_out(rows: Iterable[ReceiptsRow | AgeingRow]) -> dict[str, Money]:
    """What of a report could not be converted, by currency: to be named beside every total of it."""
    missing: dict[str, Money] = {}
    for row in rows:
        if row.converted is None and row.amount:
            code = row.amount.currency
            missing[code] = missing.get(code, zero(code)) + row.amount
    return missing


def parts(rows: Iterable[ReceiptsRow | AgeingRow]) -> list[Part]:
    """The sum of rows in each currency, and each sum converted once, so that no rounding adds up."""
    sums: dict[str, Money] = {}
    rates: dict[str, Rate] = {}
    for row in rows:
        code = row.amount.currency
        sums[code] = sums.get(code, zero(code)) + row.amount
        if row.converted is not None:
            rates[code] = row.converted.rate
    return [
        (amount, convert(amount, rates[code]) if code in rates else None) for code, amount in sums.items() if amount
    ]


def converted_sum(rows: Iterable[ReceiptsRow | AgeingRow], currency: str) -> Money:
    """The sum of those rows that could be converted, each currency converted once."""
    return sum((found.amount for _, found in parts(rows) if found is not None), zero(currency))


def start_of(day: date, interval: Interval) -> date:
    """The first day of the day, week (from Monday on, ISO 8601) or month that a day lies in."""
    match interval:
        case Interval.DAY:
            return day
        case Interval.WEEK:
            return day - timedelta(days=day.weekday())
        case Interval.MONTH:
            return day.replace(day=1)


def starts(period: Period, interval: Interval) -> Sequence[date]:
    """The first day of each stretch of a period; the period itself may begin within the first one."""
    days = (period.first + timedelta(days=count) for count in range((period.until - period.first).days))
    return tuple(dict.fromkeys(max(start_of(day, interval), period.first) for day in days))
