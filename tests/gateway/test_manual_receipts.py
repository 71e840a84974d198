"""Receipts recorded by hand, over the API: a table handed in at a place, its money in the book with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.intake import IntakeActivities
from connectors.platforms import manual
from runtime import clock
from store.database import Database
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

SAMPLE = (Path(manual.__file__).parent / "samples" / "receipts.csv").read_bytes()


@pytest.fixture
def place(admin: TestClient, story: Any) -> str:
    body = {
        "creditor_id": story.creditor.id,
        "platform": "manual",
        "name": "Desk",
        "country": "TH",
        "currency": "THB",
        "settings": {"account": "Desk Bangkok"},
    }
    made = admin.post("/v1/connections", json=body)
    assert made.status_code == 201, made.text
    identifier: str = made.json()["id"]
    return identifier


def test_a_table_of_receipts_is_booked_once_with_its_evidence(
    sign_in: Callable[..., TestClient], story: Any, place: str, database: Database
) -> None:
    desk = sign_in(story.tenant_id, "treasury")
    for key in ("a", "b"):
        handed = desk.post(
            "/v1/statements",
            data={"connection_id": place},
            files={"file": ("receipts.csv", SAMPLE, "text/csv")},
            headers={"Idempotency-Key": key},
        )
        assert handed.status_code in {200, 201}, handed.text
    IntakeActivities(database, Unmoved(), clock.new_id, clock.now).batch(story.tenant_id)
    listed = desk.get("/v1/receipts", params={"connection_id": place}).json()["data"]
    assert sorted(one["external_ref"] for one in listed) == ["BKK-0001", "BKK-0002"]
    assert {one["amount"]["amount"] for one in listed} == {"1500.00", "250.50"}


def test_a_table_of_another_place_is_refused_by_the_intake(
    sign_in: Callable[..., TestClient], story: Any, place: str, database: Database
) -> None:
    desk = sign_in(story.tenant_id, "treasury")
    handed = desk.post(
        "/v1/statements",
        data={"connection_id": place},
        files={"file": ("receipts.csv", SAMPLE.replace(b"Desk Bangkok", b"Desk Phuket"), "text/csv")},
    )
    assert handed.status_code == 201, handed.text
    IntakeActivities(database, Unmoved(), clock.new_id, clock.now).batch(story.tenant_id)
    delivery = desk.get(f"/v1/inbox/{handed.json()['id']}").json()
    assert (delivery["state"], delivery["error_code"]) == ("error", "statement_other_account")
    assert desk.get("/v1/receipts", params={"connection_id": place}).json()["data"] == []
