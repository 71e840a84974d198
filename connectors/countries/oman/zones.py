"""Oman's eleven governorates (ISO 3166-2), all on one time without summer time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

MUSCAT_TIME: Final = "Asia/Muscat"

GOVERNORATES: Final = MappingProxyType(
    {
        "OM-BJ": "South Batinah",
        "OM-BS": "North Batinah",
        "OM-BU": "Buraimi",
        "OM-DA": "Dakhiliyah",
        "OM-MA": "Muscat",
        "OM-MU": "Musandam",
        "OM-SJ": "South Sharqiyah",
        "OM-SS": "North Sharqiyah",
        "OM-WU": "Wusta",
        "OM-ZA": "Dhahirah",
        "OM-ZU": "Dhofar",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(GOVERNORATES, MUSCAT_TIME))
