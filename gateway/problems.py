"""Refusals as RFC 9457 problem documents: a stable code, a sentence, a way out; never what the request contained."""

from __future__ import annotations

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import exc
from starlette.exceptions import HTTPException

from domain.errors import AfluenteError, Unavailable

_log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
_UNIQUE_VIOLATION: Final = "23505"
_SCHEME: Final = "Bearer"
_TITLES: Final = {
    400: "The request is malformed",
    401: "Who is asking could not be proved",
    403: "Who is asking may not do this",
    404: "There is no such thing",
    405: "This cannot be asked here",
    409: "It contradicts what is recorded, or is not allowed",
    413: "The request is too large",
    415: "The content is of a wrong type",
    422: "The input is wrong",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Something is missing now",
}
_CODES: Final = {
    400: "request_malformed",
    404: "address_unknown",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "content_type_wrong",
}


class FieldProblem(BaseModel):
    """What is wrong with one part of the request."""

    field: str = Field(description="Where it is, e.g. `body.amount.currency`, `query.limit`, `header.Idempotency-Key`.")
    code: str
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457). `code` is stable and meant for programs, `detail` and `fix` for people."""

    type: str = Field(description="A name of the kind of problem: `urn:afluente:problem:` and the code.")
    title: str
    status: int
    code: str
    detail: str
    fix: str | None = None
    details: dict[str, Any] = Field(default_factory=dict, description="Facts for programs.")
    errors: list[FieldProblem] = Field(default_factory=list)
    request_id: str | None = None


def problem(
    request: Request,
    status: int,
    *,
    code: str,
    detail: str,
    fix: str | None = None,
    details: dict[str, Any] | None = None,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response that states a refusal."""
    document = Problem(
        type=f"urn:afluente:problem:{code}",
        title=_TITLES.get(status, "The request was refused"),
        status=status,
        code=code,
        detail=detail,
        fix=fix,
        details=details or {},
        errors=errors or [],
        request_id=getattr(request.state, "request_id", None),
    )
    request.state.problem_code = code
    sent = dict(headers or {})
    if status == 401:  # noqa: PLR2004 (RFC 9110, 15.5.2: a 401 names the way to sign in)
        sent.setdefault("WWW-Authenticate", _SCHEME)
    return JSONResponse(document.model_dump(mode="json"), status, sent, media_type=MEDIA_TYPE)


def of_error(request: Request, error: AfluenteError) -> JSONResponse:
    """A coded refusal, as a problem."""
    wait = error.details.get("retry_after_seconds")
    return problem(
        request,
        error.status,
        code=error.code,
        detail=error.message,
        fix=error.fix,
        details=dict(error.details),
        headers=None if wait is None else {"Retry-After": str(wait)},
    )


def unexpected(request: Request) -> JSONResponse:
    """The answer to a fault of ours; the log has what happened, under the request's identifier."""
    return problem(
        request,
        500,
        code="unexpected",
        detail="Something went wrong here; nothing was recorded of this request.",
        fix="Send it again; if it stays, quote the request's identifier.",
    )


def install(app: FastAPI) -> None:
    """Have every error answered as a problem."""
    app.add_exception_handler(AfluenteError, _afluente)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(exc.DBAPIError, _database)
    app.add_exception_handler(exc.TimeoutError, _busy)


async def _afluente(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AfluenteError)  # noqa: S101 (registered for this type alone)
    return of_error(request, error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """What is wrong with the request, by field; what it contained is personal data and stays out."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this type alone)
    fields = [
        FieldProblem(
            field=".".join(str(part) for part in found["loc"]),
            code=found["type"],
            message=found["msg"],
        )
        for found in error.errors()
    ]
    return problem(
        request,
        422,
        code="request_invalid",
        detail="The request does not have the form that is asked for.",
        fix="See `errors` for each part.",
        errors=fields,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this type alone)
    code = _CODES.get(error.status_code, "request_refused")
    detail = f"{_TITLES.get(error.status_code, 'The request was refused')}."
    return problem(request, error.status_code, code=code, detail=detail, headers=dict(error.headers or {}))


async def _database(request: Request, error: Exception) -> JSONResponse:
    """What the database refused: a name that is taken is the caller's to change, a lost server is ours to wait for."""
    assert isinstance(error, exc.DBAPIError)  # noqa: S101 (registered for this type alone)
    if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
        return problem(
            request,
            409,
            code="already_recorded",
            detail="Another record already has this name or number.",
            fix="Choose another, or read the one that exists.",
        )
    if isinstance(error, exc.OperationalError) or error.connection_invalidated:
        return of_error(request, Unavailable("database_unreachable", "The database cannot be reached."))
    _log.error("database_refused", error=type(error.orig).__name__, sqlstate=getattr(error.orig, "sqlstate", None))
    return unexpected(request)


async def _busy(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 (Starlette's signature)
    refusal = Unavailable(
        "database_busy", "Every connection to the database is in use.", fix="Try again.", retry_after_seconds=2
    )
    return of_error(request, refusal)
