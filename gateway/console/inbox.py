"""The inbox: what platforms and banks sent, what could not be understood and why, and statements brought by hand."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from connectors import registry
from domain.errors import AfluenteError, Conflict, TooLarge
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.words import LABELS
from gateway.statements import keep_statement
from store import creditors, inbox, listings
from store.creditors import PlatformConnection
from store.inbox import Delivery
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
    shown = delivery.body[:BODY_SHOWN_BYTES].decode("utf-8", errors="replace")
    return page(
        here,
        "delivery.html",
        place="receipts",
        delivery=delivery,
        connection=connection,
        platform=platform_name(delivery.platform),
        shown=shown,
        cut=len(delivery.body) > BODY_SHOWN_BYTES,
    )


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


@router.get("/statements")
def statement_form(here: Visiting) -> HTMLResponse:
    """The form for a statement or settlement report."""
    return _statement_page(here)


def _statement_page(here: Visit, *, error: AfluenteError | None = None, chosen: str = "") -> HTMLResponse:
    with here.tx() as tx:
        takers = [one for one in creditors.connections(tx) if _takes_statements(one)]
    return page(
        here,
        "statement.html",
        place="receipts",
        status=error.status if error else 200,
        takers=takers,
        error=error,
        chosen=chosen,
        limit_megabytes=here.services.limits.upload_body // 1_048_576,
    )


def _takes_statements(connection: PlatformConnection) -> bool:
    platform = registry.platforms().get(connection.platform)
    return platform is not None and platform.statements is not None


@router.post("/statements")
def upload_statement(form: Posting) -> Response:
    """Keep an uploaded statement once; the same file again leads to what became of the first."""
    here = form.visit
    try:
        here.need("inbox")
        kept, is_new = _keep(form)
    except AfluenteError as error:
        return _statement_page(here, error=error, chosen=form.text("connection"))
    here.services.nudge(here.person.tenant_id)
    return go(f"/inbox/{kept.id}", done="statement" if is_new else "statement_known")


def _keep(form: Posted) -> tuple[Delivery, bool]:
    here = form.visit
    filename, body = form.file("file")
    if len(body) > here.services.limits.upload_body:
        raise TooLarge("too_large", "The file is larger than the limit.")
    with here.tx() as tx:
        connection = creditors.get_connection(tx, form.text("connection"))
        return keep_statement(tx, here.services, connection, content=body, filename=filename)
