"""The only place that sends a request to a platform: with limits in time and size, and logs that tell no secrets.

Nothing is retried here: whether a request may be sent again is known to whoever built it. Every failure therefore says
whether the platform may have received the request (``ambiguous`` in its details). A connection that never came about
is not ambiguous; whatever breaks later is.

Tenants state where a connection's platform is. Nobody may reach inside through us by that: before a connection is
made, and again before a byte goes over it, every address must lie on the public internet, unless whoever runs this
installation allowed private ones.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from structlog.typing import FilteringBoundLogger

from connectors.webhook_sender import Resolve, resolve
from domain.errors import AfluenteError, Invalid, Unavailable
from domain.platforms import AccessToken, ClientCertificate, HttpRequest, HttpResponse
from domain.webhook_addresses import is_public

MAX_RESPONSE_BYTES: Final = 1024 * 1024
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NOT_A_REQUEST: Final = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)


def with_token(request: HttpRequest, token: AccessToken) -> HttpRequest:
    """The request with a bearer token (RFC 6750, 2.1)."""
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token.value}"})


def certified_client(certificate: ClientCertificate) -> httpx.Client:
    """A client that proves itself by a certificate; ``certificate_unusable`` if its files cannot be read."""
    try:
        context = ssl.create_default_context(cafile=certificate.authority_path)
        context.load_cert_chain(certificate.certificate_path, certificate.key_path)
    except OSError as error:  # covers missing files and, as ssl.SSLError, files of another kind
        raise Invalid(
            "certificate_unusable",
            "The connection's certificate, key or authority file cannot be used.",
            fix="Name readable PEM files; the key must belong to the certificate.",
            reason=error.strerror or type(error).__name__,
        ) from None
    return httpx.Client(verify=context)


class Transport:
    """Sends what platforms build, sealed ``now``. One per process; safe to share between threads.

    ``allow_private`` opens loopback, private and link-local addresses: for whoever runs the installation to say.
    """

    def __init__(
        self,
        client: httpx.Client,
        log: FilteringBoundLogger,
        certified: Callable[[ClientCertificate], httpx.Client] = certified_client,
        now: Callable[[], datetime] | None = None,
        *,
        allow_private: bool = False,
        resolve: Resolve = resolve,
    ) -> None:
        self._reach = {} if allow_private else {"trace": _Reach(resolve)}
        self._client = client
        self._log = log
        self._certified = certified
        self._now = now
        self._by_certificate: dict[ClientCertificate, httpx.Client] = {}

    def send(self, request: HttpRequest) -> HttpResponse:
        """The platform's answer, whatever its status.

        ``Unavailable`` with ``ambiguous``: ``platform_unreachable``, ``platform_timeout``,
        ``platform_answer_too_large``. ``Invalid``: ``request_malformed``, ``certificate_unusable``,
        ``address_refused``.
        """
        started = time.monotonic()
        try:
            response = self._exchange(request, deadline=started + 2 * request.timeout_seconds)
        except AfluenteError as error:
            self._log.warning("platform_request_failed", **_address(request), code=error.code, **error.details)
            raise
        self._log.info(
            "platform_request",
            **_address(request),
            http_status=response.status,
            bytes=len(response.body),
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        return response

    def close(self) -> None:
        """Close the connections that this transport opened itself; the client it was given stays its owner's."""
        while self._by_certificate:
            self._by_certificate.popitem()[1].close()

    def _exchange(self, request: HttpRequest, *, deadline: float) -> HttpResponse:
        client = self._client_for(request.certificate)
        headers = {"Accept-Encoding": "identity", **request.headers, **self._sealed(request)}
        try:
            with client.stream(
                request.method,
                request.url,
                headers=headers,
                content=request.body,
                timeout=request.timeout_seconds,
                follow_redirects=False,
                extensions=self._reach,
            ) as response:
                body = _limited_body(response, deadline=deadline)
                return HttpResponse(response.status_code, dict(response.headers), body)
        except _NOT_A_REQUEST:
            raise Invalid("request_malformed", "The platform's address or headers cannot be sent.") from None
        except httpx.TimeoutException as error:
            raise _timeout(ambiguous=not isinstance(error, _NEVER_SENT)) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Unavailable(
                "platform_unreachable",
                "The platform could not be reached, or hung up before it had answered.",
                ambiguous=not isinstance(error, _NEVER_SENT),
                reason=type(error).__name__,
            ) from None

    def _sealed(self, request: HttpRequest) -> Mapping[str, str]:
        if request.seal is None:
            return {}
        if self._now is None:
            raise TypeError("A request that proves when it was sent needs a transport with a clock.")
        return request.seal(self._now())

    def _client_for(self, certificate: ClientCertificate | None) -> httpx.Client:
        if certificate is None:
            return self._client
        known = self._by_certificate.get(certificate)
        if known is not None:
            return known
        made = self._certified(certificate)
        kept = self._by_certificate.setdefault(certificate, made)
        if kept is not made:  # another thread was faster
            with suppress(httpx.HTTPError):
                made.close()
        return kept


class _Reach:
    """Looks at every address that a connection is made to (httpcore's ``trace``): before it, and before it is used.

    The first look tells a stranger nothing of what listens inside; the second leaves no time for a name to answer
    differently (DNS rebinding). A proxy is an address like any other.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            try:
                found = self._resolve(info["host"], info["port"])
            except Invalid:
                return  # connecting will say that the name has no address
            _check_public(found)
        elif event == "connection.connect_tcp.complete":
            stream = info["return_value"]
            try:
                _check_public([str(stream.get_extra_info("server_addr")[0])])
            except Invalid:
                stream.close()
                raise


def _check_public(addresses: list[str]) -> None:
    if not all(is_public(address) for address in addresses):
        raise Invalid(
            "address_refused",
            "The platform's address does not lie on the public internet.",
            fix="State the platform's public address. Whoever runs this installation may allow private ones.",
        )


def _limited_body(response: httpx.Response, *, deadline: float) -> bytes:
    """The body, unless it grows past 1 MiB or drips past the deadline: then the outcome is unknown."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_RESPONSE_BYTES:
            raise Unavailable(
                "platform_answer_too_large",
                f"The platform's answer is larger than {MAX_RESPONSE_BYTES} bytes.",
                ambiguous=True,
                http_status=response.status_code,
            )
        if time.monotonic() > deadline:
            raise _timeout(ambiguous=True)
    return bytes(body)


def _timeout(*, ambiguous: bool) -> Unavailable:
    return Unavailable("platform_timeout", "The platform did not answer in time.", ambiguous=ambiguous)


def _address(request: HttpRequest) -> dict[str, str]:
    """What a log may say of a request: no query, no credentials in the address, no headers, no body."""
    parts = urlsplit(request.url)
    return {"method": request.method, "host": parts.hostname or "", "path": parts.path}
