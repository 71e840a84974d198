"""Rules of cash sweeps by four eyes: proposed by one, approved by another, stopped by one; the database agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import psycopg
import pytest

from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.money import Money
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import RuleStatus, SweepKind, SweepRule
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres
from store import sweep_rule_changes as changes
from store import sweeps as kept
from store.database import Database
from store.sweep_rule_changes import ChangeState, RuleChange
from store.sweeps import StoredRule
from tests.fakes.sweep_world import SweepWorld

pytestmark = pytest.mark.servers

FIRST, SECOND = "first@aurora.example", "second@aurora.example"


@pytest.fixture
def world(database: Database, tenant_id: str) -> SweepWorld:
    return SweepWorld(database, tenant_id).make()


@pytest.fixture
def rule_id(world: SweepWorld) -> str:
    return world.rule()


def rule_of(world: SweepWorld, rule_id: str) -> StoredRule:
    with world.database.tenant(world.tenant_id) as tx:
        return kept.get_rule(tx, rule_id)


def change(world: SweepWorld, rule_id: str, *, by: str = FIRST, since: int | None = None, **terms: Any) -> StoredRule:
    with world.database.tenant(world.tenant_id) as tx:
        stored = kept.get_rule(tx, rule_id)
        changed = replace(stored.rule, **terms)
        return world.rules(tx, by).change(changed, since=since or stored.revision, reason="Costs.")


def waiting(world: SweepWorld, rule_id: str) -> RuleChange | None:
    with world.database.tenant(world.tenant_id) as tx:
        return changes.waiting(tx).get(rule_id)


def proposed(world: SweepWorld, rule_id: str, **terms: Any) -> RuleChange:
    change(world, rule_id, **terms)
    found = waiting(world, rule_id)
    assert found is not None
    return found


def approve(world: SweepWorld, found: RuleChange, *, by: str = SECOND) -> StoredRule:
    with world.database.tenant(world.tenant_id) as tx:
        return world.rules(tx, by).approve(found.id)


def turn_down(world: SweepWorld, found: RuleChange, *, by: str, reason: str = "No.") -> ChangeState:
    with world.database.tenant(world.tenant_id) as tx:
        world.rules(tx, by).turn_down(found.id, reason=reason)
        return changes.get(tx, found.id).state


def told(world: SweepWorld, rule_id: str) -> list[tuple[str, str]]:
    with world.database.tenant(world.tenant_id) as tx:
        return [(one.kind, one.actor) for one in kept.events(tx, rule_id)]


def test_other_terms_wait_for_another_person(world: SweepWorld, rule_id: str) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    assert rule_of(world, rule_id).rule.minimum == Money(100, "AED")
    with pytest.raises(Refused, match="four_eyes"):
        approve(world, found, by=FIRST)
    done = approve(world, found)
    assert (done.rule.minimum, done.revision, done.changed_by) == (Money(5_000, "AED"), 3, FIRST)
    assert waiting(world, rule_id) is None


def test_what_happened_is_kept_with_what_changed(world: SweepWorld, rule_id: str) -> None:
    approve(world, proposed(world, rule_id, minimum=Money(5_000, "AED")))
    assert told(world, rule_id)[-3:] == [("change_proposed", FIRST), ("change_approved", SECOND), ("changed", FIRST)]
    with world.database.tenant(world.tenant_id) as tx:
        last = kept.events(tx, rule_id)[-1]
    assert last.detail == {"minimum": [{"minor": 100, "currency": "AED"}, {"minor": 5000, "currency": "AED"}]}


def test_every_term_is_kept_while_it_waits(world: SweepWorld, rule_id: str) -> None:
    terms: dict[str, Any] = {
        "kind": SweepKind.TRIGGER_AMOUNT,
        "trigger": Money(9_000, "AED"),
        "target": Money(10, "AED"),
        "schedule": Schedule("Asia/Dubai", time(8, 30), time(15, 0, 1), Days.WEEKLY, (1, 5)),
        "most_days_in_transit": 9,
        "active_until": date(2030, 1, 1),
    }
    found = proposed(world, rule_id, **terms)
    assert found.terms == replace(rule_of(world, rule_id).rule, **terms)
    assert approve(world, found).rule == found.terms


@pytest.mark.parametrize("status", [RuleStatus.PAUSED, RuleStatus.RETIRED])
def test_one_person_stops_a_rule_and_what_waits_is_withdrawn(
    world: SweepWorld, rule_id: str, status: RuleStatus
) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    assert change(world, rule_id, status=status).rule.status is status
    with pytest.raises(Conflict, match="sweep_rule_change_decided"):
        approve(world, found)


def test_a_paused_rule_sweeps_again_by_two(world: SweepWorld, rule_id: str) -> None:
    change(world, rule_id, status=RuleStatus.PAUSED)
    found = proposed(world, rule_id, status=RuleStatus.ACTIVE)
    assert rule_of(world, rule_id).rule.status is RuleStatus.PAUSED
    assert approve(world, found).rule.status is RuleStatus.ACTIVE


def test_pausing_with_other_terms_is_not_just_stopping(world: SweepWorld, rule_id: str) -> None:
    done = change(world, rule_id, status=RuleStatus.PAUSED, approval_above=Money(10**9, "AED"))
    assert (done.rule.status, done.revision) == (RuleStatus.ACTIVE, 2)


def test_a_later_proposal_takes_the_place_of_an_earlier_one(world: SweepWorld, rule_id: str) -> None:
    earlier = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    later = proposed(world, rule_id, minimum=Money(6_000, "AED"), by=SECOND)
    with pytest.raises(Conflict, match="sweep_rule_change_decided"):
        approve(world, earlier)
    assert approve(world, later, by=FIRST).rule.minimum == Money(6_000, "AED")


@pytest.mark.parametrize(("by", "state"), [(FIRST, ChangeState.WITHDRAWN), (SECOND, ChangeState.DECLINED)])
def test_a_change_is_turned_down_for_a_reason(world: SweepWorld, rule_id: str, by: str, state: ChangeState) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    with pytest.raises(Invalid, match="reason_missing"):
        turn_down(world, found, by=by, reason=" ")
    assert turn_down(world, found, by=by) is state
    assert told(world, rule_id)[-1] == (f"change_{state.value}", by)
    with pytest.raises(Conflict, match="sweep_rule_change_decided"):
        approve(world, found)


def test_a_change_is_of_the_revision_that_was_read(world: SweepWorld, rule_id: str) -> None:
    with pytest.raises(Conflict, match="sweep_rule_changed"):
        change(world, rule_id, since=1, minimum=Money(5_000, "AED"))
    change(world, rule_id, status=RuleStatus.RETIRED)
    with pytest.raises(Conflict, match="sweep_rule_changed"):
        change(world, rule_id, status=RuleStatus.ACTIVE)


def test_who_approved_a_rule_may_approve_its_sweeps_and_who_wrote_it_not(world: SweepWorld, rule_id: str) -> None:
    done = approve(world, proposed(world, rule_id, approval_above=Money(1, "AED")))
    assert done.changed_by == FIRST


def test_another_tenant_finds_no_change(world: SweepWorld, rule_id: str, new_tenant: Callable[[], str]) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    with world.database.tenant(new_tenant()) as tx, pytest.raises(AfluenteError, match="sweep_rule_change_unknown"):
        changes.get(tx, found.id)


# What the database refuses, to the owner by hand too ------------------------------------------------------------------


@pytest.fixture
def by_hand(postgres: EmbeddedPostgres) -> Callable[..., str]:
    """Runs a statement as the tables' owner and gives the SQL state with which it is refused."""

    def run(statement: str, *values: object) -> str:
        info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
        with psycopg.connect(info) as connection, pytest.raises(psycopg.Error) as caught:
            connection.execute(statement.encode(), values)
        return caught.value.sqlstate or ""

    return run


@pytest.mark.parametrize(
    "terms",
    [
        "minimum_minor = 1",
        "approval_above_minor = 999999999",
        "status = 'paused', target_minor = 5",
        "tenant_id = 'ten_other'",
        "changed_by = 'nobody'",
    ],
)
def test_terms_that_nobody_approved_are_refused(rule_id: str, by_hand: Callable[..., str], terms: str) -> None:
    assert by_hand(f"UPDATE sweep_rule SET revision = revision + 1, {terms} WHERE id = %s", rule_id) == "AF001"


def test_terms_other_than_the_approved_ones_are_refused(
    world: SweepWorld, rule_id: str, by_hand: Callable[..., str]
) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    decided = (
        "UPDATE sweep_rule_change SET state = 'approved', decided_by = 'x', decider = 'x', decided_at = now()"
        f" WHERE id = '{found.id}';"
    )
    assert by_hand(decided + f"UPDATE sweep_rule SET minimum_minor = 5001 WHERE id = '{rule_id}'") == "AF001"


def test_a_rule_begins_paused(world: SweepWorld, rule_id: str) -> None:
    terms: SweepRule = replace(rule_of(world, rule_id).rule, id="swr_x")
    with pytest.raises(Exception, match="second person"), world.database.tenant(world.tenant_id) as tx:
        kept.add_rule(tx, terms, tenant_id=world.tenant_id, actor=FIRST, now=world.at)


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        (
            (
                "UPDATE sweep_rule_change SET state = 'approved', decided_by = proposed_by, decider = 'x',"
                " decided_at = now() WHERE id = %s"
            ),
            "23514",
        ),
        ("UPDATE sweep_rule_change SET terms = '{}' WHERE id = %s", "AF001"),
        ("UPDATE sweep_rule_change SET proposed_by = 'another' WHERE id = %s", "AF001"),
        ("DELETE FROM sweep_rule_change WHERE id = %s", "AF001"),
        (
            (
                "INSERT INTO sweep_rule_change SELECT 'swc_x', tenant_id, rule_id, since, terms, reason, 'approved',"
                " proposed_by, proposer, proposed_at, 'x', 'x', now() FROM sweep_rule_change WHERE id = %s"
            ),
            "AF001",
        ),
        (
            (
                "INSERT INTO sweep_rule_change SELECT 'swc_x', tenant_id, rule_id, since, terms, reason, state,"
                " proposed_by, proposer, proposed_at FROM sweep_rule_change WHERE id = %s"
            ),
            "23505",
        ),
    ],
)
def test_a_change_is_decided_once_by_another_and_stays(
    world: SweepWorld, rule_id: str, by_hand: Callable[..., str], statement: str, state: str
) -> None:
    found = proposed(world, rule_id, minimum=Money(5_000, "AED"))
    assert by_hand(statement, found.id) == state
