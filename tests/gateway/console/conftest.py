"""What tests of the console share: a world to look at, and people signed in to it as browsers do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.pegs import PegRates
from connectors.webhook_sender import WebhookSender
from gateway.app import create_app
from gateway.console import sessions
from gateway.console.sessions import SESSION_COOKIE, Session
from gateway.services import Limits, Services
from runtime import clock
from store import tenants
from store.database import Database
from tests.fakes.console_world import PASSWORD, Clock, TurnDesk, World, add_person

HOSTS = {"hook.example": ["93.184.216.34"], "inside.example": ["10.0.0.1"]}
LIMITS = Limits(upload_body=200_000, key_per_minute=100_000, address_per_minute=100_000)


@pytest.fixture(scope="session")
def world(database: Database) -> World:
    """One world for all tests that only look, or whose traces do not disturb others."""
    tenant_id = clock.new_id("tenant")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="The console's world", now=clock.now())
    return World(database, tenant_id, Clock()).make()


@pytest.fixture
def services(database: Database, world: World) -> Services:
    return Services(
        database=database,
        now=world.now,
        new_id=clock.new_id,
        case_desk=TurnDesk(database, world.now, world.tenant_id),
        rates=RateBook([PegRates(), EcbRates()], default_limit_days=3650),
        session_key=b"s" * 32,
        limits=LIMITS,
        webhook_sender=WebhookSender(resolve=lambda host, _port: HOSTS.get(host, [])),
    )


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services)


@dataclass
class Browser:
    """A browser without scripts: follows forms and keeps cookies."""

    client: TestClient

    def get(self, path: str) -> Response:
        return self.client.get(f"/console{path}")

    def token(self, path: str) -> str:
        """The token that the forms of a page carry."""
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get(path).text)
        assert found, path
        return found.group(1)

    def post(self, path: str, *, form_of: str, **fields: str) -> Response:
        """Send a form as the page at ``form_of`` would."""
        return self.client.post(f"/console{path}", data={"form_token": self.token(form_of), **fields})

    def sign_in(self, email: str, password: str = PASSWORD) -> Response:
        return self.post("/sign-in", form_of="/sign-in", email=email, password=password)


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    """Nobody has signed in yet."""
    return Browser(TestClient(app, follow_redirects=False))


@pytest.fixture
def signed_in(app: FastAPI, services: Services, database: Database, world: World) -> Callable[..., Browser]:
    """A person of a role, signed in already, as the cookie proves."""

    def enter(role: str, *, tenant_id: str | None = None, alone: bool = False) -> Browser:
        """``alone`` makes somebody whom no other test meets: for what a person changes about themselves."""
        tenant = tenant_id or world.tenant_id
        person = None if alone else _people.get((tenant, role))
        person = person or add_person(database, tenant, role=role)
        if not alone:
            _people[tenant, role] = person
        fresh = Browser(TestClient(app, follow_redirects=False))
        moment = int(world.now().timestamp())
        session = Session(person.id, tenant, "a nonce", sessions.seal_of(person), moment, moment)
        fresh.client.cookies.set(SESSION_COOKIE, sessions.sign(session, key=services.session_key), path="/console")
        return fresh

    return enter


_people: dict[tuple[str, str], tenants.Person] = {}


@pytest.fixture
def case_of(world: World) -> Callable[[str], str]:
    """The identifier of an open, undisturbed case in a country."""

    def find(country: str) -> str:
        return next(
            line.id
            for line in reversed(world.cases())
            if line.country == country and line.work_state == "active" and not line.on_hold
        )

    return find
