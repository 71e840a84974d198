"""What Omani law says that has no place of its own: conduct that is abusive, and cards."""

from __future__ import annotations

from typing import Final

from connectors.countries.oman.rules import FRAMEWORK
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="Abusive are threats, obscene or discriminating words, pressing relatives and colleagues, shaming in "
        "public,violence, and misleading about the debt or what follows from it.",
        source=FRAMEWORK,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="omannet",
        text="OmanNet takes a payment at once and refunds it only whole.",
        source="checkout.com documentation of OmanNet",
        confidence=Confidence.VERIFIED,
    ),
)
