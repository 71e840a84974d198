"""Chile's regions with their time zones.

Source: ISO 3166-2:CL and the IANA time zone database. Aysén (since 2025) and Magallanes keep one time all year. Easter
Island belongs to Valparaíso and is two hours behind it; an address there should carry its own zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CONTINENT: Final = "America/Santiago"
_ROWS: Final = (
    ("CL-AI", "Aysén del General Carlos Ibáñez del Campo", "America/Coyhaique"),
    ("CL-AN", "Antofagasta", _CONTINENT),
    ("CL-AP", "Arica y Parinacota", _CONTINENT),
    ("CL-AR", "La Araucanía", _CONTINENT),
    ("CL-AT", "Atacama", _CONTINENT),
    ("CL-BI", "Biobío", _CONTINENT),
    ("CL-CO", "Coquimbo", _CONTINENT),
    ("CL-LI", "Libertador General Bernardo O'Higgins", _CONTINENT),
    ("CL-LL", "Los Lagos", _CONTINENT),
    ("CL-LR", "Los Ríos", _CONTINENT),
    ("CL-MA", "Magallanes", "America/Punta_Arenas"),
    ("CL-ML", "Maule", _CONTINENT),
    ("CL-NB", "Ñuble", _CONTINENT),
    ("CL-RM", "Región Metropolitana de Santiago", _CONTINENT),
    ("CL-TA", "Tarapacá", _CONTINENT),
    ("CL-VS", "Valparaíso", _CONTINENT),
)

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: zone for code, _, zone in _ROWS})
ALL_ZONES: Final = tuple(sorted({*ZONES.values(), "Pacific/Easter"}))
