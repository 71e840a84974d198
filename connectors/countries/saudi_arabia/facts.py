"""What Saudi law says that has no place of its own: default, deductions, ratings, promotional texts."""

from __future__ import annotations

from typing import Final

from connectors.countries.saudi_arabia.rules import CIRCULAR
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="default",
        text="Default is three months in a row wholly or partly unpaid, or five instalments each at least seven "
        "working days late; where payment is not monthly, over 60 working days, or four instalments each 20 working "
        "days late.",
        source=f"{CIRCULAR} art. 9(1)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="deductions",
        text="Nothing is debited or held without judgment, consent or contract: at most one instalment of each "
        "contract in a salary cycle, never before it is due, never from a citizen's end-of-service pay.",
        source=f"{CIRCULAR} arts. 7 and 8(1-1) to (1-5)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="call_rating",
        text="At the end of each collection or complaint call the debtor is asked to rate it; the answer is logged.",
        source=f"{CIRCULAR} art. 4",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="envelopes",
        text="No envelope shows that it is about collection.",
        source=f"{CIRCULAR} art. 4",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="objection",
        text="An objection is logged in the debtor's file with the expected time; its outcome comes with documents and "
        "the way to escalate, which is SAMA at 800-125-6666.",
        source=f"{CIRCULAR} art. 6; sama.gov.sa consumer protection, complaints",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="audit",
        text="Collection is audited each year and its policy reviewed at least every two years.",
        source=f"{CIRCULAR} art. 10 and closing provisions",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="sadad",
        text="A SADAD bill is in riyals, of 100 riyals or more, ends within 29 days and is never refunded or voided.",
        source="docs.moyasar.com, guides, SADAD bill overview",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="promotional_texts",
        text="Promotional texts end their sender's name with -AD and keep hours on which sources disagree "
        "(07-22, 08-21, 08-22, 09-22); an offer inside a reminder may be promotional.",
        source="docs.unifonic.com, docs.mapp.com/docs/ksa",
        confidence=Confidence.SECONDARY,
    ),
)
