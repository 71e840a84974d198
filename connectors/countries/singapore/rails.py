"""Singapore's payment rail PayNow: a transfer to a company's UEN with a reference, or to a mobile number without.

Anybody may make a PayNow code. The bill number in 62-01 comes back with payments to a UEN only. A label of several
schemes (SGQR, tag 51) is read as what it is; its number is given out centrally, so none is made. Open: FAST and GIRO
have no public text. Sources: PayNow QR specification v1.3 (2018-06-26); SGQR's published sample, as public tests of
parsers quote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.shared import emv, emv_profile, fields, references
from connectors.shared.numbers import compact, western
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "SGD"
_IDENTIFIER: Final = "SG.PAYNOW"
_MOBILE: Final = "0"
_UEN: Final = "2"
_BILL: Final = "01"
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"
_NO_NAME: Final = "NA"
_KINDS: Final = {_MOBILE: "mobile", _UEN: "uen"}
_LABEL_IDENTIFIER: Final = "SG.SGQR"
_LABEL_FIELDS: Final = {
    "01": "sgqr_id",
    "02": "sgqr_version",
    "03": "sgqr_postal_code",
    "04": "sgqr_level",
    "05": "sgqr_unit",
    "06": "sgqr_note",
    "07": "sgqr_version_date",
}


def _decode(payload: str) -> Decoded | None:
    if not emv.mentions(payload, _IDENTIFIER):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, _IDENTIFIER)
    if found is None or _is_label(tree):
        return None
    tag, account = found
    if emv.text_at(account, "01") is None or emv.text_at(account, "02") is None:
        reason = "nobody to pay is named"
        raise Invalid("paynow_account", f"The PayNow code is broken at tag {tag}: {reason}.", tag=tag, reason=reason)
    reference = emv_profile.reference_of(tree, _BILL)
    details = _payee(account) | _label(tree)
    return emv_profile.read(tree, profile="paynow", currency=_CURRENCY, reference=reference, details=details)


def _decode_label(payload: str) -> Decoded | None:
    """A label of several schemes, or of one that is not PayNow."""
    if not emv.mentions(payload, _LABEL_IDENTIFIER):
        return None
    tree = emv.parse(payload)
    if not _label(tree):
        return None
    paynow = emv.template_of(tree, _IDENTIFIER)
    details = _label(tree) | ({} if paynow is None else _payee(paynow[1]))
    reference = emv_profile.reference_of(tree, _BILL)
    return emv_profile.read(tree, profile="sgqr", currency=_CURRENCY, reference=reference, details=details)


def _payee(account: emv.Tree) -> dict[str, Any]:
    code = emv.text_at(account, "01") or ""
    kind = _KINDS.get(code, code or None)  # later kinds of address are shown by their number
    found = {"proxy_kind": kind, "proxy": emv.text_at(account, "02"), "expires": emv.text_at(account, "04")}
    editable = {"0": False, "1": True}.get(emv.text_at(account, "03") or "")
    return {name: value for name, value in {**found, "amount_editable": editable}.items() if value is not None}


def _label(tree: emv.Tree) -> dict[str, str]:
    """What the label's own template says, by name; empty where there is none."""
    found = emv.template_of(tree, _LABEL_IDENTIFIER)
    values = {} if found is None else {name: emv.text_at(found[1], tag) for tag, name in _LABEL_FIELDS.items()}
    return {name: value for name, value in values.items() if value is not None}


def _is_label(tree: emv.Tree) -> bool:
    """Whether other schemes stand beside PayNow on a label."""
    accounts = [tag for tag, value in tree.items() if "26" <= tag <= "51" and isinstance(value, dict)]
    cards = [tag for tag in tree if "02" <= tag <= "25"]
    return bool(_label(tree)) and len(accounts) + len(cards) > len((_IDENTIFIER, _LABEL_IDENTIFIER))


def _proxy(values: Mapping[str, str]) -> tuple[str, str]:
    """Kind and value of the one proxy given: a company's UEN, perhaps with a suffix, or a mobile number."""
    company, mobile = fields.optional(values, "uen"), fields.optional(values, "mobile")
    if (company is None) == (mobile is None):
        raise Invalid("paynow_proxy", "Give exactly one of uen, mobile.", known=["uen", "mobile"])
    if company is not None:
        message = "A UEN has 9 or 10 letters and digits, and a suffix three more."
        pattern = r"[0-9A-Z]{9,10}([0-9A-Z]{3})?"
        return _UEN, fields.matching(compact(company), pattern, code="paynow_proxy", message=message)
    digits = re.sub(r"[\s()-]", "", western(mobile or ""))
    number = digits if digits.startswith("+") else f"+65{digits}"
    message = "A mobile number of Singapore is +65 and eight digits."
    return _MOBILE, fields.matching(number, r"\+65[0-9]{8}", code="paynow_proxy", message=message)


def _expiry(values: Mapping[str, str]) -> dict[str, str]:
    day = fields.optional(values, "expires")
    return {} if day is None else {"04": f"{fields.day(day):%Y%m%d}"}


def _encode(values: Mapping[str, str]) -> str:
    kind, proxy = _proxy(values)
    amount, reference = fields.amount(values, _CURRENCY), fields.optional(values, "reference")
    if reference is not None and kind != _UEN:
        raise Invalid("paynow_reference", "Only payments to a UEN carry a reference.", fix="Leave the reference out.")
    tree: emv.Tree = {
        "00": "01",
        "01": emv_profile.STATIC if amount is None else emv_profile.DYNAMIC,
        "26": {"00": _IDENTIFIER, "01": kind, "02": proxy, "03": "1" if amount is None else "0", **_expiry(values)},
        "52": "0000",
        "53": "702",
    }
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    name = emv_profile.folded(fields.optional(values, "name") or _NO_NAME, field="name", max_length=25)
    tree |= {"58": "SG", "59": name, "60": "Singapore"}
    if reference is not None:
        message = "A PayNow reference is 1 to 25 letters, digits and hyphens."
        tree["62"] = {_BILL: fields.matching(reference, _REFERENCE, code="paynow_reference", message=message)}
    return emv.build(tree)


def _issue(instruction: Instruction) -> PaymentCode:
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    company = fields.required(instruction.account, "uen")
    values = {"uen": company, "name": instruction.account.get("name", ""), "amount": str(amount.decimal)}
    payload = _encode({**values, "reference": instruction.reference})
    lines = (("UEN", company), ("Reference", instruction.reference))
    return PaymentCode(rail="paynow", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="paynow",
        name="PayNow",
        country="SG",
        currencies=(_CURRENCY,),
        fields=("uen", "mobile", "name", "amount", "reference", "expires"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=_REFERENCE,
        reference_from=lambda request_id: references.from_request(request_id, length=25),
        account_fields=("uen",),
        source="PayNow QR specification v1.3 (2018-06-26)",
        confidence=Confidence.VERIFIED,
        form=Form.EMV,
    ),
)

CODECS: Final = (
    Codec(
        code="sgqr",
        name="SGQR label",
        country="SG",
        decode=_decode_label,
        source="SGQR's published sample and labels, as quoted in public tests of parsers",
        confidence=Confidence.SECONDARY,
        form=Form.EMV,
    ),
)
