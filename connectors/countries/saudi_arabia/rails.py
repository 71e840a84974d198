"""Saudi Arabia's payment rail for collecting: a transfer in riyals to an IBAN that quotes our reference.

Not here, as the facts do not settle them: SADAD bills (the number is given out by the payment provider, not derived
from a request: biller code of three digits, number of thirteen, no refund), sarie's proxies, mada cards.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="SA", currency="SAR", length=24),)
