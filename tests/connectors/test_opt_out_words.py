"""Words by which people opt out, in the languages of every country."""

from __future__ import annotations

import pytest

from connectors import phones, registry
from connectors.opt_out_words import CUSTOMARY, understood
from connectors.wording.catalogs import subtags
from domain.countries import Country
from domain.opt_outs import Meaning


def said(text: str, country: str, *locales: str) -> Meaning:
    return understood(text, countries=frozenset({country}), locales=frozenset(locales))


@pytest.mark.parametrize("country", registry.countries().values(), ids=lambda country: country.code)
def test_every_word_of_a_folder_and_the_customary_ones_of_its_languages_opt_out(country: Country) -> None:
    stated = [word for words in country.conduct.opt_out_words.values() for word in words]
    customary = [word for locale in country.locales for word in CUSTOMARY[subtags(locale)[0]]]
    wrong = [word for word in (*stated, *customary, "Stop") if said(f"{word.lower()}.", country.code) != "opt_out"]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("sair", "BR"),
        ("baja", "MX"),
        ("หยุดส่ง", "TH"),
        ("قف", "SA"),
        ("أوقف", "EG"),
        ("ÇIKIŞ", "TR"),
        ("tu choi", "VN"),
        ("hentikan", "MY"),
        ("unreg", "ID"),
        ("退订", "SG"),
        ("បញ្ឈប់", "KH"),
    ],
)
def test_people_opt_out_in_their_own_words(text: str, country: str) -> None:
    assert said(text, country) is Meaning.OPT_OUT


def test_who_reads_another_language_opts_out_in_that() -> None:
    assert said("退订", "BR") is Meaning.MESSAGE
    assert said("退订", "BR", "zh_CN") is Meaning.OPT_OUT


def test_what_is_right_in_vietnamese_is_no_opt_out() -> None:
    assert said("đúng", "VN") is Meaning.MESSAGE


@pytest.mark.parametrize(
    ("number", "others"),
    [
        ("+5491123456789", ("+541123456789",)),
        ("+541123456789", ("+5491123456789",)),
        ("+5215512345678", ("+525512345678",)),
        ("+525512345678", ("+5215512345678",)),
        ("+5511961234567", ("+551161234567",)),
        ("+551161234567", ("+5511961234567",)),
        ("+66812345678", ()),
        ("28500", ()),
    ],
)
def test_one_line_goes_by_numbers_with_and_without_its_mobile_prefix(number: str, others: tuple[str, ...]) -> None:
    assert phones.spellings(number) == (number, *others)
