"""Colombia's payment rail for collecting: an immediate transfer to the creditor's Bre-B key that quotes our reference.

Bre-B (live since 2025-10-06) moves up to about COP 11.5 million at any hour within about twenty seconds; larger amounts
need another way. A key is a document number, a mobile number, an e-mail, an alphanumeric code that the bank made
(usually shown with @) or a merchant's code. Open: BanRep's technical annex with the exact grammar of keys, whether the
reference always reaches the payee, Bre-B's QR, PSE (its CUS id) and Nequi. Sources: elheraldo.co 2025-10-06;
mobiletime.la 2025-07-14.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.shared.account_transfer import AccountTransfer
from domain.errors import Invalid

_EMAIL: Final = re.compile(r"[a-z0-9.!#$%&'*+=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_CODE: Final = re.compile(r"@[A-Z0-9]{2,29}")
_DIGITS: Final = re.compile(r"[0-9]{5,16}")
_DOCUMENT: Final = re.compile(r"[A-Z0-9]{5,16}")
_COUNTRY_CODE: Final = re.compile(r"\+57(3[0-9]{9})")
_MAX_KEY: Final = 92


def breb_key(text: str) -> str:
    """The key as it is typed: e-mail in small letters, mobile without +57, code in capitals; else ``breb_key``."""
    key = text.strip()
    if len(key) <= _MAX_KEY:
        if _EMAIL.fullmatch(key.lower()):
            return key.lower()
        if _CODE.fullmatch(key.upper()):
            return key.upper()
        compact = re.sub(r"[ .()-]", "", key).upper()
        if (mobile := _COUNTRY_CODE.fullmatch(compact)) is not None:
            return mobile.group(1)
        if _DIGITS.fullmatch(compact) or _DOCUMENT.fullmatch(compact):
            return compact
    raise Invalid(
        "breb_key",
        f"{key[:40]!r} is not a Bre-B key.",
        fix="Give a document number, a mobile number, an e-mail, a code with @ or a merchant's code.",
    )


BRE_B: Final = AccountTransfer(
    code="bre_b",
    name="Bre-B transfer to a key",
    country="CO",
    currency="COP",
    account="breb_key",
    label="Bre-B key",
    check=breb_key,
    source="Bre-B (elheraldo.co 2025-10-06; mobiletime.la 2025-07-14); ISO 11649; RFC 8905",
)

RAILS: Final = (BRE_B.rail(),)
