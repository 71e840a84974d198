"""Instalment terms over the API: stated by finance, the newest stands, ended ones stay listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from runtime import clock
from store import cases
from store.database import Database
from tests.fakes.console_world import World
from tests.fakes.pay_world import small_world

TERMS = {
    "country": "BR",
    "most_payments": 4,
    "least_payment": {"amount": "200.00", "currency": "BRL"},
    "first_within_days": 7,
}


@pytest.fixture
def world(database: Database, new_tenant: Callable[[], str]) -> World:
    return small_world(database, new_tenant(), "BR")


@pytest.fixture
def path(world: World, database: Database) -> str:
    with database.tenant(world.tenant_id) as tx:
        creditor_id = cases.get(tx, world.cases()[0].id).creditor_id
    return f"/v1/creditors/{creditor_id}/instalment-terms"


@pytest.fixture
def finance(app: FastAPI, world: World, sign_in: Callable[..., TestClient]) -> TestClient:
    del app
    return sign_in(world.tenant_id, "finance")


def post(client: TestClient, path: str, body: Any) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": clock.new_id("event")})


def test_the_terms_stated_last_stand_and_ended_ones_say_so(finance: TestClient, path: str) -> None:
    assert finance.get(path).json() == {"data": []}
    assert post(finance, path, TERMS).status_code == 201
    stated = post(finance, path, {**TERMS, "most_payments": 6}).json()
    assert (stated["most_payments"], stated["least_payment"]) == (6, {"amount": "200.00", "currency": "BRL"})
    assert [one["most_payments"] for one in finance.get(path).json()["data"]] == [6]
    ended = post(finance, f"{path}/end", {"country": "BR", "currency": "BRL"})
    assert ended.status_code == 201
    assert [
        (one["currency"], one["most_payments"], one["least_payment"]) for one in finance.get(path).json()["data"]
    ] == [("BRL", None, None)]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"most_payments": 1}, 422, "request_invalid"),
        ({"most_payments": 13}, 422, "request_invalid"),
        ({"first_within_days": 32}, 422, "request_invalid"),
        ({"least_payment": {"amount": "0.00", "currency": "BRL"}}, 422, "instalment_terms_invalid"),
        ({"least_payment": {"amount": "1.00", "currency": "USD"}}, 422, "instalment_terms_invalid"),
        ({"country": "ZZ"}, 404, "country_unknown"),
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused(
    finance: TestClient, path: str, wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = post(finance, path, {**TERMS, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert finance.get(path).json() == {"data": []}


def test_a_creditor_of_somebody_else_is_unknown(
    finance: TestClient, path: str, sign_in: Callable[..., TestClient], new_tenant: Callable[[], str]
) -> None:
    del finance
    stranger = sign_in(new_tenant(), "finance")
    assert post(stranger, path, TERMS).json()["code"] == "creditor_unknown"
    assert stranger.get(path).status_code == 404


def test_treasury_reads_and_states_nothing(path: str, world: World, sign_in: Callable[..., TestClient]) -> None:
    treasury = sign_in(world.tenant_id, "treasury")
    assert post(treasury, path, TERMS).status_code == 403
    assert treasury.get(path).status_code == 200
