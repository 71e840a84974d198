"""Indonesia's payment rail QRIS: amount and reference set into the code that the acquirer issued.

Only an acquirer makes a QRIS merchant code. A creditor's connection keeps the static text it was issued, and a
payment request sets the point of initiation (01 = 12), the amount (54) and the bill number (62-01) in it; the
acquirer must allow that. Source: ASPI/Bank Indonesia QRIS on EMVCo MPM, tags as in astrapay/spring-qris@5fbdda7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.countries.indonesia.virtual_account import VIRTUAL_ACCOUNT
from connectors.shared import emv, emv_form, emv_profile, fields, references
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "IDR"
_SCHEME: Final = emv_profile.Scheme(country="ID", currencies=(_CURRENCY,), demanded=emv_form.DEMANDED)
_NATIONAL: Final = ("ID.CO.QRIS.WWW", "ID.OR.GPNQR.WWW")  # the second is the older name, still in use
_COUNTRY: Final = "5802ID"
_NMID: Final = re.compile(r"ID[0-9]{13}")
_SIZES: Final = frozenset({"UMI", "UKE", "UME", "UBE", "URE", "PSO", "BLU"})
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"
_BILL: Final = "01"
_LABEL: Final = "05"


def _tree(payload: str) -> emv.Tree | None:
    """The tree of a payload with Indonesia's national repository or of that country: every code there is QRIS."""
    if not (emv.mentions(payload, *_NATIONAL) or (emv.looks_like(payload) and _COUNTRY in payload)):
        return None
    tree = emv.parse(payload)
    national = emv.template_of(tree, *_NATIONAL) is not None
    domestic = emv.text_at(tree, "58") == "ID"
    return tree if national or domestic else None


def _decode(payload: str) -> Decoded | None:
    tree = _tree(payload)
    if tree is None:
        return None
    reference = emv_profile.reference_of(tree, _BILL, _LABEL)
    details = _payee(tree)
    return emv_profile.read(
        tree, profile="qris", scheme=_SCHEME, reference=reference, details=details, doubts=_doubts(tree)
    )


def _doubts(tree: emv.Tree) -> dict[str, str]:
    """By tag, what does not have the form of a merchant's national number (NMID) or of its size."""
    national = emv.template_of(tree, *_NATIONAL)
    if national is None:
        return {}
    tag, inside = national
    nmid, size = emv.text_at(inside, "02"), emv.text_at(inside, "03")
    found = {} if _NMID.fullmatch(nmid or "") else {f"{tag}.02": f"{nmid!r} is no national merchant number"}
    return found if size is None or size in _SIZES else {**found, f"{tag}.03": f"{size!r} is no size of a merchant"}


def _payee(tree: emv.Tree) -> dict[str, str]:
    """The merchant's national number (NMID) and size, and its number at the acquirer, where the code has them."""
    national = emv.template_of(tree, *_NATIONAL)
    accounts = [value for tag, value in tree.items() if "26" <= tag <= "50" and isinstance(value, dict)]
    values = (
        {} if national is None else {"nmid": emv.text_at(national[1], "02"), "size": emv.text_at(national[1], "03")}
    )
    if accounts:
        values |= {"merchant_pan": emv.text_at(accounts[0], "01"), "merchant_id": emv.text_at(accounts[0], "02")}
    return {name: value for name, value in values.items() if value is not None}


def injected(static_payload: str, *, amount: Money, reference: str | None) -> str:
    """The issued code with amount and reference set; refuses what is not an issued QRIS code (``qris_static``)."""
    tree = _tree(static_payload.strip())
    if tree is None or emv.text_at(tree, "59") is None:
        raise Invalid(
            "qris_static",
            "The connection's static_payload is not a QRIS merchant code.",
            fix="Copy the text of the QRIS code that your acquirer issued.",
        )
    if emv.text_at(tree, "01") == emv_profile.DYNAMIC and emv.text_at(tree, "54") is not None:
        raise Invalid(
            "qris_static",
            "The connection's static_payload asks for an amount already: it is a code for one payment.",
            fix="Copy the text of the static code.",
        )
    tree = emv.replaced(tree, "01", emv_profile.DYNAMIC)
    tree = emv.replaced(tree, "54", emv_profile.wire_amount(amount, decimals=False))
    if reference is not None:
        message = "A QRIS bill number is 1 to 25 letters, digits and hyphens."
        bill = fields.matching(reference, _REFERENCE, code="qris_reference", message=message)
        additional = tree.get("62", {})
        tree = emv.replaced(tree, "62", emv.replaced(additional if isinstance(additional, dict) else {}, _BILL, bill))
    return emv.build(tree)


def _encode(values: Mapping[str, str]) -> str:
    amount = Money.parse(fields.required(values, "amount"), _CURRENCY)
    static_payload = fields.required(values, "static_payload")
    return injected(static_payload, amount=amount, reference=fields.optional(values, "reference"))


def _issue(instruction: Instruction) -> PaymentCode:
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    static_payload = fields.required(instruction.account, "static_payload")
    payload = injected(static_payload, amount=amount, reference=instruction.reference)
    merchant = emv.text_at(emv.parse(payload), "59")
    lines = () if merchant is None else (("Recipient", merchant),)
    return PaymentCode(rail="qris", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="qris",
        name="QRIS",
        country="ID",
        currencies=(_CURRENCY,),
        fields=("static_payload", "amount", "reference"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=_REFERENCE,
        reference_from=lambda request_id: references.from_request(request_id, length=25),
        account_fields=("static_payload",),
        source="ASPI/Bank Indonesia QRIS standard on EMVCo MPM; astrapay/spring-qris@5fbdda7",
        form=Form.EMV,
    ),
)

CODECS: Final = (VIRTUAL_ACCOUNT,)
