"""Proof that a webhook came from payOS: HMAC-SHA256, in hexadecimal, of its ``data`` as sorted ``name=value`` pairs.

An absent value is empty. payOS signs texts and whole numbers only; anything else cannot be written one way and is
refused. There is no time in it; a repeated webhook is the same delivery, kept once.
Source: https://payos.vn/docs/tich-hop-webhook/kiem-tra-du-lieu-voi-signature, whose worked example (from the
project's notes, recomputed) is among the tests, and the official libraries payOSHQ/payos-lib-node,
src/crypto/node-crypto.ts, and payos-lib-python, whose test cases are among the tests too (2026-11, high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.platforms import any_equal, as_object, json_object, malformed, usable_secrets
from domain.errors import Invalid, Unauthenticated


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed under one of the checksum keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        document = json_object(raw)
        stated = document.get("signature")
        signed = canonical(as_object(document.get("data"), "the data")).encode("utf-8", "surrogatepass")
    except Invalid:  # the proof is in the body: what cannot be read proves nothing
        raise _invalid() from None
    if not isinstance(stated, str) or not stated:
        raise Unauthenticated("signature_missing", "The body has no signature.")
    expected = tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal((stated.encode("utf-8", "surrogatepass"),), expected):
        raise _invalid()


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body.",
        fix="Compare the connection's checksum key with the payment channel's.",
    )


def sign(text: str, key: str) -> str:
    """The signature of a text under a checksum key."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical(data: Mapping[str, Any]) -> str:
    """The pairs that are signed, in order of name."""
    return "&".join(f"{name}={_shown(data[name])}" for name in sorted(data))


def _shown(value: Any) -> str:
    match value:
        case None | "null" | "undefined":  # the official library writes all three as nothing
            return ""
        case str():
            return value
        case int() if not isinstance(value, bool) and abs(value) < 2**53:
            return str(value)
    raise malformed("The data holds something that payOS does not sign.")
