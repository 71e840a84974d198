"""A creditor with children in two countries to sweep from: dirhams that leave as they are, reais that need papers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from activities import creditors as opening
from activities import sweep_rules, sweeps
from activities.sweep_rule_changes import RuleDesk
from activities.sweep_rules import NewBankAccount, NewDocument
from activities.sweep_visits import CashSweepActivities
from activities.sweeps import Desk
from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.pegs import PegRates
from domain import bookings
from domain.accounts import Role
from domain.bookings import Head
from domain.day_close import Actor
from domain.fx import FxQuote
from domain.money import Money, zero
from domain.sweep_schedules import Schedule
from domain.sweeps import Direction, FxPolicy, SweepKind, SweepRule
from ledger import accounts, balances, invariants, posting
from runtime import clock
from store import rates, sweep_rule_changes, sweep_runs
from store.database import Database
from store.sweep_runs import SweepRun

NOON = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday: 12:00 in Dubai, 05:00 in São Paulo
DAY = date(2026, 11, 24)
HOUSE = RateBook([PegRates(), EcbRates()], default_limit_days=3650)
DUBAI = Schedule("Asia/Dubai", time(9), time(16))
SAO_PAULO = Schedule("America/Sao_Paulo", time(3), time(16))
_numbers = itertools.count(1)


@dataclass
class SweepWorld:
    """Accounts, money in them, rules over them, and a clock to set."""

    database: Database
    tenant_id: str
    at: datetime = NOON
    children: dict[str, str] = field(default_factory=dict)
    creditor_id: str = ""
    parent: str = ""

    def make(self) -> SweepWorld:
        """Open a creditor that settles in US dollars, with a bank in Dubai and one in Brazil."""
        ids: Any = {"new_id": clock.new_id, "now": self.at}
        new = opening.NewCreditor("Aurora Motors", "CN", None, "ask@aurora.example", "vehicle_dealer", "USD")
        with self.database.tenant(self.tenant_id) as tx:
            creditor = opening.open_creditor(tx, new, tenant_id=self.tenant_id, **ids)
            self.creditor_id, self.parent = creditor.id, creditor.parent_account_id
            for country, currency, account in (
                ("AE", "AED", "AE070331234567890123456"),
                ("BR", "BRL", "BR1800360305000010009795493C1"),
            ):
                connection = opening.NewConnection(
                    creditor.id, "bank_statement", country, currency, f"Bank {country}", {"account": account}, {}
                )
                self.children[country] = opening.connect(tx, connection, **ids).child_account_id
        return self

    def now(self) -> datetime:
        """What the clock shows."""
        return self.at

    @property
    def desk(self) -> Desk:
        """What sweeping needs now."""
        return Desk(self.tenant_id, HOUSE, clock.new_id, self.at)

    @property
    def worker(self) -> CashSweepActivities:
        """Who visits the rules."""
        return CashSweepActivities(self.database, HOUSE, clock.new_id, self.now)

    def leaves(self, country: str) -> Mapping[Role, str]:
        """A child's leaves."""
        with self.database.tenant(self.tenant_id) as tx:
            return accounts.leaves_of(tx, self.children[country])

    def fund(self, country: str, minor: int, *, to_bank: bool = True) -> None:
        """Money arrives in a child's bank, or stays at the platform."""
        currency = {"AE": "AED", "BR": "BRL"}[country]
        head = Head(clock.new_id("entry"), f"fund/{next(_numbers)}", DAY - timedelta(days=1), "src_test")
        entry = bookings.receipt(
            head,
            leaves=self.leaves(country),
            amount=Money(minor, currency),
            fee=zero(currency),
            allocated=[],
            to_bank=to_bank,
        )
        with self.database.tenant(self.tenant_id) as tx:
            posting.post_one(tx, entry, now=self.at)

    def rule(self, country: str = "AE", *, author: str = "author@aurora.example", **changes: Any) -> str:
        """Write a rule that sweeps a child to zero, approved by another; dirhams are held, reais go at a quote."""
        currency = {"AE": "AED", "BR": "BRL"}[country]
        terms: dict[str, Any] = {
            "id": clock.new_id("sweep_rule"),
            "child_account_id": self.children[country],
            "direction": Direction.PUSH,
            "kind": SweepKind.ZERO_BALANCE,
            "currency": currency,
            "minimum": Money(100, currency),
            "approval_above": Money(100_000_000, currency),
            "schedule": DUBAI if country == "AE" else SAO_PAULO,
            "fx_policy": FxPolicy.HOLD if country == "AE" else FxPolicy.QUOTED,
            "active_from": date(2026, 1, 1),
        }
        rule = SweepRule(**terms | changes)
        with self.database.tenant(self.tenant_id) as tx:
            self.rules(tx, author).open(rule, reason="A test needs it.")
            self.rules(tx, "approver@aurora.example").approve(sweep_rule_changes.waiting(tx)[rule.id].id)
        return rule.id

    def rules(self, tx: Connection, who: str) -> RuleDesk:
        """The writing of rules by a person."""
        return RuleDesk(tx, self.tenant_id, Actor(who, who), clock.new_id, self.at)

    def quote(self, base: str = "BRL", *, rate: str = "0.19", mid: str = "0.20", minutes: int = 60) -> str:
        """A bank's quote into US dollars, good from now."""
        found = FxQuote(
            clock.new_id("fx_quote"),
            base,
            "USD",
            Decimal(rate),
            Decimal(mid),
            "Bank of the tests",
            self.at,
            self.at + timedelta(minutes=minutes),
        )
        with self.database.tenant(self.tenant_id) as tx:
            rates.add_quote(tx, found, tenant_id=self.tenant_id)
        return found.id

    def paper(self, rule_id: str, code: str, first: date = DAY, last: date | None = DAY) -> str:
        """Attach a paper to a rule."""
        new = NewDocument(code, first, last, "paper.pdf", b"%PDF-1.7 a paper", "for the test")
        with self.database.tenant(self.tenant_id) as tx:
            paper = sweep_rules.attach(
                tx,
                rule_id,
                new,
                tenant_id=self.tenant_id,
                actor="author@aurora.example",
                new_id=clock.new_id,
                now=self.at,
            )
        return paper.id

    def at_bank(self, account_id: str, **told: Any) -> None:
        """State how a bank names a leaf."""
        new = NewBankAccount(**{"account_id": account_id, "holder": "Aurora Motors FZE"} | told)
        with self.database.tenant(self.tenant_id) as tx:
            sweep_rules.state_bank_account(
                tx, new, tenant_id=self.tenant_id, actor="a", reason="From the bank.", now=self.at
            )

    def treasury(self, currency: str) -> dict[Role, str]:
        """The parent's own leaves in a currency."""
        with self.database.tenant(self.tenant_id) as tx:
            parent = accounts.get(tx, self.parent)
            return accounts.open_treasury(tx, parent=parent, currency=currency, new_id=clock.new_id, now=self.at)[1]

    def run(self, rule_id: str, *, by: str = sweeps.SCHEDULE) -> SweepRun:
        """Plan and book a sweep, as far as it goes by itself."""
        with self.database.tenant(self.tenant_id) as tx:
            planned = sweeps.plan_run(tx, self.desk, rule_id, requested_by=by)
        assert isinstance(planned, SweepRun), planned
        if planned.state.value != "planned":
            return planned
        with self.database.tenant(self.tenant_id) as tx:
            return sweeps.send(tx, self.desk, planned.id)

    def balance(self, account_id: str) -> int:
        """A leaf's balance in minor units, debit positive."""
        with self.database.tenant(self.tenant_id) as tx:
            return balances.of_leaf(tx, account_id).minor

    def runs(self, rule_id: str) -> list[SweepRun]:
        """A rule's runs, the newest first."""
        with self.database.tenant(self.tenant_id) as tx:
            return sweep_runs.listed(tx, rule_id=rule_id)

    def book_holds(self) -> bool:
        """Whether every invariant of the book holds."""
        with self.database.tenant(self.tenant_id) as tx:
            return not [one.code for one in invariants.check(tx) if one.broken]
