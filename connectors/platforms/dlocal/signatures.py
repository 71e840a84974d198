"""dLocal's signature: an HMAC-SHA256 in hexadecimal over X-Login, X-Date and the body, under the merchant's secret key.

``Authorization: V2-HMAC-SHA256, Signature: <hex>``, in our requests and in dLocal's notifications alike. X-Login is
signed but need not be sent to us, so the first of a connection's secrets is the login, and the others are keys. Nothing
stands between the three parts: the time is taken only in the one form that dLocal writes, so nothing can move across.

dLocal repeats a notification for up to a week by its older page, four days and a half by its newer one, and does not
say whether it is signed anew: the tolerance covers that; as payments and refunds are only asked about, a repeated
notification tells nothing new.
Source: https://docs.dlocal.com/reference/payins-security, https://docs.dlocal.com/docs/receive-notifications and the
example of https://docs.dlocal.com/docs/initial-settings, which is among the tests (2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from connectors.platforms import any_equal, header, recent, usable_secrets
from domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 8 * 24 * 60 * 60
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)
_STATED: Final = re.compile(r"V2-HMAC-SHA256, ?Signature: ?([0-9a-f]{64})", re.ASCII)


def signature(login: str, date: str, body: bytes, key: bytes) -> str:
    """The signature of a body sent at a time."""
    return hmac.new(key, login.encode() + date.encode() + body, hashlib.sha256).hexdigest()


def sealed(config: Mapping[str, str], body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove a request of ours sent ``now``."""
    date = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = signature(config["x_login"], date, body, config["secret_key"].encode())
    return {"X-Date": date, "Authorization": f"V2-HMAC-SHA256, Signature: {made}"}


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a body signed for the login with any of the keys within eight days of ``now``.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``signature_expired``.
    """
    login, *keys = usable_secrets(secrets)
    if not keys:
        raise Unauthenticated(
            "secret_missing",
            "This connection has a login, but no secret key.",
            fix="Give both: the X-Login first, then the secret key.",
        )
    stated, date = header(headers, "Authorization"), header(headers, "X-Date")
    if stated is None or date is None:
        raise Unauthenticated("signature_missing", "The Authorization or the X-Date header is missing.")
    found = _STATED.fullmatch(stated)
    if found is None or not _DATE.fullmatch(date):
        raise _invalid()
    expected = tuple(signature(login.decode(), date, raw, key).encode() for key in keys)
    if not any_equal((found.group(1).encode(),), expected):
        raise _invalid()
    recent(_seconds(date), now, tolerance_seconds=TOLERANCE_SECONDS)


def _seconds(date: str) -> str:
    try:
        return str(int(datetime.fromisoformat(date).timestamp()))
    except ValueError:  # the right shape, but no day
        raise _invalid() from None


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body and time under any of the connection's keys.",
        fix="Compare the connection's X-Login and secret key with those in dLocal's dashboard (live or sandbox).",
    )
