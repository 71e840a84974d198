"""International bank account numbers: checked against the SWIFT registry's structures and their check digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from connectors.shared.numbers import western
from connectors.shared.references import grouped
from domain.errors import Invalid

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


def check(text: str, *, country: str | None = None) -> Iban:
    """The IBAN in the text, or ``Invalid``: ``iban_malformed``, ``iban_invalid``, ``iban_country``.

    Blanks, hyphens, small letters and Arabic-Indic digits are accepted. Source: ISO 13616, SWIFT IBAN registry.
    """
    compact = re.sub(r"[\s-]", "", western(text)).upper()
    if _SHAPE.fullmatch(compact) is None:
        raise Invalid(
            "iban_malformed", f"{text[:40]!r} is not an IBAN.", fix="It starts with a country and two digits."
        )
    try:
        number = IBAN(compact)
    except SchwiftyException as refusal:
        reason = str(refusal)
        raise Invalid("iban_invalid", f"The IBAN {compact} is wrong: {reason}.", reason=reason) from refusal
    if country is not None and number.country_code != country:
        raise Invalid("iban_country", f"The IBAN {compact} is not an account in {country}.", country=country)
    return Iban(compact=compact, country=str(number.country_code), bank_code=str(number.bank_code))
