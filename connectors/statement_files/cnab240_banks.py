"""How banks differ within CNAB 240: places of segment T, movements that are money, and how trailers count.

Sources: FEBRABAN, Layout Padrão CNAB 240, for what all share; for the differences the banks' manuals as read by
eduardokum/laravel-boleto (src/Cnab/Retorno/Cnab240/Banco/*.php): Santander H7815 puts the fields of segment T four
places earlier; Itaú's movement 17 is a rejected change, not a payment; Caixa's 46 and Sicoob's 50 are payments; BTG
Pactual's trailers hold other numbers in these places, so only its batches are counted. Another bank is another entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.statement_files.cnab_fields import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a bank's segment T has its fields, and which of its movements are payments and fees."""

    nosso_numero: Place = (38, 57)
    document: Place = (59, 73)
    billed: Place = (82, 96)
    control: Place = (106, 130)
    payer_document: Place = (134, 148)
    payer: Place = (149, 188)
    fee: Place = (199, 213)
    payments: frozenset[str] = frozenset({"06", "17"})
    fees: frozenset[str] = frozenset({"28"})
    totals_stated: bool = True


FEBRABAN: Final = Layout()

BANKS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        "033": Layout(  # Santander
            nosso_numero=(41, 53),
            document=(55, 69),
            billed=(78, 92),
            control=(101, 125),
            payer_document=(129, 143),
            payer=(144, 183),
            fee=(194, 208),
        ),
        "104": Layout(payments=frozenset({"06", "46"})),  # Caixa
        "208": Layout(totals_stated=False),  # BTG Pactual
        "341": Layout(  # Itaú
            payments=frozenset({"06", "08"}),
            fees=frozenset({f"{code:02}" for code in (*range(26, 31), *range(33, 47), 48, *range(51, 57), 61, 62)}),
        ),
        "756": Layout(payments=frozenset({"06", "17", "50"})),  # Sicoob
    }
)


def layout_of(bank: str) -> Layout:
    """The layout of a bank by its clearing code; FEBRABAN's where the bank has no entry."""
    return BANKS.get(bank, FEBRABAN)
