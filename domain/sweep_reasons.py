"""Why a rule sweeps nothing now, as a sentence; the codes are those of ``domain.sweeps.Reason``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.errors import Refused
from domain.sweeps import NotNow, Reason

SENTENCES: Final[Mapping[Reason, str]] = {
    Reason.RULE_NOT_ACTIVE: "The rule is paused, retired, or does not hold on this day.",
    Reason.ACCOUNT_FROZEN: "The account is frozen or closed.",
    Reason.CURRENCY_NOT_TRANSFERABLE: "The country does not let the money out in this currency.",
    Reason.ALREADY_RUN_FOR_DATE: "It has run for this business date.",
    Reason.FAILED_FOR_DATE: "It failed for this business date; a person may run it again.",
    Reason.NOT_A_BUSINESS_DAY: "Banks are closed in the country or where the parent's currency is at home.",
    Reason.NOT_A_DAY_OF_THE_RULE: "The rule does not sweep on this day.",
    Reason.TOO_EARLY: "The rule opens later today.",
    Reason.CUT_OFF_PASSED: "The cut-off has passed; the next business day counts.",
    Reason.IN_TRANSIT_TOO_LONG: "An earlier sweep is on its way for too long.",
    Reason.BELOW_TRIGGER: "The balance is below the trigger.",
    Reason.NOTHING_TO_SWEEP: "There is nothing in the bank beyond what is to stay.",
    Reason.BELOW_MINIMUM: "It would be less than the minimum.",
    Reason.DOCUMENTS_MISSING: "Papers for the transfer are missing.",
    Reason.RATE_MISSING: "There is no rate or quote for the exchange.",
    Reason.RATE_STALE: "The newest rate is too old.",
    Reason.SPREAD_TOO_WIDE: "The rate is further from the middle than the rule allows.",
}
"""One for each reason."""


def refusal(answer: NotNow) -> Refused:
    """The reason as a refusal, for whoever asked for a sweep."""
    next_at = None if answer.next_at is None else answer.next_at.isoformat()
    return Refused(answer.reason.value, SENTENCES[answer.reason], next_at=next_at, **dict(answer.details))
