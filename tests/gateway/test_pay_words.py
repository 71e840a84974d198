"""The pay page's words: whole in every language, and every refusal told in the debtor's own."""

from __future__ import annotations

import pytest

from connectors import registry
from connectors.wording.catalogs import available, translations
from connectors.wording.check import domain_faults
from connectors.wording.extract import LOCALES_ROOT
from domain.case_commands import HoldKind
from domain.errors import Invalid
from gateway.pay.view import title_of
from gateway.pay.visits import refusal, speaking
from gateway.pay.words import BRANDS, HOLDS, METHODS, NOT_NOW


def test_every_catalog_of_the_page_is_whole() -> None:
    assert list(domain_faults("pay")) == []


def test_every_language_of_the_console_has_one() -> None:
    consoles = {path.parents[1].name for path in LOCALES_ROOT.glob("*/LC_MESSAGES/console.po")}
    assert consoles <= set(available("pay"))


def test_every_hold_has_words() -> None:
    assert set(HOLDS) == {kind.value for kind in HoldKind}


def test_every_rail_that_can_be_asked_has_a_name_for_debtors() -> None:
    made_here = {rail.code for country in registry.countries().values() for rail in country.rails}
    by_platform = {rail for platform in registry.platforms().values() for rail in platform.rails}
    voice = speaking("en")
    nameless = {code for code in made_here | by_platform if code not in METHODS and code not in BRANDS}
    assert {code for code in nameless if not code.endswith("_iban")} == set()
    assert {title_of(voice, code) for code in nameless} <= {"Bank transfer"}


@pytest.mark.parametrize("locale", available("pay"))
def test_a_refusal_meant_for_us_is_not_shown_to_the_debtor(locale: str) -> None:
    error = Invalid("certificate_unusable", "The connection's certificate cannot be used.")
    assert refusal(speaking(locale), error) == translations(locale, "pay").gettext(NOT_NOW)
