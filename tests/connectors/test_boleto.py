"""Boletos and slips: due factors on both sides of the turn of their cycle, and both forms of every code."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import rails
from connectors.countries.brazil import boleto
from domain.errors import Invalid

FREE = "1101234567880057123457000"
LINE = "34191.10121 34567.880058 71234.570001 6 16670000012345"
SLIP = "83640000001-1 33120138000-2 81288462711-6 08013618155-1"
DUE = st.dates(date(2000, 7, 3), date(2049, 10, 13))


@pytest.mark.parametrize(
    ("due", "factor"),
    [
        (date(2000, 7, 3), "1000"),
        (date(2000, 7, 5), "1002"),
        (date(2002, 5, 1), "1667"),
        (date(2010, 11, 17), "4789"),
        (date(2025, 2, 21), "9999"),
        (date(2025, 2, 22), "1000"),
        (date(2026, 11, 23), "1639"),
        (date(2049, 10, 13), "9999"),
    ],
)
def test_a_day_has_its_published_factor(due: date, factor: str) -> None:
    assert boleto.due_factor(due) == factor
    assert due in boleto.due_dates(factor)


@pytest.mark.parametrize("due", [date(2000, 7, 2), date(2049, 10, 14)])
def test_a_day_without_a_factor_is_refused(due: date) -> None:
    with pytest.raises(Invalid, match="boleto_due_date"):
        boleto.due_factor(due)


@pytest.mark.parametrize(
    ("factor", "near", "due"),
    [
        ("9999", date(2026, 11, 28), date(2025, 2, 21)),
        ("1000", date(2026, 11, 28), date(2025, 2, 22)),
        ("1667", date(2002, 6, 1), date(2002, 5, 1)),
        ("1667", date(2026, 11, 28), date(2026, 12, 21)),
        ("1000", date(2008, 9, 19), date(2000, 7, 3)),  # 3000 days later, the last on which it is still the first cycle
        ("1000", date(2008, 9, 20), None),
        ("0000", date(2026, 11, 28), None),
        ("0999", date(2026, 11, 28), None),
    ],
)
def test_a_factor_names_the_day_near_its_reader(factor: str, near: date, due: date | None) -> None:
    assert boleto.due_date(factor, near=near) == due


@given(DUE, st.integers(0, 10**10 - 1), st.from_regex(r"[0-9]{25}", fullmatch=True))
def test_a_boleto_reads_back_in_both_forms(due: date, minor: int, free: str) -> None:
    fields = {"bank": "341", "due_date": due.isoformat(), "amount": f"{minor / 100:.2f}", "free_field": free}
    line = rails.encode("boleto", fields)
    barcode = rails.encode("boleto", {**fields, "form": "barcode"})
    assert (len(line.replace(".", "").replace(" ", "")), len(barcode)) == (47, 44)
    assert boleto.barcode_of(line) == barcode
    found = rails.decode(line)
    assert due.isoformat() in found.details["due_dates"]
    assert (0 if found.amount is None else found.amount.minor, found.details["free_field"]) == (minor, free)


@pytest.mark.parametrize("text", [LINE, SLIP])
def test_every_single_digit_changed_is_refused(text: str) -> None:
    for place in [index for index, letter in enumerate(text) if letter.isdigit()]:
        for digit in set("0123456789") - {text[place]}:
            with pytest.raises(Invalid):
                rails.decode(text[:place] + digit + text[place + 1 :])


@pytest.mark.parametrize("text", [LINE, SLIP])
def test_every_cut_of_a_line_is_refused(text: str) -> None:
    for length in range(len(text)):
        with pytest.raises(Invalid):
            rails.decode(text[:length])


@pytest.mark.parametrize(
    ("text", "offset"),
    [(LINE.replace("880058", "880059"), 23), (LINE[:-1] + "6", 38), (SLIP[:12] + "2" + SLIP[13:], 12)],
)
def test_a_refusal_says_where_the_wrong_digit_stands(text: str, offset: int) -> None:
    with pytest.raises(Invalid) as caught:
        rails.decode(text)
    assert caught.value.details["offset"] == offset


def test_a_boleto_without_amount_and_day_says_so() -> None:
    found = rails.decode(rails.encode("boleto", {"bank": "001", "free_field": FREE}))
    assert (found.amount, found.details["due_date"], found.details["due_dates"]) == (None, None, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank", "34"),
        ("bank", "841"),
        ("free_field", FREE[1:]),
        ("amount", "100000000.00"),
        ("amount", "-1"),
        ("form", "x"),
    ],
)
def test_a_boleto_field_that_does_not_fit_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid):
        rails.encode("boleto", {"bank": "341", "free_field": FREE, field: value})
