"""2C2P: tokens of one algorithm, codes that mean money and codes that do not, amounts in each currency's decimals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.two_c_two_p import payment_requests, tokens
from domain.errors import Invalid, NotFound, Refused, Unauthenticated, Unavailable
from domain.money import Money
from domain.platforms import HttpResponse, IssuedRequest
from domain.receipts import Ignored, ReceiptFact, RequestExpired
from tests.connectors.platform_proof import Folder, code_of, order

KEY = "ECC4E54DBA738857B84A7EBC6B5DC7187B8DA68750E88AB53AAA41F548D6F2D9"  # of the public demonstration account
SETTINGS = {
    "merchant_id": "JT01",
    "secret_key": KEY,
    "webhook_url": "https://gateway.example/webhooks/two_c_two_p/con_1",
    "return_url": "https://aurora.example/thank-you",
}
TWO = Folder("two_c_two_p", SETTINGS)
SAMPLES = dict(TWO.samples())
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RFC_7515 = (  # appendix A.1: a token under HS256 with its key
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC_7515_KEY = base64.urlsafe_b64decode(
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
)


def verify(document: Any, *secrets: str) -> None:
    hooks = TWO.platform.webhooks
    assert hooks is not None
    hooks.verify(document if isinstance(document, bytes) else json.dumps(document).encode(), {}, secrets, NOW)


def token(told: dict[str, Any], key: str = KEY) -> dict[str, str]:
    return {"payload": tokens.signed(told, key)}


def told(**changes: Any) -> dict[str, str]:
    return token(tokens.claims(SAMPLES["paid"]["payload"]) | changes)


def test_the_token_of_rfc_7515_comes_out() -> None:
    assert tokens.signature(RFC_7515, RFC_7515_KEY) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert tokens.claims(f"{RFC_7515}.x")["iss"] == "joe"


def test_a_notification_verifies_also_beside_a_newer_key() -> None:
    verify(SAMPLES["paid"], KEY)
    verify(SAMPLES["paid"], "f" * 64, KEY)
    assert code_of(lambda: verify(SAMPLES["paid"], "f" * 64), Unauthenticated) == "signature_invalid"


def test_every_letter_of_a_notification_and_of_the_key_counts() -> None:
    body = json.dumps(SAMPLES["paid"], separators=(",", ":")).encode()
    for index in range(len(body)):
        with pytest.raises(Unauthenticated):
            verify(body[:index] + bytes([body[index] ^ 1]) + body[index + 1 :], KEY)
    for index, letter in enumerate(KEY):
        other = KEY[:index] + ("A" if letter != "A" else "B") + KEY[index + 1 :]
        assert code_of(lambda: verify(SAMPLES["paid"], other), Unauthenticated)  # noqa: B023 - called at once


@pytest.mark.parametrize("algorithm", ["none", "HS384", "hs256", "RS256", None, ""])
def test_another_algorithm_is_refused_even_where_its_signature_is_right(algorithm: Any) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    text = f"{part({'typ': 'JWT', 'alg': algorithm})}.{part({'respCode': '0000'})}"
    made = base64.urlsafe_b64encode(hmac.new(KEY.encode(), text.encode(), hashlib.sha256).digest()).rstrip(b"=")
    for signature in (made.decode(), ""):
        assert code_of(lambda: verify({"payload": f"{text}.{signature}"}, KEY), Unauthenticated)  # noqa: B023 - as above


def test_the_same_signature_spelt_otherwise_is_refused() -> None:
    """Base64url leaves bits of the last letter unused; they are compared too."""
    text = SAMPLES["paid"]["payload"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = letters[letters.index(text[-1]) ^ 1]
    for spelt in (text[:-1] + twin, f"{text}=", f"{text}.", text.replace(".", "..", 1)):
        assert code_of(lambda: verify({"payload": spelt}, KEY), Unauthenticated)  # noqa: B023 - as above


def test_what_was_paid_is_a_receipt_of_the_stated_day() -> None:
    assert TWO.parsed(SAMPLES["paid"]) == (
        ReceiptFact(
            external_ref="280520075921",
            amount=Money(23_087, "THB"),
            at=datetime(2020, 5, 28, 12, tzinfo=UTC),
            value_date=date(2020, 5, 28),
            references=("280520075921", "2785703"),
        ),
    )


def test_our_request_is_named_whether_or_not_it_is_echoed() -> None:
    request = "req_01kaz8sample0000000000000z"
    number = payment_requests.number_of(order("card", Money(1, "THB"), request_id=request))
    for echo in ({}, {"userDefined1": request}):
        (fact,) = TWO.parsed(told(invoiceNo=number, **echo))
        assert isinstance(fact, ReceiptFact)
        assert (fact.external_ref, fact.references[0]) == (number, request)
    assert TWO.parsed(told(invoiceNo=number, respCode="0003")) == (RequestExpired(request),)


@pytest.mark.parametrize(
    ("stated", "currency", "minor"),
    [(Decimal("125.50000"), "SGD", 12_550), ("1500000", "VND", 1_500_000), (Decimal("0.001"), "KWD", 1)],
)
def test_amounts_are_exact(stated: Any, currency: str, minor: int) -> None:
    (fact,) = TWO.parsed(told(amount=stated, currencyCode=currency))
    assert isinstance(fact, ReceiptFact)
    assert fact.amount == Money(minor, currency)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "1.5", "currencyCode": "VND"}, "amount_too_precise"),
        ({"amount": "0"}, "body_malformed"),
        ({"transactionDateTime": "20201328080508"}, "body_malformed"),
        ({"transactionDateTime": "280520080508"}, "body_malformed"),
        ({"respCode": "4120"}, "reversal_untold"),
        ({"respCode": "4130"}, "contest_untold"),
    ],
)
def test_what_is_not_told_exactly_is_not_booked(changes: dict[str, Any], code: str) -> None:
    assert code_of(lambda: TWO.parsed(told(**changes))) == code


@pytest.mark.parametrize("code", ["0001", "0999", "2001", "4051", "4099", "5002"])
def test_a_try_that_came_to_nothing_moves_no_money(code: str) -> None:
    assert TWO.parsed(told(respCode=code)) == (Ignored(f"order.{code}"),)


@pytest.mark.parametrize("code", ["0002", "4100", "00", "4", "00000", "9015", "OK"])
def test_an_unknown_code_is_never_guessed_at(code: str) -> None:
    assert code_of(lambda: TWO.parsed(told(respCode=code))) == "status_unknown"


def test_a_request_is_a_token_of_exact_decimals() -> None:
    request, sent = TWO.asked("card", Money(125_501, "KWD"))
    text = tokens.split(sent["payload"])
    assert text[1] == tokens.signature(text[0], KEY.encode())
    asked = tokens.claims(sent["payload"])
    assert (asked["amount"], asked["currencyCode"]) == (Decimal("125.501"), "KWD")
    assert (asked["invoiceNo"], asked["userDefined1"]) == ("preq01kaz8sample", "preq_01kaz8sample")
    assert asked["paymentChannel"] == ["CC"]
    assert "paymentChannel" not in tokens.claims(TWO.asked("", Money(1, "THB"))[1]["payload"])
    assert request.url == "https://pgw.2c2p.com/payment/4.3/paymentToken"
    assert KEY not in request.body.decode()
    asking = TWO.platform.payment_requests
    assert asking is not None
    lookup = json.loads(asking.query(order("card", Money(1, "THB")), SETTINGS).body)
    assert tokens.claims(lookup["payload"])["invoiceNo"] == "preq01kaz8sample"
    assert code_of(lambda: TWO.asked("card", Money(0, "THB"))) == "amount_not_positive"
    assert code_of(lambda: TWO.asked("card", Money(1, "THB"), request_id="x" * 51)) == "request_id_invalid"


def test_a_page_lives_half_an_hour_from_the_answers_own_date() -> None:
    page = {"webPaymentUrl": "https://sandbox-pgw-ui.2c2p.com/x", "paymentToken": "kSAops9Z", "respCode": "0000"}
    body = json.dumps(token(page)).encode()
    dated = HttpResponse(200, {"date": "Tue, 24 Nov 2026 10:00:00 GMT"}, body)
    end = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert payment_requests.read(dated) == IssuedRequest("kSAops9Z", None, page["webPaymentUrl"], end)
    for headers in ({}, {"Date": "yesterday"}):
        assert payment_requests.read(HttpResponse(200, headers, body)).expires_at is None


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("0000", Refused, "request_lost"),
        ("0001", Refused, "request_lost"),
        ("9015", Refused, "request_lost"),
        ("2002", NotFound, "request_unknown"),
        ("9042", Refused, "platform_credentials_refused"),
        ("9009", Refused, "platform_refused"),
        ("9994", Unavailable, "platform_failed"),
        ("7777", Invalid, "status_unknown"),
    ],
)
def test_an_answer_without_a_page_says_why(code: str, kind: Any, expected: str) -> None:
    for answer in ({"respCode": code}, token({"respCode": code})):
        assert code_of(lambda: TWO.issued(answer), kind) == expected  # noqa: B023 - called at once


def test_an_order_may_be_asked_about() -> None:
    (fact,) = TWO.told(TWO.answer("settled"))
    assert isinstance(fact, ReceiptFact)
    assert (fact.amount, fact.references[0]) == (Money(12_550, "SGD"), "req_01kaz8sample")
    assert code_of(lambda: TWO.told({"respCode": "2002"}), NotFound) == "request_unknown"


@given(st.data())
def test_whatever_is_sent_meets_coded_errors_only(data: st.DataObject) -> None:
    TWO.unreadable(json.dumps(token(json.loads(TWO.garbled(data)))).encode())
    TWO.unreadable(TWO.garbled(data))
