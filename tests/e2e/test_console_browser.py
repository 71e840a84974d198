"""The console in a real browser: it fits every width, reads in the dark and from right to left, and needs no mouse."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.pegs import PegRates
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import tenants
from store.database import Database
from tests.fakes.console_world import PASSWORD, Clock, TurnDesk, World, add_person

pytestmark = [pytest.mark.browser, pytest.mark.servers]

PICTURES = Path(__file__).parents[2] / ".screenshots"
WIDTHS = (390, 768, 1440)
PAGES = {
    "home": "",
    "cases": "/cases",
    "cases-empty": "/cases?q=nobody-is-called-this",
    "case": "first:/cases",
    "outbox": "/outbox",
    "requests": "/requests",
    "instalments": "/instalments",
    "notice": "first:/outbox",
    "receipts": "/receipts",
    "receipt": "first:/receipts",
    "inbox": "/inbox",
    "delivery": "first:/inbox?state=error",
    "files": "/files",
    "connections": "/connections",
    "connection": "first:/connections",
    "import": "/import",
    "accounts": "/accounts",
    "account": "first:/accounts",
    "countries": "/countries",
    "country": "/countries/BR",
    "contact-check": "/contact-checks?country=CL&channel=phone&at=2026-11-25T12:00&touch_at=2026-11-23T12:00",
    "previews": "/previews?country=SG&channel=sms&locale=zh_CN",
}
PHONE_PIXELS = 390
SLOWEST_SECONDS = 1.0  # on a machine that runs everything at once; alone a page takes a tenth of that


def chromium() -> str:
    """The browser's program; without one the tests say so, and fail where nobody would read it."""
    found = os.environ.get("AFLUENTE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    message = "No Chromium: install it (Debian: chromium) or name it in AFLUENTE_CHROMIUM."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True)
class Site:
    """The running console and who may enter it."""

    address: str
    finance: str
    treasury: str
    newcomer: str
    auditor: str


@dataclass
class Visitor:
    """A signed-in page, and what its browser complained about."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, *, locale: str = "en") -> None:
        """A page of the console, or with ``first:`` that of the first row in it."""
        list_path = path.removeprefix("first:")
        mark = "&" if "?" in list_path else "?"
        self.page.goto(f"{self.site.address}/console{list_path}{mark}lang={locale}")
        if path.startswith("first:"):
            href = self.page.locator("a.row").first.get_attribute("href")
            self.page.goto(f"{self.site.address}{href}?lang={locale}")

    def overflow_pixels(self) -> int:
        """How much wider the page is than the window."""
        root = "document.documentElement"
        return int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


@pytest.fixture(scope="module")
def site(database: Database) -> Iterator[Site]:
    """The real application over a made world."""
    with serve(database) as served:
        yield served


@contextmanager
def serve(database: Database, *, furnish: Callable[[World], object] = lambda _: None) -> Iterator[Site]:
    """The real application over a made world, with more in it if wanted, on a port of its own."""

    def found(name: str) -> str:
        tenant_id = clock.new_id("tenant")
        with database.tenant(tenant_id) as tx:
            tenants.create(tx, tenant_id=tenant_id, name=name, now=clock.now())
        return tenant_id

    tenant_id, empty = found("Aurora"), found("Nothing yet")
    world = World(database, tenant_id, Clock()).make()
    furnish(world)
    services = Services(
        database=database,
        now=world.now,
        new_id=clock.new_id,
        case_desk=TurnDesk(database, world.now, tenant_id),
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
    people = [
        add_person(database, tenant_id, role="finance").email,
        add_person(database, tenant_id, role="treasury").email,
        add_person(database, empty, role="admin").email,
        add_person(database, tenant_id, role="auditor").email,
    ]
    yield Site(f"http://127.0.0.1:{port}", *people)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


def enter(browser: Browser, site: Site, email: str, **options: Any) -> Visitor:
    context: BrowserContext = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai", **options)
    page = context.new_page()
    visitor = Visitor(page, site)
    page.on("console", lambda said: visitor.complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    page.goto(f"{site.address}/console/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    return visitor


@pytest.fixture(scope="module")
def light(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.finance, color_scheme="light")
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def dark(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.finance, color_scheme="dark")
    yield visitor
    visitor.page.context.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width(light: Visitor, name: str, locale: str) -> None:
    light.complaints.clear()
    light.open(PAGES[name], locale=locale)
    for width in WIDTHS:
        light.page.set_viewport_size({"width": width, "height": 900})
        light.page.screenshot(path=PICTURES / f"{name}-{locale}-light-{width}.png", full_page=True)
        assert light.overflow_pixels() <= 0, f"{name} is too wide at {width} pixels"
    assert light.page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
    assert light.complaints == []


@pytest.mark.parametrize("locale", ["zh_CN", "pt_BR", "id", "th"])
@pytest.mark.parametrize("name", ["receipts", "accounts"])
def test_amounts_in_a_row_fit_a_phone_in_every_other_language(light: Visitor, name: str, locale: str) -> None:
    light.page.set_viewport_size({"width": PHONE_PIXELS, "height": 900})
    light.open(PAGES[name], locale=locale)
    assert light.overflow_pixels() <= 0


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_an_account_stands_further_in_than_the_one_above_on_a_phone(light: Visitor, locale: str) -> None:
    light.page.set_viewport_size({"width": PHONE_PIXELS, "height": 900})
    light.open("/accounts", locale=locale)
    edge = "right" if locale == "ar" else "left"
    places = [
        light.page.locator(f".depth-{depth} th bdi").first.evaluate(f"bdi => bdi.getBoundingClientRect().{edge}")
        for depth in (0, 1, 2)
    ]
    steps = [abs(inner - outer) for outer, inner in itertools.pairwise(places)]
    assert places == sorted(places, reverse=locale == "ar")
    assert min(steps) >= 12


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_in_the_dark(dark: Visitor, name: str) -> None:
    dark.open(PAGES[name])
    for width in WIDTHS:
        dark.page.set_viewport_size({"width": width, "height": 900})
        dark.page.screenshot(path=PICTURES / f"{name}-en-dark-{width}.png", full_page=True)
    assert dark.page.evaluate(FAINTEST) >= 4.5


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_in_the_light(light: Visitor, name: str) -> None:
    light.open(PAGES[name])
    assert light.page.evaluate(FAINTEST) >= 4.5


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_has_a_name(light: Visitor, name: str) -> None:
    light.open(PAGES[name])
    assert light.page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("name", ["home", "cases", "accounts", "import"])
def test_a_page_with_nothing_in_it_says_so(browser: Browser, site: Site, name: str) -> None:
    visitor = enter(browser, site, site.newcomer)
    visitor.page.set_viewport_size({"width": PHONE_PIXELS, "height": 800})
    visitor.open(PAGES[name])
    visitor.page.screenshot(path=PICTURES / f"{name}-en-nothing-{PHONE_PIXELS}.png", full_page=True)
    expect(visitor.page.locator(".empty").first).to_be_visible()
    visitor.page.context.close()


def test_a_promise_is_taken_without_a_mouse(browser: Browser, site: Site) -> None:
    page = enter(browser, site, site.finance).page
    page.keyboard.press("/")
    page.keyboard.type("TH-2024")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases?q=TH-2024")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/case_*")
    page.locator("#act-promise summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("1500")
    page.keyboard.press("Tab")
    page.locator(":focus").fill("2026-12-05")
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=promise")
    expect(page.get_by_role("status")).to_have_text("The promise is recorded.")
    page.context.close()


def test_a_refusal_takes_the_focus(browser: Browser, site: Site) -> None:
    page = enter(browser, site, site.finance).page
    page.goto(f"{site.address}/console/cases")
    page.locator("a.row").nth(6).click()
    page.locator("#act-promise summary").click()
    page.fill("#act-promise [name=amount]", "0")
    page.fill("#act-promise [name=due_date]", "2026-12-05")
    page.click("#act-promise button")
    expect(page.locator(".alert.fail")).to_be_focused()
    page.context.close()


def test_a_value_of_a_chart_is_shown_on_focus(light: Visitor) -> None:
    light.page.set_viewport_size({"width": 1440, "height": 900})
    light.open("")
    part = light.page.locator(".drawing.wide .part").first
    part.focus()
    expect(part.locator(".readout")).to_have_css("opacity", "1")


def test_a_converted_amount_shows_its_rate_on_focus(light: Visitor) -> None:
    light.open("/accounts")
    total = light.page.locator("table .rated").first
    total.focus()
    expect(total.locator(".tip")).to_contain_text("1 BRL =")


def test_the_language_is_chosen_at_once(browser: Browser, site: Site) -> None:
    page = enter(browser, site, site.treasury).page
    page.select_option("[name=locale]", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.context.close()


def test_the_console_works_without_scripts(browser: Browser, site: Site) -> None:
    page = enter(browser, site, site.treasury, java_script_enabled=False).page
    page.locator(".language select").select_option("pt_BR")
    page.locator(".language button").click()
    assert "Recebimentos" in page.content()
    page.context.close()


def test_times_are_told_in_the_readers_zone(light: Visitor) -> None:
    light.open("first:/cases")
    zones = [cookie["value"] for cookie in light.page.context.cookies() if cookie["name"] == "afluente_zone"]
    assert zones == ["Asia/Shanghai"]


def test_a_page_comes_quickly(light: Visitor) -> None:
    light.open("/cases")
    timing = "performance.getEntriesByType('navigation')[0].responseStart / 1000"
    assert light.page.evaluate(timing) < SLOWEST_SECONDS


# The least contrast (WCAG 2.2, 1.4.3) of any visible text with the nearest opaque background behind it.
FAINTEST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (c) => [0, 1, 2].map((i) => c[i] / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const c = rgba(getComputedStyle(at).backgroundColor);
      if (c[3] === 255) return c;
    }
    return [255, 255, 255, 255];
  };
  let least = 21;
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || node.closest("svg") || !node.checkVisibility()) continue;
    const a = light(rgba(getComputedStyle(node).color)), b = light(behind(node));
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
}"""

# What a screen reader could not name, or would name twice.
NAMELESS = """() => {
  const faults = [];
  for (const node of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!node.labels.length && !node.ariaLabel) faults.push("unlabelled " + node.outerHTML);
  for (const node of document.querySelectorAll("a, button, summary"))
    if (!(node.textContent.trim() || node.ariaLabel)) faults.push("unnamed " + node.outerHTML);
  for (const node of document.querySelectorAll("nav"))
    if (!node.ariaLabel) faults.push("nav without a name " + node.className);
  for (const node of document.querySelectorAll("th:not([scope])")) faults.push("th without scope " + node.textContent);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("id twice " + id);
  if (document.querySelectorAll("h1").length < 1) faults.push("no h1");
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  return faults;
}"""
