"""Giving a Pix back over a Brazilian bank: ``PUT /pix/{e2eid}/devolucao/{id}``, whole or in part, within 90 days.

The name of a return is ours, our refund's identifier without its underscore; a bank refuses one that it has already, so
nothing is given back twice, and what became of it is asked with ``status``. A return is refused beyond what is left of
the Pix and beyond its 90 days. A connection's token needs ``pix.write`` for it (the setting ``scope``).
Source: BACEN, API Pix 2.9.0, openapi.yaml, ``/pix/{e2eid}/devolucao/{id}``, ``DevolucaoSolicitada``, ``Devolucao`` and
``PixDevolucaoInvalida`` (confidence high).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from connectors.platforms import json_object, letters_of, positive, reference_in_path
from connectors.platforms.pix_api.payment_requests import refusal, request
from connectors.platforms.pix_api.webhooks import BRAZIL_TIME, SYSTEM_ID, return_status, returned_at, system_id
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_NAME: Final = re.compile(r"[a-zA-Z0-9]{1,35}", re.ASCII)
_MAX_CENTAVOS: Final = 10**12 - 1
_SHOWN: Final = 140


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a Pix back, under our refund's identifier.

    Raises ``Invalid``: ``amount_not_positive``, ``currency_not_brl``, ``amount_out_of_range``, ``reference_malformed``.
    """
    if positive(order.amount).currency != "BRL":
        raise Invalid("currency_not_brl", f"A Pix is in BRL, not {order.amount.currency}.")
    if order.amount.minor > _MAX_CENTAVOS:
        raise Invalid("amount_out_of_range", "A Pix has at most ten digits of reais.")
    pix = reference_in_path(order.original_ref, SYSTEM_ID)
    name = reference_in_path(letters_of(order.refund_id), _NAME)
    document = {"valor": f"{order.amount.decimal:.2f}", "descricao": order.reason[:_SHOWN]}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return request("PUT", f"/pix/{pix}/devolucao/{name}", config, body=body)


def read(response: HttpResponse) -> IssuedRefund:
    """The return's name in the payment system; ``Refused`` (``refund_rejected``) where it will not be carried out."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    returned = json_object(response.body)
    status = return_status(returned)
    if status == "NAO_REALIZADO":
        raise Refused("refund_rejected", "The bank answered that the return was not carried out.")
    rtr_id = system_id(returned.get("rtrId"), "a return's rtrId")
    if status != "DEVOLVIDO":
        return IssuedRefund(rtr_id, done=False)
    at = returned_at(returned)
    return IssuedRefund(rtr_id, done=True, at=at, value_date=at.astimezone(BRAZIL_TIME).date())
