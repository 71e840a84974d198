"""The four events, each caused by the real activity: told once, verified by the documents' own receiver."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activities import receipt_orders
from activities.book import Book
from activities.day_close import ClosingDesk
from activities.webhook_delivery import WebhookActivities
from activities.webhook_endpoints import EndpointWish, WebhookDesk
from connectors.webhook_sender import WebhookSender
from domain.day_close import Actor
from domain.fx import Rate
from domain.money import Money
from domain.money_events import Order
from domain.outgoing_webhooks import EVENT_TYPES
from domain.reconciliation import Leg
from runtime import clock
from store import parties
from store.webhook_endpoints import WebhookEndpoint
from tests.fakes.hook_receiver import Receiver, receiving
from tests.fakes.reconciliation_world import Treasury, report

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks-out.md").read_text(encoding="utf-8")


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(treasury: Treasury, receiver: Receiver) -> WebhookEndpoint:
    world = treasury.world
    with world.tx() as tx:
        desk = WebhookDesk(tx, world.tenant_id, clock.new_id, world.clock())
        return desk.register(EndpointWish(receiver.url(), EVENT_TYPES), actor="ana")


def verify_of_the_documents() -> Callable[..., bool]:
    """The receiver that the documents print."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 (what the documents print is what is tested)
    found: Callable[..., bool] = names["verify"]
    return found


def told(treasury: Treasury, receiver: Receiver) -> list[dict[str, Any]]:
    """What the receiver heard since last asked, delivered by the real sender."""
    world = treasury.world
    receiver.heard.clear()
    sender = WebhookSender(allow_private=True)
    WebhookActivities(world.database, sender, lambda: 0.0, world.clock).batch(world.tenant_id)
    return [json.loads(one.body) for one in receiver.heard]


def shape_of_the_documents(type_: str) -> dict[str, Any]:
    """The example that the documents print of a type."""
    (line,) = re.findall(rf'^\{{"type":"{re.escape(type_)}".*\}}$', DOCUMENT, re.MULTILINE)
    example: dict[str, Any] = json.loads(line)
    return example


def alike(found: dict[str, Any], type_: str) -> bool:
    """Whether a body has the fields of the documents' example."""
    example = shape_of_the_documents(type_)
    return set(found) == set(example) and set(found["data"]) == set(example["data"])


@pytest.mark.usefixtures("endpoint")
def test_a_receipt_that_pays_a_case_is_told_once(treasury: Treasury, receiver: Receiver) -> None:
    world = treasury.world
    with world.tx() as tx:
        contract = tx.exec_driver_sql("SELECT contract_no FROM loan").scalar_one()
    world.statement({"amount": "400.00", "remittance": contract, "reference": "bank-1"})
    world.intake()
    (event,) = told(treasury, receiver)
    (receipt,) = world.receipts()
    assert alike(event, "receipt.matched")
    assert event["type"] == "receipt.matched"
    assert event["data"] == {
        "receipt_id": receipt.id,
        "case_id": world.case().id,
        "amount": {"amount": "400.00", "currency": "BRL"},
    }
    world.statement({"amount": "400.00", "remittance": contract, "reference": "bank-1"})
    world.intake()
    assert told(treasury, receiver) == []
    assert world.nudges.hooked == [world.tenant_id, world.tenant_id]


@pytest.mark.usefixtures("endpoint")
def test_money_that_waits_is_told_and_told_matched_when_a_person_matches_it(
    treasury: Treasury, receiver: Receiver
) -> None:
    world = treasury.world
    treasury.paid("pi_1", 100_000)
    (event,) = told(treasury, receiver)
    (receipt,) = world.receipts()
    assert alike(event, "receipt.unmatched")
    assert (event["type"], event["data"]["receipt_id"]) == ("receipt.unmatched", receipt.id)
    assert event["data"]["amount"] == {"amount": "1000.00", "currency": "BRL"}
    order = Order(clock.new_id("money_event"), "Wei Zhang", "Asked by phone.", world.clock().date())
    for _ in range(2):  # the same order again does nothing again
        with world.tx() as tx:
            book = Book(tx, clock.new_id, world.clock())
            receipt_orders.assign(
                book, order, receipt_id=receipt.id, case_id=world.case().id, amount=Money(30_000, "BRL")
            )
    (matched,) = told(treasury, receiver)
    assert (matched["type"], matched["data"]["amount"]["amount"]) == ("receipt.matched", "300.00")


@pytest.mark.usefixtures("endpoint")
def test_a_difference_is_told_when_it_opens_and_not_at_the_next_run(treasury: Treasury, receiver: Receiver) -> None:
    treasury.hand_in(report({"gross": "1.00", "reference": "pi_unknown"}))
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)
    (event,) = told(treasury, receiver)
    (difference,) = treasury.differences()
    assert alike(event, "difference.opened")
    assert event["type"] == "difference.opened"
    assert event["data"]["difference_id"] == difference.id
    assert event["data"]["amount"] == {"amount": "1.00", "currency": "BRL"}
    treasury.run(Leg.PLATFORM)
    assert told(treasury, receiver) == []


@pytest.mark.usefixtures("endpoint")
def test_a_day_is_told_when_it_is_closed_and_not_when_it_is_proposed(treasury: Treasury, receiver: Receiver) -> None:
    world = treasury.world

    def rate(base: str, quote: str, on: date) -> Rate:
        return Rate(base, quote, Decimal("0.2"), on, "tests", (f"{base}/{quote}",))

    with world.tx() as tx:
        desk = ClosingDesk(tx, clock.new_id, world.clock())
        close = desk.propose(world.creditor.id, date(2026, 11, 22), rate=rate, accepted=[], actor=Actor("usr_1", "ana"))
    assert told(treasury, receiver) == []
    with world.tx() as tx:
        ClosingDesk(tx, clock.new_id, world.clock()).approve(close.id, actor=Actor("usr_2", "bo"))
    (event,) = told(treasury, receiver)
    assert alike(event, "day.closed")
    assert event["data"] == {
        "day_close_id": close.id,
        "creditor_id": world.creditor.id,
        "day": "2026-11-22",
        "version": close.version,
    }


def test_the_receiver_that_the_documents_print_takes_ours_and_nothing_else(
    treasury: Treasury, receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    treasury.paid("pi_1", 100_000)
    told(treasury, receiver)
    (heard,) = receiver.heard
    verify = verify_of_the_documents()
    age = abs(int(time.time() - treasury.world.clock().timestamp())) + 60
    assert verify(endpoint.secret, heard.headers, heard.body, tolerance_seconds=age)
    assert not verify(endpoint.secret, heard.headers, heard.body, tolerance_seconds=0)
    flipped = heard.body[:-1] + bytes([heard.body[-1] ^ 1])
    assert not verify(endpoint.secret, heard.headers, flipped, tolerance_seconds=age)
    other = "whsec_" + "A" * 44
    assert not verify(other, heard.headers, heard.body, tolerance_seconds=age)
    odd = {**heard.headers, "webhook-timestamp": "now"}
    assert not verify(endpoint.secret, odd, heard.body, tolerance_seconds=age)


def test_no_event_carries_a_name_an_address_or_a_number_of_a_debtor(
    treasury: Treasury, receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    del endpoint
    world = treasury.world
    treasury.paid("pi_1", 100_000)
    world.statement({"amount": "400.00", "remittance": "BR-0001", "reference": "bank-1"})
    world.intake()
    told(treasury, receiver)
    sent = b"".join(one.body for one in receiver.heard).decode()
    with world.tx() as tx:
        party = parties.get(tx, world.case().party_id)
    assert len(receiver.heard) == 2
    for word in (party.name, party.email, party.phone, party.id_value, "BR-0001"):
        assert not word or word not in sent
