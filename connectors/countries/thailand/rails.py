"""Thailand's payment rails: PromptPay credit transfer (tag 29) and PromptPay bill payment with references (tag 30).

Collecting uses bill payment: its reference 1 comes back with the money. TrueMoney's codes, bill barcodes and slips are
in ``papers``. Source: Bank of Thailand, Thai QR Payment
Standard, as published at thai-qr-payment.js.org/reference/spec and tested by maythiwat/promptparse@388d035.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.countries.thailand import papers
from connectors.shared import emv, emv_form, emv_profile, fields, references
from connectors.shared.numbers import western
from domain.errors import Invalid
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

_CURRENCY: Final = "THB"
_TRANSFER: Final = (papers.TRANSFER_IDENTIFIER, "A000000677010114")  # the second is for one-time use
_BILL: Final = (papers.BILL_IDENTIFIER, "A000000677012006")  # the second is for payers abroad
_REFERENCE: Final = r"[0-9A-Z]{1,20}"
_LONGEST_REFERENCE: Final = 20
_BILLER: Final = r"[0-9]{13,15}"  # a tax number, mostly with a suffix of two
_SOURCE: Final = "Bank of Thailand, Thai QR Payment Standard; thai-qr-payment.js.org/reference/spec"
_PROXIES: Final = {
    "mobile": ("01", r"0066[0-9]{9}"),
    "national_id": ("02", r"[0-9]{13}"),
    "e_wallet": ("03", r"[0-9]{15}"),
    "bank_account": ("04", r"[0-9]{4,43}"),
}


def _mobile(digits: str) -> str:
    """A mobile number as the code wants it: 13 digits of 00, country and national number without its 0."""
    national = re.sub(r"^(0066|66|0)", "", digits.removeprefix("+"))
    return f"0066{national}"


def _proxy(values: Mapping[str, str]) -> tuple[str, str]:
    """Sub-tag and value of the one proxy given: mobile, national or tax id, e-wallet, or bank code and account."""
    given = [name for name in _PROXIES if fields.optional(values, name) is not None]
    if len(given) != 1:
        raise Invalid("promptpay_proxy", f"Give exactly one of {', '.join(_PROXIES)}.", known=list(_PROXIES))
    name = given[0]
    tag, pattern = _PROXIES[name]
    digits = re.sub(r"[\s()-]", "", western(fields.required(values, name)))
    value = _mobile(digits) if name == "mobile" else digits
    message = f"The field {name!r} is not a PromptPay proxy of that kind."
    return tag, fields.matching(value, pattern, code="promptpay_proxy", message=message)


def _code(account_tag: str, account: emv.Tree, values: Mapping[str, str], *, additional: emv.Tree) -> str:
    amount = fields.amount(values, _CURRENCY)
    initiation = emv_profile.STATIC if amount is None else emv_profile.DYNAMIC
    tree: emv.Tree = {"00": "01", "01": initiation, account_tag: account, "53": "764"}
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    tree["58"] = "TH"
    if additional:
        tree["62"] = additional
    return emv.build(tree)


def _encode_transfer(values: Mapping[str, str]) -> str:
    tag, value = _proxy(values)
    return _code("29", {"00": _TRANSFER[0], tag: value}, values, additional={})


def _encode_bill(values: Mapping[str, str]) -> str:
    biller = re.sub(r"[\s-]", "", western(fields.required(values, "biller")))
    message = "A biller id is a tax number of 13 digits and a suffix of two."
    account: emv.Tree = {
        "00": _BILL[0],
        "01": fields.matching(biller, r"[0-9]{15}", code="promptpay_biller", message=message),
        "02": _bill_reference(fields.required(values, "ref1")),
    }
    second, third = fields.optional(values, "ref2"), fields.optional(values, "ref3")
    if second is not None:
        account["03"] = _bill_reference(second)
    return _code("30", account, values, additional={} if third is None else {"07": _bill_reference(third)})


def _bill_reference(text: str) -> str:
    message = "A bill payment reference is 1 to 20 capital letters and digits."
    return fields.matching(text, _REFERENCE, code="promptpay_reference", message=message)


def _account(
    payload: str, identifiers: tuple[str, ...], proxies: tuple[str, ...]
) -> tuple[emv.Tree, str, emv.Tree] | None:
    """The payload's tree, and tag and content of its account under one of these identifiers, which names one proxy."""
    if not emv.mentions(payload, *identifiers):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, *identifiers)
    if found is None:
        return None
    tag, account = found
    given = [proxy for proxy in proxies if emv.text_at(account, proxy) is not None]
    if len(given) != 1:
        raise emv_form.refusal(
            "promptpay_account", tag, f"{'nobody' if not given else 'more than one'} to pay is named"
        )
    return tree, tag, account


def _decode_transfer(payload: str) -> Decoded | None:
    proxies = {tag: name for name, (tag, _) in _PROXIES.items()}
    read = _account(payload, _TRANSFER, tuple(proxies))
    if read is None:
        return None
    tree, tag, account = read
    if (emv.text_at(account, "03") or "").startswith(papers.TRUEMONEY):
        return None
    given = ((name, emv.text_at(account, proxy)) for proxy, name in proxies.items())
    kind, value = next((name, value) for name, value in given if value is not None)
    place, pattern = _PROXIES[kind]
    if re.fullmatch(pattern, value) is None:
        raise emv_form.refusal("promptpay_account", f"{tag}.{place}", f"it is no {kind.replace('_', ' ')}")
    details = {"proxy_kind": kind, "proxy": value, **papers.message_of(tree)}
    reference = emv_profile.reference_of(tree, "01", "05")
    return emv_profile.read(tree, profile="promptpay", scheme=papers.SCHEME, reference=reference, details=details)


def _decode_bill(payload: str) -> Decoded | None:
    read = _account(payload, _BILL, ("01",))
    if read is None:
        return None
    tree, tag, account = read
    biller, reference = emv.text_at(account, "01") or "", emv.text_at(account, "02")
    if re.fullmatch(_BILLER, biller) is None:
        raise emv_form.refusal("promptpay_account", f"{tag}.01", f"{biller!r} is no biller")
    if reference is None:
        raise emv_form.missing(f"{tag}.02", "reference 1 is missing")
    found = {"biller": biller, "ref1": reference, "ref2": emv.text_at(account, "03")}
    found["ref3"] = emv.text_at(tree, "62", "07")
    return emv_profile.read(
        tree,
        profile="promptpay_bill",
        scheme=papers.SCHEME,
        reference=reference,
        details={name: value for name, value in found.items() if value is not None},
        doubts=_reference_doubts(account, tag),
    )


def _reference_doubts(account: emv.Tree, tag: str) -> dict[str, str]:
    """References that banks may not hand on as they are, by tag; ``promptpay_reference`` for one that is too long."""
    doubts: dict[str, str] = {}
    for place in ("02", "03"):
        value = emv.text_at(account, place)
        if value is None or re.fullmatch(_REFERENCE, value) is not None:
            continue
        path = f"{tag}.{place}"
        if len(value) > _LONGEST_REFERENCE:
            reason = f"it has {len(value)} characters, {_LONGEST_REFERENCE} fit"
            raise emv_form.refusal("promptpay_reference", path, reason)
        doubts[path] = f"{value!r} is more than capital letters and digits"
    return doubts


def _issue_transfer(instruction: Instruction) -> PaymentCode:
    """A transfer to a proxy carries no reference; what comes back is matched by payer and amount."""
    amount = fields.of_rail(instruction.amount, _CURRENCY)
    payload = _encode_transfer({**instruction.account, "amount": str(amount.decimal)})
    return PaymentCode(rail="promptpay", payload=payload, reference=instruction.reference, qr=True)


def _issue_bill(instruction: Instruction) -> PaymentCode:
    account = {name: value for name, value in instruction.account.items() if name in ("biller", "ref2", "ref3")}
    payload = _encode_bill({**account, **fields.asked(instruction, _CURRENCY), "ref1": instruction.reference})
    lines = [("Biller ID", account["biller"]), ("Reference 1", instruction.reference)]
    if account.get("ref2"):
        lines.append(("Reference 2", account["ref2"]))
    return PaymentCode(
        rail="promptpay_bill", payload=payload, reference=instruction.reference, qr=True, lines=tuple(lines)
    )


def _reference_from(request_id: str) -> str:
    return references.from_request(request_id, length=20)


RAILS: Final = (
    Rail(
        code="promptpay_bill",
        name="PromptPay bill payment",
        country="TH",
        currencies=(_CURRENCY,),
        fields=("biller", "ref1", "ref2", "ref3", "amount"),
        encode=_encode_bill,
        decode=_decode_bill,
        issue=_issue_bill,
        reference_pattern=_REFERENCE,
        reference_from=_reference_from,
        account_fields=("biller",),
        source=_SOURCE,
        form=Form.EMV,
        takes_open=True,
    ),
    Rail(
        code="promptpay",
        name="PromptPay credit transfer",
        country="TH",
        currencies=(_CURRENCY,),
        fields=(*_PROXIES, "amount"),
        encode=_encode_transfer,
        decode=_decode_transfer,
        issue=_issue_transfer,
        reference_pattern=_REFERENCE,
        reference_from=_reference_from,
        account_fields=(),
        source=_SOURCE,
        form=Form.EMV,
    ),
)

CODECS: Final = papers.CODECS
