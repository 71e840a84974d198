"""From a platform's settlement report to the book: payments confirmed, fees booked, batches met at the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors import platforms as folder
from domain.accounts import Role
from domain.reconciliation import Leg
from tests.fakes.reconciliation_world import Treasury, mt940

STRIPE = (Path(folder.__file__).parent / "stripe/samples/stripe_itemised.csv").read_bytes()


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    """What the sample report tells, as Stripe's webhooks told it before."""
    treasury = Treasury(brazil)
    brazil.stripe_paid("pi_1SampleA", 100_000, reference="BR-0001")
    brazil.stripe_paid("pi_1SampleB", 25_000)
    brazil.intake()
    brazil.stripe_refunded("re_1SampleC", "pi_1SampleA", 30_000)
    brazil.stripe(
        "charge.dispute.funds_withdrawn",
        {
            "id": "du_1SampleD",
            "status": "needs_response",
            "payment_intent": "pi_1SampleB",
            "amount": 25_000,
            "currency": "brl",
            "created": int(brazil.clock().timestamp()),
            "balance_transactions": [],
        },
    )
    brazil.intake()
    treasury.paid_out("po_1SampleOne", 58_278)
    return treasury


def test_a_report_is_known_by_its_content_and_its_payments_are_confirmed_with_their_fees(treasury: Treasury) -> None:
    file = treasury.hand_in(STRIPE, mapped=False)
    assert (file.state, file.format, file.source, file.lines) == ("read", "stripe_itemised", "platform", 6)
    treasury.run(Leg.PLATFORM)
    confirmed = treasury.groups("confirmed")
    assert sorted(len(treasury.members(group.id)) for group in confirmed) == [2, 2, 2, 2, 2]
    assert {group.stage for group in confirmed} == {"exact_key"}
    assert treasury.leaf(Role.FEES) == 3_990 + 998
    assert treasury.world.broken() == []


def test_a_dispute_fee_beyond_what_may_be_booked_alone_waits_for_a_person(treasury: Treasury) -> None:
    treasury.hand_in(STRIPE, mapped=False)
    treasury.run(Leg.PLATFORM)
    (difference,) = [one for one in treasury.differences() if one.kind == "fee_variance"]
    assert difference.amount_minor == -5_500


def test_a_report_books_no_receipt(treasury: Treasury) -> None:
    before = len(treasury.world.receipts())
    treasury.hand_in(STRIPE, mapped=False)
    treasury.world.intake()
    treasury.run_all()
    assert len(treasury.world.receipts()) == before == 2


def test_the_line_that_the_book_lacks_is_a_difference_once_it_has_aged(treasury: Treasury) -> None:
    treasury.hand_in(STRIPE, mapped=False)
    treasury.run(Leg.PLATFORM)
    treasury.world.clock.advance(days=10)
    treasury.run(Leg.PLATFORM)
    standing = [one for one in treasury.differences(standing=True) if one.amount_minor == -1_234]
    assert len(standing) == 1  # the usage fee, which nobody has booked


def test_the_same_report_again_and_one_that_overlaps_book_nothing_twice(treasury: Treasury) -> None:
    treasury.hand_in(STRIPE, mapped=False)
    treasury.run(Leg.PLATFORM)
    booked = treasury.leaf(Role.FEES)
    again = treasury.hand_in(STRIPE, mapped=False)
    rows = STRIPE.splitlines(keepends=True)
    overlapping = treasury.hand_in(b"".join(rows[:3]), mapped=False)
    treasury.run(Leg.PLATFORM)
    assert (again.new_lines, overlapping.state, overlapping.new_lines) == (6, "read", 0)
    assert treasury.leaf(Role.FEES) == booked


def test_a_report_that_contradicts_an_earlier_one_is_refused_by_line(treasury: Treasury) -> None:
    treasury.hand_in(STRIPE, mapped=False)
    changed = STRIPE.splitlines(keepends=True)[0] + STRIPE.splitlines(keepends=True)[1].replace(
        b'"1000.00","39.90","960.10"', b'"1001.00","39.90","961.10"'
    )
    file = treasury.hand_in(changed, mapped=False)
    assert (file.state, file.error_code, file.error_line) == ("refused", "line_contradicts", 2)


def test_a_report_whose_payout_does_not_agree_leaves_nothing(treasury: Treasury) -> None:
    file = treasury.hand_in(STRIPE.replace(b"-582.78", b"-582.87"), mapped=False)
    assert (file.state, file.error_code, file.error_line) == ("refused", "file_totals_mismatch", 7)
    assert treasury.world.count("source_line") == 0


def test_the_batch_that_left_the_platform_meets_the_banks_statement(treasury: Treasury) -> None:
    treasury.hand_in(STRIPE, mapped=False)
    treasury.hand_in(mt940("261126,58278,NONREF,TRACE000001"), connection="bank_statement/BR", mapped=False)
    treasury.world.intake()
    treasury.run_all()
    (proposal,) = [one for one in treasury.groups("proposed") if one.leg == "transit"]
    treasury.decide(lambda desk: desk.accept(proposal.id))
    assert (treasury.leaf(Role.BANK, "bank_statement/BR"), treasury.leaf(Role.IN_TRANSIT)) == (58_278, 0)
    assert treasury.world.broken() == []


def test_a_report_handed_in_at_a_bank_is_refused(treasury: Treasury) -> None:
    file = treasury.hand_in(STRIPE, connection="bank_statement/BR", mapped=False)
    assert (file.state, file.error_code) == ("refused", "file_of_another_source")
