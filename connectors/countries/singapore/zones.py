"""Singapore's districts (ISO 3166-2:SG); one clock for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SUBDIVISIONS: Final[Mapping[str, str]] = {
    "SG-01": "Central Singapore",
    "SG-02": "North East",
    "SG-03": "North West",
    "SG-04": "South East",
    "SG-05": "South West",
}

_ZONE: Final = "Asia/Singapore"
ZONES: Final[Mapping[str, str]] = dict.fromkeys(SUBDIVISIONS, _ZONE)
ALL_ZONES: Final = (_ZONE,)
