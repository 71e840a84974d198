"""Importing a portfolio: once is enough, a newer file restates, a bad row stops the file or is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from activities.nudges import ImportInput
from activities.portfolios import PortfolioActivities
from domain.errors import NotFound
from ledger import balances, posting
from runtime import clock
from store import portfolios

Row = Callable[..., dict[str, str]]
AsFile = Callable[..., bytes]


@pytest.fixture(autouse=True)
def book_stays_sound(world: Any) -> Any:
    """Whatever is imported, the book's invariants hold afterwards."""
    yield
    assert world.broken() == []


def snapshot(world: Any) -> dict[str, int]:
    """How many rows there are of what an import writes."""
    tables = ("party", "loan", "instalment", "collection_case", "journal_entry", "account", "case_event", "timeline")
    return {table: world.count(table) for table in tables}


def receivable(world: Any) -> int:
    """What all loans owe by the book."""
    with world.tx() as tx:
        leaves = tx.exec_driver_sql("SELECT account_id FROM loan").scalars().all()
        return sum(balances.of_leaf(tx, leaf).minor for leaf in leaves)


def test_a_file_becomes_parties_loans_cases_and_claims(world: Any, loan_row: Row, as_file: AsFile) -> None:
    rows = [loan_row(country, contract_no=f"{country}-1") for country in ("BR", "ID", "TH", "AE")]
    done, _ = world.load(as_file(*rows))
    assert (done.state, done.counts) == ("imported", {"rows": 4, "bad": 0, "new": 4, "cases_opened": 4})
    assert receivable(world) == 4 * 300_000


def test_importing_the_same_file_again_changes_nothing(world: Any, loan_row: Row, as_file: AsFile) -> None:
    body = as_file(loan_row(contract_no="BR-1"))
    world.load(body)
    before = snapshot(world)
    done, _ = world.load(body)
    assert (done.counts["unchanged"], snapshot(world)) == (1, before)


def test_asking_for_the_same_import_again_gives_its_first_answer(world: Any, loan_row: Row, as_file: AsFile) -> None:
    done, portfolio_id = world.load(as_file(loan_row(contract_no="BR-1")))
    loader = PortfolioActivities(world.database, world.nudges, clock.new_id, world.clock)
    assert loader.load(ImportInput(world.tenant_id, portfolio_id)) == done


def test_a_newer_file_lowers_what_is_owed_and_books_it(world: Any, loan_row: Row, as_file: AsFile) -> None:
    world.load(as_file(loan_row(contract_no="BR-1")))
    done, _ = world.load(as_file(loan_row(contract_no="BR-1", paid_total="400.00")))
    assert (done.counts["balance"], receivable(world), world.case().overdue_minor) == (1, 260_000, 60_000)
    with world.tx() as tx:
        loan_id = tx.exec_driver_sql("SELECT id FROM loan").scalar_one()
        kinds = [booked.entry.kind for booked in posting.of_source(tx, loan_id)]
    assert kinds == ["claim_opened", "claim_restated"]


def test_a_newer_file_of_other_terms_restates_the_schedule(world: Any, loan_row: Row, as_file: AsFile) -> None:
    world.load(as_file(loan_row(contract_no="BR-1")))
    done, _ = world.load(as_file(loan_row(contract_no="BR-1", instalments_total="4")))
    assert (done.counts["terms"], receivable(world), len(world.instalments())) == (1, 400_000, 4)


def test_a_newer_file_that_does_not_know_of_a_payment_does_not_undo_it(
    brazil: Any, loan_row: Row, as_file: AsFile
) -> None:
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.load(as_file(loan_row(contract_no="BR-0001", debtor_name="Another Name")))
    assert receivable(brazil) == 200_000


def test_a_debtor_of_two_loans_has_one_case(world: Any, loan_row: Row, as_file: AsFile) -> None:
    done, _ = world.load(as_file(loan_row(contract_no="BR-1"), loan_row(contract_no="BR-2")))
    assert (done.counts["cases_opened"], world.count("party"), world.case().overdue_minor) == (1, 1, 200_000)


@pytest.mark.parametrize(("first_due", "opened"), [("2026-11-23", 1), ("2026-11-24", 0), ("2026-11-25", 0)])
def test_a_case_is_opened_where_something_is_overdue(
    world: Any, loan_row: Row, as_file: AsFile, first_due: str, opened: int
) -> None:
    done, _ = world.load(as_file(loan_row(contract_no="BR-1", first_due_date=first_due)))
    assert (done.counts["cases_opened"], receivable(world)) == (opened, 300_000)


def test_a_loan_paid_in_full_owes_nothing_and_opens_no_case(world: Any, loan_row: Row, as_file: AsFile) -> None:
    done, _ = world.load(as_file(loan_row(contract_no="BR-1", paid_total="3000.00")))
    assert (done.counts["cases_opened"], receivable(world), world.count("journal_entry")) == (0, 0, 0)


# What is wrong with a file ------------------------------------------------------------------------------------


def test_one_bad_row_refuses_the_file_and_writes_nothing(world: Any, loan_row: Row, as_file: AsFile) -> None:
    before = snapshot(world)
    done, portfolio_id = world.load(as_file(loan_row(contract_no="BR-1"), loan_row(contract_no="BR-2", year="no")))
    assert (done.state, done.counts, snapshot(world)) == ("refused", {"rows": 2, "bad": 1}, before)
    with world.tx() as tx:
        (error,) = portfolios.get(tx, portfolio_id).errors
    assert (error["line"], error["field"], error["value"]) == (3, "year", "no")
    assert error["fix"]


def test_bad_rows_are_left_out_where_that_was_asked_for(world: Any, loan_row: Row, as_file: AsFile) -> None:
    done, _ = world.load(as_file(loan_row(contract_no="BR-1"), loan_row(contract_no="BR-2", year="no")), skip_bad=True)
    assert (done.state, done.counts["new"], done.counts["bad"], world.count("loan")) == ("imported", 1, 1, 1)


@pytest.mark.parametrize("bad", [False, True])
def test_a_dry_run_tells_what_would_change_and_writes_nothing(
    world: Any, loan_row: Row, as_file: AsFile, *, bad: bool
) -> None:
    before = snapshot(world)
    rows = [loan_row(contract_no="BR-1"), loan_row(contract_no="BR-2", **({"year": "no"} if bad else {}))]
    done, _ = world.load(as_file(*rows), dry_run=True)
    assert done.counts == ({"rows": 2, "bad": 1} if bad else {"rows": 2, "bad": 0, "new": 2})
    assert snapshot(world) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "portfolio_unreadable"),
        (b"%PDF-1.7 not a table", "portfolio_unreadable"),
        (b"PK\x03\x04 not a workbook", "portfolio_unreadable"),
        (b"a,b\n1,2\n", "header_wrong"),
    ],
)
def test_a_file_that_is_no_portfolio_is_refused_with_one_error(world: Any, body: bytes, code: str) -> None:
    before = snapshot(world)
    done, portfolio_id = world.load(body)
    with world.tx() as tx:
        errors = portfolios.get(tx, portfolio_id).errors
    assert (done.state, [error["code"] for error in errors], snapshot(world)) == ("refused", [code], before)


def test_a_creditor_of_nobody_gets_no_file(world: Any) -> None:
    world.creditor = type("Nobody", (), {"id": "cre_none"})()
    with pytest.raises(NotFound, match="creditor_unknown"):
        world.load(b"")
