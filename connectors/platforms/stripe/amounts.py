"""Stripe's own minor units, which differ from ISO 4217 for a few currencies, and the exact way between the two.

Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal and special cases; read 2026-11, confidence
high). The traps: MGA has no decimals at Stripe and two by ISO; ISK and UGX have none by ISO but keep two at Stripe,
always ``00`` (the special case wins over UGX standing in the zero-decimal list); amounts with three decimals must end
in 0. HUF and TWD are whole only in payouts, so payments in them keep two decimals.
"""

from __future__ import annotations

from typing import Final

from domain.errors import Invalid
from domain.money import Money, exponent

ZERO_DECIMAL: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL: Final = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
_DEFAULT_EXPONENT: Final = 2


def stripe_exponent(currency: str) -> int:
    """How many decimals Stripe's amounts have in a currency (ISO code in capitals)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else _DEFAULT_EXPONENT


def to_money(amount: int, currency: str) -> Money:
    """A Stripe amount as money; ``amount_too_precise`` if ISO 4217 has no such fraction of the currency."""
    code = currency.upper()
    shift = exponent(code) - stripe_exponent(code)
    return Money(_shifted(amount, shift=shift, currency=code), code)


def from_money(money: Money) -> int:
    """Money as a Stripe amount; ``amount_too_precise`` if Stripe cannot charge that fraction."""
    code = money.currency
    amount = _shifted(money.minor, shift=stripe_exponent(code) - exponent(code), currency=code)
    if code in THREE_DECIMAL and amount % 10:
        raise _too_precise(code, fix="Round to two decimals: Stripe wants the last of the three to be 0.")
    return amount


def _shifted(amount: int, *, shift: int, currency: str) -> int:
    """The amount times ten to the power of ``shift``, exactly."""
    factor = int(10 ** abs(shift))
    if shift >= 0:
        return amount * factor
    whole, rest = divmod(amount, factor)
    if rest:
        raise _too_precise(currency, fix="Use whole units of this currency.")
    return whole


def _too_precise(currency: str, *, fix: str) -> Invalid:
    return Invalid("amount_too_precise", f"Stripe and ISO 4217 cannot both state this amount of {currency}.", fix=fix)
