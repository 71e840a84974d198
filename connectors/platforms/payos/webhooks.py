"""What payOS tells us: a transfer arrived for a link. It announces; the link's answer says what is booked.

Source: the worked example of the signature page, see ``signatures`` (2026-11, confidence medium).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_object, as_text, json_object, known_status
from domain.receipts import Announced

_CODES: Final = frozenset(("00",))


def delivery_id(raw: bytes) -> str:
    """The link and the bank's reference of the transfer: payOS names no delivery."""
    data = _data(raw)
    return f"{_link(data)}/{as_text(data.get('reference'), 'the reference')}"


def parse(raw: bytes) -> tuple[Announced, ...]:
    """The link that money arrived for; any code but success is ``Invalid`` (``status_unknown``)."""
    data = _data(raw)
    known_status(data.get("code"), _CODES, "a transfer")
    return (Announced(_link(data), settled=True),)


def _data(raw: bytes) -> Mapping[str, Any]:
    return as_object(json_object(raw).get("data"), "the data")


def _link(data: Mapping[str, Any]) -> str:
    return as_text(data.get("paymentLinkId"), "the link's id")
