"""Rails without a code to scan: a bank transfer to an account that quotes our reference.

The debtor copies account, beneficiary and reference; the reference carries the check digits of ISO 11649, so that a
mistyped one is noticed. As one text a transfer is an address after the pattern of RFC 8905 (``payto``): target,
account, amount, and the reference as its instruction. The targets of accounts that are no IBAN are the house's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from connectors.shared import digits, emv_profile, fields, payto, references
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Decoded, Instruction, PaymentCode, Rail

_MAX_NAME: Final = 70
_MAX_LENGTH: Final = 512
_RESERVED: Final = frozenset({"amount", "receiver-name", "instruction"})


@dataclass(frozen=True, slots=True)
class Detail:
    """A further field of a transfer, such as the holder's tax number: its label for people, and what it must be.

    ``check`` returns the form that is carried and raises ``Invalid``; a ``needed`` detail may not be left out.
    """

    field: str
    label: str
    check: Callable[[str], str]
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTransfer:
    """A country's kind of transfer. ``account`` is the field that names the account and the target of the address.

    ``check`` returns the account as it is carried, or raises ``Invalid``; ``shown`` is how people read it; ``bare`` is
    the pattern of an account that is recognised without an address, and then ``bare_profile`` says which of ``also`` it
    is (the account's field, if left out); ``parts`` are what it is made of; ``doubts`` only warn where an address
    carries it.
    """

    code: str
    name: str
    country: str
    currency: str
    account: str
    label: str
    check: Callable[[str], str]
    source: str
    shown: Callable[[str], str] = str
    bare: str | None = None
    bare_profile: Callable[[str], str] | None = None
    also: tuple[str, ...] = ()
    parts: Callable[[str], Mapping[str, str]] = field(default=lambda _: {})
    details: tuple[Detail, ...] = ()
    doubts: Callable[[str], tuple[str, ...]] = field(default=lambda _: ())

    def rail(self) -> Rail:
        """The rail that the country's folder lists."""
        needed = tuple(detail.field for detail in self.details if detail.needed)
        return Rail(
            code=self.code,
            name=self.name,
            country=self.country,
            currencies=(self.currency,),
            fields=(self.account, "name", *(detail.field for detail in self.details), "amount", "reference"),
            encode=self.encode,
            decode=self.decode,
            issue=self.issue,
            reference_pattern=references.CREDITOR_REFERENCE_PATTERN,
            reference_from=_reference_from,
            account_fields=(self.account, "name", *needed),
            source=self.source,
            takes_open=True,
            also=self.also,
        )

    def encode(self, values: Mapping[str, str]) -> str:
        """The address of a transfer. Raises ``field_missing`` and what the fields' own checks raise."""
        account = self.check(fields.required(values, self.account))
        reference = references.checked_creditor_reference(fields.required(values, "reference"))
        amount = fields.amount(values, self.currency)
        name = fields.optional(values, "name")
        options: dict[str, str] = {}
        if amount is not None:
            options["amount"] = f"{self.currency}:{emv_profile.wire_amount(fields.of_rail(amount, self.currency))}"
        if name is not None:
            options["receiver-name"] = emv_profile.folded(name, field="name", max_length=_MAX_NAME)
        options |= self._details(values)
        options["instruction"] = reference
        query = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in options.items())
        return f"payto://{self.account}/{quote(account, safe='')}?{query}"

    def decode(self, payload: str) -> Decoded | None:
        """An address of this kind or a bare account; ``None`` for anything else."""
        if len(payload) > _MAX_LENGTH:
            return None
        if payload.lower().startswith(f"payto://{self.account}/"):
            return self._decode_address(payload)
        compact = re.sub(r"[\s.-]", "", payload)
        if self.bare is not None and re.fullmatch(self.bare, compact):
            account = self._checked_bare(compact, payload)
            name = self.account if self.bare_profile is None else self.bare_profile(account)
            return replace(self._decoded({self.account: account}, amount=None, reference=None), profile=name)
        return None

    def _checked_bare(self, compact: str, payload: str) -> str:
        """The account that digits alone name; places in refusals are those of the text as it was given."""
        try:
            account = self.check(compact)
        except Invalid as error:
            if error.details.get("offset") is None:
                raise
            place = digits.offset(payload, error.details["offset"])
            raise digits.placed(error, tag=error.details["tag"], offset=place) from None
        if self.doubts(account):  # nothing else says that such digits are an account
            reason, last = "its check digits do not match", digits.offset(payload, len(compact) - 1)
            message = f"The {self.label} is mistyped: {reason}."
            raise Invalid(f"{self.account}_check_digit", message, tag="check_digits", offset=last, reason=reason)
        return account

    def issue(self, instruction: Instruction) -> PaymentCode:
        """What the debtor copies. Raises ``field_missing``, ``currency_mismatch`` and the fields' own refusals."""
        fields.of_rail(instruction.amount, self.currency)
        account = self.check(fields.required(instruction.account, self.account))
        reference = references.checked_creditor_reference(instruction.reference)
        found = self._details(instruction.account)
        lines = (
            ("Beneficiary", fields.required(instruction.account, "name")),
            (self.label, self.shown(account)),
            *((detail.label, found[detail.field]) for detail in self.details if detail.field in found),
            ("Payment reference", references.grouped(reference)),
        )
        return PaymentCode(rail=self.code, payload=reference, reference=reference, qr=False, lines=lines)

    def _details(self, values: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for detail in self.details:
            read = fields.required if detail.needed else fields.optional
            value = read(values, detail.field)
            if value is not None:
                found[detail.field] = detail.check(value)
        return found

    def _decode_address(self, payload: str) -> Decoded:
        try:
            address = urlsplit(payload)
            options = {key: values[0] for key, values in parse_qs(address.query).items()}
        except ValueError as error:
            reason = "it is no address"
            raise Invalid("payto_malformed", f"The transfer address is broken: {reason}.", reason=reason) from error
        place = payto.Places(payload)
        with place.of_target(self.account):
            tree = {self.account: self.check(unquote(address.path.removeprefix("/")))}
        amount, reference = None, None
        if "amount" in options:
            tree["amount"] = options["amount"]
            with place.of_option("amount"):
                amount = payto.amount(options["amount"], self.currency)
        if "receiver-name" in options:
            tree["name"] = options["receiver-name"]
        given = {name: value for name, value in options.items() if name not in _RESERVED}
        for each in self.details:
            if each.field in given:
                with place.of_option(each.field):
                    tree[each.field] = each.check(given[each.field])
        if "instruction" in options:
            with place.of_option("instruction", tag="reference"):
                reference = tree["reference"] = references.checked_creditor_reference(options["instruction"])
        return self._decoded(tree, amount=amount, reference=reference)

    def _decoded(self, tree: Mapping[str, str], *, amount: Money | None, reference: str | None) -> Decoded:
        return Decoded(
            profile=self.code,
            amount=amount,
            currency=self.currency,
            reference=reference,
            tree=dict(tree),
            details={"shown": self.shown(tree[self.account]), **self.parts(tree[self.account])},
            warnings=self.doubts(tree[self.account]),
        )


def _reference_from(request_id: str) -> str:
    return references.creditor_reference(references.from_request(request_id, length=21))
