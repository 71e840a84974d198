"""Connections to platforms and banks: how each is doing, what came last, and replacing a secret."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import connection_tests
from activities import connections as keeping
from activities.connection_tests import Proved, Tried
from connectors import registry
from domain.errors import AfluenteError, Unavailable
from domain.platforms import Platform
from domain.receipts import Announced
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from store import connection_health, creditors, listings
from store.creditors import PlatformConnection
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


@dataclass(frozen=True)
class Asked:
    """What a form of the page came to: why it was refused, how the platform answered, what a webhook would say."""

    form: str
    refused: AfluenteError | None = None
    tried: Tried | None = None
    proved: Proved | None = None


def _show(here: Visit, connection_id: str, *, asked: Asked | None = None) -> HTMLResponse:
    refused = asked.refused if asked else None
    with here.tx() as tx:
        away = connection_health.of(tx, connection_id)
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
        asked=asked,
        away=away,
        connection=connection,
        platform=platform,
        last=last.rows,
        health=health,
        address=f"{base}/webhooks/{connection.platform}/{connection.id}" if platform.webhooks else None,
        public=[(field, connection.config.get(field.name)) for field in keeping.public_fields(platform)],
        refund_alone=connection.config.get(keeping.LIMIT_SETTING),
        previous_set=_overlaps(connection, platform),
        told_of=_told_of,
        secrets=keeping.secret_fields(platform),
        secrets_set={name for name, value in json.loads(connection.secrets or "{}").items() if value},
    )


def _overlaps(connection: PlatformConnection, platform: Platform) -> bool:
    """Whether what is signed with an old secret is still taken."""
    held = json.loads(connection.secrets or "{}")
    room = platform.webhooks.secret_fields[1:] if platform.webhooks else ()
    return any(held.get(name) for name in room)


def _told_of(fact: object) -> str:
    """What one fact of a webhook is, in the words of the code."""
    if isinstance(fact, Announced):
        return f"Announced {fact.reference}"
    ref = getattr(fact, "external_ref", None) or getattr(fact, "kind", "")
    amount = getattr(fact, "amount", "")
    return f"{type(fact).__name__} {ref} {amount}".strip()


@router.post("/connections/{connection_id}/secret")
def replace_secret(form: Posting, connection_id: str) -> Response:
    """State a secret anew; it is never shown."""
    here = form.visit
    here.need("money")
    try:
        with here.tx() as tx:
            keeping.replace_secret(tx, connection_id, form.text("name"), form.text("value")[:4000])
    except AfluenteError as error:
        return _show(here, connection_id, asked=Asked("secret", error))
    return go(f"/connections/{connection_id}", done="secret_replaced")


@router.post("/connections/{connection_id}/retire-secret")
def retire_secret(form: Posting, connection_id: str) -> Response:
    """Take nothing more that is signed with an old secret."""
    here = form.visit
    here.need("money")
    with here.tx() as tx:
        keeping.retire_previous(tx, connection_id)
    return go(f"/connections/{connection_id}", done="secret_retired")


@router.post("/connections/{connection_id}/settings")
def change_settings(form: Posting, connection_id: str) -> Response:
    """State public settings anew; how much one person may refund only an administrator states."""
    here = form.visit
    here.need("money")
    said = {
        key[4:]: value.strip()
        for key, value in form.fields.items()
        if key.startswith("set_") and isinstance(value, str)
    }
    if not here.may("webhooks"):
        said.pop(keeping.LIMIT_SETTING, None)
    try:
        with here.tx() as tx:
            keeping.change_settings(tx, connection_id, said)
    except AfluenteError as error:
        return _show(here, connection_id, asked=Asked("settings", error))
    return go(f"/connections/{connection_id}", done="settings_changed")


@router.post("/connections/{connection_id}/state")
def set_state(form: Posting, connection_id: str) -> Response:
    """Pause a connection, or use it again."""
    here = form.visit
    here.need("money")
    asked = form.text("asked") == "1"
    with here.tx() as tx:
        keeping.set_asked(tx, connection_id, asked=asked)
    return go(f"/connections/{connection_id}", done="connection_resumed" if asked else "connection_paused")


@router.post("/connections/{connection_id}/test")
def try_out(form: Posting, connection_id: str) -> Response:
    """Ask the platform something harmless."""
    here = form.visit
    here.need("money")
    with here.tx() as tx:
        connection = creditors.get_connection(tx, connection_id)
    issuer = here.services.issuer
    if issuer is None:
        missing = Unavailable("platform_not_asked", "This gateway asks no platforms.")
        return _show(here, connection_id, asked=Asked("test", missing))
    tried = connection_tests.probe(issuer.transport, connection, now=here.services.now())
    return _show(here, connection_id, asked=Asked("test", tried=tried))


@router.post("/connections/{connection_id}/sample")
def prove_sample(form: Posting, connection_id: str) -> Response:
    """Verify a captured webhook; nothing is kept."""
    here = form.visit
    here.need("money")
    with here.tx() as tx:
        connection = creditors.get_connection(tx, connection_id)
    body = form.fields.get("body")
    # A browser sends a text area's lines with CR LF; what platforms sign has none or LF alone.
    raw = (body if isinstance(body, str) else "").replace("\r\n", "\n").encode()
    try:
        headers = connection_tests.headers_of(form.text("headers"))
        found = connection_tests.proved(connection, raw, headers, now=here.services.now())
    except AfluenteError as error:
        return _show(here, connection_id, asked=Asked("sample", error))
    return _show(here, connection_id, asked=Asked("sample", proved=found))
