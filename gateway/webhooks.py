"""Webhooks: prove who calls on the raw body, keep the delivery once, answer 202, then have the inbox read.

What cannot be read is kept with its error and may be tried again after a fix; nothing that a stranger sends makes the
gateway fail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from connectors import registry
from domain.errors import AfluenteError, NotFound
from domain.platforms import Webhooks
from gateway.services import Services, ServicesDep
from gateway.shapes import Shape
from store import creditors, inbox
from store.creditors import PlatformConnection
from store.inbox import Delivery

router = APIRouter(tags=["webhooks"])

TOKEN_HEADER: Final = "x-webhook-token"  # noqa: S105 (the name of a header)
HMAC_HEADER: Final = "x-webhook-hmac"
TARGET_HEADER: Final = "request-target"
"""The path that was called, for platforms that sign it; whatever the caller states under this name is written over."""
_LONGEST_DELIVERY_ID: Final = 255


class DeliveryReceived(Shape):
    """A delivery is kept. ``duplicate``: it had been kept before, and ``id`` is that of then."""

    id: str
    duplicate: bool


_BODY: Final = {
    "requestBody": {
        "description": "What the platform says, byte for byte as it signed it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


async def _take(
    request: Request, services: Services, *, platform: str, connection: str, token: str | None, signature: str | None
) -> DeliveryReceived:
    raw = await request.body()
    headers = {**request.headers, TARGET_HEADER: request.url.path}
    if token:
        headers[TOKEN_HEADER] = token
    if signature:
        headers[HMAC_HEADER] = signature
    return await run_in_threadpool(
        receive, services, platform_code=platform, connection_id=connection, raw=raw, headers=headers
    )


_Token = Annotated[
    str | None, Query(max_length=400, description="The connection's token, for platforms that can send no header.")
]
_Hmac = Annotated[
    str | None,
    Query(alias="hmac", max_length=400, description="The signature, of platforms that append it to the address."),
]


@router.post(
    "/webhooks/{platform}/{connection}",
    status_code=202,
    operation_id="receiveWebhook",
    summary="Tell what happened at a platform",
    response_model=DeliveryReceived,
    openapi_extra=_BODY,
)
async def receive_webhook(
    request: Request,
    platform: str,
    connection: str,
    services: ServicesDep,
    token: _Token = None,
    signature: _Hmac = None,
) -> DeliveryReceived:
    """Keeps the delivery, once; what it says is read afterwards."""
    return await _take(request, services, platform=platform, connection=connection, token=token, signature=signature)


@router.post(
    "/webhooks/{platform}/{connection}/{suffix:path}",
    status_code=202,
    operation_id="receiveWebhookBelow",
    summary="The same, for platforms that append to the address",
    response_model=DeliveryReceived,
    openapi_extra=_BODY,
)
async def receive_webhook_below(
    request: Request,
    platform: str,
    connection: str,
    suffix: str,
    services: ServicesDep,
    token: _Token = None,
    signature: _Hmac = None,
) -> DeliveryReceived:
    """Some platforms append a path of their own, as API Pix does with `/pix`; it says nothing further."""
    del suffix
    return await _take(request, services, platform=platform, connection=connection, token=token, signature=signature)


def receive(
    services: Services, *, platform_code: str, connection_id: str, raw: bytes, headers: Mapping[str, str]
) -> DeliveryReceived:
    """Keep a delivery that proves itself; raises ``webhook_unknown`` and what the platform's ``verify`` raises."""
    platform = registry.platforms().get(platform_code)
    with services.database.anyone() as tx:
        tenant_id = creditors.tenant_of_connection(tx, connection_id)
    if tenant_id is None or platform is None or platform.webhooks is None:
        raise _unknown()
    with services.database.tenant(tenant_id) as tx:
        connection = creditors.get_connection(tx, connection_id)
        if connection.platform != platform_code:
            raise _unknown()
        platform.webhooks.verify(raw, headers, secrets_of(connection, platform.webhooks), services.now())
        received = _keep(tx, services, connection, raw, platform.webhooks)
    services.nudge(tenant_id)
    return received


def secrets_of(connection: PlatformConnection, webhooks: Webhooks) -> tuple[str, ...]:
    """The signing secrets that a connection accepts, newest first."""
    stored: dict[str, str] = json.loads(connection.secrets or "{}")
    return tuple(stored[name] for name in webhooks.secret_fields if stored.get(name))


def _keep(
    tx: Connection, services: Services, connection: PlatformConnection, raw: bytes, webhooks: Webhooks
) -> DeliveryReceived:
    delivery_id, problem = name_of(raw, webhooks)
    now = services.now()
    delivery = Delivery(
        id=services.new_id("inbox"),
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        platform=connection.platform,
        delivery_id=delivery_id,
        filename=None,
        body=raw,
        state="new" if problem is None else "error",
        error_code=None if problem is None else problem[0],
        error=None if problem is None else ": ".join(problem),  # as intake writes it
        attempts=0,
        facts=None,
        received_at=now,
        next_try_at=now,
        processed_at=None,
    )
    if inbox.receive(tx, delivery):
        return DeliveryReceived(id=delivery.id, duplicate=False)
    standing = inbox.find(tx, platform=connection.platform, connection_id=connection.id, delivery_id=delivery_id)
    return DeliveryReceived(id=standing.id if standing else delivery.id, duplicate=True)


def name_of(raw: bytes, webhooks: Webhooks) -> tuple[str, tuple[str, str] | None]:
    """The delivery's name, and code and sentence of why it could not be read where it is named by its content."""
    by_content = f"raw:{hashlib.sha256(raw).hexdigest()}"
    try:
        name = webhooks.delivery_id(raw)
    except AfluenteError as error:
        return by_content, (error.code, error.message)
    except Exception as fault:  # noqa: BLE001 (a platform's reader met what its writer did not foresee; the body is kept)
        return by_content, ("body_unreadable", f"The body could not be read ({type(fault).__name__}).")
    if not name or len(name) > _LONGEST_DELIVERY_ID or not name.isprintable():
        return by_content, ("delivery_id_malformed", "The delivery's own identifier is empty, too long or unprintable.")
    return name, None


def _unknown() -> NotFound:
    return NotFound("webhook_unknown", "No active connection receives webhooks at this address.")
