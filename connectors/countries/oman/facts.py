"""What Omani law says that has no place of its own: conduct that is abusive, customers' data and terms, cards."""

from __future__ import annotations

from typing import Final

from connectors.countries.oman.rules import FRAMEWORK
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="Abusive are daily calls, calls late at night or early in the morning, knocking at the door, threats, "
        "obscene or discriminating words, pressing relatives and colleagues, shaming in public, violence, and "
        "misleading about the debt or what follows from it.",
        source=FRAMEWORK,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="client_information",
        text="The Banking Law of 2025 protects how a bank uses its client's information, more than the secrecy of the "
        "law before it did.",
        source="Royal Decree 2/2025, in force 2025-01-01, art. 98; before it Royal Decree 114/2000 art. 70 "
        "(trowers.com, February 2025)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="clear_terms",
        text="Terms are clear to every kind of client, prices are published, and no offer misleads.",
        source="Royal Decree 2/2025 arts. 99-102 (trowers.com, February 2025)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="omannet",
        text="OmanNet takes a payment at once and refunds it only whole.",
        source="checkout.com documentation of OmanNet",
        confidence=Confidence.VERIFIED,
    ),
)
