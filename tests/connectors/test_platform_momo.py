"""MoMo: signatures over named pairs, amounts in whole dong, what is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.momo.signatures import sign
from domain.errors import Invalid, NotFound, Refused, Unauthenticated, Unavailable
from domain.money import Money
from domain.platforms import IssuedRefund, IssuedRequest
from domain.receipts import Ignored, ReceiptFact, RequestExpired, ReversalFact, ReversalKind
from tests.connectors.platform_proof import REFUND, REQUEST, Folder, code_of

ACCESS, KEY = "TESTACCESS", "TESTSECRET"
SETTINGS = {
    "partner_code": "MOMO",
    "access_key": ACCESS,
    "secret_key": KEY,
    "webhook_url": "https://gateway.example/webhooks/momo/con_1",
    "return_url": "https://aurora.example/thank-you",
}
MOMO = Folder("momo", SETTINGS)
SAMPLES = dict(MOMO.samples())
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIGNED = (
    *("accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType"),
    *("requestId", "responseTime", "resultCode", "transId"),
)


def verify(document: Any, *secrets: str) -> None:
    hooks = MOMO.platform.webhooks
    assert hooks is not None
    raw = document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()
    hooks.verify(raw, {}, secrets, NOW)


def test_the_vector_is_accepted_also_beside_a_newer_key() -> None:
    """Computed from the documented formula outside of this code (the project's notes)."""
    assert SAMPLES["paid"]["signature"] == "f80c072842cc3fc81c633a1e63243a6a552e7fc22370e502c071437f899a4397"
    verify(SAMPLES["paid"], ACCESS, KEY)
    verify(SAMPLES["paid"], ACCESS, "renewed-key", KEY)
    verify(SAMPLES["expired"], ACCESS, KEY)  # a message beyond ASCII


def test_every_bit_of_a_notification_counts() -> None:
    body = json.dumps(SAMPLES["paid"], separators=(",", ":")).encode()
    for index in range(len(body)):
        with pytest.raises(Unauthenticated):
            verify(body[:index] + bytes([body[index] ^ 1]) + body[index + 1 :], ACCESS, KEY)


@pytest.mark.parametrize("secrets", [(KEY, ACCESS), (ACCESS, "TESTSECREU"), ("TESTACCESR", KEY), (ACCESS, ACCESS)])
def test_another_key_is_refused(secrets: tuple[str, ...]) -> None:
    assert code_of(lambda: verify(SAMPLES["paid"], *secrets), Unauthenticated) == "signature_invalid"


@pytest.mark.parametrize("secrets", [(), ("",), (ACCESS,), (" ", ACCESS)])
def test_an_access_key_alone_proves_nothing(secrets: tuple[str, ...]) -> None:
    assert code_of(lambda: verify(SAMPLES["paid"], *secrets), Unauthenticated) == "secret_missing"


def test_a_text_cannot_pass_for_a_number() -> None:
    """``"0"`` and ``0`` are signed alike, but only one of them is what MoMo sends."""
    assert code_of(lambda: verify(SAMPLES["paid"] | {"resultCode": "0"}, ACCESS, KEY), Unauthenticated)


def test_what_was_paid_is_a_receipt_in_whole_dong_on_vietnams_day() -> None:
    late = SAMPLES["paid"] | {"responseTime": 1795021200000}  # 17:00 UTC, midnight in Hanoi
    assert MOMO.parsed(late) == (
        ReceiptFact(
            external_ref="4088878653",
            amount=Money(1_500_000, "VND"),
            at=datetime(2026, 11, 18, 17, tzinfo=UTC),
            value_date=date(2026, 11, 19),
            references=("LOAN-0001-2026-11",),
            remittance="Ky 11 HD LOAN-0001",
            rail="qr",
        ),
    )


@pytest.mark.parametrize(
    ("code", "told"), [(1005, RequestExpired("LOAN-0001-2026-11")), (9000, Ignored("payment.9000"))]
)
def test_another_code_moves_no_money(code: int, told: object) -> None:
    assert MOMO.parsed(SAMPLES["paid"] | {"resultCode": code}) == (told,)


@given(st.one_of(st.integers(2, 999), st.integers(9001), st.text(), st.none(), st.booleans()))
def test_an_unknown_code_is_never_guessed_at(code: Any) -> None:
    assert code_of(lambda: MOMO.parsed(SAMPLES["paid"] | {"resultCode": code})) in {"status_unknown", "body_malformed"}


@pytest.mark.parametrize("amount", [0, -1, 1.5, "1500000"])
def test_an_amount_is_whole_and_above_zero(amount: Any) -> None:
    assert code_of(lambda: MOMO.parsed(SAMPLES["paid"] | {"amount": amount})) == "body_malformed"


def test_a_request_is_signed_as_the_official_example_signs_it() -> None:
    request, sent = MOMO.asked("momo", Money(1_500_000, "VND"))
    names = (
        *("accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl"),
        *("requestId", "requestType"),
    )
    text = "&".join(f"{name}={(sent | {'accessKey': ACCESS})[name]}" for name in names)
    assert sent["signature"] == hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert request.url == "https://payment.momo.vn/v2/gateway/api/create"
    assert (sent["amount"], sent["orderId"], sent["requestId"]) == (1_500_000, REQUEST, REQUEST)
    assert KEY not in request.body.decode()
    asking = MOMO.platform.payment_requests
    assert asking is not None
    assert request.timeout_seconds >= 30


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(0, "VND"), "amount_not_positive"),
        (Money(999, "VND"), "amount_outside_limits"),
        (Money(50_000_001, "VND"), "amount_outside_limits"),
        (Money(100_000, "IDR"), "method_currency_mismatch"),
    ],
)
def test_what_momo_does_not_take_is_not_asked_for(amount: Money, code: str) -> None:
    assert code_of(lambda: MOMO.asked("momo", amount)) == code
    for edge in (1_000, 50_000_000):
        assert MOMO.asked("momo", Money(edge, "VND"))[1]["amount"] == edge


def test_a_page_is_issued_or_refused_by_its_code() -> None:
    page = {"resultCode": 0, "orderId": REQUEST, "payUrl": "https://test-payment.momo.vn/v2/gateway/pay?t=x"}
    assert MOMO.issued(page) == IssuedRequest(REQUEST, None, page["payUrl"])
    assert code_of(lambda: MOMO.issued({"resultCode": 41}), Refused) == "request_lost"
    assert code_of(lambda: MOMO.issued({"resultCode": 13}), Refused) == "platform_credentials_refused"
    assert code_of(lambda: MOMO.issued({"resultCode": 22}), Refused) == "platform_refused"
    assert code_of(lambda: MOMO.issued({"resultCode": 10}), Unavailable) == "platform_busy"
    assert code_of(lambda: MOMO.issued({"resultCode": 7000}), Unavailable) == "platform_failed"
    assert code_of(lambda: MOMO.issued({"resultCode": 5}), Invalid) == "status_unknown"


def test_refunds_are_told_by_the_order_and_payments_are_not() -> None:
    assert MOMO.told(MOMO.answer("refunded")) == (
        ReversalFact(
            external_ref="4088879999",
            original_ref="4088878653",
            amount=Money(500_000, "VND"),
            at=datetime(2026, 11, 19, 14, 53, 20, tzinfo=UTC),
            value_date=date(2026, 11, 19),
            kind=ReversalKind.REFUND,
        ),
    )
    assert MOMO.told(MOMO.answer("refunded") | {"refundTrans": []}) == (Ignored("order.0"),)
    twice = MOMO.answer("refunded")
    twice["refundTrans"] *= 2  # as the documentation's own example repeats one
    assert len(MOMO.told(twice)) == 1
    assert code_of(lambda: MOMO.told({"resultCode": 42}), NotFound) == "request_unknown"
    assert code_of(lambda: MOMO.told({"resultCode": 3})) == "status_unknown"


def test_a_refund_names_the_payment_and_is_signed() -> None:
    request, sent = MOMO.refund("4088878653", Money(500_000, "VND"), Money(1_500_000, "VND"))
    names = ("amount", "description", "orderId", "partnerCode", "requestId", "transId")
    assert sent["signature"] == sign({name: sent[name] for name in names}, access_key=ACCESS, key=KEY)
    assert (request.url[-18:], sent["transId"]) == ("gateway/api/refund", 4088878653)
    assert sent["orderId"] == sent["requestId"] == REFUND
    assert code_of(lambda: MOMO.refund("../1", Money(1, "VND"), Money(1, "VND"))) == "reference_malformed"
    assert MOMO.refunded({"resultCode": 0, "transId": 7}) == IssuedRefund("7", done=True)
    assert code_of(lambda: MOMO.refunded({"resultCode": 1081}), Refused) == "refund_rejected"


@given(st.data())
def test_whatever_is_sent_meets_coded_errors_only(data: st.DataObject) -> None:
    MOMO.unreadable(MOMO.garbled(data))
