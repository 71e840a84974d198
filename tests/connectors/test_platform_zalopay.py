"""Zalopay: the published callback, an order's name and moment, amounts in whole dong, what is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.zalopay.payment_requests import name_of
from domain import ids
from domain.errors import Invalid, Refused, Unauthenticated, Unavailable
from domain.money import Money
from domain.platforms import IssuedRequest
from domain.receipts import Ignored, ReceiptFact
from tests.connectors.platform_proof import Folder, code_of

KEY = "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz"  # of the public demonstration application 2553
MAC_KEY = "mac-key-of-the-tests"
MADE = datetime(2026, 11, 24, 16, 59, 59, 999000, tzinfo=UTC)  # a millisecond before midnight in Hanoi
REQUEST = ids.make("payment_request", milliseconds=int(MADE.timestamp() * 1000), entropy=bytes(10))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SETTINGS = {
    "app_id": "2553",
    "mac_key": MAC_KEY,
    "webhook_secret": KEY,
    "webhook_url": "https://gateway.example/webhooks/zalopay/con_1",
    "return_url": "https://aurora.example/thank-you",
}
ZALOPAY = Folder("zalopay", SETTINGS)
SAMPLES = dict(ZALOPAY.samples())


def asked(amount: Money, rail: str = "zalopay", **changes: Any) -> Any:
    return ZALOPAY.asked(rail, amount, **({"request_id": REQUEST, "expires_at": MADE + timedelta(days=30)} | changes))


def verify(document: Any, *secrets: str) -> None:
    hooks = ZALOPAY.platform.webhooks
    assert hooks is not None
    hooks.verify(document if isinstance(document, bytes) else json.dumps(document).encode(), {}, secrets, NOW)


def with_data(**changes: Any) -> dict[str, Any]:
    data = json.loads(SAMPLES["published"]["data"]) | changes
    return {"data": json.dumps({name: value for name, value in data.items() if value != "gone"}), "mac": "0", "type": 1}


def test_the_published_callback_verifies_also_beside_a_newer_key() -> None:
    verify(SAMPLES["published"], KEY)
    verify(SAMPLES["published"], "f" * 32, KEY)
    verify(SAMPLES["paid"], KEY)


def test_every_bit_of_the_data_and_its_mac_counts() -> None:
    data, mac = SAMPLES["published"]["data"], SAMPLES["published"]["mac"]
    for index, letter in enumerate(data):
        changed = data[:index] + chr(ord(letter) ^ 1) + data[index + 1 :]
        assert code_of(lambda: verify({"data": changed, "mac": mac}, KEY), Unauthenticated)  # noqa: B023 - called at once
    for index, letter in enumerate(mac):
        changed = mac[:index] + chr(ord(letter) ^ 1) + mac[index + 1 :]
        assert code_of(lambda: verify({"data": data, "mac": changed}, KEY), Unauthenticated)  # noqa: B023 - as above


def test_another_key_or_none_is_refused() -> None:
    assert code_of(lambda: verify(SAMPLES["published"], KEY[:-1] + "y"), Unauthenticated) == "signature_invalid"
    assert code_of(lambda: verify({"data": "{}"}, KEY), Unauthenticated) == "signature_missing"
    for none in ((), ("",), (" ",)):
        assert code_of(lambda: verify(SAMPLES["published"], *none), Unauthenticated) == "secret_missing"  # noqa: B023


def test_what_was_paid_is_a_receipt_on_vietnams_day() -> None:
    name = f"261124_{REQUEST}"
    (fact,) = ZALOPAY.parsed(with_data(app_trans_id=name, server_time=int(MADE.timestamp() * 1000) + 1))
    assert isinstance(fact, ReceiptFact)
    assert (fact.external_ref, fact.amount) == ("200904000000389", Money(10_000, "VND"))
    assert (fact.at.hour, fact.value_date) == (17, date(2026, 11, 25))
    assert fact.references == (REQUEST, name)


def test_what_is_of_no_order_is_ignored_whatever_its_unsigned_type_says() -> None:
    for kind in (1, 2):
        assert ZALOPAY.parsed(with_data(zp_trans_id="gone", amount="gone") | {"type": kind}) == (Ignored("agreement"),)
    (fact,) = ZALOPAY.parsed(SAMPLES["published"] | {"type": 2})
    assert isinstance(fact, ReceiptFact)


def test_an_amount_without_its_number_is_not_passed_over_as_something_else() -> None:
    assert code_of(lambda: ZALOPAY.parsed(with_data(zp_trans_id="gone"))) == "body_malformed"


@pytest.mark.parametrize(("name", "value"), [("amount", 0), ("amount", 1.5), ("amount", "1"), ("server_time", 1599189)])
def test_a_callback_that_cannot_be_read_exactly_is_refused(name: str, value: Any) -> None:
    assert code_of(lambda: ZALOPAY.parsed(with_data(**{name: value}))) == "body_malformed"


def test_an_order_is_named_by_the_day_in_vietnam_and_signed() -> None:
    request, sent = asked(Money(1_500_000, "VND"))
    assert request.url == "https://openapi.zalopay.vn/v2/create"
    assert (sent["app_trans_id"], sent["app_time"]) == (f"261124_{REQUEST}", int(MADE.timestamp() * 1000))
    assert len(sent["app_trans_id"]) <= 40
    text = f"2553|261124_{REQUEST}|{REQUEST}|1500000|{sent['app_time']}|{sent['embed_data']}|[]"
    assert sent["mac"] == hmac.new(MAC_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert sent["expire_duration_seconds"] == 2_592_000
    assert json.loads(sent["embed_data"]) == {"redirecturl": "https://aurora.example/thank-you"}
    assert json.loads(asked(Money(1, "VND"), "vietqr")[1]["embed_data"])["preferred_payment_method"] == ["vietqr"]
    asking = ZALOPAY.platform.payment_requests
    assert asking is not None
    later = ids.make("payment_request", milliseconds=int(MADE.timestamp() * 1000) + 1, entropy=bytes(10))
    assert name_of(later) == f"261125_{later}"


@pytest.mark.parametrize(
    ("amount", "changes", "code"),
    [
        (Money(0, "VND"), {}, "amount_not_positive"),
        (Money(1, "THB"), {}, "method_currency_mismatch"),
        (Money(1, "VND"), {"expires_at": MADE + timedelta(seconds=299)}, "expiry_too_soon"),
        (Money(1, "VND"), {"request_id": "not-one-of-ours"}, "id_malformed"),
    ],
)
def test_what_zalopay_does_not_take_is_not_asked_for(amount: Money, changes: dict[str, Any], code: str) -> None:
    assert code_of(lambda: asked(amount, **changes)) == code


def test_five_minutes_are_enough() -> None:
    assert asked(Money(1, "VND"), expires_at=MADE + timedelta(seconds=300))[1]["expire_duration_seconds"] == 300


def test_an_order_is_issued_or_refused_by_its_code() -> None:
    made = {
        "return_code": 1,
        "zp_trans_token": "AC-token",
        "order_url": "https://qcgateway.zalopay.vn/openinapp?order=x",
        "qr_code": "000201",
    }
    assert ZALOPAY.issued(made) == IssuedRequest("AC-token", "000201", made["order_url"])  # type: ignore[arg-type]
    refused = {"return_code": 2}
    assert code_of(lambda: ZALOPAY.issued(refused | {"sub_return_code": -68}), Refused) == "request_lost"
    assert code_of(lambda: ZALOPAY.issued(refused | {"sub_return_code": -402}), Refused) == (
        "platform_credentials_refused"
    )
    assert code_of(lambda: ZALOPAY.issued(refused | {"sub_return_code": -500}), Unavailable) == "platform_failed"
    assert code_of(lambda: ZALOPAY.issued(refused | {"sub_return_code": -9}), Invalid) == "status_unknown"
    assert code_of(lambda: ZALOPAY.issued({"return_code": 3}), Invalid) == "status_unknown"


@given(st.data())
def test_whatever_is_sent_meets_coded_errors_only(data: st.DataObject) -> None:
    ZALOPAY.unreadable(ZALOPAY.garbled(data))
