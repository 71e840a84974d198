"""Proof that an event came from Omise: an HMAC-SHA256 over the time and the raw body, under the endpoint's secret.

``Omise-Signature`` holds one hexadecimal signature, or several with commas between while a secret is renewed, over
``<Omise-Signature-Timestamp>.<body>``; the secret is shown in Base64. Whether a retry is signed anew is not stated: the
tolerance covers a day of retries, and as an event is only asked about, a repeated one tells nothing new.
Source: https://docs.omise.co/api-webhooks and at least five public implementations (2026-11, confidence high).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import any_equal, header, recent, usable_secrets
from domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 24 * 60 * 60
_MAX_SIGNATURES: Final = 16
_TIME: Final = re.compile(r"\d{1,12}", re.ASCII)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a body signed with any of the secrets within a day of ``now``.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``signature_expired``.
    """
    keys = tuple(_decoded(secret) for secret in usable_secrets(secrets))
    stated, timestamp = header(headers, "Omise-Signature"), header(headers, "Omise-Signature-Timestamp")
    if stated is None or timestamp is None:
        raise Unauthenticated("signature_missing", "The Omise-Signature headers are missing.")
    given = tuple(item.strip().encode("utf-8", "surrogatepass") for item in stated.split(","))
    if not _TIME.fullmatch(timestamp) or len(given) > _MAX_SIGNATURES:
        raise _invalid()
    signed = timestamp.encode() + b"." + raw
    if not any_equal(tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys), given):
        raise _invalid()
    recent(timestamp, now, tolerance_seconds=TOLERANCE_SECONDS)


def _decoded(secret: bytes) -> bytes:
    try:
        key = base64.b64decode(secret, validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise Unauthenticated(
            "secret_missing",
            "The connection's webhook secret is not Base64, so nothing sent to it can be believed.",
            fix="Copy the endpoint's signing secret from Omise's dashboard.",
        )
    return key


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body under any of the connection's secrets.",
        fix="Compare the connection's secret with the endpoint's signing secret in Omise's dashboard.",
    )
