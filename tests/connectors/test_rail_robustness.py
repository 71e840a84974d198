"""What the rails make reads back, what is damaged is refused, and no text escapes as another exception."""

from __future__ import annotations

import contextlib
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import rails
from connectors.countries.brazil import rails as brazil
from connectors.countries.indonesia import rails as indonesia
from connectors.countries.thailand import rails as thailand
from connectors.countries.united_arab_emirates import rails as emirates
from connectors.shared import references
from domain import ids
from domain.errors import Invalid
from domain.money import Money

MODULES = (brazil, indonesia, thailand, emirates)
KNOWN = tuple(rail for module in MODULES for rail in module.RAILS)
BY_CODE = {each.code: each for each in KNOWN}
REQUEST = ids.make("payment_request", milliseconds=1_790_000_000_000, entropy=bytes(range(10)))
LETTERS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=20)
QRIS = (
    "00020101021126570011ID.DANA.WWW011893600915300060605702090006060570303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10190046990790303UMI5204481453033605802ID5912Saifullah.id6014Kota Pontianak61057812463045F72"
)


def sealed_codes() -> list[Any]:
    """The vectors that a check sum guards: all that are made from named fields, but for the transfer's address."""
    found: list[Any] = []
    for module in MODULES:
        path = Path(str(module.__file__)).parent / "vectors" / "rails.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["encoded"]
        found += [pytest.param(row["payload"], id=row["id"]) for row in rows if row["rail"] != "iban_transfer"]
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**11), LETTERS)
def test_a_static_pix_reads_back(minor: int, txid: str) -> None:
    amount = Money(minor, "BRL")
    fields = {
        "key": "fulano@example.com",
        "name": "AUTO",
        "city": "SAO PAULO",
        "amount": str(amount.decimal),
        "txid": txid,
    }
    found = rails.decode_with(KNOWN, BY_CODE["pix_static"].encode(fields))
    assert (found.profile, found.amount, found.reference) == ("pix_static", amount, txid)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**11), LETTERS, LETTERS)
def test_a_promptpay_bill_reads_back(minor: int, ref1: str, ref2: str) -> None:
    amount = Money(minor, "THB")
    fields = {"biller": "099400061772100", "amount": str(amount.decimal), "ref1": ref1, "ref2": ref2}
    found = rails.decode_with(KNOWN, BY_CODE["promptpay_bill"].encode(fields))
    assert (found.profile, found.amount, found.reference) == ("promptpay_bill", amount, ref1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**11), LETTERS)
def test_a_qris_reads_back(minor: int, reference: str) -> None:
    amount = Money(minor, "IDR")
    fields = {"static_payload": QRIS, "amount": str(amount.decimal), "reference": reference}
    found = rails.decode_with(KNOWN, BY_CODE["qris"].encode(fields))
    assert (found.profile, found.amount, found.reference) == ("qris", amount, reference)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**11), LETTERS, st.text(st.sampled_from("Ab 9&=%?#+"), max_size=20))
def test_a_transfer_address_reads_back(minor: int, body: str, name: str) -> None:
    amount, reference = Money(minor, "AED"), references.creditor_reference(body)
    fields = {"iban": "AE070331234567890123456", "amount": str(amount.decimal), "reference": reference, "name": name}
    found = rails.decode_with(KNOWN, BY_CODE["iban_transfer"].encode(fields))
    assert (found.amount, found.reference) == (amount, reference)
    assert found.tree.get("name") == (" ".join(name.split()) or None)


@pytest.mark.parametrize("place", range(2, 25))
def test_a_mistyped_transfer_reference_is_noticed(place: int) -> None:
    reference = emirates.RAILS[0].reference_from(REQUEST)
    kind = "0123456789" if reference[place].isdecimal() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for letter in set(kind) - {reference[place]}:
        with pytest.raises(Invalid, match="reference_check_digits"):
            references.checked_creditor_reference(reference[:place] + letter + reference[place + 1 :])


@pytest.mark.parametrize("payload", sealed_codes())
def test_every_single_character_changed_is_refused(payload: str) -> None:
    for place, letter in product(range(len(payload)), "0A9.x"):
        changed = payload[:place] + letter + payload[place + 1 :]
        if changed.upper() != payload.upper():
            with pytest.raises(Invalid):
                rails.decode_with(KNOWN, changed)


@pytest.mark.parametrize("payload", sealed_codes())
def test_every_cut_of_a_code_is_refused(payload: str) -> None:
    for length in range(len(payload)):
        with pytest.raises(Invalid):
            rails.decode_with(KNOWN, payload[:length])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=600), st.from_regex(r"(payto://iban/AE|RF[0-9]{2}|AE|0002).{0,40}")))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert rails.as_json(rails.decode_with(KNOWN, text))["valid"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(BY_CODE)), st.data())
def test_any_fields_make_a_code_or_are_refused(code: str, data: st.DataObject) -> None:
    rail = BY_CODE[code]
    fields = {name: data.draw(st.text(max_size=30)) for name in rail.fields}
    with contextlib.suppress(Invalid):
        assert rail.encode(fields)
