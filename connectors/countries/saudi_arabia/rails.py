"""Saudi Arabia's payment rail for collecting: a transfer in riyals to an IBAN that quotes our reference.

SADAD bills are read, not issued (the payment provider gives their numbers out), and so are codes of tax invoices. Not
here, as the facts do not settle them: sarie's proxies, mada cards.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.saudi_arabia.sadad import SADAD
from connectors.countries.saudi_arabia.zatca import ZATCA
from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="SA", currency="SAR", length=24),)

CODECS: Final = (SADAD, ZATCA)
