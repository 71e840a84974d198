"""What treasury's workbench counts: how each child account stands, what waits by kind, and who looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, func, select

from domain.differences import STANDING
from domain.matching.outcome import Stage
from domain.reconciliation import Leg
from store.creditors import connection_table
from store.differences import DifferenceFilter, difference_table, where
from store.recon_items import item_table
from store.recon_listings import GroupFilter, conditions
from store.reconciliation import WAITING, group_table, match_item_table, run_table
from store.tenants import user_table

_DECIDES: Final = ("admin", "treasury")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connection stands: what waits, what is open on both sides, when it was last compared, last told."""

    proposals: int = 0
    ambiguous: int = 0
    differences: int = 0
    overdue: int = 0
    open_left: int = 0
    open_right: int = 0
    oldest: date | None = None
    told_until: date | None = None
    compared_at: datetime | None = None


def standings(tx: Connection, *, today: date) -> dict[str, Standing]:
    """How every connection stands on a day; one that has nothing at all is left out."""
    found: dict[str, dict[str, Any]] = {}
    for query in (_waiting(), _different(today), _open(), _told(), _compared()):
        for row in tx.execute(query).mappings():
            values = dict(row)
            found.setdefault(values.pop("connection_id"), {}).update(values)
    return {connection_id: Standing(**values) for connection_id, values in found.items()}


def _waiting() -> Select[tuple[str, int, int]]:
    table = group_table
    return (
        select(
            table.c.connection_id,
            func.count().filter(table.c.status == "proposed").label("proposals"),
            func.count().filter(table.c.status == "ambiguous").label("ambiguous"),
        )
        .where(table.c.status.in_(WAITING))
        .group_by(table.c.connection_id)
    )


def _different(today: date) -> Select[tuple[str, int, int]]:
    table = difference_table
    return (
        select(
            table.c.connection_id,
            func.count().label("differences"),
            func.count().filter(table.c.due_date < today).label("overdue"),
        )
        .where(table.c.state.in_(STANDING))
        .group_by(table.c.connection_id)
    )


def _on_its_way() -> ColumnElement[bool]:
    """A batch of a platform that no bank has shown yet is expected, not open."""
    return and_(item_table.c.leg == Leg.BANK.value, item_table.c.side == "left", item_table.c.kind == "payout")


def _open() -> Select[tuple[str, int, int, date]]:
    table = item_table
    return (
        select(
            table.c.connection_id,
            func.count().filter(table.c.side == "left").label("open_left"),
            func.count().filter(table.c.side == "right").label("open_right"),
            func.min(table.c.day).label("oldest"),
        )
        .where(table.c.state == "open", table.c.leg.in_((Leg.PLATFORM.value, Leg.BANK.value)), ~_on_its_way())
        .group_by(table.c.connection_id)
    )


def _told() -> Select[tuple[str, date]]:
    """The last day that the other side spoke of: looked up from the end of the index, leg by leg."""

    def last(leg: Leg) -> ScalarSelect[date]:
        table = item_table
        return (
            select(func.max(table.c.day))
            .where(table.c.connection_id == connection_table.c.id, table.c.leg == leg.value, table.c.side == "right")
            .scalar_subquery()
        )

    day = func.greatest(last(Leg.PLATFORM), last(Leg.BANK))  # of one that is null it is the other
    return select(connection_table.c.id.label("connection_id"), day.label("told_until")).where(day.is_not(None))


def _compared() -> Select[tuple[str, datetime]]:
    return select(run_table.c.connection_id, func.max(run_table.c.started_at).label("compared_at")).group_by(
        run_table.c.connection_id
    )


# What waits, by kind --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """Proposals of one kind that can be accepted at once, with what their right rows come to, in minor units."""

    leg: str
    stage: str
    currency: str
    groups: int
    minor: int
    least_score: int


def kinds(tx: Connection, wanted: GroupFilter) -> list[Kind]:
    """What waits with one explanation, by leg, stage and currency; the most first."""
    table = group_table
    of_right = (
        select(match_item_table.c.group_id, func.sum(match_item_table.c.allocated_minor).label("minor"))
        .join(item_table, item_table.c.seq == match_item_table.c.item_seq)
        .where(item_table.c.side == "right")
        .group_by(match_item_table.c.group_id)
        .subquery()
    )
    query = (
        select(
            table.c.leg,
            table.c.stage,
            table.c.currency,
            func.count(),
            func.coalesce(func.sum(of_right.c.minor), 0),
            func.min(table.c.score),
        )
        .outerjoin(of_right, of_right.c.group_id == table.c.id)
        .where(table.c.status == "proposed", *conditions(wanted))
        .group_by(table.c.leg, table.c.stage, table.c.currency)
        .order_by(func.count().desc(), table.c.leg, table.c.stage, table.c.currency)
    )
    return [Kind(leg, stage, code, n, int(minor), least) for leg, stage, code, n, minor, least in tx.execute(query)]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The groups beside one in a list; ``count`` and its ``place`` (from 1) only in a list of what waits for a person.

    What was ever confirmed is too many to be counted for each page.
    """

    previous: str | None
    following: str | None
    count: int | None
    place: int | None


def neighbours(tx: Connection, wanted: GroupFilter, group_id: str) -> Neighbours:
    """The groups beside one in a list that shows the newest first."""
    table, told = group_table, conditions(wanted)
    previous = select(func.min(table.c.id)).where(*told, table.c.id > group_id)
    following = select(func.max(table.c.id)).where(*told, table.c.id < group_id)
    before, after = (tx.execute(query).scalar_one() for query in (previous, following))
    if not (wanted.waiting or wanted.status in WAITING):
        return Neighbours(before, after, None, None)
    count, above = tx.execute(select(func.count(), func.count().filter(table.c.id > group_id)).where(*told)).one()
    return Neighbours(before, after, int(count), int(above) + 1)


def decided_at_once(tx: Connection, *, by: str, at: datetime, limit: int) -> list[str]:
    """The groups that somebody confirmed in one step, as far as they are still confirmed; the newest first."""
    table = group_table
    query = (
        select(table.c.id)
        .where(table.c.status == "confirmed", table.c.decided_by == by, table.c.decided_at == at)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


# Differences ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DifferenceSum:
    """Differences of one account, currency and day, with what they come to without sign, in minor units."""

    connection_id: str
    currency: str
    day: date
    count: int
    minor: int


def difference_sums(tx: Connection, wanted: DifferenceFilter) -> list[DifferenceSum]:
    """What differences come to, by connection, currency and day: from it follow sums and ageing."""
    table = difference_table
    query = (
        select(
            table.c.connection_id, table.c.currency, table.c.day, func.count(), func.sum(func.abs(table.c.amount_minor))
        )
        .where(*where(wanted))
        .group_by(table.c.connection_id, table.c.currency, table.c.day)
        .order_by(table.c.connection_id, table.c.currency, table.c.day)
    )
    return [DifferenceSum(owner, code, day, n, int(minor)) for owner, code, day, n, minor in tx.execute(query)]


def owners(tx: Connection) -> list[str]:
    """Who may look after differences: those who decide, and whoever has one already."""
    people = select(user_table.c.name).where(user_table.c.role.in_(_DECIDES), user_table.c.active)
    holding = select(difference_table.c.owner).where(difference_table.c.owner.is_not(None))
    return sorted({str(name) for query in (people, holding) for name in tx.execute(query.distinct()).scalars()})


# What is open ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which open items to list."""

    connection_id: str | None = None
    leg: str | None = None
    side: str | None = None


def open_numbers(tx: Connection, wanted: ItemFilter, *, after_seq: int, limit: int) -> list[int]:
    """The numbers of open items, oldest seen first, behind one."""
    table = item_table
    query = (
        select(table.c.seq)
        .where(
            table.c.state == "open",
            table.c.seq > after_seq,
            table.c.leg.in_((Leg.PLATFORM.value, Leg.BANK.value)),
        )
        .order_by(table.c.seq)
        .limit(limit)
    )
    for name in ("connection_id", "leg", "side"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(table.c[name] == value)
    return list(tx.execute(query).scalars())


STAGES: Final = (*(one.value for one in Stage), "by_hand")
