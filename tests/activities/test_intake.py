"""Intake: every delivery is understood once, in whatever order, and all money is booked with its reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from activities import intake
from activities.receipts import Recorder
from connectors import registry
from domain.accounts import Role
from ledger import accounts, balances
from store import cases, inbox, loans, payment_requests

CONTRACT = {"remittance": "payment of BR-0001"}


@pytest.fixture(autouse=True)
def book_stays_sound(brazil: Any) -> Any:
    """Whatever arrives, the book's invariants hold afterwards."""
    yield
    assert brazil.broken() == []


def leaf(world: Any, role: Role, connection: str = "bank_statement/BR") -> int:
    with world.tx() as tx:
        leaves = accounts.leaves_of(tx, world.connections[connection].child_account_id)
        return balances.of_leaf(tx, leaves[role]).minor


def owed(world: Any) -> int:
    return sum(item.amount_minor - item.paid_minor for item in world.instalments())


def only(world: Any) -> Any:
    (receipt,) = world.receipts()
    return receipt


# Matching and booking -----------------------------------------------------------------------------------------


def test_a_payment_by_contract_number_pays_the_oldest_instalment_and_tells_the_case(brazil: Any) -> None:
    brazil.statement({"amount": "1000.00", **CONTRACT})
    done = brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.allocated_minor, receipt.suspense_minor) == ("matched", 100_000, 0)
    assert (leaf(brazil, Role.BANK), owed(brazil)) == (100_000, 200_000)
    assert done.cases == [brazil.case().id]
    assert brazil.nudges.told == [brazil.case().id]


def test_a_payment_by_our_reference_pays_its_request(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        reference = tx.exec_driver_sql("SELECT reference FROM payment_request").scalar_one()
    brazil.statement({"amount": "1000.00", "remittance": f"PIX {reference}"})
    brazil.intake()
    with brazil.tx() as tx:
        assert tx.exec_driver_sql("SELECT state FROM payment_request").scalar_one() == "paid"
    assert only(brazil).payment_request_id is not None


@pytest.mark.parametrize(("amount", "state"), [("999.99", "issued"), ("1000.00", "paid")])
def test_a_request_is_paid_from_its_whole_amount_on(brazil: Any, amount: str, state: str) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        reference = tx.exec_driver_sql("SELECT reference FROM payment_request").scalar_one()
    brazil.statement({"amount": amount, "remittance": reference})
    brazil.intake()
    with brazil.tx() as tx:
        assert tx.exec_driver_sql("SELECT state FROM payment_request").scalar_one() == state


def test_the_first_reference_that_names_something_of_ours_decides(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request").scalar_one()
        row = payment_requests.get(tx, request)
        other = replace(row, id="preq_other", reference="OTHER", external_ref="pi_other")
        payment_requests.add(tx, other)
        creditor_id, connection_id = brazil.creditor.id, row.connection_id
        elsewhere = next(one.id for one in brazil.connections.values() if one.id != connection_id)
        payment_requests.add(tx, replace(row, id="preq_elsewhere", connection_id=elsewhere, external_ref=None))

        def found(*references: str, here: str = connection_id) -> str | None:
            asked = {"creditor_id": creditor_id, "connection_id": here}
            one = payment_requests.find(tx, references=references, **asked)
            return one and one.id

        assert found("nobody", row.reference, "OTHER") == request
        assert found("nobody", "pi_other", request) == "preq_other"
        assert found(row.reference) == request
        assert found(row.reference, here=elsewhere) == "preq_elsewhere"
        assert found("nobody") is None
        assert found() is None
        assert (
            payment_requests.find(tx, creditor_id="cre_x", connection_id=connection_id, references=("OTHER",)) is None
        )


@pytest.mark.parametrize("names", [("BR-0001", "BR-0002"), ("BR-0002", "BR-0001")])
def test_contracts_are_found_in_the_order_of_their_names(brazil: Any, loan_row: Any, as_file: Any, names: Any) -> None:
    brazil.load(as_file(loan_row(contract_no="BR-0002", debtor_name="Maria Araújo", id_value="39246913477")))
    with brazil.tx() as tx:
        found = loans.named(tx, creditor_id=brazil.creditor.id, contract_nos=("nobody", *names))
    assert tuple(loan.contract_no for loan in found) == names


def test_two_equal_transfers_on_a_day_are_two_receipts(brazil: Any) -> None:
    brazil.statement({"amount": "10.00", **CONTRACT}, {"amount": "10.00", **CONTRACT})
    brazil.intake()
    assert [receipt.amount_minor for receipt in brazil.receipts()] == [1_000, 1_000]


def test_money_of_nobody_waits_in_suspense(brazil: Any) -> None:
    brazil.statement({"amount": "50.00", "remittance": "hello"})
    done = brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason, receipt.case_id) == ("suspense", "no_match", None)
    assert (leaf(brazil, Role.BANK), leaf(brazil, Role.SUSPENSE), done.cases) == (5_000, -5_000, [])


def test_what_is_paid_over_waits_in_suspense(brazil: Any) -> None:
    brazil.statement({"amount": "3000.01", **CONTRACT})
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason) == ("matched", "overpayment")
    assert (receipt.allocated_minor, receipt.suspense_minor, owed(brazil)) == (300_000, 1, 0)


def test_what_pays_the_debt_to_the_last_unit_is_no_overpayment(brazil: Any) -> None:
    brazil.statement({"amount": "3000.00", **CONTRACT})
    brazil.intake()
    assert (only(brazil).suspense_reason, owed(brazil)) == (None, 0)


def test_a_debit_that_nothing_explains_is_booked_against_suspense(brazil: Any) -> None:
    brazil.statement({"amount": "-20.00", "remittance": "fee"})
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason) == ("suspense", "negative_amount")
    assert (leaf(brazil, Role.BANK), leaf(brazil, Role.SUSPENSE)) == (-2_000, 2_000)


def test_an_amount_of_nothing_is_kept_with_its_reason_and_not_booked(brazil: Any) -> None:
    brazil.statement({"amount": "0.00", **CONTRACT})
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason) == ("refused", "zero_amount")
    assert leaf(brazil, Role.BANK) == 0


def test_money_of_another_currency_waits_in_a_child_account_of_its_own(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request").scalar_one()
    brazil.stripe_paid("pi_1", 100_000, reference=request, currency="usd")
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason, receipt.currency) == ("suspense", "currency_mismatch", "USD")
    with brazil.tx() as tx:
        found = balances.by_currency(balances.of_leaves(tx, [brazil.creditor.parent_account_id]))
        held = balances.by_currency(
            balances.of_leaves(tx, [brazil.creditor.parent_account_id]), frozenset({Role.CLEARING})
        )
    assert (held["USD"].minor, found["USD"].minor, owed(brazil)) == (100_000, 0, 300_000)


def test_money_for_a_closed_case_waits_in_suspense(brazil: Any) -> None:
    with brazil.tx() as tx:
        cases.change(tx, brazil.case().id, work_state="withdrawn", closed_at=brazil.clock())
    brazil.statement({"amount": "10.00", **CONTRACT})
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_reason) == ("suspense", "case_closed")
    assert (leaf(brazil, Role.SUSPENSE), owed(brazil)) == (-1_000, 300_000)


@pytest.mark.parametrize("amount", ["-20.00", "0.00"])
def test_what_pays_nothing_is_not_thanked_for(brazil: Any, amount: str) -> None:
    brazil.turn()
    brazil.statement({"amount": amount, **CONTRACT})
    brazil.intake()
    brazil.turn()
    assert "thank_you" not in {notice.kind for notice in brazil.notices()}


# Deliveries ---------------------------------------------------------------------------------------------------


def test_the_same_delivery_twice_is_kept_once(brazil: Any) -> None:
    body = b"{}"
    connection = brazil.connections["stripe/BR"]
    brazil.deliver(connection, body, name="evt_1")
    brazil.deliver(connection, body, name="evt_1")
    assert brazil.count("inbox") == 1


def test_the_same_money_told_by_two_deliveries_is_booked_once(brazil: Any) -> None:
    for _ in range(2):
        brazil.stripe_paid("pi_1", 5_000)
    brazil.intake()
    assert len(brazil.receipts()) == 1
    assert leaf(brazil, Role.CLEARING, "stripe/BR") == 5_000


def test_a_statement_uploaded_again_under_another_name_books_nothing_twice(brazil: Any) -> None:
    line = {"amount": "10.00", "reference": "E2E-777", **CONTRACT}
    brazil.statement(line)
    brazil.statement(line)
    brazil.intake()
    assert leaf(brazil, Role.BANK) == 1_000


def test_an_event_of_another_kind_is_kept_and_ignored(brazil: Any) -> None:
    found = brazil.stripe("customer.created", {"id": "cus_1"})
    brazil.intake()
    assert (brazil.delivery(found).state, brazil.delivery(found).facts) == ("ignored", 0)


def test_an_unknown_status_is_kept_as_an_error_and_read_again_after_a_fix(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = brazil.stripe("refund.created", {"id": "re_1", "status": "novel", "amount": 1, "currency": "brl"})
    brazil.intake()
    failed = brazil.delivery(found)
    assert (failed.state, failed.attempts) == ("error", 1)
    assert failed.error_code
    brazil.intake()
    assert brazil.delivery(found).attempts == 1  # nobody asked for it to be read again
    monkeypatch.setattr("connectors.platforms.stripe.webhooks._REFUND_STATUSES", frozenset(("succeeded", "novel")))
    with brazil.tx() as tx:
        assert inbox.retry(tx, found, now=brazil.clock())
    brazil.intake()
    assert (brazil.delivery(found).state, brazil.delivery(found).error) == ("ignored", None)


def test_only_what_failed_is_read_again(brazil: Any) -> None:
    found = brazil.stripe_paid("pi_1", 5_000)
    brazil.intake()
    with brazil.tx() as tx:
        assert not inbox.retry(tx, found, now=brazil.clock())


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'{"object":"event"}', json.dumps({"id": 1}).encode()])
def test_a_poisonous_delivery_does_not_hold_up_its_neighbours(brazil: Any, body: bytes) -> None:
    before = brazil.stripe_paid("pi_1", 5_000)
    poison = brazil.deliver(brazil.connections["stripe/BR"], body)
    after = brazil.stripe_paid("pi_2", 5_000)
    brazil.intake()
    assert [brazil.delivery(found).state for found in (before, poison, after)] == ["done", "error", "done"]


@pytest.mark.parametrize("fault", [OverflowError, ZeroDivisionError, KeyError, TypeError])
def test_a_readers_fault_stays_in_its_delivery(
    brazil: Any, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    webhooks = registry.platform("stripe").webhooks
    assert webhooks is not None
    read = webhooks.parse

    def stumbles(raw: bytes) -> Any:
        if b"pi_1" in raw:
            raise fault
        return read(raw)

    monkeypatch.setattr(intake, "_facts", lambda _connection, delivery: stumbles(delivery.body))
    broken, fine = brazil.stripe_paid("pi_1", 5_000), brazil.stripe_paid("pi_2", 7_000)
    brazil.intake()
    assert [brazil.delivery(one).state for one in (broken, fine)] == ["error", "done"]


def test_a_bug_met_by_one_delivery_undoes_it_and_spares_its_neighbours(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = Recorder._book_receipt
    opened: dict[str, str] = {}

    def breaks_once(self: Recorder, receipt: Any, fact: Any, parts: Any) -> None:
        booked(self, receipt, fact, parts)
        opened[fact.external_ref] = self.leaves("BRL", Role.HELD_FOR_OTHERS)[Role.HELD_FOR_OTHERS]
        if fact.external_ref == "pi_1":
            raise KeyError(fact.external_ref)

    monkeypatch.setattr(Recorder, "_book_receipt", breaks_once)
    broken, *fine = (brazil.stripe_paid(f"pi_{number}", 7_000) for number in (1, 2, 3))
    brazil.intake()
    assert brazil.delivery(broken).error_code == "intake_failed"
    assert [brazil.delivery(one).state for one in fine] == ["done", "done"]
    assert leaf(brazil, Role.CLEARING, "stripe/BR") == 14_000
    with brazil.tx() as tx:  # the leaf that went with the first was opened again, once
        assert accounts.get(tx, opened["pi_2"]).role is Role.HELD_FOR_OTHERS
    assert opened["pi_2"] == opened["pi_3"] != opened["pi_1"]


def test_a_deadlock_is_nobodys_fault_and_the_batch_is_tried_again(brazil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def deadlocks(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("deadlock detected"))

    found = brazil.stripe_paid("pi_1", 5_000)
    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "_book_receipt", deadlocks)
        with pytest.raises(OperationalError):
            brazil.intake()
    assert brazil.delivery(found).state == "new"
    brazil.intake()
    assert brazil.delivery(found).state == "done"


def test_a_statement_of_another_account_is_refused_whole(brazil: Any) -> None:
    found = brazil.statement({"amount": "10.00", **CONTRACT}, account="BR9999")
    brazil.intake()
    assert (brazil.delivery(found).state, brazil.delivery(found).error_code) == ("error", "statement_other_account")
    assert brazil.receipts() == []


def test_a_line_that_waits_or_fails_does_not_hold_up_the_other_lines_of_its_statement(brazil: Any) -> None:
    found = brazil.statement(
        {"amount": "10.00", **CONTRACT},
        {"amount": "-5.00", "reversal_of": "never-seen"},
        {"amount": "20.00", **CONTRACT},
    )
    brazil.intake()
    assert brazil.delivery(found).state == "waiting"
    assert leaf(brazil, Role.BANK) == 3_000


def test_what_waited_is_recorded_when_it_can_be_and_the_rest_is_not_booked_again(brazil: Any) -> None:
    found = brazil.statement({"amount": "10.00", **CONTRACT}, {"amount": "-5.00", "reversal_of": "later"})
    brazil.intake()
    brazil.statement({"amount": "5.00", "reference": "later", **CONTRACT})
    brazil.intake()
    brazil.clock.advance(minutes=2)
    brazil.intake()
    assert brazil.delivery(found).state == "done"
    assert leaf(brazil, Role.BANK) == 1_000


def test_a_webhook_at_a_bank_is_refused(brazil: Any) -> None:
    found = brazil.deliver(brazil.connections["bank_statement/BR"], b"{}")
    brazil.intake()
    assert brazil.delivery(found).error_code == "delivery_unreadable"


def test_two_readers_at_once_book_every_delivery_once(brazil: Any) -> None:
    for number in range(12):
        brazil.stripe_paid(f"pi_{number % 6}", 1_000)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: brazil.intake().deliveries, range(2)))
    while brazil.intake().deliveries:
        pass
    assert sum(done) <= 12
    assert (len(brazil.receipts()), leaf(brazil, Role.CLEARING, "stripe/BR")) == (6, 6_000)


def test_what_is_done_is_not_read_again(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    assert (brazil.intake().deliveries, brazil.intake().deliveries) == (1, 0)


# Money that goes back -----------------------------------------------------------------------------------------


def test_a_refund_takes_back_what_was_paid_and_tells_the_case(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request").scalar_one()
    brazil.stripe_paid("pi_1", 100_000, reference=request)
    brazil.intake()
    assert owed(brazil) == 200_000
    brazil.stripe_refunded("re_1", "pi_1", 100_000)
    done = brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.allocated_minor, receipt.reversed_minor) == ("reversed", 0, 100_000)
    assert (owed(brazil), leaf(brazil, Role.CLEARING, "stripe/BR"), done.cases) == (300_000, 0, [brazil.case().id])


def test_a_part_that_goes_back_comes_out_of_suspense_first(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        request = tx.exec_driver_sql("SELECT id FROM payment_request").scalar_one()
    brazil.stripe_paid("pi_1", 310_000, reference=request)
    brazil.stripe_refunded("re_1", "pi_1", 10_001)
    brazil.intake()
    receipt = only(brazil)
    assert (receipt.state, receipt.suspense_minor, receipt.allocated_minor) == ("partly_reversed", 0, 299_999)
    assert owed(brazil) == 1


def test_a_refund_that_comes_before_its_receipt_waits_then_applies(brazil: Any) -> None:
    refund = brazil.stripe_refunded("re_1", "pi_1", 5_000)
    brazil.intake()
    assert (brazil.delivery(refund).state, brazil.delivery(refund).error_code) == ("waiting", "receipt_unknown")
    brazil.stripe_paid("pi_1", 5_000)
    brazil.clock.advance(minutes=1)
    brazil.intake()
    brazil.clock.advance(minutes=1)
    brazil.intake()
    assert (brazil.delivery(refund).state, only(brazil).state) == ("done", "reversed")
    assert leaf(brazil, Role.CLEARING, "stripe/BR") == 0


@pytest.mark.parametrize(("hours", "state"), [(71, "waiting"), (72, "error")])
def test_a_refund_waits_three_days_for_its_receipt(brazil: Any, hours: int, state: str) -> None:
    refund = brazil.stripe_refunded("re_1", "pi_never", 5_000)
    brazil.clock.advance(hours=hours)
    brazil.intake()
    assert brazil.delivery(refund).state == state


def test_a_refund_larger_than_its_receipt_is_refused_without_booking(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    refund = brazil.stripe_refunded("re_1", "pi_1", 5_001)
    brazil.intake()
    assert brazil.delivery(refund).error_code == "reversal_exceeds_receipt"
    assert (only(brazil).reversed_minor, brazil.count("reversal")) == (0, 0)
    assert leaf(brazil, Role.CLEARING, "stripe/BR") == 5_000


def test_refunds_together_take_back_no_more_than_the_receipt(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    first = brazil.stripe_refunded("re_1", "pi_1", 3_000)
    second = brazil.stripe_refunded("re_2", "pi_1", 2_001)
    third = brazil.stripe_refunded("re_3", "pi_1", 2_000)
    brazil.intake()
    assert [brazil.delivery(found).state for found in (first, second, third)] == ["done", "error", "done"]
    assert leaf(brazil, Role.CLEARING, "stripe/BR") == 0


def test_a_refund_in_another_currency_is_refused(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    refund = brazil.stripe_refunded("re_1", "pi_1", 100, currency="usd")
    brazil.intake()
    assert brazil.delivery(refund).error_code == "reversal_exceeds_receipt"


def test_the_same_refund_told_twice_takes_money_back_once(brazil: Any) -> None:
    brazil.stripe_paid("pi_1", 5_000)
    for _ in range(2):
        brazil.stripe_refunded("re_1", "pi_1", 2_000)
    brazil.intake()
    assert only(brazil).reversed_minor == 2_000


def test_money_that_goes_back_after_the_case_was_cured_opens_a_new_one(brazil: Any) -> None:
    first = brazil.case().id
    brazil.statement({"amount": "1000.00", "reference": "E2E-1", **CONTRACT})
    brazil.intake()
    assert brazil.turn().stage == "cured"
    brazil.statement({"amount": "-1000.00", "reversal_of": "E2E-1"})
    brazil.clock.advance(minutes=1)
    done = brazil.intake()
    assert done.cases == [brazil.case().id] != [first]
    assert (brazil.case().work_state, brazil.case().overdue_minor) == ("active", 100_000)


def test_a_request_that_the_platform_gave_up_expires(brazil: Any) -> None:
    brazil.turn()
    with brazil.tx() as tx:
        tx.exec_driver_sql(
            f"UPDATE payment_request SET external_ref = 'pi_1', connection_id = '{brazil.connections['stripe/BR'].id}'"
        )
    brazil.stripe("payment_intent.canceled", {"id": "pi_1", "status": "canceled"})
    brazil.intake()
    with brazil.tx() as tx:
        assert tx.exec_driver_sql("SELECT state FROM payment_request").scalar_one() == "expired"
