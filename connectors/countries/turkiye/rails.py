"""Türkiye's payment rail for collecting: a transfer in liras (FAST, EFT) to an IBAN that quotes our reference.

TR Karekod, the national QR code, is read and can be made by who has a maker's code from BKM; whether its reference
comes back with the money is not known, so no request is issued with it.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.turkiye.karekod import KAREKOD
from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="TR", currency="TRY", length=26),)

CODECS: Final = (KAREKOD,)
