"""Proof that a webhook came from Tap: an HMAC-SHA256 under the secret key over seven values of a charge or a refund.

The header ``hashstring`` holds it in hexadecimal. The values stand one after the other, each after its name: ``x_id``,
``x_amount`` (with the currency's decimals by ISO 4217, so KWD 1.5 is ``1.500``), ``x_currency``,
``x_gateway_reference``, ``x_payment_reference``, ``x_status``, ``x_created``. A reference that is not there counts as
empty. Nothing else of the body is covered, our own reference least of all. No time limit is part of the scheme.
Source: https://developers.tap.company/docs/webhook (read 2026-11, confidence high; medium for absent references, which
public implementations take as empty). Invoices are signed over other values; they are not used here and fail.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.platforms import any_equal, as_major, as_text, header, json_object, optional_text, usable_secrets
from domain.errors import Invalid, Unauthenticated


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a charge or refund signed with any of the secret keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    given = header(headers, "hashstring")
    if given is None:
        raise Unauthenticated("signature_missing", "The hashstring header is missing.")
    try:
        signed = _signed(json_object(raw)).encode()
    except Invalid:
        raise _invalid() from None
    expected = tuple(hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys)
    if not any_equal((given.encode("utf-8", "surrogatepass"),), expected):
        raise _invalid()


def _signed(document: Mapping[str, Any]) -> str:
    currency = as_text(document.get("currency"), "the currency")
    amount = as_major(document.get("amount"), currency, "the amount")
    reference, transaction = _part(document, "reference"), _part(document, "transaction")
    created = transaction.get("created") if document.get("object") == "charge" else document.get("created")
    return (
        f"x_id{as_text(document.get('id'), 'the id')}"
        f"x_amount{amount.decimal:f}"
        f"x_currency{currency}"
        f"x_gateway_reference{optional_text(reference.get('gateway')) or ''}"
        f"x_payment_reference{optional_text(reference.get('payment')) or ''}"
        f"x_status{as_text(document.get('status'), 'the status')}"
        f"x_created{as_text(created, 'when it was made')}"
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The hashstring does not belong to this body under any of the connection's secret keys.",
        fix="Compare the connection's secret key with Tap's dashboard, of the same mode (test or live).",
    )
