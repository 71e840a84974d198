"""Receipts: money that a platform or a bank says has arrived, been returned, or was never paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain.money import Money


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """Money arrived. ``external_ref`` is the platform's own identity of the money, unique per connection.

    ``references`` are the identifiers by which it may name what was asked for (txid, metadata, remittance
    reference), best first. ``at`` is when it was paid (aware), ``value_date`` when it counts. ``fee`` is what the
    platform kept of the amount, ``withheld`` the tax that was kept of it.
    """

    external_ref: str
    amount: Money
    at: datetime
    value_date: date
    references: tuple[str, ...]
    fee: Money | None = None
    payer_name: str | None = None
    payer_document: str | None = None
    remittance: str | None = None
    rail: str | None = None
    to_bank: bool = False  # true when it is already in the bank (a statement line), false at the platform
    withheld: Money | None = None
    charge: bool = False  # money out that the bank itself calls its charge


class ReversalKind(StrEnum):
    """Why money went back: the creditor gave it back, or a bank returned it."""

    REFUND = "refund"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ReversalFact:
    """Money went back: a refund, a returned transfer. ``original_ref`` names the receipt.

    ``ordered_as`` is the name that whoever ordered it gave it, where the platform hands such names on: our refund's
    identifier, or somebody else's. ``None``: it hands none on.
    """

    external_ref: str
    original_ref: str
    amount: Money
    at: datetime
    value_date: date
    kind: ReversalKind
    reason: str | None = None
    ordered_as: str | None = None


class ContestKind(StrEnum):
    """By which rule money is contested: a card scheme's chargeback, or Pix's special return mechanism (MED)."""

    CHARGEBACK = "chargeback"
    PIX_MED = "pix_med"


class ContestPhase(StrEnum):
    """How far a contest has come: the money is held back, given free again, or gone."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ContestFact:
    """A payment is contested, or that has ended. ``external_ref`` names the contest, ``original_ref`` the receipt.

    ``fee`` is what the platform has charged for the contest so far, all phases together; ``None`` where it does not
    say. ``at`` is when this phase began: of two facts about one contest the later one tells how it stands.
    """

    external_ref: str
    original_ref: str
    amount: Money
    at: datetime
    value_date: date
    kind: ContestKind
    phase: ContestPhase
    fee: Money | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PayoutFact:
    """A platform paid a batch out. ``net`` is what is to arrive, ``fee`` and ``withheld`` what it took of the batch.

    ``references`` are what the bank may name it by. ``in_bank`` says that the bank itself told of it; otherwise it is
    on its way until a statement shows it.
    """

    external_ref: str
    net: Money
    at: datetime
    value_date: date
    references: tuple[str, ...] = ()
    fee: Money | None = None
    withheld: Money | None = None
    in_bank: bool = False


@dataclass(frozen=True, slots=True)
class PayoutReturned:
    """A batch did not reach the bank and is at the platform again. ``external_ref`` is that of the batch."""

    external_ref: str
    at: datetime
    value_date: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """Money that the platform was to give back has not gone and will not go. Names are those of ``ReversalFact``."""

    external_ref: str
    original_ref: str
    reason: str
    ordered_as: str | None = None


@dataclass(frozen=True, slots=True)
class RequestExpired:
    """A payment request will not be paid any more. ``request_ref`` is the platform's identity of it."""

    request_ref: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A well-formed event that moves no money; kept with its kind."""

    kind: str


PlatformFact = (
    ReceiptFact | ReversalFact | RefundFailed | ContestFact | PayoutFact | PayoutReturned | RequestExpired | Ignored
)


@dataclass(frozen=True, slots=True)
class Announced:
    """Something happened to what the platform calls ``reference``; what it was must be asked of the platform itself.

    It is no fact: it moves no money. ``settled`` is true where the delivery claims that money moved, so that an
    answer without any is not the last word and is asked for again.
    """

    reference: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked line of a bank statement, and the fact that it is (``None`` for a debit that reverses nothing)."""

    line_no: int
    fact: PlatformFact


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement: its account, currency, control totals (minor units) and lines in file order."""

    statement_id: str
    account: str
    currency: str
    opening: Money | None
    closing: Money | None
    booked_on: date | None
    lines: tuple[StatementLine, ...] = field(default=())


class SuspenseReason(StrEnum):
    """Why money waits unallocated; shown to people."""

    NO_MATCH = "no_match"
    CURRENCY_MISMATCH = "currency_mismatch"
    CASE_CLOSED = "case_closed"
    OVERPAYMENT = "overpayment"
    NEGATIVE_AMOUNT = "negative_amount"
    ZERO_AMOUNT = "zero_amount"
