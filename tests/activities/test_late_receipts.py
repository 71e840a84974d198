"""Money that goes back after it had paid: whatever took it, case, promises, agency and parent learn of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from activities import contests, money_events, receipt_orders
from activities.book import Book
from activities.receipts import Recorder
from domain.account_statements import Movement, Period
from domain.accounts import Role
from domain.case_commands import CloseCase, TakePromise
from domain.differences import Resolution
from domain.errors import AfluenteError
from domain.money import Money
from domain.money_events import AccountEvent, MoneyEventKind, Order
from domain.receipts import ContestFact, ContestKind, ContestPhase
from ledger import accounts, balances, statements
from runtime import clock
from store import commissions, promises, receipts, timeline
from tests.fakes.reconciliation_world import Treasury

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Way:
    """How a payment comes in, and how its money goes away again."""

    pay: Callable[[Any, str], None]
    take: Callable[[Any], None]
    movement: Movement
    connection: str = "stripe/BR"


def by_card(world: Any, amount: str = "1000.00") -> None:
    world.stripe_paid("pi_1", int(amount.replace(".", "")), reference="BR-0001")
    world.intake()


def by_transfer(world: Any, amount: str = "1000.00") -> None:
    world.statement({"amount": amount, "reference": "E2E-1", "remittance": "BR-0001"})
    world.intake()


def contested(world: Any, kind: ContestKind, *, lost: bool = True, connection: str = "stripe/BR") -> None:
    """The payer's bank wants all of the only receipt back, and gets it."""
    receipt = world.receipts()[0]
    for phase in (ContestPhase.OPENED, *([ContestPhase.LOST] if lost else [])):
        world.clock.advance(seconds=1)
        fact = ContestFact(
            external_ref="c_1",
            original_ref=receipt.external_ref,
            amount=Money(receipt.amount_minor, "BRL"),
            at=world.clock(),
            value_date=world.clock().date(),
            kind=kind,
            phase=phase,
        )
        with world.tx() as tx:
            recorder = Recorder(tx, world.connections[connection], receipt.inbox_id, clock.new_id, world.clock())
            contests.record(recorder, fact)


def bounced(world: Any) -> None:
    world.statement({"amount": f"-{world.receipts()[0].amount_minor / 100:.2f}", "reversal_of": "E2E-1"})
    world.intake()


def refunded(world: Any) -> None:
    world.stripe_refunded("re_1", "pi_1", world.receipts()[0].amount_minor)
    world.intake()


WAYS = {
    "chargeback": Way(by_card, lambda world: contested(world, ContestKind.CHARGEBACK), Movement.CHARGEBACKS),
    "pix_med": Way(
        by_transfer,
        lambda world: contested(world, ContestKind.PIX_MED, connection="bank_statement/BR"),
        Movement.CHARGEBACKS,
        "bank_statement/BR",
    ),
    "bounced": Way(by_transfer, bounced, Movement.RETURNED, "bank_statement/BR"),
    "refunded": Way(by_card, refunded, Movement.REFUNDS),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


def owed(world: Any) -> int:
    with world.tx() as tx:
        account = tx.exec_driver_sql("SELECT account_id FROM loan ORDER BY created_at LIMIT 1").scalar_one()
        return balances.of_leaf(tx, account).minor


def leaf(world: Any, role: Role) -> int:
    """A leaf's balance under Stripe's child account, debit positive."""
    with world.tx() as tx:
        found = accounts.leaves_of(tx, world.connections["stripe/BR"].child_account_id).get(role)
        return balances.of_leaf(tx, found).minor if found else 0


def promised(world: Any, *, minor: int = 100_000, days: int = 5) -> None:
    command = TakePromise(clock.new_id("event"), "ana", minor, "BRL", (TODAY + timedelta(days)).isoformat())
    assert world.turn(promises=[command]).answers[0].accepted


def promise(world: Any) -> Any:
    """The only promise, in whichever case."""
    with world.tx() as tx:
        (case_id,) = tx.exec_driver_sql("SELECT case_id FROM promise").scalars()
        return promises.of_case(tx, case_id)[0]


def second_overdue(world: Any) -> None:
    """Two instalments are overdue, so that paying one ends nothing."""
    with world.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET due_date = '2026-11-11' WHERE number = 2")


def code(act: Callable[[], Any]) -> str:
    with pytest.raises(AfluenteError) as refused:
        act()
    return refused.value.code


# The case -----------------------------------------------------------------------------------------------------------


@every_way
def test_the_debt_is_owed_again_and_the_case_is_told(brazil: Any, way: Way) -> None:
    second_overdue(brazil)
    way.pay(brazil, "1000.00")
    brazil.turn()
    assert owed(brazil) == 200_000
    way.take(brazil)
    brazil.turn()
    receipt = brazil.receipts()[0]
    assert (owed(brazil), receipt.state, receipt.allocated_minor) == (300_000, "reversed", 0)
    assert (brazil.case().work_state, brazil.case().overdue_minor) == ("active", 200_000)
    with brazil.tx() as tx:
        kinds = list(tx.exec_driver_sql("SELECT kind FROM case_event ORDER BY recorded_at, id").scalars())
    assert kinds[-1] == "receipt_reversed"
    assert brazil.broken() == []


@every_way
def test_a_kept_promise_is_open_again_and_broken_once_its_time_is_up(brazil: Any, way: Way) -> None:
    second_overdue(brazil)
    promised(brazil)
    way.pay(brazil, "1000.00")
    brazil.turn()
    assert promise(brazil).state == "kept"
    way.take(brazil)
    brazil.turn()
    assert (promise(brazil).state, brazil.case().work_state) == ("open", "promise")
    brazil.clock.advance(days=8)
    brazil.turn()
    assert promise(brazil).state == "broken"


@every_way
def test_money_that_had_closed_the_case_opens_it_again_with_its_promise(brazil: Any, way: Way) -> None:
    first = brazil.case().id
    promised(brazil)
    way.pay(brazil, "1000.00")
    assert brazil.turn().stage == "cured"
    assert promise(brazil).state == "kept"
    brazil.clock.advance(minutes=1)
    way.take(brazil)
    again = brazil.case()
    assert again.id != first
    assert (promise(brazil).state, promise(brazil).case_id) == ("open", again.id)
    assert brazil.turn().stage == "promise"
    with brazil.tx() as tx:
        for case_id in (first, again.id):
            told = tx.exec_driver_sql(f"SELECT kind FROM timeline WHERE case_id = '{case_id}'").scalars().all()
            assert "promise_open" in told


def test_the_rest_of_what_a_promise_got_in_the_closed_case_still_counts(brazil: Any) -> None:
    promised(brazil)
    brazil.statement({"amount": "600.00", "reference": "E2E-0", "remittance": "BR-0001"})
    by_transfer(brazil, "400.00")
    assert brazil.turn().stage == "cured"
    brazil.clock.advance(minutes=1)
    brazil.statement({"amount": "-400.00", "reversal_of": "E2E-1"})
    brazil.intake()
    second_overdue(brazil)
    assert brazil.turn().stage == "promise"
    brazil.statement({"amount": "400.00", "reference": "E2E-2", "remittance": "BR-0001"})
    brazil.intake()
    assert brazil.turn().stage == "active"
    assert promise(brazil).state == "kept"


def test_what_an_earlier_case_received_keeps_no_promise_that_was_made_later(brazil: Any) -> None:
    by_transfer(brazil)
    assert brazil.turn().stage == "cured"
    with brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET due_date = '2026-11-12' WHERE number = 2")
    brazil.clock.advance(minutes=1)
    brazil.statement({"amount": "-0.01", "reversal_of": "E2E-1"})
    brazil.intake()
    promised(brazil)
    assert (promise(brazil).state, brazil.case().work_state) == ("open", "promise")


@pytest.mark.parametrize(("days", "state"), [(7, "open"), (8, "broken")])
def test_a_promise_of_a_closed_case_whose_time_is_up_is_broken_there(brazil: Any, days: int, state: str) -> None:
    first = brazil.case().id
    promised(brazil)
    by_transfer(brazil)
    assert brazil.turn().stage == "cured"
    brazil.clock.advance(days=days)
    bounced(brazil)
    assert promise(brazil).state == state
    assert (promise(brazil).case_id == first) is (state == "broken")


def test_a_case_that_was_given_up_stays_closed(brazil: Any) -> None:
    by_transfer(brazil)
    second_overdue(brazil)
    brazil.turn(closings=[CloseCase(clock.new_id("event"), "ana", "written_off", "gone")])
    case = brazil.case()
    bounced(brazil)
    assert (brazil.case().id, brazil.case().work_state) == (case.id, "written_off")


@every_way
def test_a_reminder_is_due_again_by_the_ladder_and_law(brazil: Any, way: Way) -> None:
    way.pay(brazil, "1000.00")
    assert brazil.turn().stage == "cured"
    assert {notice.kind for notice in brazil.notices()} == {"thank_you", "case_closed"}
    brazil.clock.advance(minutes=1)
    way.take(brazil)
    brazil.turn()
    assert [notice.kind for notice in brazil.notices()] == ["first_reminder"]


def test_an_open_contest_asks_for_nothing_while_it_is_open(brazil: Any) -> None:
    by_card(brazil)
    assert brazil.turn().stage == "cured"
    contested(brazil, ContestKind.CHARGEBACK, lost=False)
    with brazil.tx() as tx:
        assert len(tx.exec_driver_sql("SELECT id FROM collection_case").all()) == 1
        assert "receipt_contested" in {event.kind for event in timeline.of_case(tx, brazil.case().id)}
    assert owed(brazil) == 200_000


# Allocation ---------------------------------------------------------------------------------------------------------


def test_what_was_paid_last_is_unpaid_first(brazil: Any) -> None:
    by_card(brazil, "2500.00")
    assert [row.paid_minor for row in brazil.instalments()] == [100_000, 100_000, 50_000]
    brazil.stripe_refunded("re_1", "pi_1", 60_000)
    brazil.intake()
    assert [row.paid_minor for row in brazil.instalments()] == [100_000, 90_000, 0]
    brazil.stripe_refunded("re_2", "pi_1", 190_000)
    brazil.intake()
    assert [row.paid_minor for row in brazil.instalments()] == [0, 0, 0]
    with brazil.tx() as tx:
        assert receipts.allocations(tx, brazil.receipts()[0].id) == []


# Commission ---------------------------------------------------------------------------------------------------------


def order(world: Any) -> Order:
    return Order(clock.new_id("money_event"), "Wei Zhang", "As agreed.", world.clock().date())


def book(world: Any, kind: MoneyEventKind, minor: int, **said: Any) -> Any:
    event = AccountEvent(kind, world.connections["stripe/BR"].child_account_id, Money(minor, "BRL"), **said)
    with world.tx() as tx:
        return money_events.record(Book(tx, clock.new_id, world.clock()), order(world), event)


def earned(world: Any, minor: int = 20_000) -> None:
    """An agency earned commission on the only receipt."""
    book(world, MoneyEventKind.COMMISSION_ACCRUED, minor, receipt_id=world.receipts()[0].id)


def paid_to_agency(world: Any, minor: int = 20_000) -> None:
    book(world, MoneyEventKind.COMMISSION_PAID, minor)


def commission(world: Any) -> tuple[int, int]:
    """What commission has cost, and what is owed of it to (positive) or by (negative) the agency."""
    return leaf(world, Role.COMMISSION), -leaf(world, Role.COMMISSION_PAYABLE)


@every_way
def test_commission_not_yet_paid_is_owed_no_more(brazil: Any, way: Way) -> None:
    way.pay(brazil, "1000.00")
    earned(brazil)
    assert commission(brazil) == (20_000, 20_000)
    way.take(brazil)
    assert commission(brazil) == (0, 0)
    assert code(lambda: paid_to_agency(brazil)) == "more_than_stands"
    assert brazil.broken() == []


@every_way
def test_commission_that_was_paid_is_owed_back_by_the_agency_and_made_up_by_the_next(brazil: Any, way: Way) -> None:
    way.pay(brazil, "1000.00")
    earned(brazil)
    paid_to_agency(brazil)
    way.take(brazil)
    assert commission(brazil) == (0, -20_000)
    book(brazil, MoneyEventKind.COMMISSION_ACCRUED, 25_000)
    assert commission(brazil) == (25_000, 5_000)
    assert code(lambda: paid_to_agency(brazil, 5_001)) == "more_than_stands"
    paid_to_agency(brazil, 5_000)
    assert brazil.broken() == []


def test_commission_goes_back_in_proportion_and_never_more_than_was_earned(brazil: Any) -> None:
    by_card(brazil)
    earned(brazil, 9_999)
    for number, (minor, left) in enumerate([(25_000, 7_499), (25_000, 4_999), (50_000, 0)]):
        brazil.stripe_refunded(f"re_{number}", "pi_1", minor)
        brazil.intake()
        assert commission(brazil) == (left, left)
    with brazil.tx() as tx:
        (kept,) = commissions.of_receipt(tx, brazil.receipts()[0].id)
    assert kept.clawed_minor == kept.amount_minor


def test_money_out_of_suspense_takes_no_commission_back(brazil: Any) -> None:
    by_card(brazil, "3100.00")
    earned(brazil)
    brazil.stripe_refunded("re_1", "pi_1", 10_000)
    brazil.intake()
    assert commission(brazil) == (20_000, 20_000)
    brazil.stripe_refunded("re_2", "pi_1", 1)
    brazil.intake()
    assert commission(brazil) == (19_999, 19_999)


def test_a_refund_that_is_decided_takes_the_commission_back_once(brazil: Any) -> None:
    by_card(brazil)
    earned(brazil)
    with brazil.tx() as tx:
        receipt_orders.give_back(
            Book(tx, clock.new_id, brazil.clock()),
            order(brazil),
            receipt_id=brazil.receipts()[0].id,
            amount=Money(100_000, "BRL"),
        )
    assert commission(brazil) == (0, 0)
    refunded(brazil)
    assert commission(brazil) == (0, 0)


def test_a_contest_that_is_won_takes_no_commission_back(brazil: Any) -> None:
    by_card(brazil)
    earned(brazil)
    contested(brazil, ContestKind.CHARGEBACK, lost=False)
    assert commission(brazil) == (20_000, 20_000)


@pytest.mark.parametrize(("minor", "refused"), [(100_000, None), (100_001, "commission_exceeds_receipt")])
def test_no_more_is_earned_on_a_receipt_than_it_paid(brazil: Any, minor: int, refused: str | None) -> None:
    by_card(brazil)
    if refused is None:
        earned(brazil, minor)
        assert code(lambda: earned(brazil, 1)) == "commission_exceeds_receipt"
        return
    assert code(lambda: earned(brazil, minor)) == refused
    assert commission(brazil) == (0, 0)


def test_commission_on_an_unknown_receipt_is_refused(brazil: Any) -> None:
    act = MoneyEventKind.COMMISSION_ACCRUED
    assert code(lambda: book(brazil, act, 1, receipt_id="rcp_none")) == "receipt_unknown"


def test_money_that_belongs_to_another_debtor_earns_nothing_until_that_is_undone(
    brazil: Any, loan_row: Any, as_file: Any
) -> None:
    treasury = Treasury(brazil)
    brazil.statement(
        {"amount": "1000.00", "reference": "B1", "remittance": "BR-0001", "payer_name": "Zoltan Kiraly Fuvaros"}
    )
    brazil.intake()
    earned(brazil)
    first = brazil.receipts()[0].case_id
    brazil.load(as_file(loan_row(contract_no="BR-0002", debtor_name="Maria Luísa Araújo", id_value="39246913477")))
    with brazil.tx() as tx:
        second = tx.exec_driver_sql(f"SELECT id FROM collection_case WHERE id <> '{first}'").scalar()
    treasury.run_all()
    (stranger,) = [one for one in treasury.differences() if one.kind == "third_party_payer"]
    treasury.about(lambda desk: desk.resolve(stranger.id, Resolution.REASSIGN, note="hers", case_id=second))
    assert (commission(brazil), brazil.receipts()[0].case_id) == ((0, 0), second)
    treasury.about(lambda desk: desk.undo(stranger.id, note="no, his"))
    assert (commission(brazil), brazil.receipts()[0].case_id) == ((20_000, 20_000), first)
    assert brazil.broken() == []


# The parent's statement ---------------------------------------------------------------------------------------------


@every_way
def test_the_parents_statement_shows_what_went_back_and_why(brazil: Any, way: Way) -> None:
    way.pay(brazil, "1000.00")
    way.take(brazil)
    with brazil.tx() as tx:
        child = accounts.get(tx, brazil.connections[way.connection].child_account_id)
        told = statements.statement(
            tx, str(child.parent_id), Period(TODAY, TODAY + timedelta(1)), rate=None, rates_on=TODAY
        )
    (section,) = [one for one in told.sections if one.currency == "BRL"]
    assert section.movements[Movement.RECEIPTS].minor == 100_000
    assert section.movements[way.movement].minor == -100_000
    assert section.closing.minor == section.opening.minor
