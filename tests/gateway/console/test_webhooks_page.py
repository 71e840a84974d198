"""Webhooks in the console: registered with a secret shown once, watched, sent again; for administrators alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.webhook_delivery import WebhookActivities
from domain.outgoing_webhooks import EVENT_TYPES, Answer
from store import outgoing_events, webhook_deliveries, webhook_endpoints
from store.database import Database
from store.webhook_endpoints import WebhookEndpoint
from tests.fakes.console_world import World

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
URL = "https://hook.example/afluente"
EVERYTHING = dict.fromkeys(EVENT_TYPES, "yes")


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class Admin:
    """An administrator at the browser, over a tenant of this test alone."""

    def __init__(self, browser: Any, database: Database, tenant_id: str, world: World) -> None:
        self.browser, self.database, self.tenant_id, self.world = browser, database, tenant_id, world

    def post(self, path: str, *, form_of: str = "", **fields: str) -> Any:
        return self.browser.post(f"/webhooks{path}?lang=en", form_of=f"/webhooks{form_of}?lang=en", **fields)

    def page(self, path: str = "") -> str:
        return words(self.browser.get(f"/webhooks{path}{'&' if '?' in path else '?'}lang=en").text)

    def register(self, **fields: str) -> Any:
        return self.post("", **({"url": URL} | EVERYTHING | fields))

    def endpoint(self) -> WebhookEndpoint:
        with self.database.tenant(self.tenant_id) as tx:
            (found,) = webhook_endpoints.every(tx)
        return found

    def emit(self, subject: str = "rcp_1") -> None:
        payload = {"amount_minor": 100, "currency": "BRL", "case_id": None}
        with self.database.tenant(self.tenant_id) as tx:
            outgoing_events.emit(tx, "receipt.matched", subject, payload, self.world.now())

    def deliver(self, **answer: Any) -> None:
        class Sender:
            def post(self, *_given: Any) -> Answer:
                return Answer(**answer)

        WebhookActivities(self.database, Sender(), lambda: 0.0, self.world.now).batch(self.tenant_id)

    def deliveries(self) -> list[webhook_deliveries.WebhookDelivery]:
        with self.database.tenant(self.tenant_id) as tx:
            return webhook_deliveries.newest(tx, self.endpoint().id, limit=10)


@pytest.fixture
def admin(signed_in: Enter, database: Database, tenant_id: str, world: World) -> Admin:
    return Admin(signed_in("admin", tenant_id=tenant_id), database, tenant_id, world)


def test_the_secret_is_shown_once_and_can_be_copied(admin: Admin) -> None:
    assert "Nobody is told yet what happens here" in admin.page()
    made = admin.register(description="Treasury's queue")
    secret = admin.endpoint().secret
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    assert f'id="secret">{secret}</code>' in made.text
    assert 'data-copy="secret"' in made.text
    assert "Every endpoint takes what it is told" in admin.page()
    assert "Treasury's queue" in admin.page()
    for path in ("", f"/{admin.endpoint().id}"):
        assert "whsec_" not in admin.browser.get(f"/webhooks{path}").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": "http://hook.example/"}, "Webhooks are sent over HTTPS"),
        ({"url": "https://inside.example/"}, "does not lie on the public internet"),
        ({"url": "https://no-such.example/"}, "The host has no address"),
        (dict.fromkeys(EVENT_TYPES, ""), "Choose at least one kind of event"),
    ],
)
def test_what_cannot_be_told_is_refused_beside_what_was_entered(
    admin: Admin, fields: dict[str, str], sentence: str
) -> None:
    refused = admin.register(description="mine", **fields)
    assert refused.status_code == 422
    assert sentence in words(refused.text)
    assert 'value="mine"' in refused.text
    assert f'value="{fields.get("url", URL)}"' in refused.text


def test_loading_the_answer_again_registers_nothing_twice(admin: Admin) -> None:
    admin.register()
    again = admin.register()
    assert (again.status_code, "registered already" in words(again.text)) == (409, True)
    assert admin.endpoint().url == URL


def test_a_failing_endpoint_is_seen_with_its_answers_and_what_failed_is_sent_again(admin: Admin) -> None:
    admin.register()
    endpoint_id = admin.endpoint().id
    admin.emit()
    admin.deliver(status=500, excerpt=b"<b>no disk</b>", milliseconds=12)
    assert "1 endpoint does not take what it is told" in admin.page()
    assert "Failing since" in admin.page(f"/{endpoint_id}")
    (delivery,) = admin.deliveries()
    path = f"/deliveries/{delivery.id}"
    shown = admin.browser.get(f"/webhooks{path}?lang=en").text
    assert "HTTP 500" in words(shown)
    assert "&lt;b&gt;no disk&lt;/b&gt;" in shown
    assert "receipt.matched" in words(shown)
    assert admin.post(f"{path}/replay", form_of=path).status_code == 303
    admin.deliver(status=200)
    assert admin.deliveries()[0].state == "delivered"
    assert "Every endpoint takes what it is told" in admin.page()


def test_an_endpoint_that_was_switched_off_by_itself_says_why_and_is_switched_on_again(admin: Admin) -> None:
    admin.register()
    path = f"/{admin.endpoint().id}"
    admin.emit("rcp_gone")
    admin.deliver(status=410)
    admin.emit("rcp_missed")
    assert "It answered 410" in admin.page(path)
    assert "Switch it on first" in admin.page(path)
    assert admin.post(f"{path}/change", form_of=path, url=URL, enabled="yes", **EVERYTHING).status_code == 303
    assert "Send again, 2 at most" in admin.page(path)
    since = (admin.world.now() - timedelta(days=1)).date().isoformat()
    assert admin.post(f"{path}/replay", form_of=path, since=since).status_code == 303
    admin.deliver(status=200)
    assert [one.state for one in admin.deliveries()] == ["delivered", "delivered"]
    assert "No delivery fits this filter" in admin.page(f"{path}?state=failed")


def test_a_test_is_sent_and_a_wrong_day_refused(admin: Admin) -> None:
    admin.register()
    path = f"/{admin.endpoint().id}"
    assert admin.post(f"{path}/test", form_of=path).headers["location"].endswith("done=webhook_test")
    assert [one.event_type for one in admin.deliveries()] == ["webhook.test"]
    refused = admin.post(f"{path}/replay", form_of=path, since="yesterday")
    assert (refused.status_code, "2026-11-23" in words(refused.text)) == (422, True)


def test_a_secret_is_replaced_once_and_both_are_said_to_sign(admin: Admin) -> None:
    admin.register()
    before = admin.endpoint()
    path = f"/{before.id}"
    seen = before.secret_set_at.isoformat()
    made = admin.post(f"{path}/secret", form_of=path, overlap_hours="24", replacing=seen)
    after = admin.endpoint()
    assert after.secret != before.secret
    assert f'id="secret">{after.secret}</code>' in made.text
    assert after.previous_secret == before.secret
    assert "every webhook is signed with the old secret too" in admin.page(path)
    for hours in ("x", "169", "-1", ""):
        refused = admin.post(f"{path}/secret", form_of=path, overlap_hours=hours, replacing=seen)
        assert refused.status_code == 422
    assert admin.endpoint().secret == after.secret


def test_a_deleted_endpoint_is_gone_and_its_deliveries_can_be_read(admin: Admin) -> None:
    admin.register()
    path = f"/{admin.endpoint().id}"
    admin.emit()
    (delivery,) = admin.deliveries()
    assert "1 delivery that waits will not be sent" in admin.page(path)
    assert admin.post(f"{path}/delete", form_of=path).status_code == 303
    assert admin.browser.get(f"/webhooks{path}").status_code == 404
    assert "Not sent: it was off" in admin.page(f"/deliveries/{delivery.id}")


@pytest.mark.parametrize("role", ["finance", "treasury", "auditor"])
def test_others_neither_see_the_place_nor_enter_it(signed_in: Enter, admin: Admin, tenant_id: str, role: str) -> None:
    admin.register()
    other = signed_in(role, tenant_id=tenant_id)
    assert "/console/webhooks" not in other.get("/receipts").text
    assert "/console/webhooks" in admin.browser.get("/receipts").text
    assert other.get("/webhooks").status_code == 403
    assert other.get(f"/webhooks/{admin.endpoint().id}").status_code == 403
    refused = other.post(f"/webhooks/{admin.endpoint().id}/test", form_of="/import")
    assert refused.status_code == 403


def test_a_stranger_finds_nothing(signed_in: Enter, admin: Admin, new_tenant: Callable[[], str]) -> None:
    admin.register()
    admin.emit()
    (delivery,) = admin.deliveries()
    stranger = signed_in("admin", tenant_id=new_tenant())
    for path in (admin.endpoint().id, f"deliveries/{delivery.id}"):
        assert stranger.get(f"/webhooks/{path}").status_code == 404
