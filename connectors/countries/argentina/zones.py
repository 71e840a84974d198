"""Argentina's provinces and the City of Buenos Aires with their time zones, which all show the same hour, UTC-3.

Source: ISO 3166-2:AR and the IANA time zone database; no zone has had summer time since 2009.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CITY: Final = "AR-C"

_ROWS: Final = (
    ("AR-A", "Salta", "Salta"),
    ("AR-B", "Buenos Aires", "Buenos_Aires"),
    ("AR-C", "Ciudad Autónoma de Buenos Aires", "Buenos_Aires"),
    ("AR-D", "San Luis", "San_Luis"),
    ("AR-E", "Entre Ríos", "Cordoba"),
    ("AR-F", "La Rioja", "La_Rioja"),
    ("AR-G", "Santiago del Estero", "Cordoba"),
    ("AR-H", "Chaco", "Cordoba"),
    ("AR-J", "San Juan", "San_Juan"),
    ("AR-K", "Catamarca", "Catamarca"),
    ("AR-L", "La Pampa", "Salta"),
    ("AR-M", "Mendoza", "Mendoza"),
    ("AR-N", "Misiones", "Cordoba"),
    ("AR-P", "Formosa", "Cordoba"),
    ("AR-Q", "Neuquén", "Salta"),
    ("AR-R", "Río Negro", "Salta"),
    ("AR-S", "Santa Fe", "Cordoba"),
    ("AR-T", "Tucumán", "Tucuman"),
    ("AR-U", "Chubut", "Catamarca"),
    ("AR-V", "Tierra del Fuego", "Ushuaia"),
    ("AR-W", "Corrientes", "Cordoba"),
    ("AR-X", "Córdoba", "Cordoba"),
    ("AR-Y", "Jujuy", "Jujuy"),
    ("AR-Z", "Santa Cruz", "Rio_Gallegos"),
)

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: f"America/Argentina/{zone}" for code, _, zone in _ROWS})
ALL_ZONES: Final = tuple(sorted(set(ZONES.values())))
