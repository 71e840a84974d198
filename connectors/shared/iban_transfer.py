"""A bank transfer to an IBAN as a rail: the debtor copies IBAN, beneficiary and a reference with check digits.

There is no code to scan. As one text a transfer is a ``payto`` address (RFC 8905): target, amount, and the reference
(ISO 11649) as its instruction. An account number alone is read as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from connectors.shared import emv_profile, fields, iban, payto, references
from domain.rails import Decoded, Instruction, PaymentCode, Rail

_PREFIX: Final = "payto://iban/"
_MAX_NAME: Final = 70  # a party's name in the credit transfer message, pacs.008 before 2019
_MAX_LENGTH: Final = 512


@dataclass(frozen=True, slots=True)
class Message:
    """What a country's transfers say beside the reference, such as a purpose: its field and its label for people.

    ``write`` gives the text that is carried and raises ``Invalid``; ``read`` is that text's pattern, whose group is
    what the field holds.
    """

    field: str
    label: str
    write: Callable[[str], str]
    read: re.Pattern[str]


def iban_transfer(
    *, country: str, currency: str, length: int, code: str | None = None, message: Message | None = None
) -> Rail:
    """The rail of a country (ISO 3166-1) whose IBANs have ``length`` characters; ``code`` or ``<country>_iban``."""
    transfer = _Transfer(
        country=country, currency=currency, code=code or f"{country.lower()}_iban", length=length, message=message
    )
    return Rail(
        code=transfer.code,
        name="Bank transfer to an IBAN",
        country=country,
        currencies=(currency,),
        fields=("iban", "name", "amount", "reference", *((message.field,) if message else ())),
        encode=transfer.encode,
        decode=transfer.decode,
        issue=transfer.issue,
        reference_pattern=references.CREDITOR_REFERENCE_PATTERN,
        reference_from=_reference_from,
        account_fields=("iban", "name"),
        source=f"ISO 13616 and SWIFT IBAN registry ({country}, {length} characters); ISO 11649; RFC 8905",
        takes_open=True,
    )


@dataclass(frozen=True, slots=True)
class _Transfer:
    """The codec of one country's transfers."""

    country: str
    currency: str
    code: str
    length: int
    message: Message | None

    def encode(self, values: Mapping[str, str]) -> str:
        """A ``payto`` address from named fields."""
        account = iban.check(fields.required(values, "iban"), country=self.country)
        reference = references.checked_creditor_reference(fields.required(values, "reference"))
        amount, name = fields.amount(values, self.currency), fields.optional(values, "name")
        options: dict[str, str] = {}
        if amount is not None:
            options["amount"] = f"{self.currency}:{emv_profile.wire_amount(fields.of_rail(amount, self.currency))}"
        if name is not None:
            options["receiver-name"] = emv_profile.folded(name, field="name", max_length=_MAX_NAME)
        said = self._said(values)
        if said is not None:
            options["message"] = said
        options["instruction"] = reference
        query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in options.items())
        return f"{_PREFIX}{account.compact}?{query}"

    def decode(self, payload: str) -> Decoded | None:
        """A ``payto`` address of an account here, or an IBAN alone."""
        if len(payload) > _MAX_LENGTH:
            return None
        if payload.lower().startswith(f"{_PREFIX}{self.country}".lower()):
            return self._address(payload)
        number = iban.compact(payload)
        if re.fullmatch(rf"{self.country}[0-9]{{2}}[0-9A-Z]{{{self.length - 4}}}", number):
            return iban.read(iban.check(payload, country=self.country), currency=self.currency)
        return None

    def issue(self, instruction: Instruction) -> PaymentCode:
        """What the debtor copies: beneficiary, IBAN and reference."""
        fields.of_rail(instruction.amount, self.currency)
        account = iban.check(fields.required(instruction.account, "iban"), country=self.country)
        reference = references.checked_creditor_reference(instruction.reference)
        lines = [
            ("Beneficiary", fields.required(instruction.account, "name")),
            ("IBAN", account.formatted),
            ("Payment reference", references.grouped(reference)),
        ]
        said = self._said(instruction.account)
        if self.message is not None and said is not None:
            lines.append((self.message.label, said))
        return PaymentCode(rail=self.code, payload=reference, reference=reference, qr=False, lines=tuple(lines))

    def _said(self, values: Mapping[str, str]) -> str | None:
        """The message that a transfer carries, where there is something to say."""
        told = fields.optional(values, self.message.field) if self.message else None
        return self.message.write(told) if self.message and told is not None else None

    def _address(self, payload: str) -> Decoded:
        address = urlsplit(payload)
        options = {key: values[0] for key, values in parse_qs(address.query).items()}
        place = payto.Places(payload)
        with place.of_target("iban"):
            account = iban.check(address.path.rpartition("/")[2], country=self.country)
        tree = {"iban": account.compact}
        amount, reference = None, None
        if "amount" in options:
            tree["amount"] = options["amount"]
            with place.of_option("amount"):
                amount = payto.amount(options["amount"], self.currency)
        if "receiver-name" in options:
            tree["name"] = options["receiver-name"]
        if self.message and (told := self.message.read.fullmatch(options.get("message", ""))) is not None:
            tree[self.message.field] = told.group(1)
        if "instruction" in options:
            with place.of_option("instruction", tag="reference"):
                reference = tree["reference"] = references.checked_creditor_reference(options["instruction"])
        return Decoded(profile=self.code, amount=amount, currency=self.currency, reference=reference, tree=tree)


def _reference_from(request_id: str) -> str:
    return references.creditor_reference(references.from_request(request_id, length=21))
