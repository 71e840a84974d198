"""Peru's payment rail for collecting: an interbank transfer to the creditor's CCI that quotes our reference.

The check digits of a CCI were never published officially, so a mismatch in an address is a warning and no refusal;
digits alone are taken for a CCI only where they match. Open: the official note on them (CCE, BCRP), how long a message
a transfer carries, and Yape, Plin and PagoEfectivo, which aggregators issue. Sources: docs.v3.localpayment.com;
slash.com.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.peru.ids import CCI, cci_shown
from connectors.shared import numbers
from connectors.shared.account_transfer import AccountTransfer
from domain.errors import Invalid


def _cci(text: str) -> str:
    found = CCI.check(text)
    if found.normalised is None:
        repeated = found.reason == numbers.REPEATED
        reason = "it repeats one digit" if repeated else "it is not 20 digits"
        message = f"{text[:40]!r} is not a CCI: {reason}."
        place = {"tag": "account", "offset": 0} if repeated else {}
        raise Invalid(f"cci_{found.reason}", message, fix="Give its 20 digits.", reason=reason, **place)
    return found.normalised


def _doubts(account: str) -> tuple[str, ...]:
    return CCI.check(account).warnings


CCI_TRANSFER: Final = AccountTransfer(
    code="cci_transfer",
    name="Interbank transfer to a CCI",
    country="PE",
    currency="PEN",
    account="cci",
    label="CCI",
    check=_cci,
    shown=cci_shown,
    bare=r"[0-9]{20}",
    also=("cci",),
    doubts=_doubts,
    parts=lambda number: {"bank": number[:3], "office": number[3:6], "account": number[6:18]},
    source="docs.v3.localpayment.com; slash.com (CCI of 20 digits); ISO 11649; RFC 8905",
)

RAILS: Final = (CCI_TRANSFER.rail(),)
