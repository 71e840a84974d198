"""Sends webhooks to strangers' servers: resolves a name once, checks every address, and connects to what it checked.

Between looking and connecting there is no second look-up that could answer differently (DNS rebinding), redirects are
not followed, proxies of the environment are not used, and one deadline bounds the whole exchange, however slowly the
other side drips.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpcore

from domain.errors import AfluenteError, Invalid
from domain.outgoing_webhooks import KEPT_ANSWER_BYTES, Answer
from domain.webhook_addresses import check_addresses, check_url

USER_AGENT: Final = "Afluente-Webhooks/1"
SECONDS: Final = 15.0

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, in the system's order; ``host_unknown``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid("host_unknown", f"{host} has no address.", fix="Check the name of the host.") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class WebhookSender:
    """Posts to addresses that may be sent to. ``allow_private`` opens the inside, for development alone."""

    resolve: Resolve = resolve
    allow_private: bool = False
    seconds: float = SECONDS
    tls: ssl.SSLContext = field(default_factory=httpcore.default_ssl_context)

    def check(self, url: str) -> None:
        """Refuse an address that webhooks would not be sent to.

        Raises ``url_malformed``, ``https_required``, ``host_unknown`` and ``address_refused``.
        """
        scheme, host, port = check_url(url, allow_private=self.allow_private)
        self._addresses(scheme, host, port)

    def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """What came back, whatever it was; never raises for what the other side does."""
        started = time.monotonic()
        line = _Pinned(started + self.seconds)
        try:
            scheme, host, port = check_url(url, allow_private=self.allow_private)
            line.addresses = self._addresses(scheme, host, port)
            status, excerpt, retry_after = self._exchange(url, line, headers, content)
        except AfluenteError as error:
            return Answer(error=error.code, milliseconds=_since(started))
        except httpcore.TimeoutException:
            return Answer(error="timeout", milliseconds=_since(started), begun=line.begun)
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return Answer(error="answer_malformed", milliseconds=_since(started), begun=line.begun)
        except httpcore.NetworkError as error:
            code = "tls_failed" if isinstance(error.__context__, ssl.SSLError) else "unreachable"
            return Answer(error=code, milliseconds=_since(started), begun=line.begun)
        return Answer(status, None, excerpt, retry_after, _since(started), begun=True)

    def _addresses(self, scheme: str, host: str, port: int) -> list[str]:
        found = self.resolve(host, port)
        check_addresses(host, found, scheme=scheme, allow_private=self.allow_private)
        return found

    def _exchange(
        self, url: str, line: _Pinned, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, bytes, str | None]:
        sent = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
        with (
            httpcore.ConnectionPool(ssl_context=self.tls, network_backend=line, max_connections=1) as pool,
            pool.stream("POST", url, headers=list(sent.items()), content=content) as response,
        ):
            named = {name.lower(): value for name, value in response.headers}
            retry_after = named.get(b"retry-after", b"").decode("latin-1")[:100] or None
            return response.status, _beginning(response), retry_after


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _beginning(response: httpcore.Response) -> bytes:
    """The first bytes of the body. The status has been said already: a body that breaks off takes nothing back."""
    kept = bytearray()
    try:
        for chunk in response.iter_stream():
            kept += chunk
            if len(kept) >= KEPT_ANSWER_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return bytes(kept[:KEPT_ANSWER_BYTES])


@dataclass
class _Pinned(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever the name would resolve to by now.

    ``begun`` is whether any of a request was handed over; shaking hands for TLS is not part of one.
    """

    deadline: float
    addresses: list[str] = field(default_factory=list)
    begun: bool = False
    real: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 (what it resolved to is in ``addresses``)
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that takes one."""
        failure: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError("no address")
        for address in self.addresses:
            left = _left(self.deadline, timeout)
            try:
                stream = self.real.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Bounded(stream, self)
        raise failure


@dataclass
class _Bounded(httpcore.NetworkStream):
    """A stream of which no read or write outlasts the deadline of the whole exchange."""

    inner: httpcore.NetworkStream
    line: _Pinned

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within the deadline."""
        return self.inner.read(max_bytes, _left(self.line.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the deadline."""
        self.line.begun = True
        self.inner.write(buffer, _left(self.line.deadline, timeout))

    def close(self) -> None:
        """Hang up."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """TLS within the deadline, with the certificate proved for the name, not for the address."""
        left = _left(self.line.deadline, timeout)
        return _Bounded(self.inner.start_tls(ssl_context, server_hostname, left), self.line)

    def get_extra_info(self, info: str) -> Any:
        """What the connection says of itself."""
        return self.inner.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The deadline of the exchange has passed.")
    return left if timeout is None else min(left, timeout)
