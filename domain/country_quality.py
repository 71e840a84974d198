"""How far a country's folder can be relied on: a tier computed from evidence, never declared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.conduct import Cited
from domain.contact_law import ContactRule
from domain.contacts import Confidence
from domain.countries import Country

_SAME_EVERYWHERE: Final = re.compile(r"[a-z]{2}\.(house\..+|whatsapp|holds|post|daily_cap|opt_out_.+)")
_READ: Final = frozenset({Confidence.VERIFIED, Confidence.SECONDARY})


class Tier(StrEnum):
    """Each tier needs all that the ones before it need."""

    DRAFT = "draft"
    SOURCED = "sourced"  # at least half of what it states, and a rule on contact, were read in a text
    TESTED = "tested"  # examples of every kind stand in its folder
    PROVEN = "proven"  # live cases were carried through
    REVIEWED = "reviewed"  # counsel of the country approved it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a country. ``read`` of ``stated`` rules and facts are verified or secondary.

    ``contact_read`` counts those of them that are rules on contact.
    """

    stated: int
    read: int
    every_example: bool
    contact_read: int = 1
    live_cases: int = 0
    counsel_approved: bool = False


def evidence_of(country: Country, *, every_example: bool) -> Evidence:
    """The evidence that lies in the folder itself: rules on contact, on all other conduct, and facts.

    Policy that the house keeps in every country alike says nothing about this one and is not counted.
    """
    contact = [rule.confidence for rule in country.contact_rules if not _of_the_house(rule)]
    founded = [
        *contact,
        *(rule.confidence for rule in country.conduct.cited() if not _of_the_house(rule)),
        *(fact.confidence for fact in country.facts),
    ]
    return Evidence(
        stated=len(founded),
        read=sum(confidence in _READ for confidence in founded),
        every_example=every_example,
        contact_read=sum(confidence in _READ for confidence in contact),
    )


def _of_the_house(rule: ContactRule | Cited) -> bool:
    return rule.confidence is Confidence.POLICY and _SAME_EVERYWHERE.fullmatch(rule.id) is not None


def tier(evidence: Evidence) -> Tier:
    """The highest tier whose evidence, and that of every tier before it, is there."""
    half_is_read = evidence.stated > 0 and 2 * evidence.read >= evidence.stated
    steps = (
        (Tier.SOURCED, half_is_read and evidence.contact_read > 0),
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
