"""AmwalPay: the published hash, rials to their third decimal, links that reach the creditor's mailbox alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.amwal.payment_requests import secure_hash
from domain.errors import Invalid, Refused, Unavailable
from domain.money import Money
from domain.platforms import IssuedRequest
from tests.connectors.platform_proof import REQUEST, Folder, code_of, order

KEY = "9FFA1F36D6E8A136482DF921E856709226DE5A974DB2673F84DB79DA788F7E19"  # of the published example, as all below
PUBLISHED: dict[str, Any] = {
    "amount": Decimal("0.111"),
    "billerRefNumber": "",
    "currency": 512,
    "emailNotificationValue": "test@amwalpay.com",
    "expireDateTime": "",
    "maxNumberOfPayment": 100,
    "merchantId": 7921,
    "notificationMethod": 1,
    "payerName": "Amr",
    "paymentMethod": 9,
    "paymentViewType": 1,
    "redirectUrl": "",
    "terminalId": 221143,
}
HASH = "764DAF7B2C453BD2AB05411F93B0301734D30B8E70360D15B3D875DBB61D34CD"
SETTINGS = {
    "merchant_id": "7921",
    "terminal_id": "221143",
    "secure_key": KEY,
    "notification_email": "links@aurora.example",
    "return_url": "https://aurora.example/thank-you",
}
AMWAL = Folder("amwal", SETTINGS)
LINK = "https://test.amwalpg.com:8443/pay/8f2c"
MADE = {"success": True, "responseCode": None, "message": "Notification is being sent", "data": LINK, "errorList": None}


def test_the_published_hash_comes_out_whatever_the_order_of_the_fields() -> None:
    assert secure_hash(PUBLISHED, KEY) == HASH
    assert secure_hash(dict(reversed(PUBLISHED.items())), KEY.lower()) == HASH


def test_every_field_and_every_digit_of_the_key_count() -> None:
    for name, value in PUBLISHED.items():
        changed = value + 1 if isinstance(value, int | Decimal) else f"{value}x"
        assert secure_hash(PUBLISHED | {name: changed}, KEY) != HASH
    for index, digit in enumerate(KEY):
        other = KEY[:index] + ("0" if digit != "0" else "1") + KEY[index + 1 :]
        assert secure_hash(PUBLISHED, other) != HASH


def test_a_link_is_asked_for_with_every_field_signed() -> None:
    request, sent = AMWAL.asked("card", Money(12_345, "OMR"))
    assert (request.method, request.url) == ("POST", "https://webhook.amwalpg.com/MerchantOrder/CreatePaymentLink")
    signature = sent.pop("secureHashValue")
    assert signature == secure_hash(sent, KEY)
    assert (sent["amount"], sent["currency"], sent["maxNumberOfPayment"]) == (Decimal("12.345"), 512, 1)
    assert (sent["billerRefNumber"], sent["merchantId"], sent["terminalId"]) == (REQUEST, 7921, 221143)
    assert (sent["redirectUrl"], sent["expireDateTime"]) == ("https://aurora.example/thank-you", "")


def test_no_address_of_the_debtor_goes_to_amwalpay() -> None:
    request, sent = AMWAL.asked("card", Money(12_345, "OMR"), payer_email="maria@example.com")
    assert (sent["emailNotificationValue"], sent["smsNotificationValue"]) == ("links@aurora.example", "")
    assert b"maria@example.com" not in request.body


def test_the_link_that_was_tested_and_the_one_that_counts_differ_by_address_alone() -> None:
    asking = AMWAL.platform.payment_requests
    assert asking is not None
    tested = SETTINGS | {"base_url": AMWAL.platform.sandbox_base_url}
    here, there = (
        asking.build(order("card", Money(100, "OMR")), SETTINGS),
        asking.build(order("card", Money(100, "OMR")), tested),
    )
    assert there.url == "https://test.amwalpg.com:14443/MerchantOrder/CreatePaymentLink"
    assert here.body == there.body
    assert asking.query(order("card", Money(100, "OMR")), SETTINGS) == here


@given(st.integers(min_value=100, max_value=10**15))
def test_an_amount_is_exact_and_signed_as_it_is_written(minor: int) -> None:
    request, sent = AMWAL.asked("card", Money(minor, "OMR"))
    written = request.body.split(b'"amount":')[1].split(b",")[0].decode()
    assert Decimal(written) * 1000 == minor
    assert not ("." in written and written.endswith("0"))
    signature = sent.pop("secureHashValue")
    assert signature == secure_hash(sent | {"amount": written}, KEY)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(0, "OMR"), "amount_not_positive"),
        (Money(-100, "OMR"), "amount_not_positive"),
        (Money(99, "OMR"), "amount_too_small"),
        (Money(12_345, "KWD"), "method_currency_mismatch"),
        (Money(1_000, "SAR"), "method_currency_mismatch"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_it_is_sent(amount: Money, code: str) -> None:
    assert code_of(lambda: AMWAL.asked("card", amount)) == code


def test_the_answer_is_the_link() -> None:
    assert AMWAL.issued(MADE) == IssuedRequest(external_ref=LINK, payload=None, url=LINK)


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"success": False, "data": None, "errorList": ["Invalid payment view type."]}, Refused, "platform_refused"),
        ({"success": False}, Refused, "platform_refused"),
        ({"success": None}, Invalid, "body_malformed"),
        ({"success": "true"}, Invalid, "body_malformed"),
        ({"success": 1}, Invalid, "body_malformed"),
        ({"data": None}, Invalid, "body_malformed"),
        ({"data": ""}, Invalid, "body_malformed"),
        ({"data": "javascript:alert(1)"}, Invalid, "body_malformed"),
    ],
)
def test_an_answer_that_is_no_link_is_an_error(change: dict[str, Any], error: Any, code: str) -> None:
    assert code_of(lambda: AMWAL.issued(MADE | change), error) == code


def test_a_refusal_by_http_is_told_from_a_failure() -> None:
    refusal = {"success": False, "errorList": ["Invalid payment view type."]}
    assert code_of(lambda: AMWAL.issued(refusal, 400), Refused) == "platform_refused"
    assert code_of(lambda: AMWAL.issued({}, 401), Refused) == "platform_credentials_refused"
    assert code_of(lambda: AMWAL.issued({}, 502), Unavailable) == "platform_failed"


def test_what_the_public_pages_do_not_settle_is_not_there() -> None:
    platform = AMWAL.platform
    assert (platform.webhooks, platform.status, platform.refunds) == (None, None, None)
