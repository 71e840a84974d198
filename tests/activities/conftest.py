"""What tests of activities share: a creditor connected in four countries, a small portfolio, a clock to set."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import structlog

from activities import creditors as opening
from activities import portfolios as importing
from activities.intake import IntakeActivities, IntakeDone
from activities.nudges import ImportInput
from activities.payment_requests import Issuer
from activities.portfolios import ImportDone, PortfolioActivities
from activities.relay import RelayActivities
from activities.turns import Decision, TurnActivities, TurnInput
from activities.wording_desk import WordingDesk
from connectors.channels import ChannelTransport, Delivery, Outgoing
from connectors.transport import Transport
from domain.contact_policy import Channel
from domain.day_close import Actor
from ledger import invariants
from runtime import clock
from runtime.samples import make_portfolio
from store import cases, inbox, loans, notices, parties, receipts
from store.cases import Case
from store.creditors import Creditor, PlatformConnection
from store.database import Database
from store.loans import InstalmentRow
from store.notices import Notice
from store.receipts import Receipt

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday: 12:00 in São Paulo, 22:00 in Bangkok, 19:00 in Dubai
ACCOUNT = "BR1800360305000010009795493C1"
QRIS = (
    "00020101021126570011ID.DANA.WWW011893600915300060605702090006060570303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10190046990790303UMI5204481453033605802ID5912Saifullah.id6014Kota Pontianak61057812463045F72"
)
_numbers = itertools.count(1)


@dataclass
class Clock:
    """A clock that stands where it is set."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **duration: int) -> None:
        """Let time pass."""
        self.at += timedelta(**duration)


@dataclass
class Nudges:
    """Remembers whom it was asked to tell."""

    told: list[str] = field(default_factory=list)
    hooked: list[str] = field(default_factory=list)

    def nudge(self, _tenant_id: str, case_ids: Sequence[str]) -> None:
        """Tell the workflows of cases; none runs here."""
        self.told.extend(case_ids)

    def start_imports(self, tenant_id: str, portfolio_ids: Sequence[str]) -> None:
        """Start imports; none runs here."""

    def send_webhooks(self, tenant_id: str) -> None:
        """Remember whose webhooks were to be sent."""
        self.hooked.append(tenant_id)


@dataclass
class Postman:
    """Carries every channel; what comes of it is what a test says."""

    answer: Delivery | Exception = field(default_factory=lambda: Delivery("accepted", "taken"))
    carried: list[Outgoing] = field(default_factory=list)
    code: str = "postman"
    carries: frozenset[Channel] = frozenset(Channel)

    def deliver(self, outgoing: Outgoing) -> Delivery:
        """Carry one notice."""
        self.carried.append(outgoing)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def row(country: str = "BR", **changes: str) -> dict[str, str]:
    """One loan of the sample portfolio in a country, three instalments of 1000.00 of which the first is overdue."""
    sample = make_portfolio.make_portfolio(NOON.date()).decode()
    first = next(found for found in csv.DictReader(io.StringIO(sample)) if found["country"] == country)
    unpaid = {
        "principal": "2500.00",
        "product": "loan",
        "instalment_amount": "1000.00",
        "instalments_total": "3",
        "last_instalment_amount": "",
        "first_due_date": "2026-11-10",
        "paid_total": "0.00",
        "paid_instalments": "",
        "overdue_since": "",
        "outstanding": "",
        "late_fee": "",
        "preferred_channel": "email",
    }
    return first | unpaid | changes


def portfolio_file(*rows: dict[str, str]) -> bytes:
    """Rows as a portfolio file."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@dataclass
class World:
    """A tenant with a creditor, its connections, and every activity over one clock."""

    database: Database
    tenant_id: str
    clock: Clock = field(default_factory=Clock)
    nudges: Nudges = field(default_factory=Nudges)
    postman: Postman = field(default_factory=Postman)
    connections: dict[str, PlatformConnection] = field(default_factory=dict)
    platform_answers: Callable[[httpx.Request], httpx.Response] = lambda _request: httpx.Response(503)

    def __post_init__(self) -> None:
        with self.tx() as tx:
            new = opening.NewCreditor(
                name="Aurora",
                country="CN",
                document="91330206MA2AF1T01G",
                contact="ask@aurora.example",
                lender_type="finance_company",
                settlement_currency="USD",
                address="1 Harbour Road, Ningbo, China",
            )
            self.creditor: Creditor = opening.open_creditor(
                tx, new, tenant_id=self.tenant_id, new_id=clock.new_id, now=self.clock()
            )
            self.wording(tx).trust(shipped_approved=True, reason="The tests take the wording as it is.")

    def wording(self, tx: Any, who: str = "ana") -> WordingDesk:
        """The desk where wording is approved, for a person."""
        return WordingDesk(tx, self.tenant_id, Actor(who, who), clock.new_id, self.clock())

    def tx(self) -> Any:
        """A transaction in this tenant."""
        return self.database.tenant(self.tenant_id)

    def connect(
        self,
        platform: str,
        *,
        country: str = "BR",
        currency: str = "BRL",
        settings: dict[str, str] | None = None,
        accounts: dict[str, dict[str, str]] | None = None,
        rails: tuple[str, ...] = (),
    ) -> PlatformConnection:
        """Connect a platform in a country."""
        new = opening.NewConnection(
            self.creditor.id, platform, country, currency, platform, settings or {}, accounts or {}, rails
        )
        with self.tx() as tx:
            connection = opening.connect(tx, new, new_id=clock.new_id, now=self.clock())
        self.connections[f"{platform}/{country}"] = connection
        return connection

    def connect_bank(self, country: str = "BR") -> PlatformConnection:
        """The creditor's bank in a country, with the rail whose codes are made here."""
        currency, account, rails = _BANKS[country]
        return self.connect(
            "bank_statement", country=country, currency=currency, settings={"account": account}, accounts=rails
        )

    def connect_stripe(self) -> PlatformConnection:
        """Stripe in Brazil."""
        settings = {
            "api_key": "sk_test_12345678",
            "webhook_secret": "whsec_of_the_tests",
            "return_url": "https://aurora.example/thank-you",
        }
        return self.connect("stripe", settings=settings, rails=("card",))

    # Portfolios -----------------------------------------------------------------------------------------------

    def load(self, body: bytes, *, dry_run: bool = False, skip_bad: bool = False) -> tuple[ImportDone, str]:
        """Import a file; what became of it, and its identifier."""
        with self.tx() as tx:
            portfolio = importing.receive(
                tx,
                tenant_id=self.tenant_id,
                creditor_id=self.creditor.id,
                filename="loans.csv",
                body=body,
                dry_run=dry_run,
                skip_bad=skip_bad,
                imported_by="tests",
                new_id=clock.new_id,
                now=self.clock(),
            )
        loader = PortfolioActivities(self.database, self.nudges, clock.new_id, self.clock)
        return loader.load(ImportInput(self.tenant_id, portfolio.id)), portfolio.id

    def case(self) -> Case:
        """The newest case."""
        with self.tx() as tx:
            newest = tx.exec_driver_sql("SELECT id FROM collection_case ORDER BY opened_at DESC, id DESC LIMIT 1")
            return cases.get(tx, newest.scalar_one())

    def instalments(self) -> list[InstalmentRow]:
        """Every instalment, by due date."""
        with self.tx() as tx:
            return loans.instalments(tx, list(tx.exec_driver_sql("SELECT id FROM loan").scalars()))

    # Turns and notices ----------------------------------------------------------------------------------------

    def turn(self, *, turn_no: int | None = None, **commands: Any) -> Decision:
        """The case's next turn, or one again."""
        case = self.case()
        number = case.turn_no + 1 if turn_no is None else turn_no
        turns = TurnActivities(self.database, clock.new_id, self.clock)
        return turns.take_turn(TurnInput(self.tenant_id, case.id, number, **commands))

    def notices(self) -> list[Notice]:
        """The case's notices, oldest first."""
        with self.tx() as tx:
            return list(reversed(notices.of_case(tx, self.case().id)))

    def relay(self, transports: Sequence[ChannelTransport] | None = None) -> RelayActivities:
        """The relay over this world's postman."""
        client = httpx.Client(transport=httpx.MockTransport(self.platform_answers))
        issuer = Issuer(self.database, Transport(client, structlog.get_logger("tests"), now=self.clock), self.clock)
        carriers = [self.postman] if transports is None else transports
        return RelayActivities(self.database, issuer, carriers, clock.new_id, self.clock)

    # Money ----------------------------------------------------------------------------------------------------

    def deliver(
        self, connection: PlatformConnection, body: bytes, *, filename: str | None = None, name: str = ""
    ) -> str:
        """Something arrives at the inbox; its identifier there."""
        delivery = inbox.Delivery(
            id=clock.new_id("inbox"),
            tenant_id=self.tenant_id,
            connection_id=connection.id,
            platform=connection.platform,
            delivery_id=name or f"delivery-{next(_numbers)}",
            filename=filename,
            body=body,
            received_at=self.clock(),
            next_try_at=self.clock(),
        )
        with self.tx() as tx:
            inbox.receive(tx, delivery)
        return delivery.id

    def statement(self, *lines: dict[str, str], country: str = "BR", account: str = "") -> str:
        """A bank's statement arrives as CSV."""
        currency, own_account, _ = _BANKS[country]
        number = next(_numbers)
        stated = [
            {
                "statement_id": f"S{number}",
                "account": account or own_account,
                "currency": currency,
                "line_no": str(index),
                "value_date": "2026-11-24",
                "booked_at": "2026-11-24T12:00:00+00:00",
                "amount": "0.00",
                "reference": f"bank-{number}-{index}",
                "remittance": "",
                "reversal_of": "",
            }
            | line
            for index, line in enumerate(lines, start=1)
        ]
        connection = self.connections[f"bank_statement/{country}"]
        return self.deliver(connection, portfolio_file(*stated), filename="statement.csv")

    def stripe(self, kind: str, document: dict[str, Any]) -> str:
        """Stripe tells of something."""
        event = {
            "id": f"evt_{next(_numbers)}",
            "object": "event",
            "type": kind,
            "created": int(self.clock().timestamp()),
            "data": {"object": document},
        }
        return self.deliver(self.connections["stripe/BR"], json.dumps(event).encode())

    def stripe_paid(self, intent: str, minor: int, *, reference: str = "", currency: str = "brl") -> str:
        """Stripe tells that a PaymentIntent succeeded."""
        return self.stripe(
            "payment_intent.succeeded",
            {
                "id": intent,
                "status": "succeeded",
                "amount_received": minor,
                "currency": currency,
                "metadata": {"afluente_request": reference},
            },
        )

    def stripe_refunded(self, refund: str, intent: str, minor: int, *, currency: str = "brl") -> str:
        """Stripe tells that a refund went through."""
        return self.stripe(
            "refund.created",
            {
                "id": refund,
                "status": "succeeded",
                "payment_intent": intent,
                "amount": minor,
                "currency": currency,
                "created": int(self.clock().timestamp()),
            },
        )

    def intake(self) -> IntakeDone:
        """Understand what the inbox holds."""
        return IntakeActivities(self.database, self.nudges, clock.new_id, self.clock).batch(self.tenant_id)

    def delivery(self, inbox_id: str) -> inbox.Delivery:
        """What became of a delivery."""
        with self.tx() as tx:
            return inbox.get(tx, inbox_id)

    def receipts(self) -> list[Receipt]:
        """Every receipt, oldest first."""
        with self.tx() as tx:
            found = tx.exec_driver_sql("SELECT id FROM receipt ORDER BY created_at, id").scalars()
            return [receipts.get(tx, receipt_id) for receipt_id in found]

    def count(self, table: str) -> int:
        """How many rows of a table this tenant has."""
        with self.tx() as tx:
            return int(tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    def broken(self) -> list[str]:
        """The invariants of the book that do not hold."""
        with self.tx() as tx:
            return [finding.code for finding in invariants.check(tx) if finding.broken]

    def set_party(self, **values: str | None) -> None:
        """Change how the case's debtor is reached."""
        with self.tx() as tx:
            parties.change(tx, self.case().party_id, now=self.clock(), values=values)


_BANKS: dict[str, tuple[str, str, dict[str, dict[str, str]]]] = {
    "BR": ("BRL", ACCOUNT, {"pix_static": {"key": "pix@aurora.example", "name": "AURORA", "city": "SAO PAULO"}}),
    "ID": ("IDR", "5120098765", {"qris": {"static_payload": QRIS}}),
    "TH": ("THB", "7740012345", {"promptpay_bill": {"biller": "099400061772100"}}),
    "AE": (
        "AED",
        "AE070331234567890123456",
        {"iban_transfer": {"iban": "AE070331234567890123456", "name": "Aurora Motors FZE"}},
    ),
}


@pytest.fixture
def loan_row() -> Callable[..., dict[str, str]]:
    """Makes one row of a portfolio file (``row``)."""
    return row


@pytest.fixture
def as_file() -> Callable[..., bytes]:
    """Makes rows into a portfolio file."""
    return portfolio_file


@pytest.fixture
def world(database: Database, tenant_id: str) -> World:
    """A tenant with a creditor and nothing else."""
    return World(database, tenant_id)


@pytest.fixture
def brazil(world: World) -> World:
    """One Brazilian debtor, 1000.00 of 3000.00 overdue since 10 November, with a bank and Stripe."""
    world.connect_bank()
    world.connect_stripe()
    done, _ = world.load(portfolio_file(row(contract_no="BR-0001")))
    assert done.state == "imported", done
    return world


@pytest.fixture
def indonesia(world: World) -> World:
    """One Indonesian debtor, at 12:00 in Jakarta."""
    world.clock.at = datetime(2026, 11, 24, 5, tzinfo=UTC)
    world.connect_bank("ID")
    done, _ = world.load(portfolio_file(row("ID", contract_no="ID-0001")))
    assert done.state == "imported", done
    return world


@pytest.fixture
def thailand(world: World) -> World:
    """One Thai debtor, at 12:00 in Bangkok, where law allows one contact a day."""
    world.clock.at = datetime(2026, 11, 24, 5, tzinfo=UTC)
    world.connect_bank("TH")
    done, _ = world.load(portfolio_file(row("TH", contract_no="TH-0001")))
    assert done.state == "imported", done
    return world
