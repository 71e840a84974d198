"""Proof that an event came from Wompi: a SHA-256 over the values that it lists, its time and the events secret.

The body's ``signature.properties`` names what is covered, in order, as paths below ``data``; the list differs between
kinds of event. Nothing stands between the values, so the list alone could cut a signed text elsewhere: the identifier
of a transaction must be covered, and its neighbours in the signed text must not be able to belong to it.
Source: https://docs.wompi.co/en/docs/colombia/eventos/ and public implementations that recompute its example (2026-11,
confidence high).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    any_equal,
    as_list,
    as_object,
    as_text,
    as_whole,
    json_object,
    malformed,
    usable_secrets,
)
from domain.errors import Invalid, Unauthenticated

_PROPERTIES_LIMIT: Final = 20
_DIGITS_LIMIT: Final = 10**30
_TRANSACTION: Final = "transaction.id"
_OF_AN_IDENTIFIER: Final = frozenset("0123456789-")


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept an event whose checksum is made with any of the secrets.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        event = json_object(raw)
        if event.get("signature") is None:
            raise Unauthenticated("signature_missing", "The event's signature is missing.")
        signed, checksum = _signed(event)
    except Invalid:
        raise _invalid() from None
    expected = tuple(hashlib.sha256(signed + key).hexdigest().encode() for key in keys)
    if not any_equal((checksum.lower().encode(),), expected):
        raise _invalid()


def _signed(event: Mapping[str, Any]) -> tuple[bytes, str]:
    signature = as_object(event.get("signature"), "the event's signature")
    names = as_list(signature.get("properties"), "the signed properties", limit=_PROPERTIES_LIMIT)
    paths = [as_text(name, "a signed property") for name in names]
    data = as_object(event.get("data"), "what the event is about")
    values = [_value(data, path) for path in paths] + [str(as_whole(event.get("timestamp"), "the event's time"))]
    if "transaction" in data:
        _whole_identifier(paths, values)
    return "".join(values).encode(), as_text(signature.get("checksum"), "the checksum")


def _value(data: Mapping[str, Any], path: str) -> str:
    value: Any = data
    for step in path.split("."):
        value = as_object(value, "a signed property").get(step)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _DIGITS_LIMIT:
        return str(value)
    return as_text(value, "a signed value")


def _whole_identifier(paths: list[str], values: list[str]) -> None:
    if paths.count(_TRANSACTION) != 1:
        raise malformed("The signature covers the transaction's identifier once.")
    at = paths.index(_TRANSACTION)
    neighbours = "".join(values[:at])[-1:] + "".join(values[at + 1 :])[:1]
    if _OF_AN_IDENTIFIER.intersection(neighbours):
        raise malformed("The signed text does not show where the transaction's identifier begins and ends.")


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The checksum does not belong to this event under any of the connection's secrets.",
        fix="Compare the connection's secret with the events secret in Wompi's dashboard, of the same environment.",
    )
