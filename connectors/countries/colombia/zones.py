"""Colombia's departments; one time zone covers them all. Source: ISO 3166-2:CO and the IANA time zone database."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BOGOTA: Final = "America/Bogota"

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CO-AMA": "Amazonas",
        "CO-ANT": "Antioquia",
        "CO-ARA": "Arauca",
        "CO-ATL": "Atlántico",
        "CO-BOL": "Bolívar",
        "CO-BOY": "Boyacá",
        "CO-CAL": "Caldas",
        "CO-CAQ": "Caquetá",
        "CO-CAS": "Casanare",
        "CO-CAU": "Cauca",
        "CO-CES": "Cesar",
        "CO-CHO": "Chocó",
        "CO-COR": "Córdoba",
        "CO-CUN": "Cundinamarca",
        "CO-DC": "Distrito Capital de Bogotá",
        "CO-GUA": "Guainía",
        "CO-GUV": "Guaviare",
        "CO-HUI": "Huila",
        "CO-LAG": "La Guajira",
        "CO-MAG": "Magdalena",
        "CO-MET": "Meta",
        "CO-NAR": "Nariño",
        "CO-NSA": "Norte de Santander",
        "CO-PUT": "Putumayo",
        "CO-QUI": "Quindío",
        "CO-RIS": "Risaralda",
        "CO-SAN": "Santander",
        "CO-SAP": "San Andrés, Providencia y Santa Catalina",
        "CO-SUC": "Sucre",
        "CO-TOL": "Tolima",
        "CO-VAC": "Valle del Cauca",
        "CO-VAU": "Vaupés",
        "CO-VID": "Vichada",
    }
)
ZONES: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(SUBDIVISIONS, BOGOTA))
