"""The API describes itself so that a generated program can use it, and keeps to its description under odd input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from gateway.openapi import READING

pytestmark = pytest.mark.servers

METHODS = {"get", "post", "put", "patch", "delete"}
WANTED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield method, path, item[method]


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    served: dict[str, Any] = TestClient(app).get("/openapi.json").json()
    return served


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(names) == len(set(names))
    assert all(name.isalnum() and name[0].islower() for name in names)


def test_every_operation_has_a_summary_a_known_tag_and_a_shape_of_its_answer(document: dict[str, Any]) -> None:
    known = {tag["name"] for tag in document["tags"]}
    for method, path, operation in _operations(document):
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        shapes = [answer["content"]["application/json"]["schema"] for answer in good if "content" in answer]
        assert (path, bool(operation["summary"]), set(operation["tags"]) <= known) == (path, True, True)
        assert (method, path, [shape.keys() for shape in shapes if "$ref" not in shape]) == (method, path, [])
        assert shapes


def test_every_refusal_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for _, path, operation in _operations(document):
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
        assert {"404", "422", "429", "500", "503"} <= set(refusals)
        for answer in refusals.values():
            schema = answer["content"]["application/problem+json"]["schema"]
            assert (path, schema) == (path, {"$ref": "#/components/schemas/Problem"})


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key == "$ref")
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document["paths"])) <= known
    assert set(references(document["components"])) <= known


def test_every_post_under_v1_that_writes_asks_for_an_idempotency_key(document: dict[str, Any]) -> None:
    assert set(document["paths"]) >= READING
    for method, path, operation in _operations(document):
        if method == "post" and path.startswith("/v1") and path not in READING:
            headers = {
                item["name"]: item["required"] for item in operation.get("parameters", ()) if item["in"] == "header"
            }
            assert (path, headers.get("Idempotency-Key")) == (path, True)


def test_everything_under_v1_asks_for_an_api_key(document: dict[str, Any]) -> None:
    for _, path, operation in _operations(document):
        assert (path, operation.get("security")) == (path, [{"ApiKey": []}] if path.startswith("/v1") else None)


def test_money_is_a_text_with_a_pattern(document: dict[str, Any]) -> None:
    amount = document["components"]["schemas"]["Amount"]["properties"]["amount"]
    assert (amount["type"], bool(amount["pattern"])) == ("string", True)


def test_no_page_of_documentation_from_elsewhere_is_served(app: FastAPI) -> None:
    assert [TestClient(app).get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]


def test_odd_input_is_refused_as_described(app: FastAPI, admin: TestClient, story: Any) -> None:
    """A few generated requests for each operation, valid and not; none may bring a fault or an undescribed answer."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    known = {
        "creditor_id": story.creditor.id,
        "case_id": story.case_id,
        "loan_id": story.loan_id,
        "account_id": story.creditor.parent_account_id,
        "portfolio_id": story.portfolio_id,
    }
    checks = [CHECKS.get_one(name) for name in WANTED]
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        strategy = operation.as_strategy()

        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            parameters = case.path_parameters or {}
            case.path_parameters = {name: known.get(name, value) for name, value in parameters.items()}
            answer = case.call(headers={"Authorization": admin.headers["Authorization"]})
            # 503 is an answer here (a rate that no source has); 500 never is.
            assert answer.status_code != 500
            case.validate_response(answer, checks=checks)

        ask()
