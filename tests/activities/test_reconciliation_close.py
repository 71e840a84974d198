"""The day's close over platform, book and bank; and the report of each morning."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from activities.day_close import ClosingDesk
from activities.reconciliation_report import DailyReport, controls, daily_report
from domain.day_close import Acceptance, Actor, Control
from domain.differences import Resolution
from domain.errors import Refused
from domain.fx import Rate
from domain.reconciliation import Leg
from runtime import clock
from store import outgoing_events
from tests.fakes.reconciliation_world import Treasury, mt940, report

DAY = date(2026, 11, 24)


@pytest.fixture
def treasury(brazil: Any) -> Treasury:
    return Treasury(brazil)


def rate(base: str, quote: str, on: date) -> Rate:
    return Rate(base, quote, Decimal("0.2"), on, "tests", (f"{base}/{quote}",))


def told(treasury: Treasury, last: date = DAY) -> dict[str, Control]:
    """The controls of a day by code; of a difference by its name."""
    with treasury.world.tx() as tx:
        found = controls(tx, treasury.world.creditor, first=None, last=last)
    return {control.name if control.code == "difference" else control.code: control for control in found}


def morning(treasury: Treasury, first: date = DAY, last: date = DAY) -> DailyReport:
    with treasury.world.tx() as tx:
        return daily_report(tx, treasury.world.creditor.id, first=first, last=last, rate=rate)


def test_a_connection_of_which_nobody_else_speaks_has_no_control(treasury: Treasury) -> None:
    treasury.paid("pi_7700001", 100_000)
    treasury.run_all()
    assert told(treasury) == {}


def test_totals_agree_when_all_is_matched(treasury: Treasury) -> None:
    treasury.paid("pi_7700001", 100_000)
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "1000.00", "fee": "29.00", "net": "971.00"}))
    treasury.run(Leg.PLATFORM)
    control = told(treasury)["platform_book"]
    assert (control.ok, control.expected, control.found) == (True, "1 · 1000.00 BRL", "1 · 1000.00 BRL")


@pytest.mark.parametrize(("stated", "paid"), [("1000.01", 100_000), ("999.99", 100_000)])
def test_a_gap_of_either_sign_fails(treasury: Treasury, stated: str, paid: int) -> None:
    """Formance's reconciliation let a positive drift pass."""
    treasury.paid("pi_7700001", paid)
    treasury.hand_in(report({"gross": stated, "reference": "pi_other"}))
    treasury.run_all()
    assert not told(treasury)["platform_book"].ok


def test_open_rows_that_cancel_out_do_not_pass(treasury: Treasury) -> None:
    treasury.paid("pi_7700001", 100_000)
    treasury.hand_in(report({"reference": "xx_other_1", "gross": "1000.00", "day": "2026-11-10"}))
    treasury.run(Leg.PLATFORM)
    control = told(treasury)["platform_book"]
    assert (control.expected, control.found, control.ok) == ("1 · 1000.00 BRL", "1 · 1000.00 BRL", False)


def test_a_named_difference_explains_the_totals_and_stands_by_itself(treasury: Treasury) -> None:
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "10.00"}))
    treasury.world.clock.advance(days=5)
    treasury.run(Leg.PLATFORM)
    (difference,) = treasury.differences()
    found = told(treasury)
    assert found["platform_book"].ok
    standing = found[f"difference/{difference.id}"]
    assert (standing.ok, standing.expected, standing.found) == (False, "0.00 BRL", "10.00 BRL")
    treasury.about(lambda desk: desk.resolve(difference.id, Resolution.ACCEPT, note="small"))
    assert [control.ok for control in told(treasury).values()] == [True] * len(told(treasury))


def test_a_line_a_day_later_counts_on_the_day_of_its_match(treasury: Treasury) -> None:
    treasury.paid("pi_7700001", 100_000)
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "1000.00", "day": "2026-11-25"}))
    treasury.run(Leg.PLATFORM)
    assert told(treasury).get("platform_book") is None
    assert told(treasury, date(2026, 11, 25))["platform_book"].ok


def test_the_bank_is_compared_at_the_banks_connection(treasury: Treasury) -> None:
    treasury.hand_in(mt940("261124,100000,BR-0001,BANK1"), connection="bank_statement/BR", mapped=False)
    assert not told(treasury)["book_bank"].ok
    treasury.world.intake()
    treasury.run_all()
    control = told(treasury)["book_bank"]
    assert (control.ok, control.name) == (
        True,
        f"book_bank/{treasury.world.connections['bank_statement/BR'].child_account_id}",
    )


def test_a_day_is_closed_when_each_difference_is_accepted_by_its_name(treasury: Treasury) -> None:
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "10.00", "day": "2026-11-10"}))
    treasury.run(Leg.PLATFORM)
    (difference,) = treasury.differences()
    name = f"difference/{difference.id}"
    first, second = Actor("usr_1", "ana"), Actor("usr_2", "bo")
    with treasury.world.tx() as tx:
        desk = ClosingDesk(tx, clock.new_id, treasury.world.clock())
        with pytest.raises(Refused) as refused:
            desk.propose(treasury.world.creditor.id, date(2026, 11, 22), rate=rate, accepted=[], actor=first)
        assert refused.value.details["names"] == [name]
        accepted = [Acceptance(name, "asked Stripe")]
        close = desk.propose(treasury.world.creditor.id, date(2026, 11, 22), rate=rate, accepted=accepted, actor=first)
    with treasury.world.tx() as tx:
        closed = ClosingDesk(tx, clock.new_id, treasury.world.clock()).approve(close.id, actor=second)
        events = outgoing_events.after(tx, 0, limit=10)
    assert closed.state.value == "closed"
    assert [event.type for event in events] == ["difference.opened", "day.closed"]
    assert events[-1].payload["day"] == "2026-11-22"


def test_the_report_tells_what_was_verified_by_when_and_what_is_not(treasury: Treasury) -> None:
    treasury.paid("pi_7700001", 100_000)
    treasury.paid("pi_7700002", 50_000)
    treasury.world.clock.advance(days=1)
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "1000.00"}))
    treasury.run(Leg.PLATFORM)
    (line,) = morning(treasury).lines
    assert (line.verified.value, line.verified.by_t1, line.verified.by_t4, line.verified.open) == (
        150_000,
        100_000,
        100_000,
        50_000,
    )
    assert line.verified.oldest == DAY
    report_ = morning(treasury)
    total = report_.totals[Leg.PLATFORM]
    assert (report_.currency, total.value, total.open, report_.complete) == ("USD", 30_000, 10_000, True)


@pytest.mark.parametrize(("days", "by"), [(1, (1, 1, 0)), (2, (0, 1, 0)), (4, (0, 1, 0)), (5, (0, 0, 1))])
def test_what_is_verified_later_counts_later(treasury: Treasury, days: int, by: tuple[int, int, int]) -> None:
    treasury.paid("pi_7700001", 100)
    treasury.hand_in(report({"reference": "pi_7700001", "gross": "1.00"}))
    treasury.world.clock.advance(days=days)
    treasury.run(Leg.PLATFORM)
    (line,) = morning(treasury).lines
    found = line.verified
    assert (found.by_t1 // 100, found.by_t4 // 100, found.later // 100) == by
