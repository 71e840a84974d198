"""Telephone numbers as people write them in each country, as the one form that networks take (E.164).

The numbering plans are those of the ``phonenumbers`` package. Beside them stand habits that outlived a change of plan:
Brazil's ninth digit, Mexico's 1, 044, 045 and 01, Argentina's 15, a trunk 0 kept behind a country code. A number is
repaired only where it is invalid as written, and what was done is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    national_significant_number,
    number_type,
    parse,
    region_code_for_number,
)

from connectors import registry
from connectors.shared.numbers import western

MAX_LENGTH: Final = 40

NO_NUMBER: Final = "not_a_number"
NOT_IN_PLAN: Final = "not_in_plan"  # no such number can exist
NOT_MOBILE: Final = "not_mobile"

NINTH_DIGIT: Final = "ninth_digit_added"  # Brazil, since 2012 to 2016 by area code
OLD_PREFIX: Final = "old_mobile_prefix_dropped"  # Mexico, since 2019-08-03
MOBILE_NINE: Final = "mobile_nine_added"  # Argentina: behind +54 a mobile has a 9
TRUNK_ZERO: Final = "trunk_zero_dropped"

_KINDS: Final = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
}
_OLD_MEXICAN: Final = ("044", "045", "01", "1")
_MEXICAN_LENGTH: Final = 10
_OLD_BRAZILIAN_LENGTH: Final = 10
_OLD_BRAZILIAN_MOBILES: Final = frozenset("6789")
_AREA: Final = 2


@dataclass(frozen=True, slots=True)
class PhoneFinding:
    """What was found: ``e164`` as stored, ``formatted`` as people read it, the country that it belongs to, its kind.

    ``changes`` tell what was repaired; ``reason`` is why it is not accepted.
    """

    valid: bool
    e164: str | None = None
    formatted: str | None = None
    country: str | None = None
    kind: str | None = None
    changes: tuple[str, ...] = ()
    reason: str | None = None


def normalise(text: str, country: str, *, mobile: bool = False) -> PhoneFinding:
    """A number written in a country (ISO 3166-1), or with any country's code before it.

    With ``mobile`` only what can take a text is accepted, and an Argentine number gets the 9 that mobiles have.
    """
    if len(text) > MAX_LENGTH:
        return PhoneFinding(valid=False, reason=NO_NUMBER)
    try:
        written = parse(western(text), country)
    except NumberParseException:
        return PhoneFinding(valid=False, reason=NO_NUMBER)
    if written.extension:
        return PhoneFinding(valid=False, reason=NOT_IN_PLAN)
    reason = NOT_IN_PLAN
    for number, changes in _readings(written, mobile=mobile):
        if not is_valid_number(number):
            continue
        kind = _KINDS.get(number_type(number), "other")
        if not mobile or kind in ("mobile", "fixed_or_mobile"):
            return _found(number, kind, changes)
        reason = NOT_MOBILE
    return PhoneFinding(valid=False, reason=reason)


def check(country: str, text: str, *, mobile: bool = False) -> dict[str, Any]:
    """The JSON answer of ``ids phone``. Raises ``NotFound``: ``country_unknown``."""
    found = normalise(text, registry.country(country).code, mobile=mobile)
    return {
        "valid": found.valid,
        "e164": found.e164,
        "formatted": found.formatted,
        "country": found.country,
        "kind": found.kind,
        "changes": list(found.changes),
        "reason": found.reason,
    }


# One mobile line by two numbers: with and without Argentina's 9, Mexico's old 1 and Brazil's ninth digit.
_SAME_LINE: Final = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"\+549(\d{10})", r"+54\1"),
        (r"\+54([1-8]\d{9})", r"+549\1"),
        (r"\+521(\d{10})", r"+52\1"),
        (r"\+52([2-9]\d{9})", r"+521\1"),
        (r"\+55(\d\d)9([6-9]\d{7})", r"+55\1\2"),
        (r"\+55(\d\d)([6-9]\d{7})", r"+55\g<1>9\2"),
    )
)


def spellings(number: str) -> tuple[str, ...]:
    """The E.164 forms that one line goes by, the one given first: networks and files differ on mobile prefixes."""
    others = [pattern.sub(other, number) for pattern, other in _SAME_LINE if pattern.fullmatch(number)]
    return (number, *others)


def _found(number: PhoneNumber, kind: str, changes: tuple[str, ...]) -> PhoneFinding:
    return PhoneFinding(
        valid=True,
        e164=format_number(number, PhoneNumberFormat.E164),
        formatted=format_number(number, PhoneNumberFormat.INTERNATIONAL),
        country=region_code_for_number(number),
        kind=kind,
        changes=changes,
    )


def _readings(written: PhoneNumber, *, mobile: bool) -> Iterator[tuple[PhoneNumber, tuple[str, ...]]]:
    """The number as written, then as its country's habits may have meant it, the likeliest first."""
    digits = national_significant_number(written)
    if mobile and written.country_code == _ARGENTINA and not digits.startswith("9"):
        yield _with(written, f"9{digits}"), (MOBILE_NINE,)
    yield written, ()
    repair = _REPAIRS.get(written.country_code or 0)
    if repair is not None:
        for repaired, change in repair(digits):
            yield _with(written, repaired), (change,)
    if digits.startswith("0"):
        yield _with(written, digits.lstrip("0")), (TRUNK_ZERO,)


def _with(written: PhoneNumber, digits: str) -> PhoneNumber:
    return PhoneNumber(country_code=written.country_code, national_number=int(digits or "0"))


def _brazilian(digits: str) -> Iterator[tuple[str, str]]:
    """Eight digits of a mobile behind the area code are of before the ninth digit."""
    if len(digits) == _OLD_BRAZILIAN_LENGTH and digits[_AREA] in _OLD_BRAZILIAN_MOBILES:
        yield f"{digits[:_AREA]}9{digits[_AREA:]}", NINTH_DIGIT


def _mexican(digits: str) -> Iterator[tuple[str, str]]:
    """Prefixes of mobiles and of long distance that fell away."""
    for prefix in _OLD_MEXICAN:
        if digits.startswith(prefix) and len(digits) - len(prefix) == _MEXICAN_LENGTH:
            yield digits.removeprefix(prefix), OLD_PREFIX


_ARGENTINA: Final = 54
_REPAIRS: Final[dict[int, Callable[[str], Iterator[tuple[str, str]]]]] = {55: _brazilian, 52: _mexican}
