"""What is expected: every source takes part in matching, and what does not come in its time is a difference."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from activities import money_events
from activities.book import Book
from activities.reconciliation_report import controls
from connectors.statement_files.column_mapping import ColumnMapping
from domain.accounts import Role
from domain.case_commands import CloseCase, TakePromise
from domain.errors import Conflict, Refused
from domain.money import Money
from domain.money_events import AccountEvent, MoneyEventKind, Order
from domain.reconciliation import Leg
from domain.statement_files import FileSource
from runtime import clock
from store import column_mappings
from store.column_mappings import StoredMapping
from tests.fakes.reconciliation_world import Treasury

TODAY = date(2026, 11, 24)
BANK = "bank_statement/BR"
ADVICE = ColumnMapping(
    name="advice",
    date="day",
    date_format="iso",
    source=FileSource.AGENCY,
    currency="BRL",
    amount="net",
    gross="gross",
    fee="commission",
    tax="tax",
    id="id",
    references=("contract",),
    batch="transfer",
    payer_name="debtor",
)


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def debtor(treasury: Treasury) -> str:
    with treasury.world.tx() as tx:
        return str(tx.exec_driver_sql("SELECT name FROM party ORDER BY created_at LIMIT 1").scalar_one())


def transfer(treasury: Treasury, amount: str, *, payer: str = "", reference: str = "B1", text: str = "") -> None:
    """Money arrives at the bank, and nobody says for what."""
    treasury.world.statement({"amount": amount, "reference": reference, "payer_name": payer, "remittance": text})
    treasury.world.intake()


def promised(treasury: Treasury, minor: int, *, days: int = 3) -> None:
    command = TakePromise("c1", "ana", minor, "BRL", (TODAY + timedelta(days)).isoformat())
    assert treasury.world.turn(promises=[command]).answers[0].accepted


def expected(treasury: Treasury, *statuses: str) -> list[tuple[str, list[str]]]:
    """Groups of the leg of what is expected, by status and kinds of what was expected."""
    return [
        (one.status, [member.kind for member in treasury.members(one.id) if member.side == "left"])
        for one in treasury.groups(*statuses)
        if one.leg == Leg.EXPECTED.value
    ]


def missing(treasury: Treasury) -> list[tuple[str, int]]:
    """What stands as expected and not come: the first letters of what it is, and how much lacks."""
    found = [one for one in treasury.differences(standing=True) if one.kind == "missing"]
    return [(one.subject.removeprefix("expected/")[:4], one.amount_minor) for one in found]


def collected(treasury: Treasury, minor: int) -> None:
    """An agency reports by hand what it collected."""
    world = treasury.world
    with world.tx() as tx:
        loan = tx.exec_driver_sql("SELECT id FROM loan ORDER BY created_at LIMIT 1").scalar_one()
        event = AccountEvent(
            MoneyEventKind.AGENCY_REPORTED, world.connections[BANK].child_account_id, Money(minor, "BRL"), loan_id=loan
        )
        order = Order(clock.new_id("money_event"), "ana", "RELATORIO-2026-11-K7", world.clock().date())
        money_events.record(Book(tx, clock.new_id, world.clock()), order, event)


def advised(treasury: Treasury, *rows: str, connection: str = BANK) -> Any:
    """An agency's advice: ``id,contract,gross,commission,tax,net`` for each row, all of one transfer."""
    header = "day,id,contract,gross,commission,tax,net,transfer,debtor"
    lines = [f"2026-11-24,{row},TRF-7788,Somebody" for row in rows]
    world = treasury.world
    with world.tx() as tx:
        if not tx.exec_driver_sql("SELECT id FROM column_mapping").scalar():
            stored = StoredMapping(
                clock.new_id("column_mapping"), world.tenant_id, "advice", 1, ADVICE.as_json(), "ana", world.clock()
            )
            column_mappings.add(tx, stored)
    file = treasury.hand_in("\n".join([header, *lines]).encode(), connection=connection)
    assert (file.state, file.source) == ("read", "agency"), file.error
    return file


# Every source takes part ----------------------------------------------------------------------------------------------


def test_a_request_is_expected_with_its_instalment_as_one(treasury: Treasury) -> None:
    treasury.world.turn()
    transfer(treasury, "1000.00", payer=debtor(treasury))
    treasury.run(Leg.EXPECTED, BANK)
    assert ("proposed", ["request"]) in expected(treasury)


def test_a_mistyped_contract_number_leads_to_its_instalment(treasury: Treasury) -> None:
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE loan SET contract_no = 'BR-2025-0417'")
        tx.exec_driver_sql("UPDATE instalment SET amount_minor = 77700 WHERE number = 2")
    transfer(treasury, "777.00", reference="BR-2025-0471")
    treasury.run(Leg.EXPECTED, BANK)
    (group,) = [one for one in treasury.groups("proposed") if one.leg == Leg.EXPECTED.value]
    assert "reference_mistyped" in {one["code"] for one in group.reasons}


def test_a_promise_is_expected(treasury: Treasury) -> None:
    promised(treasury, 65_432)
    transfer(treasury, "654.32", payer=debtor(treasury))
    treasury.run(Leg.EXPECTED, BANK)
    assert expected(treasury) == [("proposed", ["request"])]  # which the confirmation of the promise asks with
    (group,) = treasury.groups("proposed")
    treasury.decide(lambda desk: desk.accept(group.id))
    assert (treasury.owed(), treasury.world.receipts()[0].case_id) == (300_000 - 65_432, treasury.world.case().id)
    treasury.world.turn()
    treasury.decide(lambda desk: desk.revoke(group.id, note="not his"))
    assert treasury.owed() == 300_000
    assert treasury.world.broken() == []


def test_an_instalment_of_a_plan_is_expected(treasury: Treasury) -> None:
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET amount_minor = 77700 WHERE number = 2")
    transfer(treasury, "777.00", payer=debtor(treasury))
    treasury.run(Leg.EXPECTED, BANK)
    assert expected(treasury) == [("proposed", ["due"])]


@pytest.mark.parametrize(("day", "groups"), [("2026-11-24", 1), ("2026-06-01", 0)])
def test_what_is_outside_its_days_is_not_expected(treasury: Treasury, day: str, groups: int) -> None:
    with treasury.world.tx() as tx:
        tx.exec_driver_sql(f"UPDATE instalment SET amount_minor = 77700, due_date = '{day}' WHERE number = 2")
    transfer(treasury, "777.00", payer=debtor(treasury))
    treasury.run(Leg.EXPECTED, BANK)
    assert len(expected(treasury)) == groups


def test_what_an_agency_reported_is_expected_until_it_is_handed_over(treasury: Treasury) -> None:
    collected(treasury, 50_000)
    transfer(treasury, "500.00", payer="Agencia Cobra", text="RELATORIO-2026-11-K7")
    treasury.run(Leg.EXPECTED, BANK)
    assert expected(treasury) == [("confirmed", ["agency"])]
    assert treasury.leaf(Role.EXPECTED_RECEIPT, BANK) == 0
    transfer(treasury, "500.00", payer="Agencia Cobra", reference="B2", text="RELATORIO-2026-11-K7")
    treasury.run(Leg.EXPECTED, BANK)
    assert [status for status, kinds in expected(treasury) if "agency" in kinds] == ["confirmed"]


def test_an_advice_books_nothing_and_is_expected_as_one_transfer(
    treasury: Treasury, loan_row: Any, as_file: Any
) -> None:
    treasury.world.load(as_file(loan_row(contract_no="BR-0002", debtor_name="Maria Araújo", id_value="39246913477")))
    advised(treasury, "A1,BR-0001,600.00,60.00,3.00,537.00", "A2,BR-0002,400.00,40.00,2.00,358.00")
    assert (treasury.owed(), treasury.leaf(Role.EXPECTED_RECEIPT, BANK)) == (300_000, 0)
    transfer(treasury, "895.00", payer="Agencia Cobra", text="REPASSE TRF-7788")
    treasury.run(Leg.EXPECTED, BANK)
    (group,) = [one for one in treasury.groups() if one.leg == "expected"]
    assert (group.status, len(treasury.members(group.id))) == ("proposed", 3)
    treasury.decide(lambda desk: desk.accept(group.id))
    assert treasury.owed() == 240_000
    assert {role: treasury.leaf(role, BANK) for role in (Role.BANK, Role.COMMISSION, Role.WITHHELD)} == {
        Role.BANK: 89_500,
        Role.COMMISSION: 10_000,
        Role.WITHHELD: 500,
    }
    emptied = (Role.EXPECTED_RECEIPT, Role.COMMISSION_PAYABLE, Role.SUSPENSE)
    assert [treasury.leaf(role, BANK) for role in emptied] == [0, 0, 0]
    assert [row.paid_minor for row in treasury.world.instalments() if row.paid_minor] == [60_000, 40_000]
    assert treasury.world.broken() == []
    treasury.decide(lambda desk: desk.revoke(group.id, note="another transfer"))
    assert (treasury.owed(), treasury.leaf(Role.SUSPENSE, BANK), treasury.leaf(Role.COMMISSION, BANK)) == (
        300_000,
        -89_500,
        0,
    )
    assert [row.paid_minor for row in treasury.world.instalments() if row.paid_minor] == []
    assert treasury.world.broken() == []


@pytest.mark.parametrize(
    ("row", "amount", "code"),
    [
        ("A1,BR-0001,600.00,60.00,0.00,540.00", "540.00", None),
        ("A1,BR-9999,600.00,60.00,0.00,540.00", "540.00", "advice_names_no_contract"),
        ("A1,BR-0001,3000.01,0.00,0.00,3000.01", "3000.01", "agency_report_exceeds_debt"),
    ],
)
def test_a_line_of_an_advice_that_cannot_be_booked_waits_for_a_person(
    treasury: Treasury, row: str, amount: str, code: str | None
) -> None:
    advised(treasury, row)
    transfer(treasury, amount, text="TRF-7788")
    treasury.run(Leg.EXPECTED, BANK)
    (group,) = [one for one in treasury.groups() if one.leg == "expected"]
    if code is None:
        treasury.decide(lambda desk: desk.accept(group.id))
        assert treasury.owed() == 240_000
        return
    with pytest.raises(Refused) as refused:
        treasury.decide(lambda desk: desk.accept(group.id))
    assert (refused.value.code, treasury.owed()) == (code, 300_000)


def test_a_match_with_an_advice_is_not_taken_back_once_the_debt_is_unpaid_otherwise(treasury: Treasury) -> None:
    advised(treasury, "A1,BR-0001,600.00,60.00,0.00,540.00")
    transfer(treasury, "540.00", text="TRF-7788")
    treasury.run(Leg.EXPECTED, BANK)
    (group,) = [one for one in treasury.groups() if one.leg == "expected"]
    treasury.decide(lambda desk: desk.accept(group.id))
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET paid_minor = 59999 WHERE paid_minor = 60000")
    with pytest.raises(Conflict):
        treasury.decide(lambda desk: desk.revoke(group.id, note="no"))


# What does not come ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "found"), [(35, []), (36, [("req_", -100_000)])])
def test_a_request_is_missing_when_it_has_lapsed_and_patience_is_over(
    treasury: Treasury, days: int, found: list[tuple[str, int]]
) -> None:
    treasury.world.turn()
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE payment_request SET state = 'issued'")
    treasury.world.clock.advance(days=days)
    treasury.run_all()
    assert missing(treasury) == found
    treasury.run_all()
    assert missing(treasury) == found


def test_only_the_newest_request_of_a_case_is_missing_and_a_payment_answers_it(treasury: Treasury) -> None:
    treasury.world.turn()
    with treasury.world.tx() as tx:
        tx.exec_driver_sql("UPDATE payment_request SET state = 'issued'")
    treasury.world.clock.advance(days=40)
    treasury.run_all()
    assert len(missing(treasury)) == 1
    with treasury.world.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request ORDER BY created_at DESC LIMIT 1").scalar_one()
    treasury.paid("pi_1", 100_000, reference=str(request))
    treasury.run_all()
    assert missing(treasury) == []
    (answered,) = [one for one in treasury.differences() if one.kind == "missing"]
    assert (answered.state, answered.resolution) == ("resolved", "explained")


@pytest.mark.parametrize(("days", "found"), [(10, []), (11, [("pro_", -65_432)])])
def test_a_promise_is_missing_after_its_last_day_and_patience(
    treasury: Treasury, days: int, found: list[tuple[str, int]]
) -> None:
    promised(treasury, 65_432)
    treasury.world.clock.advance(days=days)
    treasury.run_all()
    assert missing(treasury) == found


def test_a_promise_kept_late_or_in_part_is_missing_no_more_or_by_the_rest(treasury: Treasury) -> None:
    promised(treasury, 65_432)
    transfer(treasury, "100.00", text="BR-0001")
    treasury.world.clock.advance(days=11)
    treasury.world.turn()
    treasury.run_all()
    assert missing(treasury) == [("pro_", -55_432)]
    transfer(treasury, "554.32", text="BR-0001", reference="B2")
    treasury.run_all()
    assert missing(treasury) == []


def test_what_a_closed_case_expected_is_missing_no_more(treasury: Treasury) -> None:
    promised(treasury, 65_432)
    treasury.world.clock.advance(days=11)
    treasury.run_all()
    assert len(missing(treasury)) == 1
    treasury.world.turn(closings=[CloseCase("c2", "ana", "withdrawn", "sold elsewhere")])
    treasury.run_all()
    assert missing(treasury) == []


@pytest.mark.parametrize(("days", "found"), [(5, []), (6, [("mev_", -50_000)])])
def test_what_an_agency_collected_and_keeps_is_missing(
    treasury: Treasury, days: int, found: list[tuple[str, int]]
) -> None:
    collected(treasury, 50_000)
    treasury.world.clock.advance(days=days)
    treasury.run_all()
    assert [(name[:1], minor) for name, minor in missing(treasury)] == [(name[:1], minor) for name, minor in found]


def test_what_an_agency_handed_over_by_hand_is_missing_no_more(treasury: Treasury) -> None:
    collected(treasury, 50_000)
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert len(missing(treasury)) == 1
    world = treasury.world
    event = AccountEvent(MoneyEventKind.AGENCY_REMITTED, world.connections[BANK].child_account_id, Money(50_000, "BRL"))
    with world.tx() as tx:
        order = Order(clock.new_id("money_event"), "ana", "It came.", world.clock().date())
        money_events.record(Book(tx, clock.new_id, world.clock()), order, event)
    treasury.run_all()
    assert missing(treasury) == []


@pytest.mark.parametrize(("days", "count"), [(5, 0), (6, 1)])
def test_an_advice_whose_transfer_does_not_come_is_missing_until_it_does(
    treasury: Treasury, days: int, count: int
) -> None:
    advised(treasury, "A1,BR-0001,600.00,60.00,0.00,540.00")
    treasury.world.clock.advance(days=days)
    treasury.run_all()
    assert [minor for _, minor in missing(treasury)] == [-54_000] * count
    transfer(treasury, "540.00", text="TRF-7788")
    treasury.run_all()
    for group in [one for one in treasury.groups("proposed") if one.leg == "expected"]:
        treasury.decide(lambda desk, group=group: desk.accept(group.id))
    treasury.run_all()
    assert missing(treasury) == []


def test_a_debtor_who_does_not_pay_keeps_no_day_open_but_an_agency_does(treasury: Treasury) -> None:
    promised(treasury, 65_432)
    treasury.world.clock.advance(days=12)
    treasury.run_all()
    assert len(missing(treasury)) == 1

    def failing() -> list[str]:
        with treasury.world.tx() as tx:
            found = controls(tx, treasury.world.creditor, first=None, last=treasury.world.clock().date())
        return [one.code for one in found if not one.ok]

    assert failing() == []
    collected(treasury, 50_000)
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert len(missing(treasury)) == 2
    assert len(failing()) == 1
