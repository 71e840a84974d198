"""What every country folder must keep, whichever countries there are; the fictional one among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest

from connectors import registry
from connectors.contact_check import answer_json, channel_from, facts_from_json, moment_from
from domain.contact_policy import Channel, Confidence, ContactFacts, PartyRole, Refusal, contact_policy
from domain.countries import Country
from domain.iso4217 import CURRENCIES

RURITANIA = "tests.fakes.countries.ruritania"
COUNTRIES = registry.countries([RURITANIA])
ZONES = available_timezones()


def _folder(country: Country) -> str:
    slug = country.name.lower().replace(" ", "_")
    return RURITANIA if slug == "ruritania" else f"connectors.countries.{slug}"


def _vectors(country: Country, name: str) -> Any:
    folder = Path(str(import_module(_folder(country)).__file__)).parent
    return json.loads((folder / "vectors" / name).read_text(encoding="utf-8"))


def _examples(name: str, part: str) -> Iterator[Any]:
    for country in COUNTRIES.values():
        for index, example in enumerate(_vectors(country, name)[part]):
            yield pytest.param(country, example, id=f"{country.code}-{index}-{example.get('note', part)}")


@pytest.fixture(params=list(COUNTRIES.values()), ids=list(COUNTRIES))
def country(request: pytest.FixtureRequest) -> Country:
    found: Country = request.param
    return found


# --- the manifest


SERVED = "AE AR BH BR CL CO EG ID JO KH KW MX MY OM PE PH QA SA SG TH TR VN"


def test_the_registry_finds_every_country_and_the_fictional_one() -> None:
    assert {*SERVED.split(), "XR"} == COUNTRIES.keys()


def test_the_fictional_country_is_not_found_unasked() -> None:
    assert "XR" not in registry.countries()


def test_the_code_is_two_capital_letters(country: Country) -> None:
    assert country.code.isascii()
    assert country.code.isupper()
    assert len(country.code) == 2


def test_currencies_are_of_iso_4217(country: Country) -> None:
    assert country.currency in country.currencies
    assert set(country.currencies) <= CURRENCIES.keys()


def test_zones_are_iana_names_among_all_zones(country: Country) -> None:
    assert set(country.all_zones) <= ZONES
    assert set(country.zones.values()) <= set(country.all_zones)
    assert {zone for zones in country.split_zones.values() for zone in zones} <= set(country.all_zones)
    assert not country.zones.keys() & country.split_zones.keys()


def test_subdivisions_are_codes_of_the_country(country: Country) -> None:
    assert set(country.zones) | set(country.split_zones) <= set(country.subdivisions)
    assert all(code.startswith(f"{country.code}-") for code in country.subdivisions)


def test_rules_speak_of_known_subdivisions(country: Country) -> None:
    named = {
        code
        for rule in country.contact_rules
        for code in (rule.scope.subdivisions or frozenset()) | rule.scope.except_subdivisions
    }
    assert named <= set(country.subdivisions)


def test_locales_are_stated_and_required_ones_are_among_them(country: Country) -> None:
    assert country.locales
    assert set(country.required_locales) <= set(country.locales)


def test_rails_belong_to_the_country_and_its_currencies(country: Country) -> None:
    assert all(rail.country == country.code for rail in country.rails)
    assert all(set(rail.currencies) <= set(country.currencies) for rail in country.rails)


def test_identity_schemes_and_rails_have_their_own_codes(country: Country) -> None:
    for codes in ([scheme.code for scheme in country.identity], [rail.code for rail in country.rails]):
        assert codes
        assert len(set(codes)) == len(codes)


def test_rule_ids_are_unique_and_carry_the_country(country: Country) -> None:
    ids = [rule.id for rule in country.contact_rules]
    assert len(set(ids)) == len(ids)
    assert all(rule_id.startswith(f"{country.code.lower()}.") for rule_id in ids)


def test_every_rule_is_sourced_and_says_what_it_asks(country: Country) -> None:
    assert all(rule.source.strip() and rule.text.endswith(".") for rule in country.contact_rules)


def test_policy_says_so_in_its_source_and_only_there(country: Country) -> None:
    for rule in country.contact_rules:
        assert ("house policy" in rule.source) == (rule.confidence is Confidence.POLICY), rule.id


def test_every_fact_is_sourced(country: Country) -> None:
    assert country.facts
    assert all(fact.source.strip() and fact.text.strip() for fact in country.facts)


def test_holds_and_third_parties_are_refused_on_every_channel(country: Country) -> None:
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    for facts in (ContactFacts(holds=frozenset({"dispute"})), ContactFacts(party_role=PartyRole.THIRD_PARTY)):
        for channel in Channel:
            answer = contact_policy(country, facts, channel=channel, at=at, subdivision=None)
            assert isinstance(answer, Refusal)
            assert answer.next_allowed_at is None


def test_whatsapp_is_refused_for_collection(country: Country) -> None:
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    facts = ContactFacts(consents=frozenset({"whatsapp"}))
    assert isinstance(contact_policy(country, facts, channel=Channel.WHATSAPP, at=at, subdivision=None), Refusal)


# --- the vectors


@pytest.mark.parametrize(("country", "example"), _examples("contact.json", "examples"))
def test_contact_vectors(country: Country, example: dict[str, Any]) -> None:
    answer = answer_json(
        country,
        channel=channel_from(example["channel"]),
        at=moment_from(example["at"]),
        facts=facts_from_json(example["facts"]),
        subdivision=example["subdivision"],
    )
    lawful = example["next_allowed_at"]
    assert answer["allowed"] is example["allowed"], answer
    if not example["allowed"]:
        assert answer["rule"] == example["rule"]
        assert answer["reasons"]
    if lawful is None:
        assert answer["next_allowed_at"] is None
    else:
        assert moment_from(answer["next_allowed_at"]) == moment_from(lawful)


@pytest.mark.parametrize(("country", "example"), _examples("working_days.json", "days"))
def test_working_day_vectors(country: Country, example: dict[str, Any]) -> None:
    day, subdivision = date.fromisoformat(example["day"]), example["subdivision"]
    found = (
        country.calendar.is_working_day(day, subdivision),
        country.calendar.holiday(day, subdivision) is not None,
        country.calendar.special_period(day, subdivision),
    )
    assert found == (example["working"], example["holiday"], example["special"])


@pytest.mark.parametrize(("country", "example"), _examples("working_days.json", "estimated"))
def test_estimated_day_vectors(country: Country, example: dict[str, Any]) -> None:
    found = country.calendar.estimated(date.fromisoformat(example["day"]), example.get("subdivision"))
    assert found is example["estimated"]


@pytest.mark.parametrize(
    "example",
    _vectors(COUNTRIES["BR"], "working_days.json")["last_payable_day"],
    ids=lambda example: example["example"],
)
def test_a_pix_charge_is_payable_to_the_day_of_the_specification(example: dict[str, Any]) -> None:
    last_payable_day = import_module("connectors.countries.brazil.working_days").last_payable_day
    due = date.fromisoformat(example["due"])
    assert last_payable_day(due, example["validity_days"]) == date.fromisoformat(example["last"])
