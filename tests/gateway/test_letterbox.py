"""The letterbox: what comes together is kept together, each answered for itself; refusals alone are counted."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities import connections
from domain.errors import AfluenteError, Unavailable
from gateway.app import create_app
from gateway.letterbox import Call, Kept, Letterbox
from gateway.services import Limits, Services
from store import inbox
from store.database import Database
from store.inbox import Delivery

pytestmark = pytest.mark.servers

SECRET = "whsec_of_the_tests"


def call(connection_id: str, name: str, *, secret: str = SECRET, platform: str = "stripe") -> Call:
    body = json.dumps({"id": name, "object": "event", "type": "x", "data": {"object": {}}}).encode()
    now = int(time.time())
    proof = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return Call(platform, connection_id, body, {"stripe-signature": f"t={now},v1={proof}"})


def put(letterbox: Letterbox, *calls: Call) -> list[Kept | BaseException]:
    async def together() -> list[Kept | BaseException]:
        return await asyncio.gather(*(letterbox.put(one) for one in calls), return_exceptions=True)

    return asyncio.run(together())


def code_of(answer: Kept | BaseException) -> str:
    assert isinstance(answer, AfluenteError)
    return answer.code


def test_what_comes_together_is_kept_by_fewer_transactions(
    services: Services, story: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []

    def counted(database: Database, tenant_id: str, deliveries: Sequence[Delivery]) -> dict[str, str]:
        together.append(len(deliveries))
        return kept(database, tenant_id, deliveries)

    kept = inbox.receive_all
    monkeypatch.setattr(inbox, "receive_all", counted)
    answers = put(Letterbox(services), *(call(story.stripe.id, f"evt_{number}") for number in range(40)))
    assert all(isinstance(answer, Kept) and not answer.duplicate for answer in answers)
    assert (sum(together), len(together) < 20) == (40, True)


def test_each_is_answered_for_itself(services: Services, story: Any) -> None:
    wrong = call(story.stripe.id, "evt_2", secret="whsec_of_somebody")
    answers = put(
        Letterbox(services),
        call(story.stripe.id, "evt_1"),
        wrong,
        call("con_nothing", "evt_3"),
        call(story.stripe.id, "evt_4", platform="xendit"),
        call(story.stripe.id, "evt_1"),
    )
    first, refused, nowhere, other, again = answers
    assert (code_of(refused), code_of(nowhere), code_of(other)) == (
        "signature_invalid",
        "webhook_unknown",
        "webhook_unknown",
    )
    assert isinstance(first, Kept)
    assert isinstance(again, Kept)
    assert first.id == again.id
    assert sorted((first.duplicate, again.duplicate)) == [False, True]


def test_one_that_cannot_be_kept_does_not_hold_up_its_neighbours(
    services: Services, story: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(database: Database, tenant_id: str, deliveries: Sequence[Delivery]) -> dict[str, str]:
        if any(one.delivery_id == "evt_13" for one in deliveries):
            raise Unavailable("database_unreachable", "The database cannot be reached.")
        return kept(database, tenant_id, deliveries)

    kept = inbox.receive_all
    monkeypatch.setattr(inbox, "receive_all", failing)
    answers = put(Letterbox(services), *(call(story.stripe.id, f"evt_{number}") for number in range(20)))
    assert [number for number, one in enumerate(answers) if not isinstance(one, Kept)] == [13]
    assert code_of(answers[13]) == "database_unreachable"


def test_a_new_secret_is_accepted_at_once_beside_the_old_one(
    services: Services, story: Any, database: Database
) -> None:
    letterbox = Letterbox(services)
    assert isinstance(put(letterbox, call(story.stripe.id, "evt_1"))[0], Kept)
    with database.tenant(story.tenant_id) as tx:
        connections.replace_secret(tx, story.stripe.id, "webhook_secret", "whsec_the_new_one")
    new, old = put(
        letterbox,
        call(story.stripe.id, "evt_2", secret="whsec_the_new_one"),
        call(story.stripe.id, "evt_3"),
    )
    assert isinstance(new, Kept)
    assert isinstance(old, Kept)


def test_refused_webhooks_are_counted_and_accepted_ones_are_not(services: Services, story: Any) -> None:
    client = TestClient(create_app(dataclasses.replace(services, limits=Limits(address_per_minute=2))))

    def deliver(name: str, secret: str) -> int:
        one = call(story.stripe.id, name, secret=secret)
        return client.post(
            f"/webhooks/stripe/{story.stripe.id}", content=one.raw, headers=dict(one.headers)
        ).status_code

    assert [deliver(f"evt_{number}", SECRET) for number in range(5)] == [202] * 5
    assert [deliver("evt_x", "whsec_wrong") for _ in range(3)] == [401, 401, 429]
    assert deliver("evt_6", SECRET) == 429
