"""Webhooks out: endpoints with their health, secrets shown once, every delivery with its answers, sending again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities.webhook_endpoints import MOST_OVERLAP_HOURS, OVERLAP_HOURS, EndpointWish, WebhookDesk
from domain.errors import AfluenteError, Invalid
from domain.outgoing_webhooks import EVENT_TYPES, body
from gateway.console import paging
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from store import webhook_deliveries, webhook_endpoints
from store.listings import Place
from store.webhook_deliveries import WebhookDelivery
from store.webhook_endpoints import WebhookEndpoint

router = APIRouter(route_class=ConsoleRoute)

ROWS: Final = 50
_URL_SHOWN: Final = 2000


@router.get("/webhooks")
def endpoint_list(here: Visiting) -> HTMLResponse:
    """Every endpoint with its health, and the form for another."""
    here.need("webhooks")
    return _list(here)


def _list(here: Visit, *, refused: AfluenteError | None = None, said: dict[str, str] | None = None) -> HTMLResponse:
    with here.tx() as tx:
        endpoints = webhook_endpoints.every(tx)
        counts = webhook_deliveries.counts(tx)
    return page(
        here,
        "webhooks.html",
        place="receipts",
        status=refused.status if refused else 200,
        refused=refused,
        said=said or {"wanted": " ".join(EVENT_TYPES)},
        endpoints=endpoints,
        counts=counts,
        troubled=sum(_troubled(one) for one in endpoints),
        types=EVENT_TYPES,
    )


def _troubled(endpoint: WebhookEndpoint) -> bool:
    """Whether a person should look: it fails, or was switched off by itself."""
    return endpoint.failing_since is not None or endpoint.disabled_reason in ("failing", "gone")


@router.post("/webhooks")
def register(form: Posting) -> Response:
    """Register an endpoint; its secret is shown in this answer alone."""
    here = form.visit
    here.need("webhooks")
    try:
        wish = _wish(form, enabled=True)
        here.services.webhook_sender.check(wish.url)
        with here.tx() as tx:
            endpoint = _desk(here, tx).register(wish, actor=_actor(here))
    except AfluenteError as error:
        return _list(here, refused=error, said=_said(form))
    return _secret_page(here, endpoint)


def _secret_page(here: Visit, endpoint: WebhookEndpoint) -> HTMLResponse:
    answer = page(
        here,
        "webhook_secret.html",
        place="receipts",
        endpoint=endpoint,
        both_until=endpoint.previous_until,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/webhooks/{endpoint_id}")
def show_endpoint(here: Visiting, endpoint_id: str) -> HTMLResponse:
    """One endpoint: its health, what it wants, and its deliveries."""
    here.need("webhooks")
    return _endpoint(here, endpoint_id)


def _endpoint(
    here: Visit, endpoint_id: str, *, refused: AfluenteError | None = None, said: dict[str, str] | None = None
) -> HTMLResponse:
    query = here.request.query_params
    state = query.get("state") or None
    after = paging.from_word(query.get("after"), moments=False)
    before = None if after is None else int(after.key)
    with here.tx() as tx:
        endpoint = webhook_endpoints.get(tx, endpoint_id)
        rows = webhook_deliveries.newest(tx, endpoint_id, limit=ROWS + 1, before_seq=before, state=state)
        counts = webhook_deliveries.counts(tx).get(endpoint_id, {})
    now = here.services.now()
    until = endpoint.previous_until
    wanted = {"url": endpoint.url, "description": endpoint.description or "", "wanted": " ".join(endpoint.event_types)}
    return page(
        here,
        "webhook.html",
        place="receipts",
        status=refused.status if refused else 200,
        refused=refused,
        endpoint=endpoint,
        said=said or wanted,
        rows=rows[:ROWS],
        next=Place(str(rows[ROWS - 1].seq), "") if len(rows) > ROWS else None,
        state=state,
        states=webhook_deliveries.STATES,
        counts=counts,
        missed=counts.get("failed", 0) + counts.get("skipped", 0),
        both_until=until if until is not None and now < until else None,
        resting=endpoint.paused_until is not None and now < endpoint.paused_until,
        today=now.astimezone(here.voice.zone).date(),
        types=EVENT_TYPES,
        overlap=OVERLAP_HOURS,
        most_overlap=MOST_OVERLAP_HOURS,
    )


@router.post("/webhooks/{endpoint_id}/change")
def change(form: Posting, endpoint_id: str) -> Response:
    """State an endpoint anew, on or off."""

    def act(desk: WebhookDesk) -> None:
        wish = _wish(form, enabled=form.text("enabled") == "yes")
        form.visit.services.webhook_sender.check(wish.url)
        desk.change(endpoint_id, wish)

    return _act(form, endpoint_id, act, done="endpoint_changed", said=_said(form))


@router.post("/webhooks/{endpoint_id}/secret")
def rotate(form: Posting, endpoint_id: str) -> Response:
    """Replace the secret; the new one is shown in this answer alone."""
    here = form.visit
    here.need("webhooks")
    try:
        hours, replacing = _number(form.text("overlap_hours")), _instant(form.text("replacing"))
        with here.tx() as tx:
            endpoint = _desk(here, tx).rotate(endpoint_id, overlap_hours=hours, replacing=replacing)
    except AfluenteError as error:
        return _endpoint(here, endpoint_id, refused=error)
    return _secret_page(here, endpoint)


@router.post("/webhooks/{endpoint_id}/test")
def send_test(form: Posting, endpoint_id: str) -> Response:
    """Send an event that means nothing."""
    return _act(form, endpoint_id, lambda desk: desk.test(endpoint_id), done="webhook_test")


@router.post("/webhooks/{endpoint_id}/replay")
def replay_missed(form: Posting, endpoint_id: str) -> Response:
    """Send again what was given up or skipped since the beginning of a day, on the reader's clock."""

    def act(desk: WebhookDesk) -> None:
        day = _day(form.text("since"))
        desk.replay_missed(endpoint_id, since=datetime.combine(day, time(), tzinfo=form.visit.voice.zone))

    return _act(form, endpoint_id, act, done="webhook_again")


@router.post("/webhooks/{endpoint_id}/delete")
def delete(form: Posting, endpoint_id: str) -> Response:
    """Delete an endpoint after it was meant."""
    here = form.visit
    here.need("webhooks")
    with here.tx() as tx:
        _desk(here, tx).delete(endpoint_id)
    return go("/webhooks", done="endpoint_deleted")


@router.get("/webhooks/deliveries/{delivery_id}")
def show_delivery(here: Visiting, delivery_id: str) -> HTMLResponse:
    """One delivery: what is sent, every try and its answer."""
    here.need("webhooks")
    return _delivery(here, delivery_id)


def _delivery(here: Visit, delivery_id: str, *, refused: AfluenteError | None = None) -> HTMLResponse:
    with here.tx() as tx:
        delivery = webhook_deliveries.get(tx, delivery_id)
        endpoint = next((one for one in webhook_endpoints.every(tx) if one.id == delivery.endpoint_id), None)
        tries = webhook_deliveries.attempts(tx, delivery_id)
    return page(
        here,
        "webhook_delivery.html",
        place="receipts",
        status=refused.status if refused else 200,
        refused=refused,
        delivery=delivery,
        endpoint=endpoint,
        tries=[(one, one.answer.decode("utf-8", errors="replace")) for one in reversed(tries)],
        sent=_body(delivery).decode(),
    )


def _body(delivery: WebhookDelivery) -> bytes:
    return body(delivery.event_type, subject_id=delivery.subject_id, payload=delivery.payload, at=delivery.created_at)


@router.post("/webhooks/deliveries/{delivery_id}/replay")
def replay_delivery(form: Posting, delivery_id: str) -> Response:
    """Send a delivery again, now."""
    here = form.visit
    here.need("webhooks")
    try:
        with here.tx() as tx:
            _desk(here, tx).replay_delivery(delivery_id)
    except AfluenteError as error:
        return _delivery(here, delivery_id, refused=error)
    here.services.nudge_webhooks(here.person.tenant_id)
    return go(f"/webhooks/deliveries/{delivery_id}", done="webhook_again")


def _act(
    form: Posted,
    endpoint_id: str,
    act: Callable[[WebhookDesk], Any],
    *,
    done: str,
    said: dict[str, str] | None = None,
) -> Response:
    """Do something to an endpoint, have what became due sent, and lead back to it; or show why not."""
    here = form.visit
    here.need("webhooks")
    try:
        with here.tx() as tx:
            act(_desk(here, tx))
    except AfluenteError as error:
        return _endpoint(here, endpoint_id, refused=error, said=said)
    here.services.nudge_webhooks(here.person.tenant_id)
    return go(f"/webhooks/{endpoint_id}", done=done)


def _desk(here: Visit, tx: Connection) -> WebhookDesk:
    return WebhookDesk(tx, here.person.tenant_id, here.services.new_id, here.services.now())


def _actor(here: Visit) -> str:
    return f"{here.person.name} <{here.person.email}>"


def _said(form: Posted) -> dict[str, str]:
    """What was entered, to stand in the form again."""
    wanted = " ".join(one for one in EVENT_TYPES if form.text(one))
    return {"url": form.text("url")[:_URL_SHOWN], "description": form.text("description")[:200], "wanted": wanted}


def _wish(form: Posted, *, enabled: bool) -> EndpointWish:
    said = _said(form)
    return EndpointWish(form.text("url"), said["wanted"].split(), said["description"] or None, enabled)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Invalid("overlap_out_of_range", f"Write hours from 0 to {MOST_OVERLAP_HOURS}.")
    return int(text[:6])


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise Invalid("secret_changed", "Open the endpoint again.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", "That is no day.", fix="Choose a day, or write it as 2026-11-23.") from None
