"""What EMVCo asks of a payment code's fields beyond their frame: which must be there, how long and of what form.

Money must not go astray, so a code that names no account, no currency or no country, or another country than its
scheme's, is refused, and so is one without a field that its scheme demands. What is merely out of form is in use: a
lenient reader takes it with a doubt that names tag and reason, a strict one refuses it. Source: EMV QR Code
Specification for Payment Systems, Merchant-Presented Mode, v1.1, tables 3.4 to 3.8 and section 4 (as public validators
have them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from connectors.shared import emv
from domain.errors import Invalid

DEMANDED: Final = ("52", "59", "60")
"""Category, name and city of the merchant: demanded by EMVCo, left out by schemes for transfers between accounts."""

_ACCOUNTS: Final = frozenset(f"{tag:02d}" for tag in range(2, 52))
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_CURRENCY: Final = re.compile(r"[0-9]{3}")
_NAMES: Final = {
    "52": "the merchant's category",
    "53": "the currency",
    "58": "the country",
    "59": "the merchant's name",
    "60": "the merchant's city",
}
_FORMS: Final = {
    "01": (re.compile(r"1[12]"), "11 or 12"),
    "52": (re.compile(r"[0-9]{4}"), "four digits"),
    "55": (re.compile(r"0[123]"), "01, 02 or 03"),
    "56": (re.compile(r"[0-9]+(\.[0-9]*)?"), "an amount"),
    "57": (re.compile(r"0?[0-9]{1,2}(\.[0-9]{0,2})?"), "a percentage under 100"),
}
_LONGEST: Final = {"59": 25, "60": 15, "61": 10}
_LONGEST_INSIDE: Final = {
    "62": {f"{tag:02d}": 25 for tag in range(1, 9)} | {"09": 3},
    "64": {"00": 2, "01": 25, "02": 15},
}
_TIP_VALUES: Final = {"02": "56", "03": "57"}


def demand(tree: Mapping[str, str | emv.Tree], *, country: str | None, fields: Iterable[str] = ()) -> None:
    """Refuses a code that nobody can pay: ``emv_missing``, ``emv_currency``, ``emv_country``.

    ``country`` is that of the scheme; ``fields`` are those that it demands. An empty field is there: it is in use.
    """
    for tag in ("53", "58", *fields):
        if tag not in tree:
            raise missing(tag, f"{_NAMES[tag]} is missing")
    if _ACCOUNTS.isdisjoint(tree):
        raise missing("26", "there is no account to pay (tags 02 to 51)")
    number, found = tree["53"], tree["58"]
    if not isinstance(number, str) or _CURRENCY.fullmatch(number) is None:
        raise refusal("emv_currency", "53", f"{number!r} is not the number of a currency")
    if not isinstance(found, str) or _COUNTRY.fullmatch(found) is None:
        raise refusal("emv_country", "58", f"{found!r} is not a country's two letters")
    if country is not None and found.upper() != country:
        raise refusal("emv_country", "58", f"the scheme is of {country}, the code says {found}")


def doubts(tree: Mapping[str, str | emv.Tree], *, fields: Iterable[str] = ()) -> dict[str, str]:
    """By tag, what is out of form; ``fields`` are those whose absence is a doubt."""
    found = {tag: f"{_NAMES[tag]} is missing" for tag in fields if tag not in tree}
    for tag, value in tree.items():
        if isinstance(value, dict):
            if tag in _LONGEST_INSIDE:
                found |= _too_long(value, _LONGEST_INSIDE[tag], f"{tag}.")
        elif tag in _FORMS and value:
            form, told = _FORMS[tag]
            if form.fullmatch(value) is None:
                found[tag] = f"{value!r} is not {told}"
    found |= _too_long(tree, _LONGEST, "")
    wanted = _TIP_VALUES.get(emv.text_at(tree, "55") or "")
    if wanted is not None and not tree.get(wanted):
        found[wanted] = "tag 55 announces it, and it is missing"
    return found


def _too_long(tree: Mapping[str, str | emv.Tree], longest: Mapping[str, int], path: str) -> dict[str, str]:
    return {
        path + tag: f"it has {len(tree[tag])} characters, {most} fit"
        for tag, most in longest.items()
        if tag in tree and len(tree[tag]) > most
    }


def missing(tag: str, reason: str) -> Invalid:
    """The refusal of a code that lacks a field."""
    return refusal("emv_missing", tag, reason)


def refusal(code: str, tag: str, reason: str) -> Invalid:
    """The refusal of a sound code for one of its fields; its place is found by the tag."""
    return Invalid(
        code,
        f"The payment code is broken at tag {tag}: {reason}.",
        fix="Ask whoever made the code for another one.",
        tag=tag,
        reason=reason,
    )
