"""Proof that a notification came from Mercado Pago: an HMAC over what it is about, the request's identifier and a time.

``x-signature: ts=<digits>,v1=<hex>`` over ``id:<data.id>;request-id:<x-request-id>;ts:<ts>;``, a part that is absent
left out, letters of the identifier in lower case. The signature does not cover the body: what is taken from it is the
identifier that it covers, and even that is only asked about.

Mercado Pago takes ``data.id`` from the address it calls; here the body's is taken, which is the same in every topic
read here. So a signed call can never be turned to another payment by its body.
Source: https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks (2026-11, high).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import any_equal, as_object, header, json_object, usable_secrets
from connectors.platforms.mercadopago.webhooks import name_of
from domain.errors import Invalid, Unauthenticated

_TIME: Final = re.compile(r"\d{1,16}", re.ASCII)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a notification signed with any of the secrets.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    stated = header(headers, "x-signature")
    if stated is None:
        raise Unauthenticated("signature_missing", "The x-signature header is missing.")
    moment, given = _read(stated)
    signed = _signed(raw, header(headers, "x-request-id"), moment)
    if not any_equal(tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys), (given,)):
        raise _invalid()


def _read(stated: str) -> tuple[str, bytes]:
    pairs = [item.strip().partition("=") for item in stated.split(",")]
    times = [value.strip() for name, _, value in pairs if name == "ts"]
    signatures = [value.strip() for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or len(signatures) != 1:
        raise _invalid()
    return times[0], signatures[0].encode("utf-8", "surrogatepass")


def _signed(raw: bytes, request_id: str | None, moment: str) -> bytes:
    try:
        about = name_of(as_object(json_object(raw).get("data", {}), "what the notification is about"))
    except Invalid:
        raise _invalid() from None
    parts = (
        f"id:{about.lower()};" if about else "",
        f"request-id:{request_id};" if request_id else "",
        f"ts:{moment};",
    )
    return "".join(parts).encode("utf-8", "surrogatepass")


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this notification under any of the connection's secrets.",
        fix="Compare the connection's secret with the secret signature in the application's panel.",
    )
