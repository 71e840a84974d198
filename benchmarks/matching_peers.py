"""Matching beside other programs: the same labelled files, what each finds of the truth and at what cost.

Our row ``confirmed`` is what may be booked without a person, ``with proposals`` adds what a person is shown. A peer is
taken at the threshold that is best for it by F1, chosen with the labels in hand, over all sets together.
"""

from __future__ import annotations

import gc
import json
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.labelled import scoring
from benchmarks.labelled.scoring import NOTHING, Group, Score
from benchmarks.labelled.shapes import labelled
from benchmarks.labelled.sheets import Labelled
from benchmarks.table import Line, Table
from domain.matching.engine import reconcile
from domain.matching.outcome import Status
from runtime.reconcile_files import read

_PYTHON = Path(".venv-matchers/bin/python")
_PEERS = ("settleflow", "recordlinkage", "splink", "reconcile_py")
_SIZES = {"marketplace": 150, "payouts unnamed": 60, "statement": 900, "treasury": 120}
_SEEDS = (11, 12, 13)
_THRESHOLDS = 60
_LEAST_PRECISION = 0.9999

Scored = list[tuple[float, Group]]


@dataclass(slots=True)
class Found:
    """What one program said of every set, and what it cost."""

    name: str
    said: list[Scored] = field(default_factory=list)
    cpu_seconds: float = 0.0
    rows: int = 0

    def at(self, sets: list[Labelled], least: float) -> Score:
        """Its worth over all sets where groups below a score are not taken."""
        return sum(
            (
                scoring.score(made, [group for score, group in said if score >= least])
                for made, said in zip(sets, self.said, strict=True)
            ),
            NOTHING,
        )

    def thresholds(self) -> list[float]:
        """Scores at which its answer changes, evenly picked."""
        known = sorted({score for said in self.said for score, _ in said})
        return known[:: max(1, len(known) // _THRESHOLDS)] or [0.0]


def _ours(paths: tuple[Path, Path]) -> tuple[float, int, Scored]:
    gc.disable()  # as the command does
    started = time.process_time()
    left, right = (read(path.read_bytes(), name=path.name).table for path in paths)
    outcome = reconcile(left, right)
    cpu = time.process_time() - started
    gc.enable()
    confirmed = {Status.CONFIRMED: 1.0, Status.PROPOSED: 0.0}
    said = [
        (confirmed[group.status], (frozenset(group.left), frozenset(group.right)))
        for group in outcome.groups
        if group.status in confirmed
    ]
    return cpu, len(left) + len(right), said


def _theirs(peer: str, paths: tuple[Path, Path]) -> tuple[float, int, Scored]:
    done = subprocess.run(  # noqa: S603 (programs of this folder)
        [str(_PYTHON), "-m", f"benchmarks.matchers.{peer}_match", *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    said = [(score, (frozenset(left), frozenset(right))) for score, left, right in answer["groups"]]
    return answer["cpu"], answer["rows"], said


def _run(sets: list[Labelled], files: list[tuple[Path, Path]]) -> Iterator[Found]:
    assert _PYTHON.exists(), "The other matchers are not installed: run `make .venv-matchers/.ready`."
    for name in ("afluente", *_PEERS):
        found = Found(name)
        for _, paths in zip(sets, files, strict=True):
            cpu, rows, said = _ours(paths) if name == "afluente" else _theirs(name, paths)
            found.said.append(said)
            found.cpu_seconds += cpu
            found.rows += rows
        yield found


def _best(found: Found, sets: list[Labelled]) -> Score:
    def worth(score: Score) -> float:
        return 2 * score.true / max(1, score.said + score.known)

    return max((found.at(sets, least) for least in found.thresholds()), key=worth)


def _print(name: str, score: Score, found: Found) -> None:
    print(
        f"  {name:28} {score.precision:9.5f} {score.said - score.true:6} {score.recall:8.4f} "
        f"{score.single_recall:8.4f} {score.batch_recall:8.4f} "
        f"{found.rows / found.cpu_seconds:14,.0f}",
        flush=True,
    )


def main(table: Table) -> None:
    """Every program on every set; then whether ours finds more without being wrong more often."""
    sets = [labelled(shape, size, seed) for shape, size in _SIZES.items() for seed in _SEEDS]
    lines = sum(len(made.left) + len(made.right) for made in sets)
    batches = sum(one.batch for made in sets for one in made.truth)
    print(f"\n{len(sets)} labelled sets of {', '.join(_SIZES)}: {lines:,} lines, {batches:,} sums of several lines")
    print(f"  {'':28} {'precision':>9} {'false':>6} {'recall':>8} {'1 to 1':>8} {'sums':>8} {'rows/CPU-s':>14}")
    with tempfile.TemporaryDirectory(prefix="afluente-labelled-") as folder:
        files = [made.write(Path(folder) / str(number)) for number, made in enumerate(sets)]
        ours, *peers = _run(sets, files)
    sure, all_of_it = ours.at(sets, 1.0), ours.at(sets, 0.0)
    _print("afluente, confirmed", sure, ours)
    _print("afluente, with proposals", all_of_it, ours)
    best = {peer.name: _best(peer, sets) for peer in peers}
    for peer in peers:
        _print(peer.name, best[peer.name], peer)
    _verdicts(table, sure, all_of_it, best)
    _by_shape(sets, ours)


def _verdicts(table: Table, sure: Score, all_of_it: Score, best: dict[str, Score]) -> None:
    table.heading("matching beside others")
    ratio = sure.precision / _LEAST_PRECISION
    table.add(Line("precision of confirmed", f"{sure.precision:.5f}", f"least {_LEAST_PRECISION}", ratio, 1.0))
    for name, score in best.items():
        for what, one, other in (
            ("precision", all_of_it.precision, score.precision),
            ("recall", all_of_it.recall, score.recall),
            ("one to one", all_of_it.single_recall, score.single_recall),
            ("sums of several lines", all_of_it.batch_recall, score.batch_recall),
        ):
            table.add(Line(f"{what} beside {name}", f"{one:.4f}", f"{other:.4f}", one / max(other, 0.0001), 1.0))


def _by_shape(sets: Iterable[Labelled], ours: Found) -> None:
    """Of each trap: groups confirmed, groups confirmed or proposed, groups there are."""
    counts: dict[str, list[int]] = {}
    for made, said in zip(sets, ours.said, strict=True):
        sure = scoring.by_trap(made, [group for score, group in said if score])
        for trap, (found, there) in scoring.by_trap(made, [group for _, group in said]).items():
            count = counts.setdefault(trap, [0, 0, 0])
            count[0] += sure[trap][0]
            count[1] += found
            count[2] += there
    print("\n  ours by trap: confirmed, confirmed or proposed, of all")
    for trap, (confirmed, found, there) in sorted(counts.items()):
        print(f"  {trap:28} {confirmed:6} {found:6} {there:6}")
