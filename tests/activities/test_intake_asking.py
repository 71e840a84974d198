"""Intake and platforms that prove too little: nothing is booked before the platform itself has said so when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from activities.intake import IntakeActivities, IntakeDone
from connectors.platforms import mercadopago, xendit
from connectors.transport import Transport
from domain.accounts import Role
from runtime import clock
from tests.activities.test_intake import leaf

MP = "mercadopago/BR"
APPROVED = json.loads((Path(mercadopago.__file__).parent / "samples/answers/approved.json").read_bytes())
REFUNDED = json.loads((Path(mercadopago.__file__).parent / "samples/answers/partially_refunded.json").read_bytes())
NOTIFIED = (Path(mercadopago.__file__).parent / "samples/payment_updated.json").read_bytes()
XENDIT = Path(xendit.__file__).parent / "samples"


@pytest.fixture
def platform(httpserver: HTTPServer, brazil: Any) -> Iterator[HTTPServer]:
    """A server that plays the platforms; both are connected to it."""
    address = httpserver.url_for("").rstrip("/")
    settings = {"webhook_secret": "s" * 32, "base_url": address}
    brazil.connect("mercadopago", settings=settings | {"api_key": "TEST-of-the-tests-1"}, rails=("pix",))
    brazil.connect(
        "xendit",
        country="ID",
        currency="IDR",
        settings=settings | {"api_key": "xnd_development_of_the_tests"},
        rails=("qris",),
    )
    yield httpserver
    assert brazil.broken() == []


def intake(world: Any, *, transport: bool = True, client: httpx.Client | None = None) -> IntakeDone:
    client = client or httpx.Client()
    sender = Transport(client, structlog.get_logger("tests"), allow_private=True) if transport else None
    done = IntakeActivities(world.database, world.nudges, clock.new_id, world.clock, sender).batch(world.tenant_id)
    client.close()
    return done


def answers(server: HTTPServer, document: Any, status: int = 200, path: str = "/v1/payments/1325550001") -> None:
    server.expect_request(path, method="GET").respond_with_json(document, status=status)


def announce(world: Any, body: bytes = NOTIFIED, connection: str = MP) -> str:
    return str(world.deliver(world.connections[connection], body))


def test_what_was_announced_is_booked_as_the_platform_answers(brazil: Any, platform: HTTPServer) -> None:
    answers(platform, APPROVED | {"external_reference": "BR-0001"})
    delivery = announce(brazil)
    done = intake(brazil)
    (receipt,) = brazil.receipts()
    assert (receipt.external_ref, receipt.amount_minor, receipt.state) == ("1325550001", 100_000, "matched")
    assert (leaf(brazil, Role.CLEARING, MP), brazil.delivery(delivery).state) == (100_000, "done")
    assert done.cases == brazil.nudges.told == [brazil.case().id]


def test_the_question_carries_the_connections_key_and_nothing_of_the_delivery(
    brazil: Any, platform: HTTPServer
) -> None:
    answers(platform, APPROVED)
    announce(brazil)
    intake(brazil)
    ((asked, _),) = platform.log
    assert asked.headers["Authorization"] == "Bearer TEST-of-the-tests-1"
    assert (asked.method, asked.path, asked.get_data()) == ("GET", "/v1/payments/1325550001", b"")


def test_the_answer_is_kept_as_evidence_and_never_read_again(brazil: Any, platform: HTTPServer) -> None:
    answers(platform, APPROVED)
    delivery = announce(brazil)
    intake(brazil)
    with brazil.tx() as tx:
        kept = tx.exec_driver_sql("SELECT state, body FROM inbox WHERE delivery_id LIKE 'answer/%%'").all()
    assert [(state, json.loads(bytes(body))) for state, body in kept] == [("done", APPROVED)]
    assert (intake(brazil).deliveries, len(brazil.receipts())) == (0, 1)
    assert brazil.delivery(delivery).facts == 1


def test_a_forged_announcement_of_a_payment_that_does_not_exist_books_nothing(
    brazil: Any, platform: HTTPServer
) -> None:
    answers(platform, {"message": "Payment not found"}, status=404)
    delivery = brazil.delivery(announce(brazil))
    intake(brazil)
    assert (brazil.receipts(), brazil.delivery(delivery.id).state) == ([], "waiting")
    brazil.clock.advance(days=4)
    intake(brazil)
    settled = brazil.delivery(delivery.id)
    assert (settled.state, settled.error_code, brazil.receipts()) == ("error", "request_unknown", [])


def test_what_a_body_claims_is_not_believed(brazil: Any, platform: HTTPServer) -> None:
    """A leaked token lets anybody claim a payment of any amount; Xendit knows of a smaller one."""
    answer = json.loads((XENDIT / "answers/payment.json").read_bytes())
    answer["captures"][0]["capture_amount"] = 10
    answers(platform, answer, path=f"/v3/payments/{answer['payment_id']}")
    forged = json.loads((XENDIT / "payment_capture.json").read_bytes())
    forged["data"] |= {"request_amount": 99_000_000, "currency": "USD"}
    announce(brazil, json.dumps(forged).encode(), "xendit/ID")
    intake(brazil)
    (receipt,) = brazil.receipts()
    assert (receipt.amount_minor, receipt.currency) == (1_000, "IDR")


def test_money_that_is_claimed_but_not_confirmed_is_asked_for_again(brazil: Any, platform: HTTPServer) -> None:
    answer = json.loads((XENDIT / "answers/payment.json").read_bytes())
    path = f"/v3/payments/{answer['payment_id']}"
    platform.expect_ordered_request(path).respond_with_json(answer | {"status": "PENDING"})
    platform.expect_ordered_request(path).respond_with_json(answer)
    delivery = announce(brazil, (XENDIT / "payment_capture.json").read_bytes(), "xendit/ID")
    intake(brazil)
    waiting = brazil.delivery(delivery)
    assert (waiting.state, waiting.error_code, brazil.receipts()) == ("waiting", "not_confirmed", [])
    brazil.clock.advance(minutes=1)
    intake(brazil)
    assert (brazil.delivery(delivery).state, len(brazil.receipts())) == ("done", 1)


def test_a_payment_that_is_told_and_still_open_is_no_news(brazil: Any, platform: HTTPServer) -> None:
    answers(platform, APPROVED | {"status": "pending"})
    delivery = announce(brazil)
    intake(brazil)
    assert (brazil.delivery(delivery).state, brazil.receipts()) == ("ignored", [])


def test_an_answer_of_an_unknown_status_is_for_a_person_to_see(brazil: Any, platform: HTTPServer) -> None:
    answers(platform, APPROVED | {"status": "half_approved"})
    delivery = announce(brazil)
    intake(brazil)
    settled = brazil.delivery(delivery)
    assert (settled.state, settled.error_code, brazil.receipts()) == ("error", "status_unknown", [])


def test_a_platform_that_is_down_is_asked_once_a_batch_and_ever_more_rarely(brazil: Any, platform: HTTPServer) -> None:
    asked: list[str] = []

    def down(request: Request) -> Response:
        asked.append(request.path)
        return Response(status=503)

    platform.expect_request("/v1/payments/1325550001").respond_with_handler(down)
    delivery = announce(brazil)
    waits = []
    for _ in range(3):
        intake(brazil)
        found = brazil.delivery(delivery)
        assert (found.state, found.error_code) == ("waiting", "platform_failed")
        waits.append((found.next_try_at - brazil.clock()).total_seconds())
        brazil.clock.at = found.next_try_at
    assert (waits, len(asked), brazil.receipts()) == ([60, 120, 240], 3, [])


def test_others_are_not_held_up_by_a_platform_that_is_down(brazil: Any, platform: HTTPServer) -> None:
    platform.expect_request("/v1/payments/1325550001").respond_with_data("", status=503)
    announce(brazil)
    brazil.stripe_paid("pi_1", 100_000, reference="BR-0001")
    intake(brazil)
    assert [receipt.external_ref for receipt in brazil.receipts()] == ["pi_1"]


def test_the_same_payment_announced_again_with_a_refund_books_the_refund_alone(
    brazil: Any, platform: HTTPServer
) -> None:
    path = "/v1/payments/1325550001"
    platform.expect_ordered_request(path).respond_with_json(APPROVED | {"external_reference": "BR-0001"})
    platform.expect_ordered_request(path).respond_with_json(REFUNDED | {"external_reference": "BR-0001"})
    announce(brazil)
    intake(brazil)
    announce(brazil)
    intake(brazil)
    (receipt,) = brazil.receipts()
    assert (receipt.amount_minor, leaf(brazil, Role.CLEARING, MP)) == (100_000, 70_000)


def test_without_a_transport_nothing_is_believed(brazil: Any, platform: HTTPServer) -> None:
    answers(platform, APPROVED)
    delivery = announce(brazil)
    intake(brazil, transport=False)
    assert (brazil.receipts(), brazil.delivery(delivery).error_code) == ([], "platform_not_asked")


def test_a_delivery_that_another_worker_settled_meanwhile_is_booked_once(brazil: Any, platform: HTTPServer) -> None:
    """While one worker waits for the answer, another one reads the same delivery to its end."""
    del platform  # connected, but asked in this process
    delivery = announce(brazil)
    inner: list[IntakeDone] = []

    def slow(_request: httpx.Request) -> httpx.Response:
        if not inner:
            inner.append(IntakeDone())
            brazil.clock.advance(minutes=2)
            inner[0] = intake(brazil, client=httpx.Client(transport=httpx.MockTransport(slow)))
        return httpx.Response(200, json=APPROVED)

    outer = intake(brazil, client=httpx.Client(transport=httpx.MockTransport(slow)))
    assert (inner[0].deliveries, outer.deliveries, len(brazil.receipts())) == (1, 1, 1)
    assert brazil.delivery(delivery).attempts == 1
