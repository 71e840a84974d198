"""The workbench in a real browser: every page fits and reads, and a morning's work is done by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from store.database import Database
from tests.e2e.test_console_browser import (
    FAINTEST,
    NAMELESS,
    PICTURES,
    WIDTHS,
    Site,
    Visitor,
    browser,
    enter,
    serve,
)
from tests.e2e.test_console_treasury import MOST_BYTES, axe, found_by_axe
from tests.fakes.console_world import World
from tests.fakes.workbench_world import Workbench

__all__ = ["browser"]  # a fixture that modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

WORKBENCH_PAGES = {
    "reconcile": "/reconcile",
    "proposals": "/reconcile/proposals",
    "proposals-ambiguous": "/reconcile/proposals?status=ambiguous",
    "proposals-empty": "/reconcile/proposals?status=rejected",
    "proposal-confirmed": "/reconcile/proposals?status=confirmed",
    "accept-all": "/reconcile/accept-all?leg=platform&stage=unique_window",
    "items": "/reconcile/items",
    "counterparts": "first:/reconcile/items",
    "differences": "/reconcile/differences",
    "difference": "first:/reconcile/differences?kind=missing_in_book",
    "runs": "/reconcile/runs",
    "report": "/reconcile/report",
    "close": "/close",
}


@pytest.fixture(scope="module")
def site(database: Database) -> Iterator[Site]:
    """The application over a world with a platform's report and a bank's statement."""

    def furnish(world: World) -> None:
        Workbench(world).make()

    with serve(database, furnish=furnish) as served:
        yield served


@pytest.fixture(scope="module")
def treasurer(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.treasury, color_scheme="light")
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def at_night(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.treasury, color_scheme="dark")
    yield visitor
    visitor.page.context.close()


def opened(visitor: Visitor, path: str, locale: str = "en") -> Page:
    """A page of the workbench; of a list's first row where the path says so."""
    if path.startswith("first:"):
        visitor.open(path.removeprefix("first:"))
        href = visitor.page.locator("a.row").first.get_attribute("href") or ""
        path = href.removeprefix("/console")
    visitor.open(path, locale=locale)
    return visitor.page


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("name", WORKBENCH_PAGES)
def test_a_page_fits_every_width(treasurer: Visitor, name: str, locale: str) -> None:
    treasurer.complaints.clear()
    page = opened(treasurer, WORKBENCH_PAGES[name], locale)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"wb-{name}-{locale}-light-{width}.png", full_page=True)
        assert treasurer.overflow_pixels() <= 0, f"{name} is too wide at {width} pixels"
    assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
    assert treasurer.complaints == []


@pytest.mark.parametrize("name", WORKBENCH_PAGES)
def test_a_page_is_readable_in_the_dark(at_night: Visitor, name: str) -> None:
    page = opened(at_night, WORKBENCH_PAGES[name])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"wb-{name}-en-dark-{width}.png", full_page=True)
    assert page.evaluate(FAINTEST) >= 4.5


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", WORKBENCH_PAGES)
def test_axe_finds_nothing_serious_and_everything_has_a_name(treasurer: Visitor, name: str, width: int) -> None:
    treasurer.page.set_viewport_size({"width": width, "height": 900})
    page = opened(treasurer, WORKBENCH_PAGES[name])
    assert page.evaluate(FAINTEST) >= 4.5
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize") < MOST_BYTES
    assert found_by_axe(treasurer, axe()) == []


@pytest.fixture
def fresh(database: Database, browser: Browser) -> Iterator[Visitor]:
    """A treasurer in a world of their own, for work that changes it."""

    def furnish(world: World) -> None:
        Workbench(world).make()

    with serve(database, furnish=furnish) as served:
        visitor = enter(browser, served, served.treasury)
        visitor.page.set_viewport_size({"width": 1440, "height": 900})
        yield visitor
        visitor.page.context.close()


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_mornings_queue_is_worked_through_by_keyboard_alone(fresh: Visitor) -> None:
    page = fresh.page
    page.locator('.rail a[href="/console/reconcile"]').focus()
    press(page, "Enter")
    page.get_by_role("link", name="3 proposals wait for you").focus()
    press(page, "Enter")
    heading = page.locator("#match h2")
    expect(heading).to_contain_text("971.00")

    page.keyboard.press("?")
    expect(page.locator("#keys dl")).to_be_visible()
    press(page, "j")
    expect(heading).to_contain_text("400.00")
    press(page, "k")
    expect(heading).to_contain_text("971.00")

    page.keyboard.press("r")
    page.keyboard.type("another bank")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("The proposal is rejected.")
    expect(heading).to_contain_text("400.00")

    page.keyboard.press("s")
    fields = page.locator("#split select")
    expect(fields.first).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("[data-tally]")).to_have_text("The two sides do not come to the same yet.")
    page.keyboard.type("1")
    expect(page.locator("[data-tally]")).to_have_text("Both sides come to the same.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("The parts are confirmed")
    expect(heading).to_contain_text("453.10")

    press(page, "a")
    expect(page.get_by_role("status")).to_contain_text("The match is accepted and booked.")
    expect(page.get_by_role("heading", level=1)).to_have_text("No proposal waits for you.")

    page.get_by_role("link", name="See what you decided last, or take it back").focus()
    press(page, "Enter")
    page.locator("#revoke summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("too soon")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("The match is taken back")


def test_counterparts_are_searched_and_chosen_by_keyboard(fresh: Visitor) -> None:
    page = fresh.page
    fresh.open("/reconcile/proposals?leg=platform&status=proposed")
    press(page, "/")
    expect(page.locator("[data-first]")).to_be_focused()
    expect(page.locator("[data-tally]")).to_have_text("Both sides come to the same.")
    page.keyboard.type("4812")
    press(page, "Enter")
    expect(page.locator('[data-sum="left"]')).to_contain_text("453.10")
    page.get_by_role("button", name="They are the same money").focus()
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("The rows are matched.")


def test_a_difference_is_resolved_by_keyboard_after_its_preview(fresh: Visitor) -> None:
    page = fresh.page
    fresh.open("/reconcile/differences?kind=missing_in_book")
    page.keyboard.press("j")
    press(page, "Enter")
    page.locator('input[value="book_fee"]').focus()
    page.keyboard.press("Space")
    page.locator("#resolve input[name=note]").focus()
    page.keyboard.type("monthly fee")
    press(page, "Enter")
    expect(page.locator("#preview table")).to_contain_text("35.00")
    page.get_by_role("button", name="Do it").focus()
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("The difference is resolved as shown.")
