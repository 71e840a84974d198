"""Saudi Arabia's thirteen regions (ISO 3166-2; there is no SA-13), all on Riyadh's time without summer time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

RIYADH_TIME: Final = "Asia/Riyadh"

REGIONS: Final = MappingProxyType(
    {
        "SA-01": "Riyadh",
        "SA-02": "Makkah",
        "SA-03": "Madinah",
        "SA-04": "Eastern Province",
        "SA-05": "Qassim",
        "SA-06": "Hail",
        "SA-07": "Tabuk",
        "SA-08": "Northern Borders",
        "SA-09": "Jazan",
        "SA-10": "Najran",
        "SA-11": "Bahah",
        "SA-12": "Jawf",
        "SA-14": "Asir",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(REGIONS, RIYADH_TIME))
