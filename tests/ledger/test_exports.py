"""Exports: independent accounting programs accept the book and come to our balances, leaf by leaf."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.accounts import Account, Role
from domain.errors import Invalid
from domain.journal import JournalEntry, mirror
from domain.money import Money
from ledger import accounts, balances, posting
from ledger.exports import beancount, general_ledger_csv, hledger, names, reading
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book
from tests.peers import beancount as beancount_program
from tests.peers import hledger as hledger_program

pytestmark = pytest.mark.servers

ODD = 'Loja "São João"; a, b | c\\d = 5\nassets:x  1 BRL'
CURRENCIES = (("CLP", "CL"), ("KWD", "KW"), ("THB", "TH"))

Export = Callable[..., str]


@pytest.fixture
def child(database: Database, book: Book) -> Callable[[str, str], dict[Role, str]]:
    """Opens one more child in a currency; gives its leaves."""

    def opened(currency: str, country: str) -> dict[Role, str]:
        with database.tenant(book.tenant_id) as tx:
            parent = accounts.get(tx, book.parent)
            made = accounts.open_child(
                tx,
                parent=parent,
                name=ODD,
                country=country,
                connection_id=f"con_{currency}",
                currency=currency,
                new_id=clock.new_id,
                now=NOW,
            )
            return accounts.leaves_of(tx, made)

    return opened


@pytest.fixture
def export(database: Database, book: Book) -> Export:
    """The book's text in a format."""

    def written(form: str, **asked: object) -> str:
        with database.tenant(book.tenant_id) as tx:
            read = reading.read(tx, **asked)  # type: ignore[arg-type]
            match form:
                case "beancount":
                    return "".join(beancount.journal(read, title=ODD))
                case "hledger":
                    return "".join(hledger.journal(read, title=ODD))
                case _:
                    return "".join(general_ledger_csv.table(read))

    return written


@pytest.fixture
def random_book(database: Database, book: Book, child: Callable[[str, str], dict[Role, str]]) -> Book:
    """Two hundred entries over four currencies and eighty days, a fifth of them reversed again."""
    dice = random.Random(20261123)
    chart = {"BRL": [*book.leaves.values(), book.receivable, book.placed]}
    chart |= {currency: list(child(currency, country).values()) for currency, country in CURRENCIES}
    with database.tenant(book.tenant_id) as tx:
        for number in range(200):
            currency = dice.choice(list(chart))
            ends = dice.sample(chart[currency], dice.randint(2, 4))
            sums = [dice.choice((-1, 1)) * dice.randint(1, 10 ** dice.randint(1, 14)) for _ in ends[1:]]
            lines = [(leaf, minor) for leaf, minor in zip(ends, [-sum(sums), *sums], strict=True) if minor]
            if len(lines) < 2:
                continue
            day = DAY - timedelta(days=dice.randint(0, 80))
            entry = book.entry(*lines, key=f"{ODD}{number}", day=day, currency=currency)
            posting.post(tx, [entry], now=NOW)
            if dice.random() < 0.2:
                undo = mirror(entry, entry_id=clock.new_id("entry"), key=f"undo {number}", effective_date=DAY)
                posting.post(tx, [undo], now=NOW)
    return book


def ours(database: Database, book: Book, *, as_of: date | None = None) -> dict[str, Decimal]:
    """Our balances, zeros left out, by the name that the export gives each leaf."""
    with database.tenant(book.tenant_id) as tx:
        roots = [book.parent, accounts.root_of(tx, book.creditor_id, Role.RECEIVABLES).id]
        known = names.names(reading.read(tx).leaves)
        return {
            known[leaf.account_id]: leaf.amount.decimal
            for leaf in balances.of_leaves(tx, roots, as_of=as_of)
            if leaf.amount
        }


@beancount_program.needed
@pytest.mark.parametrize("as_of", [None, DAY - timedelta(days=40)])
def test_beancount_accepts_a_random_book_and_comes_to_its_balances(
    database: Database, random_book: Book, export: Export, tmp_path: Path, as_of: date | None
) -> None:
    path = tmp_path / "book.beancount"
    path.write_text(export("beancount", as_of=as_of), encoding="utf-8")
    assert beancount_program.check(path) == ""
    assert beancount_program.balances(path) == ours(database, random_book, as_of=as_of) != {}


@hledger_program.needed
@pytest.mark.parametrize("as_of", [None, DAY - timedelta(days=40)])
def test_hledger_accepts_a_random_book_and_comes_to_its_balances(
    database: Database, random_book: Book, export: Export, tmp_path: Path, as_of: date | None
) -> None:
    path = tmp_path / "book.journal"
    path.write_text(export("hledger", as_of=as_of), encoding="utf-8")
    assert hledger_program.check(path) == ""
    assert hledger_program.balances(path) == ours(database, random_book, as_of=as_of) != {}


def one_minor_unit_more(text: str, pattern: str) -> str:
    """The text with the first amount that a pattern finds raised by a hundredth."""
    found = re.search(pattern, text)
    assert found
    raised = f"{Decimal(found[1]) + Decimal('0.01'):f}"
    return text[: found.start(1)] + raised + text[found.end(1) :]


@beancount_program.needed
def test_beancount_refuses_a_closing_balance_that_is_a_minor_unit_off(
    database: Database, book: Book, export: Export, tmp_path: Path
) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(12_345)], now=NOW)
    path = tmp_path / "book.beancount"
    path.write_text(one_minor_unit_more(export("beancount"), r"balance \S+ (123\.45) "), encoding="utf-8")
    assert "Balance failed" in beancount_program.check(path)


@hledger_program.needed
def test_hledger_refuses_a_closing_balance_that_is_a_minor_unit_off(
    database: Database, book: Book, export: Export, tmp_path: Path
) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(12_345)], now=NOW)
    path = tmp_path / "book.journal"
    path.write_text(one_minor_unit_more(export("hledger"), r"= (123\.45) "), encoding="utf-8")
    assert "balance assertion" in hledger_program.check(path).lower()


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_a_book_without_entries_is_a_file_without_entries(export: Export, form: str, tmp_path: Path) -> None:
    path = tmp_path / "book"
    text = export(form)
    assert " * " not in text
    path.write_text(text, encoding="utf-8")
    program = {"beancount": beancount_program, "hledger": hledger_program}[form]
    if program.is_there():
        assert program.check(path) == ""


@pytest.mark.parametrize(
    "role", [role for role in Role if Account("", "", None, "", role, "", "", None, None, "").is_leaf]
)
def test_every_leaf_has_a_root(role: Role) -> None:
    assert names.root_of(role.value) in {"Assets", "Liabilities", "Equity", "Income", "Expenses"}


def test_a_role_without_a_root_is_an_error() -> None:
    with pytest.raises(Invalid) as caught:
        names.root_of("treasure")
    assert caught.value.code == "role_without_root"


def test_names_that_would_become_one_are_refused() -> None:
    leaf = reading.ExportLeaf("acc_1a", "x", Role.BANK, None, Money(0, "BRL"), None, is_whole=True)
    other = reading.ExportLeaf("acc_1A", "y", Role.BANK, None, Money(0, "BRL"), None, is_whole=True)
    assert names.names((leaf,)) == {"acc_1a": "Assets:Bank:BRL:1A"}
    with pytest.raises(Invalid) as caught:
        names.names((leaf, other))
    assert caught.value.code == "account_names_collide"


def test_entries_carry_their_identifier_key_and_what_they_reverse(
    database: Database, book: Book, export: Export
) -> None:
    entry = book.move(100, key='a "key"')
    undo = mirror(entry, entry_id=clock.new_id("entry"), key="undo", effective_date=DAY)
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [entry], now=NOW)
        posting.post(tx, [undo], now=NOW)
    text = export("beancount")
    assert f'  id: "{entry.id}"\n  key: "a \\"key\\""\n  source: "src_test"' in text
    assert f'  reverses: "{entry.id}"' in text
    assert f"    ; reverses:{entry.id}" in export("hledger")


def test_the_general_ledger_has_a_row_for_each_posting(database: Database, random_book: Book, export: Export) -> None:
    rows = list(csv.DictReader(io.StringIO(export("csv"), newline="")))
    sums: dict[str, Decimal] = {}
    for row in rows:
        assert bool(row["debit"]) != bool(row["credit"])
        signed = Decimal(row["debit"] or "0") - Decimal(row["credit"] or "0")
        sums[row["account_id"]] = sums.get(row["account_id"], Decimal()) + signed
    with database.tenant(random_book.tenant_id) as tx:
        known = names.names(reading.read(tx).leaves)
        postings = tx.exec_driver_sql("SELECT count(*) FROM posting").scalar_one()
    assert {known[leaf]: amount for leaf, amount in sums.items() if amount} == ours(database, random_book)
    assert len(rows) == postings


def test_a_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(
    database: Database, book: Book, export: Export
) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(100, key="=HYPERLINK(1)")], now=NOW)
    assert {row["key"] for row in csv.DictReader(io.StringIO(export("csv")))} == {"'=HYPERLINK(1)"}


def test_a_creditors_book_leaves_the_others_out(database: Database, book: Book, export: Export, tmp_path: Path) -> None:
    other = second_creditor(database, book)
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(100), other.move(50), shared(book, other)], now=NOW)
    text = export("beancount", creditor_id=book.creditor_id)
    assert text.count('* "test"') == 2
    assert f'id: "{other.leaves[Role.BANK]}"' not in text
    path = tmp_path / "book.beancount"
    path.write_text(text, encoding="utf-8")
    if beancount_program.is_there():
        assert beancount_program.check(path) == ""


def second_creditor(database: Database, book: Book) -> Book:
    """Another creditor in the same tenant."""
    creditor_id = clock.new_id("creditor")
    with database.tenant(book.tenant_id) as tx:
        ids = {"new_id": clock.new_id, "now": NOW}
        parent = accounts.open_parent(
            tx, tenant_id=book.tenant_id, creditor_id=creditor_id, name="Boreal", currency="USD", **ids
        )
        child = accounts.open_child(
            tx, parent=accounts.get(tx, parent), name="Pix", country="BR", connection_id="con_9", currency="BRL", **ids
        )
        receivable, placed = accounts.open_receivable(
            tx, tenant_id=book.tenant_id, creditor_id=creditor_id, country="BR", currency="BRL", loan_id="loan_9",
            contract_no="BR-9", **ids,
        )  # fmt: skip
        return Book(book.tenant_id, creditor_id, parent, child, accounts.leaves_of(tx, child), receivable, placed)


def shared(book: Book, other: Book) -> JournalEntry:
    """An entry from one creditor's clearing to another's."""
    return book.entry((book.leaves[Role.CLEARING], -7), (other.leaves[Role.CLEARING], 7))
