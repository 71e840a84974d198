"""Conekta: the key pair proves a body and nothing beside it, centavos are exact, each paid charge is a receipt."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.conekta.signatures import PUBLIC_KEY
from domain.errors import Unauthenticated
from domain.money import Money
from domain.platforms import IssuedRequest
from domain.receipts import Announced, Ignored, ReceiptFact
from tests.connectors.platform_proof import REQUEST, Folder, code_of, every_bit_counts
from tests.connectors.test_platform_signatures import Vector

CONEKTA = Folder("conekta", {"api_key": "key_C0FFEE00tests"})
ORDER = "ord_2xayxSvfWzQ2TLz7r"
CHARGE = "67c72196e777ac0001f2140c"
LINK = "6fca054a-8519-4c43-971e-cea35cc519bb"
BODY = json.dumps({"id": "69247c0b41de2700015a0001", "type": "order.paid"}).encode()
PAIR = rsa.generate_private_key(65537, 2048)
OTHER_PAIR = rsa.generate_private_key(65537, 2048)


def pem_of(pair: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def line_of(pair: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return "".join(pem_of(pair).splitlines()[1:-1])


def signed(
    body: bytes = BODY,
    pair: rsa.RSAPrivateKey = PAIR,
    padding: AsymmetricPadding | None = None,
    digest: HashAlgorithm | None = None,
) -> str:
    return base64.b64encode(pair.sign(body, padding or PKCS1v15(), digest or SHA256())).decode()


def verify(headers: dict[str, str], *secrets: str, body: bytes = BODY) -> None:
    hooks = CONEKTA.platform.webhooks
    assert hooks is not None
    hooks.verify(body, headers, secrets, datetime(2026, 11, 24, tzinfo=UTC))


def refused(headers: dict[str, str], *secrets: str) -> str:
    return code_of(lambda: verify(headers, *secrets), Unauthenticated)


def test_the_key_pair_proves_a_body_and_nothing_beside_it() -> None:
    every_bit_counts(Vector("conekta", BODY, {"digest": signed()}, line_of(PAIR), proofs=("digest",)))


def test_a_signature_is_written_in_one_way_only() -> None:
    """The last letter of Base64 has bits that say nothing; what differs in them alone is another text."""
    stated = signed()
    last = chr(ord(stated[-3]) + 1)
    assert base64.b64decode(stated[:-3] + last + "==") == base64.b64decode(stated)
    assert refused({"Digest": stated[:-3] + last + "=="}, line_of(PAIR)) == "signature_invalid"


@pytest.mark.parametrize("form", [line_of(PAIR), pem_of(PAIR), pem_of(PAIR).replace("\n", "\r\n")])
def test_a_key_is_held_with_or_without_its_lines_and_several_may_be(form: str) -> None:
    assert PUBLIC_KEY.fullmatch(form)
    verify({"Digest": signed()}, form)
    verify({"Digest": signed()}, pem_of(OTHER_PAIR), form)
    verify({"Digest": signed()}, form, "")


def test_only_this_signature_of_this_key_counts() -> None:
    held = line_of(PAIR)
    others = (
        signed(pair=OTHER_PAIR),
        signed(body=BODY + b" "),
        signed(digest=SHA1()),  # noqa: S303 - what must be refused
        signed(padding=PSS(MGF1(SHA256()), PSS.DIGEST_LENGTH)),
        signed() + "\n",
        signed().rstrip("="),
        "",
        "é",
    )
    for value in others:
        assert refused({"Digest": value}, held) in {"signature_invalid", "signature_missing"}, value
    assert refused({"Digest": signed()}, line_of(OTHER_PAIR)) == "signature_invalid"
    assert refused({}, held) == "signature_missing"
    for none in ((), ("",), (" ",)):
        assert refused({"Digest": signed()}, *none) == "secret_missing"


def test_a_key_that_is_no_rsa_key_proves_nothing() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    for key in (line_of(curve), line_of(PAIR)[:-8] + "AAAAAAAA", line_of(PAIR)[:200], "MII", "key"):
        assert refused({"Digest": signed()}, key) == "signature_invalid"
    assert not PUBLIC_KEY.fullmatch(line_of(curve))


@given(st.data())
def test_a_garbled_delivery_is_read_or_refused(data: st.DataObject) -> None:
    CONEKTA.unreadable(CONEKTA.garbled(data))


def test_a_delivery_announces_and_tells_nothing() -> None:
    told = {name: CONEKTA.parsed(sample) for name, sample in CONEKTA.samples()}
    assert told == {
        "order_paid": (Announced(ORDER, settled=True),),
        "charge_paid": (Announced(ORDER, settled=True),),
        "order_pending": (Announced("ord_2xayxSvfWzQ2TLz9t", settled=False),),
        "webhook_ping": (Ignored("webhook_ping"),),
    }


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("order.refunded", "reversal_untold"),
        ("order.partially_refunded", "reversal_untold"),
        ("charge.refunded", "reversal_untold"),
        ("charge.reversed", "reversal_untold"),
        ("cash_refund.refunded", "reversal_untold"),
        ("order.charged_back", "contest_untold"),
        ("charge.chargeback.created", "contest_untold"),
        ("chargeback.lost", "contest_untold"),
    ],
)
def test_money_that_goes_back_is_for_a_person(kind: str, code: str) -> None:
    event = dict(CONEKTA.samples())["order_paid"] | {"type": kind}
    assert code_of(lambda: CONEKTA.parsed(event)) == code


@given(st.integers(1, 10**12))
def test_centavos_are_asked_for_and_read_again(cents: int) -> None:
    request, document = CONEKTA.asked("", Money(cents, "MXN"))
    assert (request.method, request.url) == ("POST", "https://api.conekta.io/checkouts")
    assert document["order_template"]["line_items"][0]["unit_price"] == cents
    answer = CONEKTA.answer("order_paid_spei")
    answer["charges"]["data"][0]["amount"] = cents
    receipt = CONEKTA.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.amount == Money(cents, "MXN")


def test_a_link_is_for_one_payment_of_the_rail_and_names_our_request() -> None:
    request, document = CONEKTA.asked("cash", Money(150050, "MXN"))
    assert request.headers["Accept"] == "application/vnd.conekta-v2.3.0+json"
    assert request.headers["Authorization"] == "Bearer key_C0FFEE00tests"
    assert document["recurrent"] is False
    assert document["order_template"]["metadata"] == {"afluente_request": REQUEST}
    assert document["allowed_payment_methods"] == ["cash"]
    assert document["expires_at"] == datetime(2026, 12, 31, 3, 0, tzinfo=UTC).timestamp()
    assert CONEKTA.asked("", Money(1, "MXN"))[1]["allowed_payment_methods"] == ["card", "cash", "bank_transfer"]
    assert len(CONEKTA.asked("", Money(1, "MXN"), description="x" * 500)[1]["name"]) == 249


def test_what_cannot_be_asked_for_is_refused() -> None:
    assert code_of(lambda: CONEKTA.asked("", Money(100, "USD"))) == "method_currency_mismatch"
    for cents in (0, -1):
        assert code_of(lambda: CONEKTA.asked("", Money(cents, "MXN"))) == "amount_not_positive"  # noqa: B023


def test_a_links_page_is_given() -> None:
    link = {"id": LINK, "url": "https://pay.conekta.com/link/1", "status": "Issued", "expires_at": 1798686000}
    expires = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
    assert CONEKTA.issued(link) == IssuedRequest(LINK, None, "https://pay.conekta.com/link/1", expires)
    assert CONEKTA.issued(link | {"expires_at": None}).expires_at is None
    assert code_of(lambda: CONEKTA.issued(link | {"expires_at": "soon"})) == "body_malformed"
    assert code_of(lambda: CONEKTA.issued(link | {"status": "Expired"})) == "status_unknown"
    assert code_of(lambda: CONEKTA.issued(link | {"url": None})) == "body_malformed"


def test_an_answer_tells_what_it_means_and_no_more() -> None:
    kinds = {name: [type(fact) for fact in CONEKTA.told(answer)] for name, answer in CONEKTA.samples("answers")}
    assert kinds == {
        "order_paid": [Ignored, ReceiptFact],  # the first try was declined
        "order_paid_spei": [ReceiptFact],
        "order_pending": [Ignored],
        "order_expired": [Ignored],
        "order_open": [Ignored],
    }


def test_a_receipt_names_the_link_our_request_and_the_order() -> None:
    receipt = CONEKTA.told(CONEKTA.answer("order_paid"))[1]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.external_ref == CHARGE
    assert receipt.references == (LINK, "preq_sample1", ORDER)
    assert (receipt.payer_name, receipt.rail) == ("María José Núñez", "card")


@pytest.mark.parametrize(
    ("at", "day"), [("2026-11-25T05:59:59Z", date(2026, 11, 24)), ("2026-11-25T06:00:00Z", date(2026, 11, 25))]
)
def test_a_day_is_mexico_citys(at: str, day: date) -> None:
    answer = CONEKTA.answer("order_paid_spei")
    answer["charges"]["data"][0]["paid_at"] = int(datetime.fromisoformat(at).timestamp())
    receipt = CONEKTA.told(answer)[0]
    assert isinstance(receipt, ReceiptFact)
    assert receipt.value_date == day


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "refunded"}, "reversal_untold"),
        ({"status": "partially_refunded"}, "reversal_untold"),
        ({"refunds": {"data": [{"id": "r1", "amount": -1}], "has_more": False}}, "reversal_untold"),
        ({"refunds": {"data": [], "has_more": True}}, "reversal_untold"),
        ({"refunds": [{}]}, "reversal_untold"),
        ({"status": "charged_back"}, "contest_untold"),
        ({"chargeback": {"id": "c1"}}, "contest_untold"),
        ({"currency": "USD"}, "body_malformed"),
        ({"amount": 1500.5}, "body_malformed"),
        ({"amount": "150050"}, "body_malformed"),
        ({"paid_at": None}, "body_malformed"),
    ],
)
def test_what_conekta_does_not_settle_is_for_a_person(change: dict[str, Any], code: str) -> None:
    answer = CONEKTA.answer("order_paid_spei")
    answer["charges"]["data"][0] |= change
    assert code_of(lambda: CONEKTA.told(answer)) == code


def test_an_order_is_read_whole_or_not_at_all() -> None:
    answer = CONEKTA.answer("order_paid")
    assert code_of(lambda: CONEKTA.told(answer | {"amount_refunded": 1})) == "reversal_untold"
    assert code_of(lambda: CONEKTA.told(answer | {"charges": answer["charges"] | {"has_more": True}})) == (
        "body_malformed"
    )
    empty = {"object": "list", "has_more": False, "data": []}
    assert CONEKTA.told(answer | {"charges": empty}) == (Ignored("order.open"),)
    for refunds in (None, [], {"data": [], "has_more": False}):
        answer["charges"]["data"][1]["refunds"] = refunds
        assert isinstance(CONEKTA.told(answer)[1], ReceiptFact)


@given(st.one_of(st.text(max_size=20), st.none(), st.integers(), st.booleans()))
def test_an_unknown_status_is_never_guessed_at(status: Any) -> None:
    answer = CONEKTA.answer("order_paid_spei")
    answer["charges"]["data"][0]["status"] = status
    if not re.fullmatch("paid|pending_payment|declined|expired|canceled|pre_authorized", str(status)):
        assert code_of(lambda: CONEKTA.told(answer)) in {"status_unknown", "reversal_untold", "contest_untold"}


def test_what_is_not_settled_is_not_offered() -> None:
    assert (CONEKTA.platform.refunds, CONEKTA.platform.reports) == (None, ())
