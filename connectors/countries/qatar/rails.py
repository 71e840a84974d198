"""Qatar's payment rail for collecting: a transfer in riyals to an IBAN that quotes our reference.

Not here, as the facts do not settle how a reference travels with them: Fawran (instant, to a mobile number or a name),
NAPS cards through a provider, the mobile wallet QMP.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.iban_transfer import iban_transfer

RAILS: Final = (iban_transfer(country="QA", currency="QAR", length=29),)
