"""``make bench``: every measurement in turn, on a durable server of its own. ``full`` measures the large sizes."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import psycopg

from benchmarks import contact, drain, ingest, matching, matching_peers, posting, rails, reads, replay
from benchmarks.house import House
from benchmarks.sizes import FULL, SHORT, Sizes
from benchmarks.table import Table, conditions
from runtime.migrations import migrate
from runtime.postgres import OWNER, EmbeddedPostgres

_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


_OF_A_HOUSE = {"ingest", "drain"}
_OF_A_SERVER = {"posting", "replay", "reads", "contact"} | _OF_A_HOUSE
_MEMORY = "4GB"  # for pages, as a server for a book of millions is given; PostgreSQL's default is for a small machine


def _start(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url(OWNER, "postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{_MEMORY}'")
    server.stop()
    server.start()


def _of_the_book(parts: set[str], sizes: Sizes, table: Table) -> None:
    """The measurements that need a server."""
    with tempfile.TemporaryDirectory(prefix="afluente-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "postgres")
        _start(server)
        try:
            migrate(server.url(OWNER))
            with psycopg.connect(server.url(OWNER).replace("+psycopg", "")) as connection:
                conditions({one: str(connection.execute(f"SHOW {one}").fetchone()[0]) for one in _SETTINGS})  # type: ignore[index]
            if "posting" in parts:
                posting.main(server, folder, sizes, table)
            if "replay" in parts:
                replay.main(server, sizes, table)
            if "reads" in parts:
                reads.main(server, sizes, table)
            if "contact" in parts:
                contact.main(server, table)
            if parts & _OF_A_HOUSE:
                _of_the_house(parts, House(folder), server, sizes, table)
        finally:
            server.stop()


def _of_the_house(parts: set[str], house: House, server: EmbeddedPostgres, sizes: Sizes, table: Table) -> None:
    """The measurements that need the product's own processes."""
    with house.temporal():
        if "ingest" in parts:
            ingest.main(house, server, sizes, table)
        if "drain" in parts:
            drain.main(house, sizes, table)


def main() -> None:
    """Measure and print."""
    asked = set(sys.argv[1:])
    sizes = FULL if "full" in asked else SHORT
    parts = asked - {"full"} or _OF_A_SERVER | {"matching", "rails"}
    table = Table()
    if parts & _OF_A_SERVER:
        _of_the_book(parts, sizes, table)
    if "rails" in parts:
        rails.main(table)
    if "matching" in parts:
        matching.main(table, sizes.matching)
        matching_peers.main(table)
    missed = [line.what for line in table.lines if line.verdict.startswith("MISSED")]
    print(
        f"\nload {os.getloadavg()[0]:.2f} at the end; "
        + (f"MISSED: {', '.join(missed)}" if missed else "every target met")
    )


main()
