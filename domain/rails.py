"""What a payment rail is: a pure codec between a payment request and what the debtor scans, types or copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.money import Money


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What the debtor is given: the text to copy, whether it is also a QR code, and lines to show beside it."""

    rail: str
    payload: str  # the exact text of the code, or the reference to quote where the rail has no code
    reference: str  # what comes back with the money and identifies the request
    qr: bool
    lines: tuple[tuple[str, str], ...] = ()  # (English label msgid, value), e.g. ("IBAN", "AE07…")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to ask for over a rail: amount, reference, day due, and the collection account's own details.

    ``account`` holds the connection's public configuration for the rail, e.g. ``{"key": …, "name": …, "city": …}``.
    """

    amount: Money
    reference: str
    account: Mapping[str, str]
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """A payload read back: the profile it belongs to, what it asks for, and its parsed tree."""

    profile: str
    amount: Money | None
    currency: str | None
    reference: str | None
    tree: Any  # JSON-ready


@dataclass(frozen=True, slots=True)
class Rail:
    """One rail of one country.

    ``encode`` builds the payload from named fields (the JSON command's ``--field name=value``); ``decode`` returns
    ``None`` for a payload of another profile and raises ``Invalid`` for a broken one of its own; ``issue`` makes the
    debtor's code for a payment request. ``reference_pattern`` is a regular expression for references it can carry;
    ``reference_from`` derives such a reference from a payment request's id (26 letters of base 32 behind its prefix).
    """

    code: str
    name: str
    country: str
    currencies: tuple[str, ...]
    fields: tuple[str, ...]
    encode: Callable[[Mapping[str, str]], str]
    decode: Callable[[str], Decoded | None]
    issue: Callable[[Instruction], PaymentCode]
    reference_pattern: str
    reference_from: Callable[[str], str]
    account_fields: tuple[str, ...] = field(default=())
    source: str = ""
