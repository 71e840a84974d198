"""Checkout.com's own minor units, which differ from ISO 4217 for a few currencies, and the exact way between the two.

Fifteen currencies have none, seven have three decimals of which the last must be 0, all others have two. The traps: CLP
has none by ISO 4217 and two here, always ``00``; MGA counts two here as in ISO 4217. No amount has more than nine
digits.
Source: https://www.checkout.com/docs/payments/accept-payments/format-the-amount-value (edition of 2025-12, read
2026-11, confidence high).
"""

from __future__ import annotations

from typing import Final

from connectors.shared.own_units import OwnUnits

ZERO_DECIMAL: Final = frozenset(
    ("BIF", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
UNITS: Final = OwnUnits("Checkout.com", ZERO_DECIMAL, THREE_DECIMAL, largest=999_999_999)
