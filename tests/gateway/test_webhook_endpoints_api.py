"""The API of webhooks out: endpoints, secrets told once, deliveries with their tries, sending again; who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from activities.webhook_delivery import WebhookActivities
from domain.outgoing_webhooks import Answer
from gateway.services import Services
from runtime import clock
from store import outgoing_events
from store.database import Database

pytestmark = pytest.mark.servers

URL = "https://hook.example/afluente"
WANTED = {"url": URL, "event_types": ["receipt.matched", "day.closed"]}


class Machine:
    """A key that posts each request under a name of its own."""

    def __init__(self, client: TestClient) -> None:
        self.client, self.number = client, 0

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        self.number += 1
        return self.client.post(
            f"/v1/{path}", headers={"Idempotency-Key": key or f"w{self.number}"}, **({"json": body} if body else {})
        )

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/v1/{path}", params=query)


@pytest.fixture
def machine(admin: TestClient) -> Machine:
    return Machine(admin)


def emit(database: Database, tenant_id: str, type_: str = "receipt.matched") -> str:
    payload = {"amount_minor": 100, "currency": "BRL", "case_id": None}
    with database.tenant(tenant_id) as tx:
        return outgoing_events.emit(tx, type_, "rcp_1", payload, clock.now())


def deliver(database: Database, tenant_id: str, **answer: Any) -> None:
    class Sender:
        def post(self, *_given: Any) -> Answer:
            return Answer(**answer)

    WebhookActivities(database, Sender(), lambda: 0.0, clock.now).batch(tenant_id)


def test_an_endpoint_is_registered_and_its_secret_told_in_the_answer_alone(machine: Machine) -> None:
    made = machine.post("webhook-endpoints", {**WANTED, "description": "Treasury"}, key="one")
    assert made.status_code == 201, made.text
    told = made.json()
    assert made.headers["location"] == f"/v1/webhook-endpoints/{told['id']}"
    assert made.headers["cache-control"] == "no-store"
    assert told["secret"].startswith("whsec_")
    assert (told["state"], told["event_types"]) == ("enabled", ["receipt.matched", "day.closed"])
    shown = machine.get(f"webhook-endpoints/{told['id']}").json()
    assert shown == {name: value for name, value in told.items() if name != "secret"}
    assert machine.get("webhook-endpoints").json()["data"] == [shown]


def test_a_repeated_request_brings_the_same_secret_within_the_hour_and_none_later(
    machine: Machine, services: Services
) -> None:
    made = machine.post("webhook-endpoints", WANTED, key="one")
    again = machine.post("webhook-endpoints", WANTED, key="one")
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == made.json()
    set_at = datetime.fromisoformat(made.json()["secret_set_at"])
    for age, told in ((timedelta(minutes=59), True), (timedelta(hours=1), False)):
        object.__setattr__(services, "now", lambda at=set_at + age: at)
        repeated = machine.post("webhook-endpoints", WANTED, key="one").json()
        assert (repeated["secret"] == made.json()["secret"]) is told
        assert (repeated["secret"] is None) is not told


def test_a_replaced_secret_is_not_told_again(machine: Machine) -> None:
    made = machine.post("webhook-endpoints", WANTED, key="one").json()
    rotated = machine.post(f"webhook-endpoints/{made['id']}/rotate-secret", {"overlap_hours": 2}).json()
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"] > rotated["secret_set_at"]
    assert machine.post("webhook-endpoints", WANTED, key="one").json()["secret"] is None


def test_no_secret_stands_in_the_kept_answers(machine: Machine, database: Database, tenant_id: str) -> None:
    made = machine.post("webhook-endpoints", WANTED).json()
    machine.post(f"webhook-endpoints/{made['id']}/rotate-secret", {"overlap_hours": 0})
    with database.tenant(tenant_id) as tx:
        kept = tx.execute(text("SELECT string_agg(answer::text, '') FROM idempotent_answer")).scalar_one()
    assert made["id"] in kept
    assert "whsec_" not in kept


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**WANTED, "url": "http://hook.example/"}, "https_required"),
        ({**WANTED, "url": "https://inside.example/"}, "address_refused"),
        ({**WANTED, "url": "https://no-such-host.example/"}, "host_unknown"),
        ({**WANTED, "url": "https://user:secret@hook.example/"}, "url_malformed"),
        ({**WANTED, "event_types": []}, "event_types_missing"),
        ({**WANTED, "event_types": ["receipt.eaten"]}, "event_type_unknown"),
        ({**WANTED, "secret": "whsec_mine"}, "request_invalid"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_reason(machine: Machine, body: Any, code: str) -> None:
    refused = machine.post("webhook-endpoints", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert machine.get("webhook-endpoints").json()["data"] == []


def test_an_address_stands_once(machine: Machine) -> None:
    machine.post("webhook-endpoints", WANTED)
    refused = machine.post("webhook-endpoints", WANTED)
    assert (refused.status_code, refused.json()["code"]) == (409, "endpoint_exists")


def test_an_endpoint_is_changed_switched_off_and_deleted(machine: Machine) -> None:
    made = machine.post("webhook-endpoints", WANTED).json()
    path = f"webhook-endpoints/{made['id']}"
    off = machine.post(f"{path}/change", {**WANTED, "url": URL + "/b", "enabled": False}).json()
    assert (off["url"], off["state"], off["disabled_reason"]) == (URL + "/b", "disabled", "person")
    assert machine.post(f"{path}/test").json()["code"] == "endpoint_disabled"
    refused = machine.post(f"{path}/change", {**WANTED, "url": "https://inside.example/"})
    assert refused.json()["code"] == "address_refused"
    assert machine.post(f"{path}/delete").json()["state"] == "deleted"
    assert machine.get(path).json()["code"] == "endpoint_unknown"


def test_deliveries_are_listed_with_their_tries_and_sent_again(
    machine: Machine, database: Database, tenant_id: str, desk: Any
) -> None:
    made = machine.post("webhook-endpoints", WANTED).json()
    events = [emit(database, tenant_id) for _ in range(3)]
    deliver(database, tenant_id, status=500, excerpt=b"\xff no")
    path = f"webhook-endpoints/{made['id']}/deliveries"
    first = machine.get(path, limit=2).json()
    rest = machine.get(path, limit=2, cursor=first["next_cursor"]).json()
    assert [one["event_id"] for one in first["data"] + rest["data"]] == events[::-1]
    assert rest["next_cursor"] is None
    assert machine.get(path, state="delivered").json()["data"] == []
    (one, *_) = first["data"]
    assert (one["state"], one["attempts"], one["last_status"]) == ("pending", 1, 500)
    detail = machine.get(f"webhook-deliveries/{one['id']}").json()
    assert [(each["status"], each["answer"], each["verdict"]) for each in detail["tries"]] == [(500, "� no", "retry")]
    desk.hooked.clear()
    again = machine.post(f"webhook-deliveries/{one['id']}/replay")
    assert again.status_code == 200, again.text
    assert desk.hooked == [tenant_id]
    deliver(database, tenant_id, status=200)
    assert machine.get(f"webhook-deliveries/{one['id']}").json()["delivery"]["state"] == "delivered"
    assert machine.get(f"webhook-endpoints/{made['id']}").json()["deliveries"] == {"delivered": 1, "pending": 2}


def test_events_are_read_as_webhooks_tell_them_and_sent_again(
    machine: Machine, database: Database, tenant_id: str
) -> None:
    old = emit(database, tenant_id)
    machine.post("webhook-endpoints", WANTED)
    new = emit(database, tenant_id, "receipt.unmatched")
    listed = machine.get("events").json()["data"]
    assert [one["id"] for one in listed] == [new, old]
    assert listed[1]["data"] == {
        "receipt_id": "rcp_1",
        "case_id": None,
        "amount": {"amount": "1.00", "currency": "BRL"},
    }
    assert [one["id"] for one in machine.get("events", type="receipt.matched").json()["data"]] == [old]
    assert machine.get("events", type="receipt.eaten").status_code == 422
    assert machine.get(f"events/{old}").json()["deliveries"] == []
    assert machine.post(f"events/{old}/replay", {"endpoint_id": None}).json() == {"queued": 1}
    (told,) = machine.get(f"events/{old}").json()["deliveries"]
    assert told["state"] == "pending"


def test_what_was_missed_is_sent_again_by_time(machine: Machine, database: Database, tenant_id: str) -> None:
    made = machine.post("webhook-endpoints", {**WANTED, "enabled": False}).json()
    since = clock.now()
    emit(database, tenant_id)
    path = f"webhook-endpoints/{made['id']}"
    machine.post(f"{path}/change", WANTED)
    assert machine.post(f"{path}/replay", {"since": since.isoformat()}).json() == {"queued": 1}
    naive = machine.post(f"{path}/replay", {"since": "2026-11-24T00:00:00"})
    assert naive.status_code == 422
    early = machine.post(f"{path}/replay", {"since": (since - timedelta(days=31)).isoformat()})
    assert early.json()["code"] == "since_too_early"


def test_a_test_is_told_to_the_sender_at_once(machine: Machine, tenant_id: str, desk: Any) -> None:
    made = machine.post("webhook-endpoints", WANTED).json()
    desk.hooked.clear()
    sent = machine.post(f"webhook-endpoints/{made['id']}/test")
    assert sent.status_code == 201
    assert desk.hooked == [tenant_id]
    (told,) = machine.get(f"webhook-endpoints/{made['id']}/deliveries").json()["data"]
    assert (told["event_id"], told["event_type"]) == (sent.json()["event_id"], "webhook.test")


@pytest.mark.parametrize("role", ["finance", "treasury", "auditor"])
def test_only_an_administrator_sees_or_changes_endpoints(
    sign_in: Callable[..., TestClient], tenant_id: str, role: str
) -> None:
    other = Machine(sign_in(tenant_id, role))
    answers = [
        other.get("webhook-endpoints"),
        other.post("webhook-endpoints", WANTED),
        other.get("webhook-deliveries/whd_1"),
        other.post("webhook-deliveries/whd_1/replay"),
        other.post("events/oev_1/replay", {"endpoint_id": None}),
    ]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "role_missing")}
    assert other.get("events").status_code == 200


def test_a_stranger_finds_nothing(
    machine: Machine,
    sign_in: Callable[..., TestClient],
    new_tenant: Callable[[], str],
    database: Database,
    tenant_id: str,
) -> None:
    made = machine.post("webhook-endpoints", WANTED).json()
    event_id = emit(database, tenant_id)
    stranger = Machine(sign_in(new_tenant(), "admin"))
    assert stranger.get("webhook-endpoints").json()["data"] == []
    assert stranger.get("events").json()["data"] == []
    for path in ("rotate-secret", "delete", "test"):
        refused = stranger.post(
            f"webhook-endpoints/{made['id']}/{path}", {"overlap_hours": 1} if "rotate" in path else None
        )
        assert refused.json()["code"] == "endpoint_unknown"
    assert stranger.get(f"events/{event_id}").json()["code"] == "event_unknown"
    assert json.dumps(machine.get("webhook-endpoints").json()).count("whsec_") == 0
