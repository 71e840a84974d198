"""Khipu: its examples pass and nothing beside them, pesos are whole, and nothing is booked that Khipu does not say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.platforms import IssuedRequest
from domain.receipts import Announced, Ignored, ReceiptFact, RequestExpired
from tests.connectors.platform_proof import (
    REQUEST,
    Folder,
    code_of,
    every_bit_counts,
    every_letter_of_the_secret_counts,
)
from tests.connectors.test_platform_signatures import Vector, refused, verify

HOOK = "https://collect.example/webhooks/khipu/con_1"
KHIPU = Folder("khipu", {"api_key": "key-of-the-tests", "webhook_url": HOOK})
SIGNED_AT = datetime.fromtimestamp(1711965600, UTC)
BODY = (
    rb'{"payment_id":"zfxnocsow6mz","receiver_id":990939,"subject":"TEST_COBRO","amount":"1000.0000",'
    rb'"discount":"0.0000","currency":"CLP","receipt_url":"https:\/\/s3.amazonaws.com\/staging.notifications.khipu.com'
    rb'\/CPKH-1804240956-zfxnocsow6mz.pdf","bank":"DemoBank","bank_id":"Bawdf",'
    rb'"payer_name":"Cobrador de desarrollo #990.939","payer_email":"test@khipu.com",'
    rb'"personal_identifier":"44.444.444-4","bank_account_number":"000000000000444444444",'
    rb'"out_of_date_conciliation":false,"transaction_id":"15f836bd-e8a7-4d12-b2f1-56403012b555",'
    rb'"responsible_user_email":"test@khipu.com","payment_method":"simplified_transfer",'
    rb'"conciliation_date":"2024-04-18T13:56:54.859Z"}'
)
EXAMPLE = Vector(
    "khipu",
    BODY,
    {"x-khipu-signature": "t=1711965600393,s=GYzpjnXlTKQ+BJY7pZJmrM6DZgWMSJdtOr/dleBKTdg="},
    "1a4cbbbeb8bdb7e1d73572b9cc43ce4ce18f79d9",
    proofs=("x-khipu-signature",),
    at=SIGNED_AT,
    tolerance=3 * 24 * 60 * 60,
)
WITH_CODE = Vector(  # the newer edition of the same example, with one field more
    "khipu",
    BODY.replace(b'"responsible', b'"authorizer_operation_code":"AUT-20240418-0001","responsible'),
    {"x-khipu-signature": "t=1711965600393,s=rq08YUGSaWa1D0RAwhMnJTRHMNmY4ToCn2Gd6G9LaDg="},
    EXAMPLE.secret,
    at=SIGNED_AT,
)


@pytest.mark.parametrize("vector", [EXAMPLE, WITH_CODE], ids=["first", "later"])
def test_the_published_examples_are_accepted_and_nothing_beside_them(vector: Vector) -> None:
    every_bit_counts(vector)
    every_letter_of_the_secret_counts(vector)


def test_what_was_signed_more_than_three_days_away_is_refused() -> None:
    for side in (-1, 1):
        verify(EXAMPLE, at=SIGNED_AT + side * timedelta(days=3))
        late = SIGNED_AT + side * timedelta(days=3, seconds=1)
        assert refused(EXAMPLE, at=late) == "signature_expired"
        assert refused(EXAMPLE, at=late, body=BODY + b" ") == "signature_invalid"


@pytest.mark.parametrize(
    "stated", ["", "t=,s=", "s=x,t=1711965600393", "t=1711965600393", "t=999,s=x", "t=" + "1" * 16 + ",s=x", "t=1,s=é"]
)
def test_a_header_of_another_shape_is_refused(stated: str) -> None:
    assert refused(EXAMPLE, headers={"x-khipu-signature": stated}) in {"signature_invalid", "signature_missing"}


@given(st.binary(max_size=200), st.integers(1_000_000, 10**12))
def test_whatever_is_signed_well_is_believed_to_be_khipus(body: bytes, moment: int) -> None:
    signed = hmac.new(EXAMPLE.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {"x-khipu-signature": f"t={moment},s={base64.b64encode(signed).decode()}"}
    verify(EXAMPLE, body=body, headers=headers, at=datetime.fromtimestamp(moment // 1000, UTC))


@given(st.data())
def test_a_garbled_delivery_is_read_or_refused(data: st.DataObject) -> None:
    KHIPU.unreadable(KHIPU.garbled(data))


def test_a_delivery_announces_and_tells_nothing() -> None:
    told = {name: KHIPU.parsed(sample) for name, sample in KHIPU.samples()}
    assert told == {
        "payment_reconciled": (Announced("gqzdy6chjne9", settled=True),),
        "payment_event": (Announced("hqzdy6chjne0", settled=False),),
    }
    assert KHIPU.parsed(BODY) == (Announced("zfxnocsow6mz", settled=True),)


@given(st.integers(1, 10**13))
def test_whole_pesos_are_asked_for_and_read_again(pesos: int) -> None:
    request, document = KHIPU.asked("bank_transfer", Money(pesos, "CLP"))
    assert (request.method, request.url) == ("POST", "https://payment-api.khipu.com/v3/payments")
    assert document["amount"] == pesos
    for stated in (pesos, f"{pesos}.0000"):
        receipt = KHIPU.told(KHIPU.answer("done") | {"amount": stated})[0]
        assert isinstance(receipt, ReceiptFact)
        assert receipt.amount == Money(pesos, "CLP")


def test_a_payment_says_where_to_notify_and_whose_it_is() -> None:
    request, document = KHIPU.asked("bank_transfer", Money(150000, "CLP"))
    assert document["notify_url"] == HOOK
    assert document["notify_api_version"] == "3.0"
    assert document["transaction_id"] == REQUEST
    assert document["expires_date"] == "2026-12-31T03:00:00.000+00:00"
    assert request.headers["x-api-key"] == "key-of-the-tests"
    assert b"key-of-the-tests" not in request.body


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://collect.example/webhooks/khipu/{connection}", True),
        ("https://collect.example:8443/webhooks/khipu/con_01kaz8", True),
        ("http://127.0.0.1:8000/webhooks/khipu/{connection}", True),
        ("http://collect.example/webhooks/khipu/{connection}", False),
        ("https://collect.example/", False),
        ("https://collect.example/webhooks/khipu/{other}", False),
        ("https://collect.example/webhooks/khipu/a?b", False),
    ],
)
def test_the_address_of_the_webhook_is_this_gateways(address: str, *, taken: bool) -> None:
    pattern = next(field.pattern for field in KHIPU.platform.config if field.name == "webhook_url")
    assert pattern is not None
    assert (re.fullmatch(pattern, address) is not None) is taken


def test_what_cannot_be_asked_for_is_refused() -> None:
    assert code_of(lambda: KHIPU.asked("bank_transfer", Money(100, "PEN"))) == "method_currency_mismatch"
    for pesos in (0, -1):
        assert code_of(lambda: KHIPU.asked("bank_transfer", Money(pesos, "CLP"))) == "amount_not_positive"  # noqa: B023


def test_a_payments_page_is_given() -> None:
    answer = {"payment_id": "gqzdy6chjne9", "payment_url": "https://khipu.com/payment/info/gqzdy6chjne9"}
    assert KHIPU.issued(answer) == IssuedRequest("gqzdy6chjne9", None, answer["payment_url"])
    assert code_of(lambda: KHIPU.issued({"payment_id": "gqzdy6chjne9"})) == "body_malformed"


def test_a_payment_tells_what_it_means_and_no_more() -> None:
    kinds = {name: [type(fact) for fact in KHIPU.told(answer)] for name, answer in KHIPU.samples("answers")}
    assert kinds == {
        "done": [ReceiptFact],
        "pending": [Ignored],
        "verifying": [Ignored],
        "rejected": [RequestExpired],
        "paid_elsewhere": [RequestExpired],
    }


def test_a_receipt_names_our_request_and_the_day_in_chile() -> None:
    answer = KHIPU.answer("done") | {"conciliation_date": "2026-11-25T02:59:59.000Z"}
    receipt = KHIPU.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.references == ("gqzdy6chjne9", "preq_sample1")
    assert receipt.value_date == date(2026, 11, 24)
    winter = KHIPU.told(answer | {"conciliation_date": "2026-07-02T03:59:59.000Z"})[0]
    assert isinstance(winter, ReceiptFact)
    assert winter.value_date == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status_detail": "reversed"}, "reversal_untold"),
        ({"status_detail": "partially-refunded"}, "status_unknown"),
        ({"currency": "PEN"}, "body_malformed"),
        ({"discount": "0.01"}, "amount_too_precise"),
        ({"discount": "100.0000"}, "body_malformed"),
        ({"amount": "1000.5000"}, "amount_too_precise"),
        ({"conciliation_date": "2026-11-24T15:56:54"}, "body_malformed"),
    ],
)
def test_what_khipu_does_not_settle_is_for_a_person(change: dict[str, Any], code: str) -> None:
    assert code_of(lambda: KHIPU.told(KHIPU.answer("done") | change)) == code


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()), st.sampled_from(["status", "detail"]))
def test_an_unknown_status_is_never_guessed_at(status: Any, which: str) -> None:
    name = "status" if which == "status" else "status_detail"
    known = {"pending", "verifying", "done", "normal", "reversed"}
    if status not in known:
        assert code_of(lambda: KHIPU.told(KHIPU.answer("done") | {name: status})) == "status_unknown"


def test_what_is_told_later_of_the_same_payment_is_another_delivery() -> None:
    hooks = KHIPU.platform.webhooks
    assert hooks is not None
    told = next(sample for _, sample in KHIPU.samples() if sample.get("conciliation_date"))
    first, later = (json.dumps(told | {"status_detail": end}).encode() for end in ("normal", "reversed"))
    assert hooks.delivery_id(first) == hooks.delivery_id(first)
    assert hooks.delivery_id(first) != hooks.delivery_id(later)
