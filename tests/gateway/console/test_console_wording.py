"""How the console writes values and words: apart, whole, and so that a reader understands them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

import runtime.samples
from domain.money import Money
from gateway.console.voice import voice
from store import payment_requests
from store.database import Database
from tests.fakes.console_world import World

Enter = Callable[..., Any]


def bare(page: str) -> str:
    """The page's words, as a reader sees them."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("locale", ["en", "zh_CN", "pt_BR", "es_419", "ar", "id", "th"])
def test_amounts_in_a_row_stand_apart_and_may_wrap(locale: str) -> None:
    spoken = voice(locale, UTC)
    shown = spoken.listing([spoken.money(Money(-500, "AED")), spoken.money(Money(100_000, "BRL"))])
    assert re.search(r"</bdi> \S <bdi", str(shown))


def rows_of(page: str) -> list[str]:
    return [bare(row) for row in re.findall(r"<tr class=\"depth-.*?</tr>", page, re.DOTALL)]


@pytest.mark.servers
def test_a_child_account_is_called_by_its_currency_too(signed_in: Enter) -> None:
    assert "Emirates NBD · Bank statement · United Arab Emirates · AED" in bare(
        signed_in("treasury").get("/accounts").text
    )


@pytest.mark.servers
def test_a_child_says_how_much_of_its_money_is_not_yet_matched(signed_in: Enter) -> None:
    rows = rows_of(signed_in("treasury").get("/accounts").text)
    child = next(row for row in rows if "Emirates NBD" in row)
    unmatched = re.search(r"of which not yet matched: ([\d,.]+)AED", child)
    assert unmatched
    assert unmatched[1] == "450.00"
    assert not [row for row in rows if row.strip().startswith("Not yet matched")]


@pytest.mark.servers
def test_a_childs_balance_is_the_sum_of_the_rows_that_are_money(signed_in: Enter) -> None:
    rows = rows_of(signed_in("treasury").get("/accounts?all=1").text)
    at = next(index for index, row in enumerate(rows) if "Stripe Brasil" in row)
    below = [row for row in rows[at + 1 :] if "BRL" in row][:6]
    leaves = [
        row for row in below[: next((i for i, row in enumerate(below) if " · " in row), 6)] if "not part" not in row
    ]

    def figure(row: str) -> float:
        found = re.search(r"(\u2212?)([\d,]+\.\d\d)\u00a0?BRL", row)
        return 0 if found is None else (-1 if found[1] else 1) * float(found[2].replace(",", ""))

    assert figure(rows[at]) == pytest.approx(sum(map(figure, leaves)))
    assert figure(rows[at]) > 0


@pytest.mark.servers
def test_an_amounts_label_is_one_piece(signed_in: Enter, case_of: Callable[[str], str]) -> None:
    page = signed_in("finance").get(f"/cases/{case_of('AE')}").text
    assert page.count("<span>Amount in <bdi>AED</bdi></span>") == 2


def copies(browser: Any, case_id: str) -> int:
    return int(browser.get(f"/cases/{case_id}").text.count("data-copy"))


@pytest.mark.servers
@pytest.mark.parametrize(("state", "offered"), [("issued", 1), ("paid", 0), ("cancelled", 0), ("expired", 0)])
def test_a_code_is_offered_while_it_can_be_paid(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World, state: str, offered: int
) -> None:
    browser, case_id = signed_in("finance"), case_of("TH")
    browser.post(f"/cases/{case_id}/payment-request", form_of=f"/cases/{case_id}", amount="77.10")
    with database.tenant(world.tenant_id) as tx:
        first, *others = payment_requests.of_case(tx, case_id)
        for other in others:
            payment_requests.change(tx, other.id, state="cancelled")
        payment_requests.change(tx, first.id, state=state)
    assert copies(browser, case_id) == offered


@pytest.mark.servers
def test_a_closed_case_offers_no_code(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World
) -> None:
    browser, case_id = signed_in("finance"), case_of("TH")
    page = f"/cases/{case_id}"
    browser.post(f"{page}/payment-request", form_of=page, amount="77.20")
    command_id = re.search(r'name="command_id" value="(\w+)"', browser.get(page).text)
    assert command_id
    assert copies(browser, case_id) > 0
    said = {"command_id": command_id[1], "close_reason": "withdrawn", "note": "Recalled."}
    assert "done=close" in browser.post(f"{page}/close", form_of=page, **said).headers["location"]
    with database.tenant(world.tenant_id) as tx:
        for one in payment_requests.of_case(tx, case_id):
            payment_requests.change(tx, one.id, state="issued")
    assert copies(browser, case_id) == 0


def tried(browser: Any, world: World, content: bytes, name: str = "file.csv") -> str:
    """The page of a file that was tried."""
    answer = browser.client.post(
        "/console/import",
        data={"form_token": browser.token("/import"), "creditor": world.creditor_id},
        files={"file": (name, content)},
    )
    return str(browser.get(answer.headers["location"].removeprefix("/console")).text)


SAMPLE = (Path(runtime.samples.__file__).parent / "portfolio.csv").read_bytes()


@pytest.mark.servers
def test_the_words_of_the_import_button_stand_apart(signed_in: Enter, world: World) -> None:
    lines = SAMPLE.split(b"\n")
    page = tried(signed_in("finance"), world, b"\n".join([lines[0], lines[1].replace(b"BR-", b"BR-9", 1), b"BR-1,x"]))
    assert re.search(r'<button class="primary"><span>Import <bdi>1</bdi> good row, skip the rest</span></button>', page)


@pytest.mark.servers
def test_a_file_that_would_change_nothing_is_not_offered_for_import(signed_in: Enter, world: World) -> None:
    page = tried(signed_in("finance"), world, SAMPLE)
    assert "The file would change <bdi>0</bdi> contracts" in page
    assert ("/write" in page, "Choose another file" in page) == (False, True)


@pytest.mark.servers
def test_a_file_that_cannot_be_read_is_titled_so(signed_in: Enter, world: World) -> None:
    page = tried(signed_in("finance"), world, b"J" * 3000, "portfolio.xlsx")
    assert ("The file cannot be read" in page, "would change" in page) == (True, False)
