"""dLocal: its example passes and nothing beside it, requests are signed when sent, amounts are each currency's own."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotFound, Refused, Unauthenticated
from domain.money import Money
from domain.platforms import IssuedRefund, IssuedRequest
from domain.receipts import Announced, Ignored, ReceiptFact, RequestExpired, ReversalFact
from tests.connectors.platform_proof import REFUND, REQUEST, Folder, code_of, order

SETTINGS = {
    "x_login": "1955gdod",
    "x_trans_key": "trans-key-of-the-tests",
    "secret_key": "secretKey123",
    "webhook_url": "https://collect.example/webhooks/dlocal/con_1",
    "return_url": "https://aurora.example/thank-you",
}
DLOCAL = Folder("dlocal", SETTINGS)
PAYMENT = "D-4-be8eda8c-5fe7-49dd-8058-4ddaac00611b"
DATE = "2022-11-24T15:42:57.130Z"
AT = datetime(2022, 11, 24, 15, 42, 57, 130_000, tzinfo=UTC)
EXAMPLE = "98211fe059efc3606b831a1c30a3c6d7448e598b515a15456ae9ebc157314aa2"  # of an empty body
SECRETS = (SETTINGS["x_login"], SETTINGS["secret_key"])
BODY = json.dumps({"id": PAYMENT, "amount": 72.00, "status": "PAID", "status_code": "200"}).encode()


def headers_for(body: bytes, moment: str = DATE, key: str = SETTINGS["secret_key"]) -> dict[str, str]:
    made = hmac.new(key.encode(), f"{SETTINGS['x_login']}{moment}".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Date": moment, "Authorization": f"V2-HMAC-SHA256, Signature: {made}"}


def verify(
    body: bytes = BODY, headers: dict[str, str] | None = None, secrets: tuple[str, ...] = SECRETS, at: datetime = AT
) -> None:
    hooks = DLOCAL.platform.webhooks
    assert hooks is not None
    hooks.verify(body, headers_for(BODY) if headers is None else headers, secrets, at)


def refused(**changes: Any) -> str:
    return code_of(lambda: verify(**changes), Unauthenticated)


def test_the_published_example_is_accepted_and_made() -> None:
    verify(b"", {"x-date": DATE, "authorization": f"V2-HMAC-SHA256, Signature: {EXAMPLE}"})
    query = DLOCAL.platform.status
    assert query is not None
    request = query.build(PAYMENT, SETTINGS)
    assert request.seal is not None
    assert request.seal(AT) == {"X-Date": DATE, "Authorization": f"V2-HMAC-SHA256, Signature: {EXAMPLE}"}


def test_every_bit_of_a_notification_counts() -> None:
    verify()
    for index in range(len(BODY)):
        assert refused(body=BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]) == "signature_invalid"
    told = headers_for(BODY)
    for name, value in told.items():
        for index in range(len(value)):
            flipped = value[:index] + chr(ord(value[index]) ^ 1) + value[index + 1 :]
            assert refused(headers={**told, name: flipped}) == "signature_invalid", (name, index)
        assert refused(headers={key: text for key, text in told.items() if key != name}) == "signature_missing"


def test_every_letter_of_the_login_and_the_key_counts() -> None:
    for place, secret in enumerate(SECRETS):
        for index, letter in enumerate(secret):
            changed = secret[:index] + ("A" if letter != "A" else "B") + secret[index + 1 :]
            assert refused(secrets=(*SECRETS[:place], changed, *SECRETS[place + 1 :])) == "signature_invalid"


def test_a_key_may_be_renewed_but_a_login_alone_proves_nothing() -> None:
    login, key = SECRETS
    verify(secrets=(login, "newer-key", key))
    verify(secrets=(login, key, "older-key"))
    for none in ((), ("",), (login,), (login, " ")):
        assert refused(secrets=none) == "secret_missing"
    assert refused(secrets=(key, login)) == "signature_invalid"


def test_nothing_moves_between_the_time_and_the_body() -> None:
    """The same signed text, cut elsewhere."""
    told = headers_for(b"1" + BODY, DATE)
    assert refused(body=BODY, headers={**told, "X-Date": f"{DATE}1"}) == "signature_invalid"
    assert refused(body=f"{DATE[-1]}1".encode() + BODY, headers={**told, "X-Date": DATE[:-1]}) == "signature_invalid"


def test_what_was_signed_more_than_eight_days_away_is_refused() -> None:
    for side in (-1, 1):
        whole = AT.replace(microsecond=0)
        verify(at=whole + side * timedelta(days=8))
        assert refused(at=whole + side * timedelta(days=8, seconds=1)) == "signature_expired"
    odd = headers_for(BODY, "2022-13-24T15:42:57.130Z")
    assert refused(headers=odd) == "signature_invalid"


@given(st.data())
def test_a_garbled_delivery_is_read_or_refused(data: st.DataObject) -> None:
    DLOCAL.unreadable(DLOCAL.garbled(data))


def test_a_delivery_announces_and_a_chargeback_is_for_a_person() -> None:
    told = {name: DLOCAL.parsed(sample) for name, sample in DLOCAL.samples()}
    assert told == {
        "payment_paid": (Announced(PAYMENT, settled=True),),
        "payment_rejected": (Announced(f"{PAYMENT[:-1]}c"),),
        "refund": (Announced("refunds/REF42342", settled=True),),
    }
    chargeback = {"id": "CHAR42342", "payment_id": PAYMENT, "status": "COMPLETED", "status_code": 200}
    assert code_of(lambda: DLOCAL.parsed(chargeback)) == "contest_untold"


@pytest.mark.parametrize(
    ("currency", "country", "minor", "stated"),
    [
        ("CLP", "CL", 150000, 150000),
        ("COP", "CO", 15000050, Decimal("150000.50")),
        ("MXN", "MX", 1, Decimal("0.01")),
        ("PEN", "PE", 150050, Decimal("1500.50")),
        ("BRL", "BR", 123456, Decimal("1234.56")),
        ("ARS", "AR", 100, 1),
    ],
)
def test_an_amount_is_asked_for_exactly(currency: str, country: str, minor: int, stated: Any) -> None:
    request, document = DLOCAL.asked("card", Money(minor, currency))
    assert (request.method, request.url) == ("POST", "https://api.dlocal.com/payments")
    assert (document["amount"], document["currency"], document["country"]) == (stated, currency, country)
    assert document["order_id"] == REQUEST
    assert document["notification_url"] == SETTINGS["webhook_url"]
    assert b"secretKey123" not in request.body
    assert request.seal is not None
    assert request.seal(AT) == headers_for(request.body)


@given(st.integers(1, 10**13), st.sampled_from(["ARS", "BRL", "CLP", "COP", "MXN", "PEN"]))
def test_what_is_asked_for_is_read_again(minor: int, currency: str) -> None:
    request, document = DLOCAL.asked("card", Money(minor, currency))
    amount = request.body.partition(b'"amount":')[2].partition(b",")[0].decode()
    answer = DLOCAL.answer("paid") | {"amount": 0, "currency": currency, "country": document["country"]}
    raw = json.dumps(answer).replace('"amount": 0', f'"amount": {amount}', 1).encode()
    receipt = DLOCAL.told_raw(raw)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.amount == Money(minor, currency)


def test_what_cannot_be_asked_for_is_refused() -> None:
    money = Money(100, "MXN")
    assert code_of(lambda: DLOCAL.asked("card", Money(100, "USD"))) == "method_currency_mismatch"
    assert code_of(lambda: DLOCAL.asked("card", money, payer_email=None)) == "payer_email_missing"
    assert code_of(lambda: DLOCAL.asked("card", money, payer_document=None)) == "payer_document_missing"
    for minor in (0, -1):
        assert code_of(lambda: DLOCAL.asked("card", Money(minor, "MXN"))) == "amount_not_positive"  # noqa: B023


def test_a_page_is_given_once() -> None:
    pending = DLOCAL.answer("pending") | {"redirect_url": "https://pay.dlocal.com/x"}
    assert DLOCAL.issued(pending) == IssuedRequest(pending["id"], None, "https://pay.dlocal.com/x")
    asking = DLOCAL.platform.payment_requests
    assert asking is not None
    assert asking.query(order("card", Money(100, "MXN")), SETTINGS).url == f"https://api.dlocal.com/orders/{REQUEST}"
    found = {"order_id": REQUEST, "payment_id": PAYMENT, "status": "PENDING", "amount": 1, "currency": "MXN"}
    assert code_of(lambda: DLOCAL.issued(found), Refused) == "request_lost"
    assert code_of(lambda: DLOCAL.issued({"code": 4000}, 404), NotFound) == "request_unknown"
    assert code_of(lambda: DLOCAL.issued(DLOCAL.answer("rejected")), Refused) == "request_cancelled"


def test_an_answer_tells_what_it_means_and_no_more() -> None:
    kinds = {name: [type(fact) for fact in DLOCAL.told(answer)] for name, answer in DLOCAL.samples("answers")}
    assert kinds == {
        "paid": [ReceiptFact],
        "pending": [Ignored],
        "rejected": [RequestExpired],
        "expired": [RequestExpired],
        "refund": [ReversalFact],
        "refund_pending": [Ignored],
    }


def test_days_are_those_of_the_payments_country() -> None:
    receipt = DLOCAL.told(DLOCAL.answer("paid"))[0]
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.value_date, receipt.references) == (date(2026, 11, 24), ("preq_sample1", PAYMENT))
    assert code_of(lambda: DLOCAL.told(DLOCAL.answer("paid") | {"country": "IN"})) == "body_malformed"


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()), st.sampled_from(["paid", "refund"]))
def test_an_unknown_status_is_never_guessed_at(status: Any, name: str) -> None:
    known = {"PENDING", "PAID", "AUTHORIZED", "VERIFIED", "REJECTED", "CANCELLED", "EXPIRED", "SUCCESS"}
    if status not in known:
        assert code_of(lambda: DLOCAL.told(DLOCAL.answer(name) | {"status": status})) == "status_unknown"


def test_a_whole_payment_is_given_back_and_no_part() -> None:
    request, document = DLOCAL.refund(PAYMENT, Money(150000, "CLP"), Money(150000, "CLP"))
    assert (request.method, request.url) == ("POST", "https://api.dlocal.com/refunds")
    assert (document["amount"], document["currency"], document["payment_id"]) == (150000, "CLP", PAYMENT)
    assert document["order_refund_id"] == REFUND
    assert code_of(lambda: DLOCAL.refund(PAYMENT, Money(1, "CLP"), Money(2, "CLP"))) == "refund_partial"
    assert code_of(lambda: DLOCAL.refund("../x", Money(1, "CLP"), Money(1, "CLP"))) == "reference_malformed"


def test_a_refund_is_done_on_its_way_or_refused() -> None:
    refund = DLOCAL.answer("refund")
    assert DLOCAL.refunded(refund) == IssuedRefund("REF42342", done=True)
    assert DLOCAL.refunded(refund | {"status": "PENDING"}) == IssuedRefund("REF42342", done=False)
    for status in ("REJECTED", "CANCELLED"):
        assert code_of(lambda: DLOCAL.refunded(refund | {"status": status}), Refused) == "refund_rejected"  # noqa: B023
    assert code_of(lambda: DLOCAL.refunded(refund | {"status": "DONE"})) == "status_unknown"
