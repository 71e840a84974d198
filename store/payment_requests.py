"""Payment requests: what a debtor was asked to pay, over which rail, under which reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Select,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import currency, document, identifier, metadata, minor, moment, tenant

payment_request_table = Table(
    "payment_request",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("rail", Text, nullable=False),
    Column("reference", Text, nullable=False),
    minor("amount_minor"),
    currency(),
    Column("state", Text, nullable=False),
    Column("external_ref", Text),
    document("code", nullable=True),
    moment("expires_at"),
    moment("next_try_at"),
    moment("created_at"),
    moment("issued_at", nullable=True),
    moment("paid_at", nullable=True),
    Column("wanted_rail", Text),
    Column("amount_open", Boolean, nullable=False, server_default=text("false")),
    document("tried"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    Index("uq_payment_request_reference", "reference", "connection_id", unique=True),
    Index(
        "uq_payment_request_external",
        "external_ref",
        "connection_id",
        unique=True,
        postgresql_where="external_ref IS NOT NULL",
    ),
    Index("ix_payment_request_case", "case_id"),
    Index("ix_payment_request_live", "expires_at", postgresql_where=text("state IN ('draft', 'issued')")),
)


STATES: Final = ("draft", "issued", "paid", "expired", "cancelled")
LIVE: Final = ("draft", "issued")
"""The states in which a request can still be paid as it was meant."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One request. ``state``: draft (the platform has not been asked), issued, paid, expired, cancelled.

    ``code`` is what the debtor was given, a JSON form of ``domain.rails.PaymentCode``. ``wanted_rail`` is the rail that
    was asked for, ``None`` where any would do. Where ``amount_open``, the code leaves the amount to the debtor and
    ``amount_minor`` is what was owed. ``tried`` are ways that refused it: ``{"connection_id", "rail", "code"}``.
    """

    id: str
    tenant_id: str
    case_id: str
    connection_id: str
    rail: str
    reference: str
    amount_minor: int
    currency: str
    state: str
    external_ref: str | None
    code: dict[str, Any] | None
    expires_at: datetime
    next_try_at: datetime
    created_at: datetime
    issued_at: datetime | None
    paid_at: datetime | None
    wanted_rail: str | None = None
    amount_open: bool = False
    tried: list[dict[str, str]] = field(default_factory=list)

    @property
    def tried_ways(self) -> set[tuple[str, str]]:
        """The connections and rails that refused it."""
        return {(one["connection_id"], one["rail"]) for one in self.tried}


def add(tx: Connection, request: PaymentRequest) -> None:
    """Record a request."""
    values = {name: getattr(request, name) for name in PaymentRequest.__dataclass_fields__}
    tx.execute(insert(payment_request_table).values(values))


def get(tx: Connection, request_id: str, *, lock: bool = False) -> PaymentRequest:
    """The request, or ``payment_request_unknown``; locked for who changes it."""
    query = select(payment_request_table).where(payment_request_table.c.id == request_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("payment_request_unknown", f"There is no payment request {request_id}.")
    return PaymentRequest(**row)


def change(tx: Connection, request_id: str, **values: Any) -> None:
    """Change columns of a request."""
    tx.execute(update(payment_request_table).where(payment_request_table.c.id == request_id).values(**values))


def reusable(
    tx: Connection, *, case_id: str, rail: str | None, amount_minor: int | None, now: datetime
) -> PaymentRequest | None:
    """An unexpired, unpaid request of a case for the same amount and rail: the debtor sees the same code again.

    Without ``rail`` it is one that was asked for without, wherever it went; without ``amount_minor`` one that leaves
    the amount open. Only requests at connections that still work count.
    """
    table, connection_table = payment_request_table, metadata.tables["connection"]
    query = (
        select(table)
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .where(
            table.c.case_id == case_id,
            table.c.wanted_rail.is_(None) if rail is None else table.c.rail == rail,
            table.c.amount_open == (amount_minor is None),
            true() if amount_minor is None else table.c.amount_minor == amount_minor,
            table.c.state.in_(LIVE),
            table.c.expires_at > now,
            connection_table.c.state == "active",
        )
        .order_by(table.c.created_at.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return PaymentRequest(**row) if row else None


def cancel_live(tx: Connection, case_id: str) -> int:
    """Nothing is asked of a case any more; returns how many requests were still open."""
    table = payment_request_table
    statement = update(table).where(table.c.case_id == case_id, table.c.state.in_(LIVE)).values(state="cancelled")
    return tx.execute(statement).rowcount


def expire(tx: Connection, *, now: datetime) -> int:
    """Requests past their time are not asked for any more; returns how many ended so."""
    table = payment_request_table
    statement = update(table).where(table.c.state.in_(LIVE), table.c.expires_at <= now).values(state="expired")
    return tx.execute(statement).rowcount


def drafts(tx: Connection, *, now: datetime, limit: int) -> list[PaymentRequest]:
    """Requests that a platform has yet to be asked for, or asked again; expired ones are past asking."""
    table = payment_request_table
    query = (
        select(table)
        .where(table.c.state == "draft", table.c.next_try_at <= now, table.c.expires_at > now)
        .order_by(table.c.next_try_at, table.c.id)
        .limit(limit)
    )
    return [PaymentRequest(**row) for row in tx.execute(query).mappings()]


def find(tx: Connection, *, creditor_id: str, connection_id: str, references: Sequence[str]) -> PaymentRequest | None:
    """The request that one of the references names: at this connection first, else anywhere at the same creditor.

    A reference is our request's identifier, the reference on its code, or the platform's identity for it.
    References are compared exactly; the first of ``references`` that finds a request wins.
    """
    if not references:
        return None
    values = {"creditor_id": creditor_id, "connection_id": connection_id, "wanted": list(references)}
    row = tx.execute(_named(), values).mappings().first()
    return PaymentRequest(**row) if row else None


@cache
def _named() -> Select[Any]:
    """What ``find`` asks, said once: three look-ups for each reference, the first reference first."""
    connection_table = metadata.tables["connection"]
    table = payment_request_table
    wanted = (
        func.unnest(bindparam("wanted", type_=ARRAY(Text)))
        .table_valued("reference", with_ordinality="place")
        .render_derived()
    )
    named = wanted.c.reference
    return (
        select(table)
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .join(wanted, (table.c.id == named) | (table.c.reference == named) | (table.c.external_ref == named))
        .where(connection_table.c.creditor_id == bindparam("creditor_id"))
        .order_by(
            wanted.c.place, (table.c.connection_id == bindparam("connection_id")).desc(), table.c.created_at.desc()
        )
        .limit(1)
    )


def of_case(tx: Connection, case_id: str) -> list[PaymentRequest]:
    """A case's requests, newest first."""
    query = (
        select(payment_request_table)
        .where(payment_request_table.c.case_id == case_id)
        .order_by(payment_request_table.c.created_at.desc(), payment_request_table.c.id.desc())
    )
    return [PaymentRequest(**row) for row in tx.execute(query).mappings()]
