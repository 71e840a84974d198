"""What platforms are asked, and what their answers give: amounts exact, names safe, unknown words refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import platforms
from domain.errors import NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import (
    IssuedRefund,
    IssuedRequest,
)
from domain.receipts import ContestFact, ContestPhase, Ignored, ReceiptFact, RequestExpired, ReversalFact
from tests.connectors.platform_proof import REQUEST, Folders, code_of, order

CONFIG: Mapping[str, str] = {
    "api_key": "key-of-the-tests",
    "channel_code": "BRI_VIRTUAL_ACCOUNT",
    "return_url": "https://aurora.example/thank-you",
    "bank": "bri",
}
AT = Folders(CONFIG)
WHOLE_FOLDERS = ("mercadopago", "xendit", "paymongo", "midtrans", "omise", "openpix")


ASKED = [
    ("mercadopago", "pix", Money(123456, "BRL"), "/v1/payments", ("transaction_amount",), Decimal("1234.56")),
    ("mercadopago", "card", Money(150000, "CLP"), "/checkout/preferences", ("items", 0, "unit_price"), 150000),
    ("mercadopago", "card", Money(1, "COP"), "/checkout/preferences", ("items", 0, "unit_price"), Decimal("0.01")),
    ("xendit", "virtual_account", Money(150000000, "IDR"), "/v3/payment_requests", ("request_amount",), 1500000),
    ("xendit", "virtual_account", Money(1500000, "VND"), "/v3/payment_requests", ("request_amount",), 1500000),
    ("xendit", "qrph", Money(150050, "PHP"), "/v3/payment_requests", ("request_amount",), Decimal("1500.50")),
    ("paymongo", "qrph", Money(150050, "PHP"), "/v1/links", ("data", "attributes", "amount"), 150050),
    ("midtrans", "qris", Money(150000000, "IDR"), "/v2/charge", ("transaction_details", "gross_amount"), 1500000),
    ("omise", "promptpay", Money(150050, "THB"), "/charges", ("amount",), 150050),
    ("omise", "card", Money(1500, "JPY"), "/links", ("amount",), 1500),
    ("openpix", "pix", Money(123456, "BRL"), "/api/v1/charge?return_existing=true", ("value",), 123456),
]


@pytest.mark.parametrize(("platform", "rail", "amount", "path", "place", "stated"), ASKED)
def test_an_amount_is_asked_for_exactly(
    platform: str, rail: str, amount: Money, path: str, place: tuple[Any, ...], stated: Any
) -> None:
    request, document = AT[platform].asked(rail, amount)
    assert request.method == "POST"
    assert request.url.endswith(path)
    assert "key-of-the-tests" not in request.url
    value: Any = document
    for step in place:
        value = value[step]
    assert value == stated
    assert REQUEST in request.body.decode() or REQUEST in request.headers.values()


@pytest.mark.parametrize(("platform", "rail", "amount"), [one[:3] for one in ASKED])
def test_nothing_and_less_is_not_asked_for(platform: str, rail: str, amount: Money) -> None:
    for minor in (0, -1):
        assert code_of(lambda: AT[platform].asked(rail, Money(minor, amount.currency))) == "amount_not_positive"  # noqa: B023


@pytest.mark.parametrize(
    ("platform", "rail", "currency"),
    [
        ("mercadopago", "pix", "ARS"),
        ("xendit", "qris", "PHP"),
        ("xendit", "virtual_account", "BRL"),
        ("paymongo", "card", "USD"),
        ("midtrans", "qris", "PHP"),
        ("omise", "promptpay", "SGD"),
        ("omise", "card", "KWD"),
        ("openpix", "pix", "USD"),
    ],
)
def test_a_currency_that_a_method_does_not_take_is_refused(platform: str, rail: str, currency: str) -> None:
    assert code_of(lambda: AT[platform].asked(rail, Money(100000, currency))) == "method_currency_mismatch"


@given(st.integers(1, 10**13))
def test_midtrans_is_asked_for_whole_rupiah_or_not_at_all(minor: int) -> None:
    if minor % 100:
        assert code_of(lambda: AT["midtrans"].asked("qris", Money(minor, "IDR"))) == "amount_too_precise"
    else:
        assert (
            AT["midtrans"].asked("qris", Money(minor, "IDR"))[1]["transaction_details"]["gross_amount"] == minor // 100
        )


@given(st.integers(1, 10**13), st.sampled_from(["BRL", "CLP", "MXN", "PEN", "UYU"]))
def test_mercado_pago_is_asked_for_what_is_read_again(minor: int, currency: str) -> None:
    stated = AT["mercadopago"].asked("card", Money(minor, currency))[1]["items"][0]["unit_price"]
    assert Money.parse(stated, currency) == Money(minor, currency)


def test_what_a_method_needs_is_asked_for_first() -> None:
    assert code_of(lambda: AT["mercadopago"].asked("pix", Money(1, "BRL"), payer_email=None)) == "payer_email_missing"
    bare = {"api_key": "key-of-the-tests"}
    for platform, rail, currency, code in (
        ("xendit", "virtual_account", "IDR", "channel_missing"),
        ("midtrans", "virtual_account", "IDR", "bank_missing"),
    ):
        asking = platforms()[platform].payment_requests
        assert asking is not None
        needed = order(rail, Money(150000, currency))
        assert code_of(lambda: asking.build(needed, bare)) == code  # noqa: B023


ISSUED = [
    (
        "mercadopago",
        {
            "id": 123456,
            "status": "pending",
            "date_of_expiration": "2026-12-30T22:00:00.000-04:00",
            "point_of_interaction": {"transaction_data": {"qr_code": "0002", "ticket_url": "https://mp.example/t"}},
        },
        IssuedRequest("123456", "0002", "https://mp.example/t", datetime.fromisoformat("2026-12-31T02:00:00+00:00")),
    ),
    (
        "mercadopago",
        {"id": "pref-1", "init_point": "https://mp.example/p"},
        IssuedRequest("pref-1", None, "https://mp.example/p"),
    ),
    (
        "xendit",
        {
            "payment_request_id": "pr-1",
            "status": "REQUIRES_ACTION",
            "actions": [{"type": "PRESENT_TO_CUSTOMER", "descriptor": "VIRTUAL_ACCOUNT_NUMBER", "value": "8860"}],
        },
        IssuedRequest("pr-1", "8860", None, scannable=False),
    ),
    (
        "paymongo",
        {
            "data": {
                "id": "link_1",
                "type": "link",
                "attributes": {"status": "unpaid", "reference_number": "3Q8uSuj", "checkout_url": "https://pm.link/x"},
            }
        },
        IssuedRequest("3Q8uSuj", None, "https://pm.link/x"),
    ),
    (
        "midtrans",
        {
            "status_code": "201",
            "order_id": REQUEST,
            "transaction_status": "pending",
            "va_numbers": [{"bank": "bri", "va_number": "8860"}],
            "expiry_time": "2026-11-25 10:00:00",
        },
        IssuedRequest(REQUEST, "8860", None, datetime.fromisoformat("2026-11-25T10:00:00+07:00"), scannable=False),
    ),
    (
        "midtrans",
        {
            "status_code": "201",
            "order_id": REQUEST,
            "transaction_status": "pending",
            "qr_string": "0002",
            "actions": [{"name": "generate-qr-code", "method": "GET", "url": "https://mt.example/qr"}],
        },
        IssuedRequest(REQUEST, "0002", "https://mt.example/qr"),
    ),
    (
        "omise",
        {"object": "link", "id": "link_test_1", "payment_uri": "https://link.omise.co/1"},
        IssuedRequest("link_test_1", None, "https://link.omise.co/1"),
    ),
    (
        "openpix",
        {"charge": {"status": "ACTIVE", "correlationID": REQUEST, "brCode": "0002", "paymentLinkUrl": "https://p.ex"}},
        IssuedRequest(REQUEST, "0002", "https://p.ex"),
    ),
]


@pytest.mark.parametrize(("platform", "body", "expected"), ISSUED)
def test_an_answer_gives_the_debtor_something(platform: str, body: Any, expected: IssuedRequest) -> None:
    assert AT[platform].issued(body) == expected


@pytest.mark.parametrize(("platform", "body"), [one[:2] for one in ISSUED])
def test_a_refusal_gives_nothing(platform: str, body: Any) -> None:
    for status, kind in ((400, Refused), (401, Refused), (404, NotFound), (429, Unavailable), (503, Unavailable)):
        with pytest.raises(kind) as refusal:
            AT[platform].issued(body, status)
        ambiguous = refusal.value.details.get("ambiguous")
        assert ambiguous is ({429: False, 503: True}.get(status))


def test_omise_shows_the_picture_of_a_promptpay_code() -> None:
    charge = AT["omise"].answer("charge_pending")
    given = AT["omise"].issued(charge)
    assert given.url == charge["source"]["scannable_code"]["image"]["download_uri"]
    assert (given.external_ref, given.payload) == (charge["id"], None)


@pytest.mark.parametrize(
    ("platform", "body"),
    [
        ("mercadopago", {"id": 1, "status": "cancelled"}),
        ("xendit", {"payment_request_id": "pr-1", "status": "EXPIRED"}),
        ("midtrans", {"status_code": "202", "order_id": REQUEST, "transaction_status": "deny"}),
        ("midtrans", {"status_code": "406", "status_message": "The request could not be completed"}),
        ("midtrans", {"status_code": "200", "order_id": REQUEST, "transaction_status": "pending"}),
        ("omise", {"object": "charge", "id": "chrg_1", "status": "failed"}),
        ("openpix", {"charge": {"status": "EXPIRED", "correlationID": REQUEST}}),
    ],
)
def test_what_cannot_be_paid_any_more_is_not_given(platform: str, body: Any) -> None:
    assert code_of(lambda: AT[platform].issued(body), Refused) in {"request_cancelled", "request_lost"}


def test_midtrans_says_no_in_the_body() -> None:
    """Its HTTP status may be 200 whatever it says."""
    assert code_of(lambda: AT["midtrans"].told({"status_code": "404"}), NotFound) == "request_unknown"
    assert code_of(lambda: AT["midtrans"].told({"status_code": "401"}), Refused) == "platform_credentials_refused"
    assert code_of(lambda: AT["midtrans"].issued({"status_code": "503"}), Unavailable) == "platform_failed"


# What became of it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "name", "kinds"),
    [
        ("mercadopago", "approved", [ReceiptFact]),
        ("mercadopago", "partially_refunded", [ReceiptFact, ReversalFact]),
        ("mercadopago", "charged_back", [ReceiptFact, ContestFact]),
        ("mercadopago", "cancelled", [RequestExpired]),
        ("mercadopago", "pending", [Ignored]),
        ("xendit", "payment", [ReceiptFact]),
        ("xendit", "payment_pending", [Ignored]),
        ("xendit", "refund", [ReversalFact]),
        ("paymongo", "payment", [ReceiptFact, ReversalFact]),
        ("paymongo", "payment_pending", [Ignored]),
        ("paymongo", "refund", [ReversalFact]),
        ("midtrans", "settlement", [ReceiptFact]),
        ("midtrans", "partial_refund", [ReceiptFact, ReversalFact]),
        ("midtrans", "capture", [Ignored]),
        ("midtrans", "pending", [Ignored]),
        ("midtrans", "expire", [RequestExpired]),
        ("omise", "charge", [ReceiptFact]),
        ("omise", "charge_refunded", [ReceiptFact, ReversalFact]),
        ("omise", "charge_disputed", [ReceiptFact, ContestFact]),
        ("omise", "charge_pending", [Ignored]),
        ("omise", "charge_expired", [RequestExpired]),
        ("openpix", "charge", [ReceiptFact]),
        ("openpix", "charge_active", [Ignored]),
        ("openpix", "charge_expired", [RequestExpired]),
    ],
)
def test_a_status_tells_what_it_means_and_no_more(platform: str, name: str, kinds: list[type]) -> None:
    assert [type(fact) for fact in AT[platform].told(AT[platform].answer(name))] == kinds


def with_status(platform: str, document: dict[str, Any], status: Any) -> dict[str, Any]:
    if platform == "paymongo":
        data = document["data"]
        return {"data": {**data, "attributes": {**data["attributes"], "status": status}}}
    if platform == "openpix":
        return {"charge": {**document["charge"], "status": status}}
    return {**document, ("transaction_status" if platform == "midtrans" else "status"): status}


@pytest.mark.parametrize("platform", WHOLE_FOLDERS)
@given(status=st.one_of(st.text(max_size=30), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(platform: str, status: Any) -> None:
    paid = {"mercadopago": "approved", "xendit": "payment", "paymongo": "payment", "midtrans": "settlement"}
    document = with_status(platform, AT[platform].answer(paid.get(platform, "charge")), status)
    known = {"pending", "paid", "failed", "approved", "settlement", "expire", "cancel", "deny", "capture", "refund"}
    if status not in known:
        assert code_of(lambda: AT[platform].told(document)) == "status_unknown"


def test_what_paymongo_keeps_is_the_amount_less_the_net() -> None:
    """Its published examples: a fee of 40 less 1 of withholding tax that it gives back."""
    receipt = AT["paymongo"].told(AT["paymongo"].answer("payment"))[0]
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.amount, receipt.fee) == (Money(150000, "PHP"), Money(3675, "PHP"))


def test_what_omise_keeps_is_told_only_where_it_sums_up() -> None:
    charge = AT["omise"].answer("charge")
    receipt = AT["omise"].told(charge)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.fee == Money(2648, "THB")
    for changed in ({"net": 1}, {"fee": None}, {"funding_currency": "USD"}):
        again = AT["omise"].told(charge | changed)[0]
        assert isinstance(again, ReceiptFact)
        assert again.fee is None


def test_a_dispute_at_omise_is_told_in_its_phases() -> None:
    opened, lost = (
        AT["omise"].told(AT["omise"].answer(name))[1] for name in ("charge_disputed", "charge_dispute_lost")
    )
    assert isinstance(opened, ContestFact)
    assert isinstance(lost, ContestFact)
    assert (opened.phase, lost.phase) == (ContestPhase.OPENED, ContestPhase.LOST)
    assert opened.external_ref == lost.external_ref
    assert opened.at < lost.at


def test_a_list_of_refunds_that_is_cut_short_is_no_answer() -> None:
    charge = AT["omise"].answer("charge_refunded")
    assert code_of(lambda: AT["omise"].told(charge | {"refunds": charge["refunds"] | {"total": 2}})) == "body_malformed"
    order_ = {key: value for key, value in AT["midtrans"].answer("partial_refund").items() if key != "refunds"}
    assert code_of(lambda: AT["midtrans"].told(order_)) == "body_malformed"


def test_a_contest_without_its_day_is_for_a_person() -> None:
    charged_back = AT["midtrans"].answer("settlement") | {"transaction_status": "chargeback"}
    assert code_of(lambda: AT["midtrans"].told(charged_back)) == "contest_untold"
    body = json.dumps({"event": "OPENPIX:DISPUTE_CREATED", "dispute": {"endToEndId": "E1", "value": 100}}).encode()
    assert code_of(lambda: AT["openpix"].parsed(body)) == "contest_untold"


def test_the_day_of_a_payment_is_the_one_where_it_was_paid() -> None:
    payment = AT["paymongo"].answer("payment")
    payment["data"]["attributes"]["paid_at"] = int(datetime(2026, 11, 24, 17, 0, tzinfo=UTC).timestamp())
    late = AT["paymongo"].told(payment)[0]
    assert isinstance(late, ReceiptFact)
    assert late.value_date == date(2026, 11, 25)
    charge = AT["openpix"].answer("charge")
    charge["charge"]["paidAt"] = "2026-11-25T01:00:00.000Z"
    early = AT["openpix"].told(charge)[0]
    assert isinstance(early, ReceiptFact)
    assert early.value_date == date(2026, 11, 24)


# Giving back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "original", "amount", "path", "place", "stated"),
    [
        ("mercadopago", "123456", Money(5050, "BRL"), "/v1/payments/123456/refunds", ("amount",), Decimal("50.50")),
        ("xendit", "py-1", Money(5000000, "IDR"), "/v3/refunds", ("amount",), 50000),
        ("paymongo", "pay_1", Money(150050, "PHP"), "/v1/refunds", ("data", "attributes", "amount"), 150050),
        ("midtrans", REQUEST, Money(5000000, "IDR"), f"/v2/{REQUEST}/refund", ("amount",), 50000),
        ("omise", "chrg_1", Money(1500, "JPY"), "/charges/chrg_1/refunds", ("amount",), 1500),
        ("openpix", REQUEST, Money(5050, "BRL"), f"/api/v1/charge/{REQUEST}/refund", ("value",), 5050),
    ],
)
def test_an_amount_is_given_back_exactly(
    platform: str, original: str, amount: Money, path: str, place: tuple[str, ...], stated: Any
) -> None:
    request, document = AT[platform].refund(original, amount, amount)
    assert (request.method, request.url.endswith(path)) == ("POST", True)
    value: Any = document
    for step in place:
        value = value[step]
    assert value == stated
    assert "rfnd_01sample" in request.body.decode() or "rfnd_01sample" in request.headers.values()
    assert code_of(lambda: AT[platform].refund("../x", amount, amount)) == "reference_malformed"


@pytest.mark.parametrize("platform", ["paymongo", "omise", "openpix"])
def test_a_part_is_not_given_back_where_repeating_it_might_pay_twice(platform: str) -> None:
    original = {"paymongo": "pay_1", "omise": "chrg_1", "openpix": REQUEST}[platform]
    currency = {"paymongo": "PHP", "omise": "THB", "openpix": "BRL"}[platform]
    part, whole = Money(100, currency), Money(101, currency)
    assert code_of(lambda: AT[platform].refund(original, part, whole)) == "refund_partial"


@pytest.mark.parametrize(
    ("platform", "body", "expected"),
    [
        ("mercadopago", {"id": 9, "status": "approved"}, IssuedRefund("9", done=True)),
        ("mercadopago", {"id": 9, "status": "in_process"}, IssuedRefund("9", done=False)),
        ("xendit", {"refund_id": "rfd-1", "status": "PENDING"}, IssuedRefund("rfd-1", done=False)),
        (
            "paymongo",
            {"data": {"id": "ref_1", "attributes": {"status": "succeeded"}}},
            IssuedRefund("ref_1", done=True),
        ),
        (
            "midtrans",
            {"status_code": "200", "transaction_status": "refund", "order_id": "o", "refund_key": "k"},
            IssuedRefund("o:k", done=True),
        ),
        ("omise", {"id": "rfnd_1", "status": "pending"}, IssuedRefund("rfnd_1", done=False)),
        ("openpix", {"refund": {"status": "IN_PROCESSING", "endToEndId": "E1"}}, IssuedRefund("E1", done=False)),
    ],
)
def test_a_refund_is_done_or_on_its_way(platform: str, body: Any, expected: IssuedRefund) -> None:
    assert AT[platform].refunded(body) == expected


@pytest.mark.parametrize(
    ("platform", "body"),
    [
        ("mercadopago", {"id": 9, "status": "rejected"}),
        ("xendit", {"refund_id": "rfd-1", "status": "FAILED"}),
        ("paymongo", {"data": {"id": "ref_1", "attributes": {"status": "failed"}}}),
        ("midtrans", {"status_code": "412", "status_message": "Merchant cannot modify the status"}),
        ("openpix", {"refund": {"status": "REJECTED", "endToEndId": "E1"}}),
    ],
)
def test_a_refund_that_will_not_be_is_refused(platform: str, body: Any) -> None:
    assert code_of(lambda: AT[platform].refunded(body), Refused) in {"refund_rejected", "platform_refused"}
