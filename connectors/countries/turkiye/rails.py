"""Türkiye's payment rail for collecting: a transfer in liras (FAST, EFT) to an IBAN that quotes our reference.

Not here: TR Karekod, the national QR code. Its producer code has to be obtained from BKM first, and two published
samples place the flow tag (10) differently.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="TR", currency="TRY", length=26),)
