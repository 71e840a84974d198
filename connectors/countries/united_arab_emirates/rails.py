"""The United Arab Emirates' payment rail for collecting: a bank transfer to an IBAN that quotes our reference.

A transfer from abroad needs a purpose code: three letters behind ``/BENEFRES/AE/``. Sources: SWIFT IBAN registry;
banks' payment guides on the purpose code (luminor.lv, aion.be).
"""

from __future__ import annotations

import re
from typing import Final

from connectors.shared import fields
from connectors.shared.iban_transfer import Message, iban_transfer


def purpose_line(code: str) -> str:
    """The purpose of payment as inbound transfers state it, from its three letters; else ``purpose_code``."""
    message = "A purpose code is three letters."
    letters = fields.matching(code.strip().upper(), r"[A-Z]{3}", code="purpose_code", message=message)
    return f"/BENEFRES/AE/{letters}"


_PURPOSE: Final = Message(
    field="purpose",
    label="Purpose of payment",
    write=purpose_line,
    read=re.compile(r"/BENEFRES/AE/([A-Z]{3})"),
)

RAILS: Final = (iban_transfer(country="AE", currency="AED", length=23, code="iban_transfer", message=_PURPOSE),)
