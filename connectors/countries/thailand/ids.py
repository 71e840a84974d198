"""Thailand's identity numbers: the PIN of people and the tax number of people and companies."""

from __future__ import annotations

from typing import Final

from stdnum.th import moa, pin, tin

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme


def _examine_pin(number: str) -> IdentityFinding:
    """Thirteen digits, the last a check digit; 0 begins companies and 9 is not issued."""
    return numbers.valid(pin.validate(number), formatted=pin.format(number))


def _examine_tin(number: str) -> IdentityFinding:
    """A company's number (Ministry of Commerce, beginning with 0) or a person's PIN."""
    checked = moa.validate(number) if number.startswith("0") else pin.validate(number)
    return numbers.valid(checked, formatted=tin.format(number))


SCHEMES: Final = (
    IdentityScheme(
        code="pin",
        name="เลขประจำตัวประชาชน (personal identification number)",
        check=numbers.checker(_examine_pin),
        person=True,
        company=False,
        source="Department of Provincial Administration, 13-digit number; python-stdnum 2.2 th.pin",
        aliases=("national_id",),
    ),
    IdentityScheme(
        code="tin",
        name="เลขประจำตัวผู้เสียภาษีอากร (taxpayer identification number)",
        check=numbers.checker(_examine_tin),
        person=True,
        company=True,
        source="Revenue Department, 13-digit taxpayer number; python-stdnum 2.2 th.tin, th.moa, th.pin",
    ),
)
