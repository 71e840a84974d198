"""What Zalopay tells us: an order was paid. It is signed whole, so it is booked as it stands.

``mac`` is the HMAC-SHA256 in hexadecimal, under the callback key, of ``data`` as the text it is sent as. ``type`` is
not covered and therefore not read: what ``data`` holds says whether it is of an order. There is no limit in time; a
repeat is the same delivery. Amounts are whole dong; a discount is Zalopay's, and ``amount`` is what counts.
Source: https://docs.zalopay.vn/docs/specs/callback-api, whose example verifies under the public callback key of the
demonstration application 2553 and is among the tests (read 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from connectors.platforms import (
    above_zero,
    any_equal,
    as_milliseconds,
    as_text,
    as_whole,
    json_object,
    optional_text,
    usable_secrets,
)
from domain.errors import Invalid, Unauthenticated
from domain.money import Money
from domain.receipts import Ignored, PlatformFact, ReceiptFact

CURRENCY: Final = "VND"
_HANOI: Final = timezone(timedelta(hours=7))
_DATED: Final = re.compile(r"[0-9]{6}_(.{1,33})", re.ASCII)


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a callback signed with any of the callback keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        document = json_object(raw)
        signed = as_text(document.get("data"), "the data").encode()
    except Invalid:
        raise _invalid() from None
    given = optional_text(document.get("mac"))
    if given is None:
        raise Unauthenticated("signature_missing", "The callback has no mac.")
    expected = tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal((given.encode(),), expected):
        raise _invalid()


def delivery_id(raw: bytes) -> str:
    """Zalopay's number of the payment, else a digest of what is told: callbacks have no name."""
    data = as_text(json_object(raw).get("data"), "the data")
    number = json_object(data.encode()).get("zp_trans_id")
    return f"payment/{number}" if isinstance(number, int) else hashlib.sha256(data.encode()).hexdigest()


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The receipt of an order, or ``Ignored`` for what is of no order (an agreement to pay later)."""
    order = json_object(as_text(json_object(raw).get("data"), "the data").encode())
    if not {"zp_trans_id", "amount"} & set(order):
        return (Ignored("agreement"),)
    name = as_text(order.get("app_trans_id"), "the order")
    at = as_milliseconds(order.get("server_time"), "when it was paid")
    ours = _DATED.fullmatch(name)
    return (
        ReceiptFact(
            external_ref=str(as_whole(order.get("zp_trans_id"), "Zalopay's number of the payment")),
            amount=above_zero(Money(as_whole(order.get("amount"), "the amount"), CURRENCY)),
            at=at,
            value_date=at.astimezone(_HANOI).date(),
            references=(ours.group(1), name) if ours else (name,),
            rail="zalopay",
        ),
    )


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The mac does not belong to this data under any of the connection's callback keys.",
        fix="Compare the connection's callback key (key 2) with Zalopay's portal (live or sandbox).",
    )
