"""International bank account numbers: checked against the SWIFT registry's structures and their check digits.

``IBAN_NUMBER`` reads one of any country; a country's own rail answers for its accounts before it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schwifty import IBAN, registry
from schwifty.exceptions import InvalidChecksumDigits, InvalidLength, SchwiftyException
from stdnum.iso7064 import mod_97_10

from connectors.shared import digits, fields
from connectors.shared.numbers import western
from connectors.shared.references import grouped
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded

PROFILE: Final = "iban"
_SEPARATORS: Final = re.compile(r"[\s.-]")
_LONGEST: Final = 64
_WORD: Final = "IBAN"
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
    return _SEPARATORS.sub("", western(text[:_LONGEST])).upper().removeprefix(_WORD).lstrip(":")


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
        part, place, reason = _fault(refusal, written)
        start = len(text) - len(text.lstrip()) + (len(_WORD) if text.strip().upper().startswith(_WORD) else 0)
        offset = start + digits.letter_offset(text[start:], place)
        message = f"The IBAN {written} is wrong: {reason}."
        raise Invalid("iban_invalid", message, tag=part, offset=offset, reason=reason) from refusal
    if country is not None and number.country_code != country:
        raise Invalid("iban_country", f"The IBAN {written} is not an account in {country}.", country=country)
    return Iban(compact=written, country=str(number.country_code), bank_code=str(number.bank_code))


def _fault(refusal: SchwiftyException, written: str) -> tuple[str, int, str]:
    """Which part of a number is wrong, the place among its letters and digits where it begins, and why."""
    country = written[:2]
    if not _has_ibans(country):
        return "country", 0, f"{country} has no IBANs"
    spec = registry.get_iban_spec(country)
    match refusal:
        case InvalidLength():
            return (
                "length",
                len(written),
                f"it has {len(written)} characters, those of {country} have {spec.iban_length}",
            )
        case InvalidChecksumDigits():
            return "check_digits", 2, "its check digits do not match"
        case _:
            return "bban", 4, f"its account does not have the form of {country}, {spec.bban_spec}"


def _decode(payload: str) -> Decoded | None:
    """An IBAN; of a country that has none only a number whose check digits match is worth a refusal."""
    number = compact(payload)
    if len(payload) > _LONGEST or _SHAPE.fullmatch(number) is None:
        return None
    if not _has_ibans(number[:2]) and not mod_97_10.is_valid(number[4:] + number[:4]):
        return None
    return read(check(payload))


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


def _encode(values: Mapping[str, str]) -> str:
    """The number of a country's account, ``bban``, with its check digits (ISO 13616: 98 less the remainder by 97)."""
    country = _upper(fields.required(values, "country"))
    account = _upper(_SEPARATORS.sub("", western(fields.required(values, "bban"))))
    message = "A country is two letters, an account 10 to 30 letters and digits."
    fields.matching(f"{country}00{account}", _SHAPE.pattern, code="iban_malformed", message=message)
    return check(f"{country}{mod_97_10.calc_check_digits(f'{account}{country}')}{account}").compact


def _upper(text: str) -> str:
    """The text in capitals where that changes no letter into others, as it does of German's sharp s."""
    return text.upper() if text.isascii() else text


IBAN_NUMBER: Final = Codec(
    code=PROFILE,
    name="International bank account number",
    country=None,
    decode=_decode,
    encode=_encode,
    fields=("country", "bban"),
    source="ISO 13616; SWIFT IBAN registry, as schwifty has it",
    confidence=Confidence.SECONDARY,
)
