"""Matching of two sides: rows per CPU-second and bytes per row from a thousand to a million rows a side.

The data are made to exercise every stage, not to judge what is found: 70 of 100 rows share a reference, the rest are
mistyped, without reference, short of a fee, in payouts, or noise. Run as ``python -m benchmarks.matching [rows …]``.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
import tracemalloc
from datetime import date

from domain.matching.engine import reconcile
from domain.matching.rows import Table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
IN_PAYOUT, SHARED, MISTYPED, UNREFERENCED, SHORT = 0.07, 0.77, 0.85, 0.90, 0.95  # shares, summed up
PAYOUT_ROWS = 5
TRACED_UP_TO = 100_000  # rows; tracing slows a run down by several times
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


def measure(rows: int) -> None:
    """Print the speed and the memory of one run."""
    left, right = sides(rows)
    total = len(left) + len(right)
    gc.disable()  # as the command does: a run makes no cycles
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    outcome = reconcile(left, right)
    seconds = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / total
    traced = f"{grown:6.0f} bytes/row (growth of the process)"
    if rows <= TRACED_UP_TO:
        del outcome
        tracemalloc.start()
        outcome = reconcile(left, right)
        traced = f"{tracemalloc.get_traced_memory()[1] / total:6.0f} bytes/row (peak, traced)"
        tracemalloc.stop()
    print(f"matching {rows:>9,} rows a side: {total / seconds:9,.0f} rows/CPU-s, {seconds:7.2f} s, {traced}")
    assert outcome.complete


def main() -> None:
    """Measure every size, or those named on the command line."""
    for rows in [int(word) for word in sys.argv[1:]] or SIZES:
        measure(rows)


if __name__ == "__main__":
    main()
