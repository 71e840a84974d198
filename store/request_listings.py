"""Payment requests in a list: newest first, with whom they ask and over what, and how many stand in each state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, tuple_

from store.cases import case_table
from store.creditors import connection_table
from store.listings import PAGE_ROWS, Listed, Place
from store.parties import party_table
from store.payment_requests import STATES, payment_request_table

__all__ = ("STATES", "RequestFilter", "RequestLine", "counts", "page_of", "platforms_of")


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests to list."""

    state: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list. The amount is in minor units of ``currency``; ``open`` says that the case is."""

    id: str
    case_id: str
    name: str
    platform: str
    connection: str
    country: str
    rail: str
    reference: str
    amount_minor: int
    currency: str
    amount_open: bool
    state: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many requests of a platform stand in a state."""

    platform: str
    state: str
    many: int


def page_of(
    tx: Connection, wanted: RequestFilter, *, after: Place | None = None, limit: int = PAGE_ROWS
) -> Listed[RequestLine]:
    """One page of requests, newest first."""
    request, case, connection = payment_request_table, case_table, connection_table
    same = ("id", "case_id", "rail", "reference", "amount_minor", "currency", "amount_open", "state")
    moments = ("created_at", "expires_at", "paid_at")
    query = (
        select(
            *(request.c[name] for name in (*same, *moments)),
            connection.c.platform,
            connection.c.name.label("connection"),
            connection.c.country,
            party_table.c.name,
            case.c.closed_at.is_(None).label("open"),
        )
        .join(connection, connection.c.id == request.c.connection_id)
        .join(case, case.c.id == request.c.case_id)
        .join(party_table, party_table.c.id == case.c.party_id)
        .order_by(request.c.created_at.desc(), request.c.id.desc())
        .limit(limit + 1)
    )
    if wanted.state is not None:
        query = query.where(request.c.state == wanted.state)
    if wanted.platform is not None:
        query = query.where(connection.c.platform == wanted.platform)
    if after is not None:
        place = (datetime.fromisoformat(after.key), after.id)
        query = query.where(tuple_(request.c.created_at, request.c.id) < place)
    rows = [RequestLine(**row) for row in tx.execute(query).mappings()]
    shown = tuple(rows[:limit])
    more = Place(shown[-1].created_at.isoformat(), shown[-1].id) if len(rows) > limit else None
    return Listed(shown, more)


def counts(tx: Connection) -> list[Count]:
    """How many requests stand in each state, by platform."""
    request, connection = payment_request_table, connection_table
    query = (
        select(connection.c.platform, request.c.state, func.count().label("many"))
        .join(connection, connection.c.id == request.c.connection_id)
        .group_by(connection.c.platform, request.c.state)
        .order_by(connection.c.platform, request.c.state)
    )
    return [Count(**row) for row in tx.execute(query).mappings()]


def platforms_of(found: Sequence[Count]) -> list[str]:
    """The platforms that were asked for anything."""
    return sorted({one.platform for one in found})
