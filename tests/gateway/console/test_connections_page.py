"""Connections in the console: how each is doing, what came last, and a secret that is replaced and never shown."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from store import creditors
from store.database import Database
from tests.fakes.console_world import World

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def stripe(database: Database, world: World) -> creditors.PlatformConnection:
    with database.tenant(world.tenant_id) as tx:
        return next(one for one in creditors.connections(tx) if one.platform == "stripe")


def secrets(database: Database, world: World, connection_id: str) -> dict[str, str]:
    with database.tenant(world.tenant_id) as tx:
        found: dict[str, str] = json.loads(creditors.get_connection(tx, connection_id).secrets or "{}")
    return found


def test_connections_are_listed_with_what_was_not_understood(
    signed_in: Enter, stripe: creditors.PlatformConnection
) -> None:
    shown = words(signed_in("auditor").get("/connections?lang=en").text)
    assert "not understood" in shown
    assert stripe.name in shown


def test_a_connection_shows_its_address_its_last_messages_and_no_secret(
    signed_in: Enter, stripe: creditors.PlatformConnection, database: Database, world: World
) -> None:
    page = signed_in("auditor").get(f"/connections/{stripe.id}?lang=en").text
    assert f"/webhooks/stripe/{stripe.id}</code>" in page
    assert "/console/inbox/inb_" in page
    assert not [one for one in secrets(database, world, stripe.id).values() if one in page]
    assert "Replace:" not in words(page)


def test_a_webhooks_secret_is_replaced_and_the_old_one_stays_valid_beside_it(
    signed_in: Enter, stripe: creditors.PlatformConnection, database: Database, world: World
) -> None:
    path, browser = f"/connections/{stripe.id}", signed_in("treasury")
    before = secrets(database, world, stripe.id)
    for _ in range(2):  # the same again moves nothing
        done = browser.post(f"{path}/secret", form_of=path, name="webhook_secret", value="whsec_new_one")
        assert done.status_code == 303
    after = secrets(database, world, stripe.id)
    assert after == before | {"webhook_secret": "whsec_new_one", "webhook_secret_previous": before["webhook_secret"]}
    assert "whsec_new_one" not in browser.get(path).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook_secret", "wrong"),
        ("webhook_secret", ""),
        ("webhook_secret_previous", "whsec_x123"),
        ("return_url", "x"),
    ],
)
def test_what_is_no_secret_of_the_platform_is_refused(
    signed_in: Enter, stripe: creditors.PlatformConnection, database: Database, world: World, name: str, value: str
) -> None:
    path, before = f"/connections/{stripe.id}", secrets(database, world, stripe.id)
    refused = signed_in("treasury").post(f"{path}/secret", form_of=path, name=name, value=value)
    assert refused.status_code == 422
    assert secrets(database, world, stripe.id) == before


def test_only_treasury_replaces_a_secret(signed_in: Enter, stripe: creditors.PlatformConnection) -> None:
    refused = signed_in("finance").post(
        f"/connections/{stripe.id}/secret", form_of="/import", name="webhook_secret", value="whsec_new_one"
    )
    assert refused.status_code == 403


def test_a_stranger_finds_no_connection(
    signed_in: Enter, stripe: creditors.PlatformConnection, new_tenant: Callable[[], str]
) -> None:
    stranger = signed_in("admin", tenant_id=new_tenant())
    assert stranger.get(f"/connections/{stripe.id}").status_code == 404
    assert "No platform or bank is connected yet" in words(stranger.get("/connections?lang=en").text)
