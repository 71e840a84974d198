"""The inbox: one row for a delivery, read by one at a time, oldest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from activities import creditors as opening
from domain.errors import NotFound
from runtime import clock
from store import inbox
from store.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def receive(database: Database, tenant_id: str) -> Callable[..., str]:
    """Puts a delivery into the inbox of a connection of this tenant."""
    with database.tenant(tenant_id) as tx:
        new = opening.NewCreditor("A", "CN", None, "x", "bank", "USD")
        creditor = opening.open_creditor(tx, new, tenant_id=tenant_id, new_id=clock.new_id, now=NOW)
        asked = opening.NewConnection(creditor.id, "bank_statement", "BR", "BRL", "b", {"account": "1"}, {})
        connection = opening.connect(tx, asked, new_id=clock.new_id, now=NOW)

    def put(name: str, *, after: int = 0, state: str = "new") -> str:
        at = NOW + timedelta(minutes=after)
        delivery = inbox.Delivery(
            id=clock.new_id("inbox"),
            tenant_id=tenant_id,
            connection_id=connection.id,
            platform=connection.platform,
            delivery_id=name,
            body=b"raw",
            state=state,
            received_at=at,
            next_try_at=at,
        )
        with database.tenant(tenant_id) as tx:
            return delivery.id if inbox.receive(tx, delivery) else ""

    return put


def test_a_delivery_is_kept_once_by_its_platforms_name(receive: Callable[..., str]) -> None:
    assert receive("evt_1")
    assert receive("evt_1") == ""


def test_deliveries_are_claimed_oldest_first_when_their_time_has_come(
    database: Database, tenant_id: str, receive: Callable[..., str]
) -> None:
    later, first, second = receive("c", after=5), receive("a"), receive("b", after=1)
    receive("done", state="done")
    waiting = receive("w", after=2, state="waiting")
    with database.tenant(tenant_id) as tx:
        early = [found.id for found in inbox.claim(tx, now=NOW + timedelta(minutes=2), limit=9)]
        limited = [found.id for found in inbox.claim(tx, now=NOW + timedelta(minutes=9), limit=2)]
    assert (early, limited) == ([first, second, waiting], [first, second])
    assert later not in early


def test_what_one_reader_has_claimed_another_passes_over(
    database: Database, tenant_id: str, receive: Callable[..., str]
) -> None:
    first, second = receive("a"), receive("b", after=1)
    with database.tenant(tenant_id) as one, database.tenant(tenant_id) as other:
        assert [found.id for found in inbox.claim(one, now=NOW, limit=1)] == [first]
        assert [found.id for found in inbox.claim(other, now=NOW + timedelta(minutes=1), limit=9)] == [second]


def test_a_delivery_of_another_tenant_is_unknown(
    database: Database, new_tenant: Callable[[], str], receive: Callable[..., str]
) -> None:
    found = receive("a")
    with database.tenant(new_tenant()) as tx, pytest.raises(NotFound, match="delivery_unknown"):
        inbox.get(tx, found)
