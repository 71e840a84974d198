"""Vietnam's identity numbers: CCCD of citizens (since 2025-07-01 their tax code too) and MST of taxpayers."""

from __future__ import annotations

from typing import Final

from stdnum.vn import mst

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_CCCD_LENGTH: Final = 12
_LAST_PROVINCE: Final = 96


def _examine_cccd(number: str) -> IdentityFinding:
    """Province (3), century and sex (1), year of birth (2), serial number (6); there is no check digit."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _CCCD_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    known = 1 <= int(number[:3]) <= _LAST_PROVINCE
    return numbers.valid(number, formatted=number, warnings=() if known else (numbers.PLACE_DOUBT,))


def _examine_mst(number: str) -> IdentityFinding:
    """Ten digits, the last a check digit (a remainder of ten is never issued), and three more for a branch."""
    checked: str = mst.validate(number)
    return numbers.valid(checked, formatted=mst.format(checked))


SCHEMES: Final = (
    IdentityScheme(
        code="cccd",
        name="Số định danh cá nhân (Căn cước công dân)",
        check=numbers.checker(_examine_cccd),
        person=True,
        company=False,
        source="from memory: Decree 137/2015/ND-CP and Circular 59/2021/TT-BCA, structure of the 12 digits",
    ),
    IdentityScheme(
        code="mst",
        name="Mã số thuế",
        check=numbers.checker(_examine_mst),
        person=True,
        company=True,
        source="General Department of Taxation, 10 or 13 digits; python-stdnum 2.2 vn.mst",
        aliases=("tin",),
    ),
)
