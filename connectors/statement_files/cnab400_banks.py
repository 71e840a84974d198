"""The CNAB 400 return layouts of banks: places, occurrences that are money, and what trailers count.

CNAB 400 is each bank's own beyond its first fields. Sources: Itaú, cobrança CNAB 400, arquivo retorno, and Bradesco,
cobrança CNAB 400, arquivo retorno, as read by eduardokum/laravel-boleto (src/Cnab/Retorno/Cnab400/Banco/Itau.php,
Bradesco.php). What Itaú enters into the account (254-266) is after its fee (176-188) and with interest: in that
project's sample file, billed less discount less fee plus interest makes it, to the centavo, on each record, and the
trailer's sum (221-234) is that of what was billed. Bradesco credits what was paid and charges its fee apart. Another
bank is another entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.statement_files.cnab_fields import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number in the trailer: of detail records with one of these occurrences, or of all of them."""

    place: Place
    occurrences: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """An amount in the trailer: of detail records with one of these occurrences, or of all of them, as billed."""

    place: Place
    occurrences: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a bank's records have their fields. ``fee_kept`` tells whether the fee is taken out of ``credited``."""

    bank: str
    name: str
    details: frozenset[str]
    passed_over: frozenset[str]
    account: Place
    nosso_numero: Place
    document: Place
    control: Place
    occurrence: Place
    event: Place
    billed: Place
    fee: Place
    tax: Place
    credited: Place
    credit_day: Place
    payments: frozenset[str]
    fees: frozenset[str]
    fee_kept: bool
    counts: tuple[Count, ...]
    sums: tuple[Sum, ...] = ()
    account_in_detail: bool = False
    payer: Place | None = None
    payments_taken_back: frozenset[str] = frozenset()


ITAU: Final = Layout(
    bank="341",
    name="Itaú",
    details=frozenset({"1"}),
    passed_over=frozenset({"3", "4", "5"}),  # Pix codes, shares of a credit, addresses
    account=(27, 38),
    nosso_numero=(86, 94),
    document=(117, 126),
    control=(38, 62),
    occurrence=(109, 110),
    event=(111, 116),
    billed=(153, 165),
    fee=(176, 188),
    tax=(215, 227),
    credited=(254, 266),
    credit_day=(296, 301),
    payments=frozenset({"06", "07", "08", "10", "59", "76"}),
    fees=frozenset(
        f"{code:02}"
        for code in (*range(26, 31), *range(33, 47), 48, *range(51, 57), 61, 62, 80, 82, 83, *range(85, 94))
    ),
    fee_kept=True,
    counts=(Count(place=(213, 220)),),
    sums=(Sum(place=(221, 234)),),
    payer=(325, 354),
)

BRADESCO: Final = Layout(
    bank="237",
    name="Bradesco",
    details=frozenset({"1"}),
    passed_over=frozenset({"3"}),  # shares of a credit
    account=(25, 37),
    nosso_numero=(71, 82),
    document=(117, 126),
    control=(38, 62),
    occurrence=(109, 110),
    event=(111, 116),
    billed=(153, 165),
    fee=(176, 188),
    tax=(215, 227),
    credited=(254, 266),
    credit_day=(296, 301),
    payments=frozenset({"06", "15", "17"}),
    fees=frozenset({"28"}),
    fee_kept=False,
    counts=(
        Count(place=(58, 62), occurrences=frozenset({"02"})),
        Count(place=(87, 91), occurrences=frozenset({"06"})),
    ),
    account_in_detail=True,
    payments_taken_back=frozenset({"40"}),
)

BANKS: Final[Mapping[str, Layout]] = MappingProxyType({layout.bank: layout for layout in (ITAU, BRADESCO)})
