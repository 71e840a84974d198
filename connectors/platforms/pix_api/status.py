"""Asking a Brazilian bank what became of a Pix: ``GET /pix/{e2eid}`` of API Pix, told in the words of the callback.

The answer is one Pix with every return of it, so that a lost callback is made good and an uncertain refund found. A
connection's token needs the permission ``pix.read`` for it (the setting ``scope``).
Source: BACEN, API Pix 2.9.0, openapi.yaml, ``/pix/{e2eid}`` and schema ``Pix`` (confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import json_object, reference_in_path
from connectors.platforms.pix_api.payment_requests import refusal, request
from connectors.platforms.pix_api.webhooks import SYSTEM_ID, facts_of
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import PlatformFact


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a Pix by its ``endToEndId``."""
    return request("GET", f"/pix/{reference_in_path(reference, SYSTEM_ID)}", config)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The receipt and its returns as they stand; an unknown status is ``Invalid``."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    return facts_of([json_object(response.body)])
