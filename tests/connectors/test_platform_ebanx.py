"""EBANX: pinned certificates, forms, days without hours, amounts in the currency that was asked for."""

from __future__ import annotations

import base64
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms import ebanx
from domain.errors import Refused, Unauthenticated
from domain.money import Money
from domain.platforms import IssuedRefund, IssuedRequest
from domain.receipts import Announced, Ignored, ReceiptFact, RequestExpired, ReversalFact
from tests.connectors.platform_proof import REFUND, REQUEST, Folder, code_of, order

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EBANX = Folder(
    "ebanx",
    {"integration_key": "key-of-the-tests", "return_url": "https://aurora.example/thank-you"},
)
FORM = (Path(ebanx.__file__).parent / "samples" / "update.form").read_bytes()
FIRST, SECOND = FORM.decode().rpartition("=")[2].split(",")
KEY, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def certificate(key: Any) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "notifications of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def public(key: Any) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode())


PINNED = certificate(KEY)


def signed(body: bytes, key: Any = KEY) -> dict[str, str]:
    made = key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - EBANX's scheme
    return {
        "X-SignatureType": "rsa,sha1",
        "X-SignatureFingerprint": "4ABAD89CF66B99998465470550EB15E3E271A246",
        "X-SignatureContent": base64.b64encode(made).decode(),
    }


def verify(body: bytes, headers: dict[str, str], *secrets: str) -> None:
    hooks = EBANX.platform.webhooks
    assert hooks is not None
    hooks.verify(body, headers, secrets, NOW)


@pytest.mark.parametrize(
    "pinned",
    [PINNED, public(KEY), " ".join(PINNED.splitlines()), "".join(public(KEY).splitlines())],
    ids=["certificate", "public key", "certificate on one line", "public key on one line"],
)
def test_a_signed_form_is_accepted_also_beside_a_newer_certificate(pinned: str) -> None:
    verify(FORM, signed(FORM), pinned)
    verify(FORM, {name.lower(): value for name, value in signed(FORM).items()}, certificate(OTHER), pinned)
    setting = next(one for one in EBANX.platform.config if one.name == "notification_certificate")
    assert setting.pattern is not None
    assert re.fullmatch(setting.pattern, " ".join(pinned.split("\n")))


def test_every_bit_of_the_body_and_the_signature_counts() -> None:
    headers = signed(FORM)
    for index in range(len(FORM)):
        with pytest.raises(Unauthenticated):
            verify(FORM[:index] + bytes([FORM[index] ^ 1]) + FORM[index + 1 :], headers, PINNED)
    stated = headers["X-SignatureContent"]
    for index in range(len(stated)):
        changed = stated[:index] + chr(ord(stated[index]) ^ 1) + stated[index + 1 :]
        with pytest.raises(Unauthenticated):
            verify(FORM, headers | {"X-SignatureContent": changed}, PINNED)


def test_another_key_another_type_or_none_is_refused() -> None:
    headers = signed(FORM)
    assert code_of(lambda: verify(FORM, signed(FORM, OTHER), PINNED), Unauthenticated) == "signature_invalid"
    assert code_of(lambda: verify(FORM, headers, certificate(OTHER)), Unauthenticated) == "signature_invalid"
    for kind in ("rsa,sha256", "none", "hmac,sha1"):
        told = headers | {"X-SignatureType": kind}
        assert code_of(lambda: verify(FORM, told, PINNED), Unauthenticated) == "signature_invalid"  # noqa: B023 - now
    assert code_of(lambda: verify(FORM, {}, PINNED), Unauthenticated) == "signature_missing"
    for none in ((), ("",), (" ",)):
        assert code_of(lambda: verify(FORM, headers, *none), Unauthenticated) == "secret_missing"  # noqa: B023 - now


@pytest.mark.parametrize(
    "pinned",
    [
        "x" * 40,
        PINNED.replace("CERT", "cert"),
        PINNED.replace("A", "-", 1),
        public(ec.generate_private_key(ec.SECP256R1())),
        PINNED[:200],
    ],
)
def test_what_is_no_certificate_of_rsa_proves_nothing(pinned: str) -> None:
    assert code_of(lambda: verify(FORM, signed(FORM), pinned), Unauthenticated) == "signature_invalid"


def test_payments_are_announced_and_never_believed() -> None:
    assert EBANX.parsed(FORM) == (Announced(FIRST), Announced(SECOND))
    refund = FORM.replace(b"update", b"refund")
    assert EBANX.parsed(refund) == (Announced(FIRST, settled=True), Announced(SECOND, settled=True))
    assert EBANX.parsed(FORM.replace(b"payment_status_change", b"enrollment_change")) == (Ignored("enrollment_change"),)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (FORM.replace(b"update", b"chargeback"), "contest_untold"),
        (FORM.replace(b"update", b"chargeback_credit"), "contest_untold"),
        (FORM.replace(b"update", b"upgrade"), "status_unknown"),
        (FORM + b"/../x", "reference_malformed"),
        (FORM + b"&operation=x", "body_malformed"),
        (FORM.rpartition(b"&")[0], "body_malformed"),
        (b"hash_codes=a&" * 30 + b"x=1", "body_malformed"),
        (FORM + b"," + b",".join(b"%032x" % number for number in range(100)), "body_malformed"),
    ],
)
def test_a_form_that_is_not_as_documented_is_refused(body: bytes, code: str) -> None:
    assert code_of(lambda: EBANX.parsed(body)) == code


def test_a_confirmed_payment_is_a_receipt_of_what_was_asked_on_the_day_that_is_stated() -> None:
    (fact,) = EBANX.told(EBANX.answer("confirmed"))
    assert isinstance(fact, ReceiptFact)
    assert (fact.external_ref, fact.amount) == (FIRST, Money(10_000, "BRL"))
    assert (fact.at, fact.value_date) == (datetime(2026, 11, 24, 12, tzinfo=UTC), date(2026, 11, 24))
    assert fact.references[0] == "req_01kaz8sample000000000000001"


def test_refunds_that_were_made_are_reversals() -> None:
    receipt, made, asked = EBANX.told(EBANX.answer("refunded"))
    assert isinstance(receipt, ReceiptFact)
    assert isinstance(made, ReversalFact)
    assert (made.external_ref, made.original_ref, made.amount) == ("21425", receipt.external_ref, Money(1_023, "USD"))
    assert asked == Ignored("refund.RE")


def test_a_cancelled_payment_is_over_unless_it_had_been_confirmed() -> None:
    assert EBANX.told(EBANX.answer("cancelled")) == (RequestExpired(SECOND),)
    refunded = EBANX.answer("refunded")
    refunded["payment"]["status"] = "CA"
    assert [type(fact) for fact in EBANX.told(refunded)] == [ReceiptFact, ReversalFact, Ignored]
    confirmed = EBANX.answer("confirmed")
    confirmed["payment"]["status"] = "CA"
    assert code_of(lambda: EBANX.told(confirmed)) == "reversal_untold"


@pytest.mark.parametrize(
    ("stated", "currency", "minor"), [("1500", "CLP", 1500), ("1500.00", "COP", 150_000), (100, "BRL", 10_000)]
)
def test_amounts_are_exact(stated: Any, currency: str, minor: int) -> None:
    answer = EBANX.answer("confirmed")
    answer["payment"] |= {"amount_ext": stated, "currency_ext": currency}
    (fact,) = EBANX.told(answer)
    assert isinstance(fact, ReceiptFact)
    assert fact.amount == Money(minor, currency)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_ext": "1.50", "currency_ext": "CLP"}, "amount_too_precise"),
        ({"amount_ext": "0.00"}, "body_malformed"),
        ({"confirm_date": None}, "body_malformed"),
        ({"confirm_date": "24/11/2026"}, "body_malformed"),
        ({"status": "PA"}, "status_unknown"),
        ({"status": None}, "status_unknown"),
    ],
)
def test_an_answer_that_is_not_as_documented_is_refused(changes: dict[str, Any], code: str) -> None:
    answer = EBANX.answer("confirmed")
    answer["payment"] |= changes
    assert code_of(lambda: EBANX.told(answer)) == code


def test_a_page_is_asked_for_in_the_country_of_the_currency() -> None:
    request, sent = EBANX.asked("oxxo", Money(150_050, "MXN"))
    assert request.url == "https://api.ebanxpay.com/ws/request"
    assert (sent["country"], sent["payment_type_code"], sent["amount"]) == ("mx", "oxxo", "1500.50")
    assert (sent["merchant_payment_code"], sent["due_date"]) == (REQUEST, "31/12/2026")
    assert EBANX.asked("", Money(1500, "CLP"))[1]["amount"] == "1500"
    asking = EBANX.platform.payment_requests
    assert asking is not None
    lookup = asking.query(order("pix", Money(1, "BRL")), EBANX.settings)
    assert parse_qs(urlsplit(lookup.url).query)["merchant_payment_code"] == [REQUEST]


@pytest.mark.parametrize(
    ("rail", "amount", "changes", "code"),
    [
        ("pix", Money(0, "BRL"), {}, "amount_not_positive"),
        ("pix", Money(1, "MXN"), {}, "method_currency_mismatch"),
        ("", Money(1, "USD"), {}, "method_currency_mismatch"),
        ("knet", Money(1, "BRL"), {}, "method_currency_mismatch"),
        ("pix", Money(1, "BRL"), {"payer_email": None}, "payer_email_missing"),
    ],
)
def test_what_ebanx_does_not_take_is_not_asked_for(
    rail: str, amount: Money, changes: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: EBANX.asked(rail, amount, **changes)) == code


def test_a_page_is_issued_or_given_up_where_it_is_not_shown_again() -> None:
    page = "https://checkout.ebanx.com/checkout?hash=x"
    made = EBANX.answer("pending") | {"redirect_url": page}
    assert EBANX.issued(made) == IssuedRequest(made["payment"]["hash"], None, page)
    assert code_of(lambda: EBANX.issued(EBANX.answer("pending")), Refused) == "request_lost"
    assert code_of(lambda: EBANX.issued(EBANX.answer("cancelled")), Refused) == "request_cancelled"
    assert code_of(lambda: EBANX.issued({"status": "ERROR", "status_code": "BP-DR-1"}), Refused) == "platform_refused"


def test_a_whole_payment_is_given_back_and_a_part_is_not() -> None:
    paid = Money(8_000, "USD")
    request, _ = EBANX.refund(FIRST, paid, paid)
    fields = parse_qs(urlsplit(request.url).query)
    assert (fields["hash"], fields["amount"], fields["operation"]) == ([FIRST], ["80.00"], ["request"])
    assert fields["merchant_refund_code"] == [REFUND]
    assert code_of(lambda: EBANX.refund(FIRST, Money(1, "USD"), paid)) == "refund_partial"
    assert code_of(lambda: EBANX.refund("../x", paid, paid)) == "reference_malformed"
    told = {"refund": {"id": "21426", "status": "RE"}, "operation": "refund", "status": "SUCCESS"}
    assert EBANX.refunded(told) == IssuedRefund("21426", done=False)
    told["refund"] = {"id": "21426", "status": "CO"}
    assert EBANX.refunded(told) == IssuedRefund("21426", done=True)
    told["refund"] = {"id": "21426", "status": "CA"}
    assert code_of(lambda: EBANX.refunded(told), Refused) == "refund_rejected"


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: FORM + text.encode()))
def test_whatever_is_sent_meets_coded_errors_only(raw: bytes) -> None:
    EBANX.unreadable(raw)


@given(st.data())
def test_a_garbled_sample_meets_coded_errors_only(data: st.DataObject) -> None:
    EBANX.unreadable(EBANX.garbled(data))


def test_the_json_sample_says_what_the_form_says() -> None:
    assert EBANX.parsed(dict(EBANX.samples())["update"]) == EBANX.parsed(FORM)
