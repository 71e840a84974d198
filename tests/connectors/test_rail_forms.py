"""What a lenient reader takes with a doubt and a strict one refuses, texts as scanners send them, profiles by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors import rails
from connectors.shared import emv
from domain.errors import Invalid
from tests.connectors.test_rail_vectors import DOCUMENTS

FORMS = json.loads((Path(__file__).parent / "rail_vectors" / "forms.json").read_text(encoding="utf-8"))
DOUBTED = [row for row in FORMS["valid"] if "details" in row]
SOUND = [row for row in FORMS["valid"] if not row["warnings"]]
REFUSED = [row for _, document in DOCUMENTS for row in document.get("invalid", ())]
PIX = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
JOMPAY = (
    "00020201021126360014A00000061500010106898989020412345204111153034585802MY5903TNB6002KL610559200"
    "621790130124007552406823231d4db4506dc9852b1c21c74be148b8363045DFB"
)
BOLETO = "34196166700000123451101234567880057123457000"
BILL = "|099400016550100\r123456789012\r670429\r364922"
IBAN = "TR330006100519786457841326"


def refusal(code: str, fields: dict[str, str]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        rails.encode(code, fields)
    return caught.value


@pytest.mark.parametrize("row", DOUBTED, ids=lambda row: row["id"])
def test_a_strict_reader_refuses_what_is_out_of_form_at_its_place(row: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="emv_form") as caught:
        rails.decode(row["payload"], strict=True)
    tag, reason = next(iter(row["details"]["doubts"].items()))
    assert (caught.value.details["tag"], caught.value.details["reason"]) == (tag, reason)
    assert caught.value.details["offset"] == emv.offset_of(row["payload"], tag)


@pytest.mark.parametrize("row", SOUND, ids=lambda row: row["id"])
def test_a_strict_reader_takes_what_is_in_form(row: dict[str, Any]) -> None:
    assert rails.decode(row["payload"], strict=True).profile == row["rail"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["id"])
def test_a_refusal_points_into_its_text_and_says_why_in_words(row: dict[str, Any]) -> None:
    answer = rails.explain(row["payload"], ["tests.fakes.countries.ruritania"], profile=row.get("asked"))
    offset = answer["error"]["offset"]
    assert offset is None or 0 <= offset <= len(row["payload"])
    assert " " in answer["error"]["reason"]
    assert "None" not in answer["error"]["reason"]


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        (f"]Q1{PIX}", "pix_static"),
        (f"]Q3\x1d{PIX}\x1e", "pix_static"),
        (f"]I0{BOLETO}", "boleto"),
        (f"\x1d{BOLETO}\r\n", "boleto"),
        (f"]C0{BILL}", "bot_barcode"),
        (f" ]Q1 {IBAN}", "iban"),
    ],
)
def test_what_a_scanner_puts_around_a_text_does_not_count(text: str, profile: str) -> None:
    assert rails.decode(text).profile == profile


def test_places_are_counted_behind_what_a_scanner_put() -> None:
    with pytest.raises(Invalid) as caught:
        rails.decode(f"]Q1{PIX[:-4]}0000")
    assert caught.value.details["offset"] == len(PIX) - 4


@pytest.mark.parametrize(
    ("profile", "text"),
    [
        ("clabe", "032180000118359719"),
        ("cbu", "2850590940090418135201"),
        ("cvu", "0000003110000000000014"),
        ("cci", "01136600010003254221"),
        ("emv", PIX),
        ("jompay", JOMPAY),
    ],
)
def test_a_profile_that_is_answered_can_be_named(profile: str, text: str) -> None:
    assert rails.decode(text, profile=profile).profile == profile


@pytest.mark.parametrize(("profile", "text"), [("cvu", "2850590940090418135201"), ("jompay", PIX), ("clabe", PIX)])
def test_a_named_profile_is_not_another(profile: str, text: str) -> None:
    with pytest.raises(Invalid, match="payload_unknown"):
        rails.decode(text, profile=profile)


def test_the_catalogue_names_every_profile_that_is_answered() -> None:
    rows = rails.catalogue(["tests.fakes.countries.ruritania"])
    named = {row["code"] for row in rows} | {profile for row in rows for profile in row["also"]}
    answered = {row["rail"] for _, document in DOCUMENTS for row in document["valid"]}
    assert answered - named == {"emv"}


@pytest.mark.parametrize("letter", ["\x00", "\t", "\x1f", "\x7f", "\x9f", "\ud800"])
def test_nothing_is_made_with_a_character_that_is_none_of_a_text(letter: str) -> None:
    name = {"maker": "0400", "iban": IBAN, "name": f"ALI{letter}YILMAZ"}
    if letter in "\t\x1f":  # blanks inside a name become one
        assert f"ALI{' '}YILMAZ" in rails.encode("tr_karekod", name)
    else:
        assert refusal("tr_karekod", name).code == "emv_character"


def test_half_a_character_is_refused_where_texts_are_turned_into_bytes() -> None:
    invoice = {"seller": "\udcff", "vat_number": "310122393500003", "timestamp": "2022-04-25", "total": "1", "vat": "0"}
    assert refusal("zatca", invoice).code == "text_malformed"
    assert refusal("truemoney", {"mobile": "0812345678", "message": "\ud800"}).code == "text_malformed"


@pytest.mark.parametrize(("bank", "own"), [("1234567", "a" * 12), ("123456789", "a" * 10), ("12345678", "a" * 12)])
def test_parts_of_an_identifier_do_not_make_up_for_each_other(bank: str, own: str) -> None:
    fields = {"ispb": bank, "at": "2026-11-23T12:21Z", "own": own}
    assert refusal("pix_end_to_end", fields).code == "pix_end_to_end"


@pytest.mark.parametrize("at", ["0001-01-01T00:00+03:00", "9999-12-31T23:59-03:00", "2026-11-23T12:21", "soon"])
def test_an_identifier_tells_a_moment_that_a_calendar_has(at: str) -> None:
    fields = {"ispb": "12345678", "at": at, "own": "a" * 11}
    assert refusal("pix_end_to_end", fields).code == "pix_end_to_end_time"


def test_an_identifiers_clock_is_utc_to_the_minute() -> None:
    fields = {"ispb": "12345678", "at": "0999-11-23T01:21:59.9+03:00", "own": "a" * 11}
    assert rails.encode("pix_end_to_end", fields) == "E12345678099911222221" + "a" * 11


def test_a_boleto_is_made_from_its_text_or_from_its_parts() -> None:
    assert rails.encode("boleto", {"text": BOLETO, "form": "barcode"}) == BOLETO
    assert refusal("boleto", {"text": BOLETO, "amount": "1"}).code == "boleto_form"


def test_a_day_of_paynow_has_eight_digits() -> None:
    payload = rails.encode("paynow", {"uen": "197401143C", "expires": "0999-01-02"})
    assert emv.text_at(emv.parse(payload), "26", "04") == "09990102"


def test_a_creditor_reference_is_made_of_ascii_alone() -> None:
    assert rails.encode("creditor_reference", {"body": "ab"}) == rails.encode("creditor_reference", {"body": "AB"})
    assert refusal("creditor_reference", {"body": "ß"}).code == "reference_malformed"


@pytest.mark.parametrize(
    ("country", "bban"), [("XX", "1234567890"), ("TR", "1"), ("TR", "123456"), ("T1", "1234567890")]
)
def test_an_iban_is_made_for_a_country_that_has_them(country: str, bban: str) -> None:
    assert refusal("iban", {"country": country, "bban": bban}).code in {"iban_invalid", "iban_malformed"}


def test_a_missing_field_belongs_where_its_template_or_the_check_sum_begins() -> None:
    assert emv.offset_of(PIX, "62.05") == PIX.index("***")
    assert emv.offset_of(PIX, "62.09") == PIX.index("0503***")
    assert emv.offset_of(PIX, "54") == len(PIX) - len("63041D3D")


@pytest.mark.parametrize(("expires", "made"), [("1732270085311", False), ("1732270085312", True)])
def test_a_khqr_code_expires_after_it_was_made_or_is_not_made(expires: str, *, made: bool) -> None:
    values = {"account": "test@dev", "name": "Test", "city": "Phnom Penh", "amount": "1", "currency": "USD"}
    values |= {"created": "1732270085311", "expires": expires}
    if made:
        assert rails.decode(rails.encode("khqr", values), strict=True).profile == "khqr"
    else:
        assert refusal("khqr", values).code == "khqr_timestamp"
