"""Proof that a webhook came from Checkout.com: an HMAC-SHA256 over the raw body, under the webhook's signature key.

``Cko-Signature`` holds it in hexadecimal. No time is signed, so a delivery may be sent again at any time; it is the
same delivery, which is booked once. Webhooks of its identity checks are signed in another way and fail.
Source: https://www.checkout.com/docs/developer-resources/webhooks/manage-webhooks/set-up-your-webhook-receiver (edition
of 2024-01, read 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from connectors.platforms import any_equal, header, usable_secrets
from domain.errors import Unauthenticated


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed with any of the secrets.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    given = header(headers, "Cko-Signature")
    if given is None:
        raise Unauthenticated("signature_missing", "The Cko-Signature header is missing.")
    expected = tuple(hmac.new(key, raw, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal((given.encode("utf-8", "surrogatepass"),), expected):
        raise Unauthenticated(
            "signature_invalid",
            "The signature does not belong to this body under any of the connection's secrets.",
            fix="Compare the connection's secret with the signature key of the webhook in Checkout.com's dashboard.",
        )
