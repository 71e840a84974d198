"""Reserving money of an account: taking it by entries in parts or whole, giving it back, letting it expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select, text

from domain.errors import Conflict, Invalid, NotFound, Refused
from domain.journal import JournalEntry
from domain.money import Money
from domain.reservations import Reservation, ReservationState
from ledger import posting, refusals, tables
from ledger.posting import Posted

_RESERVE = text(
    "SELECT reservation_id, outcome, code FROM book_reserve(:id, :account_id, :currency, :debit, :amount, :key, :hash,"
    " :until, :source, :moment)"
)
_DRAW = f"SELECT * FROM book_draw(%(reservation_id)s, %(part)s, %(last)s, {posting.ARGUMENTS})"  # noqa: S608 (names of arguments alone)
_RELEASE = text("SELECT outcome, code FROM book_release(:reservation_id, :how, :key, :moment)")
_EXPIRE = text("SELECT book_expire(:moment, :at_most)")
_MALFORMED: Final = frozenset({"account_not_postable", "posting_wrong_currency", "posting_zero"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A reservation as it stands; ``open`` carries the sign of its amount and is zero once resolved."""

    reservation: Reservation
    state: ReservationState
    open: Money
    reserved_at: datetime


@dataclass(frozen=True, slots=True)
class Available:
    """What an account has, debit positive, and what of it is promised: both sides are positive amounts.

    ``least`` is what remains when every promise to credit it is kept, ``most`` when every promise to debit it is.
    """

    balance: Money
    reserved_debit: Money
    reserved_credit: Money
    floor: Money | None
    ceiling: Money | None

    @property
    def least(self) -> Money:
        """The balance less what is reserved to leave on the credit side; never below the floor."""
        return self.balance - self.reserved_credit

    @property
    def most(self) -> Money:
        """The balance with what is reserved on the debit side; never above the ceiling."""
        return self.balance + self.reserved_debit


def reserve(tx: Connection, reservation: Reservation, *, now: datetime) -> str:
    """Reserve money; returns the identifier that stands under the key.

    Raises ``idempotency_conflict``, ``account_not_postable``, ``account_frozen``, ``posting_wrong_currency``,
    ``limit_exceeded`` or ``reservation_expired`` (its end is not after ``now``).
    """
    with refusals.translated():
        row = tx.execute(
            _RESERVE,
            {
                "id": reservation.id,
                "account_id": reservation.account_id,
                "currency": reservation.amount.currency,
                "debit": reservation.amount.minor > 0,
                "amount": abs(reservation.amount.minor),
                "key": reservation.key,
                "hash": reservation.payload_sha256(),
                "until": reservation.expires_at,
                "source": reservation.source,
                "moment": now,
            },
        ).one()
    _settle(row.outcome, row.code, key=reservation.key)
    return str(row.reservation_id)


def post_part(
    tx: Connection, reservation_id: str, entry: JournalEntry, *, part: Money, now: datetime, last: bool = False
) -> Posted:
    """Take a part by an entry, which must move the reserved account by exactly ``part`` (of the reserved sign).

    With ``last`` what remains is released and the reservation is resolved; so it is when nothing remains. Raises what
    ``posting.post_one`` raises, and ``reservation_unknown``, ``reservation_resolved``, ``reservation_expired``,
    ``reservation_exceeded`` (more than is open) or ``reservation_mismatch`` (the entry moves the account otherwise).
    """
    standing = get(tx, reservation_id)
    signed = part.minor if standing.reservation.amount.minor > 0 else -part.minor
    arguments: dict[str, Any] = {"reservation_id": reservation_id, "part": signed, "last": last}
    with refusals.translated():
        row = tx.exec_driver_sql(_DRAW, arguments | posting.arguments([entry], now=now)).one()
    return posting.settled(Posted(*row))


def post_whole(tx: Connection, reservation_id: str, entry: JournalEntry, *, now: datetime) -> Posted:
    """Take all that is reserved by one entry; errors as in ``post_part``."""
    whole = get(tx, reservation_id).reservation.amount
    return post_part(tx, reservation_id, entry, part=whole, now=now, last=True)


def void(tx: Connection, reservation_id: str, *, key: str, now: datetime) -> None:
    """Give back what is open. The same key again does nothing; raises ``reservation_resolved`` under another."""
    with refusals.translated():
        row = tx.execute(_RELEASE, {"reservation_id": reservation_id, "how": "voided", "key": key, "moment": now}).one()
    _settle(row.outcome, row.code, key=key)


def expire(tx: Connection, *, now: datetime, at_most: int = 500) -> Sequence[str]:
    """Give back what is past its end; returns the identifiers, oldest end first."""
    with refusals.translated():
        return tx.execute(_EXPIRE, {"moment": now, "at_most": at_most}).scalars().all()


def _settle(outcome: str, code: str | None, *, key: str) -> None:
    if outcome == "conflict":
        raise Conflict("idempotency_conflict", f"Something else stands under the key {key}.")
    if code == "reservation_unknown":
        raise NotFound(code, "There is no such reservation.")
    if code is not None:
        error = Invalid if code in _MALFORMED else Refused
        raise error(code, f"The book refuses the reservation under the key {key}: {code}.")


_QUERY = select(tables.reservation, tables.account.c.id.label("account_id"), tables.account.c.currency).join(
    tables.account, tables.account.c.no == tables.reservation.c.account_no
)


def get(tx: Connection, reservation_id: str) -> Standing:
    """A reservation, or ``reservation_unknown``."""
    row = tx.execute(_QUERY.where(tables.reservation.c.id == reservation_id)).mappings().first()
    if row is None:
        raise NotFound("reservation_unknown", f"There is no reservation {reservation_id}.")
    return _standing(row)


def open_below(tx: Connection, account_id: str) -> list[Standing]:
    """What is open on an account and every account below it, by when it ends."""
    top = tables.account.alias("top")
    query = (
        _QUERY.join(tables.closure, tables.closure.c.descendant_no == tables.account.c.no)
        .join(top, top.c.no == tables.closure.c.ancestor_no)
        .where(top.c.id == account_id, tables.reservation.c.state == "open")
        .order_by(tables.reservation.c.expires_at, tables.reservation.c.id)
    )
    return [_standing(row) for row in tx.execute(query).mappings()]


def _standing(row: RowMapping) -> Standing:
    sign = 1 if row["is_debit"] else -1
    reservation = Reservation(
        id=row["id"],
        key=row["idem_key"],
        account_id=row["account_id"],
        amount=Money(sign * row["amount_minor"], row["currency"]),
        expires_at=row["expires_at"],
        source=row["source"],
    )
    left = Money(sign * row["open_minor"], row["currency"])
    return Standing(reservation, ReservationState(row["state"]), left, row["reserved_at"])


def available(tx: Connection, account_id: str) -> Available:
    """A leaf's balance, what is reserved of it and its limits; ``account_unknown`` where there is no such leaf."""
    row = tx.execute(
        select(
            tables.account.c.currency,
            (tables.balance.c.debit_minor - tables.balance.c.credit_minor).label("balance"),
            tables.balance.c.pending_debit_minor.label("debit"),
            tables.balance.c.pending_credit_minor.label("credit"),
            tables.balance.c.floor_minor,
            tables.balance.c.ceiling_minor,
        )
        .join(tables.balance, tables.balance.c.account_no == tables.account.c.no)
        .where(tables.account.c.id == account_id)
    ).first()
    if row is None:
        raise NotFound("account_unknown", f"There is no leaf account {account_id}.")
    return Available(
        balance=Money(row.balance, row.currency),
        reserved_debit=Money(row.debit, row.currency),
        reserved_credit=Money(row.credit, row.currency),
        floor=None if row.floor_minor is None else Money(row.floor_minor, row.currency),
        ceiling=None if row.ceiling_minor is None else Money(row.ceiling_minor, row.currency),
    )
