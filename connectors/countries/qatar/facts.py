"""What Qatari law says that has no place of its own: the Central Bank's limits on loans to people."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="retail_limits",
        text="A resident foreigner's loan is of up to 400,000 riyals and 48 months, with at most half of the salary "
        "and 6.5 percent; no cheques dated ahead; it is substandard after three months. The page is old.",
        source="Qatar Central Bank's retail limits as told by marhaba.qa",
        confidence=Confidence.SECONDARY,
    ),
)
