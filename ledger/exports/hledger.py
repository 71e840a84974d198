"""The book as an hledger journal, which ``hledger check --strict`` accepts only if every leaf ends as stated.

Source: hledger's journal format (hledger.org/hledger.html, "Journal"). Balance assertions stand on a last entry that
moves nothing; they are exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.money import exponent
from ledger.exports.names import names, one_line
from ledger.exports.reading import ExportedBook, ExportEntry

_TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E", "Income": "R", "Expenses": "X"}


def journal(book: ExportedBook, *, title: str) -> Iterator[str]:
    """The file, in pieces of text: declarations, entries in order of booking, closing balances."""
    known = names(book.leaves)
    yield f"; {one_line(title)}\n\ndecimal-mark .\n\n"
    for currency in sorted({leaf.balance.currency for leaf in book.leaves}):
        yield f"commodity 1000.{'0' * exponent(currency)} {currency}\n"
    yield "\n"
    for root, kind in _TYPES.items():
        yield f"account {root}  ; type:{kind}\n"
    for leaf in book.leaves:
        yield f"account {known[leaf.id]}  ; id:{leaf.id}, name:{_value(leaf.name)}\n"
    for entry in book.entries:
        yield _entry(entry, known)
    if book.closes_on is not None:
        yield f"\n{book.closes_on} * closing balances\n"
        for leaf in book.leaves:
            if leaf.is_whole:
                amount = leaf.balance
                yield f"    {known[leaf.id]}  0 {amount.currency} = {amount.decimal:f} {amount.currency}\n"


def _entry(entry: ExportEntry, known: dict[str, str]) -> str:
    lines = [
        f"\n{entry.effective_date} * ({entry.id}) {_description(entry.kind)}",
        f"    ; key:{_value(entry.key)}",
        f"    ; source:{_value(entry.source)}",
        f"    ; booked:{entry.booked_at.isoformat()}",
    ]
    if entry.reverses:
        lines.append(f"    ; reverses:{_value(entry.reverses)}")
    lines += [f"    {known[line.leaf.id]}  {line.amount.decimal:f} {line.amount.currency}" for line in entry.postings]
    return "\n".join(lines) + "\n"


def _description(text: str) -> str:
    return one_line(text).replace(";", " ").replace("|", " ")


def _value(text: str) -> str:
    """A tag's value: a comma would end it."""
    return one_line(text).replace(",", " ").strip()
