"""The inbox: what platforms and banks sent, what could not be understood and why."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from connectors import registry
from domain.errors import Conflict
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visiting, go, page
from gateway.console.words import LABELS
from store import creditors, inbox, listings
from store.listings import InboxFilter

router = APIRouter(route_class=ConsoleRoute)

BODY_SHOWN_BYTES = 8_000


@router.get("/inbox")
def delivery_list(here: Visiting) -> HTMLResponse:
    """Deliveries, newest first."""
    query = here.request.query_params
    wanted = InboxFilter(state=query.get("state") or None, platform=query.get("platform") or None)
    after = paging.from_word(query.get("after"), moments=True)
    with here.tx() as tx:
        listed = listings.inbox(tx, wanted, after=after)
        counts = inbox.counts_by_state(tx)
    return page(
        here,
        "inbox.html",
        place="receipts",
        listed=listed,
        wanted=wanted,
        counts=counts,
        states=tuple(LABELS["inbox_state"]),
        platforms={code: platform_name(code) for code in registry.platforms()},
        filtered=wanted != InboxFilter(),
    )


@router.get("/inbox/{delivery_id}")
def show_delivery(here: Visiting, delivery_id: str) -> HTMLResponse:
    """One delivery with its error and the beginning of its body."""
    with here.tx() as tx:
        delivery = inbox.get(tx, delivery_id)
        connection = creditors.get_connection(tx, delivery.connection_id)
    shown = delivery.body[:BODY_SHOWN_BYTES].decode("utf-8", errors="replace") if here.may("payers") else ""
    return page(
        here,
        "delivery.html",
        place="receipts",
        delivery=delivery,
        connection=connection,
        platform=platform_name(delivery.platform),
        shown=shown,
        cut=len(delivery.body) > BODY_SHOWN_BYTES,
        size_bytes=len(delivery.body),
    )


@router.get("/inbox/{delivery_id}/raw")
def raw_body(here: Visiting, delivery_id: str) -> Response:
    """A delivery byte for byte, for those who may see who paid; never shown by a browser, whatever it holds."""
    here.need("payers")
    with here.tx() as tx:
        delivery = inbox.get(tx, delivery_id)
    headers = {"Content-Disposition": f'attachment; filename="{delivery.id}.bin"', "Cache-Control": "no-store"}
    return Response(delivery.body, media_type="application/octet-stream", headers=headers)


@router.post("/inbox/{delivery_id}/retry")
def retry(form: Posting, delivery_id: str) -> Response:
    """Have a delivery that was not understood read again."""
    here = form.visit
    here.need("inbox")
    with here.tx() as tx:
        if not inbox.retry(tx, inbox.get(tx, delivery_id).id, now=here.services.now()):
            raise Conflict("delivery_not_failed", "This delivery has not failed.", fix="Open the inbox again.")
    here.services.nudge(here.person.tenant_id)
    return go(f"/inbox/{delivery_id}", done="retry")
