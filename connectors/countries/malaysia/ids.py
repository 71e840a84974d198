"""Malaysia's identity number: the MyKad number of citizens and permanent residents."""

from __future__ import annotations

from typing import Final

from stdnum.my import nric

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme


def _examine_mykad(number: str) -> IdentityFinding:
    """Day of birth (6), place of birth (2), serial number (4), the last one odd for men; there is no check digit."""
    checked: str = nric.validate(number)
    return numbers.valid(checked, formatted=nric.format(checked))


SCHEMES: Final = (
    IdentityScheme(
        code="mykad",
        name="Nombor Kad Pengenalan (MyKad)",
        check=numbers.checker(_examine_mykad),
        person=True,
        company=False,
        source="National Registration Department, 12-digit number; python-stdnum 2.2 my.nric",
        aliases=("nric",),
    ),
)
