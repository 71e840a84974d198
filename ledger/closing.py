"""How far a creditor's book is closed, on which day something is booked, and what a close reads from the book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.exc import OperationalError

from domain.accounts import MONEY_ROLES, Role
from domain.errors import Invalid, Unavailable
from domain.fx import Rate, RateLookup, convert
from domain.fx_result import Movement
from domain.journal import JournalEntry
from domain.money import Money, zero
from ledger import posting, tables
from ledger.posting import Posted

Moves = dict[str, dict[date, Movement]]
"""By foreign currency and day, what moved in the money held."""

VALUE_DATE: Final = "value_date"
"""In the memo of an entry that is booked later than it counts: the day on which it counts."""
_WAIT_SECONDS: Final = 20
_LOCK_NOT_AVAILABLE: Final = "55P03"
_BOOKING_DAY = text("SELECT book_booking_day(ARRAY[:creditor_id], :wanted, :key)")
_OPEN_DAY = text(
    "SELECT book_booking_day(ARRAY(SELECT DISTINCT creditor_id FROM account WHERE id = ANY (:accounts)), :wanted, :key)"
)
_HOLD_STILL = text("SELECT book_hold_still()")
_BOUND_WAIT = text("SELECT set_config('lock_timeout', :value, true)")
_SIDES: Final = 2


def closed_until(tx: Connection, creditor_id: str) -> date | None:
    """The last day of a creditor's book on which nothing more is booked; ``None`` where every day is open."""
    query = select(tables.closed_until.c.until).where(tables.closed_until.c.creditor_id == creditor_id)
    return tx.execute(query).scalar_one_or_none()


def booking_day(tx: Connection, creditor_id: str, wanted_day: date, *, key: str | None = None) -> date:
    """The day on which to book what counts on ``wanted_day``: that day, or the first open one where it is closed.

    The answer holds until the transaction ends. Ask before anything is posted in it, so that a close and a posting
    never wait for each other in a circle. What stands under ``key`` already keeps the day that it was booked on.
    """
    asked = {"creditor_id": creditor_id, "wanted": wanted_day, "key": key}
    found: date = tx.execute(_BOOKING_DAY, asked).scalar_one()
    return found


def on_open_day(tx: Connection, entry: JournalEntry) -> JournalEntry:
    """The entry on the day on which it can be booked, as ``booking_day`` has it; to be asked when that is, too.

    One that moved keeps its value date in its memo.
    """
    accounts = [line.account_id for line in entry.postings]
    asked = {"accounts": accounts, "wanted": entry.effective_date, "key": entry.key}
    day: date = tx.execute(_OPEN_DAY, asked).scalar_one()
    if day == entry.effective_date:
        return entry
    memo = {**entry.memo, VALUE_DATE: entry.effective_date.isoformat()}
    return replace(entry, effective_date=day, memo=memo)


def post_one(tx: Connection, entry: JournalEntry, *, now: datetime) -> Posted:
    """Post one entry on its day or the first open one; raises ``idempotency_conflict`` or why it is refused."""
    posted = posting.post_plainly(tx, entry, now=now)
    return posted or posting.settled(*posting.post_judged(tx, [on_open_day(tx, entry)], now=now))


def hold_still(tx: Connection) -> None:
    """Have nothing posted in the tenant until the transaction ends; what is being posted finishes first.

    Raises ``book_busy`` where that takes too long.
    """
    tx.execute(_BOUND_WAIT, {"value": f"{_WAIT_SECONDS}s"})
    try:
        tx.execute(_HOLD_STILL)
    except OperationalError as cause:
        if getattr(cause.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise Unavailable("book_busy", "Something is being booked at length.", fix="Try again in a minute.") from cause
    tx.execute(_BOUND_WAIT, {"value": "0"})


def standing_entry(tx: Connection, entry_id: str) -> str | None:
    """The entry that says now what ``entry_id`` said: itself, or what restored it after it was undone.

    ``None`` where it was undone and not restored.
    """
    undone = _reversal_of(tx, entry_id)
    while undone is not None:
        restored = _reversal_of(tx, undone)
        if restored is None:
            return None
        entry_id, undone = restored, _reversal_of(tx, restored)
    return entry_id


def _reversal_of(tx: Connection, entry_id: str) -> str | None:
    reversed_entry = tables.entry.alias("reversed_entry")
    query = (
        select(tables.entry.c.id)
        .join(reversed_entry, reversed_entry.c.seq == tables.entry.c.reverses_seq)
        .where(reversed_entry.c.id == entry_id)
    )
    return tx.execute(query).scalar_one_or_none()


def movements(
    tx: Connection, parent_id: str, *, settlement_currency: str, after: date | None, until: date, rate: RateLookup
) -> Moves:
    """What moved in the foreign money under a parent, of each day after ``after`` up to and with ``until``.

    An entry that touches a currency's position account exchanges that currency: for what stands against it in the
    settlement currency, or, where it was exchanged into a third one, for that one's worth at the day's ``rate`` (whose
    refusals are raised). What else it moves is plain. Raises ``exchange_unreadable`` for more than two currencies.
    """
    moves: Moves = {}
    for row in tx.execute(_plain(parent_id, settlement_currency, after, until)):
        for minor in (row.came, row.gone):
            if minor:
                _add(moves, row.effective_date, Movement.plain(Money(int(minor), row.currency), settlement_currency))
    exchanges: dict[int, list[Any]] = defaultdict(list)
    for side in tx.execute(_exchanged(parent_id, after, until)):
        exchanges[side.seq].append(side)
    for rows in exchanges.values():
        day = rows[0].effective_date
        for movement in _exchange(rows, settlement_currency, partial(_on, rate, settlement_currency, day)):
            _add(moves, day, movement)
    return moves


def _on(rate: RateLookup, settlement_currency: str, day: date, currency: str) -> Rate:
    return rate(currency, settlement_currency, day)


def _add(moves: Moves, day: date, movement: Movement) -> None:
    days = moves.setdefault(movement.received.currency, {})
    days[day] = days[day] + movement if day in days else movement


def _exchange(rows: Sequence[Any], settlement_currency: str, rate: Callable[[str], Rate]) -> Iterator[Movement]:
    """What one entry that exchanges did to each foreign currency."""
    sides = {row.currency: Money(int(row.position), row.currency) for row in rows if row.position}
    given_for = _given_for(sides, settlement_currency, rate)
    for row in rows:
        if row.currency == settlement_currency:
            continue
        if row.position:
            at_middle = given_for if row.position > 0 else -given_for
            yield Movement.exchanged(sides[row.currency], at_middle)
        rest = Money(int(row.money + row.position), row.currency)
        if rest:
            yield Movement.plain(rest, settlement_currency)


def _given_for(sides: Mapping[str, Money], settlement_currency: str, rate: Callable[[str], Rate]) -> Money:
    """What an exchange came to in the settlement currency: that side, else what was taken at the day's rate."""
    taken = [amount for amount in sides.values() if amount.minor < 0]
    if len(sides) > _SIDES or len(taken) > 1 or len(sides) - len(taken) > 1:
        raise Invalid("exchange_unreadable", "An exchange is between two currencies, one given and one taken.")
    if len(sides) < _SIDES:  # the other side was less than half a minor unit
        return zero(settlement_currency)
    own = sides.get(settlement_currency)
    if own is not None:
        return Money(abs(own.minor), settlement_currency)
    return convert(-taken[0], rate(taken[0].currency)).amount


def _leaves(parent_id: str, roles: frozenset[Role]) -> Select[tuple[int, str, str]]:
    root = tables.account.alias("root")
    return (
        select(tables.account.c.no, tables.account.c.role, tables.account.c.currency)
        .join(tables.closure, tables.closure.c.descendant_no == tables.account.c.no)
        .join(root, root.c.no == tables.closure.c.ancestor_no)
        .where(root.c.id == parent_id, tables.account.c.is_leaf)
        .where(tables.account.c.role.in_(sorted(role.value for role in roles)))
    )


def _of_entries(parent_id: str, after: date | None, until: date) -> Select[tuple[int, date, str, int, int]]:
    """Of each entry and currency: what it moved in money held, and in position accounts."""
    leaf = _leaves(parent_id, MONEY_ROLES | {Role.FX_POSITION}).subquery("leaf")
    entry, posting = tables.entry, tables.posting
    is_position = leaf.c.role == Role.FX_POSITION.value
    amount = posting.c.amount_minor
    query = (
        select(
            entry.c.seq,
            entry.c.effective_date,
            posting.c.currency,
            func.coalesce(func.sum(amount).filter(~is_position), 0).label("money"),
            func.coalesce(func.sum(amount).filter(is_position), 0).label("position"),
        )
        .join(posting, posting.c.entry_seq == entry.c.seq)
        .join(leaf, leaf.c.no == posting.c.account_no)
        .where(entry.c.effective_date <= until)
        .group_by(entry.c.seq, posting.c.currency)
    )
    return query if after is None else query.where(entry.c.effective_date > after)


def _plain(
    parent_id: str, settlement_currency: str, after: date | None, until: date
) -> Select[tuple[date, str, int, int]]:
    """Of each day and foreign currency what came and what went without an exchange; corrections are told apart too."""
    moved = _of_entries(parent_id, after, until).subquery("moved")
    swapping = select(moved.c.seq).where(moved.c.position != 0)
    came = func.coalesce(func.sum(moved.c.money).filter(moved.c.money > 0), 0).label("came")
    gone = func.coalesce(func.sum(moved.c.money).filter(moved.c.money < 0), 0).label("gone")
    return (
        select(moved.c.effective_date, moved.c.currency, came, gone)
        .where(moved.c.currency != settlement_currency, moved.c.seq.not_in(swapping))
        .group_by(moved.c.effective_date, moved.c.currency)
        .order_by(moved.c.effective_date, moved.c.currency)
    )


def _exchanged(parent_id: str, after: date | None, until: date) -> Select[tuple[int, date, str, int, int]]:
    """Entries that move positions, whole. The result of an exchange moves the one of the settlement currency alone."""
    moved = _of_entries(parent_id, after, until).subquery("moved")
    swapping = select(moved.c.seq).where(moved.c.position != 0)
    return select(moved).where(moved.c.seq.in_(swapping)).order_by(moved.c.seq, moved.c.currency)
