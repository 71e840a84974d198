"""What becomes of accounts after they are opened: frozen, thawed, closed, limited and moved, each with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, text

from domain.accounts import AccountState
from domain.errors import Invalid, NotFound
from domain.money import Money
from ledger import refusals, tables

_FREEZE = text("SELECT book_freeze(:account_id, :freezing, :actor, :reason, :moment)")
_CLOSE = text("SELECT book_close_account(:account_id, :actor, :reason, :moment)")
_LIMIT = text(
    "SELECT book_limit_account(:account_id, CAST(:floor AS bigint), CAST(:ceiling AS bigint), :actor, :reason, :moment)"
)
_MOVE = text("SELECT book_move_account(:account_id, :parent_id, :since, :actor, :reason, :moment)")


@dataclass(frozen=True, slots=True)
class Cause:
    """Who changes an account, why, and when: kept with the change for ever."""

    actor: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.actor.strip() or not self.reason.strip():
            raise Invalid("reason_missing", "An account is changed by somebody, for a reason.", fix="Say why.")


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What happened to an account: ``opened``, ``frozen``, ``thawed``, ``closed``, ``limited`` or ``re-parented``."""

    kind: str
    at: datetime
    actor: str
    reason: str
    detail: Mapping[str, Any]


def freeze(tx: Connection, account_id: str, cause: Cause) -> int:
    """Refuse postings to an account and all that is open below it, until it is thawed; how many were frozen now."""
    return _turn(tx, account_id, cause, freezing=True)


def thaw(tx: Connection, account_id: str, cause: Cause) -> int:
    """Take postings again, here and below; how many accounts were thawed."""
    return _turn(tx, account_id, cause, freezing=False)


def _turn(tx: Connection, account_id: str, cause: Cause, *, freezing: bool) -> int:
    return int(_do(tx, _FREEZE, cause, account_id=account_id, freezing=freezing))


def close(tx: Connection, account_id: str, cause: Cause) -> None:
    """Close an account for ever.

    Raises ``account_has_balance``, ``account_has_open_children``, ``account_has_reservations`` or ``account_closed``.
    """
    _do(tx, _CLOSE, cause, account_id=account_id)


def limit(tx: Connection, account_id: str, cause: Cause, *, floor: Money | None, ceiling: Money | None) -> None:
    """Bound a leaf's balance (debit positive, open reservations taken off): ``None`` is no bound.

    An account that grows on the credit side is bounded by a ceiling: zero keeps it from turning into a debit. Raises
    ``limit_exceeded`` where the balance is beyond the bound already, ``posting_wrong_currency``,
    ``account_not_postable``.
    """
    currency = tx.execute(
        select(tables.account.c.currency).where(tables.account.c.id == account_id)
    ).scalar_one_or_none()
    for bound in (floor, ceiling):
        if bound is not None and currency is not None and bound.currency != currency:
            raise Invalid("posting_wrong_currency", f"The limits of {account_id} are in {currency}.")
    _do(
        tx,
        _LIMIT,
        cause,
        account_id=account_id,
        floor=None if floor is None else floor.minor,
        ceiling=None if ceiling is None else ceiling.minor,
    )


def re_parent(tx: Connection, account_id: str, cause: Cause, *, parent_id: str, since: date) -> None:
    """Hang an account, with all below it, on another open node of its creditor from a day on.

    Raises ``account_has_reservations`` or ``account_in_transit`` while items are open below it,
    ``account_parent_invalid`` (a leaf, a stranger, itself or below itself), ``account_parent_date_invalid`` (before it
    last moved, or where it hangs already) or ``book_row_taken`` (a like account stands there).
    """
    _do(tx, _MOVE, cause, account_id=account_id, parent_id=parent_id, since=since)


def _do(tx: Connection, statement: Any, cause: Cause, **values: Any) -> Any:
    with refusals.translated():
        return tx.execute(
            statement, {**values, "actor": cause.actor, "reason": cause.reason, "moment": cause.at}
        ).scalar_one()


def state_of(tx: Connection, account_id: str) -> AccountState:
    """Whether an account is open, frozen or closed; ``account_unknown`` where there is none."""
    row = tx.execute(
        select(tables.account.c.closed_at, tables.account.c.frozen_at).where(tables.account.c.id == account_id)
    ).first()
    if row is None:
        raise NotFound("account_unknown", f"There is no account {account_id}.")
    if row.closed_at is not None:
        return AccountState.CLOSED
    return AccountState.OPEN if row.frozen_at is None else AccountState.FROZEN


def events_of(tx: Connection, account_id: str) -> list[AccountEvent]:
    """What happened to an account, in order."""
    query = (
        select(
            tables.event.c.kind,
            tables.event.c.at,
            tables.event.c.actor,
            tables.event.c.reason,
            tables.event.c.detail,
        )
        .join(tables.account, tables.account.c.no == tables.event.c.account_no)
        .where(tables.account.c.id == account_id)
        .order_by(tables.event.c.no)
    )
    return [AccountEvent(**row) for row in tx.execute(query).mappings()]


def parent_on(tx: Connection, account_id: str, day: date) -> str | None:
    """The account's parent on a day: the last move by then, or where it hangs if it never moved.

    A day before the account's first known one gives the parent it was opened under.
    """
    parent = tables.account.alias("parent")
    query = (
        select(tables.parent_history.c.since, parent.c.id)
        .join(tables.account, tables.account.c.no == tables.parent_history.c.account_no)
        .join(parent, parent.c.no == tables.parent_history.c.parent_no)
        .where(tables.account.c.id == account_id)
        .order_by(tables.parent_history.c.no)
    )
    moves = [(since, parent_id) for since, parent_id in tx.execute(query)]
    if moves:
        return str(([moves[0], *(move for move in moves if move[0] <= day)])[-1][1])
    standing = (
        select(parent.c.id)
        .join(tables.account, tables.account.c.parent_no == parent.c.no)
        .where(tables.account.c.id == account_id)
    )
    return tx.execute(standing).scalar_one_or_none()
