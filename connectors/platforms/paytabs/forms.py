"""What the debtor's browser brings back from PayTabs's page: a form of a few fields, signed in a way of its own.

``signature`` is the HMAC-SHA256 in hexadecimal, under the server key, of the other fields that are not empty, in the
alphabet's order of their names and written as a form again. The form states no amount and passes through the debtor's
hands: it announces a transaction, and PayTabs is asked about it.
Source: https://support.paytabs.com/en/support/solutions/articles/60000718961, whose worked example is a test, as read
in 2026-07, and https://docs.paytabs.com/Backend-Web-Packages/Laravel/Handle-the-payment-response (2026-11, confidence
high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from connectors.platforms import malformed

SIGNATURE: Final = "signature"
_FIELDS_LIMIT: Final = 50


def is_form(raw: bytes) -> bool:
    """Whether a body is such a form and no notification, which is JSON."""
    return f"{SIGNATURE}=".encode() in raw and not raw.lstrip().startswith(b"{")


def fields_of(raw: bytes) -> dict[str, str]:
    """The form's fields by name; ``body_malformed`` for what is no form, or names one twice."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS_LIMIT)
    except ValueError:  # covers wrong UTF-8
        raise malformed("The body is no form in UTF-8.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise malformed("A field stands twice in the form.")
    return fields


def signature(fields: Mapping[str, str], key: bytes) -> str:
    """The signature of a form's fields under a server key."""
    signed = sorted((name, value) for name, value in fields.items() if value and name != SIGNATURE)
    return hmac.new(key, urlencode(signed).encode(), hashlib.sha256).hexdigest()
