"""PagBank: both of its proofs hold and nothing beside them, centavos are exact, charges are read as they are."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.pagbank.signatures import PUBLIC_KEY
from domain.errors import Unauthenticated
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
from tests.connectors.test_platform_signatures import Vector

HOOK = "https://collect.example/webhooks/pagbank/con_1"
TOKEN = "C0FFEE00-token-of-the-tests"
PAGBANK = Folder("pagbank", {"api_key": TOKEN, "webhook_url": HOOK})
ORDER = "ORDE_F87334AC-BB8B-42E2-AA85-8579F70AA328"
CHARGE = "CHAR_F1F10115-09F4-4560-85F5-A828D9F96300"
BODY = json.dumps({"id": CHARGE, "status": "PAID", "description": "Contrato LN-0001, prestação 3"}).encode()
PAIR = ec.derive_private_key(0xAF1CE27E, ec.SECP256R1())
OTHER_PAIR = ec.derive_private_key(0xAF1CE27F, ec.SECP256R1())


def public_of(pair: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    spki = pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(spki).decode()


def signed(body: bytes, pair: ec.EllipticCurvePrivateKey = PAIR) -> str:
    return base64.b64encode(pair.sign(body, ec.ECDSA(SHA256()))).decode()


def verify(headers: dict[str, str], secrets: tuple[str, ...] = (TOKEN, public_of(PAIR)), body: bytes = BODY) -> None:
    hooks = PAGBANK.platform.webhooks
    assert hooks is not None
    hooks.verify(body, headers, secrets, datetime(2026, 11, 24, tzinfo=UTC))


def refused(*args: Any, **changes: Any) -> str:
    return code_of(lambda: verify(*args, **changes), Unauthenticated)


def test_the_hash_with_the_token_proves_a_body_and_nothing_beside_it() -> None:
    """The documented form: PagBank's own example shows no token, so this one is made here."""
    made = hashlib.new("sha256", f"{TOKEN}-".encode() + BODY).hexdigest()
    vector = Vector("pagbank", BODY, {"x-authenticity-token": made}, TOKEN, proofs=("x-authenticity-token",))
    every_bit_counts(vector)
    every_letter_of_the_secret_counts(vector)


def test_the_key_pair_proves_a_body_and_nothing_beside_it() -> None:
    key = public_of(PAIR)
    every_bit_counts(
        Vector("pagbank", BODY, {"x-payload-signature": signed(BODY)}, key, proofs=("x-payload-signature",))
    )
    told = {"x-payload-signature": signed(BODY)}
    for secrets in ((public_of(OTHER_PAIR),), (TOKEN,), (public_of(OTHER_PAIR), TOKEN)):
        assert refused(told, secrets=secrets) == "signature_invalid"
    verify(told, secrets=(public_of(OTHER_PAIR), TOKEN, key))


def test_one_of_several_signatures_is_enough_but_not_of_any_number() -> None:
    verify({"x-payload-signature": f"{signed(BODY, OTHER_PAIR)}, {signed(BODY)}"})
    verify({"x-payload-signature": ",".join(["x"] * 15 + [signed(BODY)])})
    assert refused({"x-payload-signature": ",".join(["x"] * 16 + [signed(BODY)])}) == "signature_invalid"


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()])
def test_a_public_key_is_no_token(curve: ec.EllipticCurve) -> None:
    """Anybody may know it, so what is hashed with it proves nothing."""
    key = public_of(ec.generate_private_key(curve))
    forged = hashlib.sha256(f"{key}-".encode() + BODY).hexdigest()
    assert refused({"x-authenticity-token": forged}, secrets=(TOKEN, key)) == "signature_invalid"
    assert refused({"x-authenticity-token": forged}, secrets=(key,)) == "signature_invalid"


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP256K1()])
def test_the_setting_takes_keys_of_curves_and_no_others(curve: ec.EllipticCurve) -> None:
    assert PUBLIC_KEY.fullmatch(public_of(ec.generate_private_key(curve)))
    card = public_of(rsa.generate_private_key(65537, 2048))  # PagBank shows one for encrypting cards too
    assert not PUBLIC_KEY.fullmatch(card)
    assert not PUBLIC_KEY.fullmatch(TOKEN)


def test_a_key_that_cannot_be_read_proves_nothing() -> None:
    broken = public_of(PAIR)[:-8] + "AAAAAA=="
    assert refused({"x-payload-signature": signed(BODY)}, secrets=(broken,)) == "signature_invalid"
    assert refused({}, secrets=(TOKEN,)) == "signature_missing"


@given(st.data())
def test_a_garbled_delivery_is_read_or_refused(data: st.DataObject) -> None:
    PAGBANK.unreadable(PAGBANK.garbled(data))


def test_a_delivery_announces_and_tells_nothing() -> None:
    told = {name: PAGBANK.parsed(sample) for name, sample in PAGBANK.samples()}
    assert told == {
        "order_paid": (Announced(ORDER, settled=True),),
        "charge_waiting": (Announced(f"{CHARGE[:-1]}1", settled=False),),
        "checkout_paid": (Announced(CHARGE, settled=True),),
        "checkout_expired": (Ignored("CHEC"),),
    }
    assert code_of(lambda: PAGBANK.parsed({"id": "CBKS_1", "charges": []})) == "contest_untold"


@given(st.integers(1, 999_999_999))
def test_centavos_are_asked_for_and_read_again(cents: int) -> None:
    request, document = PAGBANK.asked("pix", Money(cents, "BRL"))
    assert (request.method, request.url) == ("POST", "https://api.pagseguro.com/orders")
    assert document["qr_codes"][0]["amount"]["value"] == document["items"][0]["unit_amount"] == cents
    answer = PAGBANK.answer("order_paid")
    answer["charges"][0]["amount"]["summary"]["paid"] = cents
    receipt = PAGBANK.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.amount == Money(cents, "BRL")


def test_an_order_says_where_to_notify_and_whose_it_is() -> None:
    request, document = PAGBANK.asked("pix", Money(150050, "BRL"))
    assert document["notification_urls"] == [HOOK]
    assert document["reference_id"] == request.headers["x-idempotency-key"] == REQUEST
    assert document["qr_codes"][0]["expiration_date"] == "2026-12-31T03:00:00.000+00:00"
    assert document["customer"]["tax_id"] == "39053344705"
    assert TOKEN.encode() not in request.body


def test_what_cannot_be_asked_for_is_refused() -> None:
    money = Money(100, "BRL")
    assert code_of(lambda: PAGBANK.asked("pix", Money(100, "USD"))) == "method_currency_mismatch"
    assert code_of(lambda: PAGBANK.asked("pix", Money(1_000_000_000, "BRL"))) == "amount_too_large"
    assert code_of(lambda: PAGBANK.asked("pix", money, payer_email=None)) == "payer_email_missing"
    for document in (None, "", "123", "390533447051"):
        assert code_of(lambda: PAGBANK.asked("pix", money, payer_document=document)) == "payer_document_missing"  # noqa: B023
    PAGBANK.asked("pix", money, payer_document="12ABC34501DE35")  # a CNPJ with letters, as given since 2026
    for cents in (0, -1):
        assert code_of(lambda: PAGBANK.asked("pix", Money(cents, "BRL"))) == "amount_not_positive"  # noqa: B023


def test_an_orders_code_is_given() -> None:
    order = PAGBANK.answer("order_paid")
    code = order["qr_codes"][0]
    expires = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
    assert PAGBANK.issued(order, 201) == IssuedRequest(ORDER, code["text"], code["links"][0]["href"], expires)
    for codes in ([], [code, code], None):
        assert code_of(lambda: PAGBANK.issued(order | {"qr_codes": codes})) == "body_malformed"  # noqa: B023


def test_an_answer_tells_what_it_means_and_no_more() -> None:
    kinds = {name: [type(fact) for fact in PAGBANK.told(answer)] for name, answer in PAGBANK.samples("answers")}
    assert kinds == {
        "order_paid": [ReceiptFact],
        "order_open": [Ignored],
        "order_declined": [Ignored],
        "order_canceled": [RequestExpired],
        "charge_waiting": [Ignored],
    }
    assert PAGBANK.told(PAGBANK.answer("order_canceled")) == (RequestExpired(f"{ORDER[:-1]}9"),)


def test_a_receipt_names_the_order_and_our_request() -> None:
    answer = PAGBANK.answer("order_paid")
    answer["charges"][0]["paid_at"] = "2026-11-25T02:59:59.000Z"
    receipt = PAGBANK.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.external_ref == CHARGE
    assert receipt.references == (ORDER, "preq_sample1")
    assert (receipt.payer_name, receipt.rail) == ("Maria da Conceição", "pix")
    assert receipt.value_date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": {"summary": {"paid": 150050, "refunded": 1}}}, "reversal_untold"),
        ({"status": "CANCELED"}, "reversal_untold"),
        ({"amount": {"currency": "USD", "summary": {"paid": 150050, "refunded": 0}}}, "body_malformed"),
        ({"amount": {"summary": {"paid": 1.5, "refunded": 0}}}, "body_malformed"),
        ({"amount": {"summary": {"paid": 150050}}}, "body_malformed"),
        ({"paid_at": None}, "body_malformed"),
    ],
)
def test_what_pagbank_does_not_settle_is_for_a_person(change: dict[str, Any], code: str) -> None:
    answer = PAGBANK.answer("order_paid")
    charge = answer["charges"][0]
    amount = charge["amount"] | change.get("amount", {})
    answer["charges"][0] = charge | change | {"amount": amount}
    assert code_of(lambda: PAGBANK.told(answer)) == code


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(status: Any) -> None:
    answer = PAGBANK.answer("order_paid")
    answer["charges"][0]["status"] = status
    if status not in {"AUTHORIZED", "PAID", "IN_ANALYSIS", "DECLINED", "CANCELED", "WAITING"}:
        assert code_of(lambda: PAGBANK.told(answer)) == "status_unknown"


def test_settings_are_of_their_form() -> None:
    patterns = {field.name: field.pattern for field in PAGBANK.platform.config}
    assert re.fullmatch(patterns["api_key"] or "", TOKEN)
    assert PAGBANK.platform.refunds is None
