"""When, how much and in what a rule sweeps: both sides of every boundary, by the clock of its own zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contacts import Confidence
from domain.dated import Period
from domain.errors import Forbidden, Invalid, Refused
from domain.money import Money, total
from domain.remittance import (
    APPROVAL,
    HeldDocument,
    OutwardTax,
    Purpose,
    Remittance,
    RemittanceDocument,
    less_taxes,
    taxes_due,
)
from domain.sweep_runs import check_arrival, may_approve
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import (
    Direction,
    FxPolicy,
    NotNow,
    Price,
    Priceless,
    Reason,
    RuleStatus,
    Situation,
    SweepKind,
    SweepPlan,
    SweepRule,
    plan,
)

TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)  # 12:00 in São Paulo
WEEKEND = 5
DAILY = Schedule("America/Sao_Paulo", time(9), time(16))


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def rule(**changes: Any) -> SweepRule:
    terms: dict[str, Any] = {
        "id": "swr_1",
        "child_account_id": "acc_1",
        "direction": Direction.PUSH,
        "kind": SweepKind.ZERO_BALANCE,
        "currency": "BRL",
        "minimum": brl(0),
        "approval_above": brl(1_000_000),
        "schedule": DAILY,
        "fx_policy": FxPolicy.HOLD,
        "active_from": date(2026, 1, 1),
    }
    return SweepRule(**terms | changes)


def situation(minor: int = 50_000, **changes: Any) -> Situation:
    known: dict[str, Any] = {
        "available": brl(minor),
        "parent_currency": "USD",
        "is_business_day": lambda day: day.weekday() < WEEKEND,
        "convert": lambda _amount, _currency: None,
        "crosses_border": False,
    }
    return Situation(**known | changes)


def swept(asked: SweepRule, found: Situation, *, now: datetime = NOON) -> SweepPlan:
    answer = plan(asked, found, now=now)
    assert isinstance(answer, SweepPlan), answer
    return answer


def refused(asked: SweepRule, found: Situation, *, now: datetime = NOON) -> NotNow:
    answer = plan(asked, found, now=now)
    assert isinstance(answer, NotNow), answer
    return answer


# --- how much


def test_a_sweep_to_zero_takes_all_that_is_not_reserved() -> None:
    assert swept(rule(), situation(50_000)).amount == brl(50_000)


def test_a_sweep_to_a_target_leaves_it() -> None:
    asked = rule(kind=SweepKind.TARGET_BALANCE, target=brl(20_000))
    assert swept(asked, situation(50_000)).amount == brl(30_000)


def test_at_the_target_there_is_nothing_to_sweep() -> None:
    asked = rule(kind=SweepKind.TARGET_BALANCE, target=brl(50_000))
    assert refused(asked, situation(50_000)).reason is Reason.NOTHING_TO_SWEEP


@pytest.mark.parametrize(("minor", "sweeps"), [(49_999, False), (50_000, True), (50_001, True)])
def test_a_trigger_is_reached_by_equalling_it(minor: int, *, sweeps: bool) -> None:
    asked = rule(kind=SweepKind.TRIGGER_AMOUNT, trigger=brl(50_000), target=brl(10_000))
    answer = plan(asked, situation(minor), now=NOON)
    assert isinstance(answer, SweepPlan) is sweeps
    if isinstance(answer, NotNow):
        assert answer.reason is Reason.BELOW_TRIGGER
    else:
        assert answer.amount == brl(minor - 10_000)


@pytest.mark.parametrize(("minor", "sweeps"), [(999, False), (1_000, True)])
def test_a_minimum_is_met_by_equalling_it(minor: int, *, sweeps: bool) -> None:
    assert isinstance(plan(rule(minimum=brl(1_000)), situation(minor), now=NOON), SweepPlan) is sweeps


def test_the_larger_of_target_and_floor_stays() -> None:
    asked = rule(kind=SweepKind.TARGET_BALANCE, target=brl(20_000))
    assert swept(asked, situation(50_000, floor=brl(25_000))).amount == brl(25_000)
    assert swept(asked, situation(50_000, floor=brl(15_000))).amount == brl(30_000)


@pytest.mark.parametrize("minor", [0, -1])
def test_an_empty_or_overdrawn_account_sweeps_nothing(minor: int) -> None:
    assert refused(rule(), situation(minor)).reason is Reason.NOTHING_TO_SWEEP


@pytest.mark.parametrize(("minor", "needs"), [(1_000_000, False), (1_000_001, True)])
def test_a_second_person_decides_above_the_limit(minor: int, *, needs: bool) -> None:
    assert swept(rule(), situation(minor)).needs_approval is needs


# --- when


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (datetime(2026, 11, 24, 11, 59, 59, tzinfo=UTC), Reason.TOO_EARLY),
        (datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 18, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 19, 0, 0, tzinfo=UTC), Reason.CUT_OFF_PASSED),
    ],
)
def test_the_window_is_open_from_its_first_to_before_its_last_minute(now: datetime, reason: Reason | None) -> None:
    answer = plan(rule(), situation(), now=now)
    assert (answer.reason if isinstance(answer, NotNow) else None) is reason


def test_after_the_cut_off_the_next_business_day_counts() -> None:
    friday_evening = datetime(2026, 11, 27, 20, tzinfo=UTC)
    assert refused(rule(), situation(), now=friday_evening).next_at == datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_the_business_date_is_that_of_the_rules_own_clock() -> None:
    schedule = Schedule("Asia/Bangkok", time(0), time(23))
    late = datetime(2026, 11, 23, 18, tzinfo=UTC)  # 01:00 on the 24th in Bangkok
    answer = swept(rule(schedule=schedule), situation(), now=late)
    assert (answer.business_date, answer.effective_at) == (TUESDAY, datetime(2026, 11, 24, 16, tzinfo=UTC))


def test_a_weekend_is_no_business_day() -> None:
    answer = refused(rule(), situation(), now=datetime(2026, 11, 28, 15, tzinfo=UTC))
    assert (answer.reason, answer.next_at) == (Reason.NOT_A_BUSINESS_DAY, datetime(2026, 11, 30, 12, tzinfo=UTC))


def test_the_cut_off_moves_with_the_clock_of_its_zone() -> None:
    schedule = Schedule("Europe/Prague", time(9), time(16))
    assert schedule.closing(date(2026, 3, 27)) == datetime(2026, 3, 27, 15, tzinfo=UTC)
    assert schedule.closing(date(2026, 3, 30)) == datetime(2026, 3, 30, 14, tzinfo=UTC)


def test_of_two_like_hours_the_first_is_the_cut_off() -> None:
    schedule = Schedule("Europe/Prague", time(0), time(2, 30))
    assert schedule.closing(date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_the_clock_skips_opens_right_after_it() -> None:
    schedule = Schedule("Europe/Prague", time(2, 30), time(12))
    assert schedule.opening(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def works(day: date) -> bool:
    """Monday to Friday, without Tuesday 8 December and Friday 25 December."""
    return day.weekday() < WEEKEND and day not in {date(2026, 12, 8), date(2026, 12, 25)}


@pytest.mark.parametrize(
    ("day", "falls"),
    [(date(2026, 12, 1), True), (date(2026, 12, 2), False), (date(2026, 12, 8), False), (date(2026, 12, 9), True)],
)
def test_a_weekly_day_without_banks_rolls_on(day: date, *, falls: bool) -> None:
    assert Schedule("UTC", time(9), time(16), Days.WEEKLY, (2,)).falls_on(day, works) is falls


@pytest.mark.parametrize(
    ("numbers", "day", "falls"),
    [
        ((31,), date(2026, 11, 30), True),  # the last day of a shorter month
        ((31,), date(2027, 1, 29), True),  # 31 January 2027 is a Sunday: back, within its month
        ((31,), date(2027, 2, 1), False),
        ((6,), date(2026, 12, 7), True),  # a Sunday rolls on
        ((6,), date(2026, 12, 4), False),
        ((15, 31), date(2026, 12, 15), True),
    ],
)
def test_a_day_of_the_month_rolls_within_its_month(numbers: tuple[int, ...], day: date, *, falls: bool) -> None:
    assert Schedule("UTC", time(9), time(16), Days.MONTHLY, numbers).falls_on(day, works) is falls


@given(st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.sampled_from(Days), st.integers(1, 7))
def test_the_next_day_is_a_day_of_the_schedule_and_none_lies_between(day: date, days: Days, number: int) -> None:
    schedule = Schedule("UTC", time(9), time(16), days, () if days is Days.BUSINESS else (number,))
    found = schedule.next_after(day, works)
    assert found is not None
    assert schedule.falls_on(found, works)
    between = (day + timedelta(days=ahead) for ahead in range(1, (found - day).days))
    assert not any(schedule.falls_on(one, works) for one in between)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [(Days.WEEKLY, ()), (Days.WEEKLY, (8,)), (Days.MONTHLY, (0,)), (Days.BUSINESS, (1,)), (Days.WEEKLY, (1, 1))],
)
def test_days_that_are_none_are_refused(words: Days, numbers: tuple[int, ...]) -> None:
    with pytest.raises(Invalid, match="schedule_invalid"):
        Schedule("UTC", time(9), time(16), words, numbers)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="time_zone_unknown"):
        Schedule("America/Atlantis", time(9), time(16))


# --- never twice, and what stands in the way


def test_a_date_that_ran_is_not_run_again() -> None:
    assert refused(rule(), situation(ran=frozenset({TUESDAY}))).reason is Reason.ALREADY_RUN_FOR_DATE
    by_hand = situation(ran=frozenset({TUESDAY}), by_hand=True)
    assert refused(rule(), by_hand).reason is Reason.ALREADY_RUN_FOR_DATE


def test_a_failure_is_repeated_by_a_person_only() -> None:
    failed = situation(failed=frozenset({TUESDAY}))
    assert refused(rule(), failed).reason is Reason.FAILED_FOR_DATE
    assert swept(rule(), replace(failed, by_hand=True)).amount == brl(50_000)


def test_a_person_need_not_wait_for_the_hour_but_for_the_cut_off() -> None:
    early, late = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 19, tzinfo=UTC)
    assert swept(rule(), situation(by_hand=True), now=early)
    assert refused(rule(), situation(by_hand=True), now=late).reason is Reason.CUT_OFF_PASSED


@pytest.mark.parametrize(("since", "stops"), [(date(2026, 11, 19), False), (date(2026, 11, 18), True)])
def test_a_sweep_long_on_its_way_stops_the_next(since: date, *, stops: bool) -> None:
    answer = plan(rule(), situation(in_transit_since=since), now=NOON)
    assert (isinstance(answer, NotNow) and answer.reason is Reason.IN_TRANSIT_TOO_LONG) is stops


@pytest.mark.parametrize(
    "changes",
    [
        {"status": RuleStatus.PAUSED},
        {"active_from": date(2026, 11, 25)},
        {"active_until": TUESDAY},
    ],
)
def test_a_rule_that_does_not_hold_sweeps_nothing(changes: dict[str, Any]) -> None:
    assert refused(rule(**changes), situation()).reason is Reason.RULE_NOT_ACTIVE


def test_a_rule_holds_on_its_first_and_last_day() -> None:
    assert swept(rule(active_from=TUESDAY, active_until=date(2026, 11, 25)), situation())


def test_a_frozen_account_is_left_alone() -> None:
    assert refused(rule(), situation(frozen=True)).reason is Reason.ACCOUNT_FROZEN


# --- leaving a country

PAPER = RemittanceDocument("invoice", "Invoice", "a test", Confidence.POLICY)
STRICT = Remittance(local_currency_leaves=False, source="a test", confidence=Confidence.POLICY, documents=(PAPER,))
MARKET = Price("BRL", "USD", Decimal("0.19"), Decimal("0.20"), "a bank", TUESDAY, "fxq_1")


def abroad(minor: int = 50_000, **changes: Any) -> Situation:
    return situation(minor, **{"crosses_border": True, "local_currency": "BRL", "remittance": STRICT} | changes)


def test_a_currency_that_is_not_delivered_abroad_is_not_held_there() -> None:
    assert refused(rule(fx_policy=FxPolicy.HOLD), abroad()).reason is Reason.CURRENCY_NOT_TRANSFERABLE


def test_exchanged_it_leaves_with_its_papers() -> None:
    asked = rule(fx_policy=FxPolicy.QUOTED)
    missing = refused(asked, abroad(price=MARKET))
    assert (missing.reason, missing.documents) == (Reason.DOCUMENTS_MISSING, (PAPER,))
    held = HeldDocument("invoice", TUESDAY, TUESDAY)
    assert swept(asked, abroad(price=MARKET, documents=(held,))).documents == (PAPER,)


@pytest.mark.parametrize(
    "paper",
    [
        HeldDocument("invoice", date(2026, 11, 23), date(2026, 11, 23)),
        HeldDocument("invoice", date(2026, 11, 23), date(2026, 11, 25)),  # not for this day alone
        HeldDocument("invoice", TUESDAY, None),
        HeldDocument("other", TUESDAY, TUESDAY),
    ],
)
def test_a_paper_for_another_transfer_does_not_serve(paper: HeldDocument) -> None:
    answer = refused(rule(fx_policy=FxPolicy.QUOTED), abroad(price=MARKET, documents=(paper,)))
    assert answer.reason is Reason.DOCUMENTS_MISSING


def test_a_country_without_facts_needs_an_approval() -> None:
    unknown = abroad(remittance=None)
    assert refused(rule(), unknown).documents == (APPROVAL,)
    approval = HeldDocument(APPROVAL.code, date(2026, 11, 1), date(2026, 11, 24))
    assert swept(rule(), replace(unknown, documents=(approval,)))
    over = HeldDocument(APPROVAL.code, date(2026, 11, 1), date(2026, 11, 23))
    assert refused(rule(), replace(unknown, documents=(over,))).reason is Reason.DOCUMENTS_MISSING


def test_money_that_stays_in_its_country_needs_no_paper() -> None:
    assert swept(rule(), abroad(crosses_border=False)).documents == ()


@pytest.mark.parametrize(
    ("usd_minor", "needed"), [(5_000_000, False), (5_000_001, True), (None, True)], ids=["at", "above", "unknown"]
)
def test_a_paper_above_a_threshold_is_needed_above_it_and_where_nobody_knows(
    usd_minor: int | None, *, needed: bool
) -> None:
    paper = replace(PAPER, above=Money(5_000_000, "USD"))
    compared = None if usd_minor is None else Money(usd_minor, "USD")
    assert paper.is_needed(brl(1), Purpose.OWN_FUNDS, lambda _amount, _currency: compared) is needed


TAXED = replace(
    STRICT,
    local_currency_leaves=True,
    documents=(),
    taxes=(OutwardTax("iof", "IOF", Decimal("0.035"), Period(date(2026, 1, 1)), "a test", Confidence.POLICY),),
)


def test_a_sweep_to_zero_leaves_room_for_its_tax() -> None:
    answer = swept(rule(), abroad(103_500, remittance=TAXED))
    assert (answer.amount, answer.tax) == (brl(100_000), brl(3_500))


@given(st.integers(1, 10**12))
def test_amount_and_tax_never_pass_what_is_there_and_nothing_more_would_fit(pool: int) -> None:
    def costs(amount: Money) -> Money:
        due = taxes_due(TAXED, amount, purpose=Purpose.OWN_FUNDS, on=TUESDAY)
        return amount + total([one.amount for one in due], "BRL")

    amount = less_taxes(TAXED, brl(pool), purpose=Purpose.OWN_FUNDS, on=TUESDAY)
    assert costs(amount) <= brl(pool) < costs(Money(amount.minor + 1, "BRL"))


# --- exchange


def test_the_spread_is_told_apart() -> None:
    answer = swept(rule(fx_policy=FxPolicy.QUOTED), situation(100_000, price=MARKET))
    assert answer.exchange is not None
    assert (answer.exchange.brought, answer.exchange.at_middle) == (Money(19_000, "USD"), Money(20_000, "USD"))
    assert (answer.into, answer.arriving) == ("USD", Money(19_000, "USD"))


@pytest.mark.parametrize(("most", "sweeps"), [(499, False), (500, True)])
def test_a_spread_may_be_as_wide_as_allowed(most: int, *, sweeps: bool) -> None:
    asked = rule(fx_policy=FxPolicy.RATE_OF_DAY, max_spread_basis_points=most)
    answer = plan(asked, situation(price=MARKET), now=NOON)
    assert isinstance(answer, SweepPlan) is sweeps


def test_a_rate_far_above_the_middle_is_as_suspicious() -> None:
    asked = rule(fx_policy=FxPolicy.RATE_OF_DAY, max_spread_basis_points=100)
    answer = refused(asked, situation(price=replace(MARKET, rate=Decimal("0.25"))))
    assert answer.reason is Reason.SPREAD_TOO_WIDE


@pytest.mark.parametrize("reason", [Reason.RATE_STALE, Reason.RATE_MISSING])
def test_without_a_usable_rate_nothing_is_exchanged(reason: Reason) -> None:
    asked = rule(fx_policy=FxPolicy.QUOTED)
    assert refused(asked, situation(price=Priceless(reason, "why"))).reason is reason


# --- rules that make no sense


@pytest.mark.parametrize(
    "changes",
    [
        {"minimum": Money(1, "USD")},
        {"minimum": brl(-1)},
        {"trigger": brl(1)},
        {"target": brl(1)},
        {"kind": SweepKind.TARGET_BALANCE},
        {"kind": SweepKind.TRIGGER_AMOUNT},
        {"kind": SweepKind.TRIGGER_AMOUNT, "trigger": brl(5), "target": brl(5)},
        {"max_spread_basis_points": 10},
        {"fx_policy": FxPolicy.RATE_OF_DAY},
        {"fx_policy": FxPolicy.QUOTED, "max_spread_basis_points": -1},
        {"most_days_in_transit": 0},
        {"active_until": date(2026, 1, 1)},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="sweep_rule_invalid"):
        rule(**changes)


# --- four eyes and arrivals


def test_nobody_approves_their_own() -> None:
    may_approve("b", {"a", "c"})
    with pytest.raises(Forbidden, match="four_eyes"):
        may_approve("a", {"a", "c"})


@pytest.mark.parametrize(("minor", "passes"), [(9_500, True), (9_499, False), (10_500, True), (10_501, False)])
def test_an_arrival_far_from_expected_has_to_be_meant(minor: int, *, passes: bool) -> None:
    def check(*, meant: bool) -> None:
        days = {"on": TUESDAY, "sent": TUESDAY, "today": TUESDAY}
        check_arrival(Money(minor, "USD"), Money(10_000, "USD"), **days, meant=meant)

    check(meant=True)
    if passes:
        check(meant=False)
    else:
        with pytest.raises(Refused, match="arrival_far_off"):
            check(meant=False)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 26)])
def test_nothing_arrives_before_it_was_sent_or_after_today(day: date) -> None:
    with pytest.raises(Invalid, match="arrival_day_invalid"):
        check_arrival(Money(1, "USD"), Money(1, "USD"), on=day, sent=TUESDAY, today=date(2026, 11, 25), meant=True)
