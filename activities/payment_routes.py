"""The ways in which a case's debtor can be asked for money now, and what a platform's silence does to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from connectors import registry
from domain.errors import AfluenteError, Unavailable
from domain.money import Money
from domain.rails import Rail
from domain.routing import Way, away_after, read_terms, ways_for
from store import connection_health, creditors
from store.cases import Case
from store.creditors import PlatformConnection


def of_case(tx: Connection, case: Case, *, rail: str | None = None, now: datetime) -> tuple[Way, ...]:
    """Every way that the creditor's connections offer for the case's country and currency, oldest connection first."""
    away = connection_health.away(tx, now=now)
    return tuple(
        _way(connection, code, away.get(connection.id))
        for connection in creditors.connections(tx, creditor_id=case.creditor_id, country=case.country)
        if connection.currency == case.currency and connection.state == "active"
        for code in connection.rails
        if rail in (None, code) and _can_ask(connection, code)
    )


def best(
    tx: Connection, case: Case, *, amount: Money, amount_open: bool, rail: str | None, now: datetime
) -> tuple[Way, ...]:
    """The ways that can carry an amount, best first; raises why there is none (``domain.routing.ways_for``)."""
    return ways_for(of_case(tx, case, rail=rail, now=now), amount, amount_open=amount_open, now=now)


def _can_ask(connection: PlatformConnection, code: str) -> bool:
    return (
        made_here(connection, code) is not None or registry.platform(connection.platform).payment_requests is not None
    )


def _way(connection: PlatformConnection, code: str, away_until: datetime | None) -> Way:
    own = made_here(connection, code)
    return Way(
        connection_id=connection.id,
        rail=code,
        made_here=own is not None,
        takes_open=own is not None and own.takes_open,
        terms=read_terms(connection.config.get("terms", {}).get(code, {}), connection.currency),
        away_until=None if own else away_until,
    )


def made_here(connection: PlatformConnection, code: str) -> Rail | None:
    """The rail whose codes are made here from the connection's account; ``None`` where the platform makes them."""
    if code not in connection.config.get("accounts", {}):
        return None
    return next(rail for rail in registry.country(connection.country).rails if rail.code == code)


def failed(tx: Connection, connection_id: str, error: AfluenteError, *, now: datetime) -> None:
    """Count a platform that did not answer; a refusal is an answer, and a connection that answers is well."""
    if not isinstance(error, Unavailable):
        connection_health.answered(tx, connection_id)
        return
    known = connection_health.of(tx, connection_id)
    failures = 1 if known is None else known.failures + 1
    connection = creditors.get_connection(tx, connection_id)
    connection_health.failed(
        tx, connection, failures=failures, code=error.code, away_until=away_after(failures, now), at=now
    )
