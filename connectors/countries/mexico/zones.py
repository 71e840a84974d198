"""Mexico's states with their time zones.

Source: ISO 3166-2:MX and the IANA time zone database. Since October 2022 only Baja California and municipalities at
the northern border change their clocks. Chihuahua (Ciudad Juárez, Ojinaga), Coahuila and Tamaulipas (the border) and
Nayarit (Bahía de Banderas) lie in more than one zone: a contact there keeps the hours of every zone of the state
unless the address says which. So it is in Nuevo León, where only the small municipality Anáhuac, at the border,
differs: the law counts the debtor's own clock there too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CENTRE: Final = "America/Mexico_City"
_ROWS: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("MX-AGU", "Aguascalientes", _CENTRE),
    ("MX-BCN", "Baja California", "America/Tijuana"),
    ("MX-BCS", "Baja California Sur", "America/Mazatlan"),
    ("MX-CAM", "Campeche", "America/Merida"),
    ("MX-CHH", "Chihuahua", None),
    ("MX-CHP", "Chiapas", _CENTRE),
    ("MX-CMX", "Ciudad de México", _CENTRE),
    ("MX-COA", "Coahuila de Zaragoza", None),
    ("MX-COL", "Colima", _CENTRE),
    ("MX-DUR", "Durango", "America/Monterrey"),
    ("MX-GRO", "Guerrero", _CENTRE),
    ("MX-GUA", "Guanajuato", _CENTRE),
    ("MX-HID", "Hidalgo", _CENTRE),
    ("MX-JAL", "Jalisco", _CENTRE),
    ("MX-MEX", "México", _CENTRE),
    ("MX-MIC", "Michoacán de Ocampo", _CENTRE),
    ("MX-MOR", "Morelos", _CENTRE),
    ("MX-NAY", "Nayarit", None),
    ("MX-NLE", "Nuevo León", None),
    ("MX-OAX", "Oaxaca", _CENTRE),
    ("MX-PUE", "Puebla", _CENTRE),
    ("MX-QUE", "Querétaro", _CENTRE),
    ("MX-ROO", "Quintana Roo", "America/Cancun"),
    ("MX-SIN", "Sinaloa", "America/Mazatlan"),
    ("MX-SLP", "San Luis Potosí", _CENTRE),
    ("MX-SON", "Sonora", "America/Hermosillo"),
    ("MX-TAB", "Tabasco", _CENTRE),
    ("MX-TAM", "Tamaulipas", None),
    ("MX-TLA", "Tlaxcala", _CENTRE),
    ("MX-VER", "Veracruz de Ignacio de la Llave", _CENTRE),
    ("MX-YUC", "Yucatán", "America/Merida"),
    ("MX-ZAC", "Zacatecas", _CENTRE),
)
_SPLIT: Final = {
    "MX-CHH": ("America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga"),
    "MX-COA": ("America/Matamoros", "America/Monterrey"),
    "MX-NAY": ("America/Bahia_Banderas", "America/Mazatlan"),
    "MX-NLE": ("America/Matamoros", "America/Monterrey"),
    "MX-TAM": ("America/Matamoros", "America/Monterrey"),
}

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: zone for code, _, zone in _ROWS if zone is not None})
SPLIT_ZONES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(_SPLIT)
ALL_ZONES: Final = tuple(sorted({*ZONES.values(), *(zone for zones in _SPLIT.values() for zone in zones)}))
