"""What Saudi law says that has no place of its own: default, deductions, ratings, repossession, promotional texts."""

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
        "days late, or more than five months apart.",
        source=f"{CIRCULAR} art. 9(1)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="deduction_date",
        text="The day of deduction follows the day on which the salary comes, or the one agreed, and moves with it; a "
        "deduction that is late through the lender's fault adds the same time at the end, without cost.",
        source=f"{CIRCULAR} art. 7",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="deductions",
        text="Nothing is debited or held without judgment, consent or contract, and never before it is due. Without "
        "judgment or consent at most one instalment of each contract is taken in a salary cycle, and nothing of a "
        "citizen's end-of-service pay.",
        source=f"{CIRCULAR} art. 8(1-1) to (1-5)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="joint_debtors",
        text="From each of several joint debtors no more is deducted than the contract puts on that one.",
        source=f"{CIRCULAR} art. 8(2)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="repossession",
        text="A leased movable is taken back only where the contract says so, supervised by firms that the Ministry of "
        "Justice licensed, through the competent authorities; staff who help themselves are prosecuted.",
        source="Finance Lease Law (M/48) art. 25(2); SAMA circular 361000115987 of 2015-06-14 (rulebook.sama.gov.sa "
        "en/node/5438)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="limitation_shorter",
        text="Some claims are no longer heard after five years; which of them is for counsel.",
        source="Civil Transactions Law (M/191) art. 296 (clydeco.com 2023-09-25)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="office_hours",
        text="The Central Bank's own line for consumers is open 08:00-16:00, in Ramadan 10:00-16:00.",
        source="sama.gov.sa consumer protection, complaints",
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
        text="Collection is audited each year and its policy reviewed at least every two years; whoever "
        "collects, third parties too, shows that they have read it.",
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
