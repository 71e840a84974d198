"""Proof that a notification came from PayTabs: an HMAC-SHA256 over the raw body, under the profile's server key.

The header ``Signature`` holds it in hexadecimal, both for the IPN of the dashboard and for a request's callback. No
time is signed; a repeated notification is the same delivery, which is booked once. What the debtor's browser brings
back is a form that is signed in a way of its own (``forms``).
Source: https://support.paytabs.com/en/support/solutions/articles/60000718961 as read in 2026-07 with its worked
example, and https://docs.paytabs.com (2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from connectors.platforms import any_equal, header, usable_secrets
from connectors.platforms.paytabs import forms
from domain.errors import Invalid, Unauthenticated


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed with any of the server keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    given = header(headers, "Signature")
    if given is not None:
        expected = tuple(hmac.new(key, raw, hashlib.sha256).hexdigest() for key in keys)
    elif forms.is_form(raw):
        given, expected = _of_form(raw, keys)
    else:
        raise Unauthenticated("signature_missing", "The Signature header is missing.")
    if not any_equal((given.encode("utf-8", "surrogatepass"),), tuple(one.encode() for one in expected)):
        raise Unauthenticated(
            "signature_invalid",
            "The signature does not belong to this body under any of the connection's server keys.",
            fix="Compare the connection's server key with that of the profile in PayTabs's dashboard.",
        )


def _of_form(raw: bytes, keys: tuple[bytes, ...]) -> tuple[str, tuple[str, ...]]:
    """The signature that a form brings, and what it may be under the keys; none for what is no form."""
    try:
        fields = forms.fields_of(raw)
    except Invalid:
        return "", ()
    return fields.get(forms.SIGNATURE, ""), tuple(forms.signature(fields, key) for key in keys)
