"""What every request passes, before anything else sees it: identifier, size, rate, headers, one line of log.

The log line names who asked and which route, how it ended and how long it took; no query, no body, no address of a
person.
"""

from __future__ import annotations

import hashlib
import re
import time
import traceback
from dataclasses import dataclass
from typing import Final

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import AfluenteError, Invalid, TooLarge, TooMany
from gateway import problems
from gateway.services import Limits, Services

_log = structlog.get_logger(__name__)

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UPLOADS: Final = ("/v1/portfolios", "/v1/statements")
_STATEMENT_FILES: Final = frozenset({"/v1/statement-files", "/console/files"})
_PAY: Final = ("/pay/", "/unsubscribe/")
_PAY_BODY: Final = 16_384  # the debtor's forms, with room for every letter to be written as %XX
_FIRST_REFUSAL: Final = 400
_GONE: Final = 499  # what logs commonly write for a caller who hung up; nobody is sent it
_MULTIPART_ROOM: Final = 65_536  # the parts' headers and the other fields of an upload
_WEBHOOKS: Final = "/webhooks/"
_API: Final = ("/v1", "/webhooks", "/health", "/openapi.json")
_API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


@dataclass
class _Seen:
    """What is known of a response once it starts, and how much of the request was read."""

    status: int = 500
    started: bool = False
    received: int = 0


class Doorway:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self.app = app
        self.services = services
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_key = RateLimitItemPerMinute(services.limits.key_per_minute)
        self._per_address = RateLimitItemPerMinute(services.limits.address_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        seen = _Seen()
        started_at = time.perf_counter()
        request.state.request_id = self._request_id(request)
        sending = self._sending(request, seen, send)
        try:
            await self._pass(request, self._receiving(request, seen, receive), sending)
        except ClientDisconnect:
            seen.status = _GONE
        except Exception as fault:  # noqa: BLE001 (the last line: whatever it is, the caller gets a problem, the log the place)
            _log.error("unexpected", error=type(fault).__name__, at=_place(fault), request_id=request.state.request_id)
            if not seen.started:
                await problems.unexpected(request)(scope, receive, sending)
        finally:
            if _is_webhook(request) and seen.status >= _FIRST_REFUSAL:
                self._limiter.hit(self._per_address, _refused_at(request))
            self._note(request, seen, time.perf_counter() - started_at)

    async def _pass(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            self._admit(request)
        except AfluenteError as refusal:
            await problems.of_error(request, refusal)(request.scope, receive, send)
            return
        await self.app(request.scope, receive, send)

    def _admit(self, request: Request) -> None:
        if "\0" in request.scope["path"] or b"%00" in request.scope.get("query_string", b""):
            raise Invalid("address_malformed", "The address contains a NUL character.")
        self._count(request)
        length = request.headers.get("content-length", "")
        limit = body_limit(request.scope["path"], self.services.limits)
        if length.isascii() and length.isdigit() and int(length[:20]) > limit:
            raise _too_large(limit)

    def _count(self, request: Request) -> None:
        """Count a request; of webhooks those alone that were refused, for a platform brings a day's events at once."""
        if _is_webhook(request):
            who = _refused_at(request)
            if not self._limiter.test(self._per_address, who):
                raise self._too_many(self._per_address, who)
            return
        counted = [(self._per_address, f"address:{_address(request)}")]
        secret = request.headers.get("authorization") or request.headers.get("cookie")
        if secret:
            counted.append((self._per_key, f"key:{hashlib.sha256(secret.encode()).hexdigest()}"))
        for limit, who in counted:
            if not self._limiter.hit(limit, who):
                raise self._too_many(limit, who)

    def _too_many(self, limit: RateLimitItemPerMinute, who: str) -> TooMany:
        reset = self._limiter.get_window_stats(limit, who).reset_time
        wait = max(1, min(60, round(reset - self.services.now().timestamp())))
        return TooMany(
            "too_many_requests",
            f"At most {limit.amount} requests a minute are answered.",
            fix=f"Wait {wait} seconds.",
            retry_after_seconds=wait,
        )

    def _request_id(self, request: Request) -> str:
        given = request.headers.get("x-request-id", "")
        return given if _REQUEST_ID.fullmatch(given) else self.services.new_id("event")

    def _receiving(self, request: Request, seen: _Seen, receive: Receive) -> Receive:
        limit = body_limit(request.scope["path"], self.services.limits)

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                seen.received += len(message.get("body", b""))
                if seen.received > limit:
                    raise HTTPException(413)
            return message

        return receiving

    def _sending(self, request: Request, seen: _Seen, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.started, seen.status = True, message["status"]
                self._dress(request, MutableHeaders(scope=message))
            await send(message)

        return sending

    def _dress(self, request: Request, headers: MutableHeaders) -> None:
        """Give the response the headers that protect it."""
        is_page = headers.get("content-type", "").startswith("text/html")
        headers["X-Request-Id"] = request.state.request_id
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", _PAGE_POLICY if is_page else _API_POLICY)
        if request.scope["path"].startswith("/static/") and request.query_params.get("v"):
            headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
        if is_page or request.scope["path"].startswith(_API):
            headers.setdefault("Cache-Control", "no-store")
        if self.services.secure_cookies:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

    def _note(self, request: Request, seen: _Seen, seconds: float) -> None:
        route = request.scope.get("route")
        _log.info(
            "request",
            method=request.method,
            route=getattr(route, "path", None),
            status=seen.status,
            milliseconds=round(seconds * 1000, 1),
            principal=getattr(request.state, "principal_id", None),
            problem=getattr(request.state, "problem_code", None),
            request_id=request.state.request_id,
        )


def _is_webhook(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith(_WEBHOOKS)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _refused_at(request: Request) -> str:
    return f"refused:{_address(request)}"


def body_limit(path: str, limits: Limits) -> int:
    """How many bytes a request to a path may carry. Pages of the console take uploads too."""
    if path.startswith(_WEBHOOKS):
        return limits.webhook_body
    if path.startswith(_PAY):
        return _PAY_BODY
    if path in _STATEMENT_FILES:
        return limits.statement_file_body + _MULTIPART_ROOM
    if path.startswith(_UPLOADS) or not path.startswith(_API):
        return limits.upload_body + _MULTIPART_ROOM
    return limits.body


def _too_large(limit: int) -> TooLarge:
    return TooLarge("body_too_large", f"The body may have at most {limit} bytes.", limit_bytes=limit)


def _place(fault: BaseException) -> list[str]:
    """Where a fault arose, innermost last, without its message: messages quote values, and values may be personal."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)[-8:]]
