"""What treasury has booked of accounts and loans, and what still comes in for debts that were given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities import money_events
from activities.book import Book
from domain.accounts import CHARTS, CHILD_LEAVES, PlatformKind, Role
from domain.case_commands import CloseCase
from domain.errors import AfluenteError
from domain.money import Money
from domain.money_events import AccountEvent, MoneyEventKind, Order
from ledger import accounts, balances
from runtime import clock

KIND = MoneyEventKind


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def child(world: Any) -> str:
    found: str = world.connections["stripe/BR"].child_account_id
    return found


def leaf(world: Any, role: Role) -> int:
    """A leaf's balance under Stripe's child account, debit positive; zero where it was never opened."""
    with world.tx() as tx:
        found = accounts.leaves_of(tx, child(world)).get(role)
        return balances.of_leaf(tx, found).minor if found else 0


def beside_loans(world: Any, role: Role) -> int:
    with world.tx() as tx:
        root = accounts.root_of(tx, world.creditor.id, Role.RECEIVABLES).id
        return sum(one.amount.minor for one in balances.of_leaves(tx, [root]) if one.role is role)


def owed(world: Any) -> int:
    return beside_loans(world, Role.RECEIVABLE)


def loan(world: Any) -> str:
    with world.tx() as tx:
        return str(tx.exec_driver_sql("SELECT id FROM loan").scalar_one())


def order(world: Any) -> Order:
    return Order(clock.new_id("money_event"), "Wei Zhang", "The bank wrote so.", world.clock().date())


def book(world: Any, kind: MoneyEventKind, minor: int, given: Order | None = None, **said: Any) -> Any:
    event = AccountEvent(kind, said.pop("account_id", child(world)), brl(minor), **said)
    with world.tx() as tx:
        return money_events.record(Book(tx, clock.new_id, world.clock()), given or order(world), event)


def on_loan(world: Any, act: Any, given: Order | None = None, **said: Any) -> Any:
    with world.tx() as tx:
        return act(Book(tx, clock.new_id, world.clock()), given or order(world), loan_id=loan(world), **said)


def code(act: Any) -> str:
    with pytest.raises(AfluenteError) as refused:
        act()
    return refused.value.code


@pytest.fixture
def held(brazil: Any) -> Any:
    """1000.00 lies at Stripe."""
    brazil.stripe_paid("pi_1", 100_000)
    brazil.intake()
    return brazil


def test_a_fee_is_taken_of_what_the_platform_holds(held: Any) -> None:
    book(held, KIND.PLATFORM_FEE, 300)
    assert (leaf(held, Role.CLEARING), leaf(held, Role.FEES)) == (99_700, 300)


@pytest.mark.parametrize(("in_bank", "role"), [(False, Role.CLEARING), (True, Role.BANK)])
def test_tax_is_kept_where_the_money_is(held: Any, in_bank: bool, role: Role) -> None:  # noqa: FBT001 (a parameter of pytest)
    before = leaf(held, role)
    book(held, KIND.TAX_WITHHELD, 38, in_bank=in_bank)
    assert (leaf(held, role) - before, leaf(held, Role.WITHHELD)) == (-38, 38)


def test_a_batch_recorded_by_hand_is_in_the_bank_or_on_its_way_until_it_arrives(held: Any) -> None:
    book(held, KIND.SETTLEMENT, 40_000, fee=brl(1_000), withheld=brl(100))
    book(held, KIND.SETTLEMENT, 50_000, in_bank=False)
    book(held, KIND.SETTLEMENT_ARRIVED, 50_000, arrived=brl(49_900))
    assert (leaf(held, Role.BANK), leaf(held, Role.IN_TRANSIT), leaf(held, Role.CLEARING)) == (89_900, 0, 8_900)
    assert (leaf(held, Role.FEES), leaf(held, Role.WITHHELD)) == (1_100, 100)


@pytest.mark.parametrize(("minor", "refused"), [(100_000, False), (100_001, True)])
def test_no_more_is_paid_out_than_the_platform_holds(held: Any, minor: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    if refused:
        assert code(lambda: book(held, KIND.SETTLEMENT, minor)) == "more_than_stands"
    else:
        book(held, KIND.SETTLEMENT, minor)


@pytest.mark.parametrize(("minor", "refused"), [(100, False), (-100, False), (101, True), (-101, True)])
def test_only_a_remainder_is_rounded_away(held: Any, minor: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    if refused:
        assert code(lambda: book(held, KIND.ROUNDING, minor, against=Role.CLEARING)) == "rounding_too_large"
    else:
        book(held, KIND.ROUNDING, minor, against=Role.CLEARING)
        assert (leaf(held, Role.ROUNDING), leaf(held, Role.CLEARING)) == (-minor, 100_000 + minor)


def test_no_more_than_ten_units_are_rounded_away_in_a_day(held: Any) -> None:
    for minor in (100, -100) * 5:
        book(held, KIND.ROUNDING, minor, against=Role.CLEARING)
    assert leaf(held, Role.ROUNDING) == 0
    assert code(lambda: book(held, KIND.ROUNDING, -1, against=Role.CLEARING)) == "rounding_day_exceeded"
    assert (leaf(held, Role.ROUNDING), leaf(held, Role.CLEARING)) == (0, 100_000)
    held.clock.at += timedelta(days=1)
    book(held, KIND.ROUNDING, -1, against=Role.CLEARING)
    assert leaf(held, Role.ROUNDING) == 1


def test_a_debt_is_not_rounded_away(held: Any) -> None:
    assert code(lambda: book(held, KIND.ROUNDING, 1, against=Role.FEES)) == "leaf_not_rounded"


def test_an_agency_collects_reports_remits_net_and_is_owed_its_commission(brazil: Any) -> None:
    book(brazil, KIND.AGENCY_REPORTED, 120_000, loan_id=loan(brazil))
    assert (owed(brazil), leaf(brazil, Role.EXPECTED_RECEIPT)) == (180_000, 120_000)
    assert [row.paid_minor for row in brazil.instalments()] == [100_000, 20_000, 0]
    book(brazil, KIND.COMMISSION_ACCRUED, 30_000)
    book(brazil, KIND.AGENCY_REMITTED, 100_000, kept=brl(25_000), withheld=brl(1_000))
    assert (leaf(brazil, Role.BANK), leaf(brazil, Role.EXPECTED_RECEIPT)) == (74_000, 20_000)
    book(brazil, KIND.COMMISSION_PAID, 5_000)
    assert (leaf(brazil, Role.COMMISSION_PAYABLE), leaf(brazil, Role.COMMISSION)) == (0, 30_000)
    assert brazil.broken() == []


@pytest.mark.parametrize(("minor", "refused"), [(300_000, False), (300_001, True)])
def test_an_agency_reports_no_more_than_is_owed(brazil: Any, minor: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    if refused:
        one = loan(brazil)
        assert code(lambda: book(brazil, KIND.AGENCY_REPORTED, minor, loan_id=one)) == "agency_report_exceeds_debt"
        assert (owed(brazil), brazil.count("money_event")) == (300_000, 0)
    else:
        book(brazil, KIND.AGENCY_REPORTED, minor, loan_id=loan(brazil))


@pytest.mark.parametrize("kind", [KIND.COMMISSION_PAID, KIND.HANDED_ON, KIND.AGENCY_REMITTED])
def test_what_does_not_stand_is_not_paid(brazil: Any, kind: MoneyEventKind) -> None:
    assert code(lambda: book(brazil, kind, 1)) == "more_than_stands"


def test_the_same_order_again_is_booked_once(held: Any) -> None:
    given = order(held)
    for _ in range(2):
        book(held, KIND.PLATFORM_FEE, 300, given)
    assert leaf(held, Role.FEES) == 300


def test_an_order_is_of_one_thing(held: Any) -> None:
    given = order(held)
    book(held, KIND.PLATFORM_FEE, 300, given)
    assert code(lambda: book(held, KIND.COMMISSION_ACCRUED, 300, given)) == "idempotency_conflict"


def test_only_a_child_account_has_such_events(held: Any) -> None:
    parent = held.creditor.parent_account_id
    assert code(lambda: book(held, KIND.PLATFORM_FEE, 1, account_id=parent)) == "account_not_a_child"


# Debts given up ---------------------------------------------------------------------------------------------------


def test_a_loan_that_is_written_off_leaves_what_is_owed(brazil: Any) -> None:
    on_loan(brazil, money_events.write_off)
    assert (owed(brazil), beside_loans(brazil, Role.WRITTEN_OFF)) == (0, 300_000)
    assert brazil.broken() == []


@pytest.mark.parametrize(("minor", "refused"), [(300_000, False), (300_001, True), (0, True)])
def test_no_more_is_written_off_than_is_owed(brazil: Any, minor: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    if refused:
        found = code(lambda: on_loan(brazil, money_events.write_off, amount=brl(minor)))
        assert found == "write_off_exceeds_debt"
    else:
        on_loan(brazil, money_events.write_off, amount=brl(minor))


def test_what_was_written_off_whole_is_not_written_off_again(brazil: Any) -> None:
    on_loan(brazil, money_events.write_off)
    assert code(lambda: on_loan(brazil, money_events.write_off)) == "nothing_owed"


def test_closing_a_case_as_written_off_gives_its_claims_up(brazil: Any) -> None:
    decision = brazil.turn(closings=[CloseCase("c1", "Wei Zhang", "written_off", "Gone abroad.")])
    assert (decision.done, brazil.case().work_state, brazil.case().accounting_state) == (
        True,
        "written_off",
        "written_off",
    )
    assert (owed(brazil), beside_loans(brazil, Role.WRITTEN_OFF)) == (0, 300_000)
    assert brazil.broken() == []


@pytest.mark.parametrize("reason", ["withdrawn", "sold", "settled", "time_barred"])
def test_closing_a_case_otherwise_gives_nothing_up(brazil: Any, reason: str) -> None:
    brazil.turn(closings=[CloseCase("c1", "Wei Zhang", reason, "So it is.")])
    assert owed(brazil) == 300_000


def test_money_for_a_debt_that_was_given_up_is_recovered(brazil: Any) -> None:
    brazil.turn(closings=[CloseCase("c1", "Wei Zhang", "written_off", "Gone abroad.")])
    brazil.statement({"amount": "400.00", "remittance": "BR-0001", "reference": "E2E-1"})
    brazil.intake()
    (receipt,) = brazil.receipts()
    assert (receipt.state, receipt.allocated_minor) == ("matched", 40_000)
    assert (owed(brazil), beside_loans(brazil, Role.RECOVERED)) == (0, -40_000)
    assert brazil.broken() == []
    brazil.statement({"amount": "-400.00", "reversal_of": "E2E-1"})
    brazil.intake()
    assert (owed(brazil), beside_loans(brazil, Role.RECOVERED)) == (0, 0)
    assert brazil.broken() == []


def test_money_pays_what_still_stands_before_it_recovers(brazil: Any) -> None:
    on_loan(brazil, money_events.write_off, amount=brl(200_000))
    brazil.statement({"amount": "1500.00", "remittance": "BR-0001"})
    brazil.intake()
    assert (owed(brazil), beside_loans(brazil, Role.RECOVERED)) == (0, -50_000)
    assert brazil.broken() == []


# Charity ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def murabaha(brazil: Any) -> Any:
    with brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE loan SET product = 'murabaha'")
    return brazil


def test_a_late_amount_is_owed_to_charity_and_given_there(murabaha: Any) -> None:
    on_loan(murabaha, money_events.charge_for_charity, amount=brl(5_000))
    assert (owed(murabaha), beside_loans(murabaha, Role.CHARITY)) == (305_000, -5_000)
    assert murabaha.broken() == []
    book(murabaha, KIND.CHARITY_PAID, 5_000)
    assert (beside_loans(murabaha, Role.CHARITY), leaf(murabaha, Role.BANK)) == (0, -5_000)
    assert code(lambda: book(murabaha, KIND.CHARITY_PAID, 1)) == "more_than_stands"


def test_a_loan_with_interest_charges_nothing_for_charity(brazil: Any) -> None:
    found = code(lambda: on_loan(brazil, money_events.charge_for_charity, amount=brl(5_000)))
    assert found == "product_charges_no_late_amount"


# Charts -----------------------------------------------------------------------------------------------------------


def test_a_connection_opens_with_the_chart_of_its_platform(brazil: Any) -> None:
    with brazil.tx() as tx:
        stripe = set(accounts.leaves_of(tx, child(brazil)))
        bank = set(accounts.leaves_of(tx, brazil.connections["bank_statement/BR"].child_account_id))
    assert stripe == set(CHARTS[PlatformKind.CARD_GATEWAY])
    assert bank == set(CHARTS[PlatformKind.BANK])


def test_a_leaf_that_an_older_child_lacks_is_opened_on_first_use(brazil: Any) -> None:
    with brazil.tx() as tx:
        older = accounts.open_child(
            tx,
            parent=accounts.get(tx, brazil.creditor.parent_account_id),
            name="Older",
            country="BR",
            connection_id="con_older",
            currency="BRL",
            new_id=clock.new_id,
            now=brazil.clock(),
        )
        assert set(accounts.leaves_of(tx, older)) == set(CHILD_LEAVES)
    book(brazil, KIND.COMMISSION_ACCRUED, 100, account_id=older)
    with brazil.tx() as tx:
        assert set(accounts.leaves_of(tx, older)) == {*CHILD_LEAVES, Role.COMMISSION, Role.COMMISSION_PAYABLE}
