"""Every refusal is a problem document, and none tells what the request or the database contained."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.services import Services
from store.database import Database

pytestmark = pytest.mark.servers

MEDIA = "application/problem+json"


def _problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == MEDIA
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def test_an_unknown_address_is_a_problem(admin: TestClient) -> None:
    assert _problem(admin.get("/v1/nothing")) == (404, "address_unknown")


def test_a_wrong_method_is_a_problem(admin: TestClient) -> None:
    assert _problem(admin.delete("/v1/creditors")) == (405, "method_not_allowed")


def test_a_body_of_the_wrong_form_names_its_fields_but_not_its_values(admin: TestClient) -> None:
    answer = admin.post("/v1/creditors", json={"name": 7, "country": "secret-value"})
    assert _problem(answer) == (422, "request_invalid")
    assert {"body.name", "body.country"} <= {error["field"] for error in answer.json()["errors"]}
    assert "secret-value" not in answer.text


def test_a_body_that_is_not_json_is_a_problem(admin: TestClient) -> None:
    answer = admin.post("/v1/creditors", content=b"{", headers={"Content-Type": "application/json"})
    assert _problem(answer) == (422, "request_invalid")


def test_a_missing_idempotency_key_is_named(admin: TestClient) -> None:
    del admin.headers["Idempotency-Key"]
    answer = admin.post("/v1/creditors", json={})
    assert "header.Idempotency-Key" in {error["field"] for error in answer.json()["errors"]}


def test_a_body_over_the_limit_is_refused_by_its_stated_length(admin: TestClient) -> None:
    answer = admin.post("/v1/creditors", content=b"x", headers={"Content-Length": "99999999"})
    assert _problem(answer) == (413, "body_too_large")


def test_a_body_over_the_limit_is_refused_while_it_is_read(admin: TestClient) -> None:
    chunks = (b"x" * 100_000 for _ in range(20))
    answer = admin.post("/v1/creditors", content=chunks, headers={"Content-Type": "application/json"})
    assert _problem(answer) == (413, "body_too_large")


@pytest.mark.parametrize("address", ["/v1/cases/%00", "/v1/cases?q=%00"])
def test_a_nul_in_the_address_is_refused(admin: TestClient, address: str) -> None:
    assert _problem(admin.get(address)) == (422, "address_malformed")


def test_a_fault_of_ours_tells_nothing(app: FastAPI) -> None:
    def broken() -> None:
        raise RuntimeError("the password is swordfish")

    app.add_api_route("/v1/broken", broken)
    answer = TestClient(app).get("/v1/broken")
    assert _problem(answer) == (500, "unexpected")
    assert "swordfish" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_a_database_that_is_gone_is_unavailable(services: Services) -> None:
    gone = Database("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    app = create_app(dataclasses.replace(services, database=gone))
    assert _problem(TestClient(app).get("/health"))[0] == 503
    assert _problem(TestClient(app).post("/webhooks/stripe/con_x", content=b"{}"))[0] == 503
