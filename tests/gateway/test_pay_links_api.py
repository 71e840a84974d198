"""Pay links over the API: given to finance alone, given again, revoked; requests called off and issued again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.services import Services
from runtime import clock
from store.database import Database
from tests.fakes.console_world import World
from tests.fakes.pay_world import small_world


@pytest.fixture
def world(database: Database, new_tenant: Callable[[], str]) -> World:
    return small_world(database, new_tenant(), "BR")


@pytest.fixture
def finance(app: FastAPI, services: Services, world: World, sign_in: Callable[..., TestClient]) -> TestClient:
    app.state.services = replace(services, now=world.now, public_url="https://pay.example")
    return sign_in(world.tenant_id, "finance")


@pytest.fixture
def case_id(world: World) -> str:
    return world.cases()[0].id


def post(client: TestClient, path: str, body: Any = None) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": clock.new_id("event")})


def test_a_link_is_given_and_opens_the_page(finance: TestClient, case_id: str) -> None:
    answer = post(finance, "/v1/pay-links", {"case_id": case_id})
    given = answer.json()
    assert answer.status_code == 201
    assert given["url"] == f"https://pay.example{given['path']}"
    assert finance.get(given["path"]).status_code == 200


def test_it_is_the_same_link_the_next_time(finance: TestClient, case_id: str) -> None:
    paths = {post(finance, "/v1/pay-links", {"case_id": case_id}).json()["path"] for _ in range(2)}
    assert len(paths) == 1


def test_the_kept_answer_holds_no_token_though_the_repeat_tells_it(
    finance: TestClient, case_id: str, world: World
) -> None:
    first = finance.post("/v1/pay-links", json={"case_id": case_id})
    again = finance.post("/v1/pay-links", json={"case_id": case_id})
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    token = first.json()["path"].removeprefix("/pay/")
    with world.database.tenant(world.tenant_id) as tx:
        kept = tx.exec_driver_sql("SELECT string_agg(answer::text, ' ') FROM idempotent_answer").scalar_one()
    assert first.json()["id"] in kept
    assert token not in kept


def test_who_may_only_look_sees_no_address_and_gives_none(
    finance: TestClient, case_id: str, world: World, sign_in: Callable[..., TestClient]
) -> None:
    post(finance, "/v1/pay-links", {"case_id": case_id})
    auditor = sign_in(world.tenant_id, "auditor")
    (listed,) = auditor.get(f"/v1/pay-links?case_id={case_id}").json()["data"]
    assert not {"path", "url"} & set(listed)
    assert post(auditor, "/v1/pay-links", {"case_id": case_id}).status_code == 403


def test_a_link_of_another_tenant_is_not_found(
    finance: TestClient, case_id: str, new_tenant: Callable[[], str], sign_in: Callable[..., TestClient]
) -> None:
    link_id = post(finance, "/v1/pay-links", {"case_id": case_id}).json()["id"]
    stranger = sign_in(new_tenant(), "finance")
    assert stranger.get(f"/v1/pay-links/{link_id}").status_code == 404
    assert post(stranger, f"/v1/pay-links/{link_id}/revoke").status_code == 404


def test_a_revoked_link_is_closed_and_the_next_one_is_new(finance: TestClient, case_id: str) -> None:
    given = post(finance, "/v1/pay-links", {"case_id": case_id}).json()
    assert post(finance, f"/v1/pay-links/{given['id']}/revoke").json()["revoked_at"] is not None
    assert finance.get(given["path"]).status_code == 404
    assert post(finance, "/v1/pay-links", {"case_id": case_id}).json()["path"] != given["path"]


def test_a_request_is_called_off_once(finance: TestClient, case_id: str) -> None:
    made = post(finance, "/v1/payment_requests", {"case_id": case_id, "rail": "pix_static"}).json()
    assert post(finance, f"/v1/payment_requests/{made['id']}/cancel").json()["state"] == "cancelled"
    again = post(finance, f"/v1/payment_requests/{made['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "request_not_live")


def test_a_request_is_issued_again_with_another_code(finance: TestClient, case_id: str) -> None:
    made = post(finance, "/v1/payment_requests", {"case_id": case_id, "rail": "pix_static"}).json()
    again = post(finance, f"/v1/payment_requests/{made['id']}/reissue")
    assert again.status_code == 201
    assert again.json()["code"]["payload"] != made["code"]["payload"]
    assert finance.get(f"/v1/payment_requests/{made['id']}").json()["state"] == "cancelled"


def test_an_open_amount_is_asked_for(finance: TestClient, case_id: str) -> None:
    body = {"case_id": case_id, "rail": "pix_static", "amount_open": True}
    made = post(finance, "/v1/payment_requests", body).json()
    assert made["amount_open"] is True
    assert "5303986" in made["code"]["payload"]
    assert "530398654" not in made["code"]["payload"]  # tag 54, the amount, does not follow the currency


def test_terms_of_a_connection_decide_where_a_request_goes(finance: TestClient, case_id: str, world: World) -> None:
    treasury = {
        "creditor_id": world.creditor_id,
        "platform": "bank_statement",
        "country": "BR",
        "currency": "BRL",
        "name": "Cheap bank",
        "settings": {"account": "BR9700360305000010009795493P1"},
        "accounts": {"pix_static": {"key": "barato@example.com", "name": "AURORA", "city": "SAO PAULO"}},
        "terms": {"pix_static": {"cost_percent": "0.1", "most": "1.00"}},
    }
    with world.database.tenant(world.tenant_id) as tx:
        tx.exec_driver_sql("UPDATE api_key SET roles = ARRAY['admin']")
    connected = post(finance, "/v1/connections", treasury)
    assert connected.status_code == 201, connected.text
    chosen = []
    for amount in ("1.00", "1.01"):
        body = {"case_id": case_id, "rail": "pix_static", "amount": {"amount": amount, "currency": "BRL"}}
        chosen.append(post(finance, "/v1/payment_requests", body).json()["connection_id"] == connected.json()["id"])
    assert chosen == [True, False]
    wrong = treasury | {"name": "Wrong", "terms": {"pix_static": {"least": "2.00", "most": "1.00"}}}
    assert post(finance, "/v1/connections", wrong).json()["code"] == "terms_invalid"
    strange = treasury | {"name": "Strange", "terms": {"boleto": {}}}
    assert post(finance, "/v1/connections", strange).json()["code"] == "rail_unknown"
