"""How far a country's folder can be relied on: a tier computed from evidence, never declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.contacts import Confidence
from domain.countries import Country


class Tier(StrEnum):
    """Each tier needs all that the ones before it need."""

    DRAFT = "draft"
    SOURCED = "sourced"  # at least half of what it states was read in a text, not remembered or chosen
    TESTED = "tested"  # examples of every kind stand in its folder
    PROVEN = "proven"  # live cases were carried through
    REVIEWED = "reviewed"  # counsel of the country approved it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a country. ``read`` of ``stated`` rules and facts are verified or secondary."""

    stated: int
    read: int
    every_example: bool
    live_cases: int = 0
    counsel_approved: bool = False


def evidence_of(country: Country, *, every_example: bool) -> Evidence:
    """The evidence that lies in the folder itself."""
    founded = [rule.confidence for rule in country.contact_rules] + [fact.confidence for fact in country.facts]
    read = sum(confidence in {Confidence.VERIFIED, Confidence.SECONDARY} for confidence in founded)
    return Evidence(len(founded), read, every_example)


def tier(evidence: Evidence) -> Tier:
    """The highest tier whose evidence, and that of every tier before it, is there."""
    steps = (
        (Tier.SOURCED, evidence.stated > 0 and 2 * evidence.read >= evidence.stated),
        (Tier.TESTED, evidence.every_example),
        (Tier.PROVEN, evidence.live_cases > 0),
        (Tier.REVIEWED, evidence.counsel_approved),
    )
    reached = Tier.DRAFT
    for step, there in steps:
        if not there:
            break
        reached = step
    return reached
