"""payOS: its published signature, amounts in whole dong, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms import payos
from connectors.platforms.payos import payment_requests, signatures, status, webhooks
from domain.errors import AfluenteError, Invalid, Refused, Unauthenticated
from domain.money import Money
from domain.platforms import HttpResponse, PaymentRequestOrder
from domain.receipts import Announced, ReceiptFact, RequestExpired

KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"  # of the published example
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(payos.__file__).parent / "samples"
SAMPLE = (SAMPLES / "transfer.json").read_bytes()
CONFIG = {"client_id": "client", "api_key": "key", "webhook_secret": KEY, "return_url": "https://a.example/x"}
LINK = "124c33293c43417ab7879e14c8d9eb18"


def answer(**changes: Any) -> HttpResponse:
    document = json.loads((SAMPLES / "answers" / "paid.json").read_bytes())
    document["data"] |= changes
    return HttpResponse(200, {}, json.dumps(document).encode())


def order(amount: Money) -> PaymentRequestOrder:
    return PaymentRequestOrder("preq_1", "LN-0001-3", amount, "x", "An", None, None, date(2026, 12, 1), NOW)


def test_the_published_example_verifies_also_beside_a_newer_key() -> None:
    signatures.verify(SAMPLE, {}, (KEY,), NOW)
    signatures.verify(SAMPLE, {}, ("f" * 64, KEY), NOW)


@pytest.mark.parametrize(
    ("old", "new"), [(b"3000", b"3001"), (b"18:25", b"18:26"), (b"412e", b"412f"), (b'"VND"', b'"VNE"')]
)
def test_a_changed_byte_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Unauthenticated):
        signatures.verify(SAMPLE.replace(old, new, 1), {}, (KEY,), NOW)


LIBRARY_KEY = "test_checksum_key"  # of payOSHQ/payos-lib-python, tests/_crypto, with the cases below
LIBRARY_WEBHOOK = {
    "accountNumber": "0123456789",
    "amount": 20000,
    "description": "thanh toan",
    "reference": "FT-REFERENCE",
    "transactionDateTime": "2025-12-12 09:00:00",
    "virtualAccountNumber": "",
    "counterAccountBankId": "01202001",
    "counterAccountBankName": "",
    "counterAccountName": "NGUYEN VAN A",
    "counterAccountNumber": "9876543210",
    "virtualAccountName": "",
    "currency": "VND",
    "orderCode": 0,
    "paymentLinkId": "payment-link-id",
    "code": "00",
    "desc": "success",
}


def test_the_librarys_webhook_verifies_in_any_order_of_its_names() -> None:
    stated = "302b3becca1672dff99daafae2965f40e48ea3ca39453e4bf37fbcc26807a0e8"
    for data in (LIBRARY_WEBHOOK, dict(reversed(LIBRARY_WEBHOOK.items()))):
        signatures.verify(json.dumps({"data": data, "signature": stated}).encode(), {}, (LIBRARY_KEY,), NOW)


@pytest.mark.parametrize(
    ("amount", "description", "stated"),
    [
        (3300, "ABC456", "189864813370cdf819974dc3f63c3a93a7e7af0a0d10b21344b14e4f7358999b"),
        (2000, "Thanh toán đơn hàng", "d8b7b0e5d19edfe7b1f53dedeb8d1c7c2b62fabd7eb320dbc514c58f13e9e2c5"),
    ],
)
def test_the_librarys_requests_are_signed_alike(amount: int, description: str, stated: str) -> None:
    signed = {"amount": amount, "description": description, "orderCode": 0}
    signed |= dict.fromkeys(("cancelUrl", "returnUrl"), "http://localhost")
    assert signatures.sign(signatures.canonical(signed), LIBRARY_KEY) == stated


def test_a_changed_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        signatures.verify(SAMPLE, {}, (KEY[:-1] + "6",), NOW)


def test_a_transfer_is_announced_and_another_code_is_unknown() -> None:
    assert webhooks.parse(SAMPLE) == (Announced(LINK, settled=True),)
    with pytest.raises(Invalid, match="not a known status"):
        webhooks.parse(SAMPLE.replace(b'"code":"00","desc":"Th', b'"code":"01","desc":"Th'))


def test_a_link_that_was_paid_is_a_receipt_in_whole_dong() -> None:
    (fact,) = status.read(answer())
    assert isinstance(fact, ReceiptFact)
    assert (fact.amount, fact.external_ref) == (Money(3000, "VND"), f"{LINK}/TF230204212323")
    assert fact.at == datetime(2023, 2, 4, 11, 25, tzinfo=UTC)
    assert status.build(fact.external_ref, CONFIG).url.endswith(f"/v2/payment-requests/{LINK}")


def test_a_link_that_ended_is_told_and_what_does_not_add_up_is_not() -> None:
    assert status.read(answer(status="EXPIRED", transactions=[], amountPaid=0)) == (RequestExpired(LINK),)
    naive = json.loads((SAMPLES / "answers" / "paid.json").read_bytes())["data"]["transactions"]
    naive[0]["transactionDateTime"] = "2023-02-04 18:25:00"
    for changes in ({"amountPaid": 2999}, {"status": "REFUNDED"}, {"transactions": naive}):
        with pytest.raises(Invalid):
            status.read(answer(**changes))


def test_a_request_is_signed_over_its_five_fields_and_keeps_its_number() -> None:
    sent = json.loads(payment_requests.build(order(Money(1_500_000, "VND")), CONFIG).body)
    names = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
    assert sent["signature"] == signatures.sign("&".join(f"{name}={sent[name]}" for name in names), KEY)
    assert sent["amount"] == 1_500_000
    assert payment_requests.query(order(Money(1, "VND")), CONFIG).url.endswith(f"/{sent['orderCode']}")


@pytest.mark.parametrize("amount", [Money(0, "VND"), Money(100, "IDR")])
def test_nothing_and_other_money_are_not_asked_for(amount: Money) -> None:
    with pytest.raises(Invalid):
        payment_requests.build(order(amount), CONFIG)


def test_a_link_is_issued_with_its_code_or_refused_without() -> None:
    made = answer(status="PENDING", qrCode="000201", checkoutUrl="https://p.example/w", paymentLinkId=LINK)
    assert payment_requests.read(made).payload == "000201"
    for changes in ({"status": "PENDING"}, {"status": "CANCELLED"}):
        with pytest.raises(Refused):
            payment_requests.read(answer(**changes))


@given(
    st.binary(max_size=200)
    | st.dictionaries(st.text(), st.integers() | st.text()).map(
        lambda d: json.dumps({"data": d, "signature": "x"}).encode()
    )
)
def test_whatever_is_sent_meets_coded_errors_only(raw: bytes) -> None:
    for read in (webhooks.parse, webhooks.delivery_id, lambda body: signatures.verify(body, {}, (KEY,), NOW)):
        with pytest.raises(AfluenteError):
            read(raw)
