"""What OpenPix tells us: a charge was paid or has expired, a Pix has arrived or was given back.

A Pix for a charge is named by the charge's ``correlationID``, which is paid once and told by several events; any other
by its end-to-end identifier. Amounts are in centavos.
Source: https://developers.openpix.com.br/docs/webhook/webhook-events-type and the examples beside it (2026-11, high).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_moment, as_object, as_text, json_object, malformed, optional_text
from connectors.platforms.openpix.status import amount_of, day_of, document_of, name_of, receipt_of
from domain.errors import Invalid
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, ReversalKind

_RECEIVED: Final = frozenset(
    (
        "OPENPIX:CHARGE_COMPLETED",
        "OPENPIX:CHARGE_COMPLETED_NOT_SAME_CUSTOMER_PAYER",
        "OPENPIX:TRANSACTION_RECEIVED",
    )
)
_EXPIRED: Final = "OPENPIX:CHARGE_EXPIRED"
_REFUNDED: Final = "OPENPIX:TRANSACTION_REFUND_RECEIVED"
_DISPUTES: Final = "OPENPIX:DISPUTE_"


def delivery_id(raw: bytes) -> str:
    """The event and what it is about: OpenPix names no delivery, and repeats one word for word."""
    document = json_object(raw)
    pix, charge = (_part(document, name) for name in ("pix", "charge"))
    about = optional_text(pix.get("endToEndId")) or optional_text(charge.get("correlationID"))
    return f"{_kind(document)}/{about or hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The fact of an event, or ``Ignored`` for one that moves no money; a dispute is ``Invalid`` (see the gaps)."""
    document = json_object(raw)
    kind = _kind(document)
    if kind in _RECEIVED:
        return (_received(document),)
    if kind == _EXPIRED:
        return (RequestExpired(as_text(_part(document, "charge").get("correlationID"), "the charge's name")),)
    if kind == _REFUNDED:
        return (_refunded(document),)
    if kind.startswith(_DISPUTES):
        raise Invalid(
            "contest_untold",
            "OpenPix tells of a dispute, but not since when.",
            fix="Look the dispute up in OpenPix's panel and record it by hand.",
        )
    return (Ignored(kind),)


def _received(document: Mapping[str, Any]) -> ReceiptFact:
    pix, charge = (_part(document, name) for name in ("pix", "charge"))
    amount = amount_of(pix.get("value"), "the amount of the Pix")
    if charge:
        return receipt_of({"paidAt": pix.get("time"), "payer": pix.get("payer")} | charge, amount)
    at = as_moment(pix.get("time"), "when the Pix arrived")
    code, payer = _part(document, "pixQrCode"), _part(pix, "payer")
    names = (code.get("correlationID"), code.get("identifier"))
    return ReceiptFact(
        external_ref=as_text(pix.get("endToEndId"), "the end-to-end identifier"),
        amount=amount,
        at=at,
        value_date=day_of(at),
        references=tuple(filter(None, map(optional_text, names))),
        payer_name=name_of(payer),
        payer_document=document_of(payer),
        remittance=optional_text(pix.get("infoPagador")),
        rail="pix",
    )


def _refunded(document: Mapping[str, Any]) -> ReversalFact:
    pix, charge = (_part(document, name) for name in ("pix", "charge"))
    if not charge:
        raise malformed("A refund of a Pix without a charge does not name what it gives back.")
    at = as_moment(pix.get("time"), "when the refund was made")
    return ReversalFact(
        external_ref=as_text(pix.get("endToEndId"), "the refund's end-to-end identifier"),
        original_ref=as_text(charge.get("correlationID"), "the charge's name"),
        amount=amount_of(pix.get("value"), "the refund's amount"),
        at=at,
        value_date=day_of(at),
        kind=ReversalKind.REFUND,
    )


def _kind(document: Mapping[str, Any]) -> str:
    return as_text(document.get("event") or document.get("evento"), "the event")


def _part(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return {} if value is None else as_object(value, f"the event's {name}")
