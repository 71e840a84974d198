"""A labelled set: lines of two sides, and which of them are the same money; files in the columns of the command."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path


@dataclass(slots=True)
class Line:
    """A line of a file; amounts in minor units."""

    id: str
    amount_minor: int
    currency: str
    date: date | datetime
    reference: str = ""
    payer: str = ""
    batch_id: str = ""
    fee_minor: int = 0
    kind: str = ""


COLUMNS = tuple(one.name for one in fields(Line))


@dataclass(frozen=True, slots=True)
class Truth:
    """Lines that are the same money, by id, and the trap that they were made for."""

    trap: str
    left: frozenset[str]
    right: frozenset[str]

    @property
    def batch(self) -> bool:
        """Is it more than one line against one?"""
        return len(self.left) + len(self.right) > 2  # noqa: PLR2004 (one against one)


@dataclass(slots=True)
class Labelled:
    """Both sides and the truth; lines without truth belong to nothing."""

    name: str
    left: list[Line] = field(default_factory=list)
    right: list[Line] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)

    def join(self, trap: str, left: Iterable[Line], right: Iterable[Line]) -> None:
        """Put lines that are the same money on their sides, and remember it."""
        ours, theirs = list(left), list(right)
        self.left += ours
        self.right += theirs
        self.truth.append(Truth(trap, frozenset(one.id for one in ours), frozenset(one.id for one in theirs)))

    def write(self, folder: Path, *, without: Sequence[str] = ()) -> tuple[Path, Path]:
        """The two files, and the labels apart; columns may be left out."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / "left.csv", folder / "right.csv"
        columns = [column for column in COLUMNS if column not in without]
        for path, lines in zip(paths, (self.left, self.right), strict=True):
            _write(path, columns, ([getattr(line, column) for column in columns] for line in lines))
        labels = ((one.trap, " ".join(sorted(one.left)), " ".join(sorted(one.right))) for one in self.truth)
        _write(folder / "labels.csv", ("trap", "left", "right"), labels)
        return paths


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows)
