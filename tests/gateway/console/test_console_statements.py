"""Statements of account in the console, and the exported book of its world, which other programs agree with."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest

from domain.accounts import Role
from ledger import accounts, balances
from ledger.exports import beancount, hledger, names, reading
from store import creditors
from store.database import Database
from tests.fakes.console_world import World
from tests.gateway.console.conftest import Browser
from tests.peers import beancount as beancount_program
from tests.peers import hledger as hledger_program

pytestmark = pytest.mark.servers

DAYS = "from=2026-10-01&to=2026-11-30"


@pytest.fixture
def roots(database: Database, world: World) -> dict[str, str]:
    """The parent, a child in reais, one of its leaves, and the root of receivables."""
    with database.tenant(world.tenant_id) as tx:
        owner = creditors.get(tx, world.creditor_id)
        child = world.links["Stripe Brasil"].child_account_id
        return {
            "parent": owner.parent_account_id,
            "child": child,
            "leaf": accounts.leaves_of(tx, child)[Role.CLEARING],
            "receivables": accounts.root_of(tx, owner.id, Role.RECEIVABLES).id,
        }


@pytest.mark.parametrize("which", ["parent", "child", "leaf", "receivables"])
def test_every_account_has_a_statement(signed_in: Callable[..., Browser], roots: dict[str, str], which: str) -> None:
    answer = signed_in("treasury").get(f"/accounts/{roots[which]}/statement?{DAYS}")
    assert answer.status_code == 200
    for words in ("Opening balance", "Closing balance", "Download XLSX"):
        assert words in answer.text


def test_an_account_leads_to_its_statement(signed_in: Callable[..., Browser], roots: dict[str, str]) -> None:
    assert f"/accounts/{roots['child']}/statement" in signed_in("auditor").get(f"/accounts/{roots['child']}").text


def test_a_parents_statement_shows_its_rates(signed_in: Callable[..., Browser], roots: dict[str, str]) -> None:
    page = signed_in("treasury").get(f"/accounts/{roots['parent']}/statement?{DAYS}").text
    assert "In <bdi>CNY</bdi>" in page
    assert re.search(r"1 BRL = [\d.]+ CNY", page)


@pytest.mark.parametrize(
    "query", ["", "from=nonsense", "from=2026-11-05&known=2026-11-01", "to=9999-12-31&from=9999-01-01"]
)
def test_days_that_are_odd_or_left_out_are_answered(
    signed_in: Callable[..., Browser], roots: dict[str, str], query: str
) -> None:
    assert signed_in("treasury").get(f"/accounts/{roots['child']}/statement?{query}").status_code == 200


@pytest.mark.parametrize("query", ["from=2026-11-02&to=2026-11-01", "line=x", "from=1990-01-01&to=2026-11-01"])
def test_days_that_make_no_period_are_a_page_that_says_so(
    signed_in: Callable[..., Browser], roots: dict[str, str], query: str
) -> None:
    assert signed_in("treasury").get(f"/accounts/{roots['child']}/statement?{query}").status_code == 422


def test_lines_go_on_over_pages(
    signed_in: Callable[..., Browser], roots: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.console.statements.LINES_A_PAGE", 2)
    browser, path = signed_in("treasury"), f"/accounts/{roots['receivables']}/statement"
    first = browser.get(f"{path}?{DAYS}").text
    more = re.search(r'href="(\?[^"]*line=[^"]+)"', first)
    assert more
    second = browser.get(path + more[1].replace("&amp;", "&")).text
    assert second.count("<tr><td data-label=") == first.count("<tr><td data-label=") == 2
    assert first != second


@pytest.mark.parametrize(
    ("locale", "rightwards", "word"), [("en", False, b"Opening balance"), ("ar", True, "الرصيد الافتتاحي".encode())]
)
def test_the_workbook_speaks_the_readers_language(
    signed_in: Callable[..., Browser],
    roots: dict[str, str],
    locale: str,
    rightwards: bool,  # noqa: FBT001 (a parameter of the test)
    word: bytes,
) -> None:
    answer = signed_in("treasury").get(f"/accounts/{roots['parent']}/statement.xlsx?{DAYS}&lang={locale}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        texts = archive.read("xl/sharedStrings.xml")
    assert (b'rightToLeft="1"' in sheet, word in texts) == (rightwards, True)


@pytest.mark.parametrize(("locale", "word"), [("en", "Opening balance"), ("ar", "الافتتاحي")])
def test_the_print_speaks_the_readers_language(
    signed_in: Callable[..., Browser], roots: dict[str, str], locale: str, word: str
) -> None:
    browser, query = signed_in("treasury"), f"{DAYS}&lang={locale}"
    page = browser.get(f"/accounts/{roots['parent']}/statement?{query}").text
    assert f"/accounts/{roots['parent']}/statement.pdf?" in page
    answer = browser.get(f"/accounts/{roots['parent']}/statement.pdf?{query}")
    assert answer.headers["content-type"] == "application/pdf"
    assert word in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def ours(database: Database, world: World) -> dict[str, Decimal]:
    with database.tenant(world.tenant_id) as tx:
        owner = creditors.get(tx, world.creditor_id)
        tops = [owner.parent_account_id, accounts.root_of(tx, owner.id, Role.RECEIVABLES).id]
        known = names.names(reading.read(tx).leaves)
        return {known[leaf.account_id]: leaf.amount.decimal for leaf in balances.of_leaves(tx, tops) if leaf.amount}


@beancount_program.needed
def test_beancount_agrees_on_every_balance_of_the_world(database: Database, world: World, tmp_path: Path) -> None:
    path = tmp_path / "world.beancount"
    with database.tenant(world.tenant_id) as tx:
        path.write_text("".join(beancount.journal(reading.read(tx), title="The world")), encoding="utf-8")
    assert beancount_program.check(path) == ""
    assert beancount_program.balances(path) == ours(database, world) != {}


@hledger_program.needed
def test_hledger_agrees_on_every_balance_of_the_world(database: Database, world: World, tmp_path: Path) -> None:
    path = tmp_path / "world.journal"
    with database.tenant(world.tenant_id) as tx:
        path.write_text("".join(hledger.journal(reading.read(tx), title="The world")), encoding="utf-8")
    assert hledger_program.check(path) == ""
    assert hledger_program.balances(path) == ours(database, world) != {}
