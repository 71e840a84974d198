"""Cash sweeps over the API: a rule, what it would do, a sweep approved by a second machine, its file and arrival."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.accounts import Role
from gateway.app import create_app
from gateway.services import Services
from store.database import Database
from tests.fakes.sweep_world import SweepWorld

pytestmark = pytest.mark.servers

Machine = Callable[..., TestClient]
TERMS: dict[str, Any] = {
    "direction": "push",
    "kind": "zero_balance",
    "minimum": {"amount": "1.00", "currency": "AED"},
    "approval_above": {"amount": "100.00", "currency": "AED"},
    "zone": "Asia/Dubai",
    "opens": "09:00",
    "cut_off": "16:00",
    "day_numbers": [],
    "fx_policy": "hold",
    "active_from": "2026-01-01",
    "reason": "Collections go home every day.",
}


@pytest.fixture
def world(database: Database, tenant_id: str) -> SweepWorld:
    return SweepWorld(database, tenant_id).make()


@pytest.fixture
def app(services: Services, world: SweepWorld) -> FastAPI:
    return create_app(replace(services, now=world.now))


@pytest.fixture
def treasury(sign_in: Machine, tenant_id: str) -> TestClient:
    return sign_in(tenant_id, "treasury")


def post(machine: TestClient, path: str, body: dict[str, Any] | None = None, *, key: str) -> Any:
    return machine.post(f"/v1/sweeps{path}", json=body, headers={"Idempotency-Key": key})


def get(machine: TestClient, path: str, **query: Any) -> Any:
    return machine.get(f"/v1/sweeps{path}", params=query)


@pytest.fixture
def another(sign_in: Machine, tenant_id: str) -> TestClient:
    return sign_in(tenant_id, "treasury")


@pytest.fixture
def rule(treasury: TestClient, another: TestClient, world: SweepWorld) -> dict[str, Any]:
    answer = post(treasury, "/rules", TERMS | {"child_account_id": world.children["AE"]}, key="rule")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = post(another, f"/changes/{answer.json()['pending']['id']}/approve", key="approve").json()
    return found


def test_a_rule_is_written_read_and_listed(treasury: TestClient, rule: dict[str, Any]) -> None:
    read = get(treasury, f"/rules/{rule['id']}").json()
    assert {name: read[name] for name in rule} == rule
    assert [one["kind"] for one in read["history"]] == ["opened", "change_proposed", "change_approved", "changed"]
    assert [one["id"] for one in get(treasury, "/rules").json()["data"]] == [rule["id"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zone": "Asia/Atlantis"}, "time_zone_unknown"),
        ({"cut_off": "08:00"}, "schedule_invalid"),
        ({"minimum": {"amount": "1.00", "currency": "USD"}}, "sweep_rule_invalid"),
        ({"fx_policy": "none"}, "sweep_rule_invalid"),
        ({"reason": "  "}, "input_invalid"),
        ({"kind": "guess"}, "input_invalid"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    treasury: TestClient, world: SweepWorld, changes: dict[str, Any], code: str
) -> None:
    answer = post(treasury, "/rules", TERMS | {"child_account_id": world.children["AE"]} | changes, key="rule")
    assert answer.status_code == 422
    assert answer.json()["code"] == code or code == "input_invalid"
    assert get(treasury, "/rules").json()["data"] == []


def test_a_rule_is_paused_by_the_revision_that_was_read(treasury: TestClient, rule: dict[str, Any]) -> None:
    path = f"/rules/{rule['id']}/change"
    paused = post(treasury, path, TERMS | {"status": "paused", "revision": 2}, key="one").json()
    assert (paused["status"], paused["revision"], paused["pending"]) == ("paused", 3, None)
    late = post(treasury, path, TERMS | {"status": "active", "revision": 2}, key="two")
    assert (late.status_code, late.json()["code"]) == (409, "sweep_rule_changed")


def test_a_new_rule_sweeps_nothing_until_another_approves_it(
    treasury: TestClient, another: TestClient, world: SweepWorld
) -> None:
    world.fund("AE", 9_900)
    written = post(treasury, "/rules", TERMS | {"child_account_id": world.children["AE"]}, key="rule").json()
    change = written["pending"]
    assert (written["status"], change["changes"]["status"]) == ("paused", ["paused", "active"])
    early = post(treasury, f"/rules/{written['id']}/run", key="early")
    assert early.json()["code"] == "rule_not_active"
    own = post(treasury, f"/changes/{change['id']}/approve", key="own")
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes")
    approved = post(another, f"/changes/{change['id']}/approve", key="second").json()
    assert (approved["status"], approved["revision"], approved["pending"]) == ("active", 2, None)
    assert post(treasury, f"/rules/{written['id']}/run", key="run").json()["state"] == "sent"


def test_other_terms_wait_and_are_turned_down(treasury: TestClient, another: TestClient, rule: dict[str, Any]) -> None:
    terms = TERMS | {"status": "active", "revision": 2, "approval_above": {"amount": "1000000.00", "currency": "AED"}}
    waits = post(treasury, f"/rules/{rule['id']}/change", terms, key="change").json()
    assert (waits["approval_above"]["amount"], waits["revision"]) == ("100.00", 2)
    assert list(waits["pending"]["changes"]) == ["approval_above"]
    assert get(treasury, "/rules").json()["data"] == [waits]
    path = f"/changes/{waits['pending']['id']}/turn-down"
    kept = post(another, path, {"reason": "Too high."}, key="no").json()
    assert (kept["pending"], kept["approval_above"]) == (None, rule["approval_above"])
    late = post(another, f"/changes/{waits['pending']['id']}/approve", key="late")
    assert (late.status_code, late.json()["code"]) == (409, "sweep_rule_change_decided")
    last = get(treasury, f"/rules/{rule['id']}").json()["history"][-1]
    assert (last["kind"], last["reason"]) == ("change_declined", "Too high.")


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_approve_no_change(
    sign_in: Machine, tenant_id: str, treasury: TestClient, world: SweepWorld, role: str
) -> None:
    written = post(treasury, "/rules", TERMS | {"child_account_id": world.children["AE"]}, key="rule").json()
    refused = post(sign_in(tenant_id, role), f"/changes/{written['pending']['id']}/approve", key="approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


def test_the_plan_says_what_or_why_not(treasury: TestClient, world: SweepWorld, rule: dict[str, Any]) -> None:
    (empty,) = get(treasury, "/plan").json()["data"]
    assert (empty["plan"], empty["not_now"]["code"]) == (None, "nothing_to_sweep")
    world.fund("AE", 9_900)
    (full,) = get(treasury, "/plan", rule_id=rule["id"]).json()["data"]
    assert full["not_now"] is None
    assert full["plan"]["amount"] == {"amount": "99.00", "currency": "AED"}
    world.at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    (late,) = get(treasury, "/plan").json()["data"]
    assert (late["not_now"]["code"], late["not_now"]["next_at"]) == ("cut_off_passed", "2026-11-25T05:00:00Z")


def test_a_sweep_within_the_limit_goes_at_once_and_once(
    treasury: TestClient, world: SweepWorld, rule: dict[str, Any]
) -> None:
    world.fund("AE", 10_000)
    first = post(treasury, f"/rules/{rule['id']}/run", key="run")
    assert (first.status_code, first.json()["state"]) == (201, "sent")
    assert post(treasury, f"/rules/{rule['id']}/run", key="run").json() == first.json()
    again = post(treasury, f"/rules/{rule['id']}/run", key="other")
    assert (again.status_code, again.json()["code"]) == (409, "already_run_for_date")


def test_from_approval_to_arrival(
    treasury: TestClient, sign_in: Machine, tenant_id: str, world: SweepWorld, rule: dict[str, Any]
) -> None:
    world.fund("AE", 10_001)
    run = post(treasury, f"/rules/{rule['id']}/run", key="run").json()
    assert run["state"] == "awaiting_approval"
    own = post(treasury, f"/runs/{run['id']}/approve", key="own")
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    second = sign_in(tenant_id, "treasury")
    assert post(second, f"/runs/{run['id']}/approve", key="second").json()["state"] == "sent"
    missing = get(treasury, "/payment-file", run_id=run["id"])
    assert (missing.status_code, missing.json()["code"]) == (409, "bank_account_missing")
    for leaf, told in (
        (world.leaves("AE")[Role.BANK], {"country": "AE", "iban": "AE070331234567890123456"}),
        (world.treasury("AED")[Role.BANK], {"country": "CN", "local_id": "6222000011112222", "bic": "BKCHCNBJ"}),
    ):
        body = {"holder": "Aurora Motors", "reason": "From the bank's letter."} | told
        assert post(treasury, f"/bank-accounts/{leaf}", body, key=leaf).status_code == 200
        assert get(treasury, f"/bank-accounts/{leaf}").json()["country"] == told["country"]
    file = get(treasury, "/payment-file", run_id=run["id"], format="pain001")
    told_of = get(treasury, "/payment-file", run_id=run["id"]).json()
    assert (file.headers["content-type"], told_of["payments"]) == ("application/xml", 1)
    assert told_of["file_reference"].encode() in file.content
    taken = post(treasury, f"/runs/{run['id']}/taken", {"bank_reference": "FT1"}, key="taken").json()
    assert taken["state"] == "in_transit"
    arrival = {"amount": {"amount": "99.00", "currency": "AED"}, "day": "2026-11-24"}
    done = post(treasury, f"/runs/{run['id']}/confirm", arrival, key="confirm").json()
    assert (done["state"], done["arrived"]["amount"], len(done["entries"])) == ("arrived", "99.00", 2)
    told = get(treasury, f"/runs/{run['id']}").json()["history"]
    assert [one["kind"] for one in told] == ["planned", "approved", "sent", "taken", "arrived"]


def test_a_sweep_is_booked_back_for_a_reason(treasury: TestClient, world: SweepWorld, rule: dict[str, Any]) -> None:
    world.fund("AE", 10_000)
    run = post(treasury, f"/rules/{rule['id']}/run", key="run").json()
    done = post(treasury, f"/runs/{run['id']}/fail", {"reason": "Account unknown."}, key="fail").json()
    assert (done["state"], done["reason"]) == ("failed", "Account unknown.")
    assert world.balance(world.leaves("AE")[Role.BANK]) == 10_000


def test_a_waiting_sweep_is_given_up(treasury: TestClient, world: SweepWorld, rule: dict[str, Any]) -> None:
    world.fund("AE", 10_001)
    run = post(treasury, f"/rules/{rule['id']}/run", key="run").json()
    done = post(treasury, f"/runs/{run['id']}/cancel", {"reason": "Not today."}, key="cancel").json()
    assert done["state"] == "cancelled"


def test_runs_come_in_pages_and_by_state(treasury: TestClient, world: SweepWorld, rule: dict[str, Any]) -> None:
    world.fund("AE", 10_001)
    for number in range(3):
        run = post(treasury, f"/rules/{rule['id']}/run", key=f"run {number}".replace(" ", "-")).json()
        post(treasury, f"/runs/{run['id']}/cancel", {"reason": "Again."}, key=f"cancel-{number}")
    first = get(treasury, "/runs", limit=2).json()
    second = get(treasury, "/runs", limit=2, cursor=first["next_cursor"]).json()
    assert [one["attempt"] for one in first["data"] + second["data"]] == [3, 2, 1]
    assert get(treasury, "/runs", state="sent").json()["data"] == []


def test_a_paper_is_attached_and_given_back_as_it_was(
    treasury: TestClient, world: SweepWorld, rule: dict[str, Any]
) -> None:
    brazil = world.rule("BR")
    assert "exchange_operation" in get(treasury, f"/rules/{brazil}/documents").json()["known"]
    words = {"code": "exchange_operation", "first_day": "2026-11-24", "last_day": "2026-11-24"}
    answer = treasury.post(
        f"/v1/sweeps/rules/{brazil}/documents",
        data=words,
        files={"file": ("contract.pdf", b"%PDF-1.7 signed", "application/pdf")},
        headers={"Idempotency-Key": "paper"},
    )
    assert answer.status_code == 201, answer.text
    kept = get(treasury, f"/documents/{answer.json()['id']}", format="file")
    assert kept.content == b"%PDF-1.7 signed"
    del rule


def test_a_quote_is_kept_and_read(treasury: TestClient, world: SweepWorld) -> None:
    said = {
        "base": "BRL",
        "quote": "USD",
        "rate": "0.19",
        "mid": "0.20",
        "source": "Bank of the tests",
        "valid_until": "2026-11-24T09:00:00+00:00",
    }
    made = post(treasury, "/quotes", said, key="quote")
    assert (made.status_code, made.json()["spread_basis_points"]) == (201, "500.00")
    assert treasury.get(made.headers["location"]).json() == made.json()
    over = post(treasury, "/quotes", said | {"valid_until": "2026-11-24T08:00:00+00:00"}, key="over")
    assert (over.status_code, over.json()["code"]) == (422, "quote_over")
    del world


def test_both_ends_of_a_rule_are_found(treasury: TestClient, world: SweepWorld, rule: dict[str, Any]) -> None:
    found = post(treasury, f"/rules/{rule['id']}/bank-accounts", key="ends").json()
    assert found["child_account_id"] == world.leaves("AE")[Role.BANK]
    assert found["parent_account_id"] == world.treasury("AED")[Role.BANK]


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_look_but_do_not_sweep(
    sign_in: Machine, tenant_id: str, world: SweepWorld, rule: dict[str, Any], role: str
) -> None:
    other = sign_in(tenant_id, role)
    assert get(other, "/plan").status_code == 200
    answer = post(other, f"/rules/{rule['id']}/run", key="run")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    del world


def test_another_tenant_sees_none_of_it(sign_in: Machine, new_tenant: Callable[[], str], rule: dict[str, Any]) -> None:
    stranger = sign_in(new_tenant(), "admin")
    assert get(stranger, "/rules").json()["data"] == []
    assert get(stranger, f"/rules/{rule['id']}").json()["code"] == "sweep_rule_unknown"
