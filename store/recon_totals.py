"""Sums over what takes part in reconciliations: the proof of a run, a day's control totals, and what was verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, text

from domain.differences import STANDING
from domain.reconciliation import Leg
from store.differences import difference_table
from store.recon_items import item_table


@dataclass(frozen=True, slots=True)
class Sums:
    """What is open in a context by side, in items and minor units, up to an item's number."""

    open: dict[str, tuple[int, int]]
    up_to: int
    gone: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Side:
    """Items of a connection's side: how many and how much, in minor units."""

    items: int
    minor: int


def _sums(tx: Connection, connection_id: str, leg: Leg, currency: str, *, open_: bool) -> dict[str, tuple[int, int]]:
    table = item_table
    query = (
        select(table.c.side, func.count(), func.coalesce(func.sum(table.c.amount_minor), 0))
        .where(table.c.connection_id == connection_id, table.c.leg == leg.value, table.c.currency == currency)
        .where((table.c.state == "open") if open_ else (table.c.state != "open"))
        .group_by(table.c.side)
    )
    return {side: (int(count), int(minor)) for side, count, minor in tx.execute(query)}


def open_sums(tx: Connection, connection_id: str, leg: Leg, currency: str) -> Sums:
    """What is open in a context before a run, and what is not any more."""
    newest = select(func.coalesce(func.max(item_table.c.seq), 0))
    return Sums(
        _sums(tx, connection_id, leg, currency, open_=True),
        int(tx.execute(newest).scalar_one()),
        _sums(tx, connection_id, leg, currency, open_=False),
    )


def closes(tx: Connection, connection_id: str, leg: Leg, currency: str, opening: Sums) -> bool:
    """Whether opening and new items, less those matched and settled meanwhile, make what is open now, on both sides."""
    now_open = _sums(tx, connection_id, leg, currency, open_=True)
    now_gone = _sums(tx, connection_id, leg, currency, open_=False)
    table = item_table
    fresh = (
        select(table.c.side, func.count(), func.coalesce(func.sum(table.c.amount_minor), 0))
        .where(table.c.connection_id == connection_id, table.c.leg == leg.value, table.c.currency == currency)
        .where(table.c.seq > opening.up_to)
        .group_by(table.c.side)
    )
    new = {side: (int(count), int(minor)) for side, count, minor in tx.execute(fresh)}
    nothing = (0, 0)
    for side in ("left", "right"):
        for part in (0, 1):
            came = opening.open.get(side, nothing)[part] + new.get(side, nothing)[part]
            went = now_gone.get(side, nothing)[part] - opening.gone.get(side, nothing)[part]
            if came - went != now_open.get(side, nothing)[part]:
                return False
    return True


# A day's control totals -----------------------------------------------------------------------------------------------

_TOTALS: Final = text(
    """
    WITH own AS (
        SELECT i.side, i.currency, i.amount_minor, i.day, i.kind, i.state, m.group_id
        FROM recon_item i LEFT JOIN match_item m ON m.item_seq = i.seq AND m.confirmed
        WHERE i.connection_id = :connection_id AND i.leg = :leg
          AND i.day BETWEEN CAST(:first AS date) - 60 AND CAST(:last AS date) + 60
    ), placed AS (
        SELECT * FROM own
        UNION ALL
        SELECT i.side, i.currency, i.amount_minor, i.day, i.kind, i.state, m.group_id
        FROM match_item m JOIN recon_item i ON i.seq = m.item_seq
        WHERE m.confirmed AND i.connection_id <> :connection_id
          AND m.group_id IN (SELECT group_id FROM own WHERE side = 'right')
    ), dated AS (
        SELECT side, currency, amount_minor, kind, state, group_id,
               CASE WHEN group_id IS NULL THEN day ELSE max(day) OVER (PARTITION BY group_id) END AS day
        FROM placed
    )
    SELECT side, currency, count(*), coalesce(sum(amount_minor), 0) FROM dated
    WHERE day BETWEEN :first AND :last AND state <> 'settled'
      AND NOT (:leg = 'bank' AND kind = 'payout' AND group_id IS NULL)
    GROUP BY side, currency
    """
)


def day_totals(tx: Connection, *, connection_id: str, leg: Leg, first: date, last: date) -> dict[str, dict[str, Side]]:
    """By currency and side what a connection's days hold: what is matched counts on the later day of its group.

    A platform's batch that no bank has shown yet is on its way, and counts at the bank when it is shown.
    """
    given = {"connection_id": connection_id, "leg": leg.value, "first": first, "last": last}
    found: dict[str, dict[str, Side]] = {}
    for side, currency, count, minor in tx.execute(_TOTALS, given):
        found.setdefault(currency, {})[side] = Side(int(count), int(minor))
    return found


def uncovered(tx: Connection, *, connection_id: str, leg: Leg, currency: str, first: date, last: date) -> int:
    """How many open items of a connection's days no standing difference names; a batch on its way is not one."""
    table = item_table
    query = (
        select(func.count())
        .select_from(table)
        .where(
            table.c.connection_id == connection_id,
            table.c.leg == leg.value,
            table.c.currency == currency,
            table.c.state == "open",
            table.c.day.between(first, last),
            ~_named(),
            ~_on_its_way(),
        )
    )
    return int(tx.execute(query).scalar_one())


def _named() -> ColumnElement[bool]:
    """Whether a standing difference is about an item."""
    about = or_(difference_table.c.item_seq == item_table.c.seq, difference_table.c.other_seq == item_table.c.seq)
    return select(difference_table.c.id).where(difference_table.c.state.in_(STANDING), about).exists()


def _on_its_way() -> ColumnElement[bool]:
    """Whether an item is a platform's batch at a bank that has not shown it."""
    table = item_table
    return and_(
        table.c.leg == Leg.BANK.value, table.c.side == "left", table.c.kind == "payout", table.c.state == "open"
    )


def settled_days(
    tx: Connection, *, connection_id: str, first: date, last: date
) -> list[tuple[str, str, int, date, date | None]]:
    """Leg, currency, amount, day and day of settling (``None``: open) of what a connection's days hold in the book.

    What the other side states and the book lacks counts as open, too. A batch on its way counts once it is matched, or
    once it is missed.
    """
    table = item_table
    settled = case((table.c.state == "open", None), else_=func.date(table.c.settled_at))
    query = select(table.c.leg, table.c.currency, table.c.amount_minor, table.c.day, settled).where(
        table.c.connection_id == connection_id,
        table.c.leg.in_((Leg.PLATFORM.value, Leg.BANK.value)),
        table.c.day.between(first, last),
        (table.c.side == "left") | (table.c.state == "open"),
        ~_on_its_way() | _named(),
    )
    return [(leg, currency, int(minor), day, on) for leg, currency, minor, day, on in tx.execute(query)]
