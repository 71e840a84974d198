"""Asking PagBank for a Pix to scan: an order with one code, once paid (``POST /orders``).

Our payment request's identifier is the order's reference, and sent as a key against repeats, which PagBank documents
for other products; an order that was made twice has two codes, of which the debtor is given one, and both name our
request. So ``query`` of an uncertain request is the same request again.
Source: https://developer.pagbank.com.br/docs/criar-pedido-pedido-com-qr-code and …/reference/objeto-order (2026-11,
confidence high; low for the key).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from connectors.platforms import answer_of, as_list, as_moment, as_object, as_text, malformed, optional_text, positive
from connectors.platforms.pagbank.status import CURRENCY, NAME, request
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_CODES_LIMIT: Final = 5
_LINKS_LIMIT: Final = 20
_LARGEST: Final = 999_999_999  # nine digits of centavos
_NAME: Final = 30
_ITEM: Final = 64
_DOCUMENT: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}|[0-9]{11}", re.ASCII)
_PICTURE: Final = "QRCODE.PNG"


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a code for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_large``, ``method_currency_mismatch``,
    ``payer_email_missing``, ``payer_document_missing``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Pix does not take {order.amount.currency}.")
    cents = positive(order.amount).minor
    if cents > _LARGEST:
        raise Invalid("amount_too_large", "PagBank takes amounts of at most nine digits of centavos.")
    document = {
        "reference_id": order.request_id,
        "customer": _customer(order),
        "items": [{"name": order.description[:_ITEM], "quantity": 1, "unit_amount": cents}],
        "qr_codes": [
            {
                "amount": {"value": cents},
                "expiration_date": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            }
        ],
        "notification_urls": [config["webhook_url"]],
    }
    return request(config, "POST", "/orders", document, {"x-idempotency-key": order.request_id})


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The order's code and its picture."""
    order = answer_of(response, NAME)
    codes = as_list(order.get("qr_codes"), "the order's codes", limit=_CODES_LIMIT)
    if len(codes) != 1:
        raise malformed("An order was expected to have one code.")
    code = as_object(codes[0], "the code")
    links = [as_object(one, "a link") for one in as_list(code.get("links") or [], "links", limit=_LINKS_LIMIT)]
    expires = code.get("expiration_date")
    return IssuedRequest(
        external_ref=as_text(order.get("id"), "the order's id"),
        payload=as_text(code.get("text"), "the code's text"),
        url=next((optional_text(link.get("href")) for link in links if link.get("rel") == _PICTURE), None),
        expires_at=None if expires is None else as_moment(expires, "when the code expires"),
    )


def _customer(order: PaymentRequestOrder) -> dict[str, Any]:
    if not order.payer_email:
        raise Invalid("payer_email_missing", "PagBank wants the payer's e-mail address.")
    if not order.payer_document or not _DOCUMENT.fullmatch(order.payer_document):
        raise Invalid("payer_document_missing", "PagBank wants the payer's CPF or CNPJ.")
    return {"name": order.payer_name[:_NAME], "email": order.payer_email, "tax_id": order.payer_document}
