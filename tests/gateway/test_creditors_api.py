"""Creditors, connections and the settings that platforms ask for, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.servers

NEW = {
    "name": "Aurora Motors",
    "country": "CN",
    "contact": "ask@aurora.example",
    "lender_type": "vehicle_dealer",
    "settlement_currency": "USD",
}


def _named(name: str) -> dict[str, str]:
    return {**NEW, "name": name}


def test_opened_creditor_can_be_read_back(admin: TestClient) -> None:
    opened = admin.post("/v1/creditors", json=NEW)
    assert opened.status_code == 201, opened.text
    assert admin.get(opened.headers["location"]).json() == opened.json()


def test_opening_a_creditor_opens_its_parent_account_in_the_settlement_currency(admin: TestClient) -> None:
    opened = admin.post("/v1/creditors", json=NEW).json()
    account = admin.get(f"/v1/accounts/{opened['parent_account_id']}").json()
    assert (account["role"], account["currency"]) == ("parent", "USD")


def test_a_creditors_name_can_be_taken_once(admin: TestClient) -> None:
    admin.post("/v1/creditors", json=NEW)
    again = admin.post("/v1/creditors", json=NEW, headers={"Idempotency-Key": "another"})
    assert (again.status_code, again.json()["code"]) == (409, "already_recorded")


def test_an_unknown_currency_is_refused_with_its_code(admin: TestClient) -> None:
    refused = admin.post("/v1/creditors", json={**NEW, "settlement_currency": "ZZZ"})
    assert (refused.status_code, refused.json()["code"]) == (422, "currency_unknown")


def test_pages_follow_one_another_without_gap_or_repeat(admin: TestClient) -> None:
    for number in range(5):
        admin.post("/v1/creditors", json=_named(f"Creditor {number}"), headers={"Idempotency-Key": f"page-{number}"})
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        params: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = admin.get("/v1/creditors", params=params).json()
        seen += [row["name"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == [f"Creditor {number}" for number in (4, 3, 2, 1, 0)]
    assert cursor is None


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_has_one_to_two_hundred_rows(admin: TestClient, limit: int) -> None:
    assert admin.get("/v1/creditors", params={"limit": limit}).status_code == 422


@pytest.mark.parametrize("limit", [1, 200])
def test_the_limits_of_a_page_are_allowed(admin: TestClient, limit: int) -> None:
    assert admin.get("/v1/creditors", params={"limit": limit}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "eyJ9", "WyIiLCAiY3JlX3giXQ", "WzEsMl0", "bnVsbA"])
def test_a_cursor_of_anything_else_is_refused(admin: TestClient, cursor: str) -> None:
    refused = admin.get("/v1/creditors", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_malformed")


def test_a_connection_never_gives_its_secrets_back(admin: TestClient) -> None:
    creditor = admin.post("/v1/creditors", json=NEW).json()
    body = {
        "creditor_id": creditor["id"],
        "platform": "stripe",
        "country": "BR",
        "currency": "BRL",
        "name": "Stripe Brazil",
        "settings": {
            "api_key": "sk_test_12345678",
            "webhook_secret": "whsec_12345678",
            "return_url": "https://aurora.example/thank-you",
        },
        "rails": ["card"],
    }
    made = admin.post("/v1/connections", json=body, headers={"Idempotency-Key": "connect"})
    assert made.status_code == 201, made.text
    listed = admin.get("/v1/connections", params={"creditor_id": creditor["id"]})
    for answer in (made, listed, admin.get(made.headers["location"])):
        assert "12345678" not in answer.text
    assert made.json()["secrets_set"] == ["api_key", "webhook_secret"]
    assert made.json()["webhook_path"] == f"/webhooks/stripe/{made.json()['id']}"


def test_a_connection_to_an_unknown_creditor_is_not_found(admin: TestClient) -> None:
    body = {
        "creditor_id": "cre_01jd0000000000000000000000",
        "platform": "bank_statement",
        "country": "BR",
        "currency": "BRL",
        "name": "Bank",
        "settings": {"account": "1"},
    }
    refused = admin.post("/v1/connections", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "creditor_unknown")


def test_platforms_tell_which_settings_they_need(admin: TestClient) -> None:
    platforms = {platform["code"]: platform for platform in admin.get("/v1/platforms").json()["data"]}
    fields = {field["name"]: field["secret"] for field in platforms["stripe"]["fields"]}
    assert fields["webhook_secret"] is True


def test_countries_tell_their_rails(admin: TestClient) -> None:
    rails = [rail["code"] for rail in admin.get("/v1/countries/BR").json()["rails"]]
    assert "pix_static" in rails
    assert admin.get("/v1/countries/ZZ").status_code == 404


def test_a_rate_comes_with_source_and_day(admin: TestClient) -> None:
    rate = admin.get("/v1/rates", params={"base": "AED", "quote": "USD"}).json()
    assert rate["value"].startswith("0.27")
    assert rate["source"]


def test_a_missing_rate_is_an_error_not_a_guess(admin: TestClient) -> None:
    refused = admin.get("/v1/rates", params={"base": "BRL", "quote": "USD", "on": "1900-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (503, "rate_missing")


def test_health_needs_no_key(app: Any) -> None:
    assert TestClient(app).get("/health").json() == {"status": "ok"}


def test_status_counts_by_state(sign_in: Callable[..., TestClient], tenant_id: str) -> None:
    assert sign_in(tenant_id, "auditor").get("/v1/status").json()["inbox"] == {}
