"""Answers of contact law for people and machines: one decision, its rule, and every reason in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from connectors.contact_check import deciding_rule
from domain.contact_law import ContactRule
from domain.contact_policy import Decision, Permitted, zones_of
from domain.contact_reasons import code_of
from domain.contacts import Confidence, ContactFacts
from domain.countries import Country
from gateway.console.contact_words import Sentence, allowed_until, said
from gateway.console.voice import Voice

OPEN_HOURS: Final = "open_hours"
"""The kind of the one reason for which a contact is lawful."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One reason: its kind, its sentence, and the rule that gives it (``None``: the house) with its foundation."""

    kind: str
    sentence: Sentence
    rule: ContactRule | None
    source: str
    confidence: Confidence


def explained(voice: Voice, country: Country, decision: Decision, *, zone: ZoneInfo) -> tuple[Explained, ...]:
    """Every reason of a decision, the deciding one first; moments are told on a zone's clock."""
    if isinstance(decision, Permitted):
        rule = deciding_rule(country, decision)
        sentence = allowed_until(voice, decision.closes_at, zone)
        return (Explained(OPEN_HOURS, sentence, rule, rule.source, rule.confidence),)
    return tuple(
        Explained(code_of(cause.reason), said(voice, cause.reason, zone), cause.rule, cause.source, cause.confidence)
        for cause in decision.causes
    )


def clock_of(country: Country, facts: ContactFacts, subdivision: str | None) -> ZoneInfo:
    """The zone whose clock answers are told on: the debtor's, else the first that their address may lie in."""
    return ZoneInfo(facts.time_zone or zones_of(country, subdivision)[0])
