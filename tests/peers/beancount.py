"""Beancount, an independent accounting program, as a process of its own (it is GPL and never imported).

It lives in ``.venv-beancount``, made from ``requirements/beancount.lock``.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-beancount" / "bin"
_SECONDS = 120


def is_there() -> bool:
    """Whether its environment was made."""
    return (FOLDER / "bean-check").exists()


needed = pytest.mark.skipif(
    not is_there() and os.environ.get("CI") != "true", reason="make .venv-beancount/.ready makes its environment"
)
"""Skips where it is missing, but fails there in CI."""


def check(path: Path) -> str:
    """What ``bean-check`` says against a file: nothing where it accepts it."""
    done = subprocess.run(
        [str(FOLDER / "bean-check"), "--no-cache", str(path)],
        capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def balances(path: Path) -> dict[str, Decimal]:
    """Every account's balance as it adds them up, by the identifier in the account's metadata; zeros left out."""
    query = "SELECT account, sum(number) AS came_to GROUP BY account"
    done = subprocess.run(
        [str(FOLDER / "bean-query"), "--format", "csv", str(path), query],
        capture_output=True, text=True, timeout=_SECONDS, check=True,
    )  # fmt: skip
    rows = [
        {name.strip(): cell.strip() for name, cell in row.items()} for row in csv.DictReader(io.StringIO(done.stdout))
    ]
    return {row["account"]: Decimal(row["came_to"]) for row in rows if Decimal(row["came_to"])}
