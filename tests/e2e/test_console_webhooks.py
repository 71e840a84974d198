"""The pages of webhooks in a real browser: healthy, failing or off, they fit; a secret is copied by keyboard."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from activities.webhook_delivery import WebhookActivities
from activities.webhook_endpoints import EndpointWish, WebhookDesk
from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from connectors.webhook_sender import WebhookSender
from domain.outgoing_webhooks import EVENT_TYPES, Answer
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import outgoing_events, tenants, webhook_deliveries
from store.database import Database
from tests.e2e.test_console_browser import PICTURES, Site, browser, enter
from tests.fakes.console_world import NOW, Clock, TurnDesk, add_person

__all__ = ["browser"]  # a fixture that both modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

HEALTHY = "https://treasury.aurora-motors-overseas.example/webhooks/afluente?environment=production&region=latam"
FAILING = "https://hooks.example/erp"
GONE = "https://old.example/afluente"


def a_day(database: Database, tenant_id: str) -> str:
    """Three endpoints: one that takes everything, one that fails, one that is gone. A delivery with three tries."""
    at = [NOW - timedelta(hours=3)]

    class Sender:
        def post(self, url: str, *_given: Any) -> Answer:
            if url == HEALTHY:
                return Answer(status=200, excerpt=b'{"ok":true}', milliseconds=84)
            if url == GONE:
                return Answer(status=410, excerpt=b"gone", milliseconds=30)
            late = at[0] > NOW - timedelta(hours=1)
            return Answer(error="timeout", milliseconds=15_000) if late else Answer(500, excerpt=b"<h1>Oops</h1>" * 9)

    with database.tenant(tenant_id) as tx:
        made = {}
        desk = WebhookDesk(tx, tenant_id, clock.new_id, at[0])
        for url in (HEALTHY, FAILING, GONE):
            made[url] = desk.register(EndpointWish(url, EVENT_TYPES, "Treasury's queue"), actor="ana").id
    for hours, type_ in enumerate(("receipt.matched", "receipt.unmatched", "difference.opened")):
        payload = {"amount_minor": 123_456_789_012, "currency": "IDR", "case_id": None}
        with database.tenant(tenant_id) as tx:
            outgoing_events.emit(tx, type_, clock.new_id("receipt"), payload, at[0])
        for _ in range(3):
            WebhookActivities(database, Sender(), lambda: 0.5, lambda: at[0]).batch(tenant_id)
            at[0] += timedelta(minutes=10)
        at[0] = NOW - timedelta(hours=2 - hours)
    with database.tenant(tenant_id) as tx:
        return webhook_deliveries.newest(tx, made[FAILING], limit=10)[-1].id


@pytest.fixture(scope="module")
def site(database: Database) -> Iterator[tuple[Site, str]]:
    tenant_id, now = clock.new_id("tenant"), Clock()
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Aurora", now=clock.now())
    delivery_id = a_day(database, tenant_id)
    services = Services(
        database=database,
        now=now,
        new_id=clock.new_id,
        case_desk=TurnDesk(database, now, tenant_id),
        rates=RateBook([PegRates()], default_limit_days=3650),
        session_key=os.urandom(32),
        limits=Limits(key_per_minute=100_000, address_per_minute=100_000),
        webhook_sender=WebhookSender(resolve=lambda _host, _port: ["93.184.216.34"]),
    )
    server = uvicorn.Server(uvicorn.Config(create_app(services), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the gateway did not start"
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    email = add_person(database, tenant_id, role="admin").email
    yield Site(f"http://127.0.0.1:{port}", *[email] * 4), delivery_id
    server.should_exit = True
    thread.join(timeout=10)


def picture(visitor: Any, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    visitor.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_pages_of_webhooks_fit_and_are_accessible(
    browser: Browser, site: tuple[Site, str], width: int, locale: str
) -> None:
    at, delivery_id = site
    visitor = enter(browser, at, at.finance, viewport={"width": width, "height": 900})
    visitor.open("/webhooks")
    failing = visitor.page.locator("a.row", has_text="hooks.example").get_attribute("href")
    assert failing
    endpoint = failing.removeprefix("/console")
    pages = {"webhooks": "/webhooks", "webhook": endpoint, "webhook-delivery": f"/webhooks/deliveries/{delivery_id}"}
    for name, path in pages.items():
        visitor.open(path, locale=locale)
        visitor.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        picture(visitor, f"{name}-{locale}-{width}")
        assert (name, visitor.overflow_pixels()) == (name, 0)
        found = Axe().run(visitor.page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert (name, serious) == (name, [])
    assert visitor.complaints == []


def test_an_endpoint_is_registered_and_its_secret_copied_with_the_keyboard_alone(
    browser: Browser, site: tuple[Site, str]
) -> None:
    at, _ = site
    visitor = enter(browser, at, at.finance, viewport={"width": 1440, "height": 900})
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.open("/webhooks")
    visitor.page.locator("input[name=url]").focus()
    visitor.page.keyboard.type("https://new.example/afluente")
    visitor.page.keyboard.press("Enter")
    secret = visitor.page.locator("#secret")
    secret.wait_for()
    picture(visitor, "webhook-secret")
    assert visitor.overflow_pixels() == 0
    visitor.page.locator("[data-copy=secret]").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("[data-copy=secret]", has_text="Copied").wait_for()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied == secret.text_content()
    assert copied.startswith("whsec_")
    assert visitor.complaints == []
