"""What flows: receipts gross by day and child, balances by the end of days, and the way from gross to swept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain import bookings, treasury_bookings
from domain.account_statements import Period
from domain.bookings import Head, Leaves
from domain.errors import Invalid, Unavailable
from domain.fx import Rate
from domain.journal import JournalEntry, mirror
from domain.money import Money
from domain.treasury_bookings import Exchange
from ledger import accounts, flows, posting
from ledger.waterfall import Step, Waterfall, waterfall
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

pytestmark = pytest.mark.servers

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def head(day: date = DAY) -> Head:
    entry_id = clock.new_id("entry")
    return Head(entry_id, entry_id, day, "rcp_test")


def rates(base: str, quote: str, day: date) -> Rate:
    return Rate(base, quote, Decimal(1) if base == quote else Decimal("0.5"), day, "test", (f"{base}/{quote}",))


@dataclass(frozen=True)
class Desk:
    """Posts to a book whose parent is in US dollars and whose child is in reais."""

    database: Database
    book: Book

    def post(self, *entries: JournalEntry) -> None:
        with self.database.tenant(self.book.tenant_id) as tx:
            results = posting.post(tx, entries, now=NOW)
        assert {one.outcome for one in results} <= {"created"}

    def receipt(
        self, amount: int, *, fee: int = 0, tax: int = 0, day: date = DAY, to_bank: bool = False
    ) -> JournalEntry:
        return bookings.receipt(
            head(day),
            leaves=self.book.leaves,
            amount=brl(amount),
            fee=brl(fee),
            withheld=brl(tax),
            allocated=[(self.book.receivable, brl(amount))],
            to_bank=to_bank,
        )

    def treasury(self, currency: str) -> Leaves:
        with self.database.tenant(self.book.tenant_id) as tx:
            parent = accounts.get(tx, self.book.parent)
            return accounts.open_treasury(tx, parent=parent, currency=currency, new_id=clock.new_id, now=NOW)[1]

    def came_in(self, period: Period = NOVEMBER) -> list[tuple[date, int, int]]:
        with self.database.tenant(self.book.tenant_id) as tx:
            found = flows.receipts(tx, [self.book.parent], period)
        return [(one.day, one.receipts, one.amount.minor) for one in found]

    def steps(self, rate: Callable[[str, str, date], Rate] = rates) -> dict[Step, int]:
        return {step: amount.minor for step, amount in self.waterfall(rate).steps.items() if amount}

    def waterfall(self, rate: Callable[[str, str, date], Rate] = rates) -> Waterfall:
        with self.database.tenant(self.book.tenant_id) as tx:
            return waterfall(tx, self.book.parent, NOVEMBER, rate=rate, rates_on=DAY)


@pytest.fixture
def desk(database: Database, book: Book) -> Desk:
    return Desk(database, book)


def test_receipts_are_told_gross_by_day(desk: Desk) -> None:
    earlier = DAY - timedelta(days=1)
    desk.post(desk.receipt(10_000, fee=300), desk.receipt(500, tax=20), desk.receipt(700, day=earlier))
    assert desk.came_in() == [(earlier, 1, 700), (DAY, 2, 10_500)]


def test_only_days_of_the_period_count(desk: Desk) -> None:
    desk.post(*(desk.receipt(1, day=day) for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30))))
    desk.post(desk.receipt(1, day=date(2026, 12, 1)))
    assert [day for day, _, _ in desk.came_in()] == [date(2026, 11, 1), date(2026, 11, 30)]


def test_a_corrected_receipt_did_not_come_in(desk: Desk) -> None:
    wrong = desk.receipt(10_000, fee=300)
    desk.post(wrong)
    desk.post(mirror(wrong, entry_id=clock.new_id("entry"), key="undo", effective_date=DAY))
    assert desk.came_in() == [(DAY, 0, 0)]


def test_what_is_paid_out_to_the_bank_did_not_come_in_again(desk: Desk) -> None:
    desk.post(desk.receipt(10_000), bookings.settlement(head(), leaves=desk.book.leaves, net=brl(9_000)))
    assert desk.came_in() == [(DAY, 1, 10_000)]


def test_a_balance_before_the_period_stands_on_its_first_day(desk: Desk) -> None:
    desk.post(desk.receipt(100, day=date(2026, 10, 2)), desk.receipt(50, day=date(2026, 11, 9)))
    with desk.database.tenant(desk.book.tenant_id) as tx:
        history = flows.balance_history(tx, [desk.book.parent], NOVEMBER)[desk.book.child]
    assert history == {date(2026, 11, 1): brl(100), date(2026, 11, 9): brl(150)}
    assert flows.at_end_of(history, date(2026, 11, 8)) == brl(100)
    assert flows.at_end_of(history, date(2026, 10, 31)) is None


def test_what_is_kept_and_given_back_is_told_apart(desk: Desk) -> None:
    leaves, book = desk.book.leaves, desk.book
    back = {"unallocated": [(book.receivable, brl(1_000))], "from_suspense": brl(0), "to_bank": False}
    desk.post(desk.receipt(10_000, fee=300, tax=200))
    desk.post(bookings.receipt_returned(head(), leaves=leaves, kind="refund", **back))  # type: ignore[arg-type]
    assert desk.steps() == {
        Step.GROSS: 5_000,
        Step.FEES: -150,
        Step.TAX: -100,
        Step.GIVEN_BACK: -500,
        Step.LEFT: 4_250,
    }


def test_a_sweep_leaves_the_children_for_the_parent(desk: Desk) -> None:
    treasury = desk.treasury("BRL")
    desk.post(desk.receipt(10_000, to_bank=True))
    desk.post(treasury_bookings.sweep_sent(head(), child=desk.book.leaves, treasury=treasury, amount=brl(8_000)))
    assert desk.steps() == {Step.GROSS: 5_000, Step.SWEPT: -4_000, Step.LEFT: 1_000}


def test_what_a_bank_keeps_of_an_exchange_is_its_own_step(desk: Desk) -> None:
    desk.post(desk.receipt(10_000, to_bank=True))
    desk.post(
        treasury_bookings.sweep_exchanged(
            head(),
            child=desk.book.leaves,
            treasury_from=desk.treasury("BRL"),
            treasury_into=desk.treasury("USD"),
            amount=brl(8_000),
            exchange=Exchange(Money(3_900, "USD"), Money(4_000, "USD")),
        )
    )
    assert desk.steps() == {Step.GROSS: 5_000, Step.FX: -100, Step.SWEPT: -3_900, Step.LEFT: 1_000}


def test_what_has_no_rate_is_named_apart(desk: Desk) -> None:
    def none(base: str, quote: str, day: date) -> Rate:
        if base != quote:
            raise Unavailable("rate_missing", "No rate.")
        return rates(base, quote, day)

    desk.post(desk.receipt(10_000))
    told = desk.waterfall(none)
    assert [(amount, error.code) for amount, error in told.unconverted] == [(brl(10_000), "rate_missing")]
    assert not any(told.steps.values())


def test_a_child_has_no_waterfall(desk: Desk) -> None:
    with desk.database.tenant(desk.book.tenant_id) as tx, pytest.raises(Invalid) as refused:
        waterfall(tx, desk.book.child, NOVEMBER, rate=rates, rates_on=DAY)
    assert refused.value.code == "account_not_parent"
