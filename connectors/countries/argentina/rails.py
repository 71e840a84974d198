"""Argentina's payment rail for collecting: a transfer to the creditor's CBU or CVU that quotes our reference.

A transfer cannot be taken back and arrives in seconds. Open: aliases, Transferencias 3.0's QR, how long a message
a transfer carries. Sources: BCRA A 7533 and A 8303; A 7153.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.cbu import CBU_TRANSFER

RAILS: Final = (CBU_TRANSFER,)
