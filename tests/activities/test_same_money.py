"""Money that a bank tells twice, over its API and on its statement, is booked once and reconciled, either way round."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from activities.statement_files import FileDesk
from domain.accounts import Role
from domain.reconciliation import Leg
from ledger import accounts, balances
from runtime import clock
from tests.fakes.reconciliation_world import Treasury
from tests.peers.fake_world.model import Asked, Merchant, Payment
from tests.peers.fake_world.server import running
from tests.peers.fake_world.world import World as Outside

pytestmark = pytest.mark.servers
PIX = "pix_api/BR"


@dataclass
class PixBank:
    """A Brazilian debtor, a creditor's account that takes Pix, and the bank that plays it."""

    world: Any
    outside: Outside
    merchant: Merchant

    def pay(self, amount: str = "1000.00") -> Payment:
        """The debtor pays by the contract's number; nothing is told yet."""
        name = f"{len(self.merchant.asked):026}"
        asked = Asked(name, "BR0001", Decimal(amount), "BRL", self.merchant, self.outside.now(), None)
        self.merchant.asked[name] = asked
        return self.outside.pay(name)

    def told(self, payment: Payment) -> None:
        """The bank's API tells of the payment as it stands."""
        (message,) = self.outside.players["pix_api"].paid_again(payment)
        self.world.deliver(self.world.connections[PIX], message.body)
        self.world.intake()

    def stated(self, form: str, *, at: str = PIX) -> None:
        """The bank's statement is handed in and understood."""
        content = self.outside.bank.statement(self.merchant.bank_account, form=form)
        with self.world.tx() as tx:
            desk = FileDesk(tx, clock.new_id, self.world.clock())
            file, _ = desk.receive(
                io.BytesIO(content), connection_id=self.world.connections[at].id, filename="s", actor="ana"
            )
            read = desk.read_in(file.id)
            assert read.state == "read", read.error
        self.world.intake()

    def in_bank(self) -> int:
        """What the book has in the bank, over all connections."""
        with self.world.tx() as tx:
            leaves = [accounts.leaves_of(tx, one.child_account_id) for one in self.world.connections.values()]
            return sum(balances.of_leaf(tx, one[Role.BANK]).minor for one in leaves)

    def moved(self) -> int:
        """What really moved at the bank, in centavos."""
        lines = self.outside.bank.accounts[self.merchant.bank_account].lines
        return int(sum((line.amount for line in lines), Decimal(0)) * 100)


@pytest.fixture
def bank(world: Any, loan_row: Any, as_file: Any) -> Iterator[PixBank]:
    with running(seed=5) as server:
        merchant = server.world.open(platform="pix_api", country="BR", currency="BRL")
        server.world.shift = world.clock() - server.world.now()
        settings = server.world.players["pix_api"].settings(merchant, server.world.base_url)
        world.connect("pix_api", settings=settings, rails=("pix",))
        world.connect("bank_statement", settings={"account": merchant.bank_account})
        world.load(as_file(loan_row("BR", contract_no="BR0001")))
        yield PixBank(world, server.world, merchant)
    assert world.broken() == []


@pytest.mark.parametrize("form", ["mt940", "camt053"])
@pytest.mark.parametrize("first", ["api", "statement"])
@pytest.mark.parametrize("at", [PIX, "bank_statement/BR"])
def test_a_pix_told_twice_is_one_receipt(bank: PixBank, form: str, first: str, at: str) -> None:
    payment = bank.pay()
    for source in ("api", "statement") if first == "api" else ("statement", "api"):
        bank.told(payment) if source == "api" else bank.stated(form, at=at)
    assert [one.amount_minor for one in bank.world.receipts()] == [100_000]
    assert bank.in_bank() == bank.moved() == 100_000


@pytest.mark.parametrize("first", ["api", "statement"])
def test_statement_and_book_agree(bank: PixBank, first: str) -> None:
    payments = [bank.pay(), bank.pay()]  # two of one amount on one day
    if first == "statement":
        bank.stated("mt940")
    for payment in payments:
        bank.told(payment)
    bank.outside.refund(payments[0].id, amount=Decimal(300))
    bank.told(payments[0])
    if first == "api":
        bank.stated("mt940")
    assert len(bank.world.receipts()) == 2
    found = Treasury(bank.world).run(Leg.BANK, PIX)
    assert [(one.status, len(found.leftover)) for one in found.groups][:2] == [
        ("confirmed", 0 if first == "api" else 1)
    ] * 2


def test_money_that_was_claimed_back_left_the_bank_once(bank: PixBank) -> None:
    payment = bank.pay()
    bank.told(payment)
    for phase in ("opened", "lost"):
        bank.outside.contest(payment.id, phase)
        bank.told(payment)
    bank.stated("mt940")
    assert bank.in_bank() == bank.moved() == 0
    assert [one.state for one in bank.world.receipts()] == ["reversed"]
    found = Treasury(bank.world).run(Leg.BANK, PIX)
    assert ([one.status for one in found.groups], found.leftover) == (["confirmed"] * 2, {})


def test_a_second_line_that_names_the_same_pix_is_money_of_its_own(bank: PixBank) -> None:
    payment = bank.pay()
    bank.told(payment)
    bank.outside.bank.credit(
        bank.merchant.bank_account,
        amount=Decimal(1000),
        at=payment.at,
        reference=payment.id,
        text="Somebody wrote the name of another's Pix",
        name="Stranger",
    )
    bank.stated("mt940")
    assert [one.amount_minor for one in bank.world.receipts()] == [100_000, 100_000]
    assert bank.in_bank() == bank.moved() == 200_000
