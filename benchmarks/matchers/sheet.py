"""What the programs of the other matchers share: the rows of a file, and how they answer. Standard library only."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

Answer = Iterable[tuple[float, list[str], list[str]]]  # score, left ids, right ids

NEGATIVE = {"refund", "chargeback", "return"}


class Row(NamedTuple):
    """A line: amounts signed by kind, the day without its time.

    ``net_minor`` is what the other side should show: less the stated fee on the left side, as it is on the right.
    """

    id: str
    amount_minor: int
    net_minor: int
    currency: str
    day: date
    reference: str
    payer: str
    batch_id: str
    kind: str


def rows(path: str, *, net: bool) -> list[Row]:
    """The rows of a file; a line that is there twice counts once, as for everybody."""
    found: dict[str, Row] = {}
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 (runs in an environment of its own)
        for line in csv.DictReader(file):
            kind, amount = line["kind"], int(line["amount_minor"])
            amount = -abs(amount) if kind in NEGATIVE else amount
            day = date.fromisoformat(line["date"][:10])
            found[line["id"]] = Row(
                line["id"], amount, amount - net * int(line["fee_minor"]), line["currency"], day,
                line["reference"], line["payer"], line["batch_id"], kind,
            )  # fmt: skip
    return list(found.values())


def answer(work: Callable[[list[Row], list[Row]], Answer]) -> None:
    """Measure from the files to the groups and print both as JSON."""
    started, clock = time.process_time(), time.perf_counter()
    left, right = rows(sys.argv[1], net=True), rows(sys.argv[2], net=False)
    groups: list[Any] = [[float(score), ours, theirs] for score, ours, theirs in work(left, right)]
    cpu, wall = time.process_time() - started, time.perf_counter() - clock
    print(json.dumps({"cpu": cpu, "wall": wall, "rows": len(left) + len(right), "groups": groups}))


def best_first(pairs: Iterable[tuple[float, str, str]]) -> Answer:
    """Scored pairs made one to one, the best first: what a program that only scores leaves to its user."""
    used: tuple[set[str], set[str]] = (set(), set())
    for score, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if one not in used[0] and other not in used[1]:
            used[0].add(one)
            used[1].add(other)
            yield score, [one], [other]


def of_currencies(work: Callable[[list[Row], list[Row]], Answer]) -> Callable[[list[Row], list[Row]], Answer]:
    """Each currency by itself, for programs that know no currencies."""

    def each(left: list[Row], right: list[Row]) -> Answer:
        for currency in sorted({row.currency for row in left} & {row.currency for row in right}):
            ours = [row for row in left if row.currency == currency]
            yield from work(ours, [row for row in right if row.currency == currency])

    return each
