"""What Turkish law says that has no place of its own: default interest, participation banks, consent to notices."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_interest",
        text="Default interest on consumer credit is at most the contract's rate and 30 percent of it, never compound.",
        source="from memory; Law 6502 and the regulation on consumer credit contracts art. 18 are to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="accelerated_instalments",
        text="Instalments that are called in early carry no interest and no commission.",
        source="Regulation on consumer credit contracts art. 18(2)-(3) (kulacoglu.av.tr)",
        confidence=Confidence.SECONDARY,
    ),
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
