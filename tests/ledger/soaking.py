"""How long the proofs of the book run: short in everyday tests, long under ``make soak`` (which sets ``SOAK``)."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")
SOAKING = os.environ.get("SOAK", "") not in {"", "0"}


def at_ease(usual: T, soaking: T) -> T:
    """The one or the other, as it is everyday or a soak."""
    return soaking if SOAKING else usual
