"""Promises are kept by the debtor's own days, whatever days the platform that took the money counts by."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.case_commands import TakePromise
from runtime import clock
from store import promises

pytestmark = pytest.mark.servers

SAO_PAULO, BANGKOK = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Bangkok")
DAY = date(2026, 11, 24)


def promised(world: Any, at: datetime, due: date) -> None:
    world.clock.at = at.astimezone(UTC)
    currency = world.case().currency
    command = TakePromise(clock.new_id("event"), "ana", 100_000, currency, due.isoformat())
    assert world.turn(promises=[command]).answers[0].accepted


def paid_by_card(world: Any, country: str, contract: str, at: datetime) -> None:
    """Stripe states the days of UTC."""
    connection = world.connections[f"stripe/{country}"]
    intent = {
        "id": "pi_1",
        "status": "succeeded",
        "amount_received": 100_000,
        "currency": connection.currency.lower(),
        "metadata": {"afluente_request": contract},
    }
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": intent}}
    world.clock.at = at.astimezone(UTC)
    world.deliver(connection, json.dumps(event | {"created": int(at.timestamp())}).encode())
    world.intake()


def became(world: Any) -> str:
    world.clock.advance(days=2)
    world.turn()
    with world.tx() as tx:
        return str(promises.of_case(tx, world.case().id)[0].state)


@pytest.mark.parametrize(("hour", "state"), [(23, "kept"), (24, "broken")])
def test_money_of_the_last_evening_keeps_a_promise_west_of_the_platform(brazil: Any, hour: int, state: str) -> None:
    promised(brazil, datetime(2026, 11, 24, 12, tzinfo=SAO_PAULO), DAY)
    with brazil.tx() as tx:
        grace = promises.of_case(tx, brazil.case().id)[0].grace_days
    last = datetime(2026, 11, 24, tzinfo=SAO_PAULO) + timedelta(days=grace)
    paid_by_card(brazil, "BR", "BR-0001", last + timedelta(hours=hour, minutes=30))
    assert brazil.receipts()[0].value_date == DAY + timedelta(days=grace + 1)
    assert became(brazil) == state


@pytest.mark.parametrize(
    ("paid", "state"),
    [(datetime(2026, 11, 25, 1, 30, tzinfo=BANGKOK), "kept"), (datetime(2026, 11, 24, 23, tzinfo=BANGKOK), "broken")],
)
def test_money_of_the_first_night_keeps_a_promise_east_of_the_platform(
    thailand: Any, paid: datetime, state: str
) -> None:
    settings = {
        "api_key": "sk_test_12345678",
        "webhook_secret": "whsec_of_the_tests",
        "return_url": "https://a.example/",
    }
    thailand.connect("stripe", country="TH", currency="THB", settings=settings, rails=("card",))
    promised(thailand, datetime(2026, 11, 25, 1, tzinfo=BANGKOK), DAY + timedelta(days=1))
    paid_by_card(thailand, "TH", "TH-0001", paid)
    assert thailand.receipts()[0].value_date == DAY
    thailand.clock.at = datetime(2026, 11, 28, 5, tzinfo=UTC)
    assert became(thailand) == state
