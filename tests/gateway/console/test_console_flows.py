"""The treasurer's pages: what came in, what waits, what a figure is made of, and every figure down to one entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from gateway.console.sparklines import sparkline
from gateway.console.waterfalls import Cascade, Fall, spans, waterfall
from ledger import posting, seals
from store.database import Database
from tests.fakes.console_world import NOW, World

MOST_BYTES = 150_000
Enter = Callable[..., Any]


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def hrefs(page: str, pattern: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf'href="/console({pattern})"', page)]


@pytest.mark.parametrize(
    "path",
    [
        "/flows",
        "/flows?from=2026-08-01&by=country",
        "/flows?interval=month&from=2025-01-01&by=child",
        "/flows?from=2026-12-01&to=2026-01-01&interval=odd&by=odd",
        "/flows?country=BR&to=9999-12-31",
        "/flows?country=XX",
    ],
)
def test_money_in_flow_opens(signed_in: Enter, path: str) -> None:
    answer = signed_in("auditor").get(path)
    assert answer.status_code == 200, answer.text[-2000:]
    assert len(answer.content) < MOST_BYTES


def test_money_in_flow_opens_with_nothing_in_it(signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    assert signed_in("treasury", tenant_id=new_tenant()).get("/flows").status_code == 200


def test_too_many_columns_are_refused_as_a_page(signed_in: Enter) -> None:
    answer = signed_in("treasury").get("/flows?interval=day&from=2020-01-01")
    assert (answer.status_code, "400" in words(answer.text)) == (422, True)


def test_the_first_page_of_a_treasurer_is_about_money(signed_in: Enter) -> None:
    text = words(signed_in("treasury").get("").text)
    assert re.search(r"Today [\d,.]+ CNY .+ came in\. [\d,.]+ CNY .+ is not explained\.", text)
    assert "Where the money is" in text
    assert "messages were not understood" in text
    assert "has not reached the bank since" in text


def test_the_first_page_of_a_treasurer_opens_with_nothing_in_it(
    signed_in: Enter, new_tenant: Callable[[], str]
) -> None:
    text = words(signed_in("treasury", tenant_id=new_tenant()).get("").text)
    assert "Nothing waits for you" in text


@pytest.mark.parametrize("role", ["admin", "finance", "auditor"])
def test_the_first_page_of_others_is_about_cases(signed_in: Enter, role: str) -> None:
    assert "open cases owe" in words(signed_in(role).get("").text)


def test_a_converted_total_leads_down_to_one_entry_by_clicks(signed_in: Enter) -> None:
    browser = signed_in("treasury")
    tree = browser.get("/accounts?as_of=2026-11-18").text
    (parent,) = hrefs(tree, r"/accounts/[^\"]+/made-of\?as_of=2026-11-18")
    currency = hrefs(browser.get(parent).text, r"/accounts/[^\"]+/made-of\?as_of=2026-11-18&amp;currency=BRL")[0]
    child = next(
        one
        for one in hrefs(browser.get(currency).text, r"/accounts/[^\"]+made-of\?as_of=2026-11-18&amp;currency=BRL")
        if one.partition("?")[0] != parent.partition("?")[0]
    )
    leaf = hrefs(browser.get(child).text, r"/accounts/[^\"]+/statement\?from=2026-11-01&amp;to=2026-11-18")[0]
    entry = hrefs(browser.get(leaf).text, r"/entries/[^\"]+")[0]
    page = browser.get(entry)
    assert page.status_code == 200
    assert "What it moved" in words(page.text)


def test_the_parts_of_a_figure_come_to_it(signed_in: Enter, world: World) -> None:
    browser = signed_in("treasury")
    (parent,) = hrefs(browser.get("/accounts").text, r"/accounts/[^\"]+/made-of\?as_of=[\d-]+")
    page = browser.get(parent).text
    body, _, foot = page.partition("<tfoot>")
    figure = re.compile(r'dir="ltr">(\u2212?)([\d,.]+)<span class="iso">CNY')
    told = [
        Decimal(("-" if sign else "") + digits.replace(",", ""))
        for row in body.split("<tbody>")[1].split("</tr>")
        for sign, digits in figure.findall(row.split('data-label="Converted"')[-1])[:1]
    ]
    sign, digits = figure.findall(foot)[-1]
    assert sum(told) == Decimal(("-" if sign else "") + digits.replace(",", ""))
    assert world.now() == NOW


def test_a_converted_part_tells_its_rate(signed_in: Enter) -> None:
    browser = signed_in("treasury")
    (parent,) = hrefs(browser.get("/accounts").text, r"/accounts/[^\"]+/made-of\?as_of=[\d-]+")
    assert re.search(r"1 BRL = [\d.]+ CNY, [^,]+", words(browser.get(parent).text))


def test_an_entry_names_its_cause_and_its_seal(signed_in: Enter, world: World, database: Database) -> None:
    browser = signed_in("auditor")
    receipt = hrefs(browser.get("/receipts").text, r"/receipts/rcp_[^\"]+")[0]
    with database.tenant(world.tenant_id) as tx:
        entry = posting.of_source(tx, receipt.rpartition("/")[2])[0].entry
    page = browser.get(f"/entries/{entry.id}").text
    assert receipt in hrefs(page, r"/receipts/[^\"]+")
    assert entry.key in page
    assert "Not yet sealed" in page
    with database.tenant(world.tenant_id) as tx:
        block = seals.seal(tx, now=NOW)[0]
    assert block.block_hash.hex() in browser.get(f"/entries/{entry.id}").text


def test_another_tenants_entry_is_not_found(
    signed_in: Enter, new_tenant: Callable[[], str], world: World, database: Database
) -> None:
    with database.tenant(world.tenant_id) as tx:
        entry_id = posting.of_account(tx, next(iter(world.links.values())).child_account_id, limit=1)[0].entry.id
    assert signed_in("admin", tenant_id=new_tenant()).get(f"/entries/{entry_id}").status_code == 404


def test_an_unknown_currency_is_as_if_none_was_asked_for(signed_in: Enter) -> None:
    browser = signed_in("treasury")
    (parent,) = hrefs(browser.get("/accounts").text, r"/accounts/[^\"]+/made-of\?as_of=[\d-]+")
    assert browser.get(f"{parent}&currency=%3Cb%3E").status_code == 200


FALLS = (
    Fall("Came in", Decimal(100), "100", "fall-sum", standing=True),
    Fall("Fees", Decimal(-3), "\u22123", "fall-less"),
    Fall("Swept", Decimal(-60), "\u221260", "fall-swept"),
    Fall("Left", Decimal(37), "37", "fall-sum", standing=True),
)


def test_each_step_of_a_waterfall_begins_where_the_one_before_ended() -> None:
    assert [tuple(map(int, span)) for span in spans(FALLS)] == [(0, 100), (100, 97), (97, 37), (0, 37)]


@pytest.mark.parametrize("rtl", [False, True])
def test_every_step_of_a_waterfall_writes_its_amount(*, rtl: bool) -> None:
    drawing = waterfall(Cascade("Most was swept", FALLS, lambda value: f"{value:f}", rtl))
    assert drawing.count("\u221260</text>") == 3
    assert re.findall(r'class="drawing (\w+)"', drawing) == ["broad", "wide", "narrow"]
    assert "style=" not in drawing


def test_a_sparkline_says_what_it_shows_and_mirrors_for_arabic() -> None:
    plain, mirrored = (sparkline([0, 5, 5, 10], "from 0 to 10", rtl=rtl) for rtl in (False, True))
    assert 'aria-label="from 0 to 10"' in plain
    assert ('cx="93.0"' in plain, 'cx="3.0"' in mirrored) == (True, True)


def test_a_line_of_one_point_is_not_drawn() -> None:
    assert sparkline([5], "one", rtl=False) == ""
