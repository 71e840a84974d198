"""Singapore's payment rail PayNow: a transfer to a company's UEN with a reference, or to a mobile number without.

Anybody may make a PayNow code. The bill number in 62-01 comes back with payments to a UEN only. A label of several
schemes (SGQR, tag 51) is read as what it is; its number is given out centrally, so none is made. Open: FAST and GIRO
have no public text. Sources: PayNow QR specification v1.3 (2018-06-26); SGQR's published sample, as public tests of
parsers quote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.shared import emv, emv_form, emv_profile, fields, references
from connectors.shared.numbers import compact, western
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "SGD"
_SCHEME: Final = emv_profile.Scheme(country="SG", currencies=(_CURRENCY,), demanded=emv_form.DEMANDED)
_IDENTIFIER: Final = "SG.PAYNOW"
_MOBILE: Final = "0"
_UEN: Final = "2"
_BILL: Final = "01"
_LABEL_TAG: Final = "05"
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"
_NO_NAME: Final = "NA"
_KINDS: Final = {_MOBILE: "mobile", _UEN: "uen"}
_FORMS: Final = {_MOBILE: r"\+[0-9]{8,15}", _UEN: r"[0-9A-Z]{9,10}([0-9A-Z]{3})?"}
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
        raise emv_form.refusal("paynow_account", tag, "nobody to pay is named")
    return emv_profile.read(
        tree,
        profile="paynow",
        scheme=_SCHEME,
        reference=emv_profile.reference_of(tree, _BILL, _LABEL_TAG),
        details=_payee(account) | _label(tree),
        doubts=_doubts(tree, tag, account),
    )


def _doubts(tree: emv.Tree, tag: str, account: emv.Tree) -> dict[str, str]:
    """By tag, what does not have the form of the specification; later kinds of address have forms of their own."""
    kind, proxy, expiry = (emv.text_at(account, place) for place in ("01", "02", "04"))
    found = {} if kind in _FORMS else {f"{tag}.01": f"{kind!r} is no kind of address of the specification"}
    if re.fullmatch(_FORMS.get(kind or "", ".*"), proxy or "") is None:
        found[f"{tag}.02"] = "it does not have the form of its kind"
    if expiry is not None and not _is_moment(expiry):
        found[f"{tag}.04"] = f"{expiry!r} is no day (YYYYMMDD), nor one with a time"
    if emv.text_at(account, "03") == "0" and emv.text_at(tree, "54") is None:
        found[f"{tag}.03"] = "the amount may not be changed, and there is none"
    return found


def _is_moment(text: str) -> bool:
    form = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}.get(len(text))
    try:
        return form is not None and text.isdecimal() and bool(datetime.strptime(text, form))  # noqa: DTZ007 (no zone)
    except ValueError:
        return False


def _decode_label(payload: str) -> Decoded | None:
    """A label of several schemes, or of one that is not PayNow."""
    if not emv.mentions(payload, _LABEL_IDENTIFIER):
        return None
    tree = emv.parse(payload)
    if not _label(tree):
        return None
    paynow = emv.template_of(tree, _IDENTIFIER)
    details = _label(tree) | ({} if paynow is None else _payee(paynow[1]))
    reference = emv_profile.reference_of(tree, _BILL, _LABEL_TAG)
    return emv_profile.read(tree, profile="sgqr", scheme=_SCHEME, reference=reference, details=details)


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
        return _UEN, fields.matching(compact(company), _FORMS[_UEN], code="paynow_proxy", message=message)
    digits = re.sub(r"[\s()-]", "", western(mobile or ""))
    number = digits if digits.startswith("+") else f"+65{digits}"
    message = "A mobile number of Singapore is +65 and eight digits."
    return _MOBILE, fields.matching(number, r"\+65[0-9]{8}", code="paynow_proxy", message=message)


def _expiry(values: Mapping[str, str]) -> dict[str, str]:
    day = fields.optional(values, "expires")
    return {} if day is None else {"04": fields.day(day).isoformat().replace("-", "")}


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
