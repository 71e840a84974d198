"""The Philippines' payment rail QR Ph: amount and reference set into the merchant code that an acquirer issued.

Only an acquirer makes a QR Ph code: tag 28 for merchants, tag 27 between people, which is read but not made here. The
reference goes into 62-01; the label in 62-05 is the acquirer's. Open: the national text is not public, and which field
a bank hands on with the money. InstaPay and PESONet carry no code. Source: qrph/qrph@9f6f5a3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.shared import emv, emv_form, emv_issued, emv_profile, fields, references
from domain.money import Money
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "PHP"
_SCHEME: Final = emv_profile.Scheme(country="PH", currencies=(_CURRENCY,), demanded=emv_form.DEMANDED)
_MERCHANT: Final = "ph.ppmi.p2m"
_PERSON: Final = "com.p2pqrpay"
_BILL: Final = "01"
_LABEL: Final = "05"
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"


def _tree(payload: str, *identifiers: str) -> emv.Tree | None:
    """The tree of a payload with an account under one of these identifiers, else ``None``."""
    if not emv.mentions(payload, *identifiers):
        return None
    tree = emv.parse(payload)
    return tree if emv.template_of(tree, *identifiers) is not None else None


def _decode(payload: str) -> Decoded | None:
    tree = _tree(payload, _MERCHANT, _PERSON)
    if tree is None:
        return None
    reference = emv_profile.reference_of(tree, _BILL, _LABEL)
    return emv_profile.read(tree, profile="qr_ph", scheme=_SCHEME, reference=reference, details=_payee(tree))


def _payee(tree: emv.Tree) -> dict[str, str]:
    """Whom the code pays: a merchant's bank, number and account, or a person's bank and account."""
    found = emv.template_of(tree, _MERCHANT, _PERSON)
    account = {} if found is None else found[1]
    merchant = (emv.text_at(account, "00") or "").casefold() == _MERCHANT
    named = (
        {"01": "bank", "03": "merchant_id", "04": "account"}
        if merchant
        else {"01": "bank", "04": "account", "05": "mobile"}
    )
    values = {name: emv.text_at(account, tag) for tag, name in named.items()}
    given = {name: value for name, value in values.items() if value is not None}
    return {"payee_kind": "merchant" if merchant else "person", **given}


def _asked(static_payload: str, *, amount: Money, reference: str | None) -> str:
    tree = emv_issued.checked_static(_tree(static_payload, _MERCHANT), rail="qr_ph", name="QR Ph")
    if reference is not None:
        message = "A QR Ph reference is 1 to 25 letters, digits and hyphens."
        fields.matching(reference, _REFERENCE, code="qr_ph_reference", message=message)
    return emv_issued.with_payment(tree, amount=amount, reference_tag=_BILL, reference=reference)


def _encode(values: Mapping[str, str]) -> str:
    amount = Money.parse(fields.required(values, "amount"), _CURRENCY)
    static_payload = fields.required(values, "static_payload")
    return _asked(static_payload, amount=amount, reference=fields.optional(values, "reference"))


def _issue(instruction: Instruction) -> PaymentCode:
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    static_payload = fields.required(instruction.account, "static_payload")
    payload = _asked(static_payload, amount=amount, reference=instruction.reference)
    merchant = emv.text_at(emv.parse(payload), "59")
    lines = () if merchant is None else (("Recipient", merchant),)
    return PaymentCode(rail="qr_ph", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="qr_ph",
        name="QR Ph",
        country="PH",
        currencies=(_CURRENCY,),
        fields=("static_payload", "amount", "reference"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=_REFERENCE,
        reference_from=lambda request_id: references.from_request(request_id, length=25),
        account_fields=("static_payload",),
        source="QR Ph on EMVCo MPM (RA 11127, BSP 2018); qrph/qrph@9f6f5a3",
        form=Form.EMV,
    ),
)
