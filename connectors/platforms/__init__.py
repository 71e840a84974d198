"""Payment platforms, one folder each; here is what all of them need to read what a stranger sent.

A platform is asked with pure functions and never sends. Whatever it receives is untrusted until read: JSON with
a bounded depth, amounts as exact integers or decimals (never floats), header names without regard to case.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from domain.errors import Invalid, Unauthenticated

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_SHOWN_LENGTH: Final = 80


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header whatever the case of its name (RFC 9110, 5.1), ``None`` if absent or blank."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted and value.strip()), None)


def usable_secrets(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """The secrets that are not blank, as bytes; none at all is ``secret_missing``: an empty secret proves nothing."""
    usable = tuple(secret.encode() for secret in secrets if secret.strip())
    if not usable:
        raise Unauthenticated(
            "secret_missing",
            "This connection has no webhook secret, so nothing sent to it can be believed.",
            fix="Store the platform's webhook secret in the connection.",
        )
    return usable


def any_equal(candidates: tuple[bytes, ...], expected: tuple[bytes, ...]) -> bool:
    """Whether any candidate equals any expected value; every pair is compared, each in constant time."""
    found = False
    for candidate in candidates:
        for value in expected:
            found |= hmac.compare_digest(candidate, value)
    return found


def json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in a body, decimals kept exact; ``body_malformed`` for anything else."""
    try:
        document = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # ValueError covers wrong UTF-8, wrong JSON and numbers beyond reason
        raise malformed("The body is not JSON in UTF-8.") from None
    return as_object(document, "the body")


def as_object(value: Any, what: str) -> dict[str, Any]:
    """The value if it is a JSON object, else ``body_malformed``."""
    if not isinstance(value, dict):
        raise malformed(f"A JSON object was expected for {what}.")
    return value


def as_list(value: Any, what: str, *, limit: int) -> list[Any]:
    """The value if it is a JSON array of at most ``limit`` members, else ``body_malformed``."""
    if not isinstance(value, list) or len(value) > limit:
        raise malformed(f"A JSON array of at most {limit} was expected for {what}.")
    return value


def as_text(value: Any, what: str) -> str:
    """The value if it is a string that says something, else ``body_malformed``."""
    text = optional_text(value)
    if text is None:
        raise malformed(f"A text was expected for {what}.")
    return text


def as_whole(value: Any, what: str) -> int:
    """The value if it is a whole JSON number, else ``body_malformed``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise malformed(f"A whole number was expected for {what}.")
    return value


def optional_text(value: Any) -> str | None:
    """The value if it is a string that says something, else ``None``.

    Nor is it a text if the database could not keep it: U+0000, or half of a surrogate pair.
    """
    if not isinstance(value, str) or not value.strip() or _UNKEEPABLE.search(value):
        return None
    return value


def known_status(value: Any, known: frozenset[str], what: str) -> str:
    """The status if it is one that the platform documents for ``what``, else ``status_unknown``."""
    if not isinstance(value, str) or value not in known:
        raise status_unknown(what, value)
    return value


def reference_in_path(reference: str, pattern: re.Pattern[str]) -> str:
    """The reference if the whole of it is shaped as the platform's own, so that it cannot change an address."""
    if not pattern.fullmatch(reference):
        raise Invalid("reference_malformed", "This cannot be the platform's name of a payment.")
    return reference


def malformed(message: str) -> Invalid:
    """The refusal of a body that is not shaped as its platform documents."""
    return Invalid("body_malformed", message)


def status_unknown(what: str, status: object) -> Invalid:
    """The refusal of a status that this platform did not document: guessing would move money wrongly."""
    shown = ascii(status)[:_SHOWN_LENGTH]
    return Invalid(
        "status_unknown",
        f"{shown} is not a known status of {what}.",
        fix="Read the platform's change log, teach the connector this status and let the delivery be tried again.",
        status=shown,
    )


def _no_constant(name: str) -> Any:
    raise ValueError(name)
