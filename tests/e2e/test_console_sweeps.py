"""The pages of cash sweeps in a real browser: with sweeps on their way, failed and waiting, they fit every width."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import time as clock_time
from datetime import timedelta

import pytest
import uvicorn
from playwright.sync_api import Browser

from activities import sweeps
from activities.sweeps import Setback
from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.pegs import PegRates
from domain.money import Money
from domain.sweep_schedules import Schedule
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import sweeps as kept
from store import tenants
from store.database import Database
from tests.e2e.test_console_browser import PICTURES, Site, browser, enter
from tests.fakes.console_world import NOW, Clock, TurnDesk, add_person
from tests.fakes.sweep_world import SweepWorld

__all__ = ["browser"]  # a fixture that both modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

PAGES = {"sweeps": "/sweeps", "sweep-banks": "/sweeps/banks"}
OPEN_LATE = Schedule("Asia/Dubai", clock_time(9), clock_time(23))


def a_week(database: Database, tenant_id: str) -> SweepWorld:
    """Dirhams swept four days ago and still on their way, a failure, one that waits, and reais without papers."""
    world = SweepWorld(database, tenant_id, at=NOW - timedelta(days=4)).make()
    rule_id = world.rule(schedule=OPEN_LATE, approval_above=Money(200_000_000, "AED"))
    world.fund("AE", 123_456_789)
    world.run(rule_id, by="Li Wei <li@aurora.example>")
    world.at = NOW - timedelta(days=1)
    world.fund("AE", 9_900_000)
    failed = world.run(rule_id, by="Li Wei <li@aurora.example>")
    with database.tenant(tenant_id) as tx:
        sweeps.undo(tx, world.desk, failed.id, Setback("rejected_by_bank", "The account is unknown."), actor="Li Wei")
    world.at = NOW
    world.fund("AE", 300_000_000)
    world.run(rule_id, by="Li Wei <li@aurora.example>")
    world.rule("BR")
    with database.tenant(tenant_id) as tx:
        stored = kept.get_rule(tx, rule_id)
        higher = replace(stored.rule, approval_above=Money(900_000_000_000, "AED"))
        world.rules(tx, "Li Wei <li@aurora.example>").change(higher, since=stored.revision, reason="The season begins.")
    world.fund("BR", 45_678_901)
    world.quote()
    return world


@pytest.fixture(scope="module")
def site(database: Database) -> Iterator[Site]:
    tenant_id, now = clock.new_id("tenant"), Clock()
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Aurora", now=clock.now())
    a_week(database, tenant_id)
    services = Services(
        database=database,
        now=now,
        new_id=clock.new_id,
        case_desk=TurnDesk(database, now, tenant_id),
        rates=RateBook([PegRates(), EcbRates()], default_limit_days=3650),
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
    email = add_person(database, tenant_id, role="treasury").email
    yield Site(f"http://127.0.0.1:{port}", *[email] * 4)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_pages_of_sweeps_fit(browser: Browser, site: Site, width: int, locale: str) -> None:
    visitor = enter(browser, site, site.treasury, viewport={"width": width, "height": 900})
    PICTURES.mkdir(exist_ok=True)
    visitor.open(PAGES["sweeps"], locale=locale)
    one = visitor.page.locator("a[href*='/sweeps/runs/']").first.get_attribute("href") or ""
    for name, path in (PAGES | {"sweep-run": one.removeprefix("/console")}).items():
        visitor.open(path, locale=locale)
        visitor.page.screenshot(path=PICTURES / f"{name}-{locale}-{width}.png", full_page=True)
        assert (name, visitor.overflow_pixels()) == (name, 0)
        visitor.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        visitor.page.screenshot(path=PICTURES / f"{name}-open-{locale}-{width}.png", full_page=True)
        assert (name, visitor.overflow_pixels()) == (name, 0)
    assert visitor.complaints == []
