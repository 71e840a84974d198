"""One HTTP server of the fake world: the platforms' addresses, the debtor's pages and the control API.

The control API (``/control/…``) is how a test or a demo makes things happen. Everything listens on the loopback
interface; a caller from anywhere else is not answered.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.peers.fake_world import pages
from tests.peers.fake_world.control import Control
from tests.peers.fake_world.model import Incoming, Reply, dump
from tests.peers.fake_world.players import PLAYERS
from tests.peers.fake_world.players.pix_api import location_of
from tests.peers.fake_world.world import World

LARGEST_BYTES = 1_000_000
HANG_SECONDS = 15.0  # longer than the product waits for a platform


class Server(ThreadingHTTPServer):
    """Answers in threads that end with the process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world = world
        self.control = Control(world)
        world.base_url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    do_POST = do_PUT = do_GET  # noqa: N815 (the library's names)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def _answer(self) -> None:
        if self.client_address[0] != "127.0.0.1":
            self.close_connection = True
            return
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size) if 0 < size <= LARGEST_BYTES else b""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if parts.path.startswith("/control/"):
            self._control(parts.path.removeprefix("/control/"), query, body)
        elif parts.path.startswith(("/page/", "/bank-app")):
            self._page(parts.path, body)
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._reply(self.server.world.serve(Incoming(self.command, parts.path, query, headers, body)))

    def _reply(self, reply: Reply) -> None:
        if reply.fault == "timeout":
            time.sleep(HANG_SECONDS)
        if reply.fault in ("timeout", "hang_up"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(reply.status, dump(reply.document), "application/json", reply.headers)

    def _control(self, path: str, query: dict[str, str], body: bytes) -> None:
        try:
            found = self.server.control.act(self.command, path, query, json.loads(body or b"{}"))
        except (LookupError, ValueError, TypeError, KeyError) as error:
            self._send(422, dump({"error": f"{type(error).__name__}: {error}"}), "application/json")
            return
        if isinstance(found, bytes):
            self._send(200, found, "application/octet-stream")
        else:
            self._send(200, dump(found), "application/json")

    def _page(self, path: str, body: bytes) -> None:
        world = self.server.world
        if path == "/bank-app":
            said = self._paid_by_code(parse_qs(body.decode()).get("code", [""])[0]) if body else ""
            self._send(200, pages.bank_app(said=said), "text/html; charset=utf-8")
            return
        try:
            asked = world.find(path.removeprefix("/page/"))
            if self.command == "POST":
                world.pay(asked.id)
                self._send(200, pages.paid(asked), "text/html; charset=utf-8")
            else:
                self._send(200, pages.payment(asked), "text/html; charset=utf-8")
        except LookupError as error:
            self._send(404, str(error).encode(), "text/plain")

    def _paid_by_code(self, copied: str) -> str:
        """What the bank's app says of a code that was pasted, having paid it if it can."""
        location = location_of(copied.strip())
        if location is None:
            return "This code is damaged."
        try:
            payment = self.server.world.pay(self.server.world.find_place(location))
        except LookupError as error:
            return str(error)
        return f"Paid {payment.amount:f} {payment.currency}."

    def _send(self, status: int, content: bytes, media: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def running(*, seed: int = 1, port: int = 0, compression: float = 20_000.0) -> Iterator[Server]:
    """A world in this process, ended afterwards."""
    world = World(PLAYERS, seed=seed, compression=compression)
    server = Server(world, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        world.post.stop()
        server.shutdown()
        server.server_close()
