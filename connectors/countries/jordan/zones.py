"""Jordan's twelve governorates (ISO 3166-2), all on Amman's time, without summer time since 2022."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

AMMAN_TIME: Final = "Asia/Amman"

GOVERNORATES: Final = MappingProxyType(
    {
        "JO-AJ": "Ajloun",
        "JO-AM": "Amman",
        "JO-AQ": "Aqaba",
        "JO-AT": "Tafilah",
        "JO-AZ": "Zarqa",
        "JO-BA": "Balqa",
        "JO-IR": "Irbid",
        "JO-JA": "Jerash",
        "JO-KA": "Karak",
        "JO-MA": "Mafraq",
        "JO-MD": "Madaba",
        "JO-MN": "Ma'an",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(GOVERNORATES, AMMAN_TIME))
