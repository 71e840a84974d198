"""Telephone numbers of every country served: as people write them, repaired where habit is older than the plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType, example_number_for_type, format_number

from connectors import phones, registry
from domain.errors import NotFound

COUNTRIES = sorted(registry.countries())


@pytest.mark.parametrize(
    ("country", "written", "e164", "changes"),
    [
        ("BR", "(11) 98765-4321", "+5511987654321", ()),
        ("BR", "(11) 8765-4321", "+5511987654321", ("ninth_digit_added",)),
        ("BR", "+55 11 8765-4321", "+5511987654321", ("ninth_digit_added",)),
        ("BR", "0 15 11 98765-4321", "+5511987654321", ()),  # by carrier 15
        ("BR", "(11) 5555-6666", "+551155556666", ()),  # fixed: no ninth digit
        ("MX", "55 1234 5678", "+525512345678", ()),
        ("MX", "+52 1 55 1234 5678", "+525512345678", ("old_mobile_prefix_dropped",)),
        ("MX", "044 55 1234 5678", "+525512345678", ("old_mobile_prefix_dropped",)),
        ("MX", "045 55 1234 5678", "+525512345678", ("old_mobile_prefix_dropped",)),
        ("MX", "01 55 1234 5678", "+525512345678", ("old_mobile_prefix_dropped",)),
        ("AR", "011 15 1234-5678", "+5491112345678", ()),
        ("AR", "+54 9 11 1234-5678", "+5491112345678", ()),
        ("AR", "+54 11 15 1234-5678", "+5491112345678", ()),
        ("AR", "11 1234-5678", "+541112345678", ()),
        ("ID", "0812 3456 7890", "+6281234567890", ()),
        ("ID", "62 812 3456 7890", "+6281234567890", ()),
        ("ID", "+62 0812 3456 7890", "+6281234567890", ()),
        ("ID", "812 3456 7890", "+6281234567890", ()),
        ("AE", "\u0660\u0665\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667", "+971501234567", ()),
        ("AE", "00971 50 123 4567", "+971501234567", ()),
        ("TR", "0501 234 56 78", "+905012345678", ()),
        ("CL", "09 8765 4321", "+56987654321", ("trunk_zero_dropped",)),
        ("TH", "081-234-5678", "+66812345678", ()),
        ("SG", "+66 81 234 5678", "+66812345678", ()),  # a debtor with a number from abroad
    ],
)
def test_a_number_is_read_as_it_is_written_in_its_country(
    country: str, written: str, e164: str, changes: tuple[str, ...]
) -> None:
    found = phones.normalise(written, country)
    assert (found.valid, found.e164, found.changes) == (True, e164, changes)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_plans_own_mobile_is_read_in_national_and_in_international_form(country: str) -> None:
    example = example_number_for_type(country, PhoneNumberType.MOBILE)
    assert example is not None
    e164 = format_number(example, PhoneNumberFormat.E164)
    for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
        found = phones.normalise(format_number(example, form), country, mobile=True)
        assert (found.e164, found.country) == (e164, country)


def test_a_text_to_argentina_needs_the_nine() -> None:
    found = phones.normalise("11 1234-5678", "AR", mobile=True)
    assert (found.e164, found.kind, found.changes) == ("+5491112345678", "mobile", ("mobile_nine_added",))


@pytest.mark.parametrize(
    ("country", "written", "reason"),
    [
        ("BR", "no number", "not_a_number"),
        ("BR", "", "not_a_number"),
        ("BR", "1" * 60, "not_a_number"),
        ("BR", "(11) 2765-43210", "not_in_plan"),
        ("BR", "(11) 8765-432", "not_in_plan"),  # seven digits: no digit to add
        ("MX", "1 55 1234 567", "not_in_plan"),
        ("TH", "081-234-567", "not_in_plan"),
        ("BR", "+55 11 98765-4321 ext. 5", "not_in_plan"),
    ],
)
def test_what_cannot_be_a_number_is_refused(country: str, written: str, reason: str) -> None:
    found = phones.normalise(written, country)
    assert (found.valid, found.e164, found.reason) == (False, None, reason)


def test_a_fixed_line_takes_no_text() -> None:
    assert phones.normalise("(11) 5555-6666", "BR", mobile=True).reason == "not_mobile"


@given(st.sampled_from(COUNTRIES), st.text(max_size=50) | st.from_regex(r"[+0-9 ()-]{0,20}", fullmatch=True))
def test_any_text_is_judged_and_a_good_number_stays_itself(country: str, text: str) -> None:
    found = phones.normalise(text, country)
    assert found.valid is (found.reason is None)
    if found.e164 is not None:
        again = phones.normalise(found.e164, country)
        assert (again.e164, again.changes) == (found.e164, ())


def test_the_answer_has_the_documented_shape() -> None:
    assert phones.check("br", "(11) 8765-4321") == {
        "valid": True,
        "e164": "+5511987654321",
        "formatted": "+55 11 98765-4321",
        "country": "BR",
        "kind": "mobile",
        "changes": ["ninth_digit_added"],
        "reason": None,
    }


def test_an_unknown_country_is_not_found() -> None:
    with pytest.raises(NotFound, match="country_unknown"):
        phones.check("ZZ", "1")
