"""Brazil's states with their time zones.

Source: ISO 3166-2:BR and the IANA time zone database. Two states lie in more than one zone: the west of Amazonas
(around Eirunepé and Tabatinga) is an hour behind Manaus, and Fernando de Noronha, of Pernambuco, an hour ahead of
Recife. The state's main zone is used for both, as few live in the other one; an address there should carry its own
zone. No law of Pernambuco names hours, and the end of Amazonas' day comes first in Manaus.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ROWS: Final = (
    ("BR-AC", "Acre", "America/Rio_Branco"),
    ("BR-AL", "Alagoas", "America/Maceio"),
    ("BR-AM", "Amazonas", "America/Manaus"),
    ("BR-AP", "Amapá", "America/Belem"),
    ("BR-BA", "Bahia", "America/Bahia"),
    ("BR-CE", "Ceará", "America/Fortaleza"),
    ("BR-DF", "Distrito Federal", "America/Sao_Paulo"),
    ("BR-ES", "Espírito Santo", "America/Sao_Paulo"),
    ("BR-GO", "Goiás", "America/Sao_Paulo"),
    ("BR-MA", "Maranhão", "America/Fortaleza"),
    ("BR-MG", "Minas Gerais", "America/Sao_Paulo"),
    ("BR-MS", "Mato Grosso do Sul", "America/Campo_Grande"),
    ("BR-MT", "Mato Grosso", "America/Cuiaba"),
    ("BR-PA", "Pará", "America/Belem"),
    ("BR-PB", "Paraíba", "America/Fortaleza"),
    ("BR-PE", "Pernambuco", "America/Recife"),
    ("BR-PI", "Piauí", "America/Fortaleza"),
    ("BR-PR", "Paraná", "America/Sao_Paulo"),
    ("BR-RJ", "Rio de Janeiro", "America/Sao_Paulo"),
    ("BR-RN", "Rio Grande do Norte", "America/Fortaleza"),
    ("BR-RO", "Rondônia", "America/Porto_Velho"),
    ("BR-RR", "Roraima", "America/Boa_Vista"),
    ("BR-RS", "Rio Grande do Sul", "America/Sao_Paulo"),
    ("BR-SC", "Santa Catarina", "America/Sao_Paulo"),
    ("BR-SE", "Sergipe", "America/Maceio"),
    ("BR-SP", "São Paulo", "America/Sao_Paulo"),
    ("BR-TO", "Tocantins", "America/Araguaina"),
)

SUBDIVISIONS: Final[Mapping[str, str]] = MappingProxyType({code: name for code, name, _ in _ROWS})
ZONES: Final[Mapping[str, str]] = MappingProxyType({code: zone for code, _, zone in _ROWS})
ALL_ZONES: Final = tuple(
    sorted({*ZONES.values(), "America/Eirunepe", "America/Noronha", "America/Santarem"}),
)
