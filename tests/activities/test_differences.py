"""Differences: found when their time is up, looked after by somebody, resolved by bookings, and undone exactly."""

from __future__ import annotations

from typing import Any

import pytest

from activities.differences import About, DifferenceDesk
from domain.accounts import Role
from domain.differences import DifferenceKind, Resolution
from domain.errors import Conflict, Forbidden, Invalid, Refused
from domain.money import Money
from domain.reconciliation import Leg
from runtime import clock
from store import differences, outgoing_events
from tests.fakes.reconciliation_world import Treasury, mt940, report


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def resolve(treasury: Treasury, resolution: Resolution, *, note: str = "checked", **given: Any) -> Any:
    (difference,) = treasury.differences(standing=True)
    return treasury.about(lambda desk: desk.resolve(difference.id, resolution, note=note, **given))


def undone(treasury: Treasury, difference: Any) -> Any:
    return treasury.about(lambda desk: desk.undo(difference.id, note="a mistake"))


def unknown_line(treasury: Treasury, gross: str = "1.00", **row: str) -> None:
    """A report line that the book lacks, past its time."""
    treasury.hand_in(report({"gross": gross, "reference": "pi_unknown", **row}))
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)


@pytest.mark.parametrize(("days", "kinds"), [(3, []), (4, ["missing_in_book"])])
def test_a_line_that_the_book_lacks_is_a_difference_when_its_time_is_up(
    treasury: Treasury, days: int, kinds: list[str]
) -> None:
    treasury.hand_in(report({"gross": "10.00", "reference": "pi_unknown"}))
    treasury.world.clock.advance(days=days)
    treasury.run(Leg.PLATFORM)
    treasury.run(Leg.PLATFORM)
    assert [one.kind for one in treasury.differences()] == kinds


def test_a_receipt_is_only_missed_on_days_that_the_report_has_told(treasury: Treasury) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert [one.kind for one in treasury.differences() if one.leg] == []
    treasury.hand_in(report({"reference": "pi_other", "gross": "5.00", "day": "2026-11-24"}))
    treasury.run(Leg.PLATFORM)
    found = {one.kind: one.amount_minor for one in treasury.differences() if one.leg}
    assert found == {"missing_in_book": 500, "missing_at_platform": -100_000}


def test_it_is_told_to_others_and_has_an_owner_a_day_and_a_history(treasury: Treasury) -> None:
    unknown_line(treasury)
    (difference,) = treasury.differences()
    treasury.about(lambda desk: desk.assign(difference.id, owner="bo"))
    with treasury.world.tx() as tx:
        events = outgoing_events.after(tx, 0, limit=10)
        history = differences.history(tx, difference.id)
    assert [event.type for event in events] == ["difference.opened"]
    assert [(event.kind, event.actor) for event in history] == [("opened", "engine"), ("assigned", "ana")]
    assert treasury.differences()[0].owner == "bo"
    assert (difference.due_date - treasury.world.clock().date()).days == 3


def test_it_is_explained_when_its_other_side_comes_and_open_again_when_that_is_taken_back(treasury: Treasury) -> None:
    unknown_line(treasury, "1000.00", reference="pi_7700001")
    treasury.paid("pi_7700001", 100_000)
    treasury.run(Leg.PLATFORM)
    (difference,) = [one for one in treasury.differences() if one.leg]
    assert (difference.state, difference.resolution) == ("resolved", "explained")
    with pytest.raises(Refused):
        undone(treasury, difference)
    (group,) = treasury.groups("confirmed")
    treasury.decide(lambda desk: desk.revoke(group.id, note="wrong"))
    assert [one.state for one in treasury.differences() if one.leg] == ["open"]


def test_a_small_amount_is_written_off_and_taken_back_to_the_minor_unit(treasury: Treasury) -> None:
    unknown_line(treasury, "1.00")
    difference = resolve(treasury, Resolution.WRITE_OFF)
    assert (difference.state, treasury.leaf(Role.CLEARING), treasury.leaf(Role.ROUNDING)) == ("resolved", 100, -100)
    undone(treasury, difference)
    assert (treasury.leaf(Role.CLEARING), treasury.leaf(Role.ROUNDING)) == (0, 0)
    assert [one.state for one in treasury.differences()] == ["open"]
    again = resolve(treasury, Resolution.WRITE_OFF)
    assert (again.state, treasury.leaf(Role.CLEARING)) == ("resolved", 100)
    assert treasury.world.broken() == []


@pytest.mark.parametrize(
    ("gross", "role", "allowed"),
    [
        ("250.00", "treasury", True),
        ("250.05", "treasury", False),
        ("2500.00", "admin", True),
        ("2500.05", "admin", False),
    ],
)
def test_how_much_may_be_written_off_goes_by_role_in_the_parents_currency(
    brazil: Any, gross: str, role: str, *, allowed: bool
) -> None:
    treasury = Treasury(brazil, roles=(role,))
    unknown_line(treasury, gross)
    if allowed:
        assert resolve(treasury, Resolution.WRITE_OFF).state == "resolved"
        return
    with pytest.raises(Refused) as refused:
        resolve(treasury, Resolution.WRITE_OFF)
    assert (refused.value.code, treasury.leaf(Role.CLEARING)) == ("write_off_above_limit", 0)


def test_an_auditor_writes_nothing_off(brazil: Any) -> None:
    treasury = Treasury(brazil, roles=("auditor",))
    unknown_line(treasury)
    with pytest.raises(Forbidden):
        resolve(treasury, Resolution.WRITE_OFF)


def test_a_fee_that_was_charged_apart_is_booked(treasury: Treasury) -> None:
    unknown_line(treasury, "-12.00", kind="fee")
    difference = resolve(treasury, Resolution.BOOK_FEE)
    assert (treasury.leaf(Role.FEES), treasury.leaf(Role.CLEARING)) == (1_200, -1_200)
    undone(treasury, difference)
    assert (treasury.leaf(Role.FEES), treasury.leaf(Role.CLEARING)) == (0, 0)


def test_a_claim_stays_in_the_way_until_the_money_comes(treasury: Treasury) -> None:
    unknown_line(treasury)
    assert resolve(treasury, Resolution.CLAIM).state == "claimed"
    assert [one.state for one in treasury.differences(standing=True)] == ["claimed"]


def test_what_is_accepted_needs_a_reason_and_is_accepted_once(treasury: Treasury) -> None:
    unknown_line(treasury)
    with pytest.raises(Invalid):
        resolve(treasury, Resolution.ACCEPT, note=" ")
    accepted = resolve(treasury, Resolution.ACCEPT)
    assert accepted.state == "accepted"
    with pytest.raises(Conflict):
        treasury.about(lambda desk: desk.resolve(accepted.id, Resolution.ACCEPT, note="again"))


def test_a_resolution_must_fit_the_kind(treasury: Treasury) -> None:
    unknown_line(treasury)
    with pytest.raises(Invalid) as refused:
        resolve(treasury, Resolution.REASSIGN)
    assert refused.value.code == "resolution_not_of_kind"


def test_a_line_that_nothing_explains_may_be_booked_by_hand_and_is_booked_once(treasury: Treasury) -> None:
    unknown_line(treasury, "10.00")
    difference = resolve(treasury, Resolution.BOOK_LINE)
    treasury.world.intake()
    treasury.world.stripe_paid("pi_unknown", 1_000)
    treasury.world.intake()
    (receipt,) = treasury.world.receipts()
    assert (receipt.external_ref, receipt.amount_minor, receipt.to_bank) == ("pi_unknown", 1_000, False)
    treasury.run(Leg.PLATFORM)
    assert [group.status for group in treasury.groups()] == ["confirmed"]
    with pytest.raises(Refused) as refused:
        undone(treasury, difference)
    assert refused.value.code == "not_undoable"


def test_a_line_that_a_set_of_the_book_explains_may_not_be_booked_by_hand(treasury: Treasury) -> None:
    """accounted#2300: two vouchers explain one deposit; booking it again would double the money."""
    unknown_line(treasury, "971.00")
    treasury.world.clock.advance(days=-5)
    treasury.world.stripe_paid("pi_1", 40_013)
    treasury.world.stripe_paid("pi_2", 57_087)
    treasury.world.clock.advance(days=5)
    treasury.world.intake()
    (difference,) = [one for one in treasury.differences() if one.leg]
    with pytest.raises(Refused) as refused:
        treasury.about(lambda desk: desk.resolve(difference.id, Resolution.BOOK_LINE, note="unknown"))
    assert refused.value.code == "line_explained"
    assert len(treasury.world.receipts()) == 2


def test_the_same_payment_reported_twice_is_a_duplicate_at_once(treasury: Treasury) -> None:
    treasury.paid("pi_1000001", 100_000)
    treasury.hand_in(report({"reference": "pi_1000001", "gross": "1000.00"}))
    treasury.run(Leg.PLATFORM)
    treasury.hand_in(report({"id": "txn_b", "reference": "pi_1000001", "gross": "1000.00"}))
    treasury.run(Leg.PLATFORM)
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)
    (found,) = [one for one in treasury.differences() if one.leg]
    assert (found.kind, found.amount_minor) == ("duplicate", 100_000)


def test_another_amount_under_the_same_name_is_one_difference_of_both(treasury: Treasury) -> None:
    treasury.paid("pi_1000001", 100_000)
    treasury.hand_in(report({"reference": "pi_1000001", "gross": "500.00"}))
    treasury.run(Leg.PLATFORM)
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)
    (difference,) = [one for one in treasury.differences() if one.leg]
    assert (difference.kind, difference.amount_minor) == ("amount", -50_000)


def test_money_known_at_another_connection_is_in_the_wrong_account(treasury: Treasury) -> None:
    treasury.world.statement({"amount": "10.00", "reference": "pi_7700001"})
    treasury.world.intake()
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "10.00"}))
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)
    assert [one.kind for one in treasury.differences() if one.leg] == ["wrong_account"]


# Receipts that need a person ------------------------------------------------------------------------------------------


def kinds(treasury: Treasury) -> list[str]:
    return [one.kind for one in treasury.differences(standing=True) if not one.leg]


def test_a_receipt_of_nobody_is_a_difference_when_its_time_is_up_and_gone_when_it_is_matched(
    treasury: Treasury,
) -> None:
    treasury.paid("pi_1", 100_000)
    treasury.run_all()
    assert kinds(treasury) == []
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert kinds(treasury) == ["unidentified"]
    resolve_case = treasury.world.case().id
    (difference,) = treasury.differences(standing=True)
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.REASSIGN, note="his", case_id=resolve_case))
    assert treasury.owed() == 200_000
    treasury.about(lambda desk: desk.undo(difference.id, note="not his"))
    assert (treasury.owed(), kinds(treasury)) == (300_000, ["unidentified"])
    assert treasury.world.broken() == []


def test_an_overpayment_and_the_same_payment_twice_are_told_apart(treasury: Treasury) -> None:
    treasury.paid("pi_1", 300_000, reference="BR-0001")
    treasury.paid("pi_2", 300_000, reference="BR-0001")
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert kinds(treasury) == ["duplicate_payment"]


def test_an_overpayment_can_be_given_back(treasury: Treasury) -> None:
    treasury.paid("pi_1", 310_000, reference="BR-0001")
    treasury.world.clock.advance(days=6)
    treasury.run_all()
    assert kinds(treasury) == ["overpaid"]
    resolve(treasury, Resolution.REFUND)
    assert treasury.leaf(Role.REFUND_PAYABLE) == -10_000


def test_money_that_belongs_to_another_debtor_is_reassigned_and_back(
    treasury: Treasury, loan_row: Any, as_file: Any
) -> None:
    treasury.hand_in(mt940("261124,100000,BR-0001,BANK1"), connection="bank_statement/BR", mapped=False)
    treasury.world.intake()
    first = treasury.world.receipts()[0].case_id
    other = loan_row(contract_no="BR-0002", debtor_name="Maria Luísa Araújo", id_value="39246913477")
    treasury.world.load(as_file(other))
    with treasury.world.tx() as tx:
        second = tx.exec_driver_sql(f"SELECT id FROM collection_case WHERE id <> '{first}'").scalar()
    owed = treasury.owed()
    difference = _third_party(treasury)
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.REASSIGN, note="his", case_id=second))
    assert (treasury.owed(), treasury.world.receipts()[0].case_id) == (owed + 100_000, second)
    treasury.about(lambda desk: desk.undo(difference.id, note="no"))
    assert (treasury.owed(), treasury.world.receipts()[0].case_id) == (owed, first)
    assert treasury.world.broken() == []


def _third_party(treasury: Treasury) -> Any:
    """A difference about the only receipt, as if a stranger had paid it."""
    (receipt,) = treasury.world.receipts()
    with treasury.world.tx() as tx:
        desk = DifferenceDesk(tx, clock.new_id, treasury.world.clock())
        about = About(
            kind=DifferenceKind.THIRD_PARTY_PAYER,
            subject=receipt.id,
            amount=Money(receipt.amount_minor, "BRL"),
            day=receipt.value_date,
            reason={},
            receipt_id=receipt.id,
        )
        opened = desk.open(treasury.world.connections["bank_statement/BR"], about, actor="tests")
    assert opened is not None
    return opened


def test_a_stranger_who_pays_a_debt_is_noticed(treasury: Treasury) -> None:
    with treasury.world.tx() as tx:
        name = tx.exec_driver_sql("SELECT name FROM party LIMIT 1").scalar_one()
    treasury.world.statement(
        {"amount": "10.00", "reference": "B1", "remittance": "BR-0001", "payer_name": "Zoltan Kiraly Fuvaros"},
        {"amount": "11.00", "reference": "B2", "remittance": "BR-0001", "payer_name": name.upper()},
    )
    treasury.world.intake()
    treasury.run_all()
    found = [(one.kind, one.amount_minor) for one in treasury.differences() if not one.leg]
    assert found == [("third_party_payer", 1_000)]


def test_who_decides_is_kept(treasury: Treasury) -> None:
    unknown_line(treasury)
    resolve(treasury, Resolution.ACCEPT, note="too small to chase")
    (difference,) = treasury.differences()
    with treasury.world.tx() as tx:
        last = differences.history(tx, difference.id)[-1]
    assert (last.kind, last.actor, last.note) == ("accept", "ana", "too small to chase")
