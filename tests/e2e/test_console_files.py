"""Handing in files in a real browser: with progress, without scripts, by keyboard; pictures and axe of each page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_console_browser import PICTURES, WIDTHS, Site, Visitor, browser, enter, site
from tests.e2e.test_console_treasury import axe, found_by_axe

__all__ = ["browser", "site"]  # fixtures that the modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

HEADER = "statement_id,account,currency,line_no,value_date,booked_at,amount,reference,remittance,payer_name\n"
NAMES = ("Siti Nurhaliza binti Tarudin", "PT Karya Abadi Transportasi Nusantara Raya Tbk", "Budi", "Ketut Ayu Lestari")
STATEMENT = HEADER + "".join(
    f"MUT-2026-11-19,5120098765,IDR,{number},2026-11-19,2026-11-19,{number * 123_456_789 % 900_000_000_000}.00,"
    f"BCA20261119{number:06},Angsuran mobil {number},{NAMES[number % 4]}\n"
    for number in range(1, 61)
)
TABLE = "Extrato da conta corrente 0001 75367-X\n\nData;Histórico;Documento;Valor;Pagador\n" + "".join(
    f"{day:02}/10/2026;PIX recebido parcela {day};E00360305202610{day:02};{day}.234,56;José Araújo da Conceição\n"
    for day in range(1, 26)
)
BROKEN = STATEMENT.replace("MUT-2026-11-19", "MUT-2").replace("BCA2026", "BCX2026").replace("IDR,7,", "IDR,seven,")
PAGES = ("files", "file-read", "file-refused", "file-columns")


def hand_in(page: Page, site: Site, account: str, name: str, content: str) -> None:
    """Choose a file and send it, by the keyboard."""
    page.goto(f"{site.address}/console/files")
    page.get_by_label("Account").first.select_option(label=account)
    page.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content.encode()})
    page.get_by_role("button", name="Upload").focus()
    with page.expect_navigation(url="**/files/sfl_*"):
        page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def treasurer(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = enter(browser, site, site.treasury, color_scheme="light")
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def places(treasurer: Visitor, site: Site) -> dict[str, str]:
    """The pages, after a file was read, one refused, and a table not known."""
    page, found = treasurer.page, {"files": "/files"}
    for name, account, file, content in (
        ("file-read", "BCA 512 · Indonesia · IDR", "mutasi-2026-11-19.csv", STATEMENT),
        ("file-refused", "BCA 512 · Indonesia · IDR", "mutasi-rusak.csv", BROKEN),
        ("file-columns", "Itaú 0001 · Brazil · BRL", "Extrato conta corrente outubro 2026 (final).csv", TABLE),
    ):
        hand_in(page, site, account, file, content)
        found[name] = page.url.split("/console")[1].partition("?")[0]
    found["file-columns"] += "/columns"
    return found


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_files_fits_every_width(treasurer: Visitor, places: dict[str, str], name: str, locale: str) -> None:
    treasurer.complaints.clear()
    treasurer.open(places[name], locale=locale)
    for width in WIDTHS:
        treasurer.page.set_viewport_size({"width": width, "height": 900})
        treasurer.page.screenshot(path=PICTURES / f"{name}-{locale}-light-{width}.png", full_page=True)
        assert treasurer.overflow_pixels() <= 0, f"{name} is too wide at {width} pixels"
        if locale == "en":
            assert found_by_axe(treasurer, axe()) == []
    assert treasurer.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_files_in_the_dark(browser: Browser, site: Site, places: dict[str, str], name: str) -> None:
    visitor = enter(browser, site, site.treasury, color_scheme="dark")
    visitor.open(places[name])
    visitor.page.set_viewport_size({"width": 1440, "height": 900})
    visitor.page.screenshot(path=PICTURES / f"{name}-en-dark-1440.png", full_page=True)
    assert found_by_axe(visitor, axe()) == []
    visitor.page.context.close()


def test_progress_is_shown_while_a_file_is_sent_and_it_can_be_stopped(browser: Browser, site: Site) -> None:
    visitor = enter(browser, site, site.treasury)
    page = visitor.page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 150_000}
    session.send("Network.emulateNetworkConditions", slow)
    page.goto(f"{site.address}/console/files")
    big = {"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * 3_000_000}
    page.set_input_files("[name=file]", big)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("% sent", timeout=10_000)
    page.screenshot(path=PICTURES / "files-uploading-en-light-1440.png")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("progress")).to_be_hidden()
    expect(page.get_by_role("button", name="Upload")).to_be_enabled()
    assert page.url.endswith("/files")
    visitor.page.context.close()


def test_a_refusal_of_the_upload_is_shown_on_the_page(treasurer: Visitor, site: Site) -> None:
    page = treasurer.page
    page.goto(f"{site.address}/console/files")
    page.set_input_files("[name=file]", {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""})
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("The file is empty")
    expect(page.get_by_role("alert")).to_be_focused()


def test_a_file_is_handed_in_and_its_columns_said_without_scripts(browser: Browser, site: Site) -> None:
    visitor = enter(browser, site, site.treasury, java_script_enabled=False)
    page = visitor.page
    hand_in(page, site, "Itaú 0001 · Brazil · BRL", "outro.csv", TABLE.replace("/10/2026", "/09/2026"))
    page.get_by_role("link", name="Say what its columns mean").click()
    page.get_by_label("How days are written").fill("mm/dd/yyyy")
    page.get_by_role("button", name="Show the first rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot be read like this")
    page.get_by_label("How days are written").fill("dd/mm/yyyy")
    page.get_by_label("Name of the mapping").fill("Itaú without scripts")
    page.get_by_role("button", name="Save and read the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The file states 25 new lines")
    visitor.page.context.close()
