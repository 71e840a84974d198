"""What treasury decides of a receipt: matched, given back, held for others; and what the book and the case then say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from activities import receipt_orders
from activities.book import Book
from domain.accounts import Role
from domain.errors import AfluenteError
from domain.money import Money
from domain.money_events import Order
from ledger import accounts, balances
from runtime import clock
from store import cases, receipts


def leaf(world: Any, role: Role, connection: str = "bank_statement/BR") -> int:
    """A leaf's balance under a connection's child account, debit positive; zero where it was never opened."""
    with world.tx() as tx:
        found = accounts.leaves_of(tx, world.connections[connection].child_account_id).get(role)
        return balances.of_leaf(tx, found).minor if found else 0


def owed(world: Any) -> int:
    with world.tx() as tx:
        account = tx.exec_driver_sql("SELECT account_id FROM loan").scalar_one()
        return balances.of_leaf(tx, account).minor


def only(world: Any) -> Any:
    (receipt,) = world.receipts()
    return receipt


def order(world: Any, *, event_id: str = "", reason: str = "Asked by phone.", day: date | None = None) -> Order:
    return Order(event_id or clock.new_id("money_event"), "Wei Zhang", reason, day or world.clock().date())


def do(world: Any, act: Any, given: Order | None = None, **said: Any) -> Any:
    with world.tx() as tx:
        return act(Book(tx, clock.new_id, world.clock()), given or order(world), receipt_id=only(world).id, **said)


def code(world: Any, act: Any, given: Order | None = None, **said: Any) -> str:
    with pytest.raises(AfluenteError) as refused:
        do(world, act, given, **said)
    return refused.value.code


def told(world: Any) -> list[str]:
    with world.tx() as tx:
        return list(tx.exec_driver_sql("SELECT kind FROM case_event ORDER BY recorded_at, id").scalars())


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


@pytest.fixture
def stranger(brazil: Any) -> Any:
    """1500.00 arrived that nothing explains."""
    brazil.statement({"amount": "1500.00", "remittance": "SEM REFERENCIA"})
    brazil.intake()
    assert only(brazil).state == "suspense"
    return brazil


@pytest.fixture
def overpaid(brazil: Any) -> Any:
    """3200.00 arrived for a debt of 3000.00."""
    brazil.statement({"amount": "3200.00", "remittance": "BR-0001"})
    brazil.intake()
    assert (only(brazil).state, only(brazil).suspense_minor) == ("matched", 20_000)
    return brazil


# Matching ---------------------------------------------------------------------------------------------------------


def test_matching_pays_the_case_and_tells_it(stranger: Any) -> None:
    do(stranger, receipt_orders.assign, case_id=stranger.case().id)
    receipt = only(stranger)
    assert (receipt.state, receipt.allocated_minor, receipt.suspense_minor) == ("matched", 150_000, 0)
    assert (receipt.case_id, receipt.suspense_reason) == (stranger.case().id, None)
    assert (owed(stranger), leaf(stranger, Role.SUSPENSE), told(stranger)[-1]) == (150_000, 0, "receipt_posted")
    assert [row.paid_minor for row in stranger.instalments()] == [100_000, 50_000, 0]
    assert stranger.broken() == []


def test_a_preview_says_what_matching_does_and_changes_nothing(stranger: Any) -> None:
    with stranger.tx() as tx:
        found = receipt_orders.preview(tx, only(stranger), stranger.case())
    assert [part.amount for part in found.parts] == [brl(100_000), brl(50_000)]
    assert (found.applied, found.rest) == (brl(150_000), brl(0))
    assert (only(stranger).state, owed(stranger)) == ("suspense", 300_000)


def test_a_part_may_be_matched_and_the_rest_waits(stranger: Any) -> None:
    do(stranger, receipt_orders.assign, case_id=stranger.case().id, amount=brl(40_000))
    assert (only(stranger).allocated_minor, only(stranger).suspense_minor) == (40_000, 110_000)
    do(stranger, receipt_orders.assign, case_id=stranger.case().id)
    assert (only(stranger).suspense_minor, told(stranger)[-1]) == (0, "schedule_changed")


def test_the_same_order_again_is_done_once(stranger: Any) -> None:
    given = order(stranger)
    first, second = (
        do(stranger, receipt_orders.assign, given, case_id=stranger.case().id, amount=brl(100)) for _ in range(2)
    )
    assert first == second
    assert (only(stranger).allocated_minor, stranger.count("money_event")) == (100, 1)


def test_an_order_keeps_who_gave_it_and_why(stranger: Any) -> None:
    given = order(stranger)
    do(stranger, receipt_orders.assign, given, case_id=stranger.case().id, amount=brl(100))
    with stranger.tx() as tx:
        event = tx.exec_driver_sql("SELECT kind, reason, actor FROM money_event").one()
    assert tuple(event) == ("receipt_assigned", "Asked by phone.", "Wei Zhang")


@pytest.mark.parametrize(
    ("minor", "refused"), [(150_000, None), (150_001, "amount_exceeds_receipt"), (0, "amount_exceeds_receipt")]
)
def test_no_more_is_matched_than_waits(stranger: Any, minor: int, refused: str | None) -> None:
    said = {"case_id": stranger.case().id, "amount": brl(minor)}
    if refused:
        assert code(stranger, receipt_orders.assign, **said) == refused
    else:
        do(stranger, receipt_orders.assign, **said)


def test_what_waits_no_longer_cannot_be_matched(stranger: Any) -> None:
    do(stranger, receipt_orders.assign, case_id=stranger.case().id)
    assert code(stranger, receipt_orders.assign, case_id=stranger.case().id) == "nothing_waits"


def test_a_case_that_is_closed_takes_no_money(stranger: Any) -> None:
    with stranger.tx() as tx:
        cases.change(tx, stranger.case().id, closed_at=stranger.clock(), work_state="withdrawn")
    assert code(stranger, receipt_orders.assign, case_id=stranger.case().id) == "case_closed"


def test_an_overpayment_cannot_be_matched_to_what_owes_nothing(overpaid: Any) -> None:
    assert code(overpaid, receipt_orders.assign, case_id=overpaid.case().id) == "nothing_owed"


def test_money_of_another_currency_is_not_matched(stranger: Any) -> None:
    with stranger.tx() as tx:
        tx.exec_driver_sql("UPDATE collection_case SET currency = 'THB'")
    assert code(stranger, receipt_orders.assign, case_id=stranger.case().id) == "currency_mismatch"


@pytest.mark.parametrize(("days", "refused"), [(0, None), (1, "day_of_the_future")])
def test_nothing_is_booked_for_a_day_to_come(stranger: Any, days: int, refused: str | None) -> None:
    given = order(stranger, day=stranger.clock().date() + timedelta(days=days))
    if refused:
        assert code(stranger, receipt_orders.assign, given, case_id=stranger.case().id) == refused
    else:
        do(stranger, receipt_orders.assign, given, case_id=stranger.case().id)


def test_an_order_without_a_reason_is_refused(stranger: Any) -> None:
    assert code(stranger, receipt_orders.assign, order(stranger, reason=" "), case_id=stranger.case().id) == (
        "reason_missing"
    )


# Giving back ------------------------------------------------------------------------------------------------------


def test_an_overpayment_is_owed_back_until_it_has_left(overpaid: Any) -> None:
    do(overpaid, receipt_orders.give_back)
    assert (leaf(overpaid, Role.SUSPENSE), leaf(overpaid, Role.REFUND_PAYABLE)) == (0, -20_000)
    assert (only(overpaid).refunding_minor, only(overpaid).state, owed(overpaid)) == (20_000, "matched", 0)
    do(overpaid, receipt_orders.confirm_refund)
    assert (leaf(overpaid, Role.REFUND_PAYABLE), leaf(overpaid, Role.BANK)) == (0, 300_000)
    assert (only(overpaid).reversed_minor, only(overpaid).state) == (20_000, "partly_reversed")
    assert overpaid.broken() == []


def test_a_receipt_that_is_wholly_given_back_is_being_given_back_then_returned(stranger: Any) -> None:
    do(stranger, receipt_orders.give_back)
    assert only(stranger).state == "refunding"
    do(stranger, receipt_orders.confirm_refund, amount=brl(50_000))
    assert (only(stranger).state, only(stranger).refunding_minor) == ("partly_reversed", 100_000)
    do(stranger, receipt_orders.confirm_refund)
    assert (only(stranger).state, leaf(stranger, Role.BANK)) == ("reversed", 0)


def test_what_a_receipt_paid_may_be_given_back_too_and_is_owed_again(overpaid: Any) -> None:
    do(overpaid, receipt_orders.give_back, amount=brl(50_000))
    assert (owed(overpaid), only(overpaid).allocated_minor, told(overpaid)[-1]) == (30_000, 270_000, "receipt_reversed")
    assert [row.paid_minor for row in overpaid.instalments()] == [100_000, 100_000, 70_000]
    assert overpaid.broken() == []


@pytest.mark.parametrize(("minor", "refused"), [(320_000, None), (320_001, "amount_exceeds_receipt")])
def test_no_more_is_given_back_than_came(overpaid: Any, minor: int, refused: str | None) -> None:
    if refused:
        assert code(overpaid, receipt_orders.give_back, amount=brl(minor)) == refused
    else:
        do(overpaid, receipt_orders.give_back, amount=brl(minor))


@pytest.mark.parametrize(("minor", "refused"), [(20_000, None), (20_001, "refund_not_owed")])
def test_no_more_leaves_than_is_owed_back(overpaid: Any, minor: int, refused: str | None) -> None:
    do(overpaid, receipt_orders.give_back)
    if refused:
        assert code(overpaid, receipt_orders.confirm_refund, amount=brl(minor)) == refused
    else:
        do(overpaid, receipt_orders.confirm_refund, amount=brl(minor))


def test_a_contested_payment_is_not_the_creditors_to_give(overpaid: Any) -> None:
    with overpaid.tx() as tx:
        receipts.change(tx, only(overpaid).id, contested_minor=300_000)
    assert code(overpaid, receipt_orders.give_back, amount=brl(20_001)) == "receipt_contested"
    do(overpaid, receipt_orders.give_back, amount=brl(20_000))


def test_a_platforms_refund_carries_out_what_was_decided(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    brazil.intake()
    do(brazil, receipt_orders.give_back, amount=brl(3_000))
    brazil.stripe_refunded("re_1", "pi_1", 4_000)
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.refunding_minor, receipt.suspense_minor, receipt.reversed_minor) == (0, 1_000, 4_000)
    assert (leaf(brazil, Role.REFUND_PAYABLE, "stripe/BR"), leaf(brazil, Role.CLEARING, "stripe/BR")) == (0, 1_000)
    assert brazil.broken() == []


# Held for somebody else -------------------------------------------------------------------------------------------


def test_money_of_others_is_held_for_them(stranger: Any) -> None:
    do(stranger, receipt_orders.hold_for_another, amount=brl(60_000))
    assert (leaf(stranger, Role.SUSPENSE), leaf(stranger, Role.HELD_FOR_OTHERS)) == (-90_000, -60_000)
    assert (only(stranger).held_minor, only(stranger).suspense_minor) == (60_000, 90_000)
    assert code(stranger, receipt_orders.hold_for_another, amount=brl(90_001)) == "amount_exceeds_receipt"
    assert stranger.broken() == []
