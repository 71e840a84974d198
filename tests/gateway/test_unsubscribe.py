"""Unsubscribing by the link in an e-mail: one POST without signing in, and a GET that changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.services import Services
from store import contact_stops, notice_tokens, notices
from store.database import Database
from tests.fakes.console_world import World
from tests.fakes.pay_world import small_world


@pytest.fixture
def world(database: Database, new_tenant: Callable[[], str]) -> World:
    return small_world(database, new_tenant(), "BR")


@pytest.fixture
def path(world: World) -> str:
    world._turns()
    with world.database.tenant(world.tenant_id) as tx:
        notice = notices.of_case(tx, world.cases()[0].id)[0]
    return notice_tokens.path_to_unsubscribe(notice.id)


@pytest.fixture
def anybody(app: FastAPI, services: Services, world: World) -> TestClient:
    app.state.services = replace(services, now=world.now)
    return TestClient(app, follow_redirects=False)


def stopped(world: World) -> list[str | None]:
    with world.database.tenant(world.tenant_id) as tx:
        found = contact_stops.standing(tx, [case.party_id for case in world.cases()])
    return [stop.channel for one in found.values() for stop in one]


def test_one_post_of_a_mailbox_provider_is_enough(anybody: TestClient, world: World, path: str) -> None:
    answer = anybody.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert stopped(world) == ["email"]
    assert anybody.post(path).status_code == 200
    assert stopped(world) == ["email"]


def test_looking_at_the_link_changes_nothing_and_asks(anybody: TestClient, world: World, path: str) -> None:
    page = anybody.get(path)
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert stopped(world) == []


def test_the_page_tells_nothing_of_anybody(anybody: TestClient, world: World, path: str) -> None:
    texts = (anybody.get(path).text, anybody.post(path).text)
    with world.database.tenant(world.tenant_id) as tx:
        names = list(tx.exec_driver_sql("SELECT name FROM party UNION SELECT name FROM creditor").scalars())
    assert names
    assert not [name for name in names for text in texts if name in text]


def test_the_page_speaks_the_language_of_the_notice_or_the_one_chosen(anybody: TestClient, path: str) -> None:
    assert '<html lang="pt-BR" dir="ltr">' in anybody.get(path).text
    assert '<html lang="ar" dir="rtl">' in anybody.get(f"{path}?lang=ar").text


def test_a_link_that_was_not_given_out_does_nothing(anybody: TestClient, world: World, path: str) -> None:
    wrong = path[:-1] + ("a" if path[-1] != "a" else "b")
    for address in (wrong, "/unsubscribe/x", f"/unsubscribe/{'a' * 200}", "/unsubscribe/%F0%9F"):
        assert anybody.get(address).status_code == 404
        assert anybody.post(address).status_code == 404
    assert stopped(world) == []


def test_a_link_of_the_pay_page_cannot_be_guessed_from_it_nor_by_many_tries(anybody: TestClient, path: str) -> None:
    statuses = [anybody.get(f"{path}{number}").status_code for number in range(12)]
    assert statuses[:10] == [404] * 10
    assert statuses[-1] == 429
    assert anybody.get(path).status_code == 200  # a real link still opens
