"""Named fields of a rail: read one, demand one, refuse what the rail does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from domain.errors import Invalid
from domain.money import Money
from domain.rails import Instruction


def required(fields: Mapping[str, str], name: str) -> str:
    """The field's text without outer blanks, or ``field_missing``."""
    value = optional(fields, name)
    if value is None:
        raise Invalid("field_missing", f"The field {name!r} is missing.", fix=f"Give {name}=….", field=name)
    return value


def optional(fields: Mapping[str, str], name: str) -> str | None:
    """The field's text without outer blanks, or ``None`` where it is missing or blank."""
    return fields.get(name, "").strip() or None


def amount(fields: Mapping[str, str], currency: str) -> Money | None:
    """The field ``amount`` in major units of the currency, or ``None`` where the payer sets it."""
    text = optional(fields, "amount")
    return None if text is None else Money.parse(text, currency)


def day(text: str) -> date:
    """A day as ISO 8601 writes it, or ``date_malformed``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", f"{text[:20]!r} is not a day.", fix="Write it as 2026-11-23.") from None


def matching(value: str, pattern: str, *, code: str, message: str) -> str:
    """The value if the whole of it matches the pattern, else ``Invalid`` with that code and message."""
    if re.fullmatch(pattern, value) is None:
        raise Invalid(code, message)
    return value


def of_rail(money: Money, currency: str) -> Money:
    """The amount if it is in the rail's currency and more than zero, else ``Invalid``."""
    if money.currency != currency:
        raise Invalid("currency_mismatch", f"The rail carries {currency}, not {money.currency}.")
    if money.minor <= 0:
        raise Invalid("amount_not_positive", "A payment code asks for more than zero.")
    return money


def asked(instruction: Instruction, currency: str) -> dict[str, str]:
    """The field ``amount`` of what is asked for, as a rail's encoder takes it; none where the debtor sets it."""
    money = of_rail(instruction.amount, currency)
    return {} if instruction.amount_open else {"amount": str(money.decimal)}
