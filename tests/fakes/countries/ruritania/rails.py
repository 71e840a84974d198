"""Ruritania's payment rail, which does not exist: the Crown transfer, a text code with check digits.

``CROWN1.<vault>.<amount in minor units>.<reference>.<check>``; the check is ISO 7064 mod 97-10 over the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from stdnum.iso7064 import mod_97_10

from connectors.shared import fields, references
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Decoded, Instruction, PaymentCode, Rail

_CURRENCY: Final = "EUR"
_START: Final = "CROWN1."
_CODE: Final = re.compile(r"CROWN1\.([0-9]{6})\.([0-9]{1,15})\.([0-9A-Z]{1,20})\.([0-9]{2})")


def _check_digits(body: str) -> str:
    digits: str = mod_97_10.calc_check_digits(body.replace(".", ""))
    return digits


def _encode(values: Mapping[str, str]) -> str:
    message = "A vault has six digits."
    vault = fields.matching(fields.required(values, "vault"), r"[0-9]{6}", code="crown_vault", message=message)
    amount = fields.of_rail(Money.parse(fields.required(values, "amount"), _CURRENCY), _CURRENCY)
    message = "A Crown reference is 1 to 20 capital letters and digits."
    reference = fields.matching(
        fields.required(values, "reference"), r"[0-9A-Z]{1,20}", code="crown_reference", message=message
    )
    body = f"{_START}{vault}.{amount.minor}.{reference}"
    return f"{body}.{_check_digits(body)}"


def _decode(payload: str) -> Decoded | None:
    if not payload.startswith(_START):
        return None
    found = _CODE.fullmatch(payload)
    if found is None:
        raise Invalid("crown_malformed", "The Crown code is broken.", reason="its parts do not fit the form")
    vault, minor, reference, check = found.groups()
    if _check_digits(payload.rpartition(".")[0]) != check:
        raise Invalid("crown_check_digits", "The Crown code is mistyped.", reason="the check digits do not match")
    tree = {"vault": vault, "amount_minor": minor, "reference": reference, "check": check}
    amount = Money(int(minor), _CURRENCY)
    return Decoded(profile="crown_transfer", amount=amount, currency=_CURRENCY, reference=reference, tree=tree)


def _issue(instruction: Instruction) -> PaymentCode:
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    vault = fields.required(instruction.account, "vault")
    payload = _encode({"vault": vault, "amount": str(amount.decimal), "reference": instruction.reference})
    lines = (("Payment reference", instruction.reference),)
    return PaymentCode(rail="crown_transfer", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="crown_transfer",
        name="Crown transfer",
        country="XR",
        currencies=(_CURRENCY,),
        fields=("vault", "amount", "reference"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=r"[0-9A-Z]{1,20}",
        reference_from=lambda request_id: references.from_request(request_id, length=20),
        account_fields=("vault",),
        source="Fiction: invented for the contract suite",
    ),
)
