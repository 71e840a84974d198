"""The treasurer's pages in a real browser, and every page of the console before axe-core: nothing serious is found."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.test_console_browser import (
    PAGES,
    PICTURES,
    WIDTHS,
    Site,
    Visitor,
    browser,
    enter,
    site,
)

__all__ = ["browser", "site"]  # fixtures that both modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

TREASURY_PAGES = {
    "treasury-home": "",
    "flows": "/flows",
    "flows-country": "/flows?from=2026-08-01&by=country",
    "made-of": "made-of:",
    "made-of-currency": "made-of:&currency=BRL",
    "made-of-child": "made-of-child:",
    "entry": "entry:",
    "fx": "/fx?amount=1500&base=BRL",
}
SERIOUS = ("serious", "critical")
MOST_BYTES = 150_000
SECONDS_TO_FIRST_BYTE = 1.0  # on a machine that runs everything at once; alone a page takes a tenth of that


def axe() -> str:
    """The accessibility rules that a wheel of the test environment carries."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def open_page(visitor: Visitor, path: str, locale: str = "en") -> None:
    """A page by its path, or the figure of the first parent account, a child of it, or an entry behind it."""
    page = visitor.page
    if path.startswith(("made-of", "entry")):
        visitor.open("/accounts")
        href = page.locator('a[href*="/made-of"]').first.get_attribute("href")
        address = f"{visitor.site.address}{href}{path.partition(':')[2]}"
        if path.startswith(("made-of-child", "entry")):
            page.goto(f"{address}&currency=BRL")
            address = f"{visitor.site.address}{page.locator('a.row').first.get_attribute('href')}"
        if path.startswith("entry"):
            page.goto(address)
            page.locator("a.row").first.click()
            link = page.locator('a[href*="/entries/"]').first.get_attribute("href")
            address = f"{visitor.site.address}{link}?"
        page.goto(f"{address}&lang={locale}")
        return
    visitor.open(path, locale=locale)


@pytest.fixture(scope="module")
def treasurer(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.treasury, color_scheme="light")
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def treasurer_at_night(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.treasury, color_scheme="dark")
    yield visitor
    visitor.page.context.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("name", TREASURY_PAGES)
def test_a_page_of_treasury_fits_every_width(treasurer: Visitor, name: str, locale: str) -> None:
    treasurer.complaints.clear()
    open_page(treasurer, TREASURY_PAGES[name], locale)
    for width in WIDTHS:
        treasurer.page.set_viewport_size({"width": width, "height": 900})
        treasurer.page.screenshot(path=PICTURES / f"{name}-{locale}-light-{width}.png", full_page=True)
        assert treasurer.overflow_pixels() <= 0, f"{name} is too wide at {width} pixels"
    assert treasurer.complaints == []


@pytest.mark.parametrize("name", TREASURY_PAGES)
def test_a_page_of_treasury_is_pictured_in_the_dark(treasurer_at_night: Visitor, name: str) -> None:
    open_page(treasurer_at_night, TREASURY_PAGES[name])
    for width in (390, 1440):
        treasurer_at_night.page.set_viewport_size({"width": width, "height": 900})
        treasurer_at_night.page.screenshot(path=PICTURES / f"{name}-en-dark-{width}.png", full_page=True)
    assert found_by_axe(treasurer_at_night, axe()) == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", [*PAGES, *TREASURY_PAGES])
def test_axe_finds_nothing_serious_on_a_page(treasurer: Visitor, name: str, width: int) -> None:
    rules = axe()
    treasurer.page.set_viewport_size({"width": width, "height": 900})
    open_page(treasurer, (PAGES | TREASURY_PAGES)[name])
    assert found_by_axe(treasurer, rules) == []


def found_by_axe(visitor: Visitor, rules: str) -> list[str]:
    """What is wrong for people who do not see or do not point, with where."""
    if not visitor.page.evaluate("typeof axe === 'object'"):
        visitor.page.evaluate(rules)
    found: dict[str, Any] = visitor.page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]


def test_a_figure_is_followed_to_its_entry_without_a_mouse(treasurer: Visitor) -> None:
    page = treasurer.page
    page.set_viewport_size({"width": 1440, "height": 900})
    treasurer.open("/accounts")
    page.locator('a[href*="/made-of"]').first.focus()
    for _ in range(4):  # the parent, its currency, the child account, the leaf
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.keyboard.press("j")
    page.wait_for_url("**/statement?**")
    page.locator('a[href*="/entries/"]').first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/**")
    expect(page.get_by_role("heading", name="What it moved")).to_be_visible()


def test_a_column_tells_its_amounts_on_focus(treasurer: Visitor) -> None:
    treasurer.page.set_viewport_size({"width": 1440, "height": 900})
    treasurer.open("")
    part = treasurer.page.locator(".drawing.broad .part").first
    part.focus()
    expect(part.locator(".readout")).to_have_css("opacity", "1")


@pytest.mark.parametrize("name", TREASURY_PAGES)
def test_a_page_of_treasury_is_light_and_comes_quickly(treasurer: Visitor, name: str) -> None:
    timing = "performance.getEntriesByType('navigation')[0]"
    took = []
    for _ in range(3):  # the best of three: others work on the same cores
        open_page(treasurer, TREASURY_PAGES[name])
        took.append(treasurer.page.evaluate(f"({timing}.responseStart - {timing}.requestStart) / 1000"))
        if took[-1] < SECONDS_TO_FIRST_BYTE:
            break
    assert treasurer.page.evaluate(f"{timing}.decodedBodySize") < MOST_BYTES
    assert min(took) < SECONDS_TO_FIRST_BYTE
