"""Webhooks: prove who calls on the raw body, keep the delivery once, answer 202, then have the inbox read.

What cannot be read is kept with its error and may be tried again after a fix; nothing that a stranger sends makes the
gateway fail.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from connectors.platforms import headers_of
from gateway.letterbox import Call, Letterbox
from gateway.shapes import Shape

router = APIRouter(tags=["webhooks"])

TOKEN_HEADER: Final = "x-webhook-token"  # noqa: S105 (the name of a header)
HMAC_HEADER: Final = "x-webhook-hmac"
TARGET_HEADER: Final = "request-target"
"""The path that was called, for platforms that sign it; whatever the caller states under this name is written over."""
_ADDRESS: Final = "/webhooks/{platform}/{connection}"


class DeliveryReceived(Shape):
    """A delivery is kept. ``duplicate``: it had been kept before, and ``id`` is that of then."""

    id: str
    duplicate: bool


def _parameter(name: str, place: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": {"type": "string"},
    }


_PARAMETERS: Final = (
    _parameter("platform", "path", "The platform's code."),
    _parameter("connection", "path", "The connection's identifier."),
    _parameter("token", "query", "The connection's token, for platforms that can send no header."),
    _parameter("hmac", "query", "The signature, of platforms that append it to the address."),
)
_SUFFIX: Final = _parameter("suffix", "path", "What the platform appends; it says nothing further.")
_DESCRIBED: Final = {
    "parameters": list(_PARAMETERS),
    "requestBody": {
        "description": "What the platform says, byte for byte as it signed it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


@router.post(
    _ADDRESS,
    status_code=202,
    operation_id="receiveWebhook",
    summary="Tell what happened at a platform",
    response_model=DeliveryReceived,
    openapi_extra=_DESCRIBED,
)
async def receive_webhook(request: Request) -> Response:
    """Keeps the delivery, once; what it says is read afterwards."""
    # The address is read here and not by the framework, whose reading costs as much as proving who calls.
    said, path = request.query_params, request.path_params
    proofs = {TOKEN_HEADER: said.get("token"), HMAC_HEADER: said.get("hmac")}
    headers = headers_of(request.headers.items()) | {name: value for name, value in proofs.items() if value}
    headers[TARGET_HEADER] = request.url.path
    letterbox: Letterbox = request.app.state.letterbox
    kept = await letterbox.put(Call(path["platform"], path["connection"], await request.body(), headers))
    received = DeliveryReceived(id=kept.id, duplicate=kept.duplicate)
    return Response(received.model_dump_json(), 202, media_type="application/json")


@router.post(
    f"{_ADDRESS}/{{suffix:path}}",
    status_code=202,
    operation_id="receiveWebhookBelow",
    summary="The same, for platforms that append to the address",
    response_model=DeliveryReceived,
    openapi_extra={**_DESCRIBED, "parameters": [*_PARAMETERS, _SUFFIX]},
)
async def receive_webhook_below(request: Request) -> Response:
    """Some platforms append a path of their own, as API Pix does with `/pix`."""
    return await receive_webhook(request)
