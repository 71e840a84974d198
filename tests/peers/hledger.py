"""Hledger, an independent accounting program, as a process of its own; from Debian's package ``hledger``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

_SECONDS = 120


def is_there() -> bool:
    """Whether it is installed."""
    return shutil.which("hledger") is not None


needed = pytest.mark.skipif(
    not is_there() and os.environ.get("CI") != "true", reason="install Debian's package hledger"
)
"""Skips where it is missing, but fails there in CI."""


def check(path: Path) -> str:
    """What ``hledger check --strict`` says against a journal: nothing where it accepts it."""
    done = _run("check", "--strict", "-f", str(path))
    return "" if done.returncode == 0 else done.stdout + done.stderr


def balances(path: Path) -> dict[str, Decimal]:
    """Every account's balance as it adds them up; zeros left out. An account holds one commodity here."""
    done = _run("balance", "-f", str(path), "--flat", "-O", "json", "-N")
    rows, _ = json.loads(done.stdout)
    found = {}
    for name, _, _, amounts in rows:
        (amount,) = amounts
        quantity = amount["aquantity"]
        found[name] = Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
    return found


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["hledger", *arguments],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
