"""Stripe against a running localstripe: what a page asks for is paid, told, proved and read."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.platforms.stripe import PLATFORM
from connectors.transport import Transport
from domain.errors import Refused, Unauthenticated
from domain.money import Money
from domain.platforms import HttpRequest, PaymentRequestOrder, RefundOrder
from domain.receipts import ReceiptFact, ReversalFact
from tests.peers.localstripe import API_KEY, localstripe, open_page, pay, register_webhook

pytestmark = pytest.mark.servers

SECRET = "whsec_test_localstripe"
REQUEST_ID = "req_01kaz8sample00000000000009"


@pytest.fixture(scope="module")
def stripe_server() -> Iterator[str]:
    with localstripe() as base_url:
        yield base_url


@pytest.fixture
def transport() -> Iterator[Transport]:
    with httpx.Client() as client:
        yield Transport(client, structlog.get_logger(), allow_private=True)


def order(amount: Money) -> PaymentRequestOrder:
    return PaymentRequestOrder(
        request_id=REQUEST_ID,
        reference="01kaz8sample00000000000009",
        amount=amount,
        description="Instalment 11",
        payer_name="Maria Souza",
        payer_document=None,
        payer_email=None,
        due_date=date(2026, 12, 1),
        expires_at=datetime(2026, 12, 31, tzinfo=UTC),
        rail="card",
    )


def asked(amount: Money) -> HttpRequest:
    assert PLATFORM.payment_requests is not None
    config = {"api_key": API_KEY, "return_url": "https://aurora.example/thank-you"}
    return PLATFORM.payment_requests.build(order(amount), config)


def test_a_payment_asked_for_is_told_signed_and_read(stripe_server: str, httpserver: HTTPServer) -> None:
    import stripe  # noqa: PLC0415 - takes half a second to import

    assert PLATFORM.webhooks is not None
    deliveries: queue.Queue[tuple[bytes, dict[str, str]]] = queue.Queue()

    def keep(request: Request) -> Response:
        deliveries.put((request.get_data(), dict(request.headers)))
        return Response(status=202)

    httpserver.expect_request("/webhooks/stripe/con_1").respond_with_handler(keep)
    register_webhook(stripe_server, url=httpserver.url_for("/webhooks/stripe/con_1"), secret=SECRET)

    intent_id = open_page(stripe_server, asked(Money(123456, "BRL")).body)
    pay(stripe_server, intent_id)

    facts: list[ReceiptFact] = []
    while not facts:
        body, headers = deliveries.get(timeout=15)
        PLATFORM.webhooks.verify(body, headers, (SECRET,), datetime.now(UTC))
        event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
        assert event.id == PLATFORM.webhooks.delivery_id(body)
        facts = [fact for fact in PLATFORM.webhooks.parse(body) if isinstance(fact, ReceiptFact)]

    (fact,) = facts
    assert (fact.external_ref, fact.amount) == (intent_id, Money(123456, "BRL"))
    assert fact.references[:2] == (REQUEST_ID, intent_id)
    assert fact.references[2].startswith("ch_")
    with pytest.raises(Unauthenticated):
        PLATFORM.webhooks.verify(body + b" ", headers, (SECRET,), datetime.now(UTC))
    with pytest.raises(Unauthenticated):
        PLATFORM.webhooks.verify(body, headers, (SECRET,), datetime.now(UTC) + timedelta(minutes=6))


def test_the_official_client_finds_what_we_asked_for(stripe_server: str) -> None:
    import stripe  # noqa: PLC0415 - as above

    intent_id = open_page(stripe_server, asked(Money(5120, "KWD")).body)
    official = stripe.StripeClient(API_KEY, base_addresses={"api": stripe_server}, max_network_retries=0)
    intent = official.v1.payment_intents.retrieve(intent_id)
    assert (intent.amount, intent.currency) == (5120, "kwd")
    assert intent.metadata is not None
    assert intent.metadata.to_dict()["afluente_request"] == REQUEST_ID


def test_a_wrong_key_is_refused(stripe_server: str, transport: Transport) -> None:
    assert PLATFORM.payment_requests is not None
    request = PLATFORM.payment_requests.build(
        replace(order(Money(100, "BRL")), rail="pix"),
        {"api_key": "not_a_key", "base_url": stripe_server, "method": "pix"},
    )
    with pytest.raises(Refused) as refused:
        PLATFORM.payment_requests.read(transport.send(request))
    assert refused.value.code == "platform_credentials_refused"


def test_money_is_given_back_and_told_when_asked(stripe_server: str, transport: Transport) -> None:
    import stripe  # noqa: PLC0415 - as above

    assert PLATFORM.refunds is not None
    assert PLATFORM.status is not None
    config = {"api_key": API_KEY, "base_url": stripe_server}
    intent_id = open_page(stripe_server, asked(Money(123456, "BRL")).body)
    pay(stripe_server, intent_id)
    back = RefundOrder("rfnd_01", intent_id, Money(23456, "BRL"), Money(123456, "BRL"), "overpaid")
    issued = PLATFORM.refunds.read(transport.send(PLATFORM.refunds.build(back, config)))
    assert issued.done

    official = stripe.StripeClient(API_KEY, base_addresses={"api": stripe_server}, max_network_retries=0)
    refund = official.v1.refunds.retrieve(issued.external_ref)
    assert (refund.amount, refund.payment_intent) == (23456, intent_id)
    (told,) = PLATFORM.status.read(transport.send(PLATFORM.status.build(issued.external_ref, config)))
    assert isinstance(told, ReversalFact)
    assert (told.external_ref, told.original_ref, told.amount) == (issued.external_ref, intent_id, Money(23456, "BRL"))
    receipt, *backs = PLATFORM.status.read(transport.send(PLATFORM.status.build(intent_id, config)))
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.external_ref, receipt.amount) == (intent_id, Money(123456, "BRL"))
    assert backs == [told]
