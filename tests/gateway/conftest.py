"""What tests of the gateway share: services over a real database, a desk that remembers, machines, a story."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from activities import creditors as opening
from activities import portfolios as importing
from activities.portfolios import ImportInput, PortfolioActivities
from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.pegs import PegRates
from connectors.webhook_sender import WebhookSender
from domain.case_commands import CaseCommand, CommandAnswer
from domain.portfolio import COLUMNS
from gateway.app import create_app
from gateway.auth import key_sha256
from gateway.desk import Pending
from gateway.services import Limits, Services
from runtime import clock
from store import tenants
from store.creditors import Creditor, PlatformConnection
from store.database import Database
from tests.fakes.nudging import Unmoved

WEBHOOK_SECRET = "whsec_of_the_tests"
BANK_ACCOUNT = "BR1800360305000010009795493C1"
PIX_TOKEN = "token-of-the-tests-0123456789abcdef"
HOSTS = {"hook.example": ["93.184.216.34"], "inside.example": ["93.184.216.34", "10.0.0.1"]}
_numbers = itertools.count()


@dataclass
class Desk:
    """Remembers what it was asked, and answers as a test wants."""

    answer: CommandAnswer | Pending | None = None
    commands: list[tuple[str, CaseCommand]] = field(default_factory=list)
    imports: list[tuple[str, str]] = field(default_factory=list)
    nudges: list[str] = field(default_factory=list)
    hooked: list[str] = field(default_factory=list)

    def command(self, case_id: str, command: CaseCommand) -> CommandAnswer | Pending:
        self.commands.append((case_id, command))
        return self.answer or CommandAnswer(command.command_id, accepted=True, ref="pro_made", state="promise")

    def start_import(self, portfolio_id: str, tenant_id: str) -> None:
        self.imports.append((portfolio_id, tenant_id))

    def nudge_intake(self, tenant_id: str) -> None:
        self.nudges.append(tenant_id)

    def nudge_webhooks(self, tenant_id: str) -> None:
        self.hooked.append(tenant_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def services(database: Database, desk: Desk) -> Services:
    return Services(
        database=database,
        now=clock.now,
        new_id=clock.new_id,
        case_desk=desk,
        rates=RateBook([PegRates(), EcbRates()], default_limit_days=3650),
        session_key=b"s" * 32,
        webhook_sender=WebhookSender(resolve=lambda host, _port: HOSTS.get(host, [])),
        limits=Limits(webhook_body=4096, upload_body=65_536, key_per_minute=100_000, address_per_minute=100_000),
    )


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services)


@pytest.fixture
def sign_in(app: FastAPI, database: Database) -> Callable[..., TestClient]:
    """A machine of a tenant in some roles."""

    def machine(tenant_id: str, *roles: str) -> TestClient:
        number = next(_numbers)
        key = f"afk_{tenant_id}_{number}"
        with database.tenant(tenant_id) as tx:
            tenants.add_api_key(
                tx,
                key_id=clock.new_id("api_key"),
                tenant_id=tenant_id,
                name=f"machine {number}",
                key_sha256=key_sha256(key),
                roles=list(roles),
                now=clock.now(),
            )
        client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
        client.headers["Idempotency-Key"] = f"key-{number}"
        return client

    return machine


@pytest.fixture
def admin(sign_in: Callable[..., TestClient], tenant_id: str) -> TestClient:
    return sign_in(tenant_id, "admin")


def portfolio_csv(**changes: str) -> bytes:
    """One overdue Brazilian loan."""
    cells = {column.name: column.example for column in COLUMNS if column.required or column.name in _ALSO}
    cells |= {"paid_instalments": "10"} | changes
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    return out.getvalue().encode()


_ALSO = ("email", "subdivision", "preferred_locale", "preferred_channel")


@dataclass(frozen=True)
class Story:
    """A creditor with two connections, one loan and the case it made."""

    tenant_id: str
    creditor: Creditor
    stripe: PlatformConnection
    pix: PlatformConnection
    bank: PlatformConnection
    portfolio_id: str
    case_id: str
    loan_id: str


@pytest.fixture
def tell(database: Database) -> Callable[[str], Story]:
    """Tells the story in a tenant."""

    def told(tenant_id: str) -> Story:
        ids: dict[str, Any] = {"new_id": clock.new_id, "now": datetime.now(UTC)}
        with database.tenant(tenant_id) as tx:
            creditor = opening.open_creditor(
                tx,
                opening.NewCreditor(
                    "Aurora",
                    "CN",
                    "91330206MA2AF1T01G",
                    "ask@aurora.example",
                    "vehicle_dealer",
                    "USD",
                    address="1 Harbour Road, Ningbo, China",
                ),
                tenant_id=tenant_id,
                **ids,
            )

            def connect(platform: str, settings: dict[str, str], **codes: Any) -> PlatformConnection:
                new = opening.NewConnection(
                    creditor.id, platform, "BR", "BRL", platform, settings, **({"accounts": {}} | codes)
                )
                return opening.connect(tx, new, **ids)

            stripe = connect("stripe", _STRIPE_SETTINGS, rails=("card",))
            pix = connect("pix_api", _PIX_SETTINGS, rails=("pix",))
            bank = connect("bank_statement", {"account": BANK_ACCOUNT}, accounts={"pix_static": _PIX_ACCOUNT})
            portfolio = importing.receive(
                tx,
                tenant_id=tenant_id,
                creditor_id=creditor.id,
                filename="one.csv",
                body=portfolio_csv(),
                dry_run=False,
                skip_bad=False,
                imported_by="tests",
                **ids,
            )
        loader = PortfolioActivities(database, Unmoved(), clock.new_id, clock.now)
        done = loader.load(ImportInput(tenant_id, portfolio.id))
        assert done.state == "imported", done
        with database.tenant(tenant_id) as tx:
            case_id = tx.exec_driver_sql("SELECT id FROM collection_case").scalar_one()
            loan_id = tx.exec_driver_sql("SELECT id FROM loan").scalar_one()
        return Story(tenant_id, creditor, stripe, pix, bank, portfolio.id, case_id, loan_id)

    return told


_STRIPE_SETTINGS = {
    "api_key": "sk_test_12345678",
    "webhook_secret": WEBHOOK_SECRET,
    "return_url": "https://aurora.example/thank-you",
}
_PIX_ACCOUNT = {"key": "aurora@example.com", "name": "AURORA", "city": "SAO PAULO"}
_PIX_SETTINGS = {
    "base_url": "https://pix.bank.example",
    "token_url": "https://pix.bank.example/token",
    "client_id": "id",
    "client_secret": "secret",
    "pix_key": "aurora@example.com",
    "webhook_secret": PIX_TOKEN,
}


@pytest.fixture
def story(tell: Callable[[str], Story], tenant_id: str) -> Story:
    return tell(tenant_id)
