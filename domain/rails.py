"""What a payment rail is: a pure codec between a payment request and what the debtor scans, types or copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.contacts import Confidence
from domain.money import Money


class Form(StrEnum):
    """What a scheme's text looks like, so that a reader asks only those that may answer."""

    EMV = "emv"  # merchant-presented tag-length-value text: begins with tag 00 of two digits
    OTHER = "other"


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
    ``asked_at`` and ``expires_at`` carry an offset; a rail whose codes tell the time writes them. Where
    ``amount_open``, the code leaves the amount to the debtor; only a rail that ``takes_open`` is asked so.
    """

    amount: Money
    reference: str
    account: Mapping[str, str]
    due_date: date | None = None
    asked_at: datetime | None = None
    amount_open: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """A payload read back: the profile it belongs to, what it asks for, and its parsed tree.

    ``tree`` holds the text's own fields, ``details`` what they mean, by name: ``merchant_name``, ``due_date``. Both are
    ready for JSON. ``warnings`` are codes of doubts that do not refuse the payload.
    """

    profile: str
    amount: Money | None
    currency: str | None
    reference: str | None
    tree: Any
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


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
    confidence: Confidence = (
        Confidence.SECONDARY
    )  # in how the text is built: "verified" where the scheme's own was read
    form: Form = Form.OTHER
    takes_open: bool = False  # whether ``issue`` can make a code without an amount in it
    also: tuple[str, ...] = ()  # profiles that ``decode`` answers with beside its own: a kind of code, a bare account


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A text of a payment scheme that is read, and perhaps made, though nobody is asked for money with it.

    A barcode of somebody else's bill, a slip that proves a payment, an account number, a reference. ``decode`` and
    ``encode`` are as a rail's; ``encode`` is ``None`` where only the scheme makes such texts. What says too little to
    be told from other texts is not ``detected``: it is read only by one who names it. Where blanks at the front belong
    to the text, it is ``whole``: recognised by them, last of all. ``country`` is ``None`` for an international scheme.
    """

    code: str
    name: str
    country: str | None
    decode: Callable[[str], Decoded | None]
    source: str
    confidence: Confidence
    fields: tuple[str, ...] = ()
    encode: Callable[[Mapping[str, str]], str] | None = None
    detected: bool = True
    whole: bool = False
    form: Form = Form.OTHER
    also: tuple[str, ...] = ()  # as a rail's
