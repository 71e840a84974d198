"""Mexico's payment rail for collecting: a SPEI transfer to the creditor's CLABE that quotes our reference.

Our reference stands in the concept, of up to 40 characters (from memory; Banxico's SPEI rules are to be checked); the
numeric reference, of up to seven digits, is too short to tell requests apart and is the payer's choice. An agency may
not receive the money, so the CLABE is the creditor's. Open: CoDi's message format (up to MXN 8,000, over SPEI), DiMo,
and OXXO vouchers, which a processor issues. Sources: banxico.org.mx (SPEI information module); the CLABE's rule in ids.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.mexico.ids import CLABE, CLABE_LENGTH, clabe_shown
from connectors.countries.mexico.spei import SPEI_IDENTIFIERS, numeric_reference
from connectors.shared import numbers
from connectors.shared.account_transfer import AccountTransfer, Detail
from domain.errors import Invalid

_FAULTS: Final = {
    numbers.CHECK_DIGIT: ("check_digit", CLABE_LENGTH - 1, "its check digit does not match"),
    numbers.REPEATED: ("account", 0, "it repeats one digit"),
}


def _clabe(text: str) -> str:
    found = CLABE.check(text)
    if found.normalised is None:
        tag, offset, reason = _FAULTS.get(found.reason or "", (None, None, "it is not 18 digits"))
        raise Invalid(
            f"clabe_{found.reason}",
            f"{text[:40]!r} is not a CLABE: {reason}.",
            fix="Give its 18 digits; the last is a check digit.",
            tag=tag,
            offset=offset,
            reason=reason,
        )
    return found.normalised


SPEI: Final = AccountTransfer(
    code="spei",
    name="SPEI transfer to a CLABE",
    country="MX",
    currency="MXN",
    account="clabe",
    label="CLABE",
    check=_clabe,
    shown=clabe_shown,
    bare=r"[0-9]{18}",
    also=("clabe",),
    parts=lambda number: {"bank": number[:3], "place": number[3:6], "account": number[6:17]},
    details=(Detail("numeric_reference", "Numeric reference", numeric_reference, needed=False),),
    source="Banxico, SPEI (banxico.org.mx/services/spei_-information-module-tran.html); ISO 11649; RFC 8905",
)

RAILS: Final = (SPEI.rail(),)

CODECS: Final = SPEI_IDENTIFIERS
