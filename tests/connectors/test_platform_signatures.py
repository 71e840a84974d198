"""Who may speak for a platform: published vectors pass, and whatever is changed by one bit does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import platforms
from domain.errors import Unauthenticated

OPENPIX = json.loads((Path(__file__).parent / "openpix_vector.json").read_text("utf-8"))
SIGNED_AT = 1_496_734_173
AT = datetime.fromtimestamp(SIGNED_AT, UTC)
EVENT = b'{"data":{"id":"evt_test","type":"event"}}'
LATER = "another-secret-of-tests"


@dataclass(frozen=True)
class Vector:
    """A delivery that is proved, and where its proof lies."""

    platform: str
    body: bytes
    headers: dict[str, str]
    secret: str
    proofs: tuple[str, ...] = ()  # the headers that every bit of must count
    body_counts: bool = True
    at: datetime = AT
    other: str = LATER
    tolerance: int | None = None
    parts: tuple[bytes, ...] = field(default=())  # of a body that is covered in part: what is covered


MERCADO_PAGO = Vector(
    "mercadopago",
    b'{"type":"payment","id":1,"data":{"id":"ORD01JQ4S4KY8HWQ6NA5PXB65B3D3"}}',
    {
        "x-signature": "ts=1742505638683,v1=d568551a3929afe312cfd5771e3fe9365a9ee7fbccd97712645be11c30059a51",
        "x-request-id": "2066ca19-c6f1-498a-be75-1923005edd06",
    },
    "test-secret",
    proofs=("x-signature", "x-request-id"),
    body_counts=False,
    parts=(b"ORD01JQ4S4KY8HWQ6NA5PXB65B3D3",),
)
XENDIT = Vector(
    "xendit", b"{}", {"x-callback-token": "token-of-the-tests"}, "token-of-the-tests", ("x-callback-token",), False
)
PAYMONGO = Vector(
    "paymongo",
    EVENT,
    {
        "Paymongo-Signature": f"t={SIGNED_AT},te=94fba48b91e445dcb9c775f22270a41d4e8a8b542974947c7cddd5f4bd2ea44f,li=",
    },
    "whsk_test_not_real",
    proofs=("Paymongo-Signature",),
    tolerance=86_400,
)
MIDTRANS_KEY = (
    "6c5fb98449ad0b6bd337818c0d363ecc1c4c8be3b85b6762f8dbfcb14c68885a"
    "25d036051cff6fc6a41d814af26eeb3401acf3bf34d9d79fc2fd8b4d1500d80b"
)
MIDTRANS = Vector(
    "midtrans",
    b'{"order_id":"LOAN-0001-2026-11","status_code":"200","gross_amount":"1500000.00","signature_key":"'
    + MIDTRANS_KEY.encode()
    + b'","transaction_status":"settlement"}',
    {},
    "SB-TEST-server-key-not-real",
    body_counts=False,
    parts=(b"LOAN-0001-2026-11", b"200", b"1500000.00", MIDTRANS_KEY.encode()),
)
OMISE = Vector(
    "omise",
    EVENT,
    {
        "Omise-Signature": "9b65835535289a44ed33bf487c0d9a9cc2d22aee5c47540306c0e6dfb97a48ec",
        "Omise-Signature-Timestamp": str(SIGNED_AT),
    },
    "dGVzdC13ZWJob29rLXNlY3JldA==",
    proofs=("Omise-Signature", "Omise-Signature-Timestamp"),
    tolerance=86_400,
    other="YW5vdGhlci1zZWNyZXQ=",
)
OPENPIX_RSA = Vector(
    "openpix",
    OPENPIX["payload"].encode(),
    {"x-webhook-signature": OPENPIX["signature"], "x-webhook-token": "token-of-the-tests"},
    "token-of-the-tests",
    proofs=("x-webhook-token", "x-webhook-signature"),
)
OPENPIX_HMAC = Vector(
    "openpix",
    EVENT,
    {"X-OpenPix-Signature": base64.b64encode(hmac.new(b"hmac-secret-of-tests", EVENT, hashlib.sha1).digest()).decode()},
    "hmac-secret-of-tests",
    proofs=("X-OpenPix-Signature",),
)
CHECKOUT_COM = Vector(
    "checkout_com",
    b'{"event":"test","id":"evt_1"}',
    {"Cko-Signature": "ef9ac9eaaad22e1f756dded8b74b83ffa0af0b9a10e3d46509690f4bacaefe2d"},
    "a-test-signing-secret",
    proofs=("Cko-Signature",),
)
TAP = Vector(
    "tap",
    b'{"id":"chg_1","object":"charge","status":"CAPTURED","amount":1.5,"currency":"KWD",'
    b'"reference":{"gateway":"gw","payment":"py"},"transaction":{"created":"1700"}}',
    {"hashstring": "69485ac24bba9295ec86001f7cf0fb7f426b758136eeafa5eb94864fb8b8f514"},
    "test-secret",
    proofs=("hashstring",),
    body_counts=False,
    parts=(b"chg_1", b"CAPTURED", b"1.5", b"KWD", b"gw", b"py", b"1700"),
)
PAYTABS = Vector(
    "paytabs",
    b'{"cart_id":"cart_11111","tran_ref":"TST2215201242166"}',
    {"Signature": "69518f55b9c02ab7739892fb142e584ee4f8844f155a4f1ceda08c3ffb732c9c"},
    "SGJNZ96JLG-JDMKHGRWT9-RWRK2KJNRJ",
    proofs=("Signature",),
)
MOYASAR = Vector(
    "moyasar",
    b'{"type":"payment_paid","secret_token":"token-of-the-tests","data":{"id":"1"}}',
    {},
    "token-of-the-tests",
    body_counts=False,
    parts=(b"token-of-the-tests",),
)
FAWRY_KEY = hashlib.sha256(
    b"9701779708f1cea8b5426cb57922df51b7f790152.00150.00NEWPAYATFAWRYtest-secure-key"  # the published fields
).hexdigest()
FAWRY = Vector(
    "fawry",
    b'{"fawryRefNumber":"970177","merchantRefNumber":"9708f1cea8b5426cb57922df51b7f790","paymentAmount":152.0,'
    b'"orderAmount":150,"orderStatus":"NEW","paymentMethod":"PAYATFAWRY","messageSignature":"'
    + FAWRY_KEY.encode()
    + b'"}',
    {},
    "test-secure-key",
    body_counts=False,
    parts=(b"970177", b"9708f1cea8b5426cb57922df51b7f790", b"152.0", b"150", b"NEW", b"PAYATFAWRY", FAWRY_KEY.encode()),
)
PAYMOB = Vector(  # published by Paymob, with its secret in the tests of a public client
    "paymob",
    b'{"type":"TRANSACTION","obj":{"id":192036465,"pending":false,"amount_cents":100000,"success":true,"is_auth":false,'
    b'"is_capture":false,"is_standalone_payment":true,"is_voided":false,"is_refunded":false,"is_3d_secure":true,'
    b'"integration_id":4097558,"has_parent_transaction":false,"order":{"id":217503754},"currency":"EGP",'
    b'"created_at":"2024-06-13T11:33:44.592345","source_data":{"pan":"2346","type":"card","sub_type":"MasterCard"},'
    b'"error_occured":false,"owner":302852}}',
    {
        "x-webhook-hmac": "fa8ac0b7f3852e60c50e7fdd4ea5ef0bda96030c19dea1d55df8c76d6c08ab18"
        "77774662cbb04981dc84839ad4da560bcc8cb53b8973548657f7e8f8d2e79930"
    },
    "04DC1A9490B8CC2094C011FC055ADCDB",
    proofs=("x-webhook-hmac",),
    body_counts=False,
    parts=(
        *(b"192036465", b"100000", b"4097558", b"217503754", b"EGP", b"2024-06-13T11:33:44.592345", b"2346", b"card"),
        *(b"MasterCard", b"302852", b'"success":true', b'"pending":false', b'"is_refunded":false', b'"is_auth":false'),
    ),
)
GULF = (CHECKOUT_COM, TAP, PAYTABS, MOYASAR, FAWRY, PAYMOB)
VECTORS = (MERCADO_PAGO, XENDIT, PAYMONGO, MIDTRANS, OMISE, OPENPIX_RSA, OPENPIX_HMAC, *GULF)
each = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.platform)


def verify(
    vector: Vector,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    secrets: tuple[str, ...] | None = None,
    at: datetime | None = None,
) -> None:
    hooks = platforms()[vector.platform].webhooks
    assert hooks is not None
    hooks.verify(
        vector.body if body is None else body,
        vector.headers if headers is None else headers,
        (vector.secret,) if secrets is None else secrets,
        vector.at if at is None else at,
    )


def refused(vector: Vector, **changes: object) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verify(vector, **changes)  # type: ignore[arg-type]
    return refusal.value.code


@each
def test_the_published_vector_is_accepted_whatever_the_case_of_headers(vector: Vector) -> None:
    verify(vector)
    verify(vector, headers={name.upper(): value for name, value in vector.headers.items()})


@each
def test_a_secret_may_be_renewed(vector: Vector) -> None:
    verify(vector, secrets=(vector.other, vector.secret))
    verify(vector, secrets=(vector.secret, vector.other))
    assert refused(vector, secrets=(vector.other,)) in {"signature_invalid", "token_invalid"}


@each
def test_a_missing_secret_proves_nothing(vector: Vector) -> None:
    assert refused(vector, secrets=()) == "secret_missing"
    assert refused(vector, secrets=(" ",)) == "secret_missing"


@each
def test_a_changed_key_is_refused(vector: Vector) -> None:
    for index in range(len(vector.secret.rstrip("="))):
        letter = "A" if vector.secret[index] not in "AB" else "z"  # Base64 leaves bits of the last letter unused
        assert refused(vector, secrets=(vector.secret[:index] + letter + vector.secret[index + 1 :],))


@each
def test_a_changed_body_is_refused_where_it_is_covered(vector: Vector) -> None:
    places = range(len(vector.body)) if vector.body_counts else covered(vector)
    for index in places:
        changed = bytearray(vector.body)
        changed[index] ^= 1
        assert refused(vector, body=bytes(changed))


def covered(vector: Vector) -> list[int]:
    starts = [(vector.body.index(part), len(part)) for part in vector.parts]
    return [start + offset for start, length in starts for offset in range(length)]


@each
def test_a_changed_header_is_refused(vector: Vector) -> None:
    for name in vector.proofs:
        value = vector.headers[name]
        for index, letter in enumerate(value.removesuffix(",li=")):  # an empty place in PayMongo's
            changed = value[:index] + chr(ord(letter) ^ 1) + value[index + 1 :]
            assert refused(vector, headers={**vector.headers, name: changed}), (name, index)


@each
def test_a_signature_spelt_otherwise_is_refused(vector: Vector) -> None:
    """In letters of the other case, with more padding than it has, or inside something longer."""
    for name in vector.proofs:
        value = vector.headers[name].removesuffix(",li=")
        for other in (value.swapcase(), f"{value}=", f"{value}0", f"0{value}", value[:-1]):
            if other != value:
                assert refused(vector, headers={**vector.headers, name: other}), (name, other)


@each
def test_a_header_left_out_is_refused(vector: Vector) -> None:
    for name in vector.headers:
        assert refused(vector, headers={key: value for key, value in vector.headers.items() if key != name})


@pytest.mark.parametrize("vector", [one for one in VECTORS if one.tolerance], ids=lambda vector: vector.platform)
def test_what_was_signed_too_long_ago_or_in_the_future_is_refused(vector: Vector) -> None:
    assert vector.tolerance is not None
    for side in (-1, 1):
        verify(vector, at=vector.at + side * timedelta(seconds=vector.tolerance))
        late = vector.at + side * timedelta(seconds=vector.tolerance + 1)
        assert refused(vector, at=late) == "signature_expired"
        assert refused(vector, at=late, body=vector.body + b" ") == "signature_invalid"


@given(st.sampled_from(VECTORS), st.text(max_size=60), st.data())
def test_no_header_makes_more_than_a_refusal(vector: Vector, text: str, data: st.DataObject) -> None:
    if vector.headers:
        name = data.draw(st.sampled_from(sorted(vector.headers)))
        if text != vector.headers[name]:
            assert refused(vector, headers={**vector.headers, name: text})


def test_omise_signs_twice_while_a_secret_is_renewed() -> None:
    both = f"{'0' * 64},{OMISE.headers['Omise-Signature']}"
    verify(OMISE, headers={**OMISE.headers, "Omise-Signature": both})


def test_paymongo_signs_in_the_place_of_its_mode() -> None:
    stated = PAYMONGO.headers["Paymongo-Signature"].replace(",li=", "").replace("te=", "te=,li=")
    verify(PAYMONGO, headers={"Paymongo-Signature": stated})


def test_openpix_signing_for_somebody_else_is_refused() -> None:
    """Its key is one for all, so a webhook of another customer's is signed well; it lacks our token."""
    relayed = {"x-webhook-signature": OPENPIX["signature"]}
    assert refused(OPENPIX_RSA, headers=relayed) == "token_invalid"
    assert refused(OPENPIX_RSA, headers={**relayed, "x-webhook-token": "guessed"}) == "token_invalid"


def test_openpix_signature_changed_anywhere_is_refused() -> None:
    raw = base64.b64decode(OPENPIX["signature"])
    for index in range(len(raw)):
        changed = base64.b64encode(raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]).decode()
        headers = {**OPENPIX_RSA.headers, "x-webhook-signature": changed}
        assert refused(OPENPIX_RSA, headers=headers) == "signature_invalid"


def test_what_midtrans_does_not_sign_is_not_believed() -> None:
    """The status may be changed without the signature noticing: all that is taken from it is what to ask about."""
    hooks = platforms()["midtrans"].webhooks
    assert hooks is not None
    forged = MIDTRANS.body.replace(b"settlement", b"expire")
    verify(MIDTRANS, body=forged)
    assert [type(fact).__name__ for fact in hooks.parse(forged)] == ["Announced"]
