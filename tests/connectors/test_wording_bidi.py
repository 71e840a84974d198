"""Direction marks: values stay in one piece, and channels that count characters get none."""

from __future__ import annotations

import pytest

from connectors.wording import bidi


def test_a_reference_is_wrapped_left_to_right() -> None:
    assert bidi.isolate_ltr("+971 50 123 4567") == "\u2066+971 50 123 4567\u2069"


def test_a_name_decides_its_own_direction() -> None:
    assert bidi.isolate_auto("محمد") == "\u2068محمد\u2069"


@pytest.mark.parametrize(("value", "mark"), [("1,234.50 AED", "\u2066"), ("1,234.50 درهم", "\u2068")])
def test_an_amount_is_isolated_by_its_own_letters(value: str, mark: str) -> None:
    assert bidi.isolate(value).startswith(mark)


@pytest.mark.parametrize("control", ["\u202e", "\u2067", "\u2069", "\u200f", "\u061c"])
def test_a_value_cannot_bring_marks_of_its_own(control: str) -> None:
    assert bidi.isolate_auto(f"A{control}B") == "\u2068AB\u2069"


def test_plain_text_has_ordinary_spaces_and_no_marks() -> None:
    assert bidi.plain("\u2066R$\u00a01.234,50\u2069\u200f") == "R$ 1.234,50"


@pytest.mark.parametrize(
    ("text", "expected"), [("محمد", True), ("שלום", True), ("Ana 123", False), ("\u200f12", False)]
)
def test_letters_not_marks_make_text_right_to_left(text: str, *, expected: bool) -> None:
    assert bidi.has_rtl(text) is expected
