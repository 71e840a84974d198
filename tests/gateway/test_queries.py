"""A question by a parameter or a value that does not exist is refused, and says which exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

pytestmark = pytest.mark.servers


@pytest.fixture
def finance(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "finance")


def test_a_misspelt_parameter_is_refused_with_those_that_exist(finance: TestClient) -> None:
    answer = finance.get("/v1/cases?contry=BR")
    assert (answer.status_code, answer.json()["code"]) == (422, "query_unknown")
    assert "'contry'" in answer.json()["detail"]
    assert {"country", "state", "bucket", "cursor", "limit"} <= set(answer.json()["details"]["known"])


def test_a_parameter_is_known_by_the_name_it_is_sent_by(finance: TestClient, story: Any) -> None:
    address = f"/v1/accounts/{story.creditor.parent_account_id}/statement"
    assert finance.get(address, params={"from": "2026-01-01", "to": "2026-02-01"}).status_code == 200
    assert finance.get(address, params={"first": "2026-01-01"}).json()["code"] == "query_unknown"


def test_who_asks_is_proved_before_what_is_asked(app: FastAPI) -> None:
    assert TestClient(app).get("/v1/cases?contry=BR").status_code == 401


def test_every_question_under_v1_refuses_what_it_does_not_know(finance: TestClient) -> None:
    described = finance.get("/openapi.json").json()["paths"]
    asked = [path for path, item in described.items() if path.startswith("/v1") and "get" in item]
    codes = {path: finance.get(path.replace("{", "").replace("}", "") + "?odd=1").json()["code"] for path in asked}
    assert {path: code for path, code in codes.items() if code != "query_unknown"} == {}
    assert len(asked) > 20


@pytest.mark.parametrize(
    ("address", "good", "bad"),
    [
        ("cases", "state=promise", "state=sleeping"),
        ("cases", "country=BR", "country=XX"),
        ("cases", "bucket=120%2B", "bucket=121"),
        ("connections", "country=TH", "country=US"),
        ("payment_requests", "state=cancelled", "state=canceled"),
        ("receipts", "state=suspense", "state=lost"),
        ("receipts", "country=AE", "country=ZZ"),
        ("receipts", "platform=stripe", "platform=stripes"),
        ("inbox", "state=error", "state=failed"),
        ("inbox", "platform=pix_api", "platform=pix"),
    ],
)
def test_a_value_that_does_not_exist_is_refused(finance: TestClient, address: str, good: str, bad: str) -> None:
    assert finance.get(f"/v1/{address}?{good}").status_code == 200
    refused = finance.get(f"/v1/{address}?{bad}")
    assert (refused.status_code, [one["code"] for one in refused.json()["errors"]]) == (422, ["value_unknown"])


def test_the_description_names_the_values(app: FastAPI) -> None:
    parameters = TestClient(app).get("/openapi.json").json()["paths"]["/v1/cases"]["get"]["parameters"]
    state = next(one["schema"] for one in parameters if one["name"] == "state")
    assert {"active", "promise", "cured"} <= set(state["anyOf"][0]["enum"])
