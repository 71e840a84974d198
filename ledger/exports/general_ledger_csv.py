"""The general ledger as CSV (RFC 4180): one row for each posting, in order of booking.

Texts that a spreadsheet would run as a formula are led by an apostrophe (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from domain.money import Money
from ledger.exports.names import root_of
from ledger.exports.reading import ExportedBook, ExportEntry, ExportPosting

COLUMNS: Final = (
    "seq",
    "line",
    "entry_id",
    "kind",
    "key",
    "effective_date",
    "booked_at",
    "source",
    "reverses",
    "account_id",
    "account_name",
    "account_role",
    "account_class",
    "country",
    "currency",
    "debit",
    "credit",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table(book: ExportedBook) -> Iterator[str]:
    """The file, line by line; amounts are decimal texts in major units, debit or credit, never both."""
    yield _row(COLUMNS)
    for entry in book.entries:
        for line in entry.postings:
            yield _row(_cells(entry, line))


def _cells(entry: ExportEntry, line: ExportPosting) -> tuple[str, ...]:
    leaf = line.leaf
    texts = (
        str(entry.seq),
        str(line.line),
        entry.id,
        entry.kind,
        entry.key,
        entry.effective_date.isoformat(),
        entry.booked_at.isoformat(),
        entry.source,
        entry.reverses or "",
        leaf.id,
        leaf.name,
        leaf.role.value,
        root_of(leaf.role.value).lower(),
        leaf.country or "",
        line.amount.currency,
    )
    return (*map(_safe, texts), _positive(line.amount), _positive(-line.amount))


def _positive(amount: Money) -> str:
    return f"{amount.decimal:f}" if amount.minor > 0 else ""


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(cells: tuple[str, ...]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()
