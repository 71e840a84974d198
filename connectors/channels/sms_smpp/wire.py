"""A connection on which one thread reads while others write: TLS allows no two of them inside it at once."""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import suppress
from threading import Lock

_WANTS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_AT_ONCE = 65_536
_LOOK_AGAIN_SECONDS = 1.0


class Wire:
    """A connected socket, plain or TLS. Errors of the network are ``OSError``."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._inside = Lock()
        self._sending = Lock()
        self._open = True

    def receive(self) -> bytes:
        """What has come next; empty once nothing more will."""
        while self._open:
            try:
                with self._inside:
                    return self._socket.recv(_AT_ONCE)
            except _WANTS:
                self._wait(select.POLLIN, _LOOK_AGAIN_SECONDS)
        return b""

    def send(self, data: bytes, *, seconds: float) -> None:
        """Hand all of it to the network. Where this raises, the other side cannot have got the whole of it."""
        deadline = time.monotonic() + seconds
        with self._sending:
            left = memoryview(data)
            while left:
                try:
                    with self._inside:
                        left = left[self._socket.send(left) :]
                except _WANTS:  # reading goes on meanwhile: the other side may be waiting for that
                    if not self._open or time.monotonic() > deadline:
                        raise TimeoutError from None
                    self._wait(select.POLLOUT, 0.05)

    def close(self) -> None:
        """Hang up; a reader wakes."""
        self._open = False
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Give the socket back; called by the reader, which is the last to use it."""
        self._open = False
        with self._inside:
            self._socket.close()

    def _wait(self, events: int, seconds: float) -> None:
        poll = select.poll()
        with suppress(ValueError):  # released meanwhile
            poll.register(self._socket, events)
            poll.poll(seconds * 1000)
