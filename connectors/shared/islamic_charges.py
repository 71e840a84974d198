"""What Islamic contracts have in common: an amount taken for delay is nobody's income and goes to charity."""

from __future__ import annotations

from datetime import date

from domain.conduct import ChargeKind, ChargeRule, ToCharity
from domain.contacts import Confidence, LenderType


def late_amount_to_charity(
    rule_id: str,
    *,
    since: date,
    text: str = "Under an Islamic contract what is taken for delay goes to charity, less the true cost.",
    lender_types: frozenset[LenderType] | None = None,
) -> ChargeRule:
    """The rule where no text of the country's own was read; ``text`` says whose contracts it is about."""
    return ChargeRule(
        id=rule_id,
        text=text,
        source="from memory; AAOIFI Sharia Standard 3 (default in payment by a debtor) is to be checked",
        confidence=Confidence.UNVERIFIED,
        effective_from=since,
        kind=ChargeKind.LATE_FEE,
        cap=ToCharity(),
        products=frozenset({"murabaha", "ijara"}),
        lender_types=lender_types,
    )
