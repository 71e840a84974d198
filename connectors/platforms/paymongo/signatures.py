"""Proof that a webhook came from PayMongo: an HMAC over the time and the raw body, under the webhook's own secret key.

The header is ``Paymongo-Signature: t=<unix seconds>,te=<hex>,li=<hex>``; ``te`` is filled in test mode, ``li`` live,
and the signed text is ``<t>.<body>``. A webhook belongs to one mode and has a secret of its own, so whichever is filled
is compared. How old a call may be PayMongo leaves to its user, and it does not say whether a retry is signed anew: the
tolerance covers a day of retries. A repeated call is the same delivery, which is booked once.
Source: https://developers.paymongo.com/docs/securing-webhook (2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import any_equal, header, recent, usable_secrets
from domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 24 * 60 * 60
_TIME: Final = re.compile(r"\d{1,12}", re.ASCII)
_MODES: Final = frozenset(("te", "li"))


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a body signed with any of the secrets within a day of ``now``.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``signature_expired``.
    """
    keys = usable_secrets(secrets)
    timestamp, given = _read(header(headers, "Paymongo-Signature"))
    signed = timestamp.encode() + b"." + raw
    if not any_equal(tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys), given):
        raise _invalid()
    recent(timestamp, now, tolerance_seconds=TOLERANCE_SECONDS)


def _read(text: str | None) -> tuple[str, tuple[bytes, ...]]:
    if text is None:
        raise Unauthenticated("signature_missing", "The Paymongo-Signature header is missing.")
    pairs = [item.strip().partition("=") for item in text.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    given = tuple(value.encode("utf-8", "surrogatepass") for name, _, value in pairs if name in _MODES and value)
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 0 < len(given) <= len(_MODES):
        raise _invalid()
    return times[0], given


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body under any of the connection's secrets.",
        fix="Compare the connection's secret with the webhook's secret key (GET /v1/webhooks).",
    )
