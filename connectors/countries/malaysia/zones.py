"""Malaysia's states and federal territories (ISO 3166-2:MY); one clock for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

JOHOR: Final = "MY-01"
FRIDAY_STATES: Final = frozenset({"MY-02", "MY-03", "MY-11"})  # they rest on Friday and Saturday

SUBDIVISIONS: Final[Mapping[str, str]] = {
    JOHOR: "Johor",
    "MY-02": "Kedah",
    "MY-03": "Kelantan",
    "MY-04": "Melaka",
    "MY-05": "Negeri Sembilan",
    "MY-06": "Pahang",
    "MY-07": "Pulau Pinang",
    "MY-08": "Perak",
    "MY-09": "Perlis",
    "MY-10": "Selangor",
    "MY-11": "Terengganu",
    "MY-12": "Sabah",
    "MY-13": "Sarawak",
    "MY-14": "Wilayah Persekutuan Kuala Lumpur",
    "MY-15": "Wilayah Persekutuan Labuan",
    "MY-16": "Wilayah Persekutuan Putrajaya",
}

_ZONE: Final = "Asia/Kuala_Lumpur"
ZONES: Final[Mapping[str, str]] = dict.fromkeys(SUBDIVISIONS, _ZONE)
ALL_ZONES: Final = (_ZONE,)
