"""Text messages, whichever transport carries them: whom it serves and as whom, and what comes back from networks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from phonenumbers import NumberParseException, parse, region_code_for_number

from domain.errors import Invalid

_SENDER: Final = re.compile(r"\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}")  # 3GPP TS 23.040, 9.1.2.5: 11 letters
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_FIX: Final = "Write it as BR:28500,TH:AURORA."

LONGEST_SHORT_CODE: Final = 8

ReportState = Literal["accepted", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a network tells of a message that it took. ``code`` is its own word for it; ``number`` whom it was for.

    ``failed`` is final: it was not delivered and will not be.
    """

    transport: str
    message_id: str
    state: ReportState
    code: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of a linked message a text is: ``number`` from 1 to ``total``, of the one with this ``reference``."""

    reference: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that somebody wrote. ``message_id`` is the network's name for it, ``None`` where it gives none."""

    transport: str
    message_id: str | None
    sender: str
    recipient: str
    text: str
    piece: Piece | None = None


Heard = Report | Incoming
Listener = Callable[[Heard], None]
"""Keeps what was heard, and returns once it is safe: only then is the network told that it was taken."""


def international(address: str) -> str:
    """A number as networks write it, with its plus; short codes and names stay as they are."""
    return f"+{address}" if address.isdigit() and len(address) > LONGEST_SHORT_CODE else address


def country_of(number: str) -> str | None:
    """The country (ISO 3166-1) of a number in E.164, ``None`` where no plan knows it."""
    try:
        return region_code_for_number(parse(number))
    except NumberParseException:
        return None


@dataclass(frozen=True, slots=True)
class Senders:
    """As whom texts go to each country; a country that is not listed is not served.

    There is no sender for everywhere: each country's rules, or the house's where none were found, ask that a sender be
    registered there first.
    """

    by_country: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.by_country:
            raise Invalid("sms_senders_missing", "No country is served: no sender is stated.", fix=_FIX)
        for country, sender in self.by_country.items():
            if not _COUNTRY.fullmatch(country) or not _SENDER.fullmatch(sender):
                raise Invalid("sms_sender_malformed", f"{country}:{sender} is not a country and its sender.", fix=_FIX)

    @classmethod
    def read(cls, text: str) -> Senders:
        """From ``BR:28500,TH:AURORA``. Raises ``sms_senders_missing``, ``sms_sender_malformed``."""
        stated: dict[str, str] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            country, _, sender = item.partition(":")
            if country in stated:
                raise Invalid("sms_sender_malformed", f"{country} is stated twice.", fix=_FIX)
            stated[country] = sender.strip()
        return cls(stated)

    def of(self, number: str) -> str | None:
        """The sender of a text to a number in E.164; ``None`` where its country is not served."""
        country = country_of(number)
        return None if country is None else self.by_country.get(country)
