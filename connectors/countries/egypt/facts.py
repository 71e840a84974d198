"""What Egyptian law says that has no place of its own: what a collector of non-bank finance must be."""

from __future__ import annotations

from typing import Final

from connectors.countries.egypt.rules import FRA
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="collector_capital",
        text="A registered collector has capital of 10 million pounds and equity of 20 million or three years' "
        "activity, and trained staff without a criminal record.",
        source=FRA,
        confidence=Confidence.SECONDARY,
    ),
)
