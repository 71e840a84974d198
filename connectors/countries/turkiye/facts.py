"""What Turkish law says that has no place of its own: participation banks, consent to notices."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="participation_banks",
        text="For participation banks the rules on consumer credit hold with profit share in the place of interest.",
        source="Regulation on consumer credit contracts art. 2(6) (avukatgorkematas.blogspot.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="commercial_messages",
        text="A notice of debt, delivery or invoice about a service received needs no consent to commercial messages "
        "and no entry in their register (İYS).",
        source="Regulation on commercial communication (rsbhukuk.com.tr, emelyilmaz.av.tr)",
        confidence=Confidence.SECONDARY,
    ),
)
