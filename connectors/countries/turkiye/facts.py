"""What Turkish law says that has no place of its own: participation banks, consent to notices, currency, buyers."""

from __future__ import annotations

from typing import Final

from connectors.countries.turkiye.rules import GAZETTE
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
    LegalFact(
        code="accelerated_instalments",
        text="Instalments of a consumer loan that are called in early bear neither interest nor commission.",
        source="Regulation on consumer credit contracts art. 18 (avukatgorkematas.blogspot.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="debt_buyers",
        text="An asset-management company is a joint stock company with at least 50 million liras of paid-up capital.",
        source=GAZETTE,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="foreign_currency",
        text="A consumer's contract may hardly be in a foreign currency; which may, is to be read.",
        source="from memory; Decree 32 on the value of the Turkish currency is to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
)
