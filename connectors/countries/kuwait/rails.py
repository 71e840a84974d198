"""Kuwait's payment rail for collecting: a transfer in dinars (three decimals) to an IBAN that quotes our reference.

Not here, as providers issue them: KNET debit cards (dinars only) and payment links.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="KW", currency="KWD", length=30),)
