"""Who may ask: keys, roles, tenants; and what every answer carries."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from gateway.app import create_app
from gateway.auth import key_sha256
from gateway.openapi import READING
from gateway.services import Limits, Services
from store.database import Database

pytestmark = pytest.mark.servers

CREDITOR = {
    "name": "Aurora",
    "country": "CN",
    "contact": "a@b.example",
    "lender_type": "bank",
    "settlement_currency": "USD",
}


def _post_routes(app: FastAPI) -> list[str]:
    return [path for path, item in app.openapi()["paths"].items() if "post" in item and path.startswith("/v1")]


def _with_ids(path: str) -> str:
    for name, value in {
        "{case_id}": "case_01jd0000000000000000000000",
        "{hold_id}": "hold_01jd0000000000000000000000",
        "{inbox_id}": "inb_01jd0000000000000000000000",
    }.items():
        path = path.replace(name, value)
    return path


def test_every_operation_under_v1_needs_a_key(app: FastAPI) -> None:
    machine = TestClient(app)
    for path, item in app.openapi()["paths"].items():
        for method in item if path.startswith("/v1") else ():
            answer = machine.request(method, _with_ids(path), headers={"Idempotency-Key": "k"})
            assert (path, answer.status_code, answer.headers["www-authenticate"]) == (path, 401, "Bearer")


@pytest.mark.parametrize("key", ["afk_unknown", "unknown", "afk_" + "x" * 400])
def test_an_unknown_key_is_refused(app: FastAPI, key: str) -> None:
    answer = TestClient(app).get("/v1/creditors", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


def test_a_revoked_key_is_refused(admin: TestClient, database: Database, tenant_id: str) -> None:
    key = admin.headers["authorization"].removeprefix("Bearer ")
    with database.tenant(tenant_id) as tx:
        tx.execute(
            text("UPDATE api_key SET revoked_at = :now WHERE key_sha256 = :hash"),
            {"now": datetime.now(UTC), "hash": key_sha256(key)},
        )
    assert admin.get("/v1/creditors").status_code == 401


@pytest.mark.parametrize("role", ["auditor", "treasury", "finance"])
def test_only_an_administrator_opens_creditors(sign_in: Callable[..., TestClient], tenant_id: str, role: str) -> None:
    refused = sign_in(tenant_id, role).post("/v1/creditors", json=CREDITOR)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


def test_an_auditor_may_post_nothing(app: FastAPI, sign_in: Callable[..., TestClient], tenant_id: str) -> None:
    auditor = sign_in(tenant_id, "auditor")
    paths = [path for path in _post_routes(app) if path not in READING]
    assert [path for path in paths if auditor.post(_with_ids(path)).status_code != 403] == []


def test_treasury_may_not_command_cases(sign_in: Callable[..., TestClient], tenant_id: str) -> None:
    body = {"reason": "withdrawn", "note": "n"}
    refused = sign_in(tenant_id, "treasury").post("/v1/cases/case_01jd0000000000000000000000/close", json=body)
    assert refused.status_code == 403


def test_another_tenants_records_are_not_there(
    tell: Callable[[str], Any], sign_in: Callable[..., TestClient], new_tenant: Callable[[], str]
) -> None:
    story = tell(new_tenant())
    stranger = sign_in(new_tenant(), "admin", "finance", "treasury")
    account = story.creditor.parent_account_id
    for path in (
        f"/v1/creditors/{story.creditor.id}",
        f"/v1/connections/{story.stripe.id}",
        f"/v1/portfolios/{story.portfolio_id}",
        f"/v1/loans/{story.loan_id}",
        f"/v1/cases/{story.case_id}",
        f"/v1/accounts/{account}",
        f"/v1/accounts/{account}/entries",
        f"/v1/accounts/{account}/consolidated",
        f"/v1/loans?case_id={story.case_id}",
        f"/v1/accounts?creditor_id={story.creditor.id}",
    ):
        assert (path, stranger.get(path).status_code) == (path, 404)


def test_another_tenants_records_are_in_no_list(
    tell: Callable[[str], Any], sign_in: Callable[..., TestClient], new_tenant: Callable[[], str]
) -> None:
    tell(new_tenant())
    stranger = sign_in(new_tenant(), "admin")
    nouns = ("creditors", "connections", "loans", "cases", "payment_requests", "receipts", "inbox", "accounts")
    assert [noun for noun in nouns if stranger.get(f"/v1/{noun}").json()["data"]] == []


def test_another_tenants_records_cannot_be_acted_on(
    tell: Callable[[str], Any], sign_in: Callable[..., TestClient], new_tenant: Callable[[], str], desk: Any
) -> None:
    story = tell(new_tenant())
    stranger = sign_in(new_tenant(), "admin")
    asked = (
        (f"/v1/cases/{story.case_id}/close", {"reason": "withdrawn", "note": "n"}),
        (f"/v1/cases/{story.case_id}/holds", {"kind": "dispute", "start": "2026-01-01", "reason": "r"}),
        ("/v1/payment_requests", {"case_id": story.case_id}),
    )
    for number, (path, body) in enumerate(asked):
        answer = stranger.post(path, json=body, headers={"Idempotency-Key": f"act-{number}"})
        assert (path, answer.status_code) == (path, 404)
    assert desk.commands == []


def test_the_same_idempotency_key_of_two_tenants_names_two_requests(
    sign_in: Callable[..., TestClient], new_tenant: Callable[[], str]
) -> None:
    answers = [
        sign_in(new_tenant(), "admin").post("/v1/creditors", json=CREDITOR, headers={"Idempotency-Key": "shared"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_answers_protect_themselves(admin: TestClient) -> None:
    headers = admin.get("/v1/creditors").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_request_keeps_the_identifier_it_came_with(admin: TestClient) -> None:
    answer = admin.get("/v1/creditors", headers={"X-Request-Id": "from-the-caller-1"})
    assert answer.headers["x-request-id"] == "from-the-caller-1"


def test_a_request_identifier_of_another_form_is_replaced(admin: TestClient) -> None:
    assert admin.get("/v1/creditors", headers={"X-Request-Id": "a b"}).headers["x-request-id"].startswith("evt_")


def test_too_many_requests_are_told_when_to_come_back(services: Services) -> None:
    app = create_app(dataclasses.replace(services, limits=Limits(address_per_minute=2)))
    machine = TestClient(app)
    answers = [machine.get("/health") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
