"""Proof that a notification came from PayTabs: an HMAC-SHA256 over the raw body, under the profile's server key.

The header ``Signature`` holds it in hexadecimal, both for the IPN of the dashboard and for a request's callback. No
time is signed; a repeated notification is the same delivery, which is booked once. What the debtor's browser brings to
the return address is signed in another way, and is neither needed nor read.
Source: https://support.paytabs.com/en/support/solutions/articles/60000718961 as read in 2026-07 with its worked
example, and https://docs.paytabs.com (2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from connectors.platforms import any_equal, header, usable_secrets
from domain.errors import Unauthenticated


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed with any of the server keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    given = header(headers, "Signature")
    if given is None:
        raise Unauthenticated("signature_missing", "The Signature header is missing.")
    expected = tuple(hmac.new(key, raw, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal((given.encode("utf-8", "surrogatepass"),), expected):
        raise Unauthenticated(
            "signature_invalid",
            "The signature does not belong to this body under any of the connection's server keys.",
            fix="Compare the connection's server key with that of the profile in PayTabs's dashboard.",
        )
