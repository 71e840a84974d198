"""SNAP's signatures: the documented texts, whitespace that does not count, every bit that does."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from connectors.shared import snap
from domain.errors import Invalid

BODY = (
    b'{"partnerServiceId":"   12345","customerNo":"0000000001","virtualAccountNo":"   123450000000001",'
    b'"paymentRequestId":"PR-1","paidAmount":{"value":"1500000.00","currency":"IDR"}}'
)
ASKED = {
    "method": "POST",
    "path": "/v1.0/transfer-va/payment",
    "token": "TESTTOKEN",
    "timestamp": "2026-11-24T10:05:00+07:00",
    "secret": "TESTCLIENTSECRET",
}
SIGNED = "kGbhcUvp7dMgdZWI7+1nJiiI1aGE2vy2XVWP/Fam7GbkzSCXlSL6E5G1YPq9yGaliB+wHsdJH+21nAIZFmRhQA=="
"""Computed from the documented formula outside of this code (the project's notes)."""
KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)


def test_the_vector_comes_out() -> None:
    assert snap.digest(BODY) == "af66d193bd2b7b7ed1f42287bd4033285ac492905284444cc76a391bffe51e21"
    assert snap.symmetric(body=BODY, **ASKED) == SIGNED


def test_every_part_of_a_request_counts() -> None:
    for name, value in ASKED.items():
        assert snap.symmetric(body=BODY, **{**ASKED, name: f"{value}x"}) != SIGNED
    for index in range(len(BODY)):
        changed = BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]
        assert snap.symmetric(body=changed, **ASKED) != SIGNED


def test_whitespace_counts_inside_texts_alone() -> None:
    spread = BODY.replace(b',"', b' ,\r\n\t"').replace(b'":{', b'" : {')
    assert snap.minified(spread) == BODY
    assert snap.digest(spread) == snap.digest(BODY)
    assert snap.digest(BODY.replace(b"   12345", b"  12345")) != snap.digest(BODY)
    assert snap.minified(rb'{"a \" b": "c \\" , "d e": 1}') == rb'{"a \" b":"c \\","d e":1}'


@given(st.binary(max_size=100))
def test_a_body_that_is_minified_stays_as_it_is(body: bytes) -> None:
    assert snap.minified(snap.minified(body)) == snap.minified(body)


def test_a_token_is_asked_for_under_the_private_key() -> None:
    text = snap.token_text("client", "2026-11-24T10:05:00+07:00")
    assert text == "client|2026-11-24T10:05:00+07:00"
    signature = snap.asymmetric(text, PRIVATE)
    KEY.public_key().verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert snap.proves(signature, text, PUBLIC)


def test_a_request_without_a_token_is_proved_by_the_public_key() -> None:
    text = snap.request_text(
        method="POST", path="/v1.0/transfer-va/payment", body=BODY, timestamp="2026-11-24T10:05:00+07:00"
    )
    assert text == f"POST:/v1.0/transfer-va/payment:{snap.digest(BODY)}:2026-11-24T10:05:00+07:00"
    signature = snap.asymmetric(text, PRIVATE)
    raw = base64.b64decode(signature)
    for index in range(0, len(raw), 16):
        changed = base64.b64encode(raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]).decode()
        assert not snap.proves(changed, text, PUBLIC)
    for index in range(len(text)):
        assert not snap.proves(signature, text[:index] + chr(ord(text[index]) ^ 1) + text[index + 1 :], PUBLIC)


def test_what_is_no_key_proves_nothing() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for key in ("", "no key", pem.decode()):
        assert not snap.proves(snap.asymmetric("x", PRIVATE), "x", key)
    for signature in ("", "!", "AAAA"):
        assert not snap.proves(signature, "x", PUBLIC)
    elliptic = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for key in ("", "no key", elliptic.decode()):
        with pytest.raises(Invalid) as refusal:
            snap.asymmetric("x", key)
        assert refusal.value.code == "private_key_malformed"
