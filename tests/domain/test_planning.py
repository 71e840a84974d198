"""Planning: what a case does next, at every edge of debt, holds, promises, steps and law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact_policy import Channel, Confidence, Refusal
from domain.loans import Arrears
from domain.money import Money
from domain.notices import CLAIMS_OVERDUE, NoticeKind
from domain.planning import (
    ENDS,
    LONGEST_SLEEP,
    ActiveHold,
    CaseFacts,
    Occasion,
    OpenPromise,
    OpenSettlement,
    Plan,
    WorkState,
    closed,
    next_step,
)
from domain.promises import Promise, PromiseState
from domain.strategies import STANDARD, find

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
REFUSAL = Refusal("th.daily_cap", "Act", Confidence.SECONDARY, ("once a day",), NOW + timedelta(hours=20))


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def at_once(_channel: Channel, moment: datetime, _kind: NoticeKind) -> datetime | Refusal:
    return moment


def never(_channel: Channel, _moment: datetime, _kind: NoticeKind) -> datetime | Refusal:
    return REFUSAL


def owed(overdue: int = 500, outstanding: int = 900) -> Arrears:
    oldest = date(2026, 11, 1) if overdue else None
    return Arrears(Money(overdue, "THB"), Money(outstanding, "THB"), 1 if overdue else 0, oldest)


FACTS = CaseFacts(
    now=NOW,
    today=TODAY,
    arrears=owed(),
    step=0,
    last_step_at=None,
    opened_at=NOW,
    channels=frozenset({Channel.EMAIL}),
    start_of_day=start_of_day,
)


def promise(*, amount: int = 500, due: date = TODAY, received: int = 0, state: str = "open") -> OpenPromise:
    made = Promise("pro_1", Money(amount, "THB"), TODAY - timedelta(9), due, 0, 2, PromiseState(state))
    return OpenPromise(made, Money(received, "THB"))


def plan(**changes: object) -> Plan:
    return next_step(replace(FACTS, **changes), STANDARD, at_once)  # type: ignore[arg-type]  # fields by name


# The end ------------------------------------------------------------------------------------------------------


def test_a_case_that_owes_nothing_is_paid() -> None:
    done = plan(arrears=owed(0, 0))
    assert (done.state, done.done, done.next_wake_at, done.cancel_reminders) == (WorkState.PAID, True, None, True)


def test_a_case_without_anything_overdue_is_cured() -> None:
    assert plan(arrears=owed(0, 1)).state is WorkState.CURED


def test_a_case_with_one_minor_unit_overdue_goes_on() -> None:
    assert not plan(arrears=owed(1, 1)).done


def test_a_hold_does_not_keep_a_paid_case_open() -> None:
    assert plan(arrears=owed(0, 0), holds=(ActiveHold("dispute", None),)).state is WorkState.PAID


def test_a_promise_that_is_open_when_the_debt_is_gone_was_kept() -> None:
    done = plan(arrears=owed(0, 1), promises=(promise(due=TODAY + timedelta(5)),))
    assert done.promises == (("pro_1", PromiseState.KEPT),)


def test_a_promise_that_broke_stays_broken_at_the_end() -> None:
    done = plan(arrears=owed(0, 1), promises=(promise(due=TODAY - timedelta(3)),))
    assert done.promises == (("pro_1", PromiseState.BROKEN),)


# Holds --------------------------------------------------------------------------------------------------------


def test_under_a_hold_nothing_is_sent_and_what_waits_is_taken_back() -> None:
    held = plan(holds=(ActiveHold("dispute", TODAY + timedelta(4)),))
    assert (held.notices, held.cancel_reminders, held.step) == ((), True, 0)
    assert held.next_wake_at == start_of_day(TODAY + timedelta(4))


def test_of_several_holds_the_last_end_counts() -> None:
    held = plan(holds=(ActiveHold("dispute", TODAY + timedelta(4)), ActiveHold("hardship", TODAY + timedelta(9))))
    assert held.next_wake_at == start_of_day(TODAY + timedelta(9))
    assert held.reasons == ("hold_dispute", "hold_hardship")


def test_a_hold_without_an_end_outlasts_one_with() -> None:
    held = plan(holds=(ActiveHold("dispute", TODAY + timedelta(4)), ActiveHold("death", None)))
    assert held.next_wake_at == NOW + LONGEST_SLEEP


def test_a_hold_yet_to_come_wakes_the_case_and_stops_nothing_today() -> None:
    soon = plan(next_hold=TODAY + timedelta(2))
    assert soon.stepped
    assert soon.next_wake_at == start_of_day(TODAY + timedelta(2))


# Promises -----------------------------------------------------------------------------------------------------


def test_while_a_promise_is_open_nobody_reminds() -> None:
    waiting = plan(promises=(promise(due=TODAY),))
    assert (waiting.state, waiting.notices, waiting.cancel_reminders) == (WorkState.PROMISE, (), True)


def test_the_case_wakes_when_the_promises_last_day_has_passed() -> None:
    waiting = plan(promises=(promise(due=TODAY + timedelta(3)),))
    assert waiting.next_wake_at == start_of_day(TODAY + timedelta(3 + 2 + 1))


def test_a_promise_kept_lets_the_ladder_go_on_with_the_rest() -> None:
    kept = plan(promises=(promise(amount=100, received=100, due=TODAY + timedelta(3)),))
    assert (kept.state, kept.promises, kept.stepped) == (WorkState.ACTIVE, (("pro_1", PromiseState.KEPT),), True)


@pytest.mark.parametrize(("received", "state"), [(0, PromiseState.BROKEN), (1, PromiseState.PARTIAL)])
def test_a_promise_whose_days_are_over_is_told_and_the_ladder_rests_first(received: int, state: PromiseState) -> None:
    over = plan(promises=(promise(due=TODAY - timedelta(3), received=received),))
    assert (over.promises, over.stepped) == ((("pro_1", state),), False)
    assert [(item.kind, item.cause) for item in over.notices] == [(NoticeKind.BROKEN_PROMISE, "promise/pro_1")]
    assert over.next_wake_at == NOW + timedelta(days=5)


def test_a_promise_that_broke_under_a_hold_is_not_told() -> None:
    over = plan(promises=(promise(due=TODAY - timedelta(3)),), holds=(ActiveHold("dispute", None),))
    assert (over.promises, over.notices) == ((("pro_1", PromiseState.BROKEN),), ())


def test_the_first_missed_payment_of_a_plan_is_told_while_the_next_is_awaited() -> None:
    second = replace(promise(due=TODAY + timedelta(20)).promise, id="pro_2", before_minor=500)
    waiting = plan(promises=(promise(due=TODAY - timedelta(3)), OpenPromise(second, Money(0, "THB"))))
    assert (waiting.state, waiting.cancel_claims) == (WorkState.PROMISE, False)
    assert [item.kind for item in waiting.notices] == [NoticeKind.BROKEN_PROMISE]


def test_a_kept_promise_whose_money_went_back_is_open_again_within_its_days() -> None:
    reopened = plan(promises=(promise(received=0, due=TODAY, state="kept"),))
    assert (reopened.state, reopened.promises) == (WorkState.PROMISE, (("pro_1", PromiseState.OPEN),))


def test_a_kept_promise_whose_money_went_back_later_is_broken() -> None:
    reopened = plan(promises=(promise(received=0, due=TODAY - timedelta(3), state="kept"),))
    assert (reopened.stepped, reopened.promises) == (True, (("pro_1", PromiseState.BROKEN),))  # was thanked for once


# Steps --------------------------------------------------------------------------------------------------------


def test_the_first_step_is_due_at_once() -> None:
    first = plan()
    assert [(item.kind, item.cause) for item in first.notices] == [(NoticeKind.FIRST_REMINDER, "step/0")]
    assert (first.step, first.stepped, first.next_wake_at) == (1, True, NOW + timedelta(days=7))


@pytest.mark.parametrize(("ago", "stepped"), [(timedelta(days=7), True), (timedelta(days=7, seconds=-1), False)])
def test_a_step_is_due_on_the_second(ago: timedelta, *, stepped: bool) -> None:
    assert plan(step=1, last_step_at=NOW - ago).stepped is stepped


def test_a_step_not_due_wakes_the_case_when_it_is() -> None:
    waiting = plan(step=1, last_step_at=NOW - timedelta(days=2))
    assert (waiting.reasons, waiting.next_wake_at) == (("step_not_due",), NOW + timedelta(days=5))


def test_after_the_last_step_the_ladder_repeats_monthly() -> None:
    repeated = plan(step=6, last_step_at=NOW - timedelta(days=30))
    assert (repeated.stepped, repeated.reasons, repeated.step) == (True, ("step_monthly",), 7)


# Formal notices -----------------------------------------------------------------------------------------------

LETTERS = {"addresses": frozenset({Channel.EMAIL, Channel.SMS}), "last_step_at": NOW - timedelta(days=60)}


def test_the_formal_notice_follows_the_reminders_in_full_though_the_debtor_prefers_texts() -> None:
    formal = plan(step=3, channels=frozenset({Channel.SMS}), **LETTERS)
    assert [(item.kind, item.channel) for item in formal.notices] == [(NoticeKind.FORMAL_NOTICE, Channel.EMAIL)]
    assert (formal.step, formal.next_wake_at) == (4, NOW + timedelta(days=30))


def test_who_gets_neither_letter_nor_mail_is_reminded_instead_of_given_formal_notice() -> None:
    texts = plan(step=3, channels=frozenset({Channel.SMS}), addresses=frozenset({Channel.SMS}), last_step_at=None)
    assert [item.kind for item in texts.notices] == []  # the monthly reminder is not due yet
    assert texts.reasons == ("step_not_due",)


@pytest.mark.parametrize(("enforceable", "kind"), [(True, NoticeKind.PRE_LEGAL), (False, NoticeKind.SECOND_REMINDER)])
def test_legal_steps_are_spoken_of_only_while_the_claim_can_be_enforced(*, enforceable: bool, kind: NoticeKind) -> None:
    made = plan(step=4, enforceable=enforceable, said=frozenset({NoticeKind.FORMAL_NOTICE}), **LETTERS)
    assert [item.kind for item in made.notices] == [kind]


@pytest.mark.parametrize(
    ("prescribed", "kind"), [(True, NoticeKind.REPOSSESSION_NOTICE), (False, NoticeKind.SECOND_REMINDER)]
)
def test_the_vehicle_is_spoken_of_only_where_law_prescribes_it_now(*, prescribed: bool, kind: NoticeKind) -> None:
    said = frozenset({NoticeKind.FORMAL_NOTICE, NoticeKind.PRE_LEGAL})
    made = plan(step=5, enforceable=True, vehicle_notice=prescribed, said=said, **LETTERS)
    assert [item.kind for item in made.notices] == [kind]


def test_a_formal_rung_passed_over_is_taken_once_its_time_has_come() -> None:
    said = frozenset({NoticeKind.FORMAL_NOTICE, NoticeKind.PRE_LEGAL})
    late = plan(step=8, enforceable=True, vehicle_notice=True, said=said, **LETTERS)
    assert [item.kind for item in late.notices] == [NoticeKind.REPOSSESSION_NOTICE]
    again = plan(step=9, enforceable=True, vehicle_notice=True, said=said | {late.notices[0].kind}, **LETTERS)
    assert [item.kind for item in again.notices] == [NoticeKind.SECOND_REMINDER]


def test_the_ladder_does_not_climb_past_a_notice_that_is_held() -> None:
    held = plan(step=1, last_step_at=NOW - timedelta(days=60), notice_held=True)
    assert (held.stepped, held.reasons) == (False, ("notice_held",))


# Settlement offers --------------------------------------------------------------------------------------------


def offer(*, until: date = TODAY, received: int = 0) -> OpenSettlement:
    return OpenSettlement(Money(300, "THB"), until, Money(received, "THB"))


def test_nobody_is_reminded_of_more_while_an_offer_stands() -> None:
    waiting = plan(settlement=offer(until=TODAY))
    assert (waiting.notices, waiting.reasons, waiting.cancel_claims) == ((), ("settlement_offered",), False)
    assert waiting.next_wake_at == start_of_day(TODAY + timedelta(1))


def test_an_offer_that_lapsed_lets_the_ladder_go_on() -> None:
    assert plan(settlement=offer(until=TODAY - timedelta(1))).stepped


@pytest.mark.parametrize(("received", "state"), [(300, WorkState.SETTLED), (299, WorkState.ACTIVE)])
def test_an_offer_whose_money_came_in_time_ends_the_case(received: int, state: WorkState) -> None:
    made = plan(settlement=offer(until=TODAY - timedelta(1), received=received))
    assert made.state is state


# What the debtor is told of -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{}, {"holds": (ActiveHold("complaint", None),)}, {"promises": (promise(due=TODAY),)}]
)
def test_what_happened_is_told_whatever_the_case_does(changes: dict[str, object]) -> None:
    happened = (Occasion(NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, "hold/1"),)
    told = plan(occasions=happened, step=1, last_step_at=NOW, **changes)
    assert [(item.kind, item.cause) for item in told.notices] == [(NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, "hold/1")]


@pytest.mark.parametrize(
    ("end", "told"), [(WorkState.WITHDRAWN, True), (WorkState.WRITTEN_OFF, False), (WorkState.SOLD, False)]
)
def test_the_debtor_is_told_of_an_end_that_is_theirs(end: WorkState, *, told: bool) -> None:
    made = closed(FACTS, at_once, end)
    assert (made.state, made.cancel_claims) == (end, True)
    assert [item.kind for item in made.notices] == ([NoticeKind.CASE_CLOSED] if told else [])


def test_the_next_bucket_wakes_the_case_before_the_next_step() -> None:
    assert plan(next_bucket=TODAY + timedelta(1)).next_wake_at == start_of_day(TODAY + timedelta(1))


def test_no_case_sleeps_longer_than_the_longest_sleep() -> None:
    assert plan(channels=frozenset()).next_wake_at == NOW + LONGEST_SLEEP


def test_a_debtor_who_cannot_be_reached_is_sent_nothing() -> None:
    silent = plan(channels=frozenset({Channel.PHONE}))
    assert (silent.reasons, silent.notices, silent.step) == (("unreachable",), (), 0)


def test_the_first_usable_channel_of_a_step_is_taken() -> None:
    assert plan(channels=frozenset({Channel.SMS, Channel.LETTER})).notices[0].channel is Channel.SMS


def test_what_law_refuses_waits_a_day_and_is_told() -> None:
    refused = next_step(FACTS, STANDARD, never)
    assert (refused.notices, refused.step, refused.refusal) == ((), 0, REFUSAL)
    assert refused.next_wake_at == NOW + timedelta(days=1)


def test_a_later_lawful_moment_is_when_the_notice_may_go_out() -> None:
    later = NOW + timedelta(hours=20)
    assert next_step(FACTS, STANDARD, lambda _channel, _moment, _kind: later).notices[0].not_before == later


# Thanks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"arrears": owed(0, 0)},
        {"holds": (ActiveHold("hardship", None),)},
        {"promises": (promise(due=TODAY),)},
        {"step": 1, "last_step_at": NOW},
    ],
)
def test_a_receipt_is_thanked_for_whatever_the_case_does(changes: dict[str, object]) -> None:
    thanked = plan(thanks_due=("rcp_1",), **changes)
    assert (thanked.notices[0].kind, thanked.notices[0].cause) == (NoticeKind.THANK_YOU, "receipt/rcp_1")
    assert {item.kind for item in thanked.notices[1:]} <= {NoticeKind.CASE_CLOSED}


def test_thanks_are_not_sent_where_law_refuses() -> None:
    assert next_step(replace(FACTS, thanks_due=("rcp_1",)), STANDARD, never).notices == ()


def test_thanks_are_not_sent_to_who_cannot_be_reached() -> None:
    assert plan(thanks_due=("rcp_1",), channels=frozenset({Channel.PHONE})).notices == ()


# Whatever the facts -------------------------------------------------------------------------------------------

HOLDS = st.lists(
    st.builds(
        ActiveHold, st.sampled_from(["dispute", "death"]), st.none() | st.dates(TODAY + timedelta(1), date(2027, 1, 1))
    ),
    max_size=3,
).map(tuple)
PROMISES = st.lists(
    st.builds(
        promise,
        amount=st.integers(1, 900),
        due=st.dates(TODAY - timedelta(9), TODAY + timedelta(60)),
        received=st.integers(0, 900),
        state=st.sampled_from(["open", "kept"]),
    ),
    max_size=1,
).map(tuple)
ANY_FACTS = st.builds(
    lambda **changes: replace(FACTS, **changes),
    arrears=st.builds(lambda overdue, more: owed(overdue, overdue + more), st.integers(0, 900), st.integers(0, 900)),
    step=st.integers(0, 9),
    last_step_at=st.none() | st.integers(0, 90 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    channels=st.frozensets(st.sampled_from(Channel)),
    holds=HOLDS,
    promises=PROMISES,
    next_bucket=st.none() | st.dates(date(2026, 10, 1), date(2027, 1, 1)),
    next_hold=st.none() | st.dates(TODAY + timedelta(1), date(2027, 1, 1)),
)


@given(ANY_FACTS)
def test_no_reminder_is_queued_under_a_hold_or_an_open_promise_or_at_the_end(facts: CaseFacts) -> None:
    made = next_step(facts, STANDARD, at_once)
    silent = bool(facts.holds) or made.state in {WorkState.PROMISE, *ENDS}
    silent = silent or any(state is PromiseState.OPEN for _, state in made.promises)
    assert not (silent and {item.kind for item in made.notices} & (CLAIMS_OVERDUE - {NoticeKind.BROKEN_PROMISE}))
    assert not (silent and made.stepped)


@given(ANY_FACTS, st.sampled_from([at_once, never]))
def test_a_case_that_goes_on_wakes_later_than_now_and_within_the_longest_sleep(
    facts: CaseFacts, lawful: object
) -> None:
    made = next_step(facts, STANDARD, lawful)  # type: ignore[arg-type]  # one of two functions above
    if made.done:
        assert made.next_wake_at is None
    else:
        assert made.next_wake_at is not None
        assert NOW < made.next_wake_at <= NOW + LONGEST_SLEEP


@given(ANY_FACTS)
def test_every_promise_gets_an_answer(facts: CaseFacts) -> None:
    made = next_step(facts, STANDARD, at_once)
    assert len(made.promises) == len(facts.promises)


def test_a_strategy_is_found_by_code_and_version_only() -> None:
    assert find("standard", 2) is STANDARD
    assert len(find("standard", 1).steps) == 3  # cases under way keep the ladder that they were opened with
    with pytest.raises(Exception, match="strategy_unknown"):
        find("standard", 3)
