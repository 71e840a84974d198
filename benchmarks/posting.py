"""Posting: beside the other ledgers, beside pgbench, on one hot account, and with two writers at once."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.book import Book, Cost
from benchmarks.by_hand import ByHand
from benchmarks.peer import Peer
from benchmarks.sizes import Sizes
from benchmarks.table import Line, Table, medians
from runtime.postgres import OWNER, EmbeddedPostgres

BATCH = 100
_OF_PEERS = {"hordak": 200, "python-accounting": 40, "vaulteq": 200}  # entries in each round
_TIMES_THE_NEAREST = 4.0
_OF_PGBENCH = 0.8
_OF_UNIFORM = 0.8


def main(server: EmbeddedPostgres, folder: Path, sizes: Sizes, table: Table) -> None:
    """Measure posting; the book and the peers prove themselves afterwards."""
    book = Book(server)
    by_hand = ByHand(server, folder)
    peers = Peer.all_of(server, folder)
    try:
        book.post(BATCH, 2)
        book.post(1, 50)
        _beside_peers(book, peers, sizes, table)
        _beside_pgbench(book, by_hand, sizes, table)
        for peer in peers:
            peer.check()
    finally:
        for peer in peers:
            peer.close()
    _hot(book, sizes, table)
    _two_writers(server, sizes, table)
    _bytes(server, table)
    book.check()
    table.note("the book's invariants and the peers' own checks hold after the run")


def _beside_peers(book: Book, peers: list[Peer], sizes: Sizes, table: Table) -> None:
    for size, times, target in ((BATCH, sizes.batches, _TIMES_THE_NEAREST), (1, sizes.singles, None)):
        costs: dict[str, list[Cost]] = {name: [] for name in ("book", *(peer.name for peer in peers))}
        for _ in range(sizes.rounds):
            costs["book"].append(book.post(size, times))
            for peer in peers:
                costs[peer.name].append(peer.post(size, max(1, _OF_PEERS[peer.name] // size)))
        table.heading(f"Posting, {size} in a transaction, entries a second")
        ours = statistics.median(cost.rate for cost in costs["book"])
        for peer in peers:
            theirs = statistics.median(cost.rate for cost in costs[peer.name])
            nearest = target if peer.name == "hordak" else None
            what = f"batches of {size}" if size > 1 else "single entries"
            table.add(Line(f"{what}, {peer.name}", f"{ours:.0f}/s", f"{theirs:.0f}/s", ours / theirs, nearest))
        for name, measured in costs.items():
            table.note(_cpu(name, measured))
        for peer in peers:
            table.note(f"{peer.name}: {peer.durability}")


def _cpu(name: str, costs: list[Cost]) -> str:
    client, server = (
        statistics.median(getattr(cost, side) / cost.entries * 1e6 for cost in costs) for side in ("client", "server")
    )
    where = f"{server:.0f} µs server" if server else "the database is in its process"
    return f"{name}: processor for an entry {client:.0f} µs client, {where}"


def _beside_pgbench(book: Book, by_hand: ByHand, sizes: Sizes, table: Table) -> None:
    table.heading("Posting, beside pgbench inserting the same rows by hand without checks")
    if not by_hand.there:
        table.note("MISSING: pgbench is not beside this server; nothing is compared with it")
        return
    for size, times in ((1, sizes.singles), (10, sizes.singles // 5), (BATCH, sizes.batches)):
        found = medians(
            sizes.rounds,
            {
                "book": lambda size=size, times=times: book.post(size, times).rate,  # type: ignore[misc]
                "simple": lambda size=size, times=times: by_hand.post(size, times, mode="simple"),  # type: ignore[misc]
                "prepared": lambda size=size, times=times: by_hand.post(size, times, mode="prepared"),  # type: ignore[misc]
            },
        )
        for mode in ("simple", "prepared"):
            beside = f"pgbench -M {mode} {found[mode]:.0f}/s"
            target = _OF_PGBENCH if size == 1 else None
            ratio = found["book"] / found[mode]
            table.add(Line(f"{size} in a transaction, {mode}", f"{found['book']:.0f}/s", beside, ratio, target))


def _hot(book: Book, sizes: Sizes, table: Table) -> None:
    table.heading("One hot account in every entry, beside fifty accounts evenly")
    for size, times in ((BATCH, sizes.batches), (1, sizes.singles)):
        found = medians(
            sizes.rounds,
            {
                "uniform": lambda size=size, times=times: book.post(size, times).rate,  # type: ignore[misc]
                "hot": lambda size=size, times=times: book.post(size, times, hot=True).rate,  # type: ignore[misc]
            },
        )
        ratio = found["hot"] / found["uniform"]
        table.add(
            Line(
                f"hot, {size} in a transaction",
                f"{found['hot']:.0f}/s",
                f"{found['uniform']:.0f}/s",
                ratio,
                _OF_UNIFORM,
            )
        )


def _two_writers(server: EmbeddedPostgres, sizes: Sizes, table: Table) -> None:
    table.heading("Two writers at once, each in batches of 100, beside one writer")
    first = Book(server)
    second = Book(server, leaves=2)
    second.tenant_id, second.leaves, second.number = first.tenant_id, first.leaves, 10**9
    for hot in (False, True):
        found = medians(
            sizes.rounds,
            {
                "one": partial(_rate, [first], sizes.batches, hot=hot),
                "two": partial(_rate, [first, second], sizes.batches, hot=hot),
            },
        )
        what = "one hot account" if hot else "fifty accounts"
        table.add(
            Line(
                f"two writers, {what}",
                f"{found['two']:.0f}/s",
                f"one {found['one']:.0f}/s",
                found["two"] / found["one"],
            )
        )
    first.check()


def _rate(books: list[Book], times: int, *, hot: bool) -> float:
    """Entries a second of all writers together."""
    with ThreadPoolExecutor(len(books)) as pool:
        costs = list(pool.map(lambda book: book.post(BATCH, times, hot=hot), books))
    entries: int = sum(cost.entries for cost in costs)
    slowest: float = max(cost.seconds for cost in costs)
    return entries / slowest


def _bytes(server: EmbeddedPostgres, table: Table) -> None:
    with psycopg.connect(server.url(OWNER).replace("+psycopg", "")) as owner:
        row = owner.execute(
            "SELECT pg_total_relation_size('journal_entry') + pg_total_relation_size('posting'), count(*)"
            " FROM journal_entry"
        ).fetchone()
    assert row is not None
    table.note(f"{row[0] / row[1]:.0f} bytes an entry of two postings, with every index ({row[1]} entries)")
