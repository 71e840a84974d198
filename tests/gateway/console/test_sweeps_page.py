"""The page of cash sweeps: its answer, why not now, sweeping, four eyes, arrival, failure, and a rule written."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from domain.accounts import Role
from domain.money import Money
from domain.sweep_runs import RunState
from domain.sweep_schedules import Schedule
from store.database import Database
from tests.fakes.console_world import NOW, World, add_person
from tests.fakes.sweep_world import SweepWorld

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
EVENING = Schedule("Asia/Dubai", time(9), time(23))
PATH = "/sweeps?lang=en"


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def sweeping(database: Database, tenant_id: str) -> SweepWorld:
    return SweepWorld(database, tenant_id, at=NOW).make()


@pytest.fixture
def first(database: Database, tenant_id: str, signed_in: Enter, world: World) -> Any:
    del world
    add_person(database, tenant_id, role="treasury")
    return signed_in("treasury", tenant_id=tenant_id)


def act(browser: Any, path: str, **fields: str) -> Any:
    return browser.post(f"/sweeps/{path}?lang=en", form_of=PATH, **fields)


def only_run(sweeping: SweepWorld, rule_id: str) -> Any:
    (run,) = sweeping.runs(rule_id)
    return run


def test_the_page_says_what_would_be_swept(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    sweeping.rule(schedule=EVENING)
    said = words(first.get(PATH).text)
    assert "Nothing is on its way to the parent" in said
    assert "1 rule would sweep now." in said
    assert "5,000.00 AED" in said


def test_the_page_says_why_nothing_would_be_swept(sweeping: SweepWorld, first: Any) -> None:
    sweeping.rule(schedule=EVENING)
    assert "Nothing to sweep" in words(first.get(PATH).text)


def test_a_sweep_goes_from_now_to_arrival(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING)
    assert act(first, f"rules/{rule_id}/run").status_code == 303
    run = only_run(sweeping, rule_id)
    assert run.state is RunState.SENT
    assert "5,000.00 AED is on its way to the parent" in words(first.get(PATH).text)
    assert act(first, f"runs/{run.id}/taken", bank_reference="B1").status_code == 303
    done = act(first, f"runs/{run.id}/confirm", amount="4990.00", day=run.business_date.isoformat())
    assert done.status_code == 303
    assert only_run(sweeping, rule_id).arrived == Money(499_000, "AED")
    assert sweeping.balance(sweeping.treasury("AED")[Role.FEES]) == 1_000


def test_above_the_limit_another_person_approves(sweeping: SweepWorld, first: Any, signed_in: Enter) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING, approval_above=Money(100_000, "AED"))
    act(first, f"rules/{rule_id}/run")
    run = only_run(sweeping, rule_id)
    assert run.state is RunState.AWAITING_APPROVAL
    refused = act(first, f"runs/{run.id}/approve")
    assert (refused.status_code, "You began this" in words(refused.text)) == (403, True)
    second = signed_in("admin", tenant_id=sweeping.tenant_id)
    assert act(second, f"runs/{run.id}/approve").status_code == 303
    assert only_run(sweeping, rule_id).state is RunState.SENT


def test_a_failure_is_booked_back_with_its_reason(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING)
    act(first, f"rules/{rule_id}/run")
    run = only_run(sweeping, rule_id)
    assert "Say why." in words(act(first, f"runs/{run.id}/fail").text)
    assert act(first, f"runs/{run.id}/fail", reason="The bank closed the account").status_code == 303
    assert sweeping.balance(sweeping.leaves("AE")[Role.BANK]) == 500_000
    assert "The bank closed the account" in words(first.get(PATH).text)


def test_a_rule_is_written_paused_and_kept(sweeping: SweepWorld, first: Any) -> None:
    fields = {
        "account": sweeping.children["AE"],
        "kind": "target_balance",
        "target": "100.00",
        "minimum": "10",
        "approval_above": "100000",
        "fx_policy": "hold",
        "zone": "Asia/Dubai",
        "opens": "09:00",
        "cut_off": "23:00",
        "reason": "The bank asks for a balance",
    }
    assert act(first, "rules", **fields).status_code == 303
    assert "All but what is to stay" in words(first.get(PATH).text)
    rule_id = re.findall(r"sweeps/rules/(swr_[0-9a-z]+)/status", first.get(PATH).text)[0]
    assert act(first, f"rules/{rule_id}/status", status="paused", reason="Audit").status_code == 303
    assert "The rule is paused" in words(first.get(PATH).text)


def test_what_was_entered_is_kept_beside_the_refusal(sweeping: SweepWorld, first: Any) -> None:
    entered = {"account": sweeping.children["AE"], "kind": "zero_balance", "approval_above": "1.234567", "reason": "r"}
    refused = act(first, "rules", fx_policy="hold", zone="Asia/Dubai", opens="09:00", cut_off="16:00", **entered)
    assert refused.status_code == 422
    assert 'value="1.234567"' in refused.text


def test_who_may_only_look_is_given_no_form(sweeping: SweepWorld, signed_in: Enter, database: Database) -> None:
    sweeping.rule(schedule=EVENING)
    add_person(database, sweeping.tenant_id, role="auditor")
    looking = signed_in("auditor", tenant_id=sweeping.tenant_id)
    page = looking.get(PATH).text
    assert "Write a rule" not in words(page)
    assert "/run" not in page
