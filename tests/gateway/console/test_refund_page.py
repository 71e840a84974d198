"""Refunds through the platform on a receipt's page, connections that are made and kept, requests and pay links."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from activities.receipts import Recorder
from domain.money import Money
from domain.receipts import ReceiptFact
from runtime import clock
from store import creditors, inbox, pay_links, payment_requests, refunds
from store.creditors import PlatformConnection
from store.database import Database
from tests.fakes.console_world import World

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
_payments = itertools.count(1_325_550_100)
MERCADOPAGO = {  # without a rail: nobody in this world is asked to pay over it
    "set_api_key": "APP_USR-0123456789",
    "set_webhook_secret": "0123456789abcdef",
    "currency": "BRL",
}


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def newest(database: Database, world: World, platform: str) -> PlatformConnection:
    with database.tenant(world.tenant_id) as tx:
        return [one for one in creditors.connections(tx) if one.platform == platform][-1]


@pytest.fixture
def connected(signed_in: Enter, database: Database, world: World) -> PlatformConnection:
    """A connection made by a person through the form."""
    browser = signed_in("treasury")
    with database.tenant(world.tenant_id) as tx:
        creditor = creditors.every(tx)[0].id
    form = f"/connections/new?platform=mercadopago&country=BR&creditor={creditor}"
    name = clock.new_id("event")
    stated = {"creditor": creditor, "platform": "mercadopago", "country": "BR", "name": name, **MERCADOPAGO}
    done = browser.post("/connections/new", form_of=form, **stated)
    assert done.status_code == 303, words(done.text)
    again = browser.post("/connections/new", form_of=form, **stated)
    assert (again.status_code, "There is such a connection already" in words(again.text)) == (409, True)
    return newest(database, world, "mercadopago")


@pytest.fixture
def receipt_id(connected: PlatformConnection, database: Database, world: World) -> str:
    """50.00 that came over the connection and wait."""
    now = world.now()
    fact = ReceiptFact(str(next(_payments)), Money(5_000, "BRL"), now, now.date(), ("nobody",), payer_name="Maria S.")
    delivery = inbox.Delivery(
        id=clock.new_id("inbox"),
        tenant_id=world.tenant_id,
        connection_id=connected.id,
        platform="mercadopago",
        delivery_id=fact.external_ref,
        body=b'{"a":1}',
        state="done",
        attempts=1,
        facts=1,
        received_at=now,
        next_try_at=now,
        processed_at=now,
    )
    with database.tenant(world.tenant_id) as tx:
        inbox.receive(tx, delivery)
        Recorder(tx, connected, delivery.id, clock.new_id, now).receipt(fact)
        found = tx.exec_driver_sql("SELECT id FROM receipt WHERE external_ref = %s", (fact.external_ref,))
        return str(found.scalar_one())


def test_a_form_is_made_of_what_the_platform_needs_and_shows_no_secret(
    signed_in: Enter, connected: PlatformConnection
) -> None:
    page = signed_in("treasury").get("/connections/new?platform=khipu&country=CL&lang=en").text
    assert 'name="set_webhook_url"' in page
    assert "/webhooks/khipu/{connection}" in page
    assert 'type="password" name="set_api_key"' in page
    shown = signed_in("treasury").get(f"/connections/{connected.id}?lang=en").text
    assert not [value for name, value in MERCADOPAGO.items() if "set_" in name and value in shown]


def test_what_the_form_lacks_is_refused_and_the_rest_kept(signed_in: Enter, world: World, database: Database) -> None:
    with database.tenant(world.tenant_id) as tx:
        creditor = creditors.every(tx)[0].id
    form = f"/connections/new?platform=mercadopago&country=BR&creditor={creditor}"
    stated = {"creditor": creditor, "platform": "mercadopago", "country": "BR", "name": "My name", "currency": "BRL"}
    done = signed_in("treasury").post("/connections/new", form_of=form, **stated)
    assert (done.status_code, 'value="My name"' in done.text) == (422, True)


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_connect_nothing(signed_in: Enter, role: str) -> None:
    assert signed_in(role).get("/connections/new").status_code == 403


def test_settings_are_changed_and_checked(
    signed_in: Enter, connected: PlatformConnection, database: Database, world: World
) -> None:
    path, browser = f"/connections/{connected.id}", signed_in("treasury")
    done = browser.post(f"{path}/settings", form_of=path, set_base_url="https://api.example", set_refund_alone="9.00")
    assert done.status_code == 303
    config = newest(database, world, "mercadopago").config
    assert config["base_url"] == "https://api.example"
    assert "refund_alone" not in config  # an administrator states that
    assert browser.post(f"{path}/settings", form_of=path, set_base_url="ftp://x").status_code == 422
    signed_in("admin").post(f"{path}/settings", form_of=path, set_refund_alone="9.00")
    assert newest(database, world, "mercadopago").config["refund_alone"] == "9.00"


def test_a_paused_connection_is_used_again(
    signed_in: Enter, connected: PlatformConnection, database: Database, world: World
) -> None:
    path, browser = f"/connections/{connected.id}", signed_in("treasury")
    browser.post(f"{path}/state", form_of=path, asked="0")
    assert newest(database, world, "mercadopago").state == "paused"
    with database.anyone() as tx:  # what it sends is still taken
        assert creditors.tenant_of_connection(tx, connected.id) == world.tenant_id
    browser.post(f"{path}/state", form_of=path, asked="1")
    assert newest(database, world, "mercadopago").state == "active"


def test_a_webhook_that_is_not_the_platforms_is_told_from_one_that_is(
    signed_in: Enter, connected: PlatformConnection
) -> None:
    path, browser = f"/connections/{connected.id}", signed_in("treasury")
    refused = browser.post(
        f"{path}/sample", form_of=path, headers="x-signature: ts=1,v1=00\nx-request-id: 1", body="{}"
    )
    assert refused.status_code == 401
    assert browser.post(f"{path}/sample", form_of=path, headers="nonsense", body="{}").status_code == 422


def test_a_refund_is_proposed_by_one_and_approved_by_another(
    signed_in: Enter, receipt_id: str, database: Database, world: World
) -> None:
    path, first = f"/receipts/{receipt_id}", signed_in("treasury")
    page = first.get(f"{path}?lang=en").text
    refund_id = re.search(r'name="refund_id" value="(rfd_\w+)"', page)
    assert refund_id is not None
    stated = {"refund_id": refund_id[1], "amount": "50.00", "reason": "paid twice"}
    assert first.post(f"{path}/platform-refund", form_of=path, **stated).status_code == 303
    own = words(first.get(f"{path}?lang=en").text)
    assert "Another person has to approve it." in own
    mine = first.post(f"{path}/refunds/{refund_id[1]}/approve", form_of=path)
    assert (mine.status_code, "another person must agree" in words(mine.text)) == (409, True)
    assert signed_in("admin").post(f"{path}/refunds/{refund_id[1]}/approve", form_of=path).status_code == 303
    with database.tenant(world.tenant_id) as tx:
        assert refunds.get(tx, refund_id[1]).state == "due"


def test_who_paid_is_not_shown_to_an_auditor(signed_in: Enter, receipt_id: str) -> None:
    seen, hidden = (signed_in(role).get(f"/receipts/{receipt_id}?lang=en").text for role in ("treasury", "auditor"))
    assert ("Maria S." in seen, "Maria S." in hidden) == (True, False)
    delivery = re.search(r"/console(/inbox/inb_\w+)", seen)
    assert delivery is not None
    raw = signed_in("treasury").get(f"{delivery[1]}/raw")
    assert (raw.content, raw.headers["content-disposition"][:10]) == (b'{"a":1}', "attachment")
    assert signed_in("auditor").get(f"{delivery[1]}/raw").status_code == 403
    assert "&#34;a&#34;" not in signed_in("auditor").get(delivery[1]).text


def test_requests_are_listed_cancelled_and_made_anew(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World
) -> None:
    case_id, browser = case_of("BR"), signed_in("finance")
    browser.post(f"/cases/{case_id}/payment-request", form_of=f"/cases/{case_id}", amount="12.34")
    with database.tenant(world.tenant_id) as tx:
        request = next(one for one in payment_requests.of_case(tx, case_id) if one.amount_minor == 1_234)
    assert request.reference in browser.get("/requests?lang=en").text
    assert request.reference not in browser.get("/requests?state=paid").text
    assert browser.post(f"/requests/{request.id}/cancel", form_of="/requests").status_code == 303
    assert browser.post(f"/requests/{request.id}/cancel", form_of="/requests").status_code == 409
    assert browser.post(f"/requests/{request.id}/reissue", form_of="/requests").status_code == 303
    with database.tenant(world.tenant_id) as tx:
        states = {one.state for one in payment_requests.of_case(tx, case_id) if one.amount_minor == 1_234}
    assert "cancelled" in states
    assert states - {"cancelled"} <= {"draft", "issued"} != set()
    assert "Payment request cancelled" in words(browser.get(f"/cases/{case_id}?lang=en").text)


def test_a_pay_link_is_given_shown_to_those_who_may_and_revoked(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World
) -> None:
    case_id, browser = case_of("BR"), signed_in("finance")
    path = f"/cases/{case_id}"
    browser.post(f"{path}/pay-link", form_of=path)
    page = browser.get(f"{path}?lang=en").text
    token = re.search(r"/pay/([\w-]{43})", page)
    assert token is not None
    assert "Link to the pay page made" in words(page)
    assert token[1] not in signed_in("auditor").get(path).text
    assert signed_in("auditor").post(f"{path}/pay-link/revoke", form_of="/cases").status_code == 403
    browser.post(f"{path}/pay-link/revoke", form_of=path)
    with database.tenant(world.tenant_id) as tx:
        link = pay_links.by_token(tx, token[1])
        assert link is not None
        assert link.revoked_at is not None
