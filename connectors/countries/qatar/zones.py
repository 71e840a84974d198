"""Qatar's eight municipalities (ISO 3166-2), all on one time without summer time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

QATAR_TIME: Final = "Asia/Qatar"

MUNICIPALITIES: Final = MappingProxyType(
    {
        "QA-DA": "Doha",
        "QA-KH": "Al Khor",
        "QA-MS": "Al Shamal",
        "QA-RA": "Al Rayyan",
        "QA-SH": "Al Sheehaniya",
        "QA-US": "Umm Salal",
        "QA-WA": "Al Wakrah",
        "QA-ZA": "Al Daayen",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(MUNICIPALITIES, QATAR_TIME))
