"""Files of money: bank statements, return files and settlement reports, as one stream of the same few records.

A reader yields ``FileOpened`` for each statement or batch in a file, its ``FileLine`` items in file order, and
``FileClosed`` with what the file itself states as totals. Whoever books first reads a file to its end: a total that
does not agree, or a line that cannot be read, refuses the whole file and names the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO

from domain.errors import Invalid
from domain.money import Money


class FileSource(StrEnum):
    """Who speaks in a file."""

    BANK = "bank"
    PLATFORM = "platform"
    AGENCY = "agency"


class LineKind(StrEnum):
    """What a line says happened; ``credit`` and ``debit`` where the file says no more than that."""

    CREDIT = "credit"
    DEBIT = "debit"
    PAYMENT = "payment"
    FEE = "fee"
    TAX = "tax"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_WON = "chargeback_won"
    RESERVE = "reserve"
    RESERVE_RELEASED = "reserve_released"
    RETURNED = "returned"
    PAYOUT = "payout"
    PAYOUT_RETURNED = "payout_returned"
    ADJUSTMENT = "adjustment"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOpened:
    """A statement or batch begins. ``statement_id`` is the file's own name for it; ``None`` where it has none."""

    line_no: int
    format: str  # "mt940", "camt.053.001.08", "cnab240", "bai2", "ofx", "stripe_payout_reconciliation"…
    source: FileSource
    account: str | None
    currency: str | None
    statement_id: str | None
    opening: Money | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One movement. Amounts are signed by what they do to the account: in is positive, out is negative.

    ``net`` is what the account moved by; ``gross`` is before what was kept: ``net = gross - fee - tax`` always, where
    ``fee`` and ``tax`` are positive when kept. ``external_id`` is the source's own identity of it, or ``None``.
    ``references`` are identifiers to match by, best first; ``original`` names the movement that this one takes back.
    ``paid`` is the amount in the payer's currency where the file states one.
    """

    line_no: int
    kind: LineKind
    net: Money
    gross: Money
    fee: Money
    tax: Money
    value_date: date
    booked_at: date | datetime | None = None
    external_id: str | None = None
    batch_id: str | None = None
    references: tuple[str, ...] = ()
    original: str | None = None
    payer_name: str | None = None
    payer_account: str | None = None
    payer_document: str | None = None
    text: str | None = None
    code: str | None = None  # the file's own code of the kind
    paid: Money | None = None

    def __post_init__(self) -> None:
        if self.gross - self.fee - self.tax != self.net:
            raise Invalid(
                "line_total_mismatch",
                f"Line {self.line_no}: {self.gross} less fee {self.fee} and tax {self.tax} is not {self.net}.",
                fix="Ask whoever made the file for a correct one.",
                line=self.line_no,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClosed:
    """A statement or batch ends, with what was counted and what the file states; ``None`` where it states nothing."""

    line_no: int
    lines: int
    moved: Money | None  # the sum of the lines' net amounts; None where there were no lines and no currency
    closing: Money | None = None
    stated_lines: int | None = None
    stated_moved: Money | None = None


FileRecord = FileOpened | FileLine | FileClosed


@dataclass(frozen=True, slots=True)
class FileReader:
    """One format: whether a file's first bytes (up to 64 KiB) are of it, and how it is read, in bounded memory.

    ``read`` raises ``Invalid`` with the code of the fault and ``line`` in its details: ``file_unreadable``,
    ``line_unreadable``, ``line_total_mismatch``, ``file_totals_mismatch``. It never guesses a currency or a date.
    """

    format: str
    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[BinaryIO], Iterator[FileRecord]]
