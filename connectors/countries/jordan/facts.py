"""What Jordanian law says that has no place of its own: conduct that is forbidden, part payment, banks, CliQ."""

from __future__ import annotations

from typing import Final

from connectors.countries.jordan.rules import GUIDELINES
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="No harsh or obscene words, no threat, no violence, no published list of defaulters.",
        source=GUIDELINES,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="channels",
        text="Documented channels are calls, texts and notices (also by WhatsApp and Telegram), e-mail, letters, and a "
        "visit as the last means; the house uses neither WhatsApp nor visits.",
        source=GUIDELINES,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="partial_payment",
        text="Part payments are accepted.",
        source=GUIDELINES,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="banks",
        text="Banks treat customers fairly by instructions of their own.",
        source="Central Bank of Jordan, instructions 56/2012 on fair treatment of customers",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="cliq",
        text="A CliQ request names the receiving account, the payer by IBAN or alias and bank, the amount in dinars "
        "and a purpose.",
        source="jopacc.com CliQ FAQ; ajib.com/node/895",
        confidence=Confidence.VERIFIED,
    ),
)
