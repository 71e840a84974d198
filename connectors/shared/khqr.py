"""KHQR, Cambodia's code over Bakong: to a person's account (tag 29) or to a merchant's (tag 30), in riel or dollars.

Anybody may make one. Bakong knows a payment by the MD5 of the code's whole text, so that is the key to ask for its
state; a code for one payment carries in tag 99 when it was made and when it expires. Riel are whole. Open: the text of
the National Bank's content guideline. Sources: NBC KHQR as mrrhak/khqr_sdk@753548c, ishinvin/ts-khqr@2c96044 and
bakong-khqr (PyPI) have it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.shared import emv, emv_form, emv_profile, fields, references
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

_CODE: Final = "khqr"
_NUMBERS: Final = {"KHR": "116", "USD": "840"}
_SCHEME: Final = emv_profile.Scheme(country="KH", currencies=tuple(_NUMBERS), demanded=emv_form.DEMANDED)
_PERSON: Final = "29"
_MERCHANT: Final = "30"
_STAMPS: Final = "99"
_BILL: Final = "01"
_COUNTRY: Final = "5802KH"
_ACCOUNT: Final = re.compile(r"[^\s@]{1,31}@[^\s@]{1,31}")
_MAX_ACCOUNT: Final = 32
_IDENTIFIER: Final = re.compile(r"[AD][0-9A-F]{9,31}|[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)+")  # another scheme's, in tag 00
_RIEL: Final = 100  # KHR has two decimals by ISO 4217, and none in use
_CATEGORY: Final = "5999"
_CITY: Final = "Phnom Penh"
_REFERENCE: Final = r"[0-9A-Za-z-]{1,25}"
_MILLISECONDS: Final = re.compile(r"[0-9]{13}")
STAMP_DOUBT: Final = "timestamp_malformed"
NO_EXPIRY: Final = "expiry_missing"


def key(payload: str) -> str:
    """The MD5 of the code's text, by which Bakong knows its payment; 32 small hexadecimal digits."""
    return hashlib.md5(payload.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _account_of(tree: Mapping[str, str | emv.Tree]) -> tuple[str, emv.Tree] | None:
    """Tag and content of the account of Bakong; in Cambodia tags 29 and 30 hold no other that is a name alone."""
    for tag in (_PERSON, _MERCHANT):
        inside = tree.get(tag)
        name = emv.text_at(inside, "00") if isinstance(inside, dict) else None
        if not isinstance(inside, dict) or name is None or (tree.get("58") != "KH" and not _ACCOUNT.fullmatch(name)):
            continue
        if _ACCOUNT.fullmatch(name) and len(name) <= _MAX_ACCOUNT:
            return tag, inside
        if "@" in name or not _IDENTIFIER.fullmatch(name):
            reason = f"it is no Bakong account: user@bank, {_MAX_ACCOUNT} characters at most"
            raise emv_form.refusal("khqr_account", f"{tag}.00", reason)
    return None


def _decode(payload: str) -> Decoded | None:
    """The code, or ``None`` for another scheme's.

    Raises ``khqr_account`` (Bakong knows no such account), ``emv_amount`` (a part of a riel) and what
    ``emv_profile.read`` does.
    """
    if not (emv.looks_like(payload) and ("@" in payload or _COUNTRY in payload)):
        return None
    tree = emv.parse(payload)
    found = _account_of(tree)
    if found is None:
        return None
    details, warnings = _stamps(tree)
    read = emv_profile.read(
        tree,
        profile=_CODE,
        scheme=_SCHEME,
        reference=emv_profile.reference_of(tree, _BILL),
        details={**_payee(*found), **details, "md5": key(payload)},
        warnings=warnings,
        doubts=_stamp_doubts(details),
    )
    if read.amount is not None and read.currency == "KHR" and read.amount.minor % _RIEL:
        raise emv_form.refusal("emv_amount", "54", "riel are whole")
    return read


def _stamp_doubts(stamps: Mapping[str, str]) -> dict[str, str]:
    created, expires = stamps.get("created_at"), stamps.get("expires_at")
    late = created is not None and expires is not None and expires <= created
    return {f"{_STAMPS}.01": "it expires before it was made"} if late else {}


def _payee(tag: str, account: emv.Tree) -> dict[str, Any]:
    names = {"00": "bakong_account", "01": "merchant_id" if tag == _MERCHANT else "account", "02": "bank"}
    payee = {name: account[key] for key, name in names.items() if account.get(key)}
    return {"payee_kind": "merchant" if tag == _MERCHANT else "person", **payee}


def _stamps(tree: Mapping[str, str | emv.Tree]) -> tuple[dict[str, str], tuple[str, ...]]:
    """When the code was made and expires (ISO 8601), and doubts about them; only 13 digits are milliseconds."""
    found: dict[str, str] = {}
    doubts: list[str] = []
    for tag, name in (("00", "created_at"), ("01", "expires_at")):
        text = emv.text_at(tree, _STAMPS, tag)
        if text is not None and _MILLISECONDS.fullmatch(text):
            found[name] = datetime.fromtimestamp(int(text) / 1000, UTC).isoformat(timespec="milliseconds")
        elif text is not None and STAMP_DOUBT not in doubts:
            doubts.append(STAMP_DOUBT)
    dynamic = emv.text_at(tree, "01") == emv_profile.DYNAMIC
    if dynamic and emv.text_at(tree, _STAMPS, "01") is None:
        doubts.append(NO_EXPIRY)
    return found, tuple(doubts)


def _encode(values: Mapping[str, str]) -> str:
    currency = fields.optional(values, "currency") or "KHR"
    if currency not in _NUMBERS:
        raise Invalid("khqr_currency", f"KHQR carries {' or '.join(_NUMBERS)}, not {currency!r}.", known=list(_NUMBERS))
    amount = fields.amount(values, currency)
    tag, account = _account(values)
    tree: emv.Tree = {
        "00": "01",
        "01": emv_profile.STATIC if amount is None else emv_profile.DYNAMIC,
        tag: account,
        "52": _category(values),
        "53": _NUMBERS[currency],
    }
    if amount is not None:
        tree["54"] = _wire(amount)
    tree |= {
        "58": "KH",
        "59": emv_profile.folded(fields.required(values, "name"), field="name", max_length=25),
        "60": emv_profile.folded(fields.optional(values, "city") or _CITY, field="city", max_length=15),
    }
    additional, stamps = _additional(values), _stamped(values)
    if additional:
        tree["62"] = additional
    if stamps:
        tree[_STAMPS] = stamps
    return emv.build(tree)


def _account(values: Mapping[str, str]) -> tuple[str, emv.Tree]:
    """Tag and content of the payee: a merchant where a merchant's id is given, else a person."""
    bakong = fields.required(values, "account")
    if not _ACCOUNT.fullmatch(bakong) or len(bakong) > _MAX_ACCOUNT or not bakong.isascii():
        raise Invalid("khqr_account", f"{bakong[:40]!r} is not a Bakong account.", fix="It looks like name@bank.")
    merchant, number = fields.optional(values, "merchant_id"), fields.optional(values, "account_number")
    if merchant is not None and number is not None:
        raise Invalid("khqr_account", "Give merchant_id or account_number, not both.")
    account: emv.Tree = {"00": bakong}
    second, bank = merchant or number, fields.optional(values, "bank")
    if second is not None:
        account["01"] = emv_profile.folded(second, field="merchant_id", max_length=_MAX_ACCOUNT)
    if bank is not None:
        account["02"] = emv_profile.folded(bank, field="bank", max_length=_MAX_ACCOUNT)
    if merchant is not None and bank is None:
        raise Invalid("field_missing", "A merchant's code names its bank.", fix="Give bank=….", field="bank")
    return (_PERSON if merchant is None else _MERCHANT), account


def _category(values: Mapping[str, str]) -> str:
    category = fields.optional(values, "category") or _CATEGORY
    return fields.matching(category, r"[0-9]{4}", code="khqr_category", message="A category is four digits.")


def _wire(amount: Money) -> str:
    text = emv_profile.wire_amount(amount, decimals=amount.currency != "KHR")
    if amount.currency == "KHR" and "." in text:
        raise Invalid("khqr_amount", "KHQR carries whole riel.", fix="Leave the decimals out.")
    return text


def _additional(values: Mapping[str, str]) -> emv.Tree:
    found: emv.Tree = {}
    reference = fields.optional(values, "reference")
    if reference is not None:
        message = "A KHQR bill number is 1 to 25 letters, digits and hyphens."
        found[_BILL] = fields.matching(reference, _REFERENCE, code="khqr_reference", message=message)
    for name, tag in (("mobile", "02"), ("store", "03"), ("terminal", "07"), ("purpose", "08")):
        value = fields.optional(values, name)
        if value is not None:
            found[tag] = emv_profile.folded(value, field=name, max_length=25)
    return found


def _stamped(values: Mapping[str, str]) -> emv.Tree:
    found: dict[str, str] = {}
    for tag, name in (("00", "created"), ("01", "expires")):
        value = fields.optional(values, name)
        if value is not None:
            message = f"The field {name!r} is milliseconds since 1970, 13 digits."
            found[tag] = fields.matching(value, r"[0-9]{13}", code="khqr_timestamp", message=message)
    if "00" in found and "01" in found and found["01"] <= found["00"]:  # as texts of one length
        raise Invalid("khqr_timestamp", "The code expires before it was made.", fix="Give a later 'expires'.")
    return dict(found)


def _issue(instruction: Instruction) -> PaymentCode:
    amount = instruction.amount
    if amount.currency not in _NUMBERS:
        raise Invalid("currency_mismatch", f"The rail carries KHR and USD, not {amount.currency}.")
    values = {name: instruction.account.get(name, "") for name in _ACCOUNT_FIELDS}
    values |= {"currency": amount.currency, "amount": str(amount.decimal), "reference": instruction.reference}
    for name, moment in (("created", instruction.asked_at), ("expires", instruction.expires_at)):
        if moment is not None:
            values[name] = str(int(moment.timestamp() * 1000))
    payload = _encode(values)
    lines = (("Recipient", fields.required(instruction.account, "name")),)
    return PaymentCode(rail=_CODE, payload=payload, reference=instruction.reference, qr=True, lines=lines)


_ACCOUNT_FIELDS: Final = ("account", "name", "city", "merchant_id", "bank", "account_number")

KHQR: Final = Rail(
    code=_CODE,
    name="KHQR",
    country="KH",
    currencies=("KHR", "USD"),
    fields=(
        *_ACCOUNT_FIELDS,
        "category",
        "currency",
        "amount",
        "reference",
        "mobile",
        "store",
        "terminal",
        "purpose",
        "created",
        "expires",
    ),
    encode=_encode,
    decode=_decode,
    issue=_issue,
    reference_pattern=_REFERENCE,
    reference_from=lambda request_id: references.from_request(request_id, length=25),
    account_fields=("account", "name"),
    source="NBC KHQR as mrrhak/khqr_sdk@753548c and ishinvin/ts-khqr@2c96044 have it; bakong-khqr (PyPI)",
    form=Form.EMV,
)
