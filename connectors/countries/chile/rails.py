"""Chile's payment rail for collecting: a bank transfer to the creditor's account, named by bank and RUT.

A transfer needs the holder's RUT, the bank, the kind of account and its number; account numbers have no common check
digit. Open: how long a message each bank carries, Webpay Plus and Khipu (which work over their own interfaces and are
platforms, not codes). Source: the facts of the country's research; the RUT's rule in ids.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.countries.chile.ids import RUT
from connectors.shared import emv_profile, fields, numbers
from connectors.shared.account_transfer import AccountTransfer, Detail
from connectors.shared.numbers import western
from domain.errors import Invalid

_MAX_BANK: Final = 40


def _account(text: str) -> str:
    digits = re.sub(r"[\s.-]", "", western(text))
    message = "An account number is 4 to 20 digits."
    return fields.matching(digits, r"[0-9]{4,20}", code="cl_account", message=message)


def _rut(text: str) -> str:
    found = RUT.check(text)
    if found.formatted is None:
        wrong = found.reason == numbers.CHECK_DIGIT
        reason = "its check digit does not match" if wrong else "it is not a number and a check digit"
        message = f"{text[:20]!r} is not a RUT: {reason}."
        raise Invalid(f"rut_{found.reason}", message, fix="Give number and digit.", reason=reason)
    return found.formatted


def _bank(text: str) -> str:
    return emv_profile.folded(text, field="bank", max_length=_MAX_BANK)


def _account_type(text: str) -> str:
    return emv_profile.folded(text, field="account_type", max_length=_MAX_BANK)


TRANSFER: Final = AccountTransfer(
    code="cl_transfer",
    name="Bank transfer to an account",
    country="CL",
    currency="CLP",
    account="cl_account",
    label="Account number",
    check=_account,
    details=(
        Detail("rut", "RUT", _rut),
        Detail("bank", "Bank", _bank),
        Detail("account_type", "Account type", _account_type, needed=False),
    ),
    source="bank transfers are identified by RUT and account; ISO 11649; RFC 8905",
)

RAILS: Final = (TRANSFER.rail(),)
