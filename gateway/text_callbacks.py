"""Callbacks of the text gateway: proved on the raw body, kept, and only then answered."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from connectors.channels.sms_http import callbacks
from domain.errors import NotFound
from gateway.services import Services, ServicesDep
from gateway.shapes import Shape

router = APIRouter(tags=["webhooks"])


class CallbackKept(Shape):
    """What was told is kept; telling it again changes nothing."""

    kept: bool


_BODY = {
    "requestBody": {
        "description": "A `text.report` or a `text.received`, byte for byte as it was signed.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "/webhooks/channels/sms",
    operation_id="receiveTextCallback",
    summary="Tell what became of a text message, or what somebody wrote",
    response_model=CallbackKept,
    openapi_extra=_BODY,
)
async def receive_text_callback(request: Request, services: ServicesDep) -> CallbackKept:
    """Signed as Standard Webhooks are, with the secret of the gateway."""
    raw = await request.body()
    return await run_in_threadpool(_take, services, raw, dict(request.headers))


def _take(services: Services, raw: bytes, headers: dict[str, str]) -> CallbackKept:
    texts = services.texts
    if texts is None:
        raise NotFound("webhook_unknown", "No text gateway is connected here.")
    callbacks.verify(raw, headers, secrets=texts.secrets, now=services.now())
    texts.listener(callbacks.read(raw))
    return CallbackKept(kept=True)
