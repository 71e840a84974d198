"""What a country's folder is counted by: everything it states, but for what the house keeps everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connectors import registry
from connectors.country_evidence import evidence
from domain.contacts import Confidence
from domain.country_quality import Tier, evidence_of, tier

SAUDI_ARABIA: Final = registry.country("SA")


def test_conduct_beyond_the_hour_counts() -> None:
    without = replace(SAUDI_ARABIA, conduct=replace(SAUDI_ARABIA.conduct, charges=()))
    whole, less = (evidence_of(one, every_example=True) for one in (SAUDI_ARABIA, without))
    assert whole.stated - less.stated == len(SAUDI_ARABIA.conduct.charges)


def test_rules_of_the_house_do_not_count() -> None:
    house = {rule.id for rule in SAUDI_ARABIA.contact_rules if rule.confidence is Confidence.POLICY}
    whole, own = (evidence_of(SAUDI_ARABIA, every_example=True, of_the_house=ids) for ids in (frozenset(), house))
    assert (whole.stated - own.stated, whole.read) == (len(house), own.read)


def test_a_law_counts_though_the_house_has_policy_of_that_name() -> None:
    thailand = registry.country("TH")
    law = next(rule for rule in thailand.contact_rules if rule.id == "th.daily_cap")
    without = replace(thailand, contact_rules=tuple(rule for rule in thailand.contact_rules if rule is not law))
    whole, less = (evidence_of(one, every_example=True, of_the_house={law.id}) for one in (thailand, without))
    assert (law.confidence, whole.read - less.read) == (Confidence.SECONDARY, 1)


def test_a_country_whose_rules_on_contact_are_all_policy_is_a_draft() -> None:
    kuwait = evidence(registry.country("KW"))
    assert 2 * kuwait.read >= kuwait.stated
    assert (kuwait.contact_read, tier(kuwait)) == (0, Tier.DRAFT)


def test_every_country_has_examples_of_every_kind() -> None:
    assert all(evidence(country).every_example for country in registry.countries().values())
