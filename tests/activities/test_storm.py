"""A storm: payments, refunds and contests with all going wrong that can, and at the end every unit is booked once.

What is made up follows from a seed, which names the test. ``make soak`` weathers long ones.
"""

from __future__ import annotations

import io
import random
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
import structlog
import uvicorn

from activities import payment_requests
from activities.intake import IntakeActivities
from activities.payment_requests import Issuer
from activities.reconciliation import ReconciliationDesk
from activities.statement_files import FileDesk
from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from connectors.transport import Transport
from domain.errors import AfluenteError
from domain.money import Money
from domain.reconciliation import Leg
from gateway.app import create_app
from gateway.services import Limits, Services
from runtime import clock
from store import cases
from tests.fakes.console_world import TurnDesk
from tests.ledger.soaking import at_ease
from tests.peers.fake_world.post import Mischief
from tests.peers.fake_world.server import Server, running

pytestmark = pytest.mark.servers

ACTS = at_ease(40, 1_500)
SEEDS = at_ease([3], list(range(1, 7)))
HOMES = {
    "pix_api": ("BR", "BRL", "pix"),
    "stripe": ("BR", "BRL", "card"),
    "xendit": ("ID", "IDR", "qris"),
}
Scope = MutableMapping[str, Any]


class Desk(TurnDesk):
    """Starts nothing: the storm reads the inbox itself."""

    def nudge_intake(self, tenant_id: str) -> None:
        """Nobody waits for it."""

    def nudge_webhooks(self, tenant_id: str) -> None:
        """Nobody waits for it."""


class Unsteady:
    """A gateway that fails now and then: before it has done anything, or after everything, with the answer lost."""

    def __init__(self, app: Any, chance: random.Random) -> None:
        self.app, self.chance = app, chance
        self.failures = 0

    async def __call__(self, scope: Scope, receive: Any, send: Callable[[Scope], Awaitable[None]]) -> None:
        """Answer, or not."""
        fate = self.chance.random() if scope["type"] == "http" else 1.0
        if fate >= 0.2:
            await self.app(scope, receive, send)
            return
        if fate < 0.1:
            await self.app(scope, receive, _unheard)
        self.failures += 1
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _unheard(_message: Scope) -> None:
    """Nobody hears the answer."""


@dataclass
class Storm:
    """The product's own parts over one database, and the world outside."""

    world: Any
    server: Server
    chance: random.Random
    hours: float = 0.0

    def now(self) -> datetime:
        """A clock that runs ahead, so that what waits for an hour need not."""
        return clock.now() + timedelta(hours=self.hours)

    @property
    def transport(self) -> Transport:
        """Asks the platforms."""
        return Transport(httpx.Client(), structlog.get_logger("storm"), now=clock.now, allow_private=True)

    def act(self, case_ids: dict[str, str]) -> None:
        """Something happens outside."""
        paid = [one for held in self.server.world.merchants.values() for one in held.payments.values()]
        what = self.chance.random()
        if what < 0.6 or not paid:
            self.pay(case_ids)
            return
        payment = self.chance.choice(paid)
        with suppress(LookupError):  # there is nothing left to take back
            if what < 0.8:
                part = (payment.left * self.chance.choice([1, Decimal("0.4")])).quantize(Decimal("0.01"))
                self.server.world.refund(payment.id, amount=part, backwards=self.chance.random() < 0.5)
            elif payment.merchant.platform != "xendit" and payment.contest is None and payment.left > 0:
                self.server.world.contest(payment.id, backwards=self.chance.random() < 0.5)
            elif payment.contest is not None and payment.contest.phase == "opened":
                self.server.world.contest(payment.id, self.chance.choice(["won", "lost"]))

    def pay(self, case_ids: dict[str, str]) -> None:
        """A debtor is asked and pays: what was asked for, a little less, or more."""
        merchant = self.chance.choice(list(self.server.world.merchants.values()))
        merchant.faults += self.chance.choice([[], [], [], ["500"], ["hang_up"]])
        country, currency, rail = HOMES[merchant.platform]
        amount = Money(self.chance.randrange(100, 90_000), currency)
        with self.world.tx() as tx:
            case = cases.get(tx, case_ids[country], lock=True)
            request = payment_requests.create(tx, case, amount=amount, rail=rail, now=clock.now(), new_id=clock.new_id)
        issuer = Issuer(self.world.database, self.transport, clock.now)
        with suppress(AfluenteError):  # what was lost on its way is asked for again
            request = issuer.issue(request)
        issued = issuer.issue(request)
        other = Decimal(self.chance.choice([0, 0, -50, 70])).scaleb(-2)
        self.server.world.pay(str(issued.external_ref), amount=amount.decimal + other)

    def understand(self) -> None:
        """Read the inbox until nothing is left to be understood, however long it would wait."""
        intake = IntakeActivities(self.world.database, self.world.nudges, clock.new_id, self.now, self.transport)
        for _ in range(200):
            intake.batch(self.world.tenant_id)
            with self.world.tx() as tx:
                if tx.exec_driver_sql("SELECT 1 FROM inbox WHERE state IN ('new', 'waiting')").first() is None:
                    return
            self.hours += 0.1
        raise AssertionError("Something is never understood.")

    def told(self) -> list[tuple[str, str, str]]:
        """What could not be understood."""
        with self.world.tx() as tx:
            rows = tx.exec_driver_sql("SELECT platform, error_code, error FROM inbox WHERE state = 'error'")
            return [tuple(row) for row in rows]

    def hand_in(self, connection: str, content: bytes) -> None:
        """A report or a statement arrives."""
        with self.world.tx() as tx:
            desk = FileDesk(tx, clock.new_id, self.now())
            connection_id = self.world.connections[connection].id
            file, _ = desk.receive(io.BytesIO(content), connection_id=connection_id, filename="f", actor="storm")
            read = desk.read_in(file.id)
        assert read.state == "read", (connection, read.error)

    def leftover(self, connection: str, leg: Leg) -> list[str]:
        """What a comparison cannot explain, and what it would not decide."""
        with self.world.tx() as tx:
            desk = ReconciliationDesk(tx, clock.new_id, self.now())
            wanted = [one for one in desk.contexts(self.world.connections[connection].id) if one.leg is leg]
            found = [desk.run(one, actor="storm") for one in wanted]
        assert found
        undecided = [group.id for run in found for group in run.groups if group.status != "confirmed"]
        return [*(name for run in found for name in run.leftover), *undecided]


@contextmanager
def gateway(world: Any, chance: random.Random) -> Iterator[tuple[str, Unsteady]]:
    """The gateway over HTTP, unsteady."""
    services = Services(
        database=world.database,
        now=clock.now,
        new_id=clock.new_id,
        case_desk=Desk(world.database, clock.now, world.tenant_id),
        rates=RateBook([PegRates()], default_limit_days=3650),
        session_key=b"s" * 32,
        limits=Limits(key_per_minute=1_000_000, address_per_minute=1_000_000),
    )
    app = Unsteady(create_app(services), chance)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline, "the gateway did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", app
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def storm(world: Any, loan_row: Any, as_file: Any, seed: int) -> Iterator[Storm]:
    chance = random.Random(seed)
    world.clock.at = clock.now()
    with running(seed=seed) as server, gateway(world, random.Random(seed + 1)) as (address, app):
        for platform, (country, currency, rail) in HOMES.items():
            merchant = server.world.open(platform=platform, country=country, currency=currency)
            settings = server.world.players[platform].settings(merchant, server.world.base_url)
            made = world.connect(platform, country=country, currency=currency, settings=settings, rails=(rail,))
            merchant.webhook_url = f"{address}/webhooks/{platform}/{made.id}"
        world.load(as_file(*(loan_row(country, contract_no=country) for country in ("BR", "ID"))))
        server.world.post.mischief = Mischief(duplicate=0.3, delay=0.5, bad_signature=0.1, delay_seconds=7200)
        yield Storm(world, server, chance)
        assert app.failures > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_storm_every_unit_is_in_the_book_once(storm: Storm) -> None:
    world, outside = storm.world, storm.server.world
    with world.tx() as tx:
        rows = tx.exec_driver_sql("SELECT country, id FROM collection_case").all()
    for number in range(ACTS):
        storm.act(dict(tuple(row) for row in rows))
        if number % 10 == 0:
            storm.understand()
    assert outside.post.quiet(120)
    assert [one.attempts for one in outside.post.letters if not one.delivered] == []
    storm.understand()
    assert storm.told() == []

    truth = {one["external_ref"]: one for one in outside.truth()}
    receipts = world.receipts()
    assert sorted(one.external_ref for one in receipts) == sorted(truth)
    for receipt in receipts:
        true = truth[receipt.external_ref]
        amount, left = (Money.parse(true[name], receipt.currency).minor for name in ("amount", "left"))
        assert receipt.amount_minor == amount
        assert receipt.amount_minor - receipt.reversed_minor - receipt.contested_minor == left, true
    assert world.broken() == []

    merchants = {one.platform: one for one in outside.merchants.values()}
    for platform, connection in (("stripe", "stripe/BR"), ("xendit", "xendit/ID")):
        report = outside.players[platform].report(merchants[platform].moves)
        assert report is not None
        storm.hand_in(connection, report)
        assert storm.leftover(connection, Leg.PLATFORM) == []
    storm.hand_in("pix_api/BR", outside.bank.statement(merchants["pix_api"].bank_account, form="camt053"))
    storm.understand()
    assert storm.leftover("pix_api/BR", Leg.BANK) == []
    assert len(world.receipts()) == len(truth)
    assert world.broken() == []
