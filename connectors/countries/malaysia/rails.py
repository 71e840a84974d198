"""Malaysia's payment rail DuitNow QR, JomPAY bills among it: amount and reference set into the code that was issued.

Only an acquirer makes a DuitNow code. Its tag 00 is 02. A bill of JomPAY (acquirer 898989), read as ``jompay``, carries
its Ref-1 in 62-90 and its Ref-2 in 62-91; other codes carry a reference in 62-01, 62-03 or 62-05, by bank. A text
sealed by tag 82 cannot be changed. Open: which of the three a bank hands on with the money; FPX and DuitNow Request
have no public text. Sources: PayNet, QR Data Object V1.5 and its examples (docs.developer.paynet.my/docs/duitNow-QR);
amirizalrahmat0799/asean-qr.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.shared import emv, emv_form, emv_issued, emv_profile, fields, references
from domain.contacts import Confidence
from domain.money import Money
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "MYR"
_SCHEME: Final = emv_profile.Scheme(country="MY", currencies=(_CURRENCY,), demanded=emv_form.DEMANDED)
_IDENTIFIER: Final = "A0000006150001"
_ACQUIRER: Final = r"[0-9]{6}"
_JOMPAY: Final = "898989"
_BILL: Final = "01"
_REF1: Final = "90"
_REF2: Final = "91"
_STORE: Final = "03"
_LABEL: Final = "05"
_SEAL: Final = "82"
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"


def _tree(payload: str) -> emv.Tree | None:
    """The tree of a payload with a DuitNow merchant account, else ``None``."""
    if not emv.mentions(payload, _IDENTIFIER):
        return None
    tree = emv.parse(payload)
    return tree if emv.template_of(tree, _IDENTIFIER) is not None else None


def _is_jompay(tree: emv.Tree) -> bool:
    found = emv.template_of(tree, _IDENTIFIER)
    return found is not None and emv.text_at(found[1], "01") == _JOMPAY


def _decode(payload: str) -> Decoded | None:
    tree = _tree(payload)
    if tree is None:
        return None
    _check_acquirer(tree)
    profile = "jompay" if _is_jompay(tree) else "duitnow"
    reference = emv_profile.reference_of(tree, _REF1, _BILL, _LABEL, _STORE)
    return emv_profile.read(tree, profile=profile, scheme=_SCHEME, reference=reference, details=_payee(tree))


def _check_acquirer(tree: emv.Tree) -> None:
    """The acquirer's six digits route the payment: ``duitnow_account`` without them (QR Data Object V1.5, 26-01)."""
    found = emv.template_of(tree, _IDENTIFIER)
    acquirer = None if found is None else emv.text_at(found[1], "01")
    if found is not None and re.fullmatch(_ACQUIRER, acquirer or "") is None:
        raise emv_form.refusal("duitnow_account", f"{found[0]}.01", f"the acquirer is not six digits: {acquirer!r}")


def _payee(tree: emv.Tree) -> dict[str, str]:
    """Whom the code pays, by name, and a second reference and the seal where it has them."""
    found = emv.template_of(tree, _IDENTIFIER)
    account = {} if found is None else found[1]
    values = {
        "acquirer": emv.text_at(account, "01"),
        "biller_code" if _is_jompay(tree) else "merchant_id": emv.text_at(account, "02"),
        "reference_2": emv.text_at(tree, "62", _REF2),
        "seal": emv.text_at(tree, _SEAL),
    }
    return {name: value for name, value in values.items() if value is not None}


def _asked(static_payload: str, *, amount: Money, reference: str | None) -> str:
    tree = emv_issued.checked_static(_tree(static_payload), rail="duitnow", name="DuitNow", seal=_SEAL)
    if reference is not None:
        message = "A DuitNow reference is 1 to 25 letters, digits and hyphens."
        fields.matching(reference, _REFERENCE, code="duitnow_reference", message=message)
    tag = _REF1 if _is_jompay(tree) else _BILL
    return emv_issued.with_payment(tree, amount=amount, reference_tag=tag, reference=reference)


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
    return PaymentCode(rail="duitnow", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="duitnow",
        name="DuitNow QR",
        country="MY",
        currencies=(_CURRENCY,),
        fields=("static_payload", "amount", "reference"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=_REFERENCE,
        reference_from=lambda request_id: references.from_request(request_id, length=25),
        account_fields=("static_payload",),
        source="PayNet, DuitNow QR Data Object V1.5 and examples (docs.developer.paynet.my)",
        confidence=Confidence.VERIFIED,
        form=Form.EMV,
        also=("jompay",),
    ),
)
