"""PayTabs's form, which a browser brings back: its published example is proved, and nothing in it is booked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms import paytabs
from connectors.platforms.paytabs import forms
from domain.errors import Invalid, Unauthenticated
from domain.receipts import Announced
from tests.connectors.platform_proof import Folder, code_of
from tests.connectors.test_platform_signatures import Vector, refused, verify

PAYTABS = Folder("paytabs", {"api_key": "key", "profile_id": "1", "base_url": "https://platform.invalid"})
KEY = "SGJNZ96JLG-JDMKHGRWT9-RWRK2KJNRJ"
PUBLISHED = Vector(
    "paytabs",
    b"acquirerMessage=&acquirerRRN=&cartId=cart_11111&customerEmail=email%40domain.com&respCode=G84718"
    b"&respMessage=Authorised&respStatus=A&signature=7a181a32c768621eb6966107752ee70205a01f1c4403a3d13c0ff604f591f988"
    b"&token=&tranRef=TST2215201242166",
    {},
    KEY,
)


def test_the_published_form_is_accepted_and_asked_about() -> None:
    verify(PUBLISHED)
    verify(PUBLISHED, secrets=("ANOTHER-KEY", KEY))
    assert PAYTABS.parsed(PUBLISHED.body) == (Announced("TST2215201242166", settled=True),)
    declined = PUBLISHED.body.replace(b"respStatus=A", b"respStatus=D")
    assert PAYTABS.parsed(declined) == (Announced("TST2215201242166", settled=False),)


def test_whatever_is_signed_and_changed_by_one_bit_is_refused() -> None:
    """Fields without a value are not signed, by PayTabs's own rule; nothing is read of them."""
    signed = [field for field in PUBLISHED.body.split(b"&") if not field.endswith(b"=")]
    assert len(signed) == 7
    for field in signed:
        start = PUBLISHED.body.index(field)
        for index in range(start, start + len(field)):
            body = PUBLISHED.body[:index] + bytes([PUBLISHED.body[index] ^ 1]) + PUBLISHED.body[index + 1 :]
            assert refused(PUBLISHED, body=body)
    for index in range(len(KEY)):
        assert refused(PUBLISHED, secrets=(KEY[:index] + "_" + KEY[index + 1 :],)) == "signature_invalid"


def test_a_form_without_its_signature_or_its_key_proves_nothing() -> None:
    signed = PUBLISHED.body.split(b"&signature=")[1][:64]
    assert refused(PUBLISHED, body=PUBLISHED.body.replace(signed, b"")) == "signature_invalid"
    assert refused(PUBLISHED, body=PUBLISHED.body.replace(signed, signed.upper())) == "signature_invalid"
    assert refused(PUBLISHED, body=PUBLISHED.body.replace(b"signature", b"signatur")) == "signature_missing"
    assert refused(PUBLISHED, body=b'{"a":"' + PUBLISHED.body + b'"}') == "signature_missing"
    assert refused(PUBLISHED, secrets=("",)) == "secret_missing"
    assert refused(PUBLISHED, headers={"Signature": signed.decode()}) == "signature_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"respStatus=A", b"respStatus=Q"), "status_unknown"),
        ((b"respStatus=A", b"respStatus="), "status_unknown"),
        ((b"TST2215201242166", b"../payment"), "reference_malformed"),
        ((b"TST2215201242166", b""), "body_malformed"),
        ((b"&token=", b"&tranRef=TST2215201242167"), "body_malformed"),
        ((b"&token=", b"&token=%FF"), None),
    ],
)
def test_a_form_that_says_something_else_is_not_guessed_at(change: tuple[bytes, bytes], code: str | None) -> None:
    body = PUBLISHED.body.replace(*change)
    if code is not None:
        assert code_of(lambda: PAYTABS.parsed(body)) == code
    PAYTABS.unreadable(body)


@given(st.binary(max_size=200), st.text(max_size=80))
def test_whatever_is_sent_as_a_form_is_refused(raw: bytes, text: str) -> None:
    for body in (raw, b"signature=" + raw, b"tranRef=x&signature=" + text.encode("utf-8", "surrogatepass")):
        with pytest.raises(Unauthenticated):
            verify(PUBLISHED, body=body)
        PAYTABS.unreadable(body)


def test_the_sample_is_such_a_form() -> None:
    raw = (Path(paytabs.__file__).parent / "samples" / "return.form").read_bytes()
    assert forms.is_form(raw)
    assert PAYTABS.parsed(raw) == (Announced("TST2632800000001", settled=True),)
    with pytest.raises(Invalid):
        forms.fields_of(raw + b"&" + raw)
