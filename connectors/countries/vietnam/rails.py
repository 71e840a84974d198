"""Vietnam's payment rail VietQR: a transfer to an account by NAPAS 247, with the reference as bill and as purpose.

Anybody may make a VietQR code. The reference stands in 62-01 and again in 62-08, as banks hand the purpose on as free
text, often in capitals, with something before it. Codes to cards (QRIBFTTC), of merchants (QRPUSH), for cash (QRCASH)
and of VNPAY (tag 26) are read but not made. Open: what banks do to a purpose. Source: NAPAS, VietQR format v1.0
(09/2021).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.shared import emv, emv_form, emv_profile, fields, references
from connectors.shared.numbers import western
from domain.contacts import Confidence
from domain.rails import Codec, Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "VND"
_SCHEME: Final = emv_profile.Scheme(country="VN", currencies=(_CURRENCY,))
_IDENTIFIER: Final = "A000000727"
_VNPAY: Final = "A000000775"
_ACCOUNT: Final = "38"
_TO_ACCOUNT: Final = "QRIBFTTA"
_SERVICES: Final = {_TO_ACCOUNT: "account", "QRIBFTTC": "card", "QRPUSH": "merchant_id", "QRCASH": "merchant_id"}
_BILL: Final = "01"
_LABEL: Final = "05"
_PURPOSE: Final = "08"
_REFERENCE: Final = r"[0-9A-Z]{1,25}"
_BIN: Final = r"[0-9]{6}"
_LONGEST_ACCOUNT: Final = 19
_ACCOUNT_FIELDS: Final = ("bank_bin", "account")


def _decode(payload: str) -> Decoded | None:
    if not emv.mentions(payload, _IDENTIFIER):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, _IDENTIFIER)
    if found is None:
        return None
    tag, account = found
    bank, number = emv.text_at(account, "01", "00"), emv.text_at(account, "01", "01")
    service = emv.text_at(account, "02")
    payee = _SERVICES.get(service or "")
    for path, sound, reason in (
        ("01.00", bank is not None and re.fullmatch(_BIN, bank), "the bank is no BIN of six digits"),
        (
            "01.01",
            number is not None and len(number) <= _LONGEST_ACCOUNT,
            f"an account has 1 to {_LONGEST_ACCOUNT} characters",
        ),
        ("02", payee is not None, "the service is none of VietQR's" if service else "the service is missing"),
    ):
        if not sound:
            raise emv_form.refusal("vietqr_account", f"{tag}.{path}", reason)
    reference = emv_profile.reference_of(tree, _BILL, _LABEL)
    details = {"bank_bin": bank, str(payee): number, "service": service}
    return emv_profile.read(tree, profile="vietqr", scheme=_SCHEME, reference=reference, details=details)


def _decode_vnpay(payload: str) -> Decoded | None:
    """A merchant's code of VNPAY's own network; one that pays an account over NAPAS too is a VietQR code first."""
    if not emv.mentions(payload, _VNPAY):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, _VNPAY)
    if found is None:
        return None
    details = {"merchant_id": value} if (value := emv.text_at(found[1], "01")) else {}
    reference = emv_profile.reference_of(tree, _BILL, _LABEL)
    return emv_profile.read(tree, profile="vnpay_qr", scheme=_SCHEME, reference=reference, details=details)


def _payee(values: Mapping[str, str]) -> emv.Tree:
    bank = re.sub(r"\s", "", western(fields.required(values, "bank_bin")))
    number = re.sub(r"[\s.-]", "", western(fields.required(values, "account")))
    return {
        "00": fields.matching(bank, _BIN, code="vietqr_bank", message="A bank's BIN is six digits."),
        "01": fields.matching(
            number, r"[0-9A-Za-z]{1,19}", code="vietqr_account", message="An account is 1 to 19 letters and digits."
        ),
    }


def _encode(values: Mapping[str, str]) -> str:
    amount = fields.amount(values, _CURRENCY)
    tree: emv.Tree = {
        "00": "01",
        "01": emv_profile.STATIC if amount is None else emv_profile.DYNAMIC,
        _ACCOUNT: {"00": _IDENTIFIER, "01": _payee(values), "02": _TO_ACCOUNT},
        "53": "704",
    }
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    tree["58"] = "VN"
    additional = _additional(values)
    if additional:
        tree["62"] = additional
    return emv.build(tree)


def _additional(values: Mapping[str, str]) -> emv.Tree:
    """The reference as bill number, and as purpose where none is given; a purpose loses its marks."""
    reference, purpose = fields.optional(values, "reference"), fields.optional(values, "purpose")
    found: emv.Tree = {}
    if reference is not None:
        message = "A VietQR reference is 1 to 25 capital letters and digits."
        found[_BILL] = fields.matching(reference, _REFERENCE, code="vietqr_reference", message=message)
    if purpose is not None or reference is not None:
        plain = (purpose or reference or "").replace("đ", "d").replace("Đ", "D")
        found[_PURPOSE] = emv_profile.folded(plain, field="purpose", max_length=25)
    return found


def _issue(instruction: Instruction) -> PaymentCode:
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    account = {name: instruction.account.get(name, "") for name in _ACCOUNT_FIELDS}
    payload = _encode({**account, "amount": str(amount.decimal), "reference": instruction.reference})
    lines = (("Account", account["account"]), ("Reference", instruction.reference))
    return PaymentCode(rail="vietqr", payload=payload, reference=instruction.reference, qr=True, lines=lines)


RAILS: Final = (
    Rail(
        code="vietqr",
        name="VietQR",
        country="VN",
        currencies=(_CURRENCY,),
        fields=("bank_bin", "account", "amount", "reference", "purpose"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=_REFERENCE,
        reference_from=lambda request_id: references.from_request(request_id, length=20),
        account_fields=_ACCOUNT_FIELDS,
        source="NAPAS, VietQR format v1.0 (09/2021)",
        confidence=Confidence.VERIFIED,
        form=Form.EMV,
    ),
)

CODECS: Final = (
    Codec(
        code="vnpay_qr",
        name="VNPAY-QR",
        country="VN",
        decode=_decode_vnpay,
        source="identifier A000000775 as xuannghia/vietnam-qr-pay@17a05d3 has it",
        confidence=Confidence.SECONDARY,
        form=Form.EMV,
    ),
)
