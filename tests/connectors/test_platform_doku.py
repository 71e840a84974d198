"""DOKU: two schemes of signatures on one address, whole rupiah, statuses that mean money and those that do not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shared import snap
from domain import ids
from domain.errors import Invalid, NotFound, Refused, Unauthenticated
from domain.money import Money
from domain.platforms import HttpResponse, IssuedRequest
from domain.receipts import Ignored, ReceiptFact, RequestExpired
from tests.connectors.platform_proof import Folder, code_of, order

KEY = "SK-of-the-tests"
PATH = "/webhooks/doku/con_1"
MADE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
REQUEST = ids.make("payment_request", milliseconds=int(MADE.timestamp() * 1000), entropy=bytes(10))
NUMBER = REQUEST.replace("_", "")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SETTINGS = {
    "client_id": "MCH-0001-10791114622547",
    "secret_key": KEY,
    "method_types": "VIRTUAL_ACCOUNT_BCA,VIRTUAL_ACCOUNT_BRI",
    "webhook_url": f"https://gateway.example{PATH}",
    "return_url": "https://aurora.example/thank-you",
}
DOKU = Folder("doku", SETTINGS)
SAMPLES = dict(DOKU.samples())
BODY = json.dumps(SAMPLES["paid"]).encode()
SNAP_BODY = json.dumps(SAMPLES["snap_paid"]).encode()
OWN = {
    "Client-Id": SETTINGS["client_id"],
    "Request-Id": "d895fb53-479c-4f77-a76a-ab81b40d77cb",
    "Request-Timestamp": "2020-08-11T08:45:42Z",
    "Request-Target": PATH,
}
SNAP = {
    "X-TIMESTAMP": "2026-11-24T10:05:00+07:00",
    "X-PARTNER-ID": "MCH-0001",
    "Authorization": "Bearer TESTTOKEN",
    "Request-Target": PATH,
}


def lines(headers: dict[str, str], body: bytes) -> str:
    """The documented text, written out here a second time."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return "\n".join([*(f"{name}:{value}" for name, value in headers.items()), f"Digest:{digest}"])


def signed(text: str) -> str:
    return f"HMACSHA256={base64.b64encode(hmac.new(KEY.encode(), text.encode(), hashlib.sha256).digest()).decode()}"


OWN_SIGNED = OWN | {"Signature": signed(lines(OWN, BODY))}
SNAP_SIGNED = SNAP | {
    "X-SIGNATURE": snap.symmetric(
        method="POST", path=PATH, token="TESTTOKEN", body=SNAP_BODY, timestamp=SNAP["X-TIMESTAMP"], secret=KEY
    )
}
BOTH = pytest.mark.parametrize(("body", "headers"), [(BODY, OWN_SIGNED), (SNAP_BODY, SNAP_SIGNED)], ids=["own", "snap"])


def verify(body: bytes, headers: dict[str, str], *secrets: str) -> None:
    hooks = DOKU.platform.webhooks
    assert hooks is not None
    hooks.verify(body, headers, secrets, NOW)


@BOTH
def test_a_notification_is_accepted_also_beside_a_newer_key(body: bytes, headers: dict[str, str]) -> None:
    verify(body, headers, KEY)
    verify(body, {name.lower(): value for name, value in headers.items()}, "renewed-key", KEY)


@BOTH
def test_every_bit_of_the_body_and_the_headers_counts(body: bytes, headers: dict[str, str]) -> None:
    for index in range(len(body)):
        with pytest.raises(Unauthenticated):
            verify(body[:index] + bytes([body[index] ^ 1]) + body[index + 1 :], headers, KEY)
    for name in headers.keys() - {"X-PARTNER-ID"}:  # which SNAP does not sign
        value = headers[name]
        for index in range(len(value)):
            changed = value[:index] + chr(ord(value[index]) ^ 1) + value[index + 1 :]
            if changed.strip():
                with pytest.raises(Unauthenticated):
                    verify(body, headers | {name: changed}, KEY)
        with pytest.raises(Unauthenticated):
            verify(body, {key: text for key, text in headers.items() if key != name}, KEY)


@BOTH
def test_another_key_another_address_or_none_is_refused(body: bytes, headers: dict[str, str]) -> None:
    assert code_of(lambda: verify(body, headers, KEY[:-1] + "S"), Unauthenticated) == "signature_invalid"
    elsewhere = headers | {"Request-Target": "/webhooks/doku/con_2"}
    assert code_of(lambda: verify(body, elsewhere, KEY), Unauthenticated) == "signature_invalid"
    for none in ((), ("",), (" ",)):
        assert code_of(lambda: verify(body, headers, *none), Unauthenticated) == "secret_missing"  # noqa: B023 - now


def test_a_scheme_does_not_prove_for_the_other() -> None:
    crossed = SNAP_SIGNED | {"Signature": SNAP_SIGNED["X-SIGNATURE"]}
    assert code_of(lambda: verify(SNAP_BODY, crossed, KEY), Unauthenticated) == "signature_missing"
    assert code_of(lambda: verify(BODY, OWN, KEY), Unauthenticated) == "signature_missing"


def test_what_was_paid_is_a_receipt_on_jakartas_day() -> None:
    late = SAMPLES["paid"] | {"transaction": {"status": "SUCCESS", "date": "2026-11-23T17:00:00Z"}}
    late["order"] = {"invoice_number": NUMBER, "amount": 1_500_000}
    (fact,) = DOKU.parsed(late)
    assert isinstance(fact, ReceiptFact)
    assert (fact.external_ref, fact.amount) == (NUMBER, Money(150_000_000, "IDR"))
    assert (fact.value_date, fact.references[0]) == (date(2026, 11, 24), REQUEST)
    assert fact.rail == "VIRTUAL_ACCOUNT_BCA"


def test_a_virtual_account_paid_by_snap_is_a_receipt() -> None:
    (fact,) = DOKU.parsed(SAMPLES["snap_paid"])
    assert isinstance(fact, ReceiptFact)
    assert (fact.external_ref, fact.amount) == ("PR-1", Money(150_000_000, "IDR"))
    assert fact.references == ("INV-20210124-0004", "123450000000001")
    assert fact.at == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"paidAmount": {"value": "1500000.00", "currency": "USD"}},
        {"paidAmount": {"value": "0.00", "currency": "IDR"}},
        {"trxDateTime": "2026-11-24T10:05:00"},
        {"trxDateTime": None},
    ],
)
def test_a_snap_payment_that_cannot_be_read_exactly_is_refused(changes: dict[str, Any]) -> None:
    assert code_of(lambda: DOKU.parsed(SAMPLES["snap_paid"] | changes)) == "body_malformed"


@pytest.mark.parametrize("status", ["PENDING", "FAILED", "TIMEOUT", "REDIRECT"])
def test_a_status_that_is_not_the_last_word_moves_no_money(status: str) -> None:
    told = SAMPLES["paid"] | {"transaction": {"status": status, "date": "2021-01-27T03:24:23Z"}}
    assert DOKU.parsed(told) == (Ignored(f"order.{status}"),)


def test_an_order_that_expired_ends_our_request_and_a_refund_is_for_a_person() -> None:
    def told(status: str) -> Any:
        return {"order": {"invoice_number": NUMBER, "amount": 1}, "transaction": {"status": status}}

    assert DOKU.parsed(told("EXPIRED")) == (RequestExpired(REQUEST),)
    assert code_of(lambda: DOKU.parsed(told("REFUNDED"))) == "reversal_untold"


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(status: Any) -> None:
    known = {"PENDING", "SUCCESS", "FAILED", "EXPIRED", "REFUNDED", "TIMEOUT", "REDIRECT"}
    if status not in known:
        told = {"order": {"invoice_number": "A1", "amount": 1}, "transaction": {"status": status}}
        assert code_of(lambda: DOKU.parsed(told)) == "status_unknown"


def asked(amount: Money, rail: str = "virtual_account", **changes: Any) -> Any:
    return DOKU.asked(rail, amount, **({"request_id": REQUEST, "expires_at": MADE + timedelta(days=2)} | changes))


def test_a_page_is_asked_for_and_signed_when_it_is_sent() -> None:
    request, sent = asked(Money(150_000_000, "IDR"))
    assert request.url == "https://api.doku.com/checkout/v1/payment"
    assert (sent["order"]["amount"], sent["order"]["invoice_number"]) == (1_500_000, NUMBER)
    assert sent["payment"] == {
        "payment_due_date": 2880,
        "payment_method_types": ["VIRTUAL_ACCOUNT_BCA", "VIRTUAL_ACCOUNT_BRI"],
    }
    assert sent["additional_info"]["override_notification_url"] == SETTINGS["webhook_url"]
    assert asked(Money(100, "IDR"), "qris")[1]["payment"]["payment_method_types"] == ["QRIS"]
    assert request.seal is not None
    sealed = request.seal(datetime(2020, 8, 11, 15, 45, 42, tzinfo=UTC))
    text = lines(
        {
            "Client-Id": SETTINGS["client_id"],
            "Request-Id": NUMBER,
            "Request-Timestamp": "2020-08-11T15:45:42Z",
            "Request-Target": "/checkout/v1/payment",
        },
        request.body,
    )
    assert sealed == {"Request-Timestamp": "2020-08-11T15:45:42Z", "Signature": signed(text)}
    assert KEY not in request.body.decode()


def test_a_question_has_no_digest() -> None:
    """Source: DOKU's page on the signature of a GET, whose text this is."""
    asking = DOKU.platform.payment_requests
    assert asking is not None
    lookup = asking.query(order("qris", Money(1, "IDR"), request_id=REQUEST), SETTINGS)
    assert lookup.url == f"https://api.doku.com/orders/v1/status/{NUMBER}"
    assert lookup.seal is not None
    made = lookup.seal(NOW)
    text = (
        f"Client-Id:{SETTINGS['client_id']}\nRequest-Id:status-{NUMBER}\n"
        f"Request-Timestamp:2026-11-24T00:00:00Z\nRequest-Target:/orders/v1/status/{NUMBER}"
    )
    assert made["Signature"] == signed(text)


@pytest.mark.parametrize(
    ("amount", "changes", "code"),
    [
        (Money(0, "IDR"), {}, "amount_not_positive"),
        (Money(150, "IDR"), {}, "amount_too_precise"),
        (Money(100, "VND"), {}, "method_currency_mismatch"),
        (Money(100, "IDR"), {"expires_at": MADE + timedelta(seconds=59)}, "expiry_too_soon"),
        (Money(100, "IDR"), {"request_id": "not one of ours"}, "id_malformed"),
    ],
)
def test_what_doku_does_not_take_is_not_asked_for(amount: Money, changes: dict[str, Any], code: str) -> None:
    assert code_of(lambda: asked(amount, **changes)) in {code, "request_id_invalid"}


def test_a_page_is_issued_or_given_up_where_it_is_not_shown_again() -> None:
    made = {"response": {"order": {"invoice_number": NUMBER}, "payment": {"url": "https://sandbox.doku.com/x"}}}
    assert DOKU.issued(made) == IssuedRequest(NUMBER, None, "https://sandbox.doku.com/x")
    assert code_of(lambda: DOKU.issued(DOKU.answer("pending")), Refused) == "request_lost"
    assert code_of(lambda: DOKU.issued({}), Invalid) == "body_malformed"
    assert code_of(lambda: DOKU.issued({}, 404), NotFound) == "request_unknown"


def test_an_order_may_be_asked_about() -> None:
    assert DOKU.told(DOKU.answer("paid")) == DOKU.parsed(SAMPLES["paid"])
    assert DOKU.told(DOKU.answer("pending")) == (Ignored("order.PENDING"),)
    asking = DOKU.platform.status
    assert asking is not None
    assert asking.read(HttpResponse(200, {}, BODY)) == DOKU.parsed(SAMPLES["paid"])


@given(st.data())
def test_whatever_is_sent_meets_coded_errors_only(data: st.DataObject) -> None:
    DOKU.unreadable(DOKU.garbled(data))
