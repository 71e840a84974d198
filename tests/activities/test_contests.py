"""Contested payments and batches: what is held back, given free, lost, and on its way to the bank."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.receipts import Recorder
from domain.accounts import Role
from domain.money import Money
from domain.receipts import ReceiptFact
from ledger import accounts, balances
from runtime import clock
from store import contests

CONTRACT = {"remittance": "BR-0001"}


def leaf(world: Any, role: Role, connection: str = "stripe/BR") -> int:
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


def told(world: Any) -> list[str]:
    with world.tx() as tx:
        return list(tx.exec_driver_sql("SELECT kind FROM case_event ORDER BY recorded_at, id").scalars())


def paid(world: Any, minor: int = 100_000) -> None:
    """A debtor pays over Stripe what they were asked for."""
    world.turn()
    with world.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request").scalar_one()
    world.stripe_paid("pi_1", minor, reference=request)
    world.intake()


def dispute(world: Any, kind: str, status: str, *, minor: int = 100_000, fee: int | None = 1_500, back: int = 0) -> str:
    """Stripe tells of a dispute; later than it told before. ``back`` of the fee has been given back."""
    world.clock.advance(seconds=1)
    moves = [{"amount": -minor, "fee": fee, "currency": "brl"}, {"amount": minor, "fee": -back, "currency": "brl"}]
    document = {
        "id": "du_1",
        "status": status,
        "payment_intent": "pi_1",
        "amount": minor,
        "currency": "brl",
        "created": int(world.clock().timestamp()),
        "balance_transactions": [] if fee is None else moves if back else moves[:1],
    }
    found: str = world.stripe(f"charge.dispute.{kind}", document)
    world.intake()
    return found


def test_an_opened_contest_is_held_back_and_the_debt_is_not_owed_again(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "funds_withdrawn", "needs_response")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.CHARGEBACK_RESERVE), leaf(brazil, Role.FEES)) == (
        -1_500,
        100_000,
        1_500,
    )
    assert (owed(brazil), only(brazil).state, only(brazil).contested_minor) == (200_000, "matched", 100_000)
    assert told(brazil)[-1] == "receipt_contested"
    assert brazil.broken() == []


def test_a_contest_that_is_won_gives_the_money_free_again(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "funds_withdrawn", "needs_response")
    dispute(brazil, "closed", "won")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.CHARGEBACK_RESERVE)) == (98_500, 0)
    assert (owed(brazil), only(brazil).contested_minor, told(brazil)[-1]) == (200_000, 0, "contest_won")


def test_a_fee_that_is_given_back_is_booked_back(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "funds_withdrawn", "needs_response")
    dispute(brazil, "funds_reinstated", "won", back=1_500)
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.FEES)) == (100_000, 0)


def test_a_contest_that_is_lost_makes_the_debt_stand_again(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "funds_withdrawn", "needs_response")
    dispute(brazil, "closed", "lost")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.CHARGEBACK_RESERVE)) == (-1_500, 0)
    assert (owed(brazil), only(brazil).state, only(brazil).allocated_minor) == (300_000, "reversed", 0)
    assert told(brazil)[-1] == "receipt_reversed"
    assert brazil.broken() == []


@pytest.mark.parametrize(("status", "clearing", "due"), [("won", 98_500, 200_000), ("lost", -1_500, 300_000)])
def test_an_end_that_comes_first_opens_and_ends_the_contest(brazil: Any, status: str, clearing: int, due: int) -> None:
    paid(brazil)
    dispute(brazil, "closed", status)
    dispute(brazil, "funds_withdrawn", "needs_response")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.CHARGEBACK_RESERVE), owed(brazil)) == (clearing, 0, due)


def test_what_is_told_again_is_booked_once(brazil: Any) -> None:
    paid(brazil)
    for _ in range(2):
        dispute(brazil, "funds_withdrawn", "needs_response")
    for _ in range(2):
        dispute(brazil, "closed", "lost")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.FEES), owed(brazil)) == (-1_500, 1_500, 300_000)


def test_an_older_word_does_not_change_how_a_contest_ended(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "funds_withdrawn", "needs_response")
    brazil.clock.advance(days=1)
    dispute(brazil, "closed", "won")
    brazil.clock.advance(hours=-12)
    dispute(brazil, "closed", "lost")
    assert owed(brazil) == 200_000


def test_a_lost_contest_that_is_won_after_all_pays_the_debt_again(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "closed", "lost")
    assert owed(brazil) == 300_000
    dispute(brazil, "funds_reinstated", "won")
    assert (owed(brazil), leaf(brazil, Role.CLEARING)) == (200_000, 98_500)
    assert brazil.broken() == []


def test_a_won_contest_that_is_lost_after_all_is_opened_again(brazil: Any) -> None:
    paid(brazil)
    dispute(brazil, "closed", "won")
    dispute(brazil, "closed", "lost")
    assert (owed(brazil), leaf(brazil, Role.CHARGEBACK_RESERVE), leaf(brazil, Role.FEES)) == (300_000, 0, 1_500)
    with brazil.tx() as tx:
        (contest,) = contests.of_receipt(tx, only(brazil).id)
    assert (contest.state, contest.round) == ("lost", 2)


def test_what_had_been_refunded_before_the_creditor_bears(brazil: Any) -> None:
    paid(brazil)
    brazil.stripe_refunded("re_1", "pi_1", 30_000)
    brazil.intake()
    dispute(brazil, "closed", "lost", fee=None)
    assert (leaf(brazil, Role.CHARGEBACK_LOSS), owed(brazil), only(brazil).reversed_minor) == (30_000, 300_000, 100_000)
    assert brazil.broken() == []


@pytest.mark.parametrize(("minor", "state"), [(100_000, "done"), (100_001, "error")])
def test_no_more_is_contested_than_came(brazil: Any, minor: int, state: str) -> None:
    paid(brazil)
    found = dispute(brazil, "funds_withdrawn", "needs_response", minor=minor)
    assert brazil.delivery(found).state == state


def test_a_contest_of_a_receipt_that_has_not_come_waits(brazil: Any) -> None:
    found = dispute(brazil, "funds_withdrawn", "needs_response")
    assert (brazil.delivery(found).state, brazil.delivery(found).error_code) == ("waiting", "receipt_unknown")


# Batches ----------------------------------------------------------------------------------------------------------


def payout(world: Any, *, minor: int = 97_000, kind: str = "paid") -> str:
    status = {"paid": "paid", "failed": "failed"}[kind]
    document = {"id": "po_1BatchNumber", "status": status, "amount": minor, "currency": "brl", "failure_code": "closed"}
    found: str = world.stripe(f"payout.{kind}", document)
    world.intake()
    return found


def test_a_batch_is_on_its_way_until_the_bank_confirms_it(brazil: Any) -> None:
    paid(brazil)
    payout(brazil)
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.IN_TRANSIT)) == (3_000, 97_000)
    brazil.statement({"amount": "970.00", "remittance": "STRIPE po_1BatchNumber"})
    brazil.intake()
    assert (leaf(brazil, Role.IN_TRANSIT), leaf(brazil, Role.BANK, "bank_statement/BR")) == (0, 97_000)
    assert len(brazil.receipts()) == 1
    assert brazil.broken() == []


def test_what_banks_took_on_the_way_is_a_fee(brazil: Any) -> None:
    payout(brazil)
    brazil.statement({"amount": "965.00", "remittance": "po_1BatchNumber"})
    brazil.intake()
    assert (leaf(brazil, Role.IN_TRANSIT), leaf(brazil, Role.FEES)) == (0, 500)


@pytest.mark.parametrize(("amount", "left"), [("921.50", 0), ("921.49", 97_000), ("970.00", 0), ("970.01", 97_000)])
def test_a_line_that_differs_too_much_is_no_batch(brazil: Any, amount: str, left: int) -> None:
    payout(brazil)
    brazil.statement({"amount": amount, "remittance": "po_1BatchNumber"})
    brazil.intake()
    assert leaf(brazil, Role.IN_TRANSIT) == left


def test_a_line_that_comes_again_confirms_nothing_again(brazil: Any) -> None:
    payout(brazil)
    for _ in range(2):
        brazil.statement({"amount": "970.00", "remittance": "po_1BatchNumber", "reference": "bank-1"})
        brazil.intake()
    assert (leaf(brazil, Role.BANK, "bank_statement/BR"), brazil.receipts()) == (97_000, [])


def test_a_second_line_of_the_same_name_waits_as_a_receipt(brazil: Any) -> None:
    payout(brazil)
    for _ in range(2):
        brazil.statement({"amount": "970.00", "remittance": "po_1BatchNumber"})
        brazil.intake()
    assert (only(brazil).state, leaf(brazil, Role.IN_TRANSIT)) == ("suspense", 0)


def test_a_batch_that_came_back_is_at_the_platform_again(brazil: Any) -> None:
    paid(brazil)
    payout(brazil)
    for _ in range(2):
        payout(brazil, kind="failed")
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.IN_TRANSIT)) == (100_000, 0)


def test_a_batch_that_was_never_told_as_paid_moves_nothing_when_it_fails(brazil: Any) -> None:
    assert brazil.delivery(payout(brazil, kind="failed")).state == "done"
    assert leaf(brazil, Role.CLEARING) == 0


def test_a_batch_that_arrived_cannot_come_back_without_a_person(brazil: Any) -> None:
    payout(brazil)
    brazil.statement({"amount": "970.00", "remittance": "po_1BatchNumber"})
    brazil.intake()
    assert brazil.delivery(payout(brazil, kind="failed")).error_code == "payout_arrived"


def test_a_batch_of_nothing_is_refused(brazil: Any) -> None:
    assert brazil.delivery(payout(brazil, minor=0)).error_code == "payout_not_positive"


def test_tax_that_was_kept_of_a_receipt_is_booked_beside_it(brazil: Any) -> None:
    found = brazil.stripe_paid("pi_0", 1)
    fact = ReceiptFact(
        external_ref="pi_9",
        amount=Money(10_000, "BRL"),
        at=datetime(2026, 11, 24, tzinfo=UTC),
        value_date=datetime(2026, 11, 24, tzinfo=UTC).date(),
        references=(),
        fee=Money(300, "BRL"),
        withheld=Money(38, "BRL"),
    )
    with brazil.tx() as tx:
        Recorder(tx, brazil.connections["stripe/BR"], found, clock.new_id, brazil.clock()).receipt(fact)
    assert (leaf(brazil, Role.CLEARING), leaf(brazil, Role.WITHHELD), leaf(brazil, Role.FEES)) == (9_662, 38, 300)
    assert only(brazil).withheld_minor == 38
