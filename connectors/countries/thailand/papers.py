"""Thailand's texts beside PromptPay: the barcode of a paper bill, the code on a transfer slip, and TrueMoney's code.

The Bank of Thailand's bill barcode is ``|`` and, parted by carriage returns, biller, reference 1, reference 2 and the
amount in satang (0 where the payer sets it); it says what tag 30 of PromptPay says. A slip's code names bank and
transaction: it is a claim that money was sent, never money, and is verified at the bank, so none is made here. A
TrueMoney code is a PromptPay transfer to the wallet 14000 and the mobile number, perhaps with a message in tag 81
(UTF-16 in hexadecimal). Sources: maythiwat/promptparse@68eb13e (tests of all three); thai-qr-payment.js.org/reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.shared import emv, emv_form, emv_profile, fields
from connectors.shared.numbers import western
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Codec, Decoded, Form

_CURRENCY: Final = "THB"
SCHEME: Final = emv_profile.Scheme(country="TH", currencies=(_CURRENCY,))
_SOURCE: Final = "maythiwat/promptparse@68eb13e src/index.test.ts; thai-qr-payment.js.org/reference"
_BAR: Final = "|"
_PARTS: Final = 4
_BREAKS: Final = re.compile(r"\r\n|\r|\n|\\r")  # the last is a carriage return as people write it down
_BILLER: Final = re.compile(r"[0-9]{13,15}")
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{1,20}")
_REFERENCE_OR_NONE: Final = re.compile(r"[0-9A-Za-z]{0,20}")
_SATANG: Final = re.compile(r"[0-9]{1,10}")
BILL_IDENTIFIER: Final = "A000000677010112"

SLIP: Final = emv.Layout(first="00", begins=re.compile(r"00[0-9]{2}"), crc_tag="91", templates=frozenset({"00"}))
_BANK: Final = re.compile(r"[0-9]{3}")
_BANK_SLIP: Final = "0006000001"
_WALLET_SLIP: Final = "000201010201"

TRANSFER_IDENTIFIER: Final = "A000000677010111"
TRUEMONEY: Final = "14000"
_WALLET: Final = re.compile(r"[0-9]{15}")
_MESSAGE: Final = "81"
_MAX_MESSAGE: Final = 24  # four hexadecimal digits each, 99 in all


def _decode_barcode(payload: str) -> Decoded | None:
    if not payload.startswith(_BAR):
        return None
    parts = _BREAKS.split(payload.removeprefix(_BAR).rstrip("\r\n"))
    if len(parts) != _PARTS:
        raise _broken("parts", tag=None, offset=None, reason=f"it has {len(parts)} parts, not {_PARTS}")
    biller, first, second, satang = parts
    starts = [0, *(found.end() for found in _BREAKS.finditer(payload, 1))]
    starts[0] = len(_BAR)
    checks = (("biller", biller, _BILLER), ("ref1", first, _REFERENCE), ("ref2", second, _REFERENCE_OR_NONE))
    for start, (name, value, pattern) in zip(starts, (*checks, ("amount", satang, _SATANG)), strict=False):
        if pattern.fullmatch(value) is None:
            raise _broken(name, tag=name, offset=start, reason=f"{value[:30]!r} is no {name}")
    amount = Money(int(satang), _CURRENCY) if int(satang) else None
    return Decoded(
        profile="bot_barcode",
        amount=amount,
        currency=_CURRENCY,
        reference=first,
        tree={"biller": biller, "ref1": first, "ref2": second, "amount": satang},
        details={"tax_id": biller[:13], "suffix": biller[13:], "promptpay_bill": _as_promptpay(parts, amount)},
    )


def _as_promptpay(parts: list[str], amount: Money | None) -> str:
    """The same bill as a PromptPay code."""
    account: emv.Tree = {"00": BILL_IDENTIFIER, "01": parts[0], "02": parts[1]}
    if parts[2]:
        account["03"] = parts[2]
    initiation = emv_profile.STATIC if amount is None else emv_profile.DYNAMIC
    tree: emv.Tree = {"00": "01", "01": initiation, "30": account, "53": "764"}
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    return emv.build({**tree, "58": "TH"})


def _broken(code: str, *, tag: str | None, offset: int | None, reason: str) -> Invalid:
    return Invalid(
        f"bot_barcode_{code}",
        f"The bill's barcode is broken: {reason}.",
        fix="Scan the whole barcode again; a reader must keep its line breaks.",
        tag=tag,
        offset=offset,
        reason=reason,
    )


def _encode_barcode(values: Mapping[str, str]) -> str:
    amount = fields.amount(values, _CURRENCY)
    biller = re.sub(r"[\s-]", "", western(fields.required(values, "biller")))
    parts = (
        fields.matching(biller, r"[0-9]{15}", code="bot_barcode_biller", message="A biller id is 15 digits."),
        *(_bill_reference(fields.required(values, "ref1")), _bill_reference(fields.optional(values, "ref2"))),
        "0" if amount is None else str(fields.of_rail(amount, _CURRENCY).minor),
    )
    message = "An amount has up to 10 digits of satang."
    fields.matching(parts[-1], _SATANG.pattern, code="amount_too_large", message=message)
    return _BAR + "\r".join(parts)


def _bill_reference(text: str | None) -> str:
    message = "A bill's reference is 1 to 20 letters and digits."
    return "" if text is None else fields.matching(text, _REFERENCE.pattern, code="bot_barcode_ref", message=message)


def _decode_slip(payload: str) -> Decoded | None:
    start = payload[4 : 4 + len(_WALLET_SLIP)]
    if not (SLIP.begins.match(payload) and start.startswith((_BANK_SLIP, _WALLET_SLIP))):
        return None
    tree = emv.parse(payload, layout=SLIP)
    bank_slip = start.startswith(_BANK_SLIP)
    names = ("bank", "transaction") if bank_slip else (None, "event", "transaction", "day")
    found = {name: emv.text_at(tree, "00", f"{tag:02d}") for tag, name in enumerate(names, start=1) if name}
    reference = found["transaction"]
    if reference is None or (bank_slip and _BANK.fullmatch(found["bank"] or "") is None):
        raise _broken_slip(payload, "00", "it names no bank of three digits or no transaction")
    if tree.get("51", SCHEME.country) != SCHEME.country:
        raise _broken_slip(payload, "51", f"slips are of {SCHEME.country}, this one says {tree['51']}")
    details: dict[str, Any] = {"kind": "bank" if bank_slip else "truemoney", **found}
    if tree.get("51"):
        details["country"] = tree["51"]
    return Decoded("slip_verify", amount=None, currency=None, reference=reference, tree=tree, details=details)


def _broken_slip(payload: str, tag: str, reason: str) -> Invalid:
    message = f"The slip's code is broken at tag {tag}: {reason}."
    return Invalid("slip_reference", message, tag=tag, offset=emv.offset_of(payload, tag), reason=reason)


def _decode_truemoney(payload: str) -> Decoded | None:
    if not emv.mentions(payload, TRANSFER_IDENTIFIER):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, TRANSFER_IDENTIFIER)
    wallet = None if found is None else emv.text_at(found[1], "03")
    if wallet is None or not wallet.startswith(TRUEMONEY):
        return None
    if found is not None and _WALLET.fullmatch(wallet) is None:
        raise emv_form.refusal("truemoney_mobile", f"{found[0]}.03", "the wallet has no 15 digits")
    details = {"mobile": wallet.removeprefix(TRUEMONEY)} | message_of(tree)
    reference = emv_profile.reference_of(tree, "01", "05")
    return emv_profile.read(tree, profile="truemoney", scheme=SCHEME, reference=reference, details=details)


def message_of(tree: Mapping[str, str | emv.Tree]) -> dict[str, str]:
    """The message in tag 81, where it is one."""
    text = emv.text_at(tree, _MESSAGE)
    try:
        return {} if text is None else {"message": bytes.fromhex(text).decode("utf-16-be")}
    except ValueError:
        return {}


def _encode_truemoney(values: Mapping[str, str]) -> str:
    mobile = re.sub(r"[\s()-]", "", western(fields.required(values, "mobile")))
    national = re.sub(r"^\+?66", "0", mobile)
    message = "A mobile number is 10 digits that begin with 0."
    fields.matching(national, r"0[0-9]{9}", code="truemoney_mobile", message=message)
    amount, note = fields.amount(values, _CURRENCY), fields.optional(values, "message")
    tree: emv.Tree = {
        "00": "01",
        "01": emv_profile.STATIC if amount is None else emv_profile.DYNAMIC,
        "29": {"00": TRANSFER_IDENTIFIER, "03": TRUEMONEY + national},
        "53": "764",
    }
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    tree["58"] = "TH"
    if note is not None:
        try:
            encoded = note.encode("utf-16-be").hex().upper()
        except UnicodeEncodeError:
            raise Invalid("text_malformed", "The message holds half a character.", field="message") from None
        if len(encoded) > 4 * _MAX_MESSAGE:
            raise Invalid("text_too_long", f"A message has up to {_MAX_MESSAGE} characters.", field="message")
        tree[_MESSAGE] = encoded
    return emv.build(tree)


CODECS: Final = (
    Codec(
        code="bot_barcode",
        name="Bill barcode of the Bank of Thailand",
        country="TH",
        decode=_decode_barcode,
        encode=_encode_barcode,
        fields=("biller", "ref1", "ref2", "amount"),
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
    ),
    Codec(
        code="slip_verify",
        name="Code on a transfer slip",
        country="TH",
        decode=_decode_slip,
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
    ),
    Codec(
        code="truemoney",
        name="TrueMoney wallet",
        country="TH",
        decode=_decode_truemoney,
        encode=_encode_truemoney,
        fields=("mobile", "amount", "message"),
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
        form=Form.EMV,
    ),
)
