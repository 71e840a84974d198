"""Labelled sets of made-up money: nothing false is confirmed, most of the truth is found, and the labels are sound."""

from __future__ import annotations

import ast
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

import benchmarks.labelled
from benchmarks.labelled import scoring
from benchmarks.labelled.scoring import NOTHING, Group, Score
from benchmarks.labelled.shapes import SHAPES, labelled
from benchmarks.labelled.sheets import Labelled, Truth
from domain.matching.engine import reconcile
from domain.matching.outcome import Status
from runtime.reconcile_files import read

SIZES = {"marketplace": 60, "payouts unnamed": 40, "statement": 350, "treasury": 100}
SEEDS = range(101, 104)


def groups(made: Labelled, folder: Path, *, without: tuple[str, ...] = ()) -> dict[Status, list[Group]]:
    left, right = (read(path.read_bytes(), name=path.name).table for path in made.write(folder, without=without))
    found: dict[Status, list[Group]] = {status: [] for status in Status}
    for group in reconcile(left, right).groups:
        found[group.status].append((frozenset(group.left), frozenset(group.right)))
    return found


def scores(shape: str, folder: Path, *, without: tuple[str, ...] = ()) -> tuple[Score, Score]:
    """What is confirmed, and what is confirmed or proposed, over all seeds."""
    sure, told = NOTHING, NOTHING
    for seed in SEEDS:
        made = labelled(shape, SIZES[shape], seed)
        found = groups(made, folder, without=without)
        sure += scoring.score(made, found[Status.CONFIRMED])
        told += scoring.score(made, found[Status.CONFIRMED] + found[Status.PROPOSED])
    return sure, told


@pytest.mark.parametrize(
    ("shape", "confirmed", "found", "sums"),
    [
        ("marketplace", 0.90, 0.99, 0.97),
        ("payouts unnamed", 0.97, 0.99, 0.97),
        ("statement", 0.70, 0.96, 0.90),
        ("treasury", 0.30, 0.75, 0.75),
    ],
)
def test_nothing_false_is_confirmed_and_most_is_found(
    tmp_path: Path, shape: str, confirmed: float, found: float, sums: float
) -> None:
    sure, told = scores(shape, tmp_path)
    assert sure.said == sure.true
    assert sure.recall >= confirmed
    assert told.recall >= found
    assert told.batch_recall >= sums
    assert told.precision >= 0.99


@pytest.mark.parametrize("column", ["reference", "payer", "batch_id", "fee_minor", "kind"])
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_false_is_confirmed_where_a_column_is_absent(tmp_path: Path, shape: str, column: str) -> None:
    sure, _ = scores(shape, tmp_path, without=(column,))
    assert sure.said == sure.true


@pytest.mark.parametrize("shape", SHAPES)
def test_labels_name_lines_that_are_there_each_once(shape: str) -> None:
    made = labelled(shape, SIZES[shape], 1)
    for lines, told in (
        (made.left, [one.left for one in made.truth]),
        (made.right, [one.right for one in made.truth]),
    ):
        counted = Counter(chain.from_iterable(told))
        assert set(counted.values()) <= {1}
        assert counted.keys() <= {line.id for line in lines}


def test_a_seed_gives_the_same_set_and_another_seed_another() -> None:
    assert labelled("statement", 50, 1) == labelled("statement", 50, 1)
    assert labelled("statement", 50, 1).left != labelled("statement", 50, 2).left


def test_the_labelled_sets_know_nothing_of_the_engine() -> None:
    for file in Path(benchmarks.labelled.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(("domain", "runtime", "connectors")), file.name


def test_a_score_counts_pairs_and_whole_groups() -> None:
    made = Labelled("two")
    for left, right in (({"a"}, {"x"}), ({"b", "c"}, {"y"})):
        made.truth.append(Truth("t", frozenset(left), frozenset(right)))
    half = scoring.score(made, [(frozenset({"a"}), frozenset({"x"})), (frozenset({"b", "d"}), frozenset({"y"}))])
    assert (half.said, half.true, half.known) == (3, 2, 3)
    assert (half.single_recall, half.batch_recall) == (1.0, 0.0)
