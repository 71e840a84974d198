"""Asking Stripe: the requests it is sent, equal to the official client's, and the answers it gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.platforms.stripe import PLATFORM, payment_requests
from domain.errors import Invalid, NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import HttpResponse, IssuedRequest, PaymentRequestOrder

CONFIG = {"api_key": "sk_test_12345678", "return_url": "https://aurora.example/thank-you"}


def code_of(excinfo: pytest.ExceptionInfo[Any]) -> str:
    return str(excinfo.value.code)


def order(**changes: Any) -> PaymentRequestOrder:
    values: dict[str, Any] = {
        "request_id": "req_01kaz8sample000000000000001",
        "reference": "01kaz8sample000000000000001",
        "amount": Money(123456, "BRL"),
        "description": "Instalment 11",
        "payer_name": "Maria Souza",
        "payer_document": "39053344705",
        "payer_email": "maria@example.com",
        "due_date": date(2026, 12, 1),
        "expires_at": datetime(2026, 12, 31, 3, 0, tzinfo=UTC),
    }
    return PaymentRequestOrder(**(values | changes))


def form(request_body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request_body.decode(), strict_parsing=True).items()}


def test_a_card_is_asked_for_on_a_page_under_our_id() -> None:
    request = payment_requests.build(order(rail="card"), CONFIG)
    assert (request.method, request.url) == ("POST", "https://api.stripe.com/v1/checkout/sessions")
    assert request.headers["Idempotency-Key"] == "req_01kaz8sample000000000000001"
    assert request.headers["Authorization"] == "Bearer sk_test_12345678"
    assert form(request.body) == {
        "mode": "payment",
        "payment_method_types[0]": "card",
        "line_items[0][price_data][currency]": "brl",
        "line_items[0][price_data][unit_amount]": "123456",
        "line_items[0][price_data][product_data][name]": "Instalment 11",
        "line_items[0][quantity]": "1",
        "client_reference_id": "req_01kaz8sample000000000000001",
        "metadata[afluente_request]": "req_01kaz8sample000000000000001",
        "metadata[afluente_reference]": "01kaz8sample000000000000001",
        "payment_intent_data[metadata][afluente_request]": "req_01kaz8sample000000000000001",
        "payment_intent_data[metadata][afluente_reference]": "01kaz8sample000000000000001",
        "success_url": "https://aurora.example/thank-you",
        "cancel_url": "https://aurora.example/thank-you",
    }


@pytest.mark.parametrize(
    ("rail", "method", "path"),
    [
        ("card", "", "checkout/sessions"),
        ("card", "pix", "checkout/sessions"),
        ("", "", "checkout/sessions"),
        ("pix", "", "checkout/sessions"),
        ("pix", "pix", "payment_intents"),
        ("", "pix", "payment_intents"),
        ("boleto", "pix", "checkout/sessions"),
        ("boleto", "", "checkout/sessions"),
    ],
)
def test_a_card_or_no_method_means_a_page_and_a_method_means_a_code(rail: str, method: str, path: str) -> None:
    request = payment_requests.build(order(rail=rail), CONFIG | {"method": method})
    assert request.url == f"https://api.stripe.com/v1/{path}"


def test_a_page_without_a_rail_leaves_the_choice_of_method_to_the_account() -> None:
    assert "payment_method_types[0]" not in form(payment_requests.build(order(), CONFIG).body)


@pytest.mark.parametrize(
    ("amount", "unit_amount"),
    [
        (Money(123456, "JPY"), "123456"),
        (Money(5120, "KWD"), "5120"),
        (Money(500, "ISK"), "50000"),
        (Money(12300, "MGA"), "123"),
    ],
)
def test_a_page_states_the_amount_in_stripes_own_minor_units(amount: Money, unit_amount: str) -> None:
    fields = form(payment_requests.build(order(rail="card", amount=amount), CONFIG).body)
    assert fields["line_items[0][price_data][unit_amount]"] == unit_amount


def test_a_page_asked_for_again_later_is_the_same_request() -> None:
    later = datetime(2027, 1, 31, tzinfo=UTC)
    assert payment_requests.build(order(expires_at=later), CONFIG) == payment_requests.build(order(), CONFIG)


def test_a_page_needs_an_address_to_return_to() -> None:
    with pytest.raises(Invalid) as refused:
        payment_requests.build(order(rail="card"), {"api_key": "sk_test_12345678"})
    assert code_of(refused) == "return_url_missing"


def test_the_pinned_api_version_is_the_official_clients() -> None:
    import stripe  # noqa: PLC0415 - takes half a second to import

    assert stripe.api_version == payment_requests.API_VERSION


def sent_by_the_official_client(ask: Callable[[Any], object]) -> tuple[str, str, Any, bytes]:
    """Method, address, headers and body that the official client sends when ``ask`` is done with it."""
    import stripe  # noqa: PLC0415 - takes half a second to import
    from stripe._http_client import HTTPClient  # noqa: PLC0415

    sent: list[tuple[str, str, Any, bytes]] = []

    class Recorder(HTTPClient):
        name = "recorder"

        def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_further: Any) -> Any:
            sent.append((method.upper(), url, headers, post_data.encode()))
            return '{"id":"x_1","object":"payment_intent"}', 200, {}

    ask(stripe.StripeClient("sk_test_12345678", http_client=Recorder()).v1)
    return sent[0]


OUR_NAMES = {
    "afluente_request": "req_01kaz8sample000000000000001",
    "afluente_reference": "01kaz8sample000000000000001",
}
PAGE = {
    "mode": "payment",
    "payment_method_types": ["card"],
    "line_items": [
        {
            "price_data": {
                "currency": "brl",
                "unit_amount": 123456,
                "product_data": {"name": "Parcela nº 11 [cartão] & juros"},
            },
            "quantity": 1,
        }
    ],
    "client_reference_id": "req_01kaz8sample000000000000001",
    "metadata": OUR_NAMES,
    "payment_intent_data": {"metadata": OUR_NAMES},
    "success_url": "https://aurora.example/thank-you",
    "cancel_url": "https://aurora.example/thank-you",
}
PIX = {
    "amount": 123456,
    "currency": "brl",
    "metadata": OUR_NAMES,
    "confirm": True,
    "payment_method_types": ["pix"],
    "payment_method_data": {
        "type": "pix",
        "billing_details": {"name": "Maria Souza", "email": "maria@example.com"},
    },
    "payment_method_options": {"pix": {"expires_at": 1797292800}},
}


@pytest.mark.parametrize(
    ("ask", "rail", "method"),
    [
        (lambda v1, once: v1.checkout.sessions.create(PAGE, once), "card", ""),
        (lambda v1, once: v1.payment_intents.create(PIX, once), "pix", "pix"),
    ],
    ids=["page", "pix"],
)
def test_the_official_client_sends_the_same_bytes(ask: Callable[[Any, Any], object], rail: str, method: str) -> None:
    once = {"idempotency_key": "req_01kaz8sample000000000000001"}
    sent, url, headers, body = sent_by_the_official_client(lambda v1: ask(v1, once))
    asked = order(rail=rail, description="Parcela nº 11 [cartão] & juros")
    ours = payment_requests.build(asked, CONFIG | {"method": method})
    assert (sent, url, body) == (ours.method, ours.url, ours.body)
    for name in ("Authorization", "Idempotency-Key", "Stripe-Version", "Content-Type"):
        assert headers[name] == ours.headers[name]


def test_a_query_is_the_same_request_under_the_same_key() -> None:
    assert payment_requests.query(order(), CONFIG) == payment_requests.build(order(), CONFIG)


def test_another_address_of_the_api_is_used_when_set() -> None:
    request = payment_requests.build(order(), CONFIG | {"base_url": "http://127.0.0.1:8420"})
    assert request.url == "http://127.0.0.1:8420/v1/checkout/sessions"


def test_a_request_does_not_show_its_secrets() -> None:
    shown = repr(payment_requests.build(order(), CONFIG | {"method": "pix"}))
    assert "sk_test" not in shown
    assert "Maria" not in shown


def test_pix_is_confirmed_at_once_with_its_expiry() -> None:
    fields = form(payment_requests.build(order(), CONFIG | {"method": "pix"}).body)
    assert fields["confirm"] == "true"
    assert fields["payment_method_types[0]"] == fields["payment_method_data[type]"] == "pix"
    assert fields["payment_method_options[pix][expires_at]"] == "1797292800"


@pytest.mark.parametrize(
    ("changes", "method", "code"),
    [
        ({"amount": Money(100, "THB")}, "pix", "method_currency_mismatch"),
        ({"amount": Money(100, "BRL")}, "sepa", "method_currency_mismatch"),
        ({"amount": Money(100, "THB"), "payer_email": None}, "promptpay", "payer_email_missing"),
        ({"amount": Money(100, "MXN"), "payer_email": None}, "oxxo", "payer_email_missing"),
        ({"amount": Money(100, "BRL")}, "paynow", "method_currency_mismatch"),
        ({"amount": Money(100, "MXN"), "rail": "boleto"}, "", "method_currency_mismatch"),
        ({"amount": Money(100, "BRL"), "rail": "oxxo"}, "", "method_currency_mismatch"),
        ({"amount": Money(0, "BRL")}, "", "amount_not_positive"),
        ({"amount": Money(-1, "BRL")}, "", "amount_not_positive"),
        ({"request_id": ""}, "", "request_id_invalid"),
    ],
)
def test_what_stripe_cannot_take_is_refused_before_it_is_sent(changes: dict[str, Any], method: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        payment_requests.build(order(**changes), CONFIG | {"method": method})
    assert code_of(refused) == code


def answer(status: int, document: Any) -> HttpResponse:
    return HttpResponse(status, {"request-id": "req_stripe_1"}, json.dumps(document).encode())


PIX_ANSWER = {
    "id": "pi_1",
    "object": "payment_intent",
    "status": "requires_action",
    "amount": 123456,
    "currency": "brl",
    "next_action": {
        "type": "pix_display_qr_code",
        "pix_display_qr_code": {
            "data": "00020101021226",
            "expires_at": 1798700400,
            "hosted_instructions_url": "https://payments.stripe.com/qr/instructions/x",
            "image_url_png": "https://qr.stripe.com/x.png",
            "image_url_svg": "https://qr.stripe.com/x.svg",
        },
    },
}


def test_an_answer_gives_the_code_and_the_page() -> None:
    issued = payment_requests.read(answer(200, PIX_ANSWER))
    assert (issued.external_ref, issued.payload, issued.url) == (
        "pi_1",
        "00020101021226",
        "https://payments.stripe.com/qr/instructions/x",
    )


@pytest.mark.parametrize(("method", "currency"), [("paynow", "SGD"), ("oxxo", "MXN"), ("promptpay", "THB")])
def test_each_method_takes_its_own_currency(method: str, currency: str) -> None:
    for rail in ("", method):
        body = payment_requests.build(
            order(amount=Money(15_050, currency), rail=rail), CONFIG | {"method": method}
        ).body
        fields = form(body)
        assert (fields["amount"], fields["currency"]) == ("15050", currency.lower())
        assert fields["payment_method_types[0]"] == fields["payment_method_data[type]"] == method


def test_a_page_may_be_of_one_method_alone() -> None:
    for rail, currency in (("boleto", "BRL"), ("oxxo", "MXN"), ("paynow", "SGD")):
        fields = form(payment_requests.build(order(amount=Money(15_050, currency), rail=rail), CONFIG).body)
        assert fields["payment_method_types[0]"] == rail


def test_a_voucher_gives_a_number_to_read_out_and_says_until_when() -> None:
    shown = {
        "expires_after": 1798700400,
        "hosted_voucher_url": "https://payments.stripe.com/oxxo/voucher/x",
        "number": "12345678901234657890123456789012",
    }
    action = {"type": "oxxo_display_details", "oxxo_display_details": shown}
    issued = payment_requests.read(answer(200, PIX_ANSWER | {"next_action": action}))
    assert (issued.payload, issued.url, issued.scannable) == (shown["number"], shown["hosted_voucher_url"], False)
    assert issued.expires_at == datetime.fromtimestamp(1798700400, UTC)
    assert payment_requests.read(answer(200, PIX_ANSWER)).scannable


def test_the_official_clients_object_says_the_same() -> None:
    import stripe  # noqa: PLC0415 - takes half a second to import

    intent = stripe.PaymentIntent.construct_from(PIX_ANSWER, "sk_test_x")
    issued = payment_requests.read(answer(200, PIX_ANSWER))
    assert intent.next_action is not None
    shown = intent.next_action.pix_display_qr_code
    assert shown is not None
    assert (intent.id, shown.data, shown.hosted_instructions_url) == (issued.external_ref, issued.payload, issued.url)


PAGE_ANSWER = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "status": "open",
    "payment_status": "unpaid",
    "payment_intent": None,
    "expires_at": 1796180400,
    "url": "https://checkout.stripe.com/c/pay/cs_test_1",
}


def test_an_answer_gives_the_page_and_until_when_it_takes_money() -> None:
    assert payment_requests.read(answer(200, PAGE_ANSWER)) == IssuedRequest(
        external_ref="cs_test_1",
        payload=None,
        url="https://checkout.stripe.com/c/pay/cs_test_1",
        expires_at=datetime(2026, 12, 2, 3, 0, tzinfo=UTC),
    )


def test_the_official_clients_page_says_the_same() -> None:
    import stripe  # noqa: PLC0415 - takes half a second to import

    session = stripe.checkout.Session.construct_from(PAGE_ANSWER, "sk_test_x")
    issued = payment_requests.read(answer(200, PAGE_ANSWER))
    assert issued.expires_at is not None
    assert (session.id, session.url, session.expires_at) == (
        issued.external_ref,
        issued.url,
        issued.expires_at.timestamp(),
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "expired", "url": None}, "request_expired"),
        ({"status": "teleported"}, "status_unknown"),
        ({"id": None}, "body_malformed"),
        ({"expires_at": None}, "body_malformed"),
        ({"expires_at": 10**18}, "body_malformed"),
    ],
)
def test_a_page_that_cannot_be_paid_on_is_not_issued(changes: dict[str, Any], code: str) -> None:
    with pytest.raises((Refused, Invalid)) as refused:
        payment_requests.read(answer(200, PAGE_ANSWER | changes))
    assert code_of(refused) == code


def test_a_page_that_was_paid_on_has_no_address_any_more() -> None:
    issued = payment_requests.read(answer(200, PAGE_ANSWER | {"status": "complete", "url": None}))
    assert (issued.external_ref, issued.payload, issued.url) == ("cs_test_1", None, None)


def test_an_intent_that_waits_for_a_choice_has_no_code() -> None:
    issued = payment_requests.read(answer(200, {"id": "pi_1", "status": "requires_payment_method"}))
    assert (issued.external_ref, issued.payload, issued.url) == ("pi_1", None, None)


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, {"type": "invalid_request_error", "param": "currency"}, Refused, "platform_refused"),
        (400, {"type": "idempotency_error"}, Refused, "platform_refused"),
        (401, {}, Refused, "platform_credentials_refused"),
        (402, {"type": "card_error", "decline_code": "insufficient_funds"}, Refused, "platform_refused"),
        (404, {}, NotFound, "request_unknown"),
        (409, {"code": "idempotency_key_in_use"}, Unavailable, "platform_busy"),
        (429, {"code": "rate_limit"}, Unavailable, "platform_busy"),
        (500, {}, Unavailable, "platform_failed"),
    ],
)
def test_an_error_answer_is_told_by_code(status: int, error: dict[str, str], kind: type, code: str) -> None:
    with pytest.raises(kind) as refused:
        payment_requests.read(answer(status, {"error": error}))
    assert code_of(refused) == code


@pytest.mark.parametrize(("status", "ambiguous"), [(429, False), (500, True), (503, True)])
def test_an_error_answer_says_whether_stripe_may_have_acted(status: int, ambiguous: bool) -> None:  # noqa: FBT001 - a table
    with pytest.raises(Unavailable) as refused:
        payment_requests.read(HttpResponse(status, {}, b"<html>"))
    assert refused.value.details["ambiguous"] is ambiguous


def test_an_error_answer_repeats_no_sentence_of_stripes() -> None:
    error = {"type": "card_error", "message": "Maria Souza's card was declined", "decline_code": "do_not_honor"}
    with pytest.raises(Refused) as refused:
        payment_requests.read(answer(402, {"error": error}))
    assert "Maria" not in json.dumps(refused.value.as_dict())
    assert refused.value.details["platform_decline_code"] == "do_not_honor"


@pytest.mark.parametrize(("status", "code"), [("canceled", "request_cancelled"), ("teleported", "status_unknown")])
def test_an_intent_that_cannot_be_paid_is_not_issued(status: str, code: str) -> None:
    with pytest.raises((Refused, Invalid)) as refused:
        payment_requests.read(answer(200, {"id": "pi_1", "status": status}))
    assert code_of(refused) == code


def test_the_manifest_offers_what_it_does() -> None:
    assert PLATFORM.payment_requests is not None
    assert PLATFORM.webhooks is not None
    assert PLATFORM.statements is None
