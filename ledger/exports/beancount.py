"""The book as a beancount file, which ``bean-check`` accepts only if every leaf ends at the balance stated.

Source: beancount's language syntax (beancount.github.io/docs/beancount_language_syntax.html). A balance assertion
holds at the beginning of its day and, with ``~ 0``, to the last minor unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.exports.names import names, one_line
from ledger.exports.reading import ExportedBook, ExportEntry


def journal(book: ExportedBook, *, title: str) -> Iterator[str]:
    """The file, in pieces of text: options, accounts, entries in order of booking, closing balances."""
    known = names(book.leaves)
    yield f'option "title" {_quoted(title)}\n\n'
    if book.first_day is None or book.closes_on is None:
        return
    for currency in sorted({leaf.balance.currency for leaf in book.leaves}):
        yield f"{book.first_day} commodity {currency}\n"
    yield "\n"
    for leaf in book.leaves:
        yield f"{book.first_day} open {known[leaf.id]} {leaf.balance.currency}\n"
        yield f"  id: {_quoted(leaf.id)}\n  name: {_quoted(leaf.name)}\n"
    for entry in book.entries:
        yield _entry(entry, known)
    yield "\n"
    for leaf in book.leaves:
        if leaf.is_whole:
            amount = leaf.balance
            yield f"{book.closes_on} balance {known[leaf.id]} {amount.decimal:f} ~ 0 {amount.currency}\n"


def _entry(entry: ExportEntry, known: dict[str, str]) -> str:
    lines = [
        f"\n{entry.effective_date} * {_quoted(entry.kind)}",
        f"  id: {_quoted(entry.id)}",
        f"  key: {_quoted(entry.key)}",
        f"  source: {_quoted(entry.source)}",
        f"  booked: {_quoted(entry.booked_at.isoformat())}",
    ]
    if entry.reverses:
        lines.append(f"  reverses: {_quoted(entry.reverses)}")
    lines += [f"  {known[line.leaf.id]}  {line.amount.decimal:f} {line.amount.currency}" for line in entry.postings]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    safe = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'
