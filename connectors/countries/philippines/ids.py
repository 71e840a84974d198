"""The Philippines' identity numbers: TIN of taxpayers and the card number (PCN) of PhilSys.

The permanent PhilSys number (PSN, 12 digits) is secret and not asked for. No check digit of either is published.
"""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_TIN_LENGTHS: Final = (9, 12, 13, 14)  # with a branch code of three to five digits
_TIN_BODY: Final = 9
_PCN_LENGTH: Final = 16


def _examine_tin(number: str) -> IdentityFinding:
    """Nine digits, and a branch code of three to five where one is given."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) not in _TIN_LENGTHS:
        return numbers.invalid(numbers.LENGTH)
    body, branch = number[:_TIN_BODY], number[_TIN_BODY:]
    if len(set(body)) == 1:
        return numbers.invalid(numbers.REPEATED)
    parts = [body[:3], body[3:6], body[6:], *([branch] if branch else [])]
    return numbers.valid(number, formatted="-".join(parts), warnings=(numbers.CHECK_DIGIT_DOUBT,))


def _examine_pcn(number: str) -> IdentityFinding:
    """Sixteen digits as printed on the card."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _PCN_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    parts = [number[start : start + 4] for start in range(0, _PCN_LENGTH, 4)]
    return numbers.valid(number, formatted="-".join(parts), warnings=(numbers.CHECK_DIGIT_DOUBT,))


SCHEMES: Final = (
    IdentityScheme(
        code="tin",
        name="Taxpayer Identification Number",
        check=numbers.checker(_examine_tin),
        person=True,
        company=True,
        source="from memory: Bureau of Internal Revenue, 9 digits and a branch code of 3 to 5; structure only",
    ),
    IdentityScheme(
        code="pcn",
        name="PhilSys Card Number",
        check=numbers.checker(_examine_pcn),
        person=True,
        company=False,
        source="from memory: RA 11055 and its rules, 16 digits on the card; structure only",
        aliases=("philsys",),
    ),
)
