"""What may come of a contact, and what follows: how far it reached, which number is used no longer, who is left alone.

Whoever makes a contact under a permit (a caller, an agency, a gateway) reports one of these outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.contacts import ContactResult
from domain.errors import Invalid

UNUSED: Final = "unused"
CLOCKS_APART: Final = timedelta(minutes=5)
"""How far a reporter's clock may be ahead of ours, or behind the permit's."""


class ContactOutcome(StrEnum):
    """What came of one contact."""

    NOT_MADE = "not_made"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"  # a machine answered, and nothing was said on it
    NOT_IN_SERVICE = "not_in_service"
    UNDELIVERED = "undelivered"  # a gateway could not bring the message to the number
    DELIVERED = "delivered"  # it arrived at the number or address; nobody is known to have read it
    WRONG_NUMBER = "wrong_number"
    THIRD_PARTY = "third_party"  # somebody else answered, and was told nothing
    NOT_VERIFIED = "not_verified"  # who answered did not prove to be the debtor, and was told nothing
    INFORMED = "informed"
    CALL_BACK = "call_back"
    PROMISED = "promised"
    PAID_ALREADY = "paid_already"
    DISPUTED = "disputed"
    HARDSHIP = "hardship"
    REFUSED = "refused"
    ASKED_TO_STOP = "asked_to_stop"


class StopReason(StrEnum):
    """Why a number or address is used no longer, or a channel."""

    WRONG_NUMBER = "wrong_number"
    NOT_IN_SERVICE = "not_in_service"
    HARD_BOUNCE = "hard_bounce"
    RETURNED_MAIL = "returned_mail"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINT = "complaint"
    ASKED = "asked"


WISHES: Final = frozenset({StopReason.UNSUBSCRIBED, StopReason.COMPLAINT, StopReason.ASKED})
"""What the debtor wants, of a whole channel; the others say that a number or address reaches nobody."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an outcome means: the permit's result, and what is stopped. ``again``: the call may be tried once more."""

    result: str
    stop: StopReason | None = None
    again: bool = False


_ATTEMPT, _CONTACT, _RIGHT_PARTY = (result.value for result in ContactResult)
_CONSEQUENCES: Final[Mapping[ContactOutcome, Consequence]] = {
    ContactOutcome.NOT_MADE: Consequence(UNUSED, again=True),
    ContactOutcome.NO_ANSWER: Consequence(_ATTEMPT, again=True),
    ContactOutcome.BUSY: Consequence(_ATTEMPT, again=True),
    ContactOutcome.VOICEMAIL: Consequence(_ATTEMPT, again=True),
    ContactOutcome.NOT_IN_SERVICE: Consequence(_ATTEMPT, StopReason.NOT_IN_SERVICE),
    ContactOutcome.UNDELIVERED: Consequence(_ATTEMPT),
    ContactOutcome.DELIVERED: Consequence(_ATTEMPT),
    ContactOutcome.WRONG_NUMBER: Consequence(_CONTACT, StopReason.WRONG_NUMBER),
    ContactOutcome.THIRD_PARTY: Consequence(_CONTACT, again=True),
    ContactOutcome.NOT_VERIFIED: Consequence(_CONTACT, again=True),
    ContactOutcome.INFORMED: Consequence(_RIGHT_PARTY),
    ContactOutcome.CALL_BACK: Consequence(_RIGHT_PARTY, again=True),
    ContactOutcome.PROMISED: Consequence(_RIGHT_PARTY),
    ContactOutcome.PAID_ALREADY: Consequence(_RIGHT_PARTY),
    ContactOutcome.DISPUTED: Consequence(_RIGHT_PARTY),
    ContactOutcome.HARDSHIP: Consequence(_RIGHT_PARTY),
    ContactOutcome.REFUSED: Consequence(_RIGHT_PARTY),
    ContactOutcome.ASKED_TO_STOP: Consequence(_RIGHT_PARTY, StopReason.ASKED),
}


def consequence(outcome: ContactOutcome) -> Consequence:
    """What follows from an outcome."""
    return _CONSEQUENCES[outcome]


def is_late(at: datetime, *, issued_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Whether a contact was made after its permit had expired: it counts all the same, and is shown as such.

    Raises ``contact_in_future`` and ``contact_before_permit`` for a moment at which it cannot have been made.
    """
    if at > now + CLOCKS_APART:
        raise Invalid("contact_in_future", "The contact has not been made yet.", fix="State when it was made.")
    if at < issued_at - CLOCKS_APART:
        raise Invalid(
            "contact_before_permit",
            "The contact was made before the permit was issued.",
            fix="A contact is made under a permit; report it under the one that it was made under.",
        )
    return at > expires_at
