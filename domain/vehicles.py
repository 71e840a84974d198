"""Vehicles sold on credit: what they are, and whether a vehicle identification number can be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import Invalid
from domain.identity import IdentityFinding

FIRST_YEAR: Final = 1886
LAST_YEAR: Final = 2100
VIN_CHECK_DIGIT: Final = "wrong_check_digit"
VIN_CHECK_DIGIT_DOUBT: Final = "check_digit_unconfirmed"

_VIN_LENGTH: Final = 17
_VIN: Final = re.compile(r"[0-9A-HJ-NPR-Z]*")
_NORTH_AMERICA: Final = frozenset("12345")
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES: Final = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)


class Powertrain(StrEnum):
    """What drives the vehicle. A plug-in hybrid charges from the mains, a hybrid does not."""

    COMBUSTION = "combustion"
    HYBRID = "hybrid"
    PLUG_IN_HYBRID = "plug_in_hybrid"
    BATTERY_ELECTRIC = "battery_electric"


def check_vin(text: str) -> IdentityFinding:
    """Whether the text is a vehicle identification number: 17 letters and digits without I, O and Q (ISO 3779).

    The ninth character is a check digit by law for North America (49 CFR 565.15), whose numbers begin with 1 to 5:
    there a wrong one rejects. Elsewhere makers may use the place freely, so a mismatch is a doubt.
    """
    vin = re.sub(r"[\s-]", "", text).upper()
    if _VIN.fullmatch(vin) is None:
        return _rejected("wrong_characters")
    if len(vin) != _VIN_LENGTH:
        return _rejected("wrong_length")
    matches = vin[8] == vin_check_digit(vin)
    if not matches and vin[0] in _NORTH_AMERICA:
        return _rejected(VIN_CHECK_DIGIT)
    doubts = () if matches else (VIN_CHECK_DIGIT_DOUBT,)
    return IdentityFinding(valid=True, normalised=vin, formatted=vin, warnings=doubts)


def vin_check_digit(vin: str) -> str:
    """The ninth character that 49 CFR 565.15 computes for a well-formed number: 0 to 9 or X."""
    remainder = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)  # noqa: PLR2004 - the remainder that one digit cannot write


def _rejected(reason: str) -> IdentityFinding:
    return IdentityFinding(valid=False, normalised=None, formatted=None, reason=reason)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: ``vin`` in its stored form, ``year`` of the model, ``plate`` where it is registered."""

    vin: str
    make: str
    model: str
    year: int
    powertrain: Powertrain
    plate: str | None = None

    def __post_init__(self) -> None:
        finding = check_vin(self.vin)
        if finding.normalised != self.vin:
            raise Invalid(
                "vin_invalid",
                f"{self.vin!r} is not a vehicle identification number as it is stored.",
                fix="Give 17 capital letters and digits, without I, O and Q.",
                reason=finding.reason,
            )
        if not self.make.strip() or not self.model.strip():
            raise Invalid("vehicle_unnamed", "A vehicle has a make and a model.")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise Invalid("vehicle_year", f"{self.year} is not the year of a vehicle.", fix="Give four digits.")
        if self.plate is not None and not self.plate.strip():
            raise Invalid("vehicle_plate_blank", "A blank plate is no plate.", fix="Leave it out.")
