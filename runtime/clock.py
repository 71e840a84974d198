"""The clock and the source of identifiers: the only place that reads time and entropy."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from domain import ids


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def entropy(size: int) -> bytes:
    """Random bytes from the operating system."""
    return os.urandom(size)


def new_id(kind: str) -> str:
    """A new identifier of a kind (``domain.ids.PREFIXES``)."""
    return ids.make(kind, milliseconds=int(now().timestamp() * 1000), entropy=entropy(10))
