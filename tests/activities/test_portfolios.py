"""Importing a portfolio: once is enough, a newer file restates, a bad row stops the file or is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from activities.nudges import ImportInput
from activities.portfolios import PortfolioActivities
from domain.errors import NotFound
from ledger import balances, posting
from runtime import clock
from store import guarantors, parties, portfolios
from store.loans import loan_table

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


# Guarantors, consents, registers ------------------------------------------------------------------------------

RUI = {"guarantor_name": "Rui Souza", "guarantor_id_scheme": "cpf", "guarantor_id_value": "529.982.247-25"}


def _debtor(world: Any) -> parties.Party:
    with world.tx() as tx:
        (party_id,) = tx.scalars(select(loan_table.c.party_id))
        return parties.get(tx, party_id)


def _guarantors(world: Any) -> list[str]:
    with world.tx() as tx:
        return [found.name for found in guarantors.of_loans(tx, list(tx.scalars(select(loan_table.c.id))))]


def test_a_guarantor_becomes_a_party_of_the_loan(world: Any, loan_row: Row, as_file: AsFile) -> None:
    world.load(as_file(loan_row(**RUI, guarantor_subdivision="BR-AC", guarantor_phone="+5511961234567")))
    with world.tx() as tx:
        rui = parties.find(tx, country="BR", scheme="cpf", value="52998224725")
    assert rui is not None
    assert (rui.name, rui.time_zone, rui.phone) == ("Rui Souza", "America/Rio_Branco", "+5511961234567")
    assert _guarantors(world) == ["Rui Souza"]


def test_a_guarantor_stays_where_a_newer_file_names_none(world: Any, loan_row: Row, as_file: AsFile) -> None:
    world.load(as_file(loan_row(**RUI)))
    world.load(as_file(loan_row(paid_total="100.00")))
    world.load(as_file(loan_row(**RUI, paid_total="200.00")))
    assert _guarantors(world) == ["Rui Souza"]


def test_a_debtor_who_guarantees_another_loan_is_one_party(world: Any, loan_row: Row, as_file: AsFile) -> None:
    as_debtor = {"debtor_name": "Rui M. Souza", "id_scheme": "cpf", "id_value": "529.982.247-25"}
    world.load(as_file(loan_row(**RUI), loan_row(contract_no="BR-9999", **as_debtor)))
    assert world.count("party") == 2
    assert _guarantors(world) == ["Rui M. Souza"]


def test_consents_and_registers_are_kept_until_a_file_says_other(world: Any, loan_row: Row, as_file: AsFile) -> None:
    world.load(as_file(loan_row(consents="sms email", registries="nao_me_ligue")))
    world.load(as_file(loan_row(paid_total="100.00")))
    assert (_debtor(world).consents, _debtor(world).registries) == (["email", "sms"], ["nao_me_ligue"])
    world.load(as_file(loan_row(consents="none", paid_total="200.00")))
    assert (_debtor(world).consents, _debtor(world).registries) == ([], ["nao_me_ligue"])
