"""What Paymob tells us: that something happened to a transaction; what, Paymob is asked.

Paymob adds ``?hmac=`` to the webhook's address: an HMAC-SHA512 in hexadecimal, under the account's HMAC secret, over
twenty values of the transaction, one after the other, with nothing between. The gateway hands it on as the header
``x-webhook-hmac``. Not covered are our own reference, whether a transaction is a refund, and of which; so every
transaction is asked about. Callbacks of another type than TRANSACTION are signed over other values and fail.
Source: https://developers.paymob.com/paymob-docs/developers/webhook-callbacks-and-hmac/hmac/hmac-transaction-callback
and the worked example with its secret in a public client's tests (read 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import any_equal, as_object, as_text, as_whole, header, json_object, malformed, usable_secrets
from domain.errors import Invalid, Unauthenticated
from domain.receipts import Announced, Ignored, PlatformFact

HMAC_HEADER: Final = "x-webhook-hmac"
TRANSACTION: Final = "TRANSACTION"
_SIGNED: Final = (
    ("amount_cents",),
    ("created_at",),
    ("currency",),
    ("error_occured",),
    ("has_parent_transaction",),
    ("id",),
    ("integration_id",),
    ("is_3d_secure",),
    ("is_auth",),
    ("is_capture",),
    ("is_refunded",),
    ("is_standalone_payment",),
    ("is_voided",),
    ("order", "id"),
    ("owner",),
    ("pending",),
    ("source_data", "pan"),
    ("source_data", "sub_type"),
    ("source_data", "type"),
    ("success",),
)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a transaction signed with any of the HMAC secrets.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    given = header(headers, HMAC_HEADER)
    if given is None:
        raise Unauthenticated("signature_missing", "The webhook's address has no hmac.")
    try:
        transaction = as_object(json_object(raw).get("obj"), "the transaction")
        signed = "".join(_written(_at(transaction, place)) for place in _SIGNED).encode("utf-8", "surrogatepass")
    except Invalid:
        raise _invalid() from None
    expected = tuple(hmac.new(key, signed, hashlib.sha512).hexdigest().encode() for key in keys)
    if not any_equal((given.encode("utf-8", "surrogatepass"),), expected):
        raise _invalid()


def delivery_id(raw: bytes) -> str:
    """The type, the transaction and a digest: a transaction is told of again when something happens to it."""
    document = json_object(raw)
    about = as_object(document.get("obj"), "what the callback is about")
    kind = as_text(document.get("type"), "the callback's type")
    return f"{kind}/{as_whole(about.get('id'), 'its id')}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The transaction to ask about, or ``Ignored`` for another type of callback."""
    document = json_object(raw)
    kind = as_text(document.get("type"), "the callback's type")
    if kind != TRANSACTION:
        return (Ignored(kind),)
    transaction = as_object(document.get("obj"), "the transaction")
    number = as_whole(transaction.get("id"), "the transaction's number")
    if not 0 < number < 10**18:
        raise malformed("This cannot be Paymob's number of a transaction.")
    moved = transaction.get("success") is True and transaction.get("pending") is False
    return (Announced(str(number), settled=moved and transaction.get("is_auth") is False),)


def _at(transaction: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    value: Any = transaction
    for name in place:
        value = as_object(value, "a part of the transaction").get(name)
    return value


def _written(value: Any) -> str:
    """A value as Paymob writes it into the text that it signs."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | str():
            return str(value)
        case None:
            return ""
        case _:
            raise malformed("A text, a whole number or a truth value was expected.")


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The hmac does not belong to this transaction under any of the connection's HMAC secrets.",
        fix="Compare the connection's HMAC secret with Paymob's dashboard, under Settings, Account Info.",
    )
