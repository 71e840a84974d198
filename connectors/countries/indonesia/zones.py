"""Indonesia's provinces with their three time zones: west (WIB), central (WITA) and east (WIT).

Source: ISO 3166-2:ID with the Papuan provinces of 2022, and the IANA time zone database.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

WIB: Final = "Asia/Jakarta"
WIB_KALIMANTAN: Final = "Asia/Pontianak"
WITA: Final = "Asia/Makassar"
WIT: Final = "Asia/Jayapura"

_ROWS: Final = (
    ("ID-AC", "Aceh", WIB),
    ("ID-BA", "Bali", WITA),
    ("ID-BB", "Kepulauan Bangka Belitung", WIB),
    ("ID-BE", "Bengkulu", WIB),
    ("ID-BT", "Banten", WIB),
    ("ID-GO", "Gorontalo", WITA),
    ("ID-JA", "Jambi", WIB),
    ("ID-JB", "Jawa Barat", WIB),
    ("ID-JI", "Jawa Timur", WIB),
    ("ID-JK", "Jakarta Raya", WIB),
    ("ID-JT", "Jawa Tengah", WIB),
    ("ID-KB", "Kalimantan Barat", WIB_KALIMANTAN),
    ("ID-KI", "Kalimantan Timur", WITA),
    ("ID-KR", "Kepulauan Riau", WIB),
    ("ID-KS", "Kalimantan Selatan", WITA),
    ("ID-KT", "Kalimantan Tengah", WIB_KALIMANTAN),
    ("ID-KU", "Kalimantan Utara", WITA),
    ("ID-LA", "Lampung", WIB),
    ("ID-MA", "Maluku", WIT),
    ("ID-MU", "Maluku Utara", WIT),
    ("ID-NB", "Nusa Tenggara Barat", WITA),
    ("ID-NT", "Nusa Tenggara Timur", WITA),
    ("ID-PA", "Papua", WIT),
    ("ID-PB", "Papua Barat", WIT),
    ("ID-PD", "Papua Barat Daya", WIT),
    ("ID-PE", "Papua Pegunungan", WIT),
    ("ID-PS", "Papua Selatan", WIT),
    ("ID-PT", "Papua Tengah", WIT),
    ("ID-RI", "Riau", WIB),
    ("ID-SA", "Sulawesi Utara", WITA),
    ("ID-SB", "Sumatera Barat", WIB),
    ("ID-SG", "Sulawesi Tenggara", WITA),
    ("ID-SN", "Sulawesi Selatan", WITA),
    ("ID-SR", "Sulawesi Barat", WITA),
    ("ID-SS", "Sumatera Selatan", WIB),
    ("ID-ST", "Sulawesi Tengah", WITA),
    ("ID-SU", "Sumatera Utara", WIB),
    ("ID-YO", "Yogyakarta", WIB),
)

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: zone for code, _, zone in _ROWS})
ALL_ZONES: Final = (WIB, WIB_KALIMANTAN, WITA, WIT)
