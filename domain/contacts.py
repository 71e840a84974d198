"""What is known when a debtor is to be contacted: the channel, the people, the days and the touches so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol


class Channel(StrEnum):
    """The class of channel that law speaks of; which transport carries it is another matter."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    WHATSAPP = "whatsapp"
    VISIT = "visit"
    APP = "app"


class Actor(StrEnum):
    """Who makes the contact."""

    CREDITOR = "creditor"
    AGENCY = "agency"
    LAWYER = "lawyer"


class LenderType(StrEnum):
    """What kind of lender the creditor is, where law distinguishes."""

    BANK = "bank"
    FINANCE_COMPANY = "finance_company"
    VEHICLE_DEALER = "vehicle_dealer"


class PartyRole(StrEnum):
    """What the person contacted is to the debt."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    THIRD_PARTY = "third_party"


class ContactResult(StrEnum):
    """What came of a contact: nobody reached, somebody reached, the right person reached."""

    ATTEMPT = "attempt"
    CONTACT = "contact"
    RIGHT_PARTY = "right_party"

    def at_least(self, other: ContactResult) -> bool:
        """Whether this result reached as far as the other: an attempt is the least, the right party the most."""
        return _REACH[self] >= _REACH[other]


_REACH: Final = {ContactResult.ATTEMPT: 0, ContactResult.CONTACT: 1, ContactResult.RIGHT_PARTY: 2}


class Confidence(StrEnum):
    """How well a fact is founded."""

    VERIFIED = "verified"  # read in the official text
    SECONDARY = "secondary"  # read in a law firm's, a newspaper's or a vendor's page
    UNVERIFIED = "unverified"  # from memory; the document to check is named in the source
    POLICY = "policy"  # the house's own, stricter choice where no law was found


class Calendar(Protocol):
    """A country's days, by subdivision where they differ."""

    def __hash__(self) -> int:
        """Calendars are remembered by, so each is one object for as long as the process runs."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:
        """The name of the public holiday on a day, or ``None``."""

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices work on a day."""

    def special_period(self, day: date, subdivision: str | None) -> str | None:
        """The kind of special day that is no public holiday, e.g. ``ramadan`` or ``joint_leave``, or ``None``."""

    def estimated(self, day: date, subdivision: str | None) -> bool:
        """Whether a holiday on a day is computed only and may still move: days of the moon, not yet announced."""


@dataclass(frozen=True, slots=True)
class PastContact:
    """One touch that already happened (or is reserved by a permit), whoever made it.

    ``debtor``, ``debt``, ``case`` and ``number`` say whose it was and which loan, case and number or address it
    was about; what is not known counts against each of them.
    """

    at: datetime
    channel: Channel
    actor: Actor = Actor.CREDITOR
    result: ContactResult = ContactResult.ATTEMPT
    debtor: str | None = None
    debt: str | None = None
    case: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known about the person and the debt when the question is asked.

    ``time_zone`` is the IANA name derived from the address; ``None`` means unknown, and then the
    contact must be lawful in every zone of the country. ``debtor``, ``debt``, ``case`` and ``number`` name what the
    contact asked about is about; of what is not known every touch counts.
    """

    actor: Actor = Actor.CREDITOR
    lender_type: LenderType = LenderType.FINANCE_COMPANY
    party_role: PartyRole = PartyRole.DEBTOR
    days_past_due: int = 0
    consents: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    contacts: tuple[PastContact, ...] = ()
    time_zone: str | None = None
    registries: frozenset[str] = frozenset()
    product: str = "loan"
    debtor: str | None = None
    debt: str | None = None
    case: str | None = None
    number: str | None = None
