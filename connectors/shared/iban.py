"""International bank account numbers: checked against the SWIFT registry's structures and their check digits.

``IBAN_NUMBER`` reads one of any country; a country's own rail answers for its accounts before it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schwifty import IBAN, registry
from schwifty.exceptions import SchwiftyException

from connectors.shared.numbers import western
from connectors.shared.references import grouped
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded

PROFILE: Final = "iban"
_SEPARATORS: Final = re.compile(r"[\s.-]")
_LONGEST: Final = 64
_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}")


@dataclass(frozen=True, slots=True)
class Iban:
    """A valid IBAN: ``compact`` as stored, its country (ISO 3166-1 alpha-2) and the bank's national code."""

    compact: str
    country: str
    bank_code: str

    @property
    def formatted(self) -> str:
        """Groups of four, as printed."""
        return grouped(self.compact)

    @property
    def details(self) -> dict[str, str]:
        """What the number is made of, by name."""
        parts = {"country": self.country, "check_digits": self.compact[2:4], "bban": self.compact[4:]}
        return {"shown": self.formatted, **parts, "bank_code": self.bank_code}


def compact(text: str) -> str:
    """The number as it is stored: capitals and western digits, no separators, without the word IBAN before it."""
    return _SEPARATORS.sub("", western(text[:_LONGEST])).upper().removeprefix("IBAN").lstrip(":")


def check(text: str, *, country: str | None = None) -> Iban:
    """The IBAN in the text, or ``Invalid``: ``iban_malformed``, ``iban_invalid``, ``iban_country``.

    Blanks, hyphens, small letters and Arabic-Indic digits are accepted. Source: ISO 13616, SWIFT IBAN registry.
    """
    written = compact(text)
    if _SHAPE.fullmatch(written) is None:
        raise Invalid(
            "iban_malformed", f"{text[:40]!r} is not an IBAN.", fix="It starts with a country and two digits."
        )
    try:
        number = IBAN(written)
    except SchwiftyException as refusal:
        reason = str(refusal)
        raise Invalid("iban_invalid", f"The IBAN {written} is wrong: {reason}.", reason=reason) from refusal
    if country is not None and number.country_code != country:
        raise Invalid("iban_country", f"The IBAN {written} is not an account in {country}.", country=country)
    return Iban(compact=written, country=str(number.country_code), bank_code=str(number.bank_code))


def _decode(payload: str) -> Decoded | None:
    number = compact(payload)
    if len(payload) > _LONGEST or _SHAPE.fullmatch(number) is None or not _has_ibans(number[:2]):
        return None
    return read(check(number))


@lru_cache(maxsize=1024)
def _has_ibans(country: str) -> bool:
    try:
        registry.get_iban_spec(country)
    except SchwiftyException:
        return False
    return True


def read(number: Iban, *, currency: str | None = None) -> Decoded:
    """An account number as what was read; ``currency`` is that of its country, where the caller knows it."""
    return Decoded(
        profile=PROFILE,
        amount=None,
        currency=currency,
        reference=None,
        tree={"iban": number.compact},
        details=number.details,
    )


IBAN_NUMBER: Final = Codec(
    code=PROFILE,
    name="International bank account number",
    country=None,
    decode=_decode,
    source="ISO 13616; SWIFT IBAN registry, as schwifty has it",
    confidence=Confidence.SECONDARY,
)
