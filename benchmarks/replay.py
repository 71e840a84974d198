"""Replay: the same entries posted twice over. The second pass writes nothing, and says so of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.book import Book, Cost
from benchmarks.sizes import Sizes
from benchmarks.table import Line, Table
from domain.journal import JournalEntry
from runtime.postgres import EmbeddedPostgres

_BATCH = 1_000
_PART = 20_000
_STATE = (
    "SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM posting), (SELECT sum(version) FROM"
    " account_balance), (SELECT md5(string_agg(b::text, ';' ORDER BY account_no)) FROM account_balance b),"
    " (SELECT md5(string_agg(d::text, ';' ORDER BY account_no, day)) FROM account_balance_day d)"
)


def main(server: EmbeddedPostgres, sizes: Sizes, table: Table) -> None:
    """Load, replay, compare every balance and count."""
    book = Book(server)
    first = _pass(book, sizes.replayed, outcome="created")
    before = _state(book)
    book.number = 0
    second = _pass(book, sizes.replayed, outcome="exists")
    after = _state(book)
    table.heading(f"{sizes.replayed:,} entries in batches of {_BATCH:,}, loaded and then posted a second time")
    table.add(Line("second pass", f"{second.rate:.0f}/s", f"first {first.rate:.0f}/s", second.rate / first.rate))
    written = 0 if before == after else 1
    table.add(Line("changes by the second pass", str(written), "0", float(written), 0.0, most=True))
    for name, cost in (("first pass", first), ("second pass", second)):
        table.note(
            f"{name}: processor for an entry {cost.client / cost.entries * 1e6:.0f} µs client,"
            f" {cost.server / cost.entries * 1e6:.0f} µs server"
        )
    book.check()


def _pass(book: Book, count: int, *, outcome: str) -> Cost:
    """One pass, in parts so that not all entries are in memory at once; making them is not counted."""
    costs = [book.post_all(part, outcome=outcome) for part in _parts(book, count)]
    sums = [sum(getattr(cost, name) for cost in costs) for name in ("entries", "seconds", "client", "server")]
    return Cost(int(sums[0]), *sums[1:])


def _parts(book: Book, count: int) -> Iterator[Sequence[Sequence[JournalEntry]]]:
    for _ in range(0, count, _PART):
        yield [[book.entry() for _ in range(_BATCH)] for _ in range(min(count, _PART) // _BATCH)]


def _state(book: Book) -> tuple[object, ...]:
    with book.database.tenant(book.tenant_id) as tx:
        return tuple(tx.exec_driver_sql(_STATE).one())
