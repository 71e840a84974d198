"""Receipts that need a person: after closure, in another currency, in part; whose they are and what may be done."""

from __future__ import annotations

from typing import Any

import pytest

from domain.accounts import Role
from domain.case_commands import CloseCase
from domain.differences import Resolution
from domain.errors import Refused
from tests.fakes.reconciliation_world import Treasury

PATIENCE_DAYS = 5


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def about_receipts(treasury: Treasury) -> list[tuple[str, int]]:
    """Differences about receipts that stand, with their amounts."""
    return [(one.kind, one.amount_minor) for one in treasury.differences(standing=True) if not one.leg]


def only(treasury: Treasury) -> Any:
    (difference,) = [one for one in treasury.differences(standing=True) if not one.leg]
    return difference


def closed(treasury: Treasury, reason: str) -> str:
    """The case ends by a person's hand; its identifier."""
    treasury.world.turn(closings=[CloseCase("c1", "ana", reason, "as agreed")])
    return str(treasury.world.case().id)


@pytest.mark.parametrize(("days", "found"), [(5, []), (6, [("after_closure", 100_000)])])
def test_money_for_a_closed_case_waits_and_is_a_difference_when_its_time_is_up(
    treasury: Treasury, days: int, found: list[tuple[str, int]]
) -> None:
    case_id = closed(treasury, "withdrawn")
    treasury.paid("pi_1", 100_000, reference="BR-0001")
    (receipt,) = treasury.world.receipts()
    assert (receipt.state, receipt.suspense_reason, receipt.case_id) == ("suspense", "case_closed", case_id)
    assert treasury.owed() == 300_000
    treasury.world.clock.advance(days=days)
    treasury.run_all()
    assert about_receipts(treasury) == found
    assert treasury.world.broken() == []


def test_money_after_closure_can_be_given_back_and_is_explained_then(treasury: Treasury) -> None:
    closed(treasury, "withdrawn")
    treasury.paid("pi_1", 100_000, reference="BR-0001")
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    difference = only(treasury)
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.REFUND, note="the debt was sold"))
    assert treasury.leaf(Role.REFUND_PAYABLE) == -100_000
    treasury.world.stripe_refunded("re_1", "pi_1", 100_000)
    treasury.world.intake()
    assert (treasury.leaf(Role.REFUND_PAYABLE), treasury.leaf(Role.CLEARING)) == (0, 0)
    assert treasury.world.receipts()[0].state == "reversed"
    treasury.run_all()
    assert about_receipts(treasury) == []


def test_money_after_a_write_off_is_a_recovery_and_no_difference(treasury: Treasury) -> None:
    closed(treasury, "written_off")
    treasury.paid("pi_1", 100_000, reference="BR-0001")
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    assert about_receipts(treasury) == []
    assert treasury.world.receipts()[0].allocated_minor == 100_000


def test_money_in_another_currency_waits_for_a_person(treasury: Treasury) -> None:
    treasury.world.stripe_paid("pi_1", 20_000, reference="BR-0001", currency="usd")
    treasury.world.intake()
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    assert about_receipts(treasury) == [("wrong_currency", 20_000)]
    difference = only(treasury)
    case_id = str(treasury.world.case().id)
    with pytest.raises(Refused) as refused:
        treasury.about(lambda desk: desk.resolve(difference.id, Resolution.REASSIGN, note="his", case_id=case_id))
    assert refused.value.code == "currency_mismatch"
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.REFUND, note="wrong currency"))
    assert about_receipts(treasury) == []


@pytest.mark.parametrize(("minor", "paid"), [(1, [1, 0, 0]), (99_999, [99_999, 0, 0]), (100_001, [100_000, 1, 0])])
def test_a_payment_in_part_pays_the_oldest_first_and_is_no_difference(
    treasury: Treasury, minor: int, paid: list[int]
) -> None:
    treasury.paid("pi_1", minor, reference="BR-0001")
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    assert [row.paid_minor for row in treasury.world.instalments()] == paid
    assert about_receipts(treasury) == []


@pytest.mark.parametrize(("rest", "found"), [(0, []), (1, [("overpaid", 1)])])
def test_what_is_more_than_owed_waits_to_the_minor_unit(
    treasury: Treasury, rest: int, found: list[tuple[str, int]]
) -> None:
    treasury.paid("pi_1", 300_000 + rest, reference="BR-0001")
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    assert about_receipts(treasury) == found


@pytest.mark.parametrize(("apart", "kind"), [(5, "duplicate_payment"), (6, "after_closure")])
def test_the_same_amount_again_is_one_payment_made_twice_within_some_days_only(
    treasury: Treasury, apart: int, kind: str
) -> None:
    treasury.paid("pi_1", 300_000, reference="BR-0001")
    treasury.world.turn()
    treasury.world.clock.advance(days=apart)
    treasury.paid("pi_2", 300_000, reference="BR-0001")
    treasury.world.clock.advance(days=PATIENCE_DAYS + 1)
    treasury.run_all()
    assert [name for name, _ in about_receipts(treasury)] == [kind]
