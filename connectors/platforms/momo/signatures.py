"""MoMo's signature: an HMAC-SHA256 in hexadecimal, under the secret key, of ``name=value`` pairs in order of name.

The pairs are those that each kind of message names, the access key among them; values stand as they are, not escaped. A
notification is signed over all that is read of it. There is no limit in time; a repeat is the same delivery.
Source: https://developers.momo.vn/v3/docs/payment/api/result-handling/notification and …/payment/api/wallet/onetime
(read 2026-11), the official examples of github.com/momo-wallet/payment (nodejs/MoMo.js) for requests, and the order of
a notification's names in public implementations (confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import any_equal, json_object, optional_text, usable_secrets
from domain.errors import Invalid, Unauthenticated

_TEXTS: Final = ("extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType", "requestId")
_WHOLES: Final = ("amount", "responseTime", "resultCode", "transId")


def sign(pairs: Mapping[str, Any], *, access_key: str, key: str) -> str:
    """The signature of the pairs and the access key under a secret key."""
    named = {**pairs, "accessKey": access_key}
    text = "&".join(f"{name}={named[name]}" for name in sorted(named))
    return hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a notification signed with any of the secret keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    access_key, *keys = (secret.decode() for secret in usable_secrets(secrets))
    if not keys:
        raise Unauthenticated(
            "secret_missing",
            "This connection has an access key, but no secret key.",
            fix="Give both: the access key first, then the secret key.",
        )
    try:
        document = json_object(raw)
        pairs = _signed(document)
    except Invalid:
        raise _invalid() from None
    given = optional_text(document.get("signature"))
    if given is None:
        raise Unauthenticated("signature_missing", "The notification has no signature.")
    expected = tuple(sign(pairs, access_key=access_key, key=key).encode() for key in keys)
    if not any_equal((given.encode(),), expected):
        raise _invalid()


def _signed(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a notification is signed; anything but texts and whole numbers cannot be written one way."""
    pairs: dict[str, Any] = {}
    for name in (*_TEXTS, *_WHOLES):
        value = document.get(name)
        is_whole = isinstance(value, int) and not isinstance(value, bool) and name in _WHOLES
        if not is_whole and not (isinstance(value, str) and name in _TEXTS):
            raise Invalid("body_malformed", f"{name} is not of the kind that MoMo signs.")
        pairs[name] = value
    return pairs


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this notification under any of the connection's keys.",
        fix="Compare the connection's access key and secret key with MoMo's business portal (live or sandbox).",
    )
