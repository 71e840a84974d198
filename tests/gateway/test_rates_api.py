"""Rates over the API: looked up, explained, stated by treasury, and frozen for a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.servers

DAY = "2026-10-20"
STATED = {"base": "USD", "quote": "COP", "value": "4000", "as_of": DAY, "source": "house bank"}
Machine = Callable[..., TestClient]


@pytest.fixture
def treasury(sign_in: Machine, tenant_id: str) -> TestClient:
    return sign_in(tenant_id, "treasury")


def post(machine: TestClient, path: str, body: dict[str, Any], *, key: str = "once") -> Any:
    return machine.post(f"/v1/rates{path}", json=body, headers={"Idempotency-Key": key})


def get(machine: TestClient, path: str, **query: str) -> Any:
    return machine.get(f"/v1/rates{path}", params=query)


def test_a_rate_has_the_shape_it_always_had(admin: TestClient) -> None:
    answer = get(admin, "", base="AED", quote="CNY", on=DAY).json()
    assert set(answer) == {"base", "quote", "value", "as_of", "source", "path"}
    assert answer["path"] == ["AED/USD", "USD/EUR", "EUR/CNY"]


def test_a_conversion_is_explained_down_to_published_rates(admin: TestClient) -> None:
    answer = get(admin, "/explanation", amount="1000.00", base="AED", quote="CNY", on=DAY).json()
    assert [f"{leg['base']}/{leg['quote']}" for leg in answer["legs"]] == answer["rate"]["path"]
    assert answer["legs"][-1]["after"] == answer["converted"]
    assert [leg["cadence"] for leg in answer["legs"]] == ["peg", "daily", "daily"]
    assert all(leg["source"] and leg["age_days"] >= 0 for leg in answer["legs"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"amount": "1.001", "base": "AED"}, "amount_too_precise"),
        ({"amount": "1", "base": "ZZZ"}, "currency_unknown"),
        ({"amount": "1", "base": "KWD"}, "rate_missing"),
    ],
)
def test_what_cannot_be_converted_says_why(admin: TestClient, query: dict[str, str], code: str) -> None:
    assert get(admin, "/explanation", quote="CNY", on=DAY, **query).json()["code"] == code


def test_what_treasury_stated_counts_at_once(treasury: TestClient) -> None:
    answer = post(treasury, "/stated", {"rates": [STATED]})
    assert (answer.status_code, answer.json()) == (201, {"stated": 1})
    rate = get(treasury, "", base="COP", quote="USD", on=DAY).json()
    assert (rate["value"], rate["as_of"]) == ("0.00025", DAY)
    assert "house bank (stated by api:machine" in rate["source"]


def test_another_tenant_does_not_see_it(treasury: TestClient, sign_in: Machine, new_tenant: Callable[[], str]) -> None:
    post(treasury, "/stated", {"rates": [STATED]})
    other = sign_in(new_tenant(), "admin")
    assert get(other, "", base="COP", quote="USD", on=DAY).json()["code"] == "rate_missing"
    assert get(other, "/stated").json() == {"data": [], "next_cursor": None}


def test_statements_come_in_pages_the_newest_first(treasury: TestClient) -> None:
    post(treasury, "/stated", {"rates": [STATED | {"value": str(4000 + number)} for number in range(3)]})
    first = get(treasury, "/stated", limit="2").json()
    second = get(treasury, "/stated", limit="2", cursor=first["next_cursor"]).json()
    assert [one["value"] for one in first["data"] + second["data"]] == ["4002", "4001", "4000"]
    assert second["next_cursor"] is None


def test_the_same_request_states_once(treasury: TestClient) -> None:
    for _ in range(2):
        post(treasury, "/stated", {"rates": [STATED]})
    assert len(get(treasury, "/stated").json()["data"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quote": "USD"}, "rate_pair_same"),
        ({"value": "0"}, "rate_malformed"),
        ({"as_of": "2999-01-01"}, "rate_of_the_future"),
        ({"base": "ZZZ"}, "currency_unknown"),
    ],
)
def test_one_wrong_rate_states_none(treasury: TestClient, changes: dict[str, str], code: str) -> None:
    answer = post(treasury, "/stated", {"rates": [STATED, STATED | changes]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert get(treasury, "/stated").json()["data"] == []


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_only_treasury_states_rates(sign_in: Machine, tenant_id: str, role: str) -> None:
    answer = post(sign_in(tenant_id, role), "/stated", {"rates": [STATED]})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


def test_a_frozen_set_stays_when_rates_move(treasury: TestClient) -> None:
    post(treasury, "/stated", {"rates": [STATED]}, key="one")
    wanted = {"settlement_currency": "USD", "currencies": ["COP", "AED", "KWD"], "as_of": DAY}
    made = post(treasury, "/sets", wanted, key="two")
    assert made.status_code == 201, made.text
    post(treasury, "/stated", {"rates": [STATED | {"value": "5000"}]}, key="three")
    kept = treasury.get(made.headers["location"]).json()
    assert kept == made.json()
    assert [(rate["base"], rate["value"]) for rate in kept["rates"]][1] == ("COP", "0.00025")
    assert [(gap["currency"], gap["error_code"]) for gap in kept["gaps"]] == [("KWD", "rate_missing")]
    assert len(kept["sources"]) == 2


def test_an_unknown_set_is_not_found(admin: TestClient) -> None:
    assert get(admin, "/sets/rts_none").status_code == 404


def test_an_auditor_freezes_nothing(sign_in: Machine, tenant_id: str) -> None:
    wanted = {"settlement_currency": "USD", "currencies": ["COP"]}
    assert post(sign_in(tenant_id, "auditor"), "/sets", wanted).status_code == 403
