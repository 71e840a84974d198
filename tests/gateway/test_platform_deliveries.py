"""Deliveries of platforms as they arrive: over HTTP, proved, kept once, and the money they tell of in the book."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi.testclient import TestClient
from pytest_httpserver import HTTPServer

import connectors.platforms
from activities.intake import IntakeActivities
from connectors.transport import Transport
from runtime import clock
from store.database import Database
from tests.connectors import test_platform_doku as doku
from tests.connectors import test_platform_ebanx as ebanx
from tests.connectors import test_platform_momo as momo
from tests.connectors import test_platform_payos as payos
from tests.connectors import test_platform_two_c_two_p as two_c_two_p
from tests.connectors import test_platform_zalopay as zalopay
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

FOLDERS = Path(connectors.platforms.__file__).parent
BOOKED = {
    "momo": ("VN", "VND", momo.SETTINGS, "4088878653", "1500000"),
    "zalopay": ("VN", "VND", zalopay.SETTINGS | {"webhook_secret": zalopay.KEY}, "200904000000389", "10000"),
    "two_c_two_p": ("TH", "THB", two_c_two_p.SETTINGS, "280520075921", "230.87"),
    "doku": ("ID", "IDR", doku.SETTINGS, "INV-20210124-0001", "150000.00"),
}
BODIES = {
    "momo": json.dumps(momo.SAMPLES["paid"], separators=(",", ":")).encode(),
    "zalopay": json.dumps(zalopay.SAMPLES["published"]).encode(),
    "two_c_two_p": json.dumps(two_c_two_p.SAMPLES["paid"]).encode(),
    "doku": doku.BODY,
}


@pytest.fixture
def connect(admin: TestClient, story: Any) -> Callable[..., str]:
    def connected(code: str, country: str, currency: str, settings: dict[str, str]) -> str:
        body = {"creditor_id": story.creditor.id, "platform": code, "name": code, "country": country}
        made = admin.post("/v1/connections", json=body | {"currency": currency, "settings": settings})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    return connected


def headers_of(code: str, path: str) -> dict[str, str]:
    """What the platform sends beside the body; DOKU signs the path that it calls."""
    if code != "doku":
        return {}
    named = {name: value for name, value in doku.OWN.items() if name != "Request-Target"}
    return named | {"Signature": doku.signed(doku.lines(named | {"Request-Target": path}, doku.BODY))}


def intake(database: Database, tenant_id: str) -> None:
    with httpx.Client() as client:
        sender = Transport(client, structlog.get_logger("tests"), allow_private=True)
        IntakeActivities(database, Unmoved(), clock.new_id, clock.now, sender).batch(tenant_id)


def receipts(desk: TestClient, connection: str) -> list[tuple[str, str]]:
    listed = desk.get("/v1/receipts", params={"connection_id": connection}).json()["data"]
    return [(one["external_ref"], one["amount"]["amount"]) for one in listed]


@pytest.mark.parametrize("code", BOOKED)
def test_what_is_signed_whole_is_booked_once(
    code: str,
    connect: Callable[..., str],
    admin: TestClient,
    sign_in: Callable[..., TestClient],
    story: Any,
    database: Database,
) -> None:
    country, currency, settings, reference, amount = BOOKED[code]
    connection = connect(code, country, currency, settings)
    path = f"/webhooks/{code}/{connection}"
    flipped = BODIES[code].replace(b"1", b"2", 1)
    assert admin.post(path, content=flipped, headers=headers_of(code, path)).status_code == 401
    for duplicate in (False, True):
        taken = admin.post(path, content=BODIES[code], headers=headers_of(code, path))
        assert (taken.status_code, taken.json()["duplicate"]) == (202, duplicate), taken.text
    intake(database, story.tenant_id)
    assert receipts(sign_in(story.tenant_id, "treasury"), connection) == [(reference, amount)]


@pytest.mark.parametrize("code", ["payos", "ebanx"])
def test_what_is_only_announced_is_booked_as_the_platform_answers(
    code: str,
    connect: Callable[..., str],
    admin: TestClient,
    sign_in: Callable[..., TestClient],
    story: Any,
    database: Database,
    httpserver: HTTPServer,
) -> None:
    base = {"base_url": httpserver.url_for("").rstrip("/")}
    if code == "payos":
        connection = connect(code, "VN", "VND", payos.CONFIG | {"client_id": "c" * 36, "api_key": "k" * 36} | base)
        body, headers, path, answer = payos.SAMPLE, {}, f"/v2/payment-requests/{payos.LINK}", "paid"
        booked = [(f"{payos.LINK}/TF230204212323", "3000")]
    else:
        settings = ebanx.EBANX.settings | {"notification_certificate": " ".join(ebanx.PINNED.splitlines())} | base
        connection = connect(code, "BR", "BRL", settings)
        body = b"operation=payment_status_change&notification_type=update&hash_codes=" + ebanx.FIRST.encode()
        headers, path, answer = ebanx.signed(body), "/ws/query", "confirmed"
        booked = [(ebanx.FIRST, "100.00")]
    told = json.loads((FOLDERS / code / "samples" / "answers" / f"{answer}.json").read_bytes())
    httpserver.expect_request(path, method="GET").respond_with_json(told)
    taken = admin.post(f"/webhooks/{code}/{connection}", content=body, headers=headers)
    assert taken.status_code == 202, taken.text
    desk = sign_in(story.tenant_id, "treasury")
    assert receipts(desk, connection) == []
    intake(database, story.tenant_id)
    assert receipts(desk, connection) == booked
