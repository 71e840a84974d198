"""What a country's folder is counted by: everything it states, but for what the house keeps everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from connectors import registry
from domain.contacts import Confidence
from domain.countries import Country
from domain.country_quality import Evidence, Tier, evidence_of, tier

SAUDI_ARABIA: Final = registry.country("SA")


def without(country: Country, rule_id: str) -> Country:
    rules = tuple(rule for rule in country.contact_rules if rule.id != rule_id)
    assert len(rules) == len(country.contact_rules) - 1
    return replace(country, contact_rules=rules)


def counted(country: Country) -> Evidence:
    return evidence_of(country, every_example=True)


def test_conduct_beyond_the_hour_counts() -> None:
    conduct = SAUDI_ARABIA.conduct
    less = counted(replace(SAUDI_ARABIA, conduct=replace(conduct, charges=())))
    assert counted(SAUDI_ARABIA).stated - less.stated == len(conduct.charges)


@pytest.mark.parametrize(("rule_id", "counts"), [("sa.holds", 0), ("sa.post", 0), ("sa.hours", 1), ("sa.visits", 1)])
def test_what_the_house_keeps_everywhere_does_not_count(rule_id: str, counts: int) -> None:
    less = counted(without(SAUDI_ARABIA, rule_id))
    assert counted(SAUDI_ARABIA).stated - less.stated == counts


def test_a_law_counts_though_the_house_has_policy_of_that_name() -> None:
    thailand = registry.country("TH")
    law = next(rule for rule in thailand.contact_rules if rule.id == "th.daily_cap")
    less = counted(without(thailand, law.id))
    assert (law.confidence, counted(thailand).read - less.read) == (Confidence.SECONDARY, 1)


def test_a_country_whose_rules_on_contact_are_all_policy_is_a_draft() -> None:
    kuwait = counted(registry.country("KW"))
    assert 2 * kuwait.read >= kuwait.stated
    assert (kuwait.contact_read, tier(kuwait)) == (0, Tier.DRAFT)
