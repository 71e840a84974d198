"""References that come back with the money: derived from a payment request's id, guarded by check digits.

A request's id ends with 26 letters of base 32 of a UUIDv7: the time first, 74 random bits last. Whatever a
rail can carry is therefore taken from the end: 20 letters keep all randomness and 20 bits of time, and 25
lose only bits of time that stay zero until the year 3084.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum.iso7064 import mod_97_10

from domain import ids
from domain.errors import Invalid

CREDITOR_REFERENCE_PATTERN: Final = r"RF[0-9]{2}[0-9A-Z]{1,21}"
_MIN_LETTERS: Final = 16  # 80 bits from the end hold every random bit of a UUIDv7


def from_request(request_id: str, *, length: int) -> str:
    """The last ``length`` letters (16 to 26) of a payment request's id, in capitals.

    Raises ``id_malformed`` for another identifier and ``reference_too_short`` for a length that loses randomness.
    """
    letters = ids.check("payment_request", request_id).rpartition("_")[2].upper()
    if not _MIN_LETTERS <= length <= len(letters):
        raise Invalid("reference_too_short", f"{length} letters cannot tell payment requests apart.")
    return letters[-length:]


def creditor_reference(body: str) -> str:
    """``RF``, two check digits and the body (1 to 21 capitals or digits). Source: ISO 11649."""
    digits: str = mod_97_10.calc_check_digits(f"{body}RF")
    return checked_creditor_reference(f"RF{digits}{body}")


def checked_creditor_reference(text: str) -> str:
    """The reference without blanks and in capitals.

    Raises ``Invalid``: ``reference_malformed`` or ``reference_check_digits``. The check digits find every digit taken
    for another digit and letter for another letter, and 96 of 97 other mistakes (ISO 11649, ISO 7064 mod 97-10).
    """
    compact = re.sub(r"\s", "", text).upper()
    if re.fullmatch(CREDITOR_REFERENCE_PATTERN, compact) is None:
        raise Invalid(
            "reference_malformed",
            f"{text!r} is not a creditor reference.",
            fix="It starts with RF and two digits and has up to 25 characters.",
        )
    if not mod_97_10.is_valid(compact[4:] + compact[:4]):
        reason = "the check digits do not match"
        raise Invalid("reference_check_digits", f"The reference {compact} is mistyped: {reason}.", reason=reason)
    return compact


def grouped(text: str) -> str:
    """The text in groups of four, as people read IBANs and references."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
