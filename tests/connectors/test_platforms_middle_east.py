"""Platforms of the Gulf and Egypt: what is asked, what is told, and what is refused, to the last fils."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.checkout_com.amounts import THREE_DECIMAL, UNITS, ZERO_DECIMAL
from connectors.registry import platforms
from domain.errors import NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import (
    HttpResponse,
    IssuedRefund,
    IssuedRequest,
)
from domain.receipts import Announced, Ignored, ReceiptFact, RequestExpired, ReversalFact
from tests.connectors.platform_proof import REQUEST, Folders, code_of

CONFIG = {
    "api_key": "key-of-the-tests",
    "base_url": "https://platform.invalid",
    "processing_channel_id": "pc_sample000000000",
    "profile_id": "148004",
    "integration_ids": "4097558,4097559",
    "mode": "test",
    "merchant_code": "is0N+YQzlE4=",
    "secure_key": "259af31fc2f74453b3a55739b21ae9ef",
    "payer_country": "KW",
    "webhook_url": "https://gateway.example/webhooks/x/1",
    "return_url": "https://aurora.example/thank-you",
}


AT = Folders(CONFIG)

ASKED = [
    ("checkout_com", "card", Money(125500, "KWD"), "/payment-links", 125500),
    ("checkout_com", "card", Money(1500, "CLP"), "/payment-links", 150000),
    ("checkout_com", "card", Money(1500, "JPY"), "/payment-links", 1500),
    ("checkout_com", "card", Money(9950, "AED"), "/payment-links", 9950),
    ("tap", "knet", Money(125501, "KWD"), "/v2/charges", Decimal("125.501")),
    ("tap", "omannet", Money(1, "OMR"), "/v2/charges", Decimal("0.001")),
    ("tap", "card", Money(150050, "SAR"), "/v2/charges", Decimal("1500.50")),
    ("paytabs", "card", Money(125501, "KWD"), "/payment/request", Decimal("125.501")),
    ("paytabs", "card", Money(1, "IQD"), "/payment/request", Decimal("0.001")),
    ("paymob", "card", Money(150050, "EGP"), "/api/ecommerce/payment-links", 150050),
    ("moyasar", "card", Money(150050, "SAR"), "/v1/invoices", 150050),
    ("moyasar", "card", Money(1001, "KWD"), "/v1/invoices", 1001),
    ("fawry", "fawry", Money(2010, "EGP"), "/ECommerceWeb/Fawry/payments/charge", Decimal("20.10")),
    ("paytabs", "card", Money(200000, "EGP"), "/payment/request", 2000),
]
AMOUNT = {
    "paytabs": ("cart_amount", "cart_currency"),
    "fawry": ("amount", "currencyCode"),
    "paymob": ("amount_cents", ""),  # its integrations have the currency
}


@pytest.mark.parametrize(("platform", "rail", "amount", "path", "stated"), ASKED)
def test_an_amount_is_asked_for_exactly(platform: str, rail: str, amount: Money, path: str, stated: Any) -> None:
    request, document = AT[platform].asked(rail, amount)
    assert (request.method, request.url.endswith(path)) == ("POST", True)
    name, currency = AMOUNT.get(platform, ("amount", "currency"))
    assert document[name] == stated
    assert not currency or document[currency] == amount.currency
    assert "key-of-the-tests" not in request.url
    assert REQUEST in request.body.decode()
    assert platform == "fawry" or AT[platform].asked_again(rail, amount) == request


@pytest.mark.parametrize(("platform", "rail", "amount"), [one[:3] for one in ASKED])
def test_nothing_and_less_is_not_asked_for(platform: str, rail: str, amount: Money) -> None:
    for minor in (0, -1):
        assert code_of(lambda: AT[platform].asked(rail, Money(minor, amount.currency))) == "amount_not_positive"  # noqa: B023


@pytest.mark.parametrize(
    ("platform", "rail", "currency"),
    [
        ("tap", "knet", "SAR"),
        ("tap", "mada", "KWD"),
        ("tap", "card", "THB"),
        ("tap", "", "BRL"),
        ("paytabs", "card", "THB"),
        ("moyasar", "card", "EGP"),
        ("fawry", "", "SAR"),
        ("paymob", "card", "SAR"),
    ],
)
def test_a_currency_that_a_method_does_not_take_is_refused(platform: str, rail: str, currency: str) -> None:
    assert code_of(lambda: AT[platform].asked(rail, Money(100000, currency))) == "method_currency_mismatch"


@pytest.mark.parametrize(
    ("platform", "body", "expected"),
    [
        (
            "checkout_com",
            {
                "id": "pl_1",
                "expires_on": "2026-11-25T09:00:00Z",
                "_links": {"redirect": {"href": "https://pay.checkout.com/page/1"}},
            },
            IssuedRequest("pl_1", None, "https://pay.checkout.com/page/1", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ),
        (
            "tap",
            {
                "id": "chg_1",
                "object": "charge",
                "status": "INITIATED",
                "transaction": {
                    "url": "https://checkout.tap.company/1",
                    "created": "1795511533453",
                    "expiry": {"period": 60, "type": "MINUTE"},
                },
            },
            IssuedRequest(
                "chg_1",
                None,
                "https://checkout.tap.company/1",
                datetime(2026, 11, 24, 10, 12, 13, 453000, tzinfo=UTC),
            ),
        ),
    ],
)
def test_the_debtor_is_given_what_was_made(platform: str, body: Any, expected: IssuedRequest) -> None:
    assert AT[platform].issued(body) == expected
    for left_out in body:
        if left_out != "object":
            assert code_of(lambda: AT[platform].issued({k: v for k, v in body.items() if k != left_out}))  # noqa: B023


def test_paytabs_takes_the_same_request_again_after_a_while() -> None:
    """Its published answer to a repeated request; another bad request is refused for good."""
    assert code_of(lambda: AT["paytabs"].issued({"code": 4, "message": "Duplicate request"}, 400), Unavailable) == (
        "platform_busy"
    )
    for body in ({"code": 2}, {"code": "4"}, [], "x"):
        assert code_of(lambda: AT["paytabs"].issued(body, 400), Refused) == "platform_refused"  # noqa: B023
    made = {"tran_ref": "TST2632800000001", "redirect_url": "https://secure.paytabs.com/payment/page/1"}
    assert AT["paytabs"].issued(made) == IssuedRequest(made["tran_ref"], None, made["redirect_url"])


# Checkout.com -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**12), st.sampled_from(["AED", "KWD", "BHD", "IQD", "JOD", "OMR", "JPY", "CLP", "UGX", "VND"]))
def test_checkout_com_is_asked_for_what_is_read_again_or_not_at_all(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    if currency in THREE_DECIMAL and minor % 10:
        assert code_of(lambda: UNITS.from_money(money)) == "amount_too_precise"
    elif minor * (100 if currency == "CLP" else 1) > 999_999_999:
        assert code_of(lambda: UNITS.from_money(money)) == "amount_too_large"
    else:
        assert UNITS.to_money(UNITS.from_money(money), currency) == money


def test_checkout_com_has_lists_of_its_own() -> None:
    """Its published examples: 100 is 100 JPY, 100000 is 100 BHD, 10000 is 100 USD; 1001 of a dinar is invalid."""
    assert UNITS.to_money(100, "JPY") == Money(100, "JPY")
    assert UNITS.to_money(100_000, "BHD") == Money(100_000, "BHD")
    assert UNITS.to_money(10_000, "USD") == Money(10_000, "USD")
    assert UNITS.to_money(10_000, "CLP") == Money(100, "CLP")
    assert code_of(lambda: UNITS.from_money(Money(1001, "KWD"))) == "amount_too_precise"
    assert code_of(lambda: UNITS.to_money(10_001, "CLP")) == "amount_too_precise"
    assert UNITS.from_money(Money(999_999_990, "KWD")) == 999_999_990
    assert code_of(lambda: UNITS.from_money(Money(1_000_000_000, "AED"))) == "amount_too_large"
    assert (len(ZERO_DECIMAL), len(THREE_DECIMAL)) == (15, 7)


def test_checkout_com_carries_our_name_as_its_idempotency_key() -> None:
    request, document = AT["checkout_com"].asked("card", Money(125500, "KWD"))
    assert request.headers["Cko-Idempotency-Key"] == REQUEST
    assert request.headers["Authorization"] == "Bearer key-of-the-tests"
    assert (document["reference"], document["expires_in"]) == (REQUEST, 86_400)


def test_a_capture_is_a_receipt_and_a_refund_its_reversal() -> None:
    captured = AT["checkout_com"].parsed(AT["checkout_com"].sample("payment_captured"))[0]
    returned = AT["checkout_com"].parsed(AT["checkout_com"].sample("payment_refunded"))[0]
    assert isinstance(captured, ReceiptFact)
    assert isinstance(returned, ReversalFact)
    assert (captured.amount, captured.references[0]) == (Money(125500, "KWD"), "preq_sample1")
    assert captured.at == datetime(2026, 11, 24, 9, 12, 27, 469551, tzinfo=UTC)
    assert (returned.original_ref, returned.amount) == (captured.external_ref, Money(25500, "KWD"))
    assert isinstance(AT["checkout_com"].parsed(AT["checkout_com"].sample("payment_declined"))[0], Ignored)


def with_data(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**event, "data": {**event["data"], **changes}}


def test_a_payment_captured_in_parts_is_for_a_person() -> None:
    event = AT["checkout_com"].sample("payment_captured")
    assert code_of(lambda: AT["checkout_com"].parsed(with_data(event, amount=100))) == "capture_in_parts"
    assert code_of(lambda: AT["checkout_com"].parsed(with_data(event, balances=None))) == "body_malformed"
    assert code_of(lambda: AT["checkout_com"].parsed(with_data(event, currency="CLP", amount=125501))) in {
        "amount_too_precise",
        "capture_in_parts",
    }


@pytest.mark.parametrize(
    "kind", ["dispute_received", "dispute_evidence_required", "dispute_won", "dispute_lost", "payment_returned"]
)
def test_a_dispute_at_checkout_com_is_for_a_person(kind: str) -> None:
    assert code_of(lambda: AT["checkout_com"].parsed({"id": "evt_1", "type": kind, "data": {}})) == "contest_untold"


@pytest.mark.parametrize("kind", ["dispute_evidence_submitted", "payment_approved", "payment_expired", "card_verified"])
def test_what_moves_no_money_at_checkout_com_is_ignored(kind: str) -> None:
    assert AT["checkout_com"].parsed({"id": "evt_1", "type": kind}) == (Ignored(kind),)


# Tap --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("charge_captured", Announced("chg_TS05A4120260731", settled=True)),
        ("charge_declined", Announced("chg_TS05A4120260732")),
        ("refund_refunded", Announced("re_TS02A202026073001", settled=True)),
        ("invoice_paid", Ignored("invoice")),
    ],
)
def test_tap_is_asked_whatever_its_webhook_says(name: str, expected: object) -> None:
    assert AT["tap"].parsed(AT["tap"].sample(name)) == (expected,)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("charge", [ReceiptFact]),
        ("charge_declined", [RequestExpired]),
        ("charge_initiated", [Ignored]),
        ("refund", [ReversalFact]),
        ("refund_pending", [Ignored]),
    ],
)
def test_a_status_at_tap_tells_what_it_means_and_no_more(name: str, kinds: list[type]) -> None:
    assert [type(fact) for fact in AT["tap"].told(AT["tap"].answer(f"{name}"))] == kinds


def test_tap_tells_when_a_charge_was_captured() -> None:
    receipt = AT["tap"].told(AT["tap"].answer("charge"))[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.amount == Money(125500, "KWD")
    assert receipt.at == datetime(2026, 11, 24, 9, 12, 13, 453000, tzinfo=UTC)
    assert receipt.references[0] == "preq_sample1"
    charge = AT["tap"].answer("charge")
    late = [{**one, "created": 1795559400000} for one in charge["activities"]]  # 2026-11-24 22:30 UTC
    moved = AT["tap"].told(charge | {"activities": late})[0]
    assert isinstance(moved, ReceiptFact)
    assert moved.value_date == date(2026, 11, 25)
    assert code_of(lambda: AT["tap"].told(charge | {"activities": charge["activities"][:1]})) == "body_malformed"


def test_a_charge_at_tap_was_captured_when_it_first_was() -> None:
    charge = AT["tap"].answer("charge")
    again = {**charge["activities"][-1], "created": charge["activities"][-1]["created"] + 1000}
    for activities in ([*charge["activities"], again], [again, *charge["activities"]]):
        assert AT["tap"].told(charge | {"activities": activities}) == AT["tap"].told(charge)


@pytest.mark.parametrize("status", ["INITIATED", "IN_PROGRESS", "UNKNOWN"])
def test_a_charge_that_tap_has_not_decided_is_neither_money_nor_over(status: str) -> None:
    charge = AT["tap"].answer("charge") | {"status": status}
    assert AT["tap"].told(charge) == (Ignored(f"charge.{status}"),)


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS", "ACCEPTED", "UNKNOWN"])
def test_a_refund_that_tap_has_not_made_is_no_reversal(status: str) -> None:
    refund_told = AT["tap"].answer("refund") | {"status": status}
    assert AT["tap"].told(refund_told) == (Ignored(f"refund.{status}"),)


def test_a_charge_that_tap_reversed_is_for_a_person() -> None:
    charge = AT["tap"].answer("charge")
    assert code_of(lambda: AT["tap"].told(charge | {"auto_reversed": True})) == "reversal_untold"


def test_tap_needs_an_address_to_write_to() -> None:
    assert code_of(lambda: AT["tap"].asked("knet", Money(1000, "KWD"), payer_email=None)) == "payer_email_missing"
    _, document = AT["tap"].asked("", Money(1000, "KWD"))
    assert document["source"] == {"id": "src_all"}
    assert document["post"] == {"url": CONFIG["webhook_url"]}


# PayTabs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("sale_authorised", [ReceiptFact]),
        ("sale_declined", [Ignored]),
        ("sale_expired", [RequestExpired]),
        ("refund_authorised", [ReversalFact]),
        ("refund_pending", [Ignored]),
    ],
)
def test_paytabs_is_told_alike_by_notification_and_by_question(name: str, kinds: list[type]) -> None:
    body = dict((*AT["paytabs"].samples(), *AT["paytabs"].samples("answers")))[name]
    assert [type(fact) for fact in AT["paytabs"].parsed(body)] == kinds
    assert AT["paytabs"].parsed(body) == AT["paytabs"].told(body)


def test_paytabs_converts_dinars_exactly() -> None:
    sale, returned = (AT["paytabs"].sample(name) for name in ("sale_authorised", "refund_authorised"))
    receipt, reversal = AT["paytabs"].parsed(sale)[0], AT["paytabs"].parsed(returned)[0]
    assert isinstance(receipt, ReceiptFact)
    assert isinstance(reversal, ReversalFact)
    assert (receipt.amount, reversal.amount) == (Money(125500, "KWD"), Money(25500, "KWD"))
    assert (receipt.references[0], reversal.original_ref) == ("preq_sample1", receipt.external_ref)
    assert code_of(lambda: AT["paytabs"].parsed(sale | {"tran_total": "125.5001"})) == "amount_too_precise"
    assert code_of(lambda: AT["paytabs"].parsed(sale | {"tran_currency": "USD", "tran_total": "400.00"})) == (
        "currency_converted"
    )


def with_result(body: dict[str, Any], status: Any) -> dict[str, Any]:
    return body | {"payment_result": {**body["payment_result"], "response_status": status}}


@given(st.one_of(st.text(max_size=5), st.none(), st.integers()))
def test_a_status_or_type_that_paytabs_does_not_list_is_not_guessed_at(value: Any) -> None:
    sale = AT["paytabs"].sample("sale_authorised")
    if value not in set("AHPVEDXC"):
        assert code_of(lambda: AT["paytabs"].parsed(with_result(sale, value))) == "status_unknown"
    if str(value).lower() not in {"sale", "auth", "void"}:
        assert code_of(lambda: AT["paytabs"].parsed(sale | {"tran_type": value})) == "status_unknown"


def test_what_paytabs_holds_or_voids_is_no_receipt() -> None:
    sale = AT["paytabs"].sample("sale_authorised")
    assert [AT["paytabs"].parsed(with_result(sale, held))[0] for held in "HP"] == [Ignored("sale.H"), Ignored("sale.P")]
    assert code_of(lambda: AT["paytabs"].parsed(with_result(sale, "V"))) == "reversal_untold"
    assert AT["paytabs"].parsed(sale | {"tran_type": "Auth"}) == (Ignored("auth.A"),)
    assert isinstance(AT["paytabs"].parsed(sale | {"tran_type": "Capture"})[0], ReceiptFact)


# Paymob -----------------------------------------------------------------------------------------------------------


def test_paymob_is_asked_whatever_its_callback_says() -> None:
    assert AT["paymob"].parsed(AT["paymob"].sample("transaction_paid")) == (Announced("192036465", settled=True),)
    assert AT["paymob"].parsed(AT["paymob"].sample("transaction_failed")) == (Announced("192036466"),)
    assert AT["paymob"].parsed(AT["paymob"].sample("transaction_refund")) == (Announced("192036470", settled=True),)
    assert AT["paymob"].parsed(AT["paymob"].sample("card_token")) == (Ignored("TOKEN"),)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("paid", [ReceiptFact]), ("failed", [Ignored]), ("pending", [Ignored]), ("refund", [ReversalFact])],
)
def test_a_transaction_at_paymob_tells_what_it_means_and_no_more(name: str, kinds: list[type]) -> None:
    assert [type(fact) for fact in AT["paymob"].told(AT["paymob"].answer(f"{name}"))] == kinds


def test_paymob_writes_the_times_of_cairo() -> None:
    """Its published callback: 11:33:44 where the bank has 08:34:00Z, in a June with summer time."""
    paid = AT["paymob"].answer("paid")
    june = AT["paymob"].told(paid | {"created_at": "2024-06-13T11:33:44.592345"})[0]
    assert isinstance(june, ReceiptFact)
    assert june.at == datetime(2024, 6, 13, 8, 33, 44, 592345, tzinfo=UTC)
    receipt = AT["paymob"].told(paid)[0]
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.amount, receipt.value_date) == (Money(150050, "EGP"), date(2026, 11, 24))
    assert receipt.references == ("217503754", "preq_sample1", "192036465")
    stated = AT["paymob"].told(paid | {"created_at": "2026-11-24T22:30:00Z"})[0]
    assert isinstance(stated, ReceiptFact)
    assert stated.value_date == date(2026, 11, 25)


def test_what_was_given_back_at_paymob_is_told_once_by_its_own_transaction() -> None:
    paid, back = AT["paymob"].answer("paid"), AT["paymob"].answer("refund")
    assert AT["paymob"].told(paid | {"is_refunded": True, "refunded_amount_cents": 50050}) == AT["paymob"].told(paid)
    reversal = AT["paymob"].told(back)[0]
    assert isinstance(reversal, ReversalFact)
    assert (reversal.external_ref, reversal.original_ref) == ("192036470", "192036465")
    assert reversal.amount == Money(50050, "EGP")
    assert code_of(lambda: AT["paymob"].told(back | {"parent_transaction": None})) == "body_malformed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_capture": True}, "capture_unasked"),
        ({"has_parent_transaction": True}, "capture_unasked"),
        ({"source_data": {"type": "aggregator"}}, "moment_untold"),
        ({"currency": "SAR"}, "body_malformed"),
        ({"amount_cents": 0}, "body_malformed"),
        ({"success": "true"}, "status_unknown"),
        ({"pending": None}, "status_unknown"),
        ({"is_refund": 1}, "status_unknown"),
        ({"is_void": "false"}, "status_unknown"),
    ],
)
def test_what_paymob_does_not_settle_is_not_guessed_at(changes: dict[str, Any], code: str) -> None:
    assert code_of(lambda: AT["paymob"].told(AT["paymob"].answer("paid") | changes)) == code
    authorised = AT["paymob"].answer("paid") | {"is_auth": True}
    assert AT["paymob"].told(authorised) == (Ignored("transaction.authorised"),)


def test_paymob_lends_a_token_and_gives_a_link() -> None:
    asking = platforms()["paymob"].payment_requests
    assert asking is not None
    assert asking.authorise is not None
    assert asking.read_token is not None
    request = asking.authorise(CONFIG)
    assert (request.url, json.loads(request.body)) == (
        "https://platform.invalid/api/auth/tokens",
        {"api_key": "key-of-the-tests"},
    )
    assert asking.read_token(HttpResponse(201, {}, b'{"token": "lent"}')).value == "lent"
    with pytest.raises(Refused):
        asking.read_token(HttpResponse(401, {}, b'{"detail": "incorrect credentials"}'))
    document = AT["paymob"].asked("card", Money(150050, "EGP"))[1]
    assert (document["payment_methods"], document["is_live"]) == ([4097558, 4097559], False)
    assert document["expires_at"] == "2026-12-31T05:00:00"
    made = {"client_url": "https://accept.paymobsolutions.com/standalone/?ref=p_1", "order": 217503754}
    assert AT["paymob"].issued(made, 201) == IssuedRequest("217503754", None, made["client_url"])  # type: ignore[arg-type]
    again = {"message": "Reference ID already exists."}
    assert code_of(lambda: AT["paymob"].issued(again, 400), Refused) == "platform_refused"


# Moyasar ----------------------------------------------------------------------------------------------------------


def test_moyasar_is_asked_whatever_its_webhook_says() -> None:
    paid, failed = AT["moyasar"].sample("payment_paid"), AT["moyasar"].sample("payment_failed")
    assert AT["moyasar"].parsed(paid) == (Announced(paid["data"]["id"], settled=True),)
    assert AT["moyasar"].parsed(failed) == (Ignored("payment_failed"),)
    assert AT["moyasar"].parsed(paid | {"type": "payment_faild"}) == (Ignored("payment_faild"),)
    assert code_of(lambda: AT["moyasar"].parsed(paid | {"data": {"id": "../invoices"}})) == "reference_malformed"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("paid", [ReceiptFact]),
        ("captured", [ReceiptFact]),
        ("refunded", [ReceiptFact, ReversalFact]),
        ("voided", [ReceiptFact, ReversalFact]),
        ("failed", [Ignored]),
    ],
)
def test_a_status_at_moyasar_tells_what_it_means_and_no_more(name: str, kinds: list[type]) -> None:
    assert [type(fact) for fact in AT["moyasar"].told(AT["moyasar"].answer(f"{name}"))] == kinds


def test_a_receipt_at_moyasar_stays_the_same_whatever_comes_after_it() -> None:
    paid = AT["moyasar"].answer("paid")
    receipt = AT["moyasar"].told(paid)[0]
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.amount, receipt.value_date) == (Money(150050, "SAR"), date(2026, 11, 25))
    assert receipt.references[:2] == ("preq_sample1", paid["invoice_id"])
    back = {"refunded": 150050, "refunded_at": "2026-11-26T08:00:00.000Z", "updated_at": "2026-11-26T08:00:01.000Z"}
    again, reversal = AT["moyasar"].told(paid | back | {"status": "refunded"})
    assert again == receipt
    assert isinstance(reversal, ReversalFact)
    assert (reversal.original_ref, reversal.amount) == (receipt.external_ref, receipt.amount)
    for status in ("paid", "refunded"):
        assert code_of(lambda: AT["moyasar"].told(paid | back | {"status": status, "refunded": 1})) == "reversal_untold"  # noqa: B023
    assert code_of(lambda: AT["moyasar"].told(paid | {"status": "refunded"})) == "reversal_untold"


def test_what_was_captured_at_moyasar_counts() -> None:
    receipt = AT["moyasar"].told(AT["moyasar"].answer("captured"))[0]
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.amount, receipt.at) == (Money(100500, "KWD"), datetime(2026, 11, 25, 9, tzinfo=UTC))


def test_an_invoice_of_moyasar_has_a_least_amount_and_an_end() -> None:
    assert AT["moyasar"].asked("card", Money(100, "SAR"))[1]["expired_at"] == "2026-12-31T03:00:00.000Z"
    assert code_of(lambda: AT["moyasar"].asked("card", Money(99, "SAR"))) == "amount_too_small"
    made = {"id": "9785ba96", "status": "initiated", "url": "https://checkout.moyasar.com/i/1", "expired_at": None}
    assert AT["moyasar"].issued(made, 201) == IssuedRequest("9785ba96", None, "https://checkout.moyasar.com/i/1")
    assert code_of(lambda: AT["moyasar"].issued(made | {"status": "expired"}), Refused) == "request_cancelled"
    assert code_of(lambda: AT["moyasar"].issued(made | {"status": "open"})) == "status_unknown"


# Fawry ------------------------------------------------------------------------------------------------------------


def test_fawry_signs_what_it_is_asked_with() -> None:
    """Source of the two formulas: Fawry's guides on charges and on the payment's status."""
    _, document = AT["fawry"].asked("fawry", Money(2010, "EGP"))
    merchant, key = CONFIG["merchant_code"], CONFIG["secure_key"]
    text = f"{merchant}{REQUEST}{document['customerProfileId']}PAYATFAWRY20.10{key}"
    assert document["signature"] == hashlib.sha256(text.encode()).hexdigest()
    assert document["paymentExpiry"] == 1798686000000
    lookup = AT["fawry"].asked_again("fawry", Money(2010, "EGP"))
    signed = hashlib.sha256(f"{merchant}{REQUEST}{key}".encode()).hexdigest()
    assert lookup.method == "GET"
    assert lookup.url.endswith(
        f"/payments/status?merchantCode=is0N%2BYQzlE4%3D&merchantRefNumber={REQUEST}&signature={signed}"
    )
    assert key not in lookup.url


def test_a_number_of_fawry_is_given_and_found_again() -> None:
    number = IssuedRequest("100163201", "100163201", None, datetime(2026, 12, 1, tzinfo=UTC), scannable=False)
    made = {"type": "ChargeResponse", "referenceNumber": "100163201", "statusCode": 200}
    end = {"expirationTime": 1796083200000}
    assert AT["fawry"].issued(made | end) == number
    assert AT["fawry"].issued(made | end | {"paymentStatus": "UNPAID"}) == number
    assert code_of(lambda: AT["fawry"].issued(made | {"paymentStatus": "EXPIRED"}), Refused) == "request_cancelled"
    assert code_of(lambda: AT["fawry"].issued({"statusCode": 9938}), NotFound) == "request_unknown"
    assert code_of(lambda: AT["fawry"].issued({"statusCode": 9946}), Refused) == "platform_credentials_refused"
    assert code_of(lambda: AT["fawry"].issued({"statusCode": 9999}), Refused) == "platform_refused"


@pytest.mark.parametrize(
    ("name", "kinds"), [("paid", [ReceiptFact]), ("unpaid", [Ignored]), ("expired", [RequestExpired])]
)
def test_a_status_at_fawry_tells_what_it_means_and_no_more(name: str, kinds: list[type]) -> None:
    assert [type(fact) for fact in AT["fawry"].told(AT["fawry"].answer(f"{name}"))] == kinds


def test_fawry_is_believed_when_it_is_asked() -> None:
    assert AT["fawry"].parsed(AT["fawry"].sample("order_paid")) == (Announced("preq_sample1", settled=True),)
    assert AT["fawry"].parsed(AT["fawry"].sample("order_new")) == (Announced("preq_sample1"),)
    assert (
        code_of(lambda: AT["fawry"].parsed(AT["fawry"].sample("order_paid") | {"orderStatus": "DONE"}))
        == "status_unknown"
    )
    paid = AT["fawry"].answer("paid")
    receipt = AT["fawry"].told(paid | {"paymentDate": 1795557600000})[0]  # 22:00 UTC, midnight in Cairo
    assert isinstance(receipt, ReceiptFact)
    assert (receipt.amount, receipt.value_date) == (Money(150050, "EGP"), date(2026, 11, 25))
    assert code_of(lambda: AT["fawry"].told(paid | {"paymentAmount": "0.005"})) == "amount_too_precise"
    for status in ("REFUNDED", "PARTIAL_REFUNDED"):
        assert code_of(lambda: AT["fawry"].told(paid | {"paymentStatus": status})) == "reversal_untold"  # noqa: B023


# All of them ------------------------------------------------------------------------------------------------------

PAID = {"tap": "charge", "moyasar": "paid", "fawry": "paid"}
STATUS = {"fawry": "paymentStatus"}
KNOWN = frozenset(
    (
        *("CAPTURED", "INITIATED", "IN_PROGRESS", "UNKNOWN", "ABANDONED", "CANCELLED", "FAILED", "DECLINED", "VOID"),
        *("RESTRICTED", "TIMEDOUT", "EXPIRED", "CANCELED", "REFUNDED", "PARTIAL_REFUNDED", "PAID", "UNPAID", "NEW"),
        *("paid", "captured", "refunded", "voided", "initiated", "failed", "authorized", "verified"),
    )
)


@pytest.mark.parametrize("platform", sorted(PAID))
@given(status=st.one_of(st.text(max_size=30), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(platform: str, status: Any) -> None:
    document = AT[platform].answer(PAID[platform]) | {STATUS.get(platform, "status"): status}
    if status not in KNOWN:
        assert code_of(lambda: AT[platform].told(document)) == "status_unknown"


@pytest.mark.parametrize(
    ("platform", "original", "amount", "path", "stated"),
    [
        ("checkout_com", "pay_sample00001", Money(125500, "KWD"), "/payments/pay_sample00001/refunds", 125500),
        ("tap", "chg_1", Money(125501, "KWD"), "/v2/refunds", Decimal("125.501")),
    ],
)
def test_an_amount_is_given_back_exactly(platform: str, original: str, amount: Money, path: str, stated: Any) -> None:
    request, document = AT[platform].refund(original, amount, amount)
    assert (request.method, request.url.endswith(path)) == ("POST", True)
    assert document["amount"] == stated
    assert "rfnd_01sample" in request.body.decode()
    assert code_of(lambda: AT[platform].refund("../x", amount, amount)) == "reference_malformed"
    nothing = Money(0, amount.currency)
    assert code_of(lambda: AT[platform].refund(original, nothing, nothing)) == "amount_not_positive"


def test_a_part_is_given_back_only_where_repeating_it_is_safe() -> None:
    part, whole = Money(100, "KWD"), Money(1000, "KWD")
    assert (
        AT["checkout_com"].refund("pay_sample00001", part, whole)[0].headers["Cko-Idempotency-Key"] == "rfnd_01sample"
    )
    assert code_of(lambda: AT["tap"].refund("chg_1", part, whole)) == "refund_partial"


@pytest.mark.parametrize(
    ("platform", "body", "expected"),
    [
        ("checkout_com", {"action_id": "act_1", "reference": "rfnd_01sample"}, IssuedRefund("act_1", done=False)),
        ("tap", {"id": "re_1", "status": "REFUNDED"}, IssuedRefund("re_1", done=True)),
        ("tap", {"id": "re_1", "status": "ACCEPTED"}, IssuedRefund("re_1", done=False)),
    ],
)
def test_a_refund_is_done_or_on_its_way(platform: str, body: Any, expected: IssuedRefund) -> None:
    assert AT[platform].refunded(body) == expected


def test_a_refund_that_will_not_be_is_refused() -> None:
    for status in ("DECLINED", "FAILED", "TIMED_OUT"):
        assert code_of(lambda: AT["tap"].refunded({"id": "re_1", "status": status}), Refused) == "refund_rejected"  # noqa: B023
    assert code_of(lambda: AT["tap"].refunded({"id": "re_1", "status": "NEW"})) == "status_unknown"


ALL = ("checkout_com", "tap", "paytabs", "moyasar", "fawry", "paymob")
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("platform", ALL)
@given(raw=st.binary(max_size=200), document=values)
def test_whatever_is_sent_is_read_or_refused_with_a_code(platform: str, raw: bytes, document: Any) -> None:
    for body in (raw, json.dumps(document).encode()):
        AT[platform].unreadable(body)


@pytest.mark.parametrize("platform", ALL)
@given(data=st.data())
def test_a_sample_with_anything_in_any_place_is_read_or_refused_with_a_code(platform: str, data: st.DataObject) -> None:
    AT[platform].unreadable(AT[platform].garbled(data))
