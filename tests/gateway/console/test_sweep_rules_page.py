"""The console's page of sweeps, where rules are changed by two, and the page of one sweep."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from domain.accounts import Role
from domain.money import Money
from domain.sweep_schedules import Schedule
from domain.sweeps import RuleStatus
from store import sweep_rule_changes
from store import sweeps as kept
from store.database import Database
from store.sweeps import StoredRule
from tests.fakes.console_world import NOW, World, add_person
from tests.fakes.sweep_world import SweepWorld

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
PATH = "/sweeps?lang=en"
EVENING = Schedule("Asia/Dubai", time(9), time(23))
TERMS = {
    "kind": "zero_balance",
    "minimum": "10",
    "approval_above": "5000",
    "fx_policy": "hold",
    "zone": "Asia/Dubai",
    "opens": "09:00",
    "cut_off": "23:00",
    "reason": "The bank asks for it",
}


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


@pytest.fixture
def second(first: Any, signed_in: Enter, tenant_id: str) -> Any:
    del first
    return signed_in("admin", tenant_id=tenant_id)


def act(browser: Any, path: str, *, on: str = PATH, **fields: str) -> Any:
    return browser.post(f"/sweeps/{path}?lang=en", form_of=on, **fields)


def stored(sweeping: SweepWorld, rule_id: str) -> StoredRule:
    with sweeping.database.tenant(sweeping.tenant_id) as tx:
        return kept.get_rule(tx, rule_id)


def change_of(sweeping: SweepWorld, rule_id: str) -> str:
    with sweeping.database.tenant(sweeping.tenant_id) as tx:
        return sweep_rule_changes.waiting(tx)[rule_id].id


def test_a_new_rule_waits_and_is_approved_by_another(sweeping: SweepWorld, first: Any, second: Any) -> None:
    sweeping.fund("AE", 500_000)
    assert act(first, "rules", account=sweeping.children["AE"], **TERMS).status_code == 303
    (rule_id,) = re.findall(r"sweeps/rules/(swr_[0-9a-z]+)/status", first.get(PATH).text)
    own = words(first.get(PATH).text)
    assert "You proposed this, so another person approves it." in own
    assert "State Paused Active" in own
    refused = act(first, f"changes/{change_of(sweeping, rule_id)}/approve")
    assert "You began this" in words(refused.text)
    assert act(second, f"changes/{change_of(sweeping, rule_id)}/approve").status_code == 303
    assert stored(sweeping, rule_id).rule.status is RuleStatus.ACTIVE
    assert "Rules that wait" not in words(first.get(PATH).text)


def test_other_terms_are_shown_beside_those_that_stand(sweeping: SweepWorld, first: Any, second: Any) -> None:
    rule_id = sweeping.rule(schedule=EVENING)
    made_for = str(stored(sweeping, rule_id).revision)
    assert act(first, f"rules/{rule_id}/terms", revision=made_for, **TERMS).status_code == 303
    said = words(second.get(PATH).text)
    assert "A second person decides above 1,000,000.00 AED 5,000.00 AED" in said
    assert "The bank asks for it" in said
    assert stored(sweeping, rule_id).rule.approval_above == Money(100_000_000, "AED")
    declined = act(second, f"changes/{change_of(sweeping, rule_id)}/turn-down", reason="No need")
    assert declined.status_code == 303
    assert stored(sweeping, rule_id).rule.approval_above == Money(100_000_000, "AED")


def test_other_terms_keep_what_the_form_does_not_ask_about(sweeping: SweepWorld, first: Any, second: Any) -> None:
    before = stored(sweeping, sweeping.rule(schedule=EVENING, most_days_in_transit=9)).rule
    act(first, f"rules/{before.id}/terms", revision="2", **TERMS)
    act(second, f"changes/{change_of(sweeping, before.id)}/approve")
    after = stored(sweeping, before.id).rule
    assert (after.most_days_in_transit, after.active_from) == (9, before.active_from)
    assert after.minimum == Money(1_000, "AED")


@pytest.mark.parametrize("revision", ["", "1"])
def test_terms_are_for_the_revision_that_was_seen(sweeping: SweepWorld, first: Any, revision: str) -> None:
    rule_id = sweeping.rule(schedule=EVENING)
    assert act(first, f"rules/{rule_id}/terms", revision=revision, **TERMS).status_code in {409, 422}


def test_who_may_only_look_sees_what_waits_and_no_form(
    sweeping: SweepWorld, first: Any, signed_in: Enter, database: Database
) -> None:
    act(first, "rules", account=sweeping.children["AE"], **TERMS)
    add_person(database, sweeping.tenant_id, role="auditor")
    page = signed_in("auditor", tenant_id=sweeping.tenant_id).get(PATH).text
    assert "Rules that wait for a second person" in words(page)
    assert "/approve" not in page


# One sweep ------------------------------------------------------------------------------------------------------------


def test_a_sweep_tells_its_way_entries_and_people(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING)
    act(first, f"rules/{rule_id}/run")
    (run,) = sweeping.runs(rule_id)
    path = f"/sweeps/runs/{run.id}?lang=en"
    assert f"/sweeps/runs/{run.id}" in first.get(PATH).text
    sent = first.get(path)
    assert "Ordered: 5,000.00 AED" in words(sent.text)
    assert f"/entries/{run.entry_out}" in sent.text
    assert "The country asks for none." in words(sent.text)
    assert act(first, f"runs/{run.id}/taken", on=path, bank_reference="B1").status_code == 303
    act(first, f"runs/{run.id}/confirm", on=path, amount="4990.00", day=run.business_date.isoformat())
    done = first.get(path)
    said = words(done.text)
    assert "Arrived: 5,000.00 AED" in said
    assert "4,990.00 AED" in said
    for what in ("Planned", "Booked as on its way", "The bank took the order", "Arrived"):
        assert what in said
    (ended,) = sweeping.runs(rule_id)
    assert f"/entries/{ended.entry_in}" in done.text
    assert "Carry it on" not in said
    assert 'name="amount"' not in done.text


def test_a_sweep_that_failed_tells_why_and_its_mirror(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING)
    act(first, f"rules/{rule_id}/run")
    (run,) = sweeping.runs(rule_id)
    act(first, f"runs/{run.id}/fail", reason="The bank closed the account")
    (ended,) = sweeping.runs(rule_id)
    said = first.get(f"/sweeps/runs/{run.id}?lang=en")
    assert "The bank closed the account" in words(said.text)
    assert f"/entries/{ended.reversal}" in said.text
    assert "It undoes an earlier entry." in words(said.text)


def test_a_sweep_says_why_the_bank_has_no_file_of_it(sweeping: SweepWorld, first: Any) -> None:
    sweeping.fund("AE", 500_000)
    rule_id = sweeping.rule(schedule=EVENING)
    act(first, f"rules/{rule_id}/run")
    (run,) = sweeping.runs(rule_id)
    assert "pain001.xml" not in first.get(f"/sweeps/runs/{run.id}?lang=en").text.split("<aside>")[1]
    sweeping.at_bank(sweeping.leaves("AE")[Role.BANK], country="AE", iban="AE070331234567890123456")
    sweeping.at_bank(sweeping.treasury("AED")[Role.BANK], country="CN", local_id="6222000011112222", bic="BKCHCNBJ")
    assert "pain001.xml" in first.get(f"/sweeps/runs/{run.id}?lang=en").text.split("<aside>")[1]


def test_papers_that_cover_its_day_are_named(sweeping: SweepWorld, first: Any) -> None:
    sweeping.at = NOW - timedelta(days=1)  # the day after it banks in Brazil are closed
    day = sweeping.at.date()
    sweeping.fund("BR", 500_000)
    rule_id = sweeping.rule("BR")
    sweeping.quote()
    sweeping.paper(rule_id, "exchange_operation", day, day)
    path = f"/sweeps/runs/{sweeping.run(rule_id).id}?lang=en"
    assert first.get(path).text.count("paper.pdf") == 1
    sweeping.paper(rule_id, "exchange_operation", day + timedelta(1), day + timedelta(1))
    assert first.get(path).text.count("paper.pdf") == 1


def test_a_sweep_of_another_tenant_is_not_found(
    sweeping: SweepWorld, first: Any, database: Database, new_tenant: Callable[[], str]
) -> None:
    stranger = SweepWorld(database, new_tenant(), at=NOW).make()
    stranger.fund("AE", 500_000)
    run = stranger.run(stranger.rule(schedule=EVENING))
    assert first.get(f"/sweeps/runs/{run.id}?lang=en").status_code == 404
    del sweeping
