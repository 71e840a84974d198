"""A POST is done once: the same request brings the same answer, another one under its key is a conflict."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from domain.case_commands import CommandAnswer
from gateway.desk import Pending
from runtime import clock
from store import idempotency
from store.database import Database

pytestmark = pytest.mark.servers

NEW = {
    "name": "Aurora",
    "country": "CN",
    "contact": "a@b.example",
    "lender_type": "bank",
    "settlement_currency": "USD",
}
CLOSE = {"reason": "withdrawn", "note": "Assigned in error."}


def test_the_same_request_brings_the_same_answer_and_no_second_effect(admin: TestClient) -> None:
    first, second = (admin.post("/v1/creditors", json=NEW) for _ in range(2))
    assert second.content == first.content
    assert (second.status_code, second.headers["location"]) == (201, first.headers["location"])
    assert len(admin.get("/v1/creditors").json()["data"]) == 1


def test_only_the_repeated_answer_says_that_it_is_one(admin: TestClient) -> None:
    first, second = (admin.post("/v1/creditors", json=NEW) for _ in range(2))
    assert "idempotent-replay" not in first.headers
    assert second.headers["idempotent-replay"] == "true"


def test_another_body_under_the_same_key_is_a_conflict(admin: TestClient) -> None:
    admin.post("/v1/creditors", json=NEW)
    other = admin.post("/v1/creditors", json={**NEW, "name": "Borealis"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_another_address_under_the_same_key_is_a_conflict(admin: TestClient, story: Any) -> None:
    admin.post("/v1/creditors", json={**NEW, "name": "Borealis"})
    other = admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_a_refused_request_leaves_its_key_free(admin: TestClient) -> None:
    assert admin.post("/v1/creditors", json={**NEW, "settlement_currency": "ZZZ"}).status_code == 422
    assert admin.post("/v1/creditors", json=NEW).status_code == 201


def test_two_at_once_have_one_effect(admin: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: admin.post("/v1/creditors", json=NEW), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_command_is_given_once(admin: TestClient, story: Any, desk: Any) -> None:
    answers = [admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(desk.commands) == 1


def test_a_pending_command_is_asked_again_under_the_same_identifier(admin: TestClient, story: Any, desk: Any) -> None:
    desk.answer = Pending("cmd")
    first = admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE)
    desk.answer = None
    second = admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE)
    assert [first.status_code, second.status_code] == [202, 200]
    assert len({command.command_id for _, command in desk.commands}) == 1


def test_a_refused_command_may_be_given_again(admin: TestClient, story: Any, desk: Any) -> None:
    desk.answer = CommandAnswer("cmd", accepted=False, code="close_not_allowed", message="No.")
    refused = admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE)
    assert (refused.status_code, refused.json()["code"]) == (409, "close_not_allowed")
    desk.answer = None
    assert admin.post(f"/v1/cases/{story.case_id}/close", json=CLOSE).status_code == 200


@pytest.mark.parametrize(("age_seconds", "status"), [(30, 409), (90, 200)])
def test_a_command_whose_worker_is_gone_is_taken_over_after_a_minute(
    admin: TestClient, story: Any, desk: Any, database: Database, *, age_seconds: int, status: int
) -> None:
    address = f"/v1/cases/{story.case_id}/close"
    admin.post(address, json=CLOSE)
    with database.tenant(story.tenant_id) as tx:
        tx.execute(
            text("UPDATE idempotent_answer SET status = NULL, created_at = :then"),
            {"then": clock.now() - timedelta(seconds=age_seconds)},
        )
    assert admin.post(address, json=CLOSE).status_code == status
    assert len(desk.commands) == (2 if status == 200 else 1)


def test_an_answer_belongs_to_its_tenant(new_tenant: Callable[[], str], database: Database) -> None:
    for tenant_id in (new_tenant(), new_tenant()):
        with database.tenant(tenant_id) as tx:
            begun = idempotency.begin(tx, tenant_id=tenant_id, key="same", request_sha256="d", now=clock.now())
        assert begun is None
