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
    reference), best first. ``at`` is when it was paid (aware), ``value_date`` when it counts.
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


class ReversalKind(StrEnum):
    """Why money went back."""

    REFUND = "refund"
    CHARGEBACK = "chargeback"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ReversalFact:
    """Money went back: refund, dispute lost or opened, Pix return. ``original_ref`` names the receipt."""

    external_ref: str
    original_ref: str
    amount: Money
    at: datetime
    value_date: date
    kind: ReversalKind
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RequestExpired:
    """A payment request will not be paid any more. ``request_ref`` is the platform's identity of it."""

    request_ref: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A well-formed event that moves no money; kept with its kind."""

    kind: str


PlatformFact = ReceiptFact | ReversalFact | RequestExpired | Ignored


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
