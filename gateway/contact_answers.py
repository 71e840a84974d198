"""Answers of contact law for people and machines: one decision, its rule, and every reason in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from activities import contact
from connectors.contact_check import deciding_rule
from domain.contact_law import ContactRule
from domain.contact_policy import Decision, Permitted, contact_policy, zones_of
from domain.contact_reasons import code_of
from domain.contacts import Actor, Channel, Confidence, ContactFacts
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of contact law and its answer."""

    country: Country
    subdivision: str | None
    channel: Channel
    at: datetime
    facts: ContactFacts
    decision: Decision

    @property
    def allowed(self) -> bool:
        """Whether the contact is lawful."""
        return isinstance(self.decision, Permitted)

    @property
    def next_allowed_at(self) -> datetime | None:
        """The next lawful moment; ``None`` where the contact is lawful, or no moment to come is."""
        return None if isinstance(self.decision, Permitted) else self.decision.next_allowed_at

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose clock answers are told on: the debtor's, else the first that their address may lie in."""
        return ZoneInfo(self.facts.time_zone or zones_of(self.country, self.subdivision)[0])

    @property
    def in_several_zones(self) -> bool:
        """Whether the debtor's clock is not known, so that several have to allow it."""
        return self.facts.time_zone is None and len(zones_of(self.country, self.subdivision)) > 1

    def explained(self, voice: Voice) -> tuple[Explained, ...]:
        """Every reason of the decision, the deciding one first."""
        zone = self.zone
        if isinstance(self.decision, Permitted):
            rule = deciding_rule(self.country, self.decision)
            sentence = allowed_until(voice, self.decision.closes_at, zone)
            return (Explained(OPEN_HOURS, sentence, rule, rule.source, rule.confidence),)
        return tuple(
            Explained(code_of(one.reason), said(voice, one.reason, zone), one.rule, one.source, one.confidence)
            for one in self.decision.causes
        )


def ask(country: Country, facts: ContactFacts, *, channel: Channel, at: datetime, subdivision: str | None) -> Asked:
    """A question by stated facts; raises as ``contact_policy`` does."""
    decision = contact_policy(country, facts, channel=channel, at=at, subdivision=subdivision)
    return Asked(country, subdivision, channel, at, facts, decision)


def ask_of(tx: Connection, debtor: contact.Debtor, *, channel: Channel, actor: Actor, at: datetime) -> Asked:
    """A question by a case's own facts, as a permit would be asked for; nothing is written."""
    known, decision = contact.look(tx, contact.asked_over(debtor, channel, actor), at=at)
    return Asked(debtor.country, debtor.party.subdivision, channel, at, known, decision)
