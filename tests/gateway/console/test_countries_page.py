"""A country's page is made from its folder: nothing that the folder states is missing, and nothing else is needed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from connectors import country_folder, registry
from connectors.shared.hijri import RAMADAN
from domain.conduct import ActualCost, Amount, AsAgreed, NotAllowed, OfContractRate, Per, Percent, ToCharity
from domain.country_quality import Tier, tier
from gateway.console.country_page import cap_words, days_ahead
from gateway.console.voice import voice
from gateway.console.words import LABELS
from tests.fakes.console_world import NOW

Enter = Callable[..., Any]
CODES = tuple(registry.countries())
MOST_BYTES = 150_000
ENGLISH = voice("en", NOW.tzinfo)  # type: ignore[arg-type] # the world's clock has a zone
TODAY = NOW.date()


def bare(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.fixture
def ruritania() -> Iterator[None]:
    registry.include_countries(["tests.fakes.countries.ruritania"])
    yield
    registry.include_countries([])


@pytest.mark.servers
@pytest.mark.parametrize("code", CODES)
def test_everything_that_a_folder_states_is_on_its_page(signed_in: Enter, code: str) -> None:
    country = registry.country(code)
    answer = signed_in("auditor").get(f"/countries/{code}")
    page = bare(answer.text)
    assert answer.status_code == 200
    assert len(answer.content) < MOST_BYTES
    stated = [*country.contact_rules, *country.conduct.cited(), *country.facts]
    for one in stated:
        assert " ".join(one.text.split()) in page
        assert " ".join(one.source.split()) in page
    for question in country_folder.questions_of(country):
        assert question in page
    for example in country_folder.number_examples(country).values():
        assert " ".join(example.split()) in page
    assert all(rail.name in page for rail in country.rails)


@pytest.mark.servers
def test_hours_are_those_of_the_place_that_is_asked_about(signed_in: Enter) -> None:
    browser = signed_in("auditor")
    sao_paulo = bare(browser.get("/countries/BR?subdivision=BR-SP").text)
    rio = bare(browser.get("/countries/BR?subdivision=BR-RJ").text)
    assert "Phone · SMS · E-mail · App" in sao_paulo
    assert "08:00\u201320:00" in sao_paulo
    assert "Phone" in rio
    assert "09:00\u201319:00" in rio
    assert browser.get("/countries/BR?subdivision=BR-XX").status_code == 422


@pytest.mark.servers
def test_a_channel_without_any_hour_says_why(signed_in: Enter) -> None:
    page = bare(signed_in("auditor").get("/countries/BR").text)
    assert "WhatsApp Such a contact is not allowed at any hour.br.whatsapp" in page


@pytest.mark.servers
def test_coverage_is_computed_from_the_folders(signed_in: Enter) -> None:
    page = bare(signed_in("auditor").get("/countries").text)
    for country in registry.countries().values():
        evidence = country_folder.evidence(country)
        assert f"{LABELS['tier'][tier(evidence)]}{evidence.read} of {evidence.stated}" in page


@pytest.mark.servers
def test_a_country_that_is_added_has_its_page_and_its_row(signed_in: Enter, ruritania: None) -> None:  # noqa: ARG001 -- it is served meanwhile
    browser = signed_in("auditor")
    assert 'href="/console/countries/XR"' in browser.get("/countries").text
    page = bare(browser.get("/countries/XR").text)
    assert "Collection Code of Strelsau" in page
    assert "Lawful hours of the coming week" in page


def test_days_of_the_moon_that_are_computed_only_are_marked() -> None:
    days = {one.name: one for one in days_ahead(registry.country("SA"), TODAY, None)}
    assert days["Founding Day Holiday"].estimated is False
    assert any(one.estimated for name, one in days.items() if name.startswith("Eid al-Fitr"))


def test_a_page_and_its_questions_for_counsel_are_read_apart() -> None:
    egypt = registry.country("EG")
    assert "limitation" in country_folder.questions_of(egypt)
    assert not any("counsel" in text for text in country_folder.page_of(egypt))


@pytest.mark.parametrize(
    ("cap", "words"),
    [
        (Percent(Decimal(2), Per.ONCE), "2% of the instalment once"),
        (Percent(Decimal("1.25"), Per.MONTH), "1.25% of the instalment for each month"),
        (Amount(Decimal(100), "SGD"), "100\u00a0SGD once"),
        (NotAllowed(), "May not be charged"),
        (ToCharity(), "Goes to charity"),
        (AsAgreed(), "As the contract says; no ceiling is known"),
        (ActualCost(), "The cost that was really spent"),
        (OfContractRate(Decimal(150)), "150% of the contract's rate"),
    ],
)
def test_the_most_that_may_be_charged_is_told_in_a_few_words(cap: Any, words: str) -> None:
    assert cap_words(ENGLISH, cap, TODAY) == words


def test_every_code_that_a_folder_uses_has_a_word() -> None:
    served = registry.countries().values()
    assert set(Tier) <= LABELS["tier"].keys()
    assert {one.region for one in served} <= LABELS["region"].keys()
    assert {step.route for one in served for step in one.conduct.recovery} <= LABELS["recovery_route"].keys()
    assert {duty.kind for one in served for duty in one.conduct.duties} <= LABELS["duty"].keys()
    assert RAMADAN in LABELS["special_day"]
