"""The United Arab Emirates' payment rail for collecting: a bank transfer to an IBAN that quotes our reference.

There is no code to scan. The debtor copies IBAN, beneficiary and reference; the reference carries the check digits
of ISO 11649, so that a mistyped one is noticed. A transfer from abroad needs a purpose code, written
``/BENEFRES/AE/XXX``. As one text a transfer is a ``payto`` address (RFC 8905): target, amount, and the reference as
its instruction. Sources: SWIFT IBAN registry; banks' payment guides on the purpose code (luminor.lv, aion.be).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from connectors.shared import emv_profile, fields, iban, payto, references
from domain.money import Money
from domain.rails import Decoded, Instruction, PaymentCode, Rail

_CURRENCY: Final = "AED"
_COUNTRY: Final = "AE"
_PREFIX: Final = "payto://iban/"
_PURPOSE: Final = re.compile(r"/BENEFRES/AE/([A-Z]{3})")
_MAX_NAME: Final = 70  # a party's name in the credit transfer message, pacs.008 before 2019
_MAX_LENGTH: Final = 512


def purpose_line(code: str) -> str:
    """The purpose of payment as inbound transfers state it, from its three letters; else ``purpose_code``."""
    message = "A purpose code is three letters."
    letters = fields.matching(code.strip().upper(), r"[A-Z]{3}", code="purpose_code", message=message)
    return f"/BENEFRES/AE/{letters}"


def _encode(values: Mapping[str, str]) -> str:
    account = iban.check(fields.required(values, "iban"), country=_COUNTRY)
    reference = references.checked_creditor_reference(fields.required(values, "reference"))
    amount = fields.amount(values, _CURRENCY)
    name, purpose = fields.optional(values, "name"), fields.optional(values, "purpose")
    options: dict[str, str] = {}
    if amount is not None:
        options["amount"] = f"{_CURRENCY}:{emv_profile.wire_amount(fields.of_rail(amount, _CURRENCY))}"
    if name is not None:
        options["receiver-name"] = emv_profile.folded(name, field="name", max_length=_MAX_NAME)
    if purpose is not None:
        options["message"] = purpose_line(purpose)
    options["instruction"] = reference
    query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in options.items())
    return f"{_PREFIX}{account.compact}?{query}"


def _decode(payload: str) -> Decoded | None:
    """A ``payto`` address of an account here, or an IBAN alone."""
    if len(payload) > _MAX_LENGTH:
        return None
    if payload.lower().startswith(f"{_PREFIX}{_COUNTRY}".lower()):
        return _decode_address(payload)
    number = iban.compact(payload)
    if re.fullmatch(r"AE[0-9]{21}", number):
        return iban.read(iban.check(payload, country=_COUNTRY), currency=_CURRENCY)
    return None


def _decode_address(payload: str) -> Decoded:
    address = urlsplit(payload)
    options = {key: values[0] for key, values in parse_qs(address.query).items()}
    place = payto.Places(payload)
    with place.of_target("iban"):
        account = iban.check(address.path.rpartition("/")[2], country=_COUNTRY)
    tree = {"iban": account.compact}
    amount, reference = None, None
    if "amount" in options:
        tree["amount"] = options["amount"]
        with place.of_option("amount"):
            amount = payto.amount(options["amount"], _CURRENCY)
    if "receiver-name" in options:
        tree["name"] = options["receiver-name"]
    if (purpose := _PURPOSE.fullmatch(options.get("message", ""))) is not None:
        tree["purpose"] = purpose.group(1)
    if "instruction" in options:
        with place.of_option("instruction", tag="reference"):
            reference = tree["reference"] = references.checked_creditor_reference(options["instruction"])
    return _decoded(tree, amount=amount, reference=reference)


def _decoded(tree: Mapping[str, str], *, amount: Money | None, reference: str | None) -> Decoded:
    return Decoded(profile="iban_transfer", amount=amount, currency=_CURRENCY, reference=reference, tree=dict(tree))


def _issue(instruction: Instruction) -> PaymentCode:
    fields.of_rail(instruction.amount, _CURRENCY)
    account = iban.check(fields.required(instruction.account, "iban"), country=_COUNTRY)
    reference = references.checked_creditor_reference(instruction.reference)
    lines = [
        ("Beneficiary", fields.required(instruction.account, "name")),
        ("IBAN", account.formatted),
        ("Payment reference", references.grouped(reference)),
    ]
    purpose = fields.optional(instruction.account, "purpose")
    if purpose is not None:
        lines.append(("Purpose of payment", purpose_line(purpose)))
    return PaymentCode(rail="iban_transfer", payload=reference, reference=reference, qr=False, lines=tuple(lines))


def _reference_from(request_id: str) -> str:
    return references.creditor_reference(references.from_request(request_id, length=21))


RAILS: Final = (
    Rail(
        code="iban_transfer",
        name="Bank transfer to an IBAN",
        country=_COUNTRY,
        currencies=(_CURRENCY,),
        fields=("iban", "name", "amount", "reference", "purpose"),
        encode=_encode,
        decode=_decode,
        issue=_issue,
        reference_pattern=references.CREDITOR_REFERENCE_PATTERN,
        reference_from=_reference_from,
        account_fields=("iban", "name"),
        source="ISO 13616 and SWIFT IBAN registry (AE, 23 characters); ISO 11649; RFC 8905",
        takes_open=True,
    ),
)
