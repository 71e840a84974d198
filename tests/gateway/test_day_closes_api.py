"""The API of day closes: plan, propose, close by another key, open again; who may ask what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import accounts, posting
from runtime import clock
from store.database import Database

pytestmark = pytest.mark.servers

SignIn = Callable[..., TestClient]
THERE = ZoneInfo("Asia/Shanghai")  # where the creditor is, whose days are closed


@dataclass
class Closing:
    """Two keys of treasury over a creditor with 100 reais in the bank since three days ago."""

    first: TestClient
    second: TestClient
    creditor_id: str
    day: str

    def propose(self, key: str = "p", **changes: Any) -> Any:
        body = {"creditor_id": self.creditor_id, "day": self.day} | changes
        return self.first.post("/v1/day-closes", json=body, headers={"Idempotency-Key": key})

    def step(self, client: TestClient, close_id: str, step: str, key: str, **body: Any) -> Any:
        path = f"/v1/day-closes/{close_id}/{step}"
        return client.post(path, json=body or None, headers={"Idempotency-Key": key})


@pytest.fixture
def closing(sign_in: SignIn, story: Any, database: Database) -> Closing:
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=3)
    with database.tenant(story.tenant_id) as tx:
        leaves = {role.value: one for role, one in accounts.leaves_of(tx, story.bank.child_account_id).items()}
        lines = (
            Posting(leaves["bank"], Money(100_00, "BRL")),
            Posting(leaves["fees"], Money(-100_00, "BRL")),
        )
        entry_id = clock.new_id("entry")
        posting.post_one(tx, JournalEntry(entry_id, "test", entry_id, day, lines, "src_1"), now=now)
    treasury = [sign_in(story.tenant_id, "treasury") for _ in range(2)]
    return Closing(treasury[0], treasury[1], story.creditor.id, day.isoformat())


def test_a_plan_tells_figures_controls_and_what_would_be_booked(closing: Closing) -> None:
    told = closing.first.get("/v1/day-closes/plan", params={"creditor_id": closing.creditor_id, "day": closing.day})
    body = told.json()
    assert (told.status_code, body["refusals"], body["standing_id"]) == (200, [], None)
    held = {one["held"]["currency"]: one for one in body["figures"]["currencies"]}
    assert held["BRL"]["held"]["amount"] == "100.00"
    assert held["BRL"]["source"]
    assert {one["code"] for one in body["figures"]["controls"]} >= {"book", "statement", "holdings"}


def test_a_day_is_closed_by_another_key_than_proposed_it(closing: Closing) -> None:
    proposed = closing.propose().json()
    close_id = proposed["id"]
    refused = closing.step(closing.first, close_id, "approve", "a1")
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
    closed = closing.step(closing.second, close_id, "approve", "a2")
    assert (closed.status_code, closed.json()["state"]) == (201, "closed")
    assert [step["kind"] for step in closed.json()["steps"]] == ["proposed", "closed"]
    assert closing.first.get(f"/v1/day-closes/{close_id}").json() == closed.json()


def test_the_same_request_is_answered_as_before(closing: Closing) -> None:
    first, again = closing.propose("once"), closing.propose("once")
    assert (first.json()["id"], again.headers["Idempotent-Replay"]) == (again.json()["id"], "true")


def test_a_day_is_opened_again_when_one_asks_and_another_agrees(closing: Closing) -> None:
    close_id = closing.propose().json()["id"]
    closing.step(closing.second, close_id, "approve", "a")
    asked = closing.step(closing.first, close_id, "reopening", "r1", reason="A refund was forgotten")
    assert asked.json()["steps"][-1]["reason"] == "A refund was forgotten"
    assert closing.step(closing.first, close_id, "reopen", "r2").json()["code"] == "four_eyes"
    assert closing.step(closing.second, close_id, "reopen", "r3").json()["state"] == "reopened"


def test_a_withdrawn_proposal_cannot_be_closed(closing: Closing) -> None:
    close_id = closing.propose().json()["id"]
    assert closing.step(closing.first, close_id, "withdraw", "w").json()["state"] == "withdrawn"
    assert closing.step(closing.second, close_id, "approve", "a").json()["code"] == "day_close_not_proposed"


@pytest.mark.parametrize("days", [0, 1, 400_000])
def test_a_day_that_is_not_over_is_not_proposed(closing: Closing, days: int) -> None:
    day = (datetime.now(THERE).date() + timedelta(days=days)).isoformat()
    refused = closing.propose(day=day)
    assert (refused.status_code, refused.json()["code"]) == (409, "day_not_over")


def test_an_accepted_difference_needs_a_reason(closing: Closing) -> None:
    refused = closing.propose(accepted=[{"name": "settles", "reason": "  "}])
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")


def test_closes_are_listed_newest_first(closing: Closing) -> None:
    ids = [closing.propose(key).json()["id"] for key in ("one", "two", "three")]
    page = closing.first.get("/v1/day-closes", params={"limit": 2}).json()
    rest = closing.first.get("/v1/day-closes", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [one["id"] for one in page["data"] + rest["data"]] == ids[::-1]
    assert [one["state"] for one in page["data"]] == ["proposed", "withdrawn"]


@pytest.mark.parametrize(
    ("role", "reads", "proposes"), [("auditor", 200, 403), ("finance", 200, 403), ("admin", 200, 201)]
)
def test_auditors_read_and_treasury_closes(
    closing: Closing, sign_in: SignIn, story: Any, role: str, reads: int, proposes: int
) -> None:
    machine = sign_in(story.tenant_id, role)
    assert machine.get("/v1/day-closes").status_code == reads
    body = {"creditor_id": closing.creditor_id, "day": closing.day}
    assert machine.post("/v1/day-closes", json=body).status_code == proposes


def test_another_tenant_finds_no_close(closing: Closing, sign_in: SignIn, new_tenant: Callable[[], str]) -> None:
    close_id = closing.propose().json()["id"]
    stranger = sign_in(new_tenant(), "treasury")
    assert stranger.get(f"/v1/day-closes/{close_id}").status_code == 404
    assert closing.step(stranger, close_id, "approve", "a").status_code == 404
    assert closing.step(stranger, "dcl_01jd0000000000000000000000", "approve", "b").status_code == 404
