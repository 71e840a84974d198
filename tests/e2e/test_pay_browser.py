"""The debtor's page in a real browser, on a phone: read, paid and answered in their language, without scripts too."""

from __future__ import annotations

import base64
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import uvicorn
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from activities import instalments
from activities import pay_links as giving
from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from domain.instalment_plans import InstalmentTerms
from domain.money import Money
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import cases, holds, parties, promises, tenants
from store.database import Database
from tests.e2e.test_console_browser import PICTURES, browser
from tests.fakes.console_world import LONG_NAME, TurnDesk, World
from tests.fakes.pay_world import small_world

__all__ = ["browser"]  # a fixture that both modules share

pytestmark = [pytest.mark.browser, pytest.mark.servers]

PHONE = {"width": 390, "height": 844}
LARGEST_BYTES = 60_000
DEBTORS = {"BR": 5, "TH": 3, "AE": 4}
"""As many as have each test its own; the newest speaks the country's first language."""
LANGUAGES = {"BR": ("pt-BR", "ltr"), "TH": ("th", "ltr"), "AE": ("ar", "rtl")}


@dataclass
class Site:
    """One country's debtors behind a running gateway."""

    database: Database
    world: World
    address: str
    handed: list[str] = field(default_factory=list)

    def fresh_case(self) -> str:
        """A case that no test has touched."""
        line = next(line for line in self.world.cases() if line.id not in self.handed)
        self.handed.append(line.id)
        return line.id

    def offer_instalments(self, case_id: str) -> None:
        """The creditor lets debtors of the case's country spread what is overdue."""
        with self.database.tenant(self.world.tenant_id) as tx:
            case = cases.get(tx, case_id)
            instalments.state_terms(
                tx,
                creditor_id=case.creditor_id,
                country=case.country,
                currency=case.currency,
                terms=InstalmentTerms(3, Money(1, case.currency), 7),
                actor="tests",
                new_id=clock.new_id,
                now=self.world.now(),
            )

    def page_of(self, case_id: str) -> str:
        """The address of a case's page."""
        with self.database.tenant(self.world.tenant_id) as tx:
            link = giving.give(
                tx, cases.get(tx, case_id), created_by="tests", now=self.world.now(), new_id=clock.new_id
            )
        return f"{self.address}{giving.path_of(link)}"


@contextmanager
def serve(database: Database, country: str) -> Iterator[Site]:
    tenant_id = clock.new_id("tenant")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Aurora", now=clock.now())
    world = small_world(database, tenant_id, country, debtors=DEBTORS[country])
    with database.tenant(tenant_id) as tx:
        tx.exec_driver_sql("UPDATE creditor SET address = '88 Century Avenue, Pudong, Shanghai', document = '913100'")
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
    yield Site(database, world, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def sites(database: Database) -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        yield {country: stack.enter_context(serve(database, country)) for country in LANGUAGES}


@dataclass
class Phone:
    """A debtor's phone: its page, what it loaded, and what its browser complained about."""

    context: BrowserContext
    page: Page
    loaded: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open_everything(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    def overflow_pixels(self) -> int:
        root = "document.documentElement"
        return int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    def serious(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        return [one["id"] for one in found if one["impact"] in ("serious", "critical")]

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@contextmanager
def phone(browser: Browser, address: str, *, scripts: bool = True, dark: bool = False) -> Iterator[Phone]:
    """A phone that has opened an address."""
    context = browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )
    held = Phone(context, context.new_page())
    held.page.on("response", lambda answer: held.loaded.append(answer))  # noqa: PLW0108 (a bound method will not do)
    held.page.on("console", lambda said: held.complaints.append(said.text) if said.type == "error" else None)
    held.page.on("pageerror", lambda error: held.complaints.append(str(error)))
    held.page.goto(address)
    yield held
    context.close()


def scanned(held: Phone, png: bytes) -> str:
    """What another phone would read from a picture of the screen; a blank page turns the picture into pixels."""
    blank = held.context.new_page()
    width, height, grey = blank.evaluate(
        """async (source) => {
            const image = new Image(); image.src = source; await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = image.width; canvas.height = image.height;
            const brush = canvas.getContext("2d"); brush.drawImage(image, 0, 0);
            const all = brush.getImageData(0, 0, image.width, image.height).data;
            return [image.width, image.height, Array.from(all).filter((_, place) => place % 4 === 1)];
        }""",
        f"data:image/png;base64,{base64.b64encode(png).decode()}",
    )
    blank.close()
    (found,) = zxingcpp.read_barcodes(memoryview(bytes(grey)).cast("B", (height, width)))
    return str(found.text)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("country", list(LANGUAGES))
def test_the_page_fits_a_phone_and_is_accessible_in_the_debtors_language(
    browser: Browser, sites: dict[str, Site], country: str, *, dark: bool
) -> None:
    site = sites[country]
    address = site.page_of(site.world.cases()[0].id)
    with phone(browser, address, dark=dark) as held:
        html = held.page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == LANGUAGES[country]
        held.picture(f"pay-{country}-{'dark' if dark else 'light'}")
        assert held.serious() == []
        held.open_everything()
        held.picture(f"pay-{country}-{'dark' if dark else 'light'}-open")
        assert (held.overflow_pixels(), held.serious(), held.complaints) == (0, [], [])


@pytest.mark.parametrize("country", list(LANGUAGES))
def test_all_that_is_loaded_is_ours_and_light(browser: Browser, sites: dict[str, Site], country: str) -> None:
    site = sites[country]
    with phone(browser, site.page_of(site.world.cases()[0].id)) as held:
        held.page.wait_for_load_state("networkidle")
        others = [one.url for one in held.loaded if not one.url.startswith(site.address)]
        pages = [one for one in held.loaded if not one.url.endswith("/favicon.ico")]
        weight = sum(len(one.body()) for one in pages)
        print(f"the page of {country} weighs {weight} bytes in {len(pages)} answers")  # noqa: T201 (the figure that is told)
        assert others == []
        assert 0 < weight < LARGEST_BYTES


@pytest.mark.parametrize("country", list(LANGUAGES))
def test_what_can_be_tapped_is_large_enough(browser: Browser, sites: dict[str, Site], country: str) -> None:
    """WCAG 2.2, 2.5.8: at least 24 by 24 pixels; here 44 high, as fingers want it."""
    site = sites[country]
    with phone(browser, site.page_of(site.world.cases()[0].id)) as held:
        held.open_everything()
        boxes = [
            (one.inner_text()[:30], one.bounding_box())
            for one in held.page.locator("button:visible, summary:visible, footer a:visible, select:visible").all()
        ]
        assert [name for name, box in boxes if box is None or box["height"] < 44 or box["width"] < 24] == []


def test_the_code_is_copied_and_is_what_the_qr_code_holds(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["BR"]
    with phone(browser, site.page_of(site.world.cases()[0].id)) as held:
        held.context.grant_permissions(["clipboard-read", "clipboard-write"])
        held.page.get_by_role("button", name="Copiar o código").first.tap()
        expect(held.page.get_by_role("button", name="Copiado").first).to_be_visible()
        copied = held.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("000201")
        assert copied == held.page.locator("#code-1").text_content()
        assert scanned(held, held.page.locator(".qr-box svg").first.screenshot()) == copied


def test_a_promise_is_made_without_scripts(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["BR"]
    case_id = site.fresh_case()
    day = (site.world.now().date() + timedelta(days=5)).isoformat()
    with phone(browser, site.page_of(case_id), scripts=False) as held:
        held.page.locator("#promise > summary").tap()
        held.page.locator("#promise-amount").fill("150.00")
        held.page.locator("#promise-day").fill(day)
        held.page.locator("#promise button").tap()
        expect(held.page.locator("#done")).to_contain_text("promessa está registrada")
        held.picture("pay-promised")
    with site.database.tenant(site.world.tenant_id) as tx:
        made = promises.of_case(tx, case_id)
    assert [(one.amount_minor, one.due_date.isoformat(), one.taken_by) for one in made] == [(15_000, day, "debtor")]


@pytest.mark.parametrize("country", list(LANGUAGES))
def test_a_plan_is_chosen_and_taken_without_scripts(browser: Browser, sites: dict[str, Site], country: str) -> None:
    site = sites[country]
    case_id = site.fresh_case()
    site.offer_instalments(case_id)
    with phone(browser, site.page_of(case_id), scripts=False) as held:
        held.page.locator("#plan > summary").tap()
        held.page.locator("#plan input[value^='3-']").tap()
        held.picture(f"pay-plans-{country}")
        assert held.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        held.page.locator("#plan button").tap()
        expect(held.page.locator("#done")).to_be_visible()
        expect(held.page.locator(".answer .plan li")).to_have_count(3)
        held.picture(f"pay-planned-{country}")
    with phone(browser, site.page_of(case_id)) as held:
        assert held.serious() == []
    with site.database.tenant(site.world.tenant_id) as tx:
        assert [one.taken_by for one in promises.of_case(tx, case_id)] == ["debtor"] * 3


def test_an_objection_is_made_with_the_keyboard_alone(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["TH"]
    case_id = site.fresh_case()
    with phone(browser, site.page_of(case_id)) as held:
        keyboard = held.page.keyboard
        for _ in range(60):
            keyboard.press("Tab")
            if held.page.evaluate("document.activeElement.parentElement.id") == "dispute":
                break
        outline = held.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        keyboard.press("Enter")
        keyboard.press("Tab")
        keyboard.type("ชำระแล้วเมื่อเดือนที่แล้ว")
        keyboard.press("Tab")
        keyboard.press("Enter")
        expect(held.page.locator("#done")).to_be_focused()
        held.picture("pay-disputed")
        assert held.serious() == []
    with site.database.tenant(site.world.tenant_id) as tx:
        assert [(one.kind, one.placed_by) for one in holds.of_case(tx, case_id)] == [("dispute", "debtor")]


def test_a_refused_form_is_told_beside_it_and_keeps_what_was_entered(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["AE"]
    with phone(browser, site.page_of(site.world.cases()[0].id)) as held:
        held.page.locator("#hardship > summary").tap()
        held.page.evaluate("document.querySelectorAll('form').forEach(one => { one.noValidate = true; })")
        held.page.locator("#hardship textarea").fill("   ")
        held.page.locator("#hardship button").tap()
        expect(held.page.locator("#hardship-error")).to_be_focused()
        assert held.page.locator("#hardship").get_attribute("open") is not None
        assert held.page.locator("#hardship textarea").get_attribute("aria-invalid") == "true"
        held.picture("pay-refused")
        assert (held.overflow_pixels(), held.serious()) == (0, [])


def test_another_amount_is_paid_and_another_language_chosen(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["BR"]
    with phone(browser, site.page_of(site.fresh_case())) as held:
        held.page.locator("#code > summary").tap()
        held.page.locator("#code-amount").fill("99.90")
        held.page.locator("#code button").tap()
        expect(held.page.locator(".method h3 .part", has_text="99,90")).to_be_visible()
        held.page.locator("footer a[lang=ar]").tap()
        assert held.page.locator("html").get_attribute("dir") == "rtl"
        held.picture("pay-BR-in-arabic")
        assert held.overflow_pixels() == 0


def test_long_names_and_large_sums_fit(browser: Browser, sites: dict[str, Site]) -> None:
    site = sites["BR"]
    case_id = site.fresh_case()
    with site.database.tenant(site.world.tenant_id) as tx:
        case = cases.get(tx, case_id)
        parties.change(tx, case.party_id, now=site.world.now(), values={"name": LONG_NAME})
        tx.exec_driver_sql("UPDATE creditor SET name = %s", (LONG_NAME,))
        tx.exec_driver_sql(
            "UPDATE instalment SET amount_minor = amount_minor + 98765432100 WHERE loan_id IN"
            " (SELECT id FROM loan WHERE party_id = %s)",
            (case.party_id,),
        )
    with phone(browser, site.page_of(case_id)) as held:
        held.picture("pay-long")
        assert re.search(r"\d{1,3}(\.\d{3}){3},\d\d", held.page.locator("h1").inner_text())
        assert held.overflow_pixels() == 0
