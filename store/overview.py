"""What people look at first: the sums above the lists (``store.listings``), read only, for console and API alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from store.cases import case_table
from store.creditors import connection_table
from store.notices import notice_table
from store.permits import permit_table
from store.receipts import receipt_table

AGE_STEPS: Final = (0, 30, 60, 90, 120)
"""The first day of each ageing step: under 30 days past due, 30 to 59, 60 to 89, 90 to 119, 120 and more."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is overdue in one country and currency at one ageing step (index into ``AGE_STEPS``), in minor units."""

    country: str
    currency: str
    step: int
    cases: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class DayReceipts:
    """What a platform brought on one day in one currency, less what went back, in minor units."""

    day: date
    platform: str
    currency: str
    receipts: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SuspenseSum:
    """Money that waits unmatched, by currency, in minor units, and since which day."""

    currency: str
    receipts: int
    amount_minor: int
    oldest: date


def ageing(tx: Connection) -> list[Ageing]:
    """What open cases owe overdue, by country, currency and ageing step."""
    step = _age_step()
    query = (
        select(case_table.c.country, case_table.c.currency, step, func.count(), func.sum(case_table.c.overdue_minor))
        .where(case_table.c.closed_at.is_(None))
        .group_by(case_table.c.country, case_table.c.currency, step)
        .order_by(case_table.c.country, case_table.c.currency, step)
    )
    return [
        Ageing(country, currency, index, cases, int(overdue))
        for country, currency, index, cases, overdue in tx.execute(query)
    ]


def _age_step() -> ColumnElement[int]:
    days = case_table.c.days_past_due
    steps = [(days >= first, literal(index)) for index, first in reversed(list(enumerate(AGE_STEPS))) if index]
    return case(*steps, else_=literal(0)).label("step")


def receipts_by_day(tx: Connection, *, first: date, last: date) -> list[DayReceipts]:
    """What came in by value date (both days included), platform and currency, less what went back."""
    table = receipt_table
    query = (
        select(
            table.c.value_date,
            connection_table.c.platform,
            table.c.currency,
            func.count(),
            func.sum(table.c.amount_minor - table.c.reversed_minor),
        )
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .where(table.c.value_date.between(first, last), table.c.state != "refused")
        .group_by(table.c.value_date, connection_table.c.platform, table.c.currency)
        .order_by(table.c.value_date, connection_table.c.platform, table.c.currency)
    )
    return [
        DayReceipts(day, platform, currency, receipts, int(amount))
        for day, platform, currency, receipts, amount in tx.execute(query)
    ]


def suspense(tx: Connection) -> list[SuspenseSum]:
    """Money that waits unmatched, by currency; what went out of a bank apart from what came in."""
    table = receipt_table
    went_out = table.c.suspense_minor < 0
    query = (
        select(table.c.currency, func.count(), func.sum(table.c.suspense_minor), func.min(table.c.value_date))
        .where(table.c.suspense_minor != 0, table.c.state != "refused")
        .group_by(table.c.currency, went_out)
        .order_by(table.c.currency, went_out)
    )
    return [
        SuspenseSum(currency, receipts, int(amount), oldest) for currency, receipts, amount, oldest in tx.execute(query)
    ]


def open_cases(tx: Connection) -> int:
    """How many cases are open."""
    return tx.execute(select(func.count()).where(case_table.c.closed_at.is_(None))).scalar_one()


def notice_locales(tx: Connection) -> list[str]:
    """The languages that notices were written in."""
    return list(tx.execute(select(notice_table.c.locale).distinct().order_by(notice_table.c.locale)).scalars())


def permit_rules(tx: Connection, permit_ids: Sequence[str]) -> dict[str, list[str]]:
    """The rules that each permit was issued by."""
    query = select(permit_table.c.id, permit_table.c.rules).where(permit_table.c.id.in_(permit_ids))
    return dict(tx.execute(query).tuples().all())
