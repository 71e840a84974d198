"""Peru's regions; one time zone covers them all. Source: ISO 3166-2:PE and the IANA time zone database."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LIMA: Final = "America/Lima"

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PE-AMA": "Amazonas",
        "PE-ANC": "Áncash",
        "PE-APU": "Apurímac",
        "PE-ARE": "Arequipa",
        "PE-AYA": "Ayacucho",
        "PE-CAJ": "Cajamarca",
        "PE-CAL": "El Callao",
        "PE-CUS": "Cusco",
        "PE-HUC": "Huánuco",
        "PE-HUV": "Huancavelica",
        "PE-ICA": "Ica",
        "PE-JUN": "Junín",
        "PE-LAL": "La Libertad",
        "PE-LAM": "Lambayeque",
        "PE-LIM": "Lima",
        "PE-LMA": "Municipalidad Metropolitana de Lima",
        "PE-LOR": "Loreto",
        "PE-MDD": "Madre de Dios",
        "PE-MOQ": "Moquegua",
        "PE-PAS": "Pasco",
        "PE-PIU": "Piura",
        "PE-PUN": "Puno",
        "PE-SAM": "San Martín",
        "PE-TAC": "Tacna",
        "PE-TUM": "Tumbes",
        "PE-UCA": "Ucayali",
    }
)
ZONES: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(SUBDIVISIONS, LIMA))
