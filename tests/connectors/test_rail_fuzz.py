"""No text makes a reader fall, hang or accept what its check sum does not bear out, whatever was done to the code."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, iso11649
from stdnum.ar import cbu

from connectors import rails
from connectors.shared import emv
from domain.errors import Invalid
from tests.connectors.test_rail_vectors import DOCUMENTS

EXTRA = ["tests.fakes.countries.ruritania"]
READERS = rails.readers(EXTRA)
VALID = [row for _, document in DOCUMENTS for row in document["valid"]]
PAYLOADS = sorted({row["payload"] for row in VALID})
LETTERS = st.one_of(
    st.sampled_from(list("0123456789ABCDEFabcdef.|-+/=:?&% \r\n\t@*")),
    st.sampled_from(["\u0660", "\u0e59", "\uff10", "\u200f", "\ufeff", "é", "汉", "\ud800", "\x00", "²", "İ", "ß"]),
)
PATIENCE = timedelta(milliseconds=500)


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE bit by bit, as the standard tells it: nothing of the engine's own is used."""
    register = 0xFFFF
    for byte in text.encode("utf-8"):
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
            register &= 0xFFFF
    return f"{register:04X}"


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def clabe(number: str) -> bool:
    total = sum(int(digit) * weight % 10 for digit, weight in zip(number[:17], [3, 7, 1] * 6, strict=False))
    return int(number[17]) == -total % 10


def boleto(details: dict[str, Any]) -> bool:
    line, barcode = details["line"], details["barcode"]
    weighted = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(barcode[:4] + barcode[5:])))
    expected = 11 - weighted % 11
    fields = luhn(line[:10]) and luhn(line[10:21]) and luhn(line[21:32])
    return fields and int(barcode[4]) == (expected if expected < 10 else 1)


ORACLES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "iban": lambda answer: bool(iban.is_valid(answer["tree"]["iban"])),
    "creditor_reference": lambda answer: bool(iso11649.is_valid(answer["reference"])),
    "cbu": lambda answer: bool(cbu.is_valid(answer["tree"]["cbu"])),
    "cvu": lambda answer: bool(cbu.is_valid(answer["tree"]["cbu"])),
    "clabe": lambda answer: clabe(answer["tree"]["clabe"]),
    "boleto": lambda answer: boleto(answer["details"]),
}


def sealed(text: str) -> bool:
    stripped = rails.bare(text)
    return crc(stripped[:-4]) == stripped[-4:].upper()


def born_out(text: str, answer: dict[str, Any]) -> bool:
    tree = answer["tree"]
    if isinstance(tree, dict) and ({"63", "91"} & tree.keys()):
        return sealed(text)
    return ORACLES.get(answer["profile"], lambda _: True)(answer)


def read(text: str) -> dict[str, Any] | None:
    try:
        return rails.as_json(rails.decode(text, EXTRA))
    except Invalid:
        return None


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A published code after one to four accidents."""
    text = draw(st.sampled_from(PAYLOADS))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        match draw(st.sampled_from(["cut", "drop", "put", "change", "twice", "swap", "case", "graft"])):
            case "cut":
                text = text[:place]
            case "drop":
                text = text[:place] + text[place + length :]
            case "put":
                text = text[:place] + draw(LETTERS) + text[place:]
            case "change":
                text = text[:place] + draw(LETTERS) + text[place + 1 :]
            case "twice":
                text = text[: place + length] + text[place:]
            case "swap":
                text = text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]
            case "case":
                text = text[:place] + text[place:].swapcase()
            case _:
                text = text[:place] + draw(st.sampled_from(PAYLOADS))[place:]
    return text


@settings(max_examples=1500, deadline=PATIENCE)
@given(damaged())
def test_a_damaged_code_is_refused_or_bears_itself_out(text: str) -> None:
    answer = read(text)
    assert answer is None or born_out(text, answer)


@settings(max_examples=600, deadline=PATIENCE)
@given(damaged())
def test_a_damaged_code_under_a_fresh_seal_is_read_or_refused(text: str) -> None:
    body = text[:-8].encode("utf-8", "replace").decode()
    for head in ("6304", "9104"):
        resealed = f"{body}{head}"
        answer = read(resealed + crc(resealed))
        assert answer is None or answer["valid"]


@settings(max_examples=400, deadline=PATIENCE)
@given(st.one_of(damaged(), st.text(max_size=300), st.text(LETTERS, max_size=120), st.from_regex(r"[0-9]{1,60}")))
def test_every_reader_alone_reads_or_refuses_any_text(text: str) -> None:
    for each in READERS:
        with contextlib.suppress(Invalid):
            found = each.decode(text)
            assert found is None or found.profile


@settings(max_examples=400, deadline=PATIENCE)
@given(st.sampled_from([each for each in READERS if each.encode is not None]), st.data())
def test_any_fields_make_what_reads_back_or_are_refused(each: Any, data: st.DataObject) -> None:
    fields = {name: data.draw(st.one_of(st.text(max_size=30), st.text(LETTERS, max_size=30))) for name in each.fields}
    with contextlib.suppress(Invalid):
        made = each.encode(fields)
        assert each.decode(made) is not None


@pytest.mark.parametrize(
    "text",
    [
        "0" * emv.MAX_READ,
        "0" * (emv.MAX_READ + 1),
        "0002" + "9" * (emv.MAX_READ - 4),
        "000201" + "26990010" * 300,
        "payto://iban/" + "A" * 400,
        "RF18" + "A" * 2000,
        "A" + "Q" * 2900,
        "|" + "\r" * 2900,
        "é" * 2900,
        "SA" + "\u0660" * 2900,
    ],
)
def test_a_long_text_is_answered_at_once(text: str) -> None:
    began = time.perf_counter()
    assert read(text) is None
    assert time.perf_counter() - began < PATIENCE.total_seconds()


@pytest.mark.parametrize("row", [row for row in VALID if "asked" not in row], ids=lambda row: str(row["id"]))
def test_every_character_changed_is_refused_or_bears_itself_out(row: dict[str, Any]) -> None:
    text = row["payload"]
    for place in range(len(text)):
        for letter in "0A9.x":
            changed = text[:place] + letter + text[place + 1 :]
            answer = read(changed)
            assert answer is None or born_out(changed, answer)


@pytest.mark.parametrize("text", ["\ud800", "000201\ud8006304", "KW81CBKU\udcff"])
def test_half_a_character_is_no_text(text: str) -> None:
    for sealed_text in (text, text + emv.crc(text)):
        with pytest.raises(Invalid, match="payload_unknown"):
            rails.decode(sealed_text)


def test_the_oracle_knows_the_published_check_value() -> None:
    assert crc("123456789") == "29B1"


def test_no_two_neighbouring_digits_of_an_iban_may_be_swapped() -> None:
    number = "SA0380000000608010167519"
    for place, (left, right) in enumerate(pairwise(number)):
        if place >= 4 and left != right:
            assert read(number[:place] + right + left + number[place + 2 :]) is None
