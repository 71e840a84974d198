"""Cash sweeps over a real book: once for a date whoever runs them, whole or not at all, and back exactly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from activities import legal_entities, sweep_files, sweeps
from activities.legal_entities import NewEntity
from activities.sweeps import Arrival, Setback
from domain.accounts import Role
from domain.errors import AfluenteError, Conflict, Forbidden, Invalid, Refused
from domain.fx import StatedRate
from domain.money import Money
from domain.reservations import Reservation
from domain.sweep_runs import RunState
from domain.sweeps import Direction, FxPolicy, NotNow, Reason, RuleStatus
from ledger import account_states, posting, reservations
from ledger.account_states import Cause
from runtime import clock
from store import rates, sweep_runs
from store import sweeps as kept
from store.database import Database
from store.sweep_runs import SweepRun
from tests.fakes.sweep_world import DAY, SweepWorld

pytestmark = pytest.mark.servers


@pytest.fixture
def world(database: Database, tenant_id: str) -> SweepWorld:
    return SweepWorld(database, tenant_id).make()


def reason(world: SweepWorld, rule_id: str, *, by: str = sweeps.SCHEDULE) -> Reason:
    with world.database.tenant(world.tenant_id) as tx:
        answer = sweeps.plan_run(tx, world.desk, rule_id, requested_by=by)
    assert isinstance(answer, NotNow), answer
    return answer.reason


def step(world: SweepWorld, work: Callable[..., SweepRun], run_id: str, *words: Any, actor: str = "b") -> SweepRun:
    with world.database.tenant(world.tenant_id) as tx:
        return work(tx, world.desk, run_id, *words, actor=actor)


def freeze(world: SweepWorld, account_id: str, *, thaw: bool = False) -> None:
    with world.database.tenant(world.tenant_id) as tx:
        turn = account_states.thaw if thaw else account_states.freeze
        turn(tx, account_id, Cause("a", "A test.", world.at))


# --- one sweep


def test_a_sweep_moves_what_is_in_the_bank_and_nothing_else(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    world.fund("AE", 7_000, to_bank=False)
    run = world.run(world.rule())
    assert (run.state, run.amount) == (RunState.SENT, Money(50_000, "AED"))
    assert world.balance(world.leaves("AE")[Role.BANK]) == 0
    assert world.balance(world.leaves("AE")[Role.CLEARING]) == 7_000
    assert world.balance(world.treasury("AED")[Role.IN_TRANSIT]) == 50_000
    assert world.book_holds()


def test_its_entry_carries_rule_date_and_attempt_as_its_key(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())
    with world.database.tenant(world.tenant_id) as tx:
        (booked,) = posting.of_source(tx, run.id)
    assert booked.entry.key == f"sweep/{run.rule_id}/2026-11-24/1"
    assert (booked.entry.kind, booked.entry.effective_date) == ("sweep_sent", DAY)


def test_what_is_reserved_stays(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    hold = Reservation(
        clock.new_id("reservation"),
        "hold",
        world.leaves("AE")[Role.BANK],
        Money(-20_000, "AED"),
        world.at + timedelta(days=9),
        "src",
    )
    with world.database.tenant(world.tenant_id) as tx:
        reservations.reserve(tx, hold, now=world.at)
    assert world.run(world.rule()).amount == Money(30_000, "AED")


def test_an_arrival_settles_it(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())
    taken = step(
        world, lambda tx, desk, one, actor: sweeps.hand_over(tx, desk, one, actor=actor, bank_reference="R1"), run.id
    )
    assert (taken.state, taken.bank_reference) == (RunState.IN_TRANSIT, "R1")
    done = step(world, sweeps.confirm, run.id, Arrival(Money(50_000, "AED"), DAY))
    assert (done.state, done.bank_reference) == (RunState.ARRIVED, "R1")
    leaves = world.treasury("AED")
    assert [world.balance(leaves[role]) for role in (Role.IN_TRANSIT, Role.BANK, Role.FEES)] == [0, 50_000, 0]


def test_what_is_missing_of_an_arrival_is_a_fee(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())
    step(world, sweeps.confirm, run.id, Arrival(Money(49_000, "AED"), DAY))
    leaves = world.treasury("AED")
    assert [world.balance(leaves[role]) for role in (Role.IN_TRANSIT, Role.BANK, Role.FEES)] == [0, 49_000, 1_000]


def test_a_refused_arrival_changes_nothing(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())
    with pytest.raises(Refused, match="arrival_far_off"):
        step(world, sweeps.confirm, run.id, Arrival(Money(5_000, "AED"), DAY))
    assert world.runs(run.rule_id)[0] == run
    assert world.balance(world.treasury("AED")[Role.IN_TRANSIT]) == 50_000


@pytest.mark.parametrize("returned", [False, True])
def test_a_sweep_that_did_not_arrive_is_booked_back_exactly(world: SweepWorld, *, returned: bool) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR")
    world.paper(rule_id, "exchange_operation")
    world.quote()
    run = world.run(rule_id)
    before = world.balance(world.leaves("BR")[Role.BANK])
    done = step(world, sweeps.undo, run.id, Setback("rejected", "The bank rejected it.", returned=returned))
    assert done.state is (RunState.RETURNED if returned else RunState.FAILED)
    assert (before, world.balance(world.leaves("BR")[Role.BANK])) == (0, 103_500)
    every = [*world.treasury("BRL").values(), *world.treasury("USD").values(), world.leaves("BR")[Role.WITHHELD]]
    assert [world.balance(leaf) for leaf in every] == [0] * len(every)
    assert done.reversal is not None
    assert done.reversal_tax is not None
    assert world.book_holds()


def test_an_ended_sweep_stays_ended(world: SweepWorld, postgres: Any) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())
    step(world, sweeps.undo, run.id, Setback("rejected", "No."))
    with pytest.raises(Conflict, match="sweep_run_moved_on"):
        step(world, sweeps.confirm, run.id, Arrival(Money(50_000, "AED"), DAY))
    del postgres
    with pytest.raises(DBAPIError, match="cannot be changed"), world.database.tenant(world.tenant_id) as tx:
        tx.execute(text("UPDATE sweep_run SET state = 'sent' WHERE id = :id"), {"id": run.id})


# --- never twice


def test_a_date_is_swept_once_by_the_schedule_and_by_hand(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    world.run(rule_id)
    world.fund("AE", 9_000)
    assert reason(world, rule_id) is Reason.ALREADY_RUN_FOR_DATE
    assert reason(world, rule_id, by="a person") is Reason.ALREADY_RUN_FOR_DATE


def test_the_next_date_is_swept_again(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    first = world.run(rule_id)
    world.fund("AE", 9_000)
    world.at += timedelta(days=1)
    second = world.run(rule_id)
    assert (first.business_date, second.business_date) == (DAY, DAY + timedelta(days=1))


def test_a_failed_date_is_swept_again_by_a_person_under_a_key_of_its_own(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    failed = step(world, sweeps.undo, world.run(rule_id).id, Setback("rejected", "No."))
    assert reason(world, rule_id) is Reason.FAILED_FOR_DATE
    again = world.run(rule_id, by="a person")
    assert (again.key, failed.key) == (f"sweep/{rule_id}/{DAY}/2", f"sweep/{rule_id}/{DAY}/1")


def test_two_workers_at_once_sweep_once(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    gate = threading.Barrier(4)

    def visit(_number: int) -> int:
        gate.wait()
        return len(world.worker.visit(world.tenant_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(visit, range(4)))
    live = [run for run in world.runs(rule_id) if run.state is RunState.SENT]
    assert (len(live), len(world.runs(rule_id))) == (1, 1)
    with world.database.tenant(world.tenant_id) as tx:
        assert len(posting.of_source(tx, live[0].id)) == 1
    assert world.balance(world.leaves("AE")[Role.BANK]) == 0


def test_two_workers_with_the_same_planned_run_book_it_once(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    with world.database.tenant(world.tenant_id) as tx:
        run = sweeps.plan_run(tx, world.desk, world.rule(), requested_by=sweeps.SCHEDULE)
    assert isinstance(run, SweepRun)
    gate = threading.Barrier(2)

    def book(_number: int) -> str:
        gate.wait()
        try:
            with world.database.tenant(world.tenant_id) as tx:
                return sweeps.send(tx, world.desk, run.id).state.value
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(book, range(2))) == ["sent", "sweep_run_moved_on"]
    assert world.balance(world.treasury("AED")[Role.IN_TRANSIT]) == 50_000


def test_the_schedules_visit_counts_what_it_did(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    world.rule("BR", approval_above=Money(0, "BRL"))
    assert world.worker.run_cash_sweeps().sent >= 1
    assert [run.state for run in world.runs(rule_id)] == [RunState.SENT]
    assert world.worker.visit(world.tenant_id) == []


def test_two_rules_over_one_account_share_what_is_there(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rules = [world.rule(), world.rule()]
    with world.database.tenant(world.tenant_id) as tx:
        planned = [sweeps.plan_run(tx, world.desk, one, requested_by=sweeps.SCHEDULE) for one in rules]
    states = []
    for run in planned:
        assert isinstance(run, SweepRun)
        with world.database.tenant(world.tenant_id) as tx:
            done = sweeps.send(tx, world.desk, run.id)
        states.append((done.state, done.reason_code))
    assert states == [(RunState.SENT, None), (RunState.FAILED, "balance_fell")]
    assert world.balance(world.leaves("AE")[Role.BANK]) == 0


# --- crashes and refusals


class Crashed(Exception):
    """The process died here."""


@pytest.mark.parametrize("where", ["activities.sweeps.posting.post", "activities.sweeps.sweep_runs.advance"])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_while_booking_leaves_a_planned_run_that_the_next_visit_books(
    world: SweepWorld, monkeypatch: pytest.MonkeyPatch, where: str, *, after: bool
) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    module, name = where.rsplit(".", 1)
    real = getattr(posting if name == "post" else sweep_runs, name)

    def crash(*words: Any, **named: Any) -> Any:
        if after:
            real(*words, **named)
        raise Crashed

    with monkeypatch.context() as patched:
        patched.setattr(f"{module}.{name}", crash)
        with pytest.raises(Crashed):
            world.worker.visit(world.tenant_id)
    assert [run.state for run in world.runs(rule_id)] == [RunState.PLANNED]
    assert world.balance(world.leaves("AE")[Role.BANK]) == 50_000
    assert world.worker.visit(world.tenant_id) == [RunState.SENT]
    assert [run.state for run in world.runs(rule_id)] == [RunState.SENT]


def test_a_planned_run_whose_cut_off_passed_is_given_up(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    with world.database.tenant(world.tenant_id) as tx:
        sweeps.plan_run(tx, world.desk, rule_id, requested_by=sweeps.SCHEDULE)
    world.at = datetime(2026, 11, 24, 12, tzinfo=UTC)  # 16:00 in Dubai, the cut-off
    assert world.worker.visit(world.tenant_id) == [RunState.CANCELLED]
    (run,) = world.runs(rule_id)
    assert (run.reason_code, run.entry_out) == ("cut_off_passed", None)


def test_a_floor_set_meanwhile_fails_the_sweep_and_loses_nothing(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    bank = world.leaves("AE")[Role.BANK]
    with world.database.tenant(world.tenant_id) as tx:
        run = sweeps.plan_run(tx, world.desk, world.rule(), requested_by=sweeps.SCHEDULE)
    with world.database.tenant(world.tenant_id) as tx:
        floor = Money(10_000, "AED")
        account_states.limit(tx, bank, Cause("a", "A test.", world.at), floor=floor, ceiling=None)
    assert isinstance(run, SweepRun)
    with world.database.tenant(world.tenant_id) as tx:
        done = sweeps.send(tx, world.desk, run.id)
    assert (done.state, done.reason_code, done.entry_out) == (RunState.FAILED, "limit_exceeded", None)
    assert world.balance(bank) == 50_000
    assert world.run(done.rule_id, by="a person").amount == Money(40_000, "AED")


def test_a_frozen_account_is_told_by_the_plan(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    freeze(world, world.leaves("AE")[Role.BANK])
    assert reason(world, rule_id) is Reason.ACCOUNT_FROZEN


def test_one_rules_trouble_is_not_anothers(world: SweepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.fund("AE", 50_000)
    first, second = world.rule(), world.rule()
    real = sweeps.plan_run

    def plan(tx: Any, desk: Any, rule_id: str, **named: Any) -> Any:
        if rule_id == first:
            raise Invalid("broken", "Broken.")
        return real(tx, desk, rule_id, **named)

    monkeypatch.setattr("activities.sweep_visits.plan_run", plan)
    assert world.worker.visit(world.tenant_id) == [RunState.SENT]
    assert [len(world.runs(one)) for one in (first, second)] == [0, 1]


def test_a_holiday_at_either_end_is_no_business_day(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    rule_id = world.rule()
    world.at = datetime(2026, 11, 26, 8, tzinfo=UTC)  # Thanksgiving in the United States
    assert reason(world, rule_id) is Reason.NOT_A_BUSINESS_DAY
    world.at = datetime(2026, 12, 2, 8, tzinfo=UTC)  # National Day in the Emirates
    assert reason(world, rule_id) is Reason.NOT_A_BUSINESS_DAY


# --- four eyes


@pytest.fixture
def waiting(world: SweepWorld) -> SweepRun:
    world.fund("AE", 50_000)
    run = world.run(world.rule(approval_above=Money(49_999, "AED")), by="asker")
    assert run.state is RunState.AWAITING_APPROVAL
    return run


@pytest.mark.parametrize("actor", ["asker", "author@aurora.example"])
def test_who_asked_or_wrote_the_rule_does_not_approve(world: SweepWorld, waiting: SweepRun, actor: str) -> None:
    with pytest.raises(Forbidden, match="four_eyes"):
        step(world, sweeps.approve, waiting.id, actor=actor)
    assert world.balance(world.leaves("AE")[Role.BANK]) == 50_000


def test_a_second_person_approves(world: SweepWorld, waiting: SweepRun) -> None:
    done = step(world, sweeps.approve, waiting.id, actor="second")
    assert (done.state, done.approved_by) == (RunState.SENT, "second")
    with pytest.raises(Conflict, match="sweep_run_moved_on"):
        step(world, sweeps.approve, waiting.id, actor="third")


def test_the_schedule_does_not_send_what_waits_for_approval(world: SweepWorld, waiting: SweepRun) -> None:
    assert world.worker.visit(world.tenant_id) == []
    assert world.runs(waiting.rule_id)[0].state is RunState.AWAITING_APPROVAL


def test_after_the_cut_off_it_is_too_late_to_approve(world: SweepWorld, waiting: SweepRun) -> None:
    world.at = waiting.effective_at
    with pytest.raises(Refused, match="cut_off_passed"):
        step(world, sweeps.approve, waiting.id, actor="second")


def test_a_rule_that_changed_since_is_not_approved(world: SweepWorld, waiting: SweepRun) -> None:
    with world.database.tenant(world.tenant_id) as tx:
        stored = kept.get_rule(tx, waiting.rule_id)
        changed = replace(stored.rule, status=RuleStatus.PAUSED)
        world.rules(tx, "other").change(changed, since=stored.revision, reason="Stop.")
    with pytest.raises(Refused, match="sweep_rule_changed_since"):
        step(world, sweeps.approve, waiting.id, actor="second")


def test_a_waiting_run_is_cancelled_for_a_reason_and_its_date_is_free_again(
    world: SweepWorld, waiting: SweepRun
) -> None:
    def cancel(tx: Any, desk: Any, run_id: str, why: str, *, actor: str) -> SweepRun:
        return sweeps.cancel(tx, desk, run_id, actor=actor, reason=why)

    with pytest.raises(Invalid, match="reason_missing"):
        step(world, cancel, waiting.id, " ")
    assert step(world, cancel, waiting.id, "Not today.").state is RunState.CANCELLED
    assert world.run(waiting.rule_id, by="asker").attempt == 2


# --- exchange and papers


def test_an_exchange_books_its_spread_apart_and_its_tax_beside(world: SweepWorld) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR")
    assert reason(world, rule_id) is Reason.DOCUMENTS_MISSING
    world.paper(rule_id, "exchange_operation")
    assert reason(world, rule_id) is Reason.RATE_MISSING
    quote_id = world.quote()
    run = world.run(rule_id)
    assert (run.amount, run.brought, run.middle) == (Money(100_000, "BRL"), Money(19_000, "USD"), Money(20_000, "USD"))
    assert (run.quote_id, run.tax) == (quote_id, Money(3_500, "BRL"))
    own, into = world.treasury("BRL"), world.treasury("USD")
    assert world.balance(own[Role.FX_POSITION]) == 100_000
    assert [world.balance(into[role]) for role in (Role.FX_POSITION, Role.FX_SPREAD, Role.IN_TRANSIT)] == [
        -20_000,
        1_000,
        19_000,
    ]
    assert world.balance(world.leaves("BR")[Role.WITHHELD]) == 3_500
    assert world.balance(world.leaves("BR")[Role.BANK]) == 0
    assert world.book_holds()


def test_an_expired_quote_is_not_used(world: SweepWorld) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR")
    world.paper(rule_id, "exchange_operation")
    world.quote(minutes=60)
    world.at += timedelta(minutes=60)
    assert reason(world, rule_id) is Reason.RATE_MISSING


def test_what_waited_for_approval_is_exchanged_at_the_price_of_then(world: SweepWorld) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR", approval_above=Money(0, "BRL"))
    world.paper(rule_id, "exchange_operation")
    world.quote(minutes=10)
    run = world.run(rule_id, by="asker")
    world.at += timedelta(minutes=20)
    with pytest.raises(Refused, match="rate_missing"):
        step(world, sweeps.approve, run.id, actor="second")
    world.quote(rate="0.18")
    done = step(world, sweeps.approve, run.id, actor="second")
    assert (done.state, done.brought) == (RunState.SENT, Money(18_000, "USD"))


def test_the_rate_of_the_day_is_measured_by_the_market(world: SweepWorld) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR", fx_policy=FxPolicy.RATE_OF_DAY, max_spread_basis_points=50)
    world.paper(rule_id, "exchange_operation")
    market = world.desk.rates.rate("BRL", "USD", DAY).value

    def state(value: Any) -> None:
        stated = StatedRate("BRL", "USD", value, DAY, "house bank")
        with world.database.tenant(world.tenant_id) as tx:
            rates.state(tx, [stated], tenant_id=world.tenant_id, stated_by="a", now=world.at)

    state(round(market * 95 / 100, 6))
    assert reason(world, rule_id) is Reason.SPREAD_TOO_WIDE
    state(round(market * 999 / 1000, 6))
    run = world.run(rule_id)
    assert run.brought is not None
    assert run.middle is not None
    assert Money(0, "USD") < run.middle - run.brought


def test_a_bank_of_the_parent_in_the_childs_country_crosses_no_border(world: SweepWorld) -> None:
    world.fund("BR", 103_500)
    rule_id = world.rule("BR")
    world.quote()
    world.at_bank(world.treasury("USD")[Role.BANK], country="BR", local_id="0001-2", bank_name="Banco")
    run = world.run(rule_id)
    assert (run.amount, run.taxes) == (Money(103_500, "BRL"), ())


# --- rules, papers, accounts at banks


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fx_policy": FxPolicy.NONE}, "sweep_rule_invalid"),
        ({"currency": "USD"}, "sweep_rule_invalid"),
        ({"child_account_id": "acc_none"}, "account_unknown"),
    ],
)
def test_a_rule_fits_its_account(world: SweepWorld, changes: dict[str, Any], code: str) -> None:
    if "currency" in changes:
        changes |= {"minimum": Money(1, "USD"), "approval_above": Money(1, "USD")}
    with pytest.raises(AfluenteError, match=code):
        world.rule(**changes)


def test_a_paper_that_nobody_asks_for_is_refused(world: SweepWorld) -> None:
    with pytest.raises(Invalid, match="sweep_document_code_unknown"):
        world.paper(world.rule("BR"), "recipe")


def test_what_was_written_down_stays(world: SweepWorld) -> None:
    rule_id = world.rule()
    for statement in (
        "UPDATE sweep_event SET reason = 'other' WHERE subject = :id",
        "DELETE FROM sweep_event WHERE subject = :id",
    ):
        with pytest.raises(DBAPIError), world.database.tenant(world.tenant_id) as tx:
            tx.execute(text(statement), {"id": rule_id})


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"iban": "AE070331234567890123457", "country": "AE"}, "iban_invalid"),
        ({"iban": "AE070331234567890123456", "country": "BR"}, "iban_country"),
        ({"iban": "AE070331234567890123456", "local_id": "1", "country": "AE"}, "bank_account_invalid"),
        ({"country": "AE"}, "bank_account_invalid"),
        ({"local_id": "1", "holder": "曙光汽车", "country": "CN"}, "bank_account_invalid"),
        ({"local_id": "1", "bic": "NOBANK", "country": "CN"}, "bic_invalid"),
    ],
)
def test_a_number_that_no_bank_has_is_refused(world: SweepWorld, told: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        world.at_bank(world.leaves("AE")[Role.BANK], **told)


# --- the file for banks


def test_the_same_sweeps_make_the_same_file(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    run = world.run(world.rule())

    def file() -> bytes:
        with world.database.tenant(world.tenant_id) as tx:
            return sweep_files.payment_file(tx, [run.id])

    with pytest.raises(Refused, match="bank_account_missing"):
        file()
    world.at_bank(world.leaves("AE")[Role.BANK], country="AE", iban="AE070331234567890123456", bic="EBILAEAD")
    world.at_bank(world.treasury("AED")[Role.BANK], country="CN", local_id="6222000011112222", bic="BKCHCNBJ")
    first = file()
    world.at += timedelta(hours=3)
    assert file() == first
    assert run.file_reference is not None
    assert run.file_reference.encode() in first


def test_what_is_drawn_or_not_sent_is_in_no_file(world: SweepWorld) -> None:
    world.fund("AE", 50_000)
    drawn = world.run(world.rule(direction=Direction.PULL))
    with pytest.raises(Refused, match="sweep_is_pulled"), world.database.tenant(world.tenant_id) as tx:
        sweep_files.payment_file(tx, [drawn.id])
    step(world, sweeps.undo, drawn.id, Setback("rejected", "No."))
    with pytest.raises(Refused, match="sweep_not_sent"), world.database.tenant(world.tenant_id) as tx:
        sweep_files.payment_file(tx, [drawn.id])


def test_another_tenant_sees_nothing_of_it(world: SweepWorld, new_tenant: Callable[[], str]) -> None:
    rule_id = world.rule()
    with world.database.tenant(new_tenant()) as tx, pytest.raises(AfluenteError, match="sweep_rule_unknown"):
        kept.get_rule(tx, rule_id)


# --- between two legal entities


def test_a_sweep_between_two_entities_leaves_what_they_owe_each_other(world: SweepWorld) -> None:
    world.fund("AE", 500_000)
    with world.database.tenant(world.tenant_id) as tx:
        new = NewEntity(world.creditor_id, "Aurora Gulf FZE", "AE", "AED")
        entity = legal_entities.add(tx, new, actor="a", new_id=clock.new_id, now=world.at)
        legal_entities.give(tx, world.children["AE"], entity.id, since=DAY, actor="a", reason="r", now=world.at)
    run = world.run(world.rule())
    with world.database.tenant(world.tenant_id) as tx:
        sides = legal_entities.between(
            tx, world.children["AE"], world.parent, run.business_date, new_id=clock.new_id, now=world.at
        )
    assert sides is not None
    assert (world.balance(sides.child_side), world.balance(sides.parent_side)) == (500_000, -500_000)
    assert world.book_holds()
