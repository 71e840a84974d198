"""Bahrain's four governorates (ISO 3166-2), all on one time without summer time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

BAHRAIN_TIME: Final = "Asia/Bahrain"

GOVERNORATES: Final = MappingProxyType(
    {
        "BH-13": "Capital",
        "BH-14": "Southern",
        "BH-15": "Muharraq",
        "BH-17": "Northern",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(GOVERNORATES, BAHRAIN_TIME))
