"""What EBANX tells us: that payments changed, were refunded or charged back; what became of them, EBANX is asked.

The body is a form (``operation``, ``notification_type``, ``hash_codes`` with commas); a JSON object of the same names
is read alike. A chargeback is an error for a person to see to (see the folder's page).
Source: https://developers.ebanx.com/integrations/notifications (read 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import parse_qsl

from connectors.platforms import as_text, json_object, known_status, malformed, reference_in_path
from connectors.platforms.ebanx.status import HASH
from domain.errors import Invalid
from domain.receipts import Announced, Ignored, PlatformFact

_OPERATION: Final = "payment_status_change"
_REFUND: Final = "refund"
_CONTESTED: Final = frozenset(("chargeback", "chargeback_credit"))
_TYPES: Final = frozenset(("update", _REFUND)) | _CONTESTED
_FIELDS_LIMIT: Final = 20
_HASHES_LIMIT: Final = 100


def delivery_id(raw: bytes) -> str:
    """What happened and to which payments: notifications have no name, and a repeat is word for word the same."""
    told = _told(raw)
    names = (as_text(told.get(name), name) for name in ("operation", "notification_type", "hash_codes"))
    return hashlib.sha256("&".join(names).encode()).hexdigest()


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The payments to ask about; ``Ignored`` for another operation; ``Invalid`` for an unknown type."""
    told = _told(raw)
    operation = as_text(told.get("operation"), "the operation")
    if operation != _OPERATION:
        return (Ignored(operation[:80]),)
    kind = known_status(told.get("notification_type"), _TYPES, "a notification")
    hashes = as_text(told.get("hash_codes"), "the payments").split(",")
    if len(hashes) > _HASHES_LIMIT:
        raise malformed(f"At most {_HASHES_LIMIT} payments were expected.")
    names = tuple(dict.fromkeys(reference_in_path(one.strip(), HASH) for one in hashes))
    if kind in _CONTESTED:
        raise Invalid(
            "contest_untold",
            f"EBANX tells of a {kind}, but not of how much and since when.",
            fix="Look the payment up in EBANX's dashboard and record the chargeback by hand.",
        )
    return tuple(Announced(name, settled=kind == _REFUND) for name in names)


def _told(raw: bytes) -> dict[str, Any]:
    if raw.lstrip()[:1] == b"{":
        return json_object(raw)
    try:
        pairs = parse_qsl(raw.decode(), strict_parsing=True, max_num_fields=_FIELDS_LIMIT)
    except ValueError:  # covers wrong UTF-8
        raise malformed("The body is no form in UTF-8.") from None
    told = dict(pairs)
    if len(told) != len(pairs):
        raise malformed("A field stands twice in the form.")
    return told
