"""Oman's payment rail for collecting: a transfer in rials (three decimals) to an IBAN that quotes our reference.

Not here, as providers issue them: OmanNet debit cards (rials only, taken at once, refunded whole) and mobile payments.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="OM", currency="OMR", length=23),)
