"""Whatever a rail agrees to make reads back as the same, at the extremes of every field; the rest is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import rails
from connectors.shared import references
from domain.errors import Invalid
from tests.connectors.test_rails import DUITNOW, QR_PH, QRIS

JOMPAY = "00020201021126360014A00000061500010106898989020412345204111153034585802MY5903TNB6002KL61055920063043291"

ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CAPITALS = ALNUM[:36]
HYPHENED = ALNUM + "-"
ASCII = "".join(chr(code) for code in range(0x20, 0x7F))


def of(letters: str, most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Texts of these letters, their shortest and longest among them more often than chance has it."""
    return st.one_of(
        st.text(letters, min_size=most, max_size=most),
        st.text(letters, min_size=least, max_size=least),
        st.text(letters, min_size=least, max_size=most),
        st.text(letters, min_size=most + 1, max_size=most + 1),
    )


def digits(most: int, least: int = 1) -> st.SearchStrategy[str]:
    return of("0123456789", most, least)


NAMES = st.one_of(of(ASCII, 25), of("São Paulo Ñandú İstanbul Đà", 15), st.text(max_size=30))
AMOUNTS = st.one_of(
    st.sampled_from(
        ["0", "0.01", "1", "1.5", "10.", ".5", "9999999999.99", "99999999999", "1e3", "-1", "1,5", "0.001"]
    ),
    st.decimals(Decimal("0.01"), Decimal(10) ** 11, places=2, allow_nan=False, allow_infinity=False).map(str),
    st.integers(1, 10**12).map(str),
)
RF = of(CAPITALS, 21).filter(lambda body: len(body) <= 21).map(references.creditor_reference)
MOMENTS = st.integers(0, 10**13 - 1).map("{:013d}".format)
STAMPS = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31)).map("{:%y%m%d%H%M%S}".format)  # noqa: DTZ001

FIELDS: Mapping[str, Mapping[str, st.SearchStrategy[str]]] = {
    "pix_static": {
        "key": st.sampled_from(
            [
                "fulano@example.com",
                "+5561912345678",
                "39053344705",
                "12ABC34501DE35",
                "123E4567-E12B-12D1-A456-426655440000",
            ]
        ),
        "name": NAMES,
        "city": of(ASCII, 15),
        "amount": AMOUNTS,
        "txid": of(ALNUM, 25),
        "info": of(ASCII, 72),
    },
    "pix_dynamic": {
        "location": of(ALNUM + "/-", 61).map("pix.example.com/".__add__),
        "mandate_location": of(ALNUM + "/-", 61).map("pix.example.com/".__add__),
        "name": NAMES,
        "city": of(ASCII, 15),
        "amount": AMOUNTS,
    },
    "promptpay_bill": {
        "biller": digits(15, 13),
        "ref1": of(CAPITALS, 20),
        "ref2": of(CAPITALS, 20),
        "ref3": of(CAPITALS, 20),
        "amount": AMOUNTS,
    },
    "promptpay": {"mobile": digits(10, 9).map("0".__add__), "amount": AMOUNTS},
    "truemoney": {"mobile": digits(9).map("0".__add__), "amount": AMOUNTS, "message": st.text(max_size=26)},
    "bot_barcode": {"biller": digits(15, 13), "ref1": of(ALNUM, 20), "ref2": of(ALNUM, 20), "amount": AMOUNTS},
    "vietqr": {
        "bank_bin": digits(6, 5),
        "account": of(ALNUM, 19),
        "amount": AMOUNTS,
        "reference": of(CAPITALS, 25),
        "purpose": st.one_of(of(ASCII, 25), st.just("chuyển khoản tiền nhà đất")),
    },
    "paynow": {
        "uen": st.sampled_from(["197401143C", "201403121W", "T01FC6132D", "201403121W001"]),
        "name": NAMES,
        "amount": AMOUNTS,
        "reference": of(HYPHENED, 25),
        "expires": st.dates().map(str),
    },
    "khqr": {
        "account": of(ALNUM, 31).map(lambda user: f"{user}@bank"),
        "name": NAMES,
        "city": of(ASCII, 15),
        "merchant_id": of(ALNUM, 32),
        "bank": of(ASCII, 32),
        "category": digits(4),
        "currency": st.sampled_from(["KHR", "USD"]),
        "amount": AMOUNTS,
        "reference": of(HYPHENED, 25),
        "mobile": digits(25),
        "store": of(ASCII, 25),
        "terminal": of(ASCII, 25),
        "purpose": of(ASCII, 25),
        "created": MOMENTS,
        "expires": MOMENTS,
    },
    "qris": {"static_payload": st.just(QRIS), "amount": AMOUNTS, "reference": of(HYPHENED, 25)},
    "duitnow": {"static_payload": st.sampled_from([DUITNOW, JOMPAY]), "amount": AMOUNTS, "reference": of(HYPHENED, 25)},
    "qr_ph": {"static_payload": st.just(QR_PH), "amount": AMOUNTS, "reference": of(HYPHENED, 25)},
    "tr_karekod": {
        "maker": digits(4, 3),
        "iban": st.just("TR330006100519786457841326"),
        "name": st.one_of(of("ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ ", 40), st.text(max_size=60)),
        "amount": AMOUNTS,
        "reference": of(ALNUM, 12),
        "created": STAMPS,
        "expires": STAMPS,
    },
    "zatca": {
        "seller": st.one_of(of("م", 127), of("A", 255), st.text(min_size=1, max_size=90)),
        "vat_number": digits(15),
        "timestamp": st.datetimes().map(datetime.isoformat),
        "total": AMOUNTS,
        "vat": st.sampled_from(["0", "0.01", "150.00"]),
    },
    "sadad": {"biller": digits(3), "bill": digits(20), "amount": AMOUNTS},
    "snap_va": {"partner_service_id": digits(8), "customer_number": digits(20)},
    "spei": {
        "clabe": st.just("032180000118359719"),
        "name": NAMES,
        "numeric_reference": digits(7),
        "amount": AMOUNTS,
        "reference": RF,
    },
    "spei_reference": {"reference": digits(7)},
    "spei_tracking_key": {"tracking_key": of(ALNUM, 30)},
    "creditor_reference": {"body": of(ALNUM, 21)},
    "boleto": {
        "bank": digits(3),
        "due_date": st.dates(datetime(1997, 1, 1, tzinfo=UTC).date(), datetime(2060, 1, 1, tzinfo=UTC).date()).map(str),
        "amount": AMOUNTS,
        "free_field": digits(25, 24),
    },
    "pix_end_to_end": {
        "kind": st.sampled_from(["E", "D", "F"]),
        "ispb": of(CAPITALS, 8, 7),
        "at": st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 31)).map(lambda at: f"{at.isoformat()}-03:00"),  # noqa: DTZ001
        "own": of(ALNUM, 11, 10),
    },
    "sa_iban": {"iban": st.just("SA0380000000608010167519"), "name": NAMES, "amount": AMOUNTS, "reference": RF},
    "iban_transfer": {"iban": st.just("AE070331234567890123456"), "name": NAMES, "amount": AMOUNTS, "reference": RF},
    "cbu_transfer": {"cbu": st.just("2850590940090418135201"), "name": NAMES, "amount": AMOUNTS, "reference": RF},
    "bakong_transfer": {
        "bakong": of("abc._-", 28).map(lambda user: f"{user}@abc"),
        "name": NAMES,
        "amount": AMOUNTS,
        "reference": RF,
    },
}
NEEDED = {
    "name", "city", "key", "biller", "ref1", "mobile", "bank_bin", "account", "uen", "static_payload", "maker", "iban",
    "seller", "vat_number", "timestamp", "total", "vat", "bill", "partner_service_id", "customer_number", "clabe",
    "tracking_key", "body", "bank", "free_field", "ispb", "at", "own", "cbu", "bakong", "location",
}  # fmt: skip
NAMED = {"snap_va", *(row["code"] for row in rails.catalogue() if not row["detected"])}  # a number of 8 and 20 is bare
REFERENCES = {
    "pix_static": "txid",
    "promptpay_bill": "ref1",
    "bot_barcode": "ref1",
    "sadad": "bill",
    **dict.fromkeys(
        ("vietqr", "paynow", "khqr", "qris", "duitnow", "qr_ph", "tr_karekod", "spei", "sa_iban"), "reference"
    ),
    **dict.fromkeys(("iban_transfer", "cbu_transfer", "bakong_transfer", "spei_reference"), "reference"),
    "spei_tracking_key": "tracking_key",
}


@st.composite
def given_fields(draw: st.DrawFn, code: str) -> dict[str, str]:
    """Fields of a rail; those that may be left out are, half of the time."""
    return {name: draw(value) for name, value in FIELDS[code].items() if name in NEEDED or draw(st.booleans())}


def spelled(code: str, values: dict[str, str], answer: dict[str, Any]) -> None:
    """Amount and reference that were asked for are those that are read."""
    asked = values.get("amount", values.get("total", "")).strip()
    found = answer["amount"]
    assert (Decimal(asked) if asked else 0) == (0 if found is None else Decimal(found))
    if code in REFERENCES:
        reference = values.get(REFERENCES[code], "").strip()
        assert answer["reference"] == (reference or None)


@pytest.mark.parametrize("code", list(FIELDS))
@settings(max_examples=120, deadline=timedelta(seconds=1))
@given(data=st.data())
def test_what_is_made_reads_back_and_the_rest_is_refused(code: str, data: st.DataObject) -> None:
    values = data.draw(given_fields(code))
    try:
        made = rails.encode(code, values)
    except Invalid:
        return
    answer = rails.as_json(rails.decode(made, profile=code if code in NAMED else None, strict=True))
    assert answer["profile"] in {code, "jompay"}
    spelled(code, values, answer)


@pytest.mark.parametrize("code", list(FIELDS))
@settings(max_examples=60, deadline=timedelta(seconds=1))
@given(data=st.data())
def test_a_picture_of_what_is_made_would_hold_its_text(code: str, data: st.DataObject) -> None:
    values = data.draw(given_fields(code))
    try:
        made = rails.encode(code, values)
    except Invalid:
        return
    assert made.encode("utf-8").decode("utf-8") == made
    assert rails.encode(code, values) == made
