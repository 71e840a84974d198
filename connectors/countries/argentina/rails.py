"""Argentina's payment rail for collecting: a transfer to the creditor's CBU or CVU that quotes our reference.

A transfer cannot be taken back and arrives in seconds. Open: aliases, Transferencias 3.0's QR, how long a message
a transfer carries. Sources: BCRA A 7533 and A 8303; A 7153.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.argentina.ids import CBU
from connectors.shared.account_transfer import AccountTransfer
from domain.errors import Invalid


def _cbu(text: str) -> str:
    found = CBU.check(text)
    if found.normalised is None:
        reason = found.reason
        raise Invalid(f"cbu_{reason}", f"{text[:40]!r} is no CBU or CVU.", fix="Give its 22 digits.", reason=reason)
    return found.normalised


CBU_TRANSFER: Final = AccountTransfer(
    code="cbu_transfer",
    name="Bank transfer to a CBU or CVU",
    country="AR",
    currency="ARS",
    account="cbu",
    label="CBU/CVU",
    check=_cbu,
    shown=lambda account: f"{account[:8]} {account[8:]}",
    bare=r"[0-9]{22}",
    source="BCRA A 7533 and A 8303 (CBU and CVU of 22 digits); ISO 11649; RFC 8905",
)

RAILS: Final = (CBU_TRANSFER.rail(),)
