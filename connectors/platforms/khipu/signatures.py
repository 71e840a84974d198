"""Proof that a notification came from Khipu: an HMAC-SHA256 in Base64 over the time and the raw body.

``x-khipu-signature: t=<milliseconds>,s=<signature>`` over ``<t>.<body>``, under the collecting account's secret. Khipu
repeats a notification for up to two days and does not say whether it is signed anew, so the tolerance covers that; as a
payment is only asked about, a repeated notification tells nothing new.
Source: https://docs.khipu.com/portal/en/payment-webhook/, whose worked example is among the tests (2026-11, confidence
high; the two days: …/openapi/other/getpaymentbyid.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import any_equal, header, recent, usable_secrets
from domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 3 * 24 * 60 * 60
_STATED: Final = re.compile(r"t=(\d{4,15}),\s?s=([!-~]{1,200})", re.ASCII)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a body signed with any of the secrets within three days of ``now``.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``signature_expired``.
    """
    keys = usable_secrets(secrets)
    stated = header(headers, "x-khipu-signature")
    if stated is None:
        raise Unauthenticated("signature_missing", "The x-khipu-signature header is missing.")
    found = _STATED.fullmatch(stated)
    if found is None:
        raise _invalid()
    moment, signature = found.groups()
    signed = moment.encode() + b"." + raw
    expected = tuple(base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys)
    if not any_equal((signature.encode(),), expected):
        raise _invalid()
    recent(moment[:-3], now, tolerance_seconds=TOLERANCE_SECONDS)


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body under any of the connection's secrets.",
        fix="Compare the connection's secret with the collecting account's in Khipu's portal.",
    )
