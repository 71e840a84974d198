"""The error tree: every refusal has a stable code, a sentence and a way out.

    AfluenteError
    ├── Invalid         the input is wrong; saying it again will not help           (422)
    ├── NotFound        there is no such thing for this tenant                      (404)
    ├── Unauthenticated who is asking could not be proved                           (401)
    ├── Forbidden       who is asking may not do this                               (403)
    ├── Conflict        it contradicts what is already recorded                     (409)
    ├── Refused         law, authority or money rules say no                        (409)
    ├── TooLarge        the input passes a stated limit                             (413)
    ├── TooMany         too many requests in the time allowed                       (429)
    └── Unavailable     a peer or a fact is missing now; trying later may help      (503)

The edges translate: the gateway to RFC 9457 problems, activities to ``ApplicationError(type=code)``,
commands to one JSON object on standard error. ``details`` hold facts for machines, never personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class AfluenteError(Exception):
    """A refusal with a code (stable, snake_case), a sentence and, where there is one, a fix."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, *, fix: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.details: Mapping[str, Any] = details

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" {self.fix}" if self.fix else "")

    def as_dict(self) -> dict[str, Any]:
        """The error as a JSON-ready object: ``code``, ``message``, ``fix`` and ``details``."""
        return {"code": self.code, "message": self.message, "fix": self.fix, "details": dict(self.details)}


class Invalid(AfluenteError):
    """The input is wrong; saying it again will not help."""

    status = 422


class NotFound(AfluenteError):
    """There is no such thing, or not for this tenant."""

    status = 404


class Unauthenticated(AfluenteError):
    """Who is asking could not be proved."""

    status = 401


class Forbidden(AfluenteError):
    """Who is asking may not do this."""

    status = 403


class Conflict(AfluenteError):
    """It contradicts what is already recorded."""

    status = 409


class Refused(AfluenteError):
    """Law, authority or a money rule says no."""

    status = 409


class TooLarge(AfluenteError):
    """The input passes a stated limit."""

    status = 413


class TooMany(AfluenteError):
    """Too many requests in the time allowed."""

    status = 429


class Unavailable(AfluenteError):
    """A peer or a fact is missing now; trying later may help."""

    status = 503
