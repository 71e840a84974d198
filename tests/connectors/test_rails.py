"""The rails: published codes both ways, references, amounts and fields within their limits, refusals with a place."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from connectors import rails
from connectors.countries.brazil import rails as brazil
from connectors.countries.united_arab_emirates import rails as emirates
from connectors.shared import emv, references
from domain import ids
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Instruction

REQUEST = ids.make("payment_request", milliseconds=1_790_000_000_000, entropy=bytes(range(10)))
QRIS = (
    "00020101021126570011ID.DANA.WWW011893600915300060605702090006060570303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10190046990790303UMI5204481453033605802ID5912Saifullah.id6014Kota Pontianak61057812463045F72"
)
DUITNOW = "00020201021126410014A0000006150001010650166402091234567895204000053034585802MY5909AUSERNAME6005BANGI63041DE9"
QR_PH = (
    "00020101021128560011ph.ppmi.p2m0111BOPIPHMMXXX0315240810000002135050331152040742530360858"
    "02PH5907SR MAIN6009Dumaguete63045DBE"
)
ACCOUNTS = {
    "pix_static": {"key": "fulano@example.com", "name": "AUTO FINANCE", "city": "SAO PAULO"},
    "pix_dynamic": {"location": "pix.example.com/qr/v2/cobv/1", "name": "AUTO FINANCE", "city": "SAO PAULO"},
    "qris": {"static_payload": QRIS},
    "promptpay": {"mobile": "0812345678"},
    "promptpay_bill": {"biller": "099400061772100"},
    "iban_transfer": {"iban": "AE070331234567890123456", "name": "Auto Finance FZE", "purpose": "XXX"},
    "crown_transfer": {"vault": "123456"},
    "vietqr": {"bank_bin": "970416", "account": "257678859"},
    "paynow": {"uen": "197401143C", "name": "AUTO FINANCE"},
    "duitnow": {"static_payload": DUITNOW},
    "qr_ph": {"static_payload": QR_PH},
    "khqr": {"account": "auto_finance@bank", "name": "AUTO FINANCE"},
    "spei": {"clabe": "032180000118359719", "name": "Auto Finance"},
    "cci_transfer": {"cci": "01136600010003254221", "name": "Auto Finance"},
    "cbu_transfer": {"cbu": "2850590940090418135201", "name": "Auto Finance"},
    "bre_b": {"breb_key": "@AUTOFINANCE", "name": "Auto Finance"},
    "sa_iban": {"iban": "SA0380000000608010167519", "name": "Auto Finance"},
    "tr_iban": {"iban": "TR330006100519786457841326", "name": "Auto Finance"},
}
KNOWN = rails.readers(["tests.fakes.countries.ruritania"])
BY_CODE: dict[str, Any] = {each.code: each for each in KNOWN if each.code in ACCOUNTS}
WITHOUT_REFERENCE = {"promptpay", "pix_dynamic"}  # the code itself carries none


def issued(code: str, reference: str | None = None) -> Any:
    rail = BY_CODE[code]
    amount = Money.parse("1500", rail.currencies[0])
    reference = reference or rail.reference_from(REQUEST)
    return rail.issue(Instruction(amount=amount, reference=reference, account=ACCOUNTS[code]))


def parsed(payload: str) -> emv.Tree:
    return {tag: value for tag, value in emv.parse(payload).items() if tag != "63"}


@pytest.mark.parametrize("code", list(BY_CODE))
def test_the_reference_of_a_request_fits_its_rail(code: str) -> None:
    rail = BY_CODE[code]
    assert re.fullmatch(rail.reference_pattern, rail.reference_from(REQUEST))


@pytest.mark.parametrize(("code", "bit"), list(product(BY_CODE, range(0, 62, 6))))
def test_any_random_bit_of_a_request_changes_its_reference(code: str, bit: int) -> None:
    entropy = (int.from_bytes(bytes(range(10)), "big") ^ (1 << bit)).to_bytes(10, "big")
    other = ids.make("payment_request", milliseconds=1_790_000_000_000, entropy=entropy)
    assert BY_CODE[code].reference_from(other) != BY_CODE[code].reference_from(REQUEST)


@pytest.mark.parametrize("code", list(BY_CODE))
def test_a_reference_comes_from_a_payment_request_only(code: str) -> None:
    with pytest.raises(Invalid, match="id_malformed"):
        BY_CODE[code].reference_from(REQUEST.replace("req_", "case_"))


@pytest.mark.parametrize("code", [code for code in BY_CODE if code not in WITHOUT_REFERENCE])
def test_an_issued_code_reads_back_with_its_reference(code: str) -> None:
    given_out = issued(code)
    assert rails.decode_with(KNOWN, given_out.payload).reference == given_out.reference


@pytest.mark.parametrize("code", [code for code in BY_CODE if code != "pix_dynamic" and issued(code).qr])
def test_an_issued_code_reads_back_with_its_amount(code: str) -> None:
    found = rails.decode_with(KNOWN, issued(code).payload).amount
    assert found == Money.parse("1500", BY_CODE[code].currencies[0])


@pytest.mark.parametrize("code", list(BY_CODE))
def test_an_amount_in_another_currency_is_refused(code: str) -> None:
    rail = BY_CODE[code]
    asked = Instruction(
        amount=Money(100, "EUR" if code != "crown_transfer" else "USD"),
        reference=rail.reference_from(REQUEST),
        account=ACCOUNTS[code],
    )
    with pytest.raises(Invalid, match="currency_mismatch"):
        rail.issue(asked)


@pytest.mark.parametrize("code", list(BY_CODE))
def test_an_amount_of_zero_is_refused(code: str) -> None:
    rail = BY_CODE[code]
    asked = Instruction(
        amount=Money(0, rail.currencies[0]), reference=rail.reference_from(REQUEST), account=ACCOUNTS[code]
    )
    with pytest.raises(Invalid, match="amount_not_positive"):
        rail.issue(asked)


@pytest.mark.parametrize("code", list(BY_CODE))
def test_an_account_without_its_details_is_refused(code: str) -> None:
    rail = BY_CODE[code]
    amount = Money.parse("1500", rail.currencies[0])
    with pytest.raises(Invalid):
        rail.issue(Instruction(amount=amount, reference=rail.reference_from(REQUEST), account={}))


@pytest.mark.parametrize(
    ("code", "length", "fits"),
    [
        ("pix_static", 25, True),
        ("pix_static", 26, False),
        ("pix_dynamic", 25, False),
        ("pix_dynamic", 26, True),
        ("pix_dynamic", 35, True),
        ("pix_dynamic", 36, False),
        ("promptpay_bill", 20, True),
        ("promptpay_bill", 21, False),
        ("qris", 25, True),
        ("qris", 26, False),
    ],
)
def test_a_reference_has_its_rails_length(code: str, length: int, *, fits: bool) -> None:
    if fits:
        assert issued(code, "A" * length).reference == "A" * length
    else:
        with pytest.raises(Invalid):
            issued(code, "A" * length)


@pytest.mark.parametrize(
    ("amount", "currency", "code", "wire"),
    [
        ("1500", "BRL", "pix_static", "1500.00"),
        ("0.01", "BRL", "pix_static", "0.01"),
        ("1500", "THB", "promptpay_bill", "1500.00"),
        ("10000", "IDR", "qris", "10000"),
        ("39000.50", "IDR", "qris", "39000.50"),
    ],
)
def test_an_amount_is_written_as_its_rail_wants(amount: str, currency: str, code: str, wire: str) -> None:
    rail = BY_CODE[code]
    asked = Instruction(
        amount=Money.parse(amount, currency), reference=rail.reference_from(REQUEST), account=ACCOUNTS[code]
    )
    assert emv.parse(rail.issue(asked).payload)["54"] == wire


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "N" * 26, "text_too_long"),
        ("city", "C" * 16, "text_too_long"),
        ("name", "汽车金融", "text_not_ascii"),
        ("name", "  ", "field_missing"),
        ("key", "390.533.447-06", "pix_key"),
        ("amount", "1,50", "amount_malformed"),
        ("amount", "-1", "amount_not_positive"),
        ("amount", "1.505", "amount_too_precise"),
        ("amount", "99999999999.99", "amount_too_large"),
        ("info", "I" * 73, "text_too_long"),
    ],
)
def test_a_pix_field_that_does_not_fit_is_refused(field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        BY_CODE["pix_static"].encode({**ACCOUNTS["pix_static"], field: value})
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("390.533.447-05", "39053344705"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("+55 (11) 98765-4321", "+5511987654321"),
        ("Fulano@Example.com", "fulano@example.com"),
        ("123E4567-E12B-12D1-A456-426655440000", "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_a_pix_key_is_written_as_the_directory_stores_it(key: str, stored: str) -> None:
    assert brazil.pix_key(key) == stored


@pytest.mark.parametrize(
    "address", ["http://pix.example.com/1", "pix.example.com", "x/1", f"pix.example.com/{'1' * 62}"]
)
def test_a_wrong_charge_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="pix_location"):
        brazil.location(address)


def test_accents_are_folded_in_pix() -> None:
    payload = BY_CODE["pix_static"].encode({**ACCOUNTS["pix_static"], "city": "São Paulo"})
    assert emv.parse(payload)["60"] == "Sao Paulo"


@pytest.mark.parametrize("mobile", ["0812345678", "+66812345678", "66 81 234 5678", "0066812345678", "๐๘๑๒๓๔๕๖๗๘"])
def test_a_thai_mobile_is_written_one_way(mobile: str) -> None:
    tree = emv.parse(BY_CODE["promptpay"].encode({"mobile": mobile}))
    assert emv.text_at(tree, "29", "01") == "0066812345678"


@pytest.mark.parametrize("given", [{}, {"mobile": "0812345678", "national_id": "3100600445635"}, {"mobile": "081"}])
def test_promptpay_pays_exactly_one_proxy(given: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="promptpay_proxy"):
        BY_CODE["promptpay"].encode(given)


def test_qris_keeps_everything_that_the_acquirer_issued() -> None:
    before, after = parsed(QRIS), parsed(issued("qris", "INV-1").payload)
    changed = {tag for tag in before | after if before.get(tag) != after.get(tag)}
    assert changed == {"01", "54", "62"}


@pytest.mark.parametrize(
    "text",
    [
        QRIS[:-1] + "3",
        "00020101021129370016A000000677010111011300668012345675802TH530376463046197",
        "nothing",
    ],
)
def test_qris_is_never_made_from_another_text(text: str) -> None:
    with pytest.raises(Invalid):
        BY_CODE["qris"].encode({"static_payload": text, "amount": "1000"})


def test_qris_is_not_made_from_a_code_for_one_payment() -> None:
    with pytest.raises(Invalid, match="qris_static"):
        BY_CODE["qris"].encode({"static_payload": issued("qris").payload, "amount": "1000"})


def test_a_transfer_shows_what_the_debtor_copies() -> None:
    reference = emirates.RAILS[0].reference_from(REQUEST)
    assert issued("iban_transfer").lines == (
        ("Beneficiary", "Auto Finance FZE"),
        ("IBAN", "AE07 0331 2345 6789 0123 456"),
        ("Payment reference", references.grouped(reference)),
        ("Purpose of payment", "/BENEFRES/AE/XXX"),
    )


def test_a_transfer_is_not_a_picture() -> None:
    assert issued("iban_transfer").qr is False


@pytest.mark.parametrize(
    "iban", ["AE070331234567890123457", "AE07033123456789012345", "SA0380000000608010167519", "ÄE07"]
)
def test_a_transfer_goes_to_a_sound_account_here_only(iban: str) -> None:
    with pytest.raises(Invalid):
        BY_CODE["iban_transfer"].encode({"iban": iban, "reference": "RF18539007547034"})


def test_the_published_creditor_reference_is_made() -> None:
    assert references.creditor_reference("539007547034") == "RF18539007547034"


def test_blanks_around_a_pasted_code_do_not_count() -> None:
    payload = issued("pix_static").payload
    assert rails.decode_with(KNOWN, f"  {payload}\r\n").profile == "pix_static"


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "hello",
        "https://example.com",
        "0" * 513,
    ],
)
def test_another_text_is_unknown(payload: str) -> None:
    with pytest.raises(Invalid, match="payload_unknown"):
        rails.decode_with(KNOWN, payload)


def test_a_refusal_is_json_with_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        rails.decode_with(KNOWN, QRIS[:-1] + "3")
    answer = rails.error_as_json(caught.value)
    assert answer["valid"] is False
    assert answer["error"]["code"] == "emv_crc"
    assert answer["error"]["tag"] == "63"
    assert answer["error"]["offset"] == len(QRIS) - 4
    assert answer["error"]["reason"] == "check sum is 5F72, the payload says 5F73"
    assert json.loads(json.dumps(answer)) == answer


def test_an_unknown_rail_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="rail_unknown") as caught:
        rails.encode("cheque", {})
    assert "pix_static" in caught.value.details["known"]


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="field_unknown") as caught:
        rails.encode("pix_static", {"colour": "blue"})
    assert caught.value.details["known"] == list(BY_CODE["pix_static"].fields)


def test_what_names_no_country_is_read_whatever_countries_there_are() -> None:
    assert rails.decode_with((), "RF18539007547034").profile == "creditor_reference"
    assert rails.decode_with((), "GB82WEST12345698765432").profile == "iban"


def test_the_registry_answers_for_a_payload() -> None:
    assert rails.explain(issued("qris").payload)["profile"] == "qris"
