"""Webhooks out: how an event reads outside, how it is signed, what an answer means and when to try again.

The scheme is Standard Webhooks (standardwebhooks.com, version 1 of its signatures): the content signed is
``id.timestamp.body``, the key is the base64 part of a ``whsec_`` secret, and several signatures stand in one header,
separated by blanks, so that a secret can be replaced without a gap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Final

from domain.errors import Invalid
from domain.money import Money

EVENT_TYPES: Final = ("receipt.matched", "receipt.unmatched", "difference.opened", "day.closed")
TEST_TYPE: Final = "webhook.test"
"""Asked for by a person, and sent to the one endpoint that it is about."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (what every secret begins with)
SECRET_BYTES: Final = 32
_SECRET_LEAST_BYTES, _SECRET_MOST_BYTES = 24, 64  # the scheme's own bounds

KEPT_ANSWER_BYTES: Final = 1024
FIRST_RETRY: Final = timedelta(seconds=30)
LONGEST_RETRY: Final = timedelta(hours=12)
MOST_TRIES: Final = 14
"""Thirteen retries, each three times later than the last up to twelve hours: 81 hours at the least."""
_GROWTH: Final = 3
_JITTER: Final = 0.2  # at most so much later, never earlier
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
DISABLED_AFTER: Final = timedelta(days=5)
"""How long an endpoint may answer nothing but failures before it is switched off."""

_SUBJECTS: Final[Mapping[str, str]] = {
    "receipt.matched": "receipt_id",
    "receipt.unmatched": "receipt_id",
    "difference.opened": "difference_id",
    "day.closed": "day_close_id",
    TEST_TYPE: "endpoint_id",
}


class Verdict(StrEnum):
    """What an answer means for the delivery."""

    DELIVERED = "delivered"
    RETRY = "retry"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the first bytes, or a code of why nothing did; how long it took.

    ``retry_after`` is the header's text, which counts with 429 and 503 alone. ``begun`` is whether any of the request
    went out: where nothing came back and it did not, the other side surely knows of nothing.
    """

    status: int | None = None
    error: str | None = None
    excerpt: bytes = b""
    retry_after: str | None = None
    milliseconds: int = 0
    begun: bool = field(default=False, compare=False)

    @property
    def verdict(self) -> Verdict:
        """Any 2xx is success, 410 asks for no more; everything else, redirects too, is tried again."""
        if self.status is not None and 200 <= self.status < 300:  # noqa: PLR2004 (RFC 9110, 15.3)
            return Verdict.DELIVERED
        return Verdict.GONE if self.status == 410 else Verdict.RETRY  # noqa: PLR2004 (RFC 9110, 15.5.11)

    @property
    def breaks(self) -> bool:
        """Whether the endpoint cannot take others now either: it was not reached, or asked to be left alone."""
        return self.status is None or self.status in (429, 503)

    def asked_wait(self, now: datetime) -> timedelta | None:
        """How long the receiver asked to be left alone, within a day; seconds or a date (RFC 9110, 10.2.3)."""
        if self.status not in (429, 503) or not self.retry_after:
            return None
        text = self.retry_after.strip()
        if text.isascii() and text.isdigit():
            return min(timedelta(seconds=int(text[:9])), LONGEST_RETRY_AFTER)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment - now, timedelta()), LONGEST_RETRY_AFTER)


def body(type_: str, *, subject_id: str, payload: Mapping[str, Any], at: datetime) -> bytes:
    """The JSON that is sent, the same bytes at every try; amounts are texts in major units, as in the API."""
    data: dict[str, Any] = {_SUBJECTS[type_]: subject_id}
    data |= {name: value for name, value in payload.items() if name not in ("amount_minor", "currency")}
    if "amount_minor" in payload:
        money = Money(payload["amount_minor"], payload["currency"])
        data["amount"] = {"amount": f"{money.decimal:f}", "currency": money.currency}
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    document = {"type": type_, "timestamp": moment, "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def secret_of(key: bytes) -> str:
    """A key as the scheme writes secrets."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, *, message_id: str, timestamp: int, content: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over identifier, Unix seconds and body; ``secret_malformed``."""
    signed = f"{message_id}.{timestamp}.".encode() + content
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not _SECRET_LEAST_BYTES <= len(key) <= _SECRET_MOST_BYTES:
        raise Invalid("secret_malformed", "A webhook secret is whsec_ and the base64 of 24 to 64 bytes.")
    return key


def headers(secrets: Sequence[str], *, message_id: str, timestamp: int, content: bytes) -> dict[str, str]:
    """The scheme's headers: one signature for each secret that is valid now, the newest first."""
    signatures = [signature(secret, message_id=message_id, timestamp=timestamp, content=content) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def retry_delay(tries: int, *, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """How long after try number ``tries`` (from 1) the next is due; ``None`` after the last.

    ``chance`` is drawn from 0 up to 1 and spreads deliveries that failed together. What the receiver asked for is
    waited out even where the schedule would come back earlier.
    """
    if tries >= MOST_TRIES:
        return None
    plain = min(FIRST_RETRY * int(_GROWTH ** (tries - 1)), LONGEST_RETRY)
    return max(plain * (1 + _JITTER * chance), asked or timedelta())
