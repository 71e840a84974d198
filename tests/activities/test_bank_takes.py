"""What a bank takes of an account: its charges are fees, sweeps that leave are known, the rest waits for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities import receipt_orders, sweeps
from activities.book import Book
from activities.sweeps import Arrival
from domain.accounts import Role
from domain.differences import DifferenceKind, Resolution
from domain.errors import Refused
from domain.money_events import Order
from domain.sweep_runs import RunState, told_as
from runtime import clock
from store import overview, sweep_runs
from store.sweep_runs import SweepRun
from tests.fakes.reconciliation_world import Treasury, mt940
from tests.fakes.sweep_world import SweepWorld

BANK, DUBAI = "bank_statement/BR", "bank_statement/AE"
CHARGE = mt940("261124,-2500,NONREF,BANKREF001").replace(b"NTRF", b"NCHG")


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def told(treasury: Treasury, content: bytes, *, connection: str = BANK) -> None:
    """The bank's file comes in, is read and booked, and its account is compared."""
    file = treasury.hand_in(content, connection=connection, mapped=False)
    assert (file.state, file.error) == ("read", None)
    treasury.world.intake()
    treasury.run_all()


def order(day: Any, reason: str = "The bank's list of charges.") -> Order:
    return Order(clock.new_id("money_event"), "ana", reason, day)


def charge(treasury: Treasury, *, tax: bool = False) -> None:
    (receipt,) = treasury.world.receipts()
    with treasury.world.tx() as tx:
        book = Book(tx, clock.new_id, treasury.world.clock())
        receipt_orders.explain_charge(book, order(receipt.value_date), receipt_id=receipt.id, tax=tax)


def balances(treasury: Treasury, connection: str = BANK) -> dict[str, int]:
    roles = (Role.BANK, Role.FEES, Role.WITHHELD, Role.SUSPENSE)
    return {role.value: treasury.leaf(role, connection) for role in roles if treasury.leaf(role, connection)}


def in_dubai(*moves: str, text: str = "", **more: Any) -> bytes:
    """A statement of the account in Dubai; the text belongs to its last movement."""
    content = mt940(*moves, account="AE070331234567890123456", currency="AED", **more)
    return content.replace(b"\r\n:62F:", f"\r\n:86:{text}\r\n:62F:".encode()) if text else content


def test_what_the_bank_calls_its_charge_is_a_fee_at_once(treasury: Treasury) -> None:
    told(treasury, CHARGE)
    (receipt,) = treasury.world.receipts()
    assert (receipt.state, receipt.charged_minor, receipt.suspense_minor) == ("matched", -2_500, 0)
    assert balances(treasury) == {"bank": -2_500, "fees": 2_500}
    assert [group.status for group in treasury.groups()] == ["confirmed"]
    assert treasury.world.broken() == []


@pytest.mark.parametrize(("tax", "leaf"), [(False, "fees"), (True, "withheld")])
def test_other_money_out_waits_until_a_person_says_what_it_was(treasury: Treasury, *, tax: bool, leaf: str) -> None:
    told(treasury, mt940("261124,-2500,NONREF,BANKREF001"))
    assert treasury.world.receipts()[0].suspense_reason == "negative_amount"
    assert balances(treasury) == {"bank": -2_500, "suspense": 2_500}
    charge(treasury, tax=tax)
    assert balances(treasury) == {"bank": -2_500, leaf: 2_500}
    assert treasury.world.receipts()[0].state == "matched"
    assert treasury.world.broken() == []


def test_money_that_came_in_is_no_charge(treasury: Treasury) -> None:
    told(treasury, mt940("261124,2500,NONREF,BANKREF001"))
    with pytest.raises(Refused) as caught:
        charge(treasury)
    assert caught.value.code == "no_charge_waits"


def test_what_went_out_and_waits_is_not_netted_with_what_came_in(treasury: Treasury) -> None:
    told(treasury, mt940("261124,-2500,NONREF,BANKREF001", "261124,7000,NONREF,BANKREF002"))
    with treasury.world.tx() as tx:
        waiting = overview.suspense(tx)
    assert [(one.currency, one.receipts, one.amount_minor) for one in waiting] == [
        ("BRL", 1, 7_000),
        ("BRL", 1, -2_500),
    ]


def test_a_charge_is_explained_once(treasury: Treasury) -> None:
    told(treasury, CHARGE)
    with pytest.raises(Refused):
        charge(treasury)


def test_money_out_past_its_time_is_a_difference_that_a_fee_resolves_for_good(treasury: Treasury) -> None:
    told(treasury, mt940("261124,-2500,NONREF,BANKREF001"))
    treasury.world.clock.advance(days=9)
    treasury.run_all()
    (difference,) = treasury.differences(kind=DifferenceKind.MONEY_OUT.value)
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.BOOK_FEE, note="Monthly charge."))
    assert balances(treasury) == {"bank": -2_500, "fees": 2_500}
    with pytest.raises(Refused) as caught:
        treasury.about(lambda desk: desk.undo(difference.id, note="No."))
    assert caught.value.code == "not_undoable"


# Sweeps that leave ----------------------------------------------------------------------------------------------------


@pytest.fixture
def house(treasury: Treasury) -> SweepWorld:
    """The account in Dubai, as those who sweep it see it."""
    world = treasury.world
    connection = world.connect_bank("AE")
    return SweepWorld(
        world.database,
        world.tenant_id,
        children={"AE": connection.child_account_id},
        creditor_id=connection.creditor_id,
        parent=world.creditor.parent_account_id,
    )


@pytest.fixture
def swept(house: SweepWorld) -> SweepRun:
    """A sweep of 500.00 dirhams that was booked as it left; its account is empty then."""
    house.fund("AE", 50_000)
    return house.run(house.rule())


def state(treasury: Treasury, run: SweepRun) -> RunState:
    with treasury.world.tx() as tx:
        return sweep_runs.get(tx, run.id).state


@pytest.mark.parametrize("name", [lambda run: told_as(run.id)[0], lambda run: told_as(run.id)[1].upper()])
def test_a_sweep_that_the_bank_names_is_not_booked_again(treasury: Treasury, swept: SweepRun, name: Any) -> None:
    told(treasury, in_dubai("261124,-50000,NONREF,BANKREF001", text=name(swept)), connection=DUBAI)
    assert treasury.world.receipts() == []
    assert balances(treasury, DUBAI) == {"suspense": -50_000}  # what had funded it; the bank is empty
    assert state(treasury, swept) is RunState.IN_TRANSIT
    assert [(group.stage, group.status) for group in treasury.groups()] == [("exact_key", "confirmed")]


def test_the_only_sweep_of_an_amount_is_known_without_its_name(treasury: Treasury, swept: SweepRun) -> None:
    told(treasury, in_dubai("261124,-50000,NONREF,BANKREF001"), connection=DUBAI)
    assert (treasury.world.receipts(), state(treasury, swept)) == ([], RunState.IN_TRANSIT)
    assert [group.status for group in treasury.groups()] == ["confirmed"]


def test_of_two_sweeps_of_one_amount_only_the_named_one_is_known(
    treasury: Treasury, house: SweepWorld, swept: SweepRun
) -> None:
    house.at += timedelta(days=1)
    house.fund("AE", 50_000)
    other = house.run(swept.rule_id)
    told(treasury, in_dubai("261125,-50000,NONREF,BANKREF001"), connection=DUBAI)
    assert treasury.world.receipts()[0].suspense_reason == "negative_amount"
    named = in_dubai("261125,-50000,NONREF,BANKREF002", text=told_as(other.id)[0], number="2/1", opening=-50_000)
    told(treasury, named, connection=DUBAI)
    assert (state(treasury, swept), state(treasury, other)) == (RunState.SENT, RunState.IN_TRANSIT)
    assert len(treasury.world.receipts()) == 1


def test_a_sweep_that_has_arrived_already_is_known_by_its_name(
    treasury: Treasury, house: SweepWorld, swept: SweepRun
) -> None:
    with treasury.world.tx() as tx:
        sweeps.confirm(tx, house.desk, swept.id, Arrival(swept.amount, swept.business_date), actor="ana")
    told(treasury, in_dubai("261124,-50000,NONREF,BANKREF001", text=told_as(swept.id)[0]), connection=DUBAI)
    assert (treasury.world.receipts(), state(treasury, swept)) == ([], RunState.ARRIVED)


def test_another_amount_is_no_sweep(treasury: Treasury, swept: SweepRun) -> None:
    told(treasury, in_dubai("261124,-50001,NONREF,BANKREF001"), connection=DUBAI)
    assert treasury.world.receipts()[0].suspense_reason == "negative_amount"
    assert state(treasury, swept) is RunState.SENT


def test_a_sweep_that_no_statement_shows_is_missing_at_the_bank(treasury: Treasury, swept: SweepRun) -> None:
    treasury.world.clock.advance(days=9)
    told(treasury, in_dubai("261203,100,NONREF,BANKREF009"), connection=DUBAI)
    (difference,) = treasury.differences(kind=DifferenceKind.MISSING_AT_BANK.value)
    assert (difference.amount_minor, state(treasury, swept)) == (50_000, RunState.SENT)
