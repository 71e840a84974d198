"""Callbacks of the text gateway: only what proves itself is kept, and it is safe before it is answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.incoming_texts import IncomingTexts
from domain.outgoing_webhooks import headers, secret_of
from gateway.app import create_app
from gateway.services import Services, TextCallbacks
from runtime import clock
from store import incoming_messages, opt_outs, parties, permits
from store.database import Database
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

SECRET = secret_of(b"s" * 32)
URL = "/webhooks/channels/sms"


@pytest.fixture
def network(services: Services) -> TestClient:
    """A gateway that keeps what it is told."""
    listener = IncomingTexts(services.database, Unmoved(), services.new_id, services.now).hear
    return TestClient(create_app(replace(services, texts=TextCallbacks((SECRET,), listener))))


def call(network: TestClient, secret: str = SECRET, **document: Any) -> Any:
    raw = json.dumps(document).encode()
    signed = headers((secret,), message_id="cb", timestamp=int(clock.now().timestamp()), content=raw)
    return network.post(URL, content=raw, headers=signed)


def test_who_writes_a_word_of_opting_out_to_the_gateway_has_opted_out(
    network: TestClient, story: Any, database: Database
) -> None:
    number = f"+5511{int.from_bytes(story.tenant_id.encode()[-4:], 'big') % 10**8:09d}"
    with database.tenant(story.tenant_id) as tx:
        party_id = tx.exec_driver_sql("SELECT party_id FROM collection_case LIMIT 1").scalar_one()
        parties.change(tx, party_id, now=clock.now(), values={"phone": number})
    answer = call(network, type="text.received", id="mo-1", to="28500", text="Sair.", **{"from": number[1:]})
    again = call(network, type="text.received", id="mo-1", to="28500", text="Sair.", **{"from": number[1:]})
    assert (answer.status_code, again.json()) == (200, {"kept": True})
    with database.tenant(story.tenant_id) as tx:
        index = permits.number_index(number) or b""
        assert opt_outs.standing(tx, [index]) == {index: {"sms"}}
        (message,) = incoming_messages.newest(tx, limit=5)
    assert (message.text, message.transport) == ("Sair.", "sms_http")


def test_what_does_not_prove_itself_is_refused(network: TestClient) -> None:
    answer = call(network, secret_of(b"x" * 32), type="text.report", id="ntc_1", state="delivered")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")


def test_what_cannot_be_read_is_refused(network: TestClient) -> None:
    answer = call(network, type="text.report", id="ntc_1", state="lost")
    assert (answer.status_code, answer.json()["code"]) == (422, "callback_malformed")


def test_where_no_gateway_is_connected_nothing_is_taken(services: Services) -> None:
    answer = call(TestClient(create_app(services)), type="text.report", id="ntc_1", state="delivered")
    assert (answer.status_code, answer.json()["code"]) == (404, "webhook_unknown")
