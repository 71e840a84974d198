"""The clock and the source of identifiers: the only place that reads time and entropy."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from threading import Lock

from domain import ids

_LARGEST_COUNT = 0xFFF
_DRAWN_BYTES = 4096


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def entropy(size: int) -> bytes:
    """Random bytes from the operating system."""
    return os.urandom(size)


def chance() -> float:
    """A number from 0 up to 1, for what shall not all happen at once."""
    return int.from_bytes(entropy(6), "big") / 2**48


class _Last:
    """The millisecond and count of the identifier made last, so that the next one sorts after it.

    ``drawn`` is entropy for identifiers, of which many are drawn at once: asking the system for each costs a busy
    process the right to run. A process that forks off draws its own.
    """

    lock = Lock()
    drawn = b""
    milliseconds = 0
    count = 0


def _place() -> tuple[int, int]:
    """A millisecond and, within it, a count of 12 bits (RFC 9562, 6.2, method 1): later calls get larger pairs."""
    present = int(now().timestamp() * 1000)
    if present > _Last.milliseconds:
        _Last.milliseconds, _Last.count = present, _draw(1)[0]
    elif _Last.count < _LARGEST_COUNT:
        _Last.count += 1
    else:
        _Last.milliseconds, _Last.count = _Last.milliseconds + 1, 0
    return _Last.milliseconds, _Last.count


def _draw(size: int) -> bytes:
    """Random bytes that are given out once; to be called with the lock held."""
    if len(_Last.drawn) < size:
        _Last.drawn = entropy(_DRAWN_BYTES)
    taken, _Last.drawn = _Last.drawn[:size], _Last.drawn[size:]
    return taken


def _forget_drawn() -> None:
    _Last.drawn = b""
    _Last.lock = Lock()


os.register_at_fork(after_in_child=_forget_drawn)


def new_id(kind: str) -> str:
    """A new identifier of a kind (``domain.ids.PREFIXES``); in one process later ones sort after earlier ones."""
    with _Last.lock:
        milliseconds, count = _place()
        drawn = _draw(10)
    bits = (count << 68) | (int.from_bytes(drawn, "big") & ((1 << 68) - 1))
    return ids.make(kind, milliseconds=milliseconds, entropy=bits.to_bytes(10, "big"))
