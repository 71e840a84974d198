"""Chile's regions with their time zones.

Source: ISO 3166-2:CL and the IANA time zone database. Aysén (since 2025) and Magallanes keep one time all year. Easter
Island belongs to Valparaíso and is two hours behind it: a contact in that region keeps the hours of both unless the
address says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CONTINENT: Final = "America/Santiago"
_ROWS: Final[tuple[tuple[str, str, str | None], ...]] = (
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
    ("CL-VS", "Valparaíso", None),
)
_SPLIT: Final = {"CL-VS": (_CONTINENT, "Pacific/Easter")}

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: zone for code, _, zone in _ROWS if zone is not None})
SPLIT_ZONES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(_SPLIT)
ALL_ZONES: Final = tuple(sorted({*ZONES.values(), *(zone for zones in _SPLIT.values() for zone in zones)}))
