"""Labels beside a payment code, listed so that extraction finds them: rails give labels as English msgids.

A country's rail may use any label; one that is not listed here stays English, and the wording check says so.
"""

from __future__ import annotations

import re
from typing import Final

from domain.rails import PaymentCode

_NOT_READ: Final = re.compile(r"[\W_]+")


def marked(msgid: str) -> str:
    """The msgid itself; the name is what extraction looks for."""
    return msgid


PAYMENT_LABELS: Final = (
    marked("Account"),
    marked("Account holder"),
    marked("Account number"),
    marked("Account type"),
    marked("Bank"),
    marked("Beneficiary"),
    marked("BIC"),
    marked("Biller ID"),
    marked("Bre-B key"),
    marked("CCI"),
    marked("CLABE"),
    marked("IBAN"),
    marked("Numeric reference"),
    marked("Payment reference"),
    marked("Pix key"),
    marked("PromptPay ID"),
    marked("Purpose of payment"),
    marked("Recipient"),
    marked("Reference"),
    marked("Reference 1"),
    marked("Reference 2"),
    marked("RUT"),
    marked("UEN"),
)


def shows_reference(code: PaymentCode) -> bool:
    """Whether a code's lines already hold its reference, in groups or not."""
    wanted = _NOT_READ.sub("", code.reference)
    return any(_NOT_READ.sub("", value) == wanted for _, value in code.lines)
