"""Jordan's payment rail for collecting: a transfer in dinars (three decimals) to an IBAN that quotes our reference.

Not here, as providers issue them: CliQ requests to an alias, and eFAWATEERcom bills.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="JO", currency="JOD", length=30),)
