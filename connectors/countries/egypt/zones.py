"""Egypt's 27 governorates (ISO 3166-2), all on Cairo's time, with summer time again since 2023."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CAIRO_TIME: Final = "Africa/Cairo"

GOVERNORATES: Final = MappingProxyType(
    {
        "EG-ALX": "Alexandria",
        "EG-ASN": "Aswan",
        "EG-AST": "Asyut",
        "EG-BA": "Red Sea",
        "EG-BH": "Beheira",
        "EG-BNS": "Beni Suef",
        "EG-C": "Cairo",
        "EG-DK": "Dakahlia",
        "EG-DT": "Damietta",
        "EG-FYM": "Faiyum",
        "EG-GH": "Gharbia",
        "EG-GZ": "Giza",
        "EG-IS": "Ismailia",
        "EG-JS": "South Sinai",
        "EG-KB": "Qalyubia",
        "EG-KFS": "Kafr el-Sheikh",
        "EG-KN": "Qena",
        "EG-LX": "Luxor",
        "EG-MN": "Minya",
        "EG-MNF": "Monufia",
        "EG-MT": "Matrouh",
        "EG-PTS": "Port Said",
        "EG-SHG": "Sohag",
        "EG-SHR": "Sharqia",
        "EG-SIN": "North Sinai",
        "EG-SUZ": "Suez",
        "EG-WAD": "New Valley",
    }
)

ZONES: Final = MappingProxyType(dict.fromkeys(GOVERNORATES, CAIRO_TIME))
