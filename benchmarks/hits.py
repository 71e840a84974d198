"""A caller that costs next to nothing: requests written out beforehand, sent over connections that stay open."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Hits:
    """How a server answered: seconds for all of them, and for each from the moment that it was due."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A request as it goes over the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode() + body


def fire(port: int, requests: Sequence[bytes], *, callers: int, per_second: float | None = None) -> Hits:
    """Send every request once.

    Without ``per_second`` each caller sends its next as soon as it was answered. With it requests are due at a steady
    rate whatever the server does, and one that finds every caller busy waits, which counts.
    """
    lines = [socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS) for _ in range(callers)]
    try:
        with selectors.DefaultSelector() as selector:
            for line in lines:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(line, selectors.EVENT_READ)
            return _exchange(selector, deque(lines), requests, per_second)
    finally:
        for line in lines:
            line.close()


def _exchange(
    selector: selectors.BaseSelector, idle: deque[socket.socket], requests: Sequence[bytes], per_second: float | None
) -> Hits:
    hits, sent = Hits(), 0
    due: dict[socket.socket, float] = {}
    heard: dict[socket.socket, bytes] = {}
    began = time.perf_counter()
    while len(hits.waits) < len(requests):
        now = time.perf_counter()
        at = now if per_second is None else began + sent / per_second
        if idle and sent < len(requests) and at <= now:
            line = idle.popleft()
            due[line] = at
            line.sendall(requests[sent])
            sent += 1
            continue
        wait = at - now if idle and sent < len(requests) else _PATIENCE_SECONDS
        for key, _ in selector.select(wait):
            line = key.fileobj  # type: ignore[assignment] (only sockets are registered)
            heard[line] = heard.pop(line, b"") + line.recv(65_536)
            status = _status(heard[line])
            if status is not None:
                del heard[line]
                hits.statuses[status] += 1
                hits.waits.append(time.perf_counter() - due.pop(line))
                idle.append(line)
    hits.seconds = time.perf_counter() - began
    return hits


def _status(answer: bytes) -> int | None:
    """The status of an answer once it is whole."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return None
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head[9:12]) if len(body) >= length else None
