"""A creditor's world for looking at: four countries' loans, notices, money that came in, errors, long names, big sums.

Everything is made by the product's own functions on the days it pretends to have happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pwdlib import PasswordHash

import runtime.samples
from activities import creditors as opening
from activities import portfolios as importing
from activities.portfolios import ImportInput, PortfolioActivities
from activities.receipts import Recorder
from activities.relay import RelayActivities, RelayInput
from activities.turns import TurnActivities, TurnInput
from activities.wording_desk import WordingDesk
from connectors.channels.outbox import Outbox
from domain import bookings, treasury_bookings
from domain.accounts import Role
from domain.case_commands import CaseCommand, CloseCase, CommandAnswer, PlaceHold, ReleaseHold, TakePromise
from domain.day_close import Actor
from domain.money import Money
from domain.receipts import ReceiptFact
from domain.treasury_bookings import Exchange
from gateway.desk import Pending
from ledger import accounts, balances, posting
from runtime import clock
from store import cases, creditors, inbox, listings, loans, parties, tenants
from store.creditors import PlatformConnection
from store.database import Database
from store.inbox import Delivery
from store.listings import CaseFilter, CaseLine
from store.tenants import Person
from tests.fakes.nudging import Unmoved

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
PASSWORD = "an honest password"
HASH = PasswordHash.recommended().hash(PASSWORD)
LONG_NAME = "Companhia Nacional de Transportes Rodoviários e Logística Integrada do Vale do São Francisco Ltda."

_PIX = {"key": "cobranca@example.com", "name": "AURORA MOTORS", "city": "SAO PAULO"}
_CONNECTIONS = (
    (
        "stripe",
        "BR",
        "BRL",
        "Stripe Brasil",
        {
            "api_key": "sk_test_12345678",
            "webhook_secret": "whsec_of_the_brazilian_account_1234",
            "return_url": "https://aurora.example/thank-you",
        },
        {},
        ("card",),
    ),
    (
        "bank_statement",
        "BR",
        "BRL",
        "Itaú 0001",
        {"account": "BR1800360305000010009795493C1"},
        {"pix_static": _PIX},
        (),
    ),
    (
        "bank_statement",
        "TH",
        "THB",
        "Kasikorn 774",
        {"account": "7740012345"},
        {"promptpay_bill": {"biller": "099400016550100"}},
        (),
    ),
    (
        "stripe",
        "TH",
        "THB",
        "Stripe Thailand",
        {"api_key": "sk_test_23456789", "webhook_secret": "whsec_of_the_thai_account_12345678"},
        {},
        ("promptpay",),
    ),
    ("bank_statement", "ID", "IDR", "BCA 512", {"account": "5120098765"}, {}, ()),
    (
        "bank_statement",
        "AE",
        "AED",
        "Emirates NBD",
        {"account": "AE070331234567890123456"},
        {"iban_transfer": {"iban": "AE070331234567890123456", "name": "Aurora Motors FZE"}},
        (),
    ),
)


@dataclass
class Clock:
    """A clock that is set."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


class NoIssuer:
    """Stands where a platform would be asked for codes; nothing is asked here."""

    def issue_drafts(self, tenant_id: str) -> None:
        """Leave the requests as they are."""


@dataclass
class TurnDesk:
    """A desk that lets the case take its turn at once, without a workflow in between."""

    database: Database
    now: Clock
    tenant_id: str
    commands: list[CaseCommand] = field(default_factory=list)

    def command(self, case_id: str, command: CaseCommand) -> CommandAnswer | Pending:
        """Give the case its turn."""
        self.commands.append(command)
        turn = next_turn(self.database, self.tenant_id, case_id)
        match command:
            case TakePromise():
                turn.promises.append(command)
            case PlaceHold():
                turn.holds.append(command)
            case ReleaseHold():
                turn.releases.append(command)
            case CloseCase():
                turn.closings.append(command)
        return TurnActivities(self.database, clock.new_id, self.now).take_turn(turn).answers[0]

    def start_import(self, portfolio_id: str, tenant_id: str) -> None:
        """Import at once."""
        PortfolioActivities(self.database, Unmoved(), clock.new_id, self.now).load(ImportInput(tenant_id, portfolio_id))

    def nudge_intake(self, tenant_id: str) -> None:
        """Nobody is waiting."""

    def nudge_webhooks(self, tenant_id: str) -> None:
        """Nobody is waiting."""


def next_turn(database: Database, tenant_id: str, case_id: str) -> TurnInput:
    with database.tenant(tenant_id) as tx:
        return TurnInput(tenant_id, case_id, cases.get(tx, case_id).turn_no + 1)


def add_person(database: Database, tenant_id: str, *, role: str, locale: str = "en", name: str = "Wei Zhang") -> Person:
    """Somebody who may sign in with ``PASSWORD``."""
    person = Person(
        id=clock.new_id("user"),
        tenant_id=tenant_id,
        email=f"{role}.{clock.new_id('user')[-12:]}@example.com",
        name=name,
        password_hash=HASH,
        role=role,
        locale=locale,
    )
    with database.tenant(tenant_id) as tx:
        tenants.add_user(tx, person, now=NOW)
    return person


@dataclass
class World:
    """The world, being made."""

    database: Database
    tenant_id: str
    now: Clock
    links: dict[str, PlatformConnection] = field(default_factory=dict)
    creditor_id: str = ""

    def make(self) -> World:
        """Everything, day by day."""
        self._open()
        self.now.at = NOW - timedelta(days=28)
        self._import((Path(runtime.samples.__file__).parent / "portfolio.csv").read_bytes())
        self._turns()
        self._relay(NOW - timedelta(days=27))
        self._relay(NOW - timedelta(days=26))
        lines = self.cases()
        for index, line in enumerate(lines):
            if index % 3 == 0:
                self._pay(line, days_back=(index * 7) % 29, share=(index % 5) + 1)
        self._strangers()
        self._payouts()
        self._errors()
        self.now.at = NOW - timedelta(days=2)
        self._turns()
        self._promise_and_hold(lines)
        self._rename(lines)
        self._relay(NOW - timedelta(hours=3))
        self.now.at = NOW
        return self

    def cases(self) -> tuple[CaseLine, ...]:
        """Open cases, most days past due first."""
        with self.database.tenant(self.tenant_id) as tx:
            return listings.cases(tx, CaseFilter(), limit=200).rows

    def _open(self) -> None:
        with self.database.tenant(self.tenant_id) as tx:
            desk = WordingDesk(tx, self.tenant_id, Actor("wei", "Wei Zhang"), clock.new_id, NOW)
            desk.trust(shipped_approved=True, reason="The wording of the release was read.")
            creditor = opening.open_creditor(
                tx,
                opening.NewCreditor(
                    "Aurora Motors Finance",
                    "CN",
                    "91330206MA2AF1T01G",
                    "collections@aurora.example",
                    "finance_company",
                    "CNY",
                    address="1 Harbour Road, Ningbo, China",
                ),
                tenant_id=self.tenant_id,
                new_id=clock.new_id,
                now=NOW - timedelta(days=60),
            )
            self.creditor_id = creditor.id
            for platform, country, currency, name, settings, held, rails in _CONNECTIONS:
                new = opening.NewConnection(creditor.id, platform, country, currency, name, settings, held, rails)
                self.links[name] = opening.connect(tx, new, new_id=clock.new_id, now=NOW - timedelta(days=60))

    def _import(self, body: bytes) -> None:
        with self.database.tenant(self.tenant_id) as tx:
            kept = importing.receive(
                tx,
                tenant_id=self.tenant_id,
                creditor_id=self.creditor_id,
                filename="portfolio-2026-10.csv",
                body=body,
                dry_run=False,
                skip_bad=True,
                imported_by="Wei Zhang",
                new_id=clock.new_id,
                now=self.now(),
            )
        PortfolioActivities(self.database, Unmoved(), clock.new_id, self.now).load(ImportInput(self.tenant_id, kept.id))

    def _turns(self) -> None:
        activities = TurnActivities(self.database, clock.new_id, self.now)
        for line in self.cases():
            activities.take_turn(next_turn(self.database, self.tenant_id, line.id))

    def _relay(self, at: datetime) -> None:
        self.now.at = at
        relay = RelayActivities(self.database, NoIssuer(), (Outbox(),), clock.new_id, self.now)  # type: ignore[arg-type]
        relay.relay_batch(RelayInput(self.tenant_id))

    def _pay(self, line: CaseLine, *, days_back: int, share: int) -> None:
        link = next(
            one
            for one in sorted(self.links.values(), key=lambda one: (one.platform, one.name), reverse=share % 2 == 0)
            if (one.country, one.currency) == (line.country, line.currency)
        )
        with self.database.tenant(self.tenant_id) as tx:
            contract = loans.of_party(tx, party_id=line.party_id, creditor_id=self.creditor_id)[0].contract_no
        amount = max(line.overdue_minor * share // 6 // 100 * 100, 10_000)
        self._receive(link, amount, (contract,), days_back=days_back, payer=line.name)

    def _receive(
        self, link: PlatformConnection, minor: int, references: tuple[str, ...], *, days_back: int, payer: str
    ) -> None:
        at = NOW - timedelta(days=days_back, hours=2)
        name = hashlib.sha256(f"{references}{minor}{days_back}".encode()).hexdigest()
        amount = Money(minor, link.currency)
        fact = ReceiptFact(
            external_ref=f"E{name[:30]}",
            amount=amount,
            at=at,
            value_date=at.date(),
            references=references,
            fee=Money(minor // 80, link.currency) if link.platform == "stripe" else None,
            payer_name=payer,
            remittance=f"PAGTO {references[0]}",
            to_bank=link.platform == "bank_statement",
        )
        delivery = self._delivery(
            link, name, state="done", at=at, body=f'{{"id": "evt_{name[:24]}"}}'.encode(), facts=1
        )
        with self.database.tenant(self.tenant_id) as tx:
            inbox.receive(tx, delivery)
            Recorder(tx, link, delivery.id, clock.new_id, at).receipt(fact)

    def _delivery(
        self, link: PlatformConnection, name: str, *, state: str, at: datetime, body: bytes, **values: object
    ) -> Delivery:
        known = {"error_code": None, "error": None, "attempts": 1, "facts": None} | values
        return Delivery(
            id=clock.new_id("inbox"),
            tenant_id=self.tenant_id,
            connection_id=link.id,
            platform=link.platform,
            delivery_id=name,
            filename="extrato-novembro.csv" if link.platform == "bank_statement" else None,
            body=body,
            state=state,
            received_at=at,
            next_try_at=at,
            processed_at=at,
            **known,  # type: ignore[arg-type]
        )

    def _strangers(self) -> None:
        """Money that nothing explains, of twelve digits, and money for today."""
        self._receive(
            self.links["BCA 512"], 987_654_321_012, ("INV-0000-UNKNOWN",), days_back=40, payer="PT Sinar Abadi"
        )
        self._receive(self.links["Itaú 0001"], 1_234_500, ("SEM REFERENCIA",), days_back=0, payer="José da Silva")
        self._receive(self.links["Emirates NBD"], 45_000, ("NO-REF",), days_back=0, payer="سعيد بن راشد")

    def _payouts(self) -> None:
        """A platform's batch on its way to the bank, money swept and exchanged, and money on its way to the parent."""
        stripe = self._leaves("Stripe Brasil")
        bank, thai = self._leaves("Itaú 0001"), self._leaves("Kasikorn 774")
        reais, yuan, baht = (self._treasury(code) for code in ("BRL", "CNY", "THB"))
        with self.database.tenant(self.tenant_id) as tx:
            kept, held, owned = (
                balances.of_leaf(tx, leaf) for leaf in (stripe[Role.CLEARING], bank[Role.BANK], thai[Role.BANK])
            )
            part, swept = Money(kept.minor // 3, "BRL"), Money(held.minor // 2, "BRL")
            middle = Money(swept.minor * 131 // 100, "CNY")
            brought = Money(middle.minor * 992 // 1000, "CNY")
            entries = [
                bookings.settlement(self._head(9), leaves=stripe, net=part, in_bank=False),
                treasury_bookings.sweep_exchanged(
                    self._head(4),
                    child=bank,
                    treasury_from=reais,
                    treasury_into=yuan,
                    amount=swept,
                    exchange=Exchange(brought, middle),
                ),
                treasury_bookings.sweep_arrived(self._head(2), treasury=yuan, expected=brought, arrived=brought),
                treasury_bookings.sweep_sent(
                    self._head(1), child=thai, treasury=baht, amount=Money(owned.minor // 2, "THB")
                ),
            ]
            posting.post(tx, entries, now=NOW)

    def _head(self, days_back: int) -> bookings.Head:
        entry_id = clock.new_id("entry")
        return bookings.Head(entry_id, entry_id, (NOW - timedelta(days=days_back)).date(), "treasury")

    def _leaves(self, name: str) -> dict[Role, str]:
        with self.database.tenant(self.tenant_id) as tx:
            return accounts.leaves_of(tx, self.links[name].child_account_id)

    def _treasury(self, currency: str) -> dict[Role, str]:
        with self.database.tenant(self.tenant_id) as tx:
            parent = accounts.root_of(tx, self.creditor_id, Role.PARENT)
            return accounts.open_treasury(tx, parent=parent, currency=currency, new_id=clock.new_id, now=NOW)[1]

    def _errors(self) -> None:
        link, at = self.links["Stripe Brasil"], NOW - timedelta(hours=5)
        body = b'{"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"status": "odd"}}}'
        error = "status_unknown: Stripe says the status is 'odd'. Add it to the connector and try again."
        with self.database.tenant(self.tenant_id) as tx:
            for number in range(2):
                delivery = self._delivery(
                    link, f"evt_{number}", state="error", at=at, body=body, error_code="status_unknown", error=error
                )
                inbox.receive(tx, delivery)

    def _promise_and_hold(self, lines: Sequence[CaseLine]) -> None:
        desk = TurnDesk(self.database, self.now, self.tenant_id)
        still_open = [line for line in self.cases() if line.id in {one.id for one in lines}]
        promising, disputing = still_open[1], still_open[3]
        day = (self.now().date() + timedelta(days=14)).isoformat()
        minor, currency = promising.overdue_minor, promising.currency
        desk.command(promising.id, TakePromise(clock.new_id("event"), "Wei Zhang", minor, currency, day))
        start = self.now().date().isoformat()
        reason = "Says the vehicle was returned to the dealer in September and the balance settled."
        hold = PlaceHold(clock.new_id("event"), "Wei Zhang", "dispute", start, None, reason)
        desk.command(disputing.id, hold)

    def _rename(self, lines: Sequence[CaseLine]) -> None:
        brazilian = next(line for line in lines if line.country == "BR")
        with self.database.tenant(self.tenant_id) as tx:
            parties.change(tx, brazilian.party_id, now=self.now(), values={"name": LONG_NAME})


def links_of(database: Database, tenant_id: str) -> list[PlatformConnection]:
    """The connections of the world's creditor."""
    with database.tenant(tenant_id) as tx:
        return creditors.connections(tx)
