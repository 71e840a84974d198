"""Cambodia's payment rails for collecting: KHQR, and a transfer in US dollars to the creditor's Bakong account.

Loans on vehicles are in dollars; a KHQR code carries riel too. An account is written ``user@bank``. Source: khqr_sdk
and ts-khqr (Bakong account of at most 32 characters); the National Bank's content guideline is to be read.
"""

from __future__ import annotations

from typing import Final

from connectors.shared import fields
from connectors.shared.account_transfer import AccountTransfer
from connectors.shared.khqr import KHQR

_PATTERN: Final = r"(?=.{3,32}$)[a-z0-9._-]+@[a-z0-9]+"


def _account(text: str) -> str:
    message = "A Bakong account is written user@bank, 32 characters at most."
    return fields.matching(text.strip().lower(), _PATTERN, code="bakong_account", message=message)


BAKONG_TRANSFER: Final = AccountTransfer(
    code="bakong_transfer",
    name="Transfer to a Bakong account",
    country="KH",
    currency="USD",
    account="bakong",
    label="Bakong account",
    check=_account,
    source="khqr_sdk and ts-khqr (Bakong accounts); ISO 11649; RFC 8905",
)

RAILS: Final = (KHQR, BAKONG_TRANSFER.rail())
