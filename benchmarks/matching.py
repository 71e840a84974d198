"""Matching of two sides: rows per CPU-second and bytes per row from a thousand to a million rows a side.

The data are made to exercise every stage, not to judge what is found: 70 of 100 rows share a reference, the rest are
mistyped, without reference, short of a fee, in payouts, or noise. ``python -m benchmarks.matching ROWS`` is one run.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import subprocess
import sys
import time
from datetime import date

from benchmarks.table import Line
from benchmarks.table import Table as Lines
from domain.matching.engine import reconcile
from domain.matching.rows import Table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
IN_PAYOUT, SHARED, MISTYPED, UNREFERENCED, SHORT = 0.07, 0.77, 0.85, 0.90, 0.95  # shares, summed up
PAYOUT_ROWS = 5
FIRST_DAY = date(2026, 1, 1).toordinal()
NAMES = (
    "JOSE",
    "MARIA",
    "ANA",
    "LUIS",
    "CARLOS",
    "SOMCHAI",
    "FATIMA",
    "AHMED",
    "SILVA",
    "SANTOS",
    "LIMA",
    "COSTA",
    "RASHID",
    "JAIDEE",
    "WANG",
    "CHEN",
)


def _append(
    table: Table, place: int, amount: int, day: int, reference: str, payer: str, batch: str = "", fee: int = 0
) -> None:
    columns = (table.ids, table.amounts, table.currencies, table.days, table.references, table.payers, table.batches)
    values = (f"{place:08}", amount, "BRL", day, reference, payer, batch)
    for column, value in zip(columns, values, strict=True):
        column.append(value)  # type: ignore[arg-type]  # each column takes its own kind
    table.fees.append(fee)
    table.taxes.append(0)
    table.kinds.append("")


def _swapped(text: str, chance: random.Random) -> str:
    at = chance.randrange(3, len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def sides(rows: int, seed: int = 1) -> tuple[Table, Table]:
    """Two tables of about ``rows`` rows each."""
    chance, left, right = random.Random(seed), Table(), Table()  # noqa: S311 (made-up rows are no secrets)
    batch: list[int] = []
    payouts = 0
    for place in range(rows):
        kind, amount = chance.random(), chance.randrange(1_000, 5_000_000)
        day = FIRST_DAY + chance.randrange(60)
        later = day + chance.randrange(3)
        reference, payer = f"INV{chance.randrange(10**9):09}", " ".join(chance.sample(NAMES, 3))
        if kind < IN_PAYOUT:  # a payout of five
            _append(left, place, amount, day, reference, payer, f"PO{payouts}", amount // 50)
            batch.append(amount - amount // 50)
            if len(batch) == PAYOUT_ROWS:
                _append(right, place, sum(batch), later, f"PAYOUT PO{payouts}", "STRIPE")
                batch.clear()
                payouts += 1
            continue
        _append(left, place, amount, day, reference, payer)
        if kind < SHARED:
            _append(right, place, amount, later, reference.lower(), payer)
        elif kind < MISTYPED:
            _append(right, place, amount, later, _swapped(reference, chance), payer.lower())
        elif kind < UNREFERENCED:
            _append(right, place, amount, later, "", payer)
        elif kind < SHORT:
            _append(right, place, amount - amount // 40, later, reference, payer)
        else:
            _append(right, place, chance.randrange(1_000, 5_000_000), later, f"X{place:09}", payer)
    return left, right


def measure(rows: int) -> dict[str, float]:
    """Processor time and memory of one run: rows of both sides, seconds, and bytes a row with the rows themselves."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    left, right = sides(rows)
    total = len(left) + len(right)
    gc.disable()  # as the command does: a run makes no cycles
    started = time.process_time()
    outcome = reconcile(left, right)
    seconds = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert outcome.complete
    return {"rows": total, "seconds": seconds, "bytes": grown / total}


def main(table: Lines, sizes: tuple[int, ...]) -> None:
    """Every size in a process of its own, the best of three runs; small ones are repeated, being over so soon."""
    table.heading("matching, rows per CPU-second")
    per_row: dict[int, float] = {}
    for rows in sizes:
        runs = [_apart(rows) for _ in range(_RUNS)]
        best = min(runs, key=lambda run: run["seconds"])
        per_row[rows] = best["seconds"] / best["rows"]
        speed = best["rows"] / best["seconds"]
        table.add(Line(f"matching {rows:,} rows a side", f"{speed:,.0f}/s", f"least {_LEAST:,}/s", speed / _LEAST, 1.0))
        if rows >= _MEMORY_FROM:  # what a process takes anyway would hide the rows of small files
            ratio = best["bytes"] / _MOST_BYTES
            table.add(
                Line(
                    "  its memory, rows and all",
                    f"{best['bytes']:,.0f} B/row",
                    "most 2,048 B/row",
                    ratio,
                    1.0,
                    most=True,
                )
            )
    largest, base = max(sizes), min(size for size in sizes if size >= min(_LINEAR_FROM, max(sizes)))
    if largest > base:
        ratio = per_row[largest] / per_row[base]
        words = f"{per_row[largest] * 1e6:.1f} us/row", f"{per_row[base] * 1e6:.1f} us/row at {base:,}"
        table.add(Line(f"linear up to {largest:,}", *words, ratio, _MOST_GROWTH, most=True))


def _apart(rows: int) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 (this module)
        [sys.executable, "-m", "benchmarks.matching", str(rows)], capture_output=True, text=True, check=True
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


_RUNS = 3
_LEAST = 50_000
_MOST_BYTES = 2_048
_MEMORY_FROM = 100_000
_LINEAR_FROM = 10_000
_MOST_GROWTH = 1.5  # a million rows no longer fit the processor's caches


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
