"""What the fake world knows: merchants, what they asked for, what was paid, given back, contested and paid out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

DECIMALS = {"JPY": 0, "CLP": 0, "VND": 0, "KRW": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount with as many decimals as ISO 4217 gives its currency."""
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)))


def iso(moment: datetime, *, timespec: str = "milliseconds") -> str:
    """A moment in UTC with a Z, as most platforms write it."""
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


@dataclass
class Incoming:
    """A request that a merchant's system sent to a platform."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass
class Reply:
    """A platform's answer; ``fault`` is how it goes wrong on its way."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    fault: str | None = None


@dataclass
class Message:
    """A webhook: its body and how it is proved at the moment of sending; ``tail`` is appended to the address."""

    body: bytes
    sign: Callable[[str, bytes, datetime], dict[str, str]]
    query: dict[str, str] = field(default_factory=dict)
    tail: str = ""


@dataclass
class Merchant:
    """An account at a platform: its credentials, where it is told, what it holds, and which faults wait for it."""

    id: str
    platform: str
    country: str
    currency: str
    keys: dict[str, str]
    bank_account: str
    webhook_url: str | None = None
    asked: dict[str, Asked] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    answered: dict[str, tuple[bytes, Reply]] = field(default_factory=dict)  # by idempotency key
    faults: list[str] = field(default_factory=list)  # of the next requests, in order
    habits: set[str] = field(default_factory=set)  # what some banks do and others do not


@dataclass
class Asked:
    """A payment request as the platform keeps it. ``ours`` is how the merchant's system names it."""

    id: str
    ours: str
    amount: Decimal
    currency: str
    merchant: Merchant
    created: datetime
    expires: datetime | None
    details: dict[str, Any] = field(default_factory=dict)
    state: str = "open"  # paid, expired, cancelled
    payments: list[Payment] = field(default_factory=list)


@dataclass
class Payment:
    """Money that a debtor paid. ``fee`` and ``tax`` are what the platform keeps of it."""

    id: str
    asked: Asked
    amount: Decimal
    at: datetime
    payer: str
    fee: Decimal
    tax: Decimal
    details: dict[str, Any] = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)
    contest: Contest | None = None

    @property
    def currency(self) -> str:
        """The currency that it was paid in."""
        return self.asked.currency

    @property
    def merchant(self) -> Merchant:
        """Whom it was paid to."""
        return self.asked.merchant

    @property
    def left(self) -> Decimal:
        """What has neither been given back nor lost."""
        back = sum((one.amount for one in self.refunds), Decimal(0))
        contested = self.contest.amount if self.contest and self.contest.phase != "won" else Decimal(0)
        return self.amount - back - contested


@dataclass
class Refund:
    """Money that the merchant gave back."""

    id: str
    payment: Payment
    amount: Decimal
    at: datetime
    ours: str = ""


@dataclass
class Contest:
    """A chargeback or a claim by Pix's special return mechanism: ``opened``, then ``won`` or ``lost``."""

    id: str
    payment: Payment
    amount: Decimal
    opened: datetime
    phase: str = "opened"
    changed: datetime | None = None
    fee: Decimal = Decimal(0)


@dataclass
class Move:
    """One movement of the balance at a platform; ``net = gross - fee - tax``."""

    id: str
    kind: str  # payment, refund, chargeback, chargeback_won, fee, payout
    gross: Decimal
    fee: Decimal
    tax: Decimal
    at: datetime
    source: str
    payment: Payment | None = None
    payout: Payout | None = None

    @property
    def net(self) -> Decimal:
        """What the balance moved by."""
        return self.gross - self.fee - self.tax


@dataclass
class Payout:
    """A batch that a platform sent to the bank; ``trace`` is what the bank calls it."""

    id: str
    merchant: Merchant
    amount: Decimal
    at: datetime
    trace: str


class Refusal(Exception):
    """What a platform answers instead of doing it."""

    def __init__(self, status: int, document: Any) -> None:
        super().__init__(status)
        self.reply = Reply(status, document)


class Player(Protocol):
    """A platform as it is played. ``retries`` are the seconds between attempts of a webhook, before compression."""

    code: str
    path: re.Pattern[str]
    retries: tuple[float, ...]

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        """The credentials of a new merchant."""

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        """What a connection of the product is to be given."""

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        """Whose credentials a request bears; ``None`` refuses it."""

    def idempotency_key(self, request: Incoming) -> str | None:
        """The key under which the platform recognises a repeat."""

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        """Do what a request asks; raises ``Refusal``."""

    def unauthorised(self) -> Reply:
        """The answer to credentials that nobody has."""

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        """What is told of a payment."""

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        """What is told of a refund."""

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        """What is told of a contest and each of its phases."""

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        """What is told of a batch."""

    def report(self, moves: list[Move]) -> bytes | None:
        """The settlement report of some movements; ``None`` where the platform's format is not played."""


def dump(document: Any) -> bytes:
    """A JSON document whose decimals stand as numbers."""
    return _text(document).encode()


def _text(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)}: {_text(item)}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_text(item) for item in value) + "]"
        case Decimal():
            return f"{value:f}"
        case _:
            return json.dumps(value, ensure_ascii=False)
