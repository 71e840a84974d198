"""Notices and their wording over the API: what is held says why, and each step is somebody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.turns import TurnActivities, TurnInput
from runtime import clock
from store import cases, notices

pytestmark = pytest.mark.servers

VARIANT = {"country": "BR", "kind": "first_reminder", "channel": "email", "locale": "pt_BR"}
SignIn = Callable[..., TestClient]


def post(client: TestClient, path: str, body: Any = None) -> Any:
    return client.post(f"/v1{path}", json=body, headers={"Idempotency-Key": clock.new_id("event")})


@pytest.fixture
def finance(sign_in: SignIn, story: Any) -> TestClient:
    return sign_in(story.tenant_id, "finance")


@pytest.fixture
def second(sign_in: SignIn, story: Any) -> TestClient:
    return sign_in(story.tenant_id, "finance")


@pytest.fixture
def held(story: Any, services: Any) -> str:
    """A reminder that is held since nobody approved its wording."""
    with services.database.tenant(story.tenant_id) as tx:
        number = cases.get(tx, story.case_id).turn_no + 1
    TurnActivities(services.database, clock.new_id, services.now).take_turn(
        TurnInput(story.tenant_id, story.case_id, number)
    )
    with services.database.tenant(story.tenant_id) as tx:
        notice = notices.of_case(tx, story.case_id)[0]
        notices.change(tx, notice.id, state="held", refusal={"rule": "wording.not_approved", "reasons": ["x"]})
    return notice.id


def test_wording_is_proposed_by_one_and_approved_by_another(finance: TestClient, second: TestClient) -> None:
    proposed = post(finance, "/notice-wording/proposals", VARIANT)
    assert (proposed.status_code, proposed.json()["state"], proposed.json()["locale"]) == (201, "proposed", "pt")
    path = f"/notice-wording/proposals/{proposed.json()['id']}/approve"
    own = post(finance, path)
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes")
    approved = post(second, path).json()
    shown = finance.get("/v1/notice-wording/variant", params=VARIANT).json()
    assert (approved["state"], shown["approved_by"], shown["sha256"]) == (
        "approved",
        approved["id"],
        approved["sha256"],
    )
    assert shown["last_approved"]["text"] == shown["text"]


def test_every_variant_of_a_country_is_listed_with_what_approves_it(finance: TestClient) -> None:
    listed = finance.get("/v1/notice-wording", params={"country": "BR"}).json()["data"]
    assert {(one["country"], one["locale"], one["approved_by"]) for one in listed} == {("BR", "pt", None)}
    assert len({(one["kind"], one["channel"]) for one in listed}) == len(listed)


def test_nothing_is_trusted_until_an_administrator_says_so(finance: TestClient, sign_in: SignIn, story: Any) -> None:
    assert finance.get("/v1/notice-wording/trust").json()["shipped_approved"] is False
    body = {"shipped_approved": True, "reason": "Read by counsel."}
    assert post(finance, "/notice-wording/trust", body).status_code == 403
    admin = sign_in(story.tenant_id, "admin")
    assert post(admin, "/notice-wording/trust", body).json()["shipped_approved"] is True
    listed = finance.get("/v1/notice-wording", params={"country": "BR"}).json()["data"]
    assert {one["approved_by"] for one in listed} == {"release"}


def test_a_held_notice_says_why_and_how_it_would_read(finance: TestClient, held: str) -> None:
    shown = finance.get(f"/v1/notices/{held}").json()
    assert (shown["state"], shown["refusal"]["rule"]) == ("held", "wording.not_approved")
    assert "Ana Souza" in shown["draft_text"]
    assert "pay_by" in shown["correctable"]
    (listed,) = finance.get("/v1/notices", params={"state": "held"}).json()["data"]
    assert listed["id"] == held


def test_texts_are_for_finance_alone(sign_in: SignIn, story: Any, held: str) -> None:
    shown = sign_in(story.tenant_id, "auditor").get(f"/v1/notices/{held}").json()
    assert (shown["draft_text"], shown["stated"], shown["state"]) == (None, None, "held")


def test_a_notice_is_released_only_once_nothing_keeps_it(finance: TestClient, second: TestClient, held: str) -> None:
    refused = post(finance, f"/notices/{held}/release")
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_still_held")
    proposal = post(finance, "/notice-wording/proposals", VARIANT).json()["id"]
    post(second, f"/notice-wording/proposals/{proposal}/approve")
    assert finance.get(f"/v1/notices/{held}").json()["state"] == "queued"  # it waited for nothing else


def test_facts_are_stated_and_a_notice_is_discarded(finance: TestClient, held: str) -> None:
    stated = post(finance, f"/notices/{held}/facts", {"facts": {"creditor_address": "Rua das Flores, 10"}}).json()
    assert ("Rua das Flores, 10" in stated["draft_text"], stated["stated"]) == (
        True,
        {"creditor_address": "Rua das Flores, 10"},
    )
    assert post(finance, f"/notices/{held}/facts", {"facts": {"overdue": "1.00"}}).status_code == 409
    assert post(finance, f"/notices/{held}/discard", {"reason": "In error."}).json()["state"] == "cancelled"


def test_nothing_found_is_not_cleared(finance: TestClient, held: str) -> None:
    answer = post(finance, f"/notices/{held}/clearances", {"reason": "It is fine."})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_clear")


def test_a_plan_an_offer_and_what_makes_no_sense(finance: TestClient, story: Any, services: Any) -> None:
    today = services.now().date().isoformat()
    money = {"amount": "10.00", "currency": "BRL"}
    offer = {"amount": money, "until": today}
    assert post(finance, f"/cases/{story.case_id}/settlement-offers", offer).status_code == 201
    plan = {"payments": [{"due_date": today, "amount": money}]}
    assert post(finance, f"/cases/{story.case_id}/plans", plan).json()["ref"].startswith("ppl_")
    again = {"payments": [*plan["payments"], *plan["payments"]]}
    assert post(finance, f"/cases/{story.case_id}/plans", again).json()["code"] == "plan_days_invalid"
    answer = {"seq": 1, "answer": "x"}
    assert post(finance, f"/cases/{story.case_id}/data-answers", answer).json()["code"] == "data_request_unknown"
    kinds = {one["kind"] for one in finance.get("/v1/notices", params={"case_id": story.case_id}).json()["data"]}
    assert {"settlement_offer", "plan_confirmation"} <= kinds
