"""Kuwait's six governorates (ISO 3166-2), all on one time without summer time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

KUWAIT_TIME: Final = "Asia/Kuwait"

GOVERNORATES: Final = MappingProxyType(
    {
        "KW-AH": "Al Ahmadi",
        "KW-FA": "Al Farwaniyah",
        "KW-HA": "Hawalli",
        "KW-JA": "Al Jahra",
        "KW-KU": "Al Asimah",
        "KW-MU": "Mubarak al-Kabeer",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(GOVERNORATES, KUWAIT_TIME))
