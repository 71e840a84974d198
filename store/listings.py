"""Lists that people read, page by page: cases, receipts, notices and deliveries, for the console and the API alike.

Lists are paged by keyset: a page's ``Place`` names its last row by sort key and identifier, and the next page starts
after it, so rows that arrive meanwhile shift nothing. Every list returns one row more than asked where there are more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from store.cases import case_table
from store.creditors import connection_table, creditor_table
from store.holds import hold_table
from store.inbox import inbox_table
from store.loans import loan_table
from store.notices import notice_table
from store.overview import AGE_STEPS
from store.parties import party_table
from store.permits import permit_table
from store.promises import promise_table
from store.receipts import receipt_table

PAGE_ROWS: Final = 50

Row = TypeVar("Row")


class Place(NamedTuple):
    """Where a page ended: the last row's sort key (a number, or a moment in ISO 8601) and its identifier."""

    key: str
    id: str


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """One page of a list, and where the next one starts (``None``: this is the last)."""

    rows: tuple[Row, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list. ``age`` is an index into ``AGE_STEPS``; ``words`` finds a name, contract or case id."""

    country: str | None = None
    work_state: str | None = None
    age: int | None = None
    creditor_id: str | None = None
    words: str | None = None
    closed: bool = False
    sort: str = "age"  # "age": most days past due first; "recent": last changed first


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. Amounts in minor units of ``currency``."""

    id: str
    party_id: str
    name: str
    creditor_id: str
    creditor: str
    country: str
    currency: str
    work_state: str
    bucket: str
    days_past_due: int
    overdue_minor: int
    outstanding_minor: int
    on_hold: bool
    promised_for: date | None
    next_wake_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts to list; days are value dates, both included."""

    state: str | None = None
    platform: str | None = None
    country: str | None = None
    case_id: str | None = None
    connection_id: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One receipt in a list, without the payer's personal data. Amounts in minor units of ``currency``."""

    id: str
    platform: str
    connection: str
    connection_id: str
    external_ref: str
    case_id: str | None
    name: str | None
    country: str
    currency: str
    amount_minor: int
    fee_minor: int
    allocated_minor: int
    suspense_minor: int
    reversed_minor: int
    state: str
    suspense_reason: str | None
    value_date: date
    paid_at: datetime
    withheld_minor: int
    contested_minor: int
    refunding_minor: int
    held_minor: int
    charged_minor: int


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """Which notices to list."""

    state: str | None = None
    country: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in a list, without its text and recipient. ``rules`` are those of the permit that let it out."""

    id: str
    case_id: str
    name: str
    country: str
    kind: str
    channel: str
    locale: str
    state: str
    not_before: datetime
    time_zone: str | None
    refusal: dict[str, Any] | None
    rules: list[str] | None
    attempted_at: datetime | None
    sent_at: datetime | None
    delivery: str | None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which deliveries to list."""

    state: str | None = None
    platform: str | None = None
    connection_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboxHealth:
    """How many messages a connection has sent, how many were not understood, and when the last came."""

    messages: int
    errors: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery in a list, without its body."""

    id: str
    platform: str
    connection: str
    country: str
    delivery_id: str
    filename: str | None
    size_bytes: int
    state: str
    error_code: str | None
    error: str | None
    attempts: int
    facts: int | None
    received_at: datetime


def cases(
    tx: Connection, wanted: CaseFilter, *, after: Place | None = None, limit: int = PAGE_ROWS
) -> Listed[CaseLine]:
    """Cases, by the filter's sort."""
    held = (
        select(literal(1))
        .where(
            hold_table.c.case_id == case_table.c.id,
            hold_table.c.days.contains(func.current_date()),
            hold_table.c.released_by.is_(None),
        )
        .exists()
    )
    promised = (
        select(func.min(promise_table.c.due_date))
        .where(promise_table.c.case_id == case_table.c.id, promise_table.c.state == "open")
        .scalar_subquery()
    )
    columns = [case_table.c[name] for name in CaseLine.__dataclass_fields__ if name in case_table.c]
    query = (
        select(
            *columns,
            party_table.c.name,
            creditor_table.c.name.label("creditor"),
            held.label("on_hold"),
            promised.label("promised_for"),
        )
        .join(party_table, party_table.c.id == case_table.c.party_id)
        .join(creditor_table, creditor_table.c.id == case_table.c.creditor_id)
        .where(*_case_conditions(wanted))
    )
    recent = wanted.sort == "recent"
    key = case_table.c.updated_at if recent else case_table.c.days_past_due
    ordered = _after(query, key=key, identity=case_table.c.id, after=after, moments=recent)
    rows = [CaseLine(**row) for row in tx.execute(ordered.limit(limit + 1)).mappings()]
    return _page(rows, limit, [Place(_key(row.updated_at if recent else row.days_past_due), row.id) for row in rows])


def _case_conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    closed = case_table.c.closed_at
    conditions: list[ColumnElement[bool]] = [closed.is_not(None) if wanted.closed else closed.is_(None)]
    conditions += _equal(case_table.c.country, wanted.country)
    conditions += _equal(case_table.c.work_state, wanted.work_state)
    conditions += _equal(case_table.c.creditor_id, wanted.creditor_id)
    if wanted.age is not None:
        if wanted.age:
            conditions.append(case_table.c.days_past_due >= AGE_STEPS[wanted.age])
        if wanted.age + 1 < len(AGE_STEPS):
            conditions.append(case_table.c.days_past_due < AGE_STEPS[wanted.age + 1])
    if wanted.words:
        conditions.append(_speaks_of(wanted.words.strip()))
    return conditions


def _speaks_of(words: str) -> ColumnElement[bool]:
    """Whether a case's party is named so, or one of its contracts numbered so, or it is the case itself."""
    contract = (
        select(literal(1))
        .where(
            loan_table.c.party_id == case_table.c.party_id,
            loan_table.c.creditor_id == case_table.c.creditor_id,
            loan_table.c.contract_no.istartswith(words, autoescape=True),
        )
        .exists()
    )
    return or_(party_table.c.name.icontains(words, autoescape=True), contract, case_table.c.id == words)


def receipts(
    tx: Connection, wanted: ReceiptFilter, *, after: Place | None = None, limit: int = PAGE_ROWS
) -> Listed[ReceiptLine]:
    """Receipts, newest paid first."""
    table = receipt_table
    columns = [table.c[name] for name in ReceiptLine.__dataclass_fields__ if name in table.c]
    query = (
        select(*columns, connection_table.c.platform, connection_table.c.name.label("connection"), party_table.c.name)
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .outerjoin(case_table, case_table.c.id == table.c.case_id)
        .outerjoin(party_table, party_table.c.id == case_table.c.party_id)
        .where(
            *_equal(table.c.state, wanted.state),
            *_equal(table.c.country, wanted.country),
            *_equal(table.c.case_id, wanted.case_id),
            *_equal(table.c.connection_id, wanted.connection_id),
            *_equal(connection_table.c.platform, wanted.platform),
        )
    )
    if wanted.first_day is not None:
        query = query.where(table.c.value_date >= wanted.first_day)
    if wanted.last_day is not None:
        query = query.where(table.c.value_date <= wanted.last_day)
    ordered = _after(query, key=table.c.paid_at, identity=table.c.id, after=after, moments=True)
    rows = [ReceiptLine(**row) for row in tx.execute(ordered.limit(limit + 1)).mappings()]
    return _page(rows, limit, [Place(_key(row.paid_at), row.id) for row in rows])


def outbox(
    tx: Connection, wanted: OutboxFilter, *, after: Place | None = None, limit: int = PAGE_ROWS
) -> Listed[NoticeLine]:
    """Notices, latest moment first."""
    table = notice_table
    columns = [table.c[name] for name in NoticeLine.__dataclass_fields__ if name in table.c]
    query = (
        select(*columns, party_table.c.name, case_table.c.country, permit_table.c.rules)
        .join(case_table, case_table.c.id == table.c.case_id)
        .join(party_table, party_table.c.id == table.c.party_id)
        .outerjoin(permit_table, permit_table.c.id == table.c.permit_id)
        .where(
            *_equal(table.c.state, wanted.state),
            *_equal(table.c.locale, wanted.locale),
            *_equal(case_table.c.country, wanted.country),
        )
    )
    ordered = _after(query, key=table.c.not_before, identity=table.c.id, after=after, moments=True)
    rows = [NoticeLine(**row) for row in tx.execute(ordered.limit(limit + 1)).mappings()]
    return _page(rows, limit, [Place(_key(row.not_before), row.id) for row in rows])


def inbox(
    tx: Connection, wanted: InboxFilter, *, after: Place | None = None, limit: int = PAGE_ROWS
) -> Listed[DeliveryLine]:
    """Deliveries, newest first."""
    table = inbox_table
    columns = [table.c[name] for name in DeliveryLine.__dataclass_fields__ if name in table.c]
    query = (
        select(
            *columns,
            func.octet_length(table.c.body).label("size_bytes"),
            connection_table.c.name.label("connection"),
            connection_table.c.country,
        )
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .where(*_equal(table.c.state, wanted.state), *_equal(table.c.platform, wanted.platform))
        .where(*_equal(table.c.connection_id, wanted.connection_id))
    )
    ordered = _after(query, key=table.c.received_at, identity=table.c.id, after=after, moments=True)
    rows = [DeliveryLine(**row) for row in tx.execute(ordered.limit(limit + 1)).mappings()]
    return _page(rows, limit, [Place(_key(row.received_at), row.id) for row in rows])


def inbox_health(tx: Connection) -> dict[str, InboxHealth]:
    """How each connection that ever sent something is doing, by connection."""
    table = inbox_table.c
    query = select(
        table.connection_id,
        func.count().label("messages"),
        func.count().filter(table.state == "error").label("errors"),
        func.max(table.received_at).label("last_at"),
    ).group_by(table.connection_id)
    return {row[0]: InboxHealth(*row[1:]) for row in tx.execute(query)}


def _equal(column: KeyedColumnElement[Any], wanted: str | None) -> list[ColumnElement[bool]]:
    return [] if wanted is None else [column == wanted]


def _after(
    query: Select[Any],
    *,
    key: KeyedColumnElement[Any],
    identity: KeyedColumnElement[Any],
    after: Place | None,
    moments: bool,
) -> Select[Any]:
    """The query in falling order of key and identifier, from just behind a place."""
    ordered = query.order_by(key.desc(), identity.desc())
    if after is None:
        return ordered
    value = datetime.fromisoformat(after.key) if moments else int(after.key)
    return ordered.where(tuple_(key, identity) < tuple_(literal(value), literal(after.id)))


def _key(value: datetime | int) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _page(rows: list[Row], limit: int, places: list[Place]) -> Listed[Row]:
    """The first ``limit`` rows, and the place of the last of them where there are more."""
    return Listed(tuple(rows[:limit]), places[limit - 1] if len(rows) > limit else None)
