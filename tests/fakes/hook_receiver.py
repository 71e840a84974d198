"""A receiver of webhooks on this machine: answers as a test says, and verifies by the published scheme on its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def verifies(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> bool:
    """Whether a webhook is signed with a secret: the scheme by the standard library, nothing of the product's."""
    named = {name.lower(): value for name, value in headers.items()}
    signed = f"{named['webhook-id']}.{named['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = now is None or abs(now - int(named["webhook-timestamp"])) <= 300
    return fresh and any(hmac.compare_digest(wanted, one) for one in named["webhook-signature"].split(" "))


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Remembers what it heard; ``answer`` says what to do with each request."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    text: bytes = b""
    delay_seconds: float = 0.0
    drip: bool = False
    answer: Callable[[Heard], int | None] = lambda _heard: None
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard = Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.heard.append(heard)
            if receiver.drip:
                self._drip()
                return
            receiver.released.wait(receiver.delay_seconds)
            self.send_response(receiver.answer(heard) or receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.text)))
            self.end_headers()
            self.wfile.write(receiver.text)

        def do_GET(self) -> None:
            self.do_POST()

        def _drip(self) -> None:
            """One byte at a time, for ever: each read succeeds, the whole never ends."""
            for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
                try:
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                except OSError:
                    return
                if receiver.released.wait(0.05):
                    return

        def log_message(self, *args: Any) -> None:
            """Tests print nothing."""

    return Handler


@contextmanager
def receiving(context: Any = None) -> Iterator[Receiver]:
    """A receiver on a free port of this machine; over TLS where a context is given."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], *, seconds: float = 5.0) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
