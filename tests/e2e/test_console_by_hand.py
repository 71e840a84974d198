"""Calls and letters in a real browser: a call from queue to outcome by keyboard, pages that fit and are accessible."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import tenants
from store.database import Database
from tests.e2e.test_console_browser import PICTURES, Site, Visitor, browser, enter
from tests.fakes.console_world import TurnDesk, add_person
from tests.fakes.pay_world import small_world

__all__ = ["browser"]  # a fixture that both modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday in São Paulo


@pytest.fixture(scope="module")
def site(database: Database) -> Iterator[Site]:
    tenant_id = clock.new_id("tenant")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Aurora", now=clock.now())
    world = small_world(database, tenant_id, "BR")
    world.now.at = NOON
    services = Services(
        database=database,
        now=world.now,
        new_id=clock.new_id,
        case_desk=TurnDesk(database, world.now, tenant_id),
        rates=RateBook([PegRates()], default_limit_days=3650),
        session_key=os.urandom(32),
        limits=Limits(key_per_minute=100_000, address_per_minute=100_000),
    )
    server = uvicorn.Server(uvicorn.Config(create_app(services), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the gateway did not start"
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    email = add_person(database, tenant_id, role="finance").email
    yield Site(f"http://127.0.0.1:{port}", *[email] * 4)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    entered = enter(browser, site, site.finance, viewport={"width": 1440, "height": 900})
    yield entered
    entered.page.context.close()


def looked_at(visitor: Visitor, name: str) -> None:
    """The page as it stands fits a phone and a desk, in English and Arabic, and axe finds nothing serious."""
    address = visitor.page.url.partition("?")[0]
    for locale, width in (("en", 1440), ("en", 390), ("ar", 1440), ("ar", 390)):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.goto(f"{address}?lang={locale}")
        PICTURES.mkdir(exist_ok=True)
        visitor.page.screenshot(path=PICTURES / f"{name}-{locale}-{width}.png", full_page=True)
        assert (name, locale, width, visitor.overflow_pixels()) == (name, locale, width, 0)
        found = Axe().run(visitor.page).response["violations"]
        assert (name, [one["id"] for one in found if one["impact"] in ("serious", "critical")]) == (name, [])
    visitor.page.set_viewport_size({"width": 1440, "height": 900})
    visitor.page.goto(f"{address}?lang=en")


def queue(visitor: Visitor, what: str) -> None:
    visitor.open("first:/cases")
    visitor.page.locator("summary", has_text=f"Queue a {what}").click()
    visitor.page.get_by_role("button", name=f"Queue the {what}").click()
    visitor.page.wait_for_load_state()


def test_a_call_is_made_from_the_queue_to_its_outcome_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    queue(visitor, "call")
    visitor.open("/calls")
    looked_at(visitor, "calls")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/ntc_*")
    looked_at(visitor, "call-waiting")
    page.get_by_role("button", name="Start the call").focus()
    page.keyboard.press("Enter")
    page.locator("a[href^='tel:']").wait_for()
    looked_at(visitor, "call-opened")
    page.get_by_role("button", name="Identity confirmed").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="3. Say what it is about").wait_for()
    looked_at(visitor, "call-verified")
    page.locator("input[name=outcome]").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="End the call").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls?done=call_ended")
    assert visitor.complaints == []


def test_a_letter_is_taken_out_and_posted(visitor: Visitor) -> None:
    page = visitor.page
    queue(visitor, "letter")
    looked_at(visitor, "letters")
    page.get_by_role("button", name="Take out").click()
    page.wait_for_url("**/letters/ltb_*")
    looked_at(visitor, "letter-batch")
    page.locator("input[name=tracking]").fill("RA123456789CN")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=letters_posted")
    assert page.get_by_text("RA123456789CN").is_visible()
    assert visitor.complaints == []
