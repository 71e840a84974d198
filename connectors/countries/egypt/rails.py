"""Egypt's payment rail for collecting: a transfer in pounds to an IBAN that quotes our reference.

Not here, as a reference of theirs is given out by the provider: Fawry numbers, requests over the instant payment
network (InstaPay) by address or mobile number, Meeza. A regulated collector takes no cash.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="EG", currency="EGP", length=29),)
