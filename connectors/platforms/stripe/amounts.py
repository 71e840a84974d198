"""Stripe's own minor units, which differ from ISO 4217 for a few currencies, and the exact way between the two.

Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal and special cases; read 2026-11, confidence
high). The traps: MGA has no decimals at Stripe and two by ISO; ISK and UGX have none by ISO but keep two at Stripe,
always ``00`` (the special case wins over UGX standing in the zero-decimal list); amounts with three decimals must end
in 0. HUF and TWD are whole only in payouts, so payments in them keep two decimals.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.own_units import OwnUnits
from domain.money import Money

ZERO_DECIMAL: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL: Final = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
UNITS: Final = OwnUnits("Stripe", ZERO_DECIMAL, THREE_DECIMAL)


def to_money(amount: int, currency: str) -> Money:
    """A Stripe amount as money, by a code in any case; ``amount_too_precise`` if ISO 4217 has no such fraction."""
    return UNITS.to_money(amount, currency.upper())
