"""Turns: one decision each, written once; commands obeyed or refused by code; the ladder counts what was sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.turns import TurnActivities, TurnInput
from domain.case_commands import CloseCase, PlaceHold, ReleaseHold, TakePromise
from runtime import clock
from store import buckets, cases, payment_requests, promises, timeline
from store.cases import EventRow

TODAY = date(2026, 11, 24)


def promise(amount: int = 100_000, *, due: date = TODAY, currency: str = "BRL", command_id: str = "c1") -> TakePromise:
    return TakePromise(command_id, "ana", amount, currency, due.isoformat())


def hold(start: date = TODAY, end: date | None = None, *, kind: str = "dispute", command_id: str = "h1") -> PlaceHold:
    return PlaceHold(command_id, "ana", kind, start.isoformat(), end.isoformat() if end else None, "says so")


def ladder(world: Any) -> list[Any]:
    """The reminders of the ladder, oldest first."""
    return [notice for notice in world.notices() if notice.cause.startswith("step/")]


def told(world: Any) -> list[str]:
    with world.tx() as tx:
        return [line.kind for line in timeline.of_case(tx, world.case().id)]


def test_a_turn_queues_the_first_reminder_with_a_code_for_what_is_overdue(brazil: Any) -> None:
    decision = brazil.turn()
    (notice,) = ladder(brazil)
    assert (notice.kind, notice.state, notice.locale) == ("first_reminder", "queued", "pt_BR")
    assert (decision.stage, decision.done, brazil.case().step) == ("active", False, 1)
    with brazil.tx() as tx:
        assert tx.exec_driver_sql("SELECT amount_minor FROM payment_request").scalar_one() == 100_000


def test_the_same_turn_twice_gives_the_same_decision_and_writes_once(brazil: Any) -> None:
    first = brazil.turn(turn_no=1, promises=[promise(due=TODAY + timedelta(3))])
    written = (len(ladder(brazil)), len(told(brazil)), brazil.count("promise"))
    brazil.clock.advance(days=9)
    assert brazil.turn(turn_no=1, promises=[promise(due=TODAY + timedelta(3))]) == first
    assert (len(ladder(brazil)), len(told(brazil)), brazil.count("promise")) == written


def test_a_case_that_is_unknown_is_an_error_not_worth_retrying(brazil: Any) -> None:
    turns = TurnActivities(brazil.database, clock.new_id, brazil.clock)
    with pytest.raises(ApplicationError) as caught:
        turns.take_turn(TurnInput(brazil.tenant_id, "case_none", 1))
    assert (caught.value.type, caught.value.non_retryable) == ("case_unknown", True)


def test_a_request_asks_for_what_is_overdue_on_the_day_of_the_turn(brazil: Any) -> None:
    brazil.turn()
    brazil.clock.advance(days=24)  # 18 December: the instalment of the 10th is overdue, too
    brazil.turn()
    with brazil.tx() as tx:
        asked = tx.exec_driver_sql("SELECT amount_minor FROM payment_request ORDER BY created_at").scalars().all()
    assert asked == [100_000, 200_000]


# What is taken back -------------------------------------------------------------------------------------------


def test_a_reminder_taken_back_gives_its_step_back(brazil: Any) -> None:
    brazil.turn()
    brazil.turn(holds=[hold(end=TODAY + timedelta(2))])
    assert ([notice.state for notice in ladder(brazil)], brazil.case().step) == (["cancelled"], 0)
    brazil.clock.advance(days=2)
    brazil.turn()
    assert [(notice.kind, notice.state) for notice in ladder(brazil)] == [
        ("first_reminder", "cancelled"),
        ("first_reminder", "queued"),
    ]


def test_a_reminder_that_went_out_keeps_its_step(brazil: Any) -> None:
    brazil.turn()
    assert brazil.relay().batch(brazil.tenant_id).sent == 1
    brazil.turn(holds=[hold(end=TODAY + timedelta(2))])
    assert brazil.case().step == 1
    brazil.clock.advance(days=2)
    brazil.turn()
    assert len(ladder(brazil)) == 1  # the second is due seven days after the first


# Commands -----------------------------------------------------------------------------------------------------


def test_a_promise_is_kept_by_money_and_reopened_when_it_goes_back(brazil: Any) -> None:
    answer = brazil.turn(promises=[promise(due=TODAY + timedelta(5))]).answers[0]
    assert (answer.accepted, answer.state, brazil.case().work_state) == (True, "promise", "promise")

    def state() -> str:
        with brazil.tx() as tx:
            return promises.of_case(tx, brazil.case().id)[0].state

    with brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE instalment SET due_date = '2026-11-11' WHERE number = 2")
    brazil.statement({"amount": "1000.00", "reference": "E2E-1", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    assert state() == "kept"
    brazil.statement({"amount": "-1000.00", "reversal_of": "E2E-1"})
    brazil.intake()
    brazil.turn()
    assert (state(), brazil.case().work_state) == ("open", "promise")


def test_a_promise_broken_is_told_and_the_ladder_goes_on(brazil: Any) -> None:
    brazil.turn(promises=[promise(due=TODAY)])
    brazil.clock.advance(days=3)
    brazil.turn()
    assert "promise_broken" in told(brazil)
    assert [notice.kind for notice in brazil.notices()] == ["promise_confirmation", "broken_promise"]
    brazil.clock.advance(days=5)
    brazil.turn()
    assert [notice.kind for notice in ladder(brazil)] == ["first_reminder"]


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ({"promises": [promise(0)]}, "promise_amount_invalid"),
        ({"promises": [promise(currency="USD")]}, "promise_currency_invalid"),
        ({"promises": [promise(currency="nope")]}, "currency_unknown"),
        ({"promises": [promise(due=TODAY - timedelta(1))]}, "promise_date_past"),
        ({"promises": [promise(due=TODAY + timedelta(61))]}, "promise_date_too_late"),
        ({"promises": [TakePromise("c1", "ana", 1, "BRL", "tomorrow")]}, "command_malformed"),
        ({"holds": [hold(end=TODAY)]}, "hold_days_invalid"),
        ({"holds": [hold(kind="whim")]}, "command_malformed"),
        ({"releases": [ReleaseHold("r1", "ana", "hold_none")]}, "hold_unknown"),
        ({"closings": [CloseCase("x1", "ana", "cured", "")]}, "command_malformed"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_and_the_turn_goes_on(
    brazil: Any, commands: dict[str, Any], code: str
) -> None:
    decision = brazil.turn(**commands)
    (answer,) = decision.answers
    assert (answer.accepted, answer.code, decision.stage) == (False, code, "active")
    assert len(ladder(brazil)) == 1


def test_two_holds_of_a_kind_do_not_overlap_but_may_touch(brazil: Any) -> None:
    brazil.turn(holds=[hold(end=TODAY + timedelta(5))])
    overlapping = brazil.turn(holds=[hold(TODAY + timedelta(4), command_id="h2")]).answers[0]
    touching = brazil.turn(holds=[hold(TODAY + timedelta(5), command_id="h3")]).answers[0]
    other = brazil.turn(holds=[hold(kind="hardship", command_id="h4")]).answers[0]
    assert (overlapping.code, touching.accepted, other.accepted) == ("hold_overlaps", True, True)


def test_a_hold_released_lets_the_case_go_on_the_next_day(brazil: Any) -> None:
    placed = brazil.turn(holds=[hold()]).answers[0].ref
    brazil.clock.advance(days=3)
    assert brazil.turn(releases=[ReleaseHold("r1", "ana", placed)]).answers[0].accepted
    assert [notice.kind for notice in ladder(brazil)] == ["first_reminder"]
    assert brazil.turn(releases=[ReleaseHold("r2", "ana", placed)]).answers[0].code == "hold_over"


def test_a_hold_released_on_the_day_it_was_placed_stops_nobody_any_more(brazil: Any) -> None:
    placed = brazil.turn(holds=[hold()]).answers[0].ref
    brazil.turn(releases=[ReleaseHold("r1", "ana", placed)])
    assert [notice.kind for notice in ladder(brazil)] == ["first_reminder"]


def test_what_was_asked_and_promised_ends_with_the_case(brazil: Any) -> None:
    brazil.turn()
    brazil.turn(promises=[promise(due=TODAY + timedelta(3))])
    brazil.turn(closings=[CloseCase("x1", "ana", "withdrawn", "")])
    with brazil.tx() as tx:
        requests = payment_requests.of_case(tx, brazil.case().id)
        promised = promises.of_case(tx, brazil.case().id)
    assert [request.state for request in requests] == ["cancelled"]
    assert [row.state for row in promised] == ["cancelled"]


def test_a_refusal_tells_its_sentence_its_way_out_and_its_kind(brazil: Any) -> None:
    answer = brazil.turn(promises=[promise(due=TODAY - timedelta(1))]).answers[0]
    assert (answer.code, answer.status, answer.fix) == ("promise_date_past", 422, "Choose today or a later day.")
    assert not (answer.message or "").startswith("promise_date_past")


def test_a_case_closed_by_hand_is_over_and_takes_its_reminders_back(brazil: Any) -> None:
    brazil.turn()
    decision = brazil.turn(closings=[CloseCase("x1", "ana", "withdrawn", "sold back")])
    assert (decision.stage, decision.done, decision.next_wake_at) == ("withdrawn", True, None)
    assert ladder(brazil)[0].state == "cancelled"
    assert brazil.case().closed_at == brazil.clock()


def test_a_case_that_is_over_stays_over(brazil: Any) -> None:
    brazil.turn(closings=[CloseCase("x1", "ana", "withdrawn", "")])
    closed = brazil.case()
    with brazil.tx() as tx:
        event = EventRow("evt_late", closed.id, "receipt_posted", "rcp_late", brazil.clock())
        cases.record_event(tx, event=event, tenant_id=brazil.tenant_id, now=brazil.clock())
    brazil.clock.advance(days=1)
    decision = brazil.turn(promises=[promise(due=TODAY + timedelta(3))])
    assert (decision.done, decision.stage, decision.answers[0].code) == (True, "withdrawn", "case_closed")
    assert (brazil.case(), ladder(brazil)) == (closed, [])
    with brazil.tx() as tx:
        assert cases.pending_events(tx, closed.id) == []


# Facts --------------------------------------------------------------------------------------------------------


def test_a_payment_of_what_is_overdue_cures_the_case_and_is_thanked_for(brazil: Any) -> None:
    brazil.turn()
    brazil.statement({"amount": "1000.00", "remittance": "BR-0001"})
    brazil.intake()
    decision = brazil.turn()
    assert (decision.stage, decision.done, brazil.case().overdue_minor) == ("cured", True, 0)
    found = {(notice.kind, notice.state) for notice in brazil.notices()}
    assert found == {("first_reminder", "cancelled"), ("thank_you", "queued"), ("case_closed", "queued")}


def test_a_payment_of_everything_makes_the_case_paid(brazil: Any) -> None:
    brazil.statement({"amount": "3000.00", "remittance": "BR-0001"})
    brazil.intake()
    assert brazil.turn().stage == "paid"


def test_a_fact_is_taken_into_account_by_one_turn(brazil: Any) -> None:
    brazil.statement({"amount": "1.00", "remittance": "BR-0001"})
    brazil.intake()
    brazil.turn()
    brazil.turn()
    assert [notice.kind for notice in brazil.notices()].count("thank_you") == 1


def test_buckets_are_kept_with_their_days(brazil: Any) -> None:
    brazil.turn()
    brazil.clock.advance(days=20)  # due 10 November, now 14 December: 34 days
    brazil.turn()
    with brazil.tx() as tx:
        history = buckets.of_case(tx, brazil.case().id)
    assert history == [(TODAY, TODAY + timedelta(20), "1-29"), (TODAY + timedelta(20), None, "30-59")]


def test_a_bucket_that_changes_twice_on_a_day_keeps_the_last(brazil: Any) -> None:
    brazil.clock.advance(days=20)
    brazil.turn()
    with brazil.tx() as tx:
        buckets.enter(tx, brazil.case(), bucket="60-89", day=TODAY + timedelta(20))
        history = buckets.of_case(tx, brazil.case().id)
    assert [bucket for _, _, bucket in history] == ["1-29", "60-89"]


def test_a_debtor_without_an_address_is_sent_nothing(brazil: Any) -> None:
    brazil.set_party(email=None, phone=None)
    brazil.turn()
    assert ladder(brazil) == []


def test_without_a_rail_the_notice_goes_out_without_a_code(brazil: Any) -> None:
    with brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE connection SET state = 'paused'")
    brazil.turn()
    assert ladder(brazil)[0].payment_request_id is None
    assert "payment_request_failed" in told(brazil)
