"""Connections to platforms and banks: how each is doing, what came last, and replacing a secret."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import connections as keeping
from connectors import registry
from domain.errors import AfluenteError
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from store import creditors, listings
from store.listings import InboxFilter

router = APIRouter(route_class=ConsoleRoute)

LAST_EVENTS = 20


@router.get("/connections")
def connection_list(here: Visiting) -> HTMLResponse:
    """Every connection with what came last and what was not understood."""
    with here.tx() as tx:
        found = creditors.connections(tx)
        health = listings.inbox_health(tx)
    return page(
        here,
        "connections.html",
        place="receipts",
        connections=found,
        health=health,
        troubled=sum(bool(one.errors) for one in health.values()),
        platforms={one.platform: platform_name(one.platform) for one in found},
    )


@router.get("/connections/{connection_id}")
def show_connection(here: Visiting, connection_id: str) -> HTMLResponse:
    """One connection: its address for webhooks, its settings without secrets, its last messages."""
    return _show(here, connection_id)


def _show(here: Visit, connection_id: str, *, refused: AfluenteError | None = None) -> HTMLResponse:
    with here.tx() as tx:
        connection = creditors.get_connection(tx, connection_id)
        last = listings.inbox(tx, InboxFilter(connection_id=connection_id), limit=LAST_EVENTS)
        health = listings.inbox_health(tx).get(connection_id)
    platform = registry.platform(connection.platform)
    base = str(here.request.base_url).rstrip("/")
    return page(
        here,
        "connection.html",
        place="receipts",
        status=refused.status if refused else 200,
        refused=refused,
        connection=connection,
        platform=platform,
        last=last.rows,
        health=health,
        address=f"{base}/webhooks/{connection.platform}/{connection.id}" if platform.webhooks else None,
        public=[(field, connection.config.get(field.name)) for field in platform.config if not field.secret],
        secrets=keeping.secret_fields(platform),
        secrets_set={name for name, value in json.loads(connection.secrets or "{}").items() if value},
    )


@router.post("/connections/{connection_id}/secret")
def replace_secret(form: Posting, connection_id: str) -> Response:
    """State a secret anew; it is never shown."""
    here = form.visit
    here.need("money")
    try:
        with here.tx() as tx:
            keeping.replace_secret(tx, connection_id, form.text("name"), form.text("value")[:2000])
    except AfluenteError as error:
        return _show(here, connection_id, refused=error)
    return go(f"/connections/{connection_id}", done="secret_replaced")
