"""Bahrain's payment rail for collecting: a transfer in dinars (three decimals) to an IBAN that quotes our reference.

Fawri+ carries up to 1,000 dinars a day (another bank says 3,000), Fawri any amount on business days. Not here, as
providers issue them: Fawateer bills, BenefitPay and cards.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="BH", currency="BHD", length=22),)
