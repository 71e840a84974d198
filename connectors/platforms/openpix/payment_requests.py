"""Asking OpenPix for money: ``POST /api/v1/charge``, a Pix code for one amount until the request expires.

Our payment request's identifier is the ``correlationID``; with ``return_existing`` a repeated request answers with the
charge that was made, so an uncertain one is simply made again.
Source: https://developers.openpix.com.br/api (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from connectors.platforms import (
    answer_of,
    as_moment,
    as_object,
    as_text,
    known_status,
    optional_text,
    positive,
)
from connectors.platforms.openpix.status import CURRENCY, NAME, STATUSES, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_COMMENT: Final = 140


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a charge, or finds it.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Pix does not take {order.amount.currency}.")
    document = {
        "correlationID": order.request_id,
        "value": positive(order.amount).minor,
        "comment": order.description[:_COMMENT],
        "expiresDate": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        **_customer(order),
    }
    return request(config, "POST", "/api/v1/charge?return_existing=true", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again, which answers with the charge that there is."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The code and its page; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    charge = as_object(answer_of(response, NAME).get("charge"), "the charge")
    if known_status(charge.get("status"), STATUSES, "a charge") == "EXPIRED":
        raise Refused("request_cancelled", "OpenPix shows the charge as expired.")
    expires = charge.get("expiresDate")
    return IssuedRequest(
        external_ref=as_text(charge.get("correlationID"), "the charge's name"),
        payload=as_text(charge.get("brCode"), "the charge's code"),
        url=optional_text(charge.get("paymentLinkUrl")),
        expires_at=None if expires is None else as_moment(expires, "when the charge expires"),
    )


def _customer(order: PaymentRequestOrder) -> dict[str, Any]:
    """The debtor, whom OpenPix takes with a document or an e-mail address, or not at all."""
    known = {"taxID": order.payer_document, "email": order.payer_email}
    told = {name: value for name, value in known.items() if value}
    return {"customer": {"name": order.payer_name, **told}} if told else {}
