"""Giving money back through Stripe, and asking it what became of a payment: events and answers tell the same."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.platforms.stripe import PLATFORM, refunds, status, webhooks
from domain.errors import Invalid, NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import HttpResponse, IssuedRefund, RefundOrder
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RefundFailed, RequestExpired, ReversalFact
from tests.connectors.platform_proof import Folder, code_of
from tests.connectors.test_stripe_requests import sent_by_the_official_client

STRIPE = Folder("stripe", {"api_key": "sk_test_12345678"})
INTENT = "pi_3SampleBrazil000000000001"


def given_back(amount: Money, original: str = INTENT) -> tuple[str, dict[str, str], Any]:
    request = refunds.build(RefundOrder("rfnd_01", original, amount, amount, "overpaid"), STRIPE.settings)
    form = parse_qs(request.body.decode(), strict_parsing=True)
    return request.url, {name: values[0] for name, values in form.items()}, request.headers


def changed(**changes: Any) -> dict[str, Any]:
    """The answer about a payment, with parts of its charge changed."""
    intent: dict[str, Any] = STRIPE.answer("payment_intent_refunded")
    intent["latest_charge"] |= changes
    return intent


def test_a_part_is_given_back_under_our_name() -> None:
    url, form, headers = given_back(Money(23456, "BRL"))
    assert url == "https://api.stripe.com/v1/refunds"
    assert form == {"payment_intent": INTENT, "amount": "23456", "metadata[afluente_refund]": "rfnd_01"}
    assert (headers["Idempotency-Key"], headers["Authorization"]) == ("rfnd_01", "Bearer sk_test_12345678")
    assert PLATFORM.refunds is not None
    assert PLATFORM.refunds.keyed


def test_the_official_client_gives_back_with_the_same_bytes() -> None:
    fields = {"payment_intent": INTENT, "amount": 23456, "metadata": {"afluente_refund": "rfnd_01"}}
    method, url, headers, body = sent_by_the_official_client(
        lambda v1: v1.refunds.create(fields, {"idempotency_key": "rfnd_01"})
    )
    amount = Money(23456, "BRL")
    ours = refunds.build(RefundOrder("rfnd_01", INTENT, amount, amount, "overpaid"), STRIPE.settings)
    assert (method, url, body) == (ours.method, ours.url, ours.body)
    for name in ("Authorization", "Idempotency-Key", "Stripe-Version", "Content-Type"):
        assert headers[name] == ours.headers[name]


@pytest.mark.parametrize(
    ("amount", "stated"),
    [(Money(5120, "KWD"), "5120"), (Money(1500, "CLP"), "1500"), (Money(5, "UGX"), "500"), (Money(500, "MGA"), "5")],
)
def test_an_amount_is_given_back_in_stripes_own_units(amount: Money, stated: str) -> None:
    assert given_back(amount)[1]["amount"] == stated


def test_what_cannot_be_given_back_is_not_asked_for() -> None:
    assert code_of(lambda: given_back(Money(5121, "KWD"))) == "amount_too_precise"
    assert code_of(lambda: given_back(Money(0, "BRL"))) == "amount_not_positive"
    for other in ("re_1", "../pi_1", "pi_", "pi_1?x", "pi_1\n"):
        assert code_of(lambda: given_back(Money(1, "BRL"), other)) == "reference_malformed"  # noqa: B023


@pytest.mark.parametrize(("stated", "done"), [("succeeded", True), ("pending", False), ("requires_action", False)])
def test_a_refund_is_done_or_on_its_way(stated: str, done: bool) -> None:  # noqa: FBT001 - parametrised
    assert STRIPE.refunded({"id": "re_1", "status": stated}) == IssuedRefund("re_1", done=done)


def test_a_refund_that_will_not_be_is_refused() -> None:
    for stated in ("failed", "canceled"):
        assert code_of(lambda: STRIPE.refunded({"id": "re_1", "status": stated}), Refused) == "refund_rejected"  # noqa: B023
    assert code_of(lambda: STRIPE.refunded({"id": "re_1", "status": "new"})) == "status_unknown"
    over = {"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}}
    assert code_of(lambda: STRIPE.refunded(over, 400), Refused) == "platform_refused"
    assert code_of(lambda: STRIPE.refunded(over, 404), NotFound) == "request_unknown"
    with pytest.raises(Unavailable) as failed:
        STRIPE.refunded(over, 503)
    assert failed.value.details["ambiguous"] is True


def test_an_answer_tells_the_same_money_as_the_events() -> None:
    samples = [json.dumps(sample).encode() for _, sample in STRIPE.samples()]
    told: set[PlatformFact] = {fact for raw in samples for fact in webhooks.parse(raw)}
    answered = STRIPE.told(STRIPE.answer("payment_intent_refunded"))
    assert [type(fact) for fact in answered] == [ReceiptFact, ReversalFact, ReversalFact]
    assert set(answered) <= told
    assert STRIPE.told(STRIPE.answer("refund")) == (answered[1],)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("payment_intent_open", Ignored("payment_intent.requires_action")),
        ("payment_intent_canceled", RequestExpired("pi_3SampleOver00000000000001")),
        (
            "refund_failed",
            RefundFailed(
                "re_3SampleRefund00000000009",
                "pi_3SampleBrazil000000000001",
                "failed",
                ordered_as="rfnd_01kaz8sample00000000000002",
            ),
        ),
    ],
)
def test_what_moved_no_money_is_no_receipt(name: str, expected: PlatformFact) -> None:
    assert STRIPE.told(STRIPE.answer(name)) == (expected,)


@pytest.mark.parametrize("stated", ["pending", "requires_action"])
def test_a_refund_on_its_way_is_waited_for(stated: str) -> None:
    """Else it would be asked for again, under a key that Stripe may have forgotten."""
    refund = STRIPE.answer("refund") | {"status": stated}
    listed = {"data": [refund], "has_more": False}
    assert code_of(lambda: STRIPE.told(changed(refunds=listed)), Unavailable) == "refund_on_its_way"
    assert code_of(lambda: STRIPE.told(refund), Unavailable) == "refund_on_its_way"


def test_an_answer_that_leaves_something_out_is_no_answer() -> None:
    whole = STRIPE.answer("payment_intent_refunded")["latest_charge"]
    for parts in (
        {"refunds": whole["refunds"] | {"has_more": True}},
        {"refunds": None},
        {"balance_transaction": "txn_1"},
    ):
        assert code_of(lambda: STRIPE.told(changed(**parts))) == "body_malformed"  # noqa: B023
    assert code_of(lambda: STRIPE.told(changed(balance_transaction=None)), Unavailable) == "payment_not_booked"
    assert code_of(lambda: STRIPE.told(STRIPE.answer("refund") | {"status": "unheard"})) == "status_unknown"
    assert code_of(lambda: STRIPE.told({"object": "charge", "id": "ch_1"})) == "body_malformed"


def test_a_payment_is_asked_about_with_its_charge_and_refunds() -> None:
    request = status.build(INTENT, STRIPE.settings)
    assert (request.method, request.body) == ("GET", b"")
    assert request.url == (
        f"https://api.stripe.com/v1/payment_intents/{INTENT}"
        "?expand[]=latest_charge.balance_transaction&expand[]=latest_charge.refunds"
    )
    assert status.build("re_1", STRIPE.settings).url == "https://api.stripe.com/v1/refunds/re_1"
    for other in ("ch_1", "cs_test_1", "pi_1/refunds", "re_1?x=1"):
        with pytest.raises(Invalid):
            status.build(other, STRIPE.settings)


def test_a_key_that_may_not_ask_is_told_apart() -> None:
    for http, kind in ((401, Refused), (404, NotFound), (429, Unavailable), (500, Unavailable)):
        with pytest.raises(kind):
            status.read(HttpResponse(http, {}, b"{}"))
