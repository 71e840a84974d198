"""Checkout.com's own minor units, which differ from ISO 4217 for a few currencies, and the exact way between the two.

Fifteen currencies have none, seven have three decimals of which the last must be 0, all others have two. The traps: CLP
has none by ISO 4217 and two here, always ``00``; MGA counts two here as in ISO 4217. No amount has more than nine
digits.
Source: https://www.checkout.com/docs/payments/accept-payments/format-the-amount-value (edition of 2025-12, read
2026-11, confidence high).
"""

from __future__ import annotations

from typing import Final

from domain.errors import Invalid
from domain.money import Money, exponent

ZERO_DECIMAL: Final = frozenset(
    ("BIF", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_DEFAULT_EXPONENT: Final = 2
_LARGEST: Final = 999_999_999


def checkout_exponent(currency: str) -> int:
    """How many decimals Checkout.com's amounts have in a currency (ISO code in capitals)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else _DEFAULT_EXPONENT


def to_money(amount: int, currency: str) -> Money:
    """A Checkout.com amount as money; ``amount_too_precise`` if ISO 4217 has no such fraction of the currency."""
    shift = exponent(currency) - checkout_exponent(currency)
    return Money(_shifted(amount, shift=shift, currency=currency), currency)


def from_money(money: Money) -> int:
    """Money as a Checkout.com amount; ``Invalid`` (``amount_too_precise``, ``amount_too_large``) if there is none."""
    code = money.currency
    amount = _shifted(money.minor, shift=checkout_exponent(code) - exponent(code), currency=code)
    if code in THREE_DECIMAL and amount % 10:
        raise _too_precise(code, fix="Round to two decimals: Checkout.com wants the last of the three to be 0.")
    if amount > _LARGEST:
        raise Invalid("amount_too_large", "Checkout.com takes amounts of nine digits at most.")
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
    return Invalid(
        "amount_too_precise", f"Checkout.com and ISO 4217 cannot both state this amount of {currency}.", fix=fix
    )
