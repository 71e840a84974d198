"""Proof that a webhook came from Stripe: an HMAC over the time and the raw body, under a secret both know.

The header is ``t=<unix seconds>,v1=<hex>`` with one ``v1`` per active secret; the signed text is ``<t>.<body>``.
Source: https://docs.stripe.com/webhooks#verify-manually (confidence high; equal to the official library in tests).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import any_equal, header, usable_secrets
from domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 300
_MAX_SIGNATURES: Final = 16
_TIME: Final = re.compile(r"\d{1,12}", re.ASCII)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a body signed with any of the secrets within 300 seconds of ``now``, past or future.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``signature_expired``
    (the last only for a signature that is otherwise right, so nobody can probe the clock).
    """
    keys = usable_secrets(secrets)
    timestamp, given = _read(header(headers, "Stripe-Signature"))
    signed = timestamp.encode() + b"." + raw
    expected = tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal(expected, given):
        raise _invalid()
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Unauthenticated(
            "signature_expired",
            f"The webhook was signed more than {TOLERANCE_SECONDS} seconds away from now.",
            fix="Check this machine's clock; an old delivery can be sent again from Stripe's dashboard.",
        )


def _read(text: str | None) -> tuple[str, tuple[bytes, ...]]:
    """The timestamp exactly as sent and the ``v1`` signatures of a header."""
    if text is None:
        raise Unauthenticated("signature_missing", "The Stripe-Signature header is missing.")
    pairs = [item.strip().partition("=") for item in text.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = tuple(value.encode("utf-8", "surrogatepass") for name, _, value in pairs if name == "v1")
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 0 < len(signatures) <= _MAX_SIGNATURES:
        raise _invalid()
    return times[0], signatures


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body under any of the connection's secrets.",
        fix="Compare the connection's webhook secret with the endpoint's signing secret in Stripe's dashboard.",
    )
