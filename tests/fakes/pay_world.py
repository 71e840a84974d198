"""A small world for the debtor's pay page: a creditor with its connections, and two debtors of one country."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import runtime.samples
from store.database import Database
from tests.fakes.console_world import NOW, Clock, World


def small_world(database: Database, tenant_id: str, country: str, *, debtors: int = 2) -> World:
    """A world in which so many debtors of a country are overdue, on the day that the sample portfolio is of."""
    world = World(database, tenant_id, Clock())
    world._open()
    world.now.at = NOW
    sample = (Path(runtime.samples.__file__).parent / "portfolio.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(sample)) if row["country"] == country]
    for row in rows:
        world._import(_file([row]))
        if len(world.cases()) >= debtors:
            break
    assert len(world.cases()) >= debtors, f"the sample has too few debtors in {country}"
    return world


def _file(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
