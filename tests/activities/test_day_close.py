"""Closing a day: in order, by two people, with results booked once; what comes late is moved, what is closed stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from activities import creditors as opening
from activities.day_close import ClosingDesk, zones_of
from activities.receipts import Recorder
from domain import treasury_bookings
from domain.accounts import Role
from domain.bookings import Head
from domain.day_close import Acceptance, Actor, CloseState, StepKind
from domain.errors import AfluenteError, Conflict, Invalid, Refused, Unavailable
from domain.fx import Rate
from domain.journal import JournalEntry, Posting
from domain.money import Money
from domain.receipts import ReceiptFact
from domain.treasury_bookings import Exchange
from ledger import accounts, balances, closing, invariants, posting, reversals
from runtime import clock
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres
from store import creditors, day_closes, inbox
from store.creditors import PlatformConnection
from store.database import Database
from store.day_closes import DayClose
from store.inbox import Delivery

pytestmark = pytest.mark.servers

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANA, LI = Actor("usr_ana", "Ana"), Actor("usr_li", "Li")
MORNING = Actor("key_1", "morning job")


@dataclass
class Rates:
    """Rates of tests by currency and day, into US dollars; missing ones are refused as a rate book does."""

    values: dict[tuple[str, date], str] = field(default_factory=dict)
    asked: list[tuple[str, date]] = field(default_factory=list)

    def __call__(self, base: str, quote: str, on: date) -> Rate:
        self.asked.append((base, on))
        value = self.values.get((base, on))
        if value is None:
            raise Unavailable("rate_missing", f"No rate of {base} on {on}.", base=base, quote=quote)
        return Rate(base, quote, Decimal(value), on, "test", (f"{base}/{quote}",))


@dataclass
class Desk:
    """A creditor in Singapore with one Brazilian and one Chilean child account, settling in US dollars."""

    database: Database
    tenant_id: str
    creditor_id: str
    parent: str
    links: dict[str, PlatformConnection]
    rates: Rates
    now: datetime = NOW

    @contextmanager
    def at(self) -> Iterator[ClosingDesk]:
        with self.database.tenant(self.tenant_id) as tx:
            yield ClosingDesk(tx, clock.new_id, self.now)

    def leaves(self, currency: str) -> dict[Role, str]:
        with self.database.tenant(self.tenant_id) as tx:
            return accounts.leaves_of(tx, self.links[currency].child_account_id)

    def treasury(self, currency: str) -> dict[Role, str]:
        with self.database.tenant(self.tenant_id) as tx:
            parent = accounts.get(tx, self.parent)
            return accounts.open_treasury(tx, parent=parent, currency=currency, new_id=clock.new_id, now=NOW)[1]

    def post(self, entry: JournalEntry) -> str:
        with self.database.tenant(self.tenant_id) as tx:
            return posting.post_one(tx, entry, now=self.now).entry_id

    def receive(self, minor: int, *, day: date = DAY, currency: str = "BRL") -> str:
        """Money in the bank that nothing is owed for: a commission payable would be the same to a close."""
        leaves = self.leaves(currency)
        return self.post(entry(day, currency, (leaves[Role.BANK], minor), (leaves[Role.FEES], -minor)))

    def exchange(self, minor: int, *, middle: int, brought: int, day: date = DAY, currency: str = "BRL") -> str:
        head = Head(clock.new_id("entry"), clock.new_id("entry"), day, "run_1")
        return self.post(
            treasury_bookings.sweep_exchanged(
                head,
                child=self.leaves(currency),
                treasury_from=self.treasury(currency),
                treasury_into=self.treasury("USD"),
                amount=Money(minor, currency),
                exchange=Exchange(Money(brought, "USD"), Money(middle, "USD")),
            )
        )

    def propose(self, day: date = DAY, *accepted: Acceptance, by: Actor = ANA) -> DayClose:
        with self.at() as desk:
            return desk.propose(self.creditor_id, day, rate=self.rates, accepted=accepted, actor=by)

    def approve(self, close: DayClose, by: Actor = LI) -> DayClose:
        with self.at() as desk:
            return desk.approve(close.id, actor=by)

    def close(self, day: date = DAY) -> DayClose:
        return self.approve(self.propose(day))

    def reopen(self, close: DayClose) -> DayClose:
        with self.at() as desk:
            desk.ask_reopening(close.id, reason="A refund was forgotten", actor=ANA)
        with self.at() as desk:
            return desk.reopen(close.id, actor=LI)

    def result(self, role: Role, *, as_of: date | None = None) -> int:
        with self.database.tenant(self.tenant_id) as tx:
            sums = balances.of_leaves(tx, [self.parent], as_of=as_of)
            return balances.by_currency(sums, frozenset({role})).get("USD", Money(0, "USD")).minor

    def every_balance(self) -> dict[str, Any]:
        with self.database.tenant(self.tenant_id) as tx:
            days = (None, DAY, DAY + timedelta(days=1))
            return {
                f"{one.account_id} {day}": one.amount
                for day in days
                for one in balances.of_leaves(tx, [self.parent], as_of=day)
                if one.amount
            }


def entry(day: date, currency: str, *lines: tuple[str, int]) -> JournalEntry:
    entry_id = clock.new_id("entry")
    postings = tuple(Posting(account, Money(minor, currency)) for account, minor in lines)
    return JournalEntry(entry_id, "test", entry_id, day, postings, "src_test")


@pytest.fixture
def desk(database: Database, tenant_id: str) -> Desk:
    with database.tenant(tenant_id) as tx:
        ids: dict[str, Any] = {"new_id": clock.new_id, "now": NOW - timedelta(days=90)}
        creditor = opening.open_creditor(
            tx,
            opening.NewCreditor("Aurora", "SG", None, "ask@aurora.example", "bank", "USD"),
            tenant_id=tenant_id,
            **ids,
        )
        links = {
            currency: opening.connect(
                tx,
                opening.NewConnection(creditor.id, "bank_statement", "BR", currency, currency, {"account": "1"}, {}),
                **ids,
            )
            for currency in ("BRL",)
        }
    rates = Rates({("BRL", DAY + timedelta(days=number)): "0.20" for number in range(-9, 9)})
    return Desk(database, tenant_id, creditor.id, creditor.parent_account_id, links, rates)


@pytest.fixture
def owner(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
    with psycopg.connect(info, autocommit=True) as connection:
        yield connection


# --- the way of a day


def test_a_day_is_proposed_by_one_and_closed_by_another(desk: Desk) -> None:
    desk.receive(100_00)
    closed = desk.close()
    assert (closed.state, closed.version) == (CloseState.CLOSED, 1)
    assert [(step.kind, step.actor) for step in closed.steps] == [(StepKind.PROPOSED, ANA), (StepKind.CLOSED, LI)]


@pytest.mark.parametrize("same", [ANA, MORNING])
def test_whoever_proposed_a_day_does_not_close_it(desk: Desk, same: Actor) -> None:
    proposed = desk.propose(by=same)
    with pytest.raises(Refused, match="four_eyes"):
        desk.approve(proposed, by=replace(same, name="Another name"))


def test_a_key_may_close_what_a_person_proposed(desk: Desk) -> None:
    assert desk.approve(desk.propose(by=ANA), by=MORNING).state is CloseState.CLOSED


def test_a_closed_day_is_not_proposed_again(desk: Desk) -> None:
    desk.close()
    with pytest.raises(Conflict, match="day_closed"):
        desk.propose()


def test_a_day_waits_for_the_day_before_it(desk: Desk) -> None:
    desk.close()
    with pytest.raises(Refused, match="earlier_day_open"):
        desk.propose(DAY + timedelta(days=2))
    assert desk.close(DAY + timedelta(days=1)).state is CloseState.CLOSED


def test_the_first_close_may_be_of_any_day_that_is_over(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=5))
    assert desk.close().figures.holdings()["BRL"].basis == Money(20_00, "USD")


def test_a_second_proposal_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = desk.propose(), desk.propose()
    with desk.at() as here:
        states = [one.state for one in day_closes.of_days(here.tx, desk.creditor_id, first=DAY, last=DAY)]
    assert (states, second.version) == ([CloseState.WITHDRAWN, CloseState.PROPOSED], 2)
    with pytest.raises(Conflict, match="day_close_not_proposed"):
        desk.approve(first)


def test_a_withdrawn_proposal_leaves_the_day_open(desk: Desk) -> None:
    proposed = desk.propose()
    with desk.at() as here:
        here.withdraw(proposed.id, actor=LI)
        assert day_closes.standing(here.tx, desk.creditor_id, DAY) is None


def test_a_plan_writes_nothing(desk: Desk) -> None:
    desk.receive(100_00)
    with desk.at() as here:
        plan = here.plan(desk.creditor_id, DAY, rate=desk.rates)
        assert [(one.kind, one.amount.minor) for one in plan.bookings] == []
        assert day_closes.page(here.tx, creditor_id=None, before_id=None, limit=9) == []


def test_a_plan_without_a_day_is_of_the_first_open_one(desk: Desk) -> None:
    with desk.at() as here:
        assert here.plan(desk.creditor_id, None, rate=desk.rates).figures.day == date(2026, 11, 24)
    desk.close()
    with desk.at() as here:
        assert here.plan(desk.creditor_id, None, rate=desk.rates).figures.day == DAY + timedelta(days=1)


# --- time zones


@pytest.mark.parametrize(("hour", "over"), [(15, False), (16, True)])
def test_a_day_is_over_when_it_is_where_the_creditor_is(desk: Desk, hour: int, over: bool) -> None:  # noqa: FBT001 (a case)
    desk.now = datetime(2026, 11, 20, hour, 59 if hour == 15 else 0, tzinfo=UTC)  # Singapore is eight hours ahead
    if over:
        assert desk.propose().state is CloseState.PROPOSED
        return
    with pytest.raises(Refused, match="day_not_over"):
        desk.propose()


def test_a_country_of_several_zones_waits_for_the_last_of_them(desk: Desk) -> None:
    zones = {str(zone) for zone in zones_of("BR")}
    assert {"America/Sao_Paulo", "America/Rio_Branco", "America/Noronha"} <= zones
    with desk.database.tenant(desk.tenant_id) as tx:
        tx.execute(text("UPDATE creditor SET country = 'BR'"))
    desk.now = datetime(2026, 11, 21, 4, 59, tzinfo=UTC)  # over in Sao Paulo, not in Rio Branco
    with pytest.raises(Refused, match="day_not_over"):
        desk.propose()
    desk.now = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    assert desk.propose().state is CloseState.PROPOSED


def test_a_country_without_a_known_zone_closes_nothing() -> None:
    with pytest.raises(Invalid, match="time_zone_unknown"):
        zones_of("XX")


# --- results


def test_holding_foreign_money_that_rose_is_revalued(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    closed = desk.close()
    assert (closed.figures.unrealised, closed.figures.realised) == (Money(3_00, "USD"), Money(0, "USD"))
    assert (desk.result(Role.FX_REVALUATION), desk.result(Role.FX_UNREALISED)) == (3_00, -3_00)


def test_the_next_close_takes_the_last_revaluation_back_and_makes_its_own(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    first = desk.close()
    desk.rates.values["BRL", DAY + timedelta(days=1)] = "0.19"
    second = desk.close(DAY + timedelta(days=1))
    with desk.at() as here:
        undone = posting.get(here.tx, second.entries[0]).entry
    assert undone.reverses == first.revaluations["BRL"]
    assert (desk.result(Role.FX_REVALUATION), desk.result(Role.FX_REVALUATION, as_of=DAY)) == (-1_00, 3_00)
    assert second.figures.unrealised_change == Money(-4_00, "USD")


def test_an_exchange_is_realised_against_the_basis(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.exchange(60_00, middle=13_20, brought=13_00)
    closed = desk.close()
    assert closed.figures.realised == Money(1_20, "USD")
    assert closed.figures.holdings()["BRL"].basis == Money(8_00, "USD")
    assert desk.result(Role.FX_RESULT) == -1_20
    assert desk.result(Role.FX_POSITION) == -12_00  # what was exchanged stands there at its basis


def test_results_of_all_days_since_the_last_close_are_carried_on(desk: Desk) -> None:
    desk.receive(100_00)
    desk.close()
    following = DAY + timedelta(days=1)
    desk.rates.values["BRL", following] = "0.30"
    desk.receive(100_00, day=following)
    desk.exchange(200_00, middle=60_00, brought=60_00, day=following)
    closed = desk.close(following)
    assert (closed.figures.realised, closed.figures.unrealised) == (Money(10_00, "USD"), Money(0, "USD"))


def test_a_sweep_that_was_taken_back_is_bought_at_what_it_had_brought(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    swept = desk.exchange(60_00, middle=13_20, brought=13_00)
    with desk.database.tenant(desk.tenant_id) as tx:
        reversals.reverse(tx, swept, reversal_id=clock.new_id("entry"), key="back", effective_date=DAY, now=NOW)
    figures = desk.close().figures
    assert figures.holdings()["BRL"].amount == Money(100_00, "BRL")
    # Within one day what is bought comes first: 160.00 at 33.20, of which 60.00 leave at 12.45.
    assert (figures.realised, figures.holdings()["BRL"].basis) == (Money(75, "USD"), Money(20_75, "USD"))


def test_closing_twice_books_nothing_twice(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    closed = desk.close()
    with desk.at() as here:
        keys = [posting.get(here.tx, one).entry.key for one in closed.entries]
    assert keys == [f"close/{desk.creditor_id}/{DAY}/1/revaluation/BRL"]
    with pytest.raises(Conflict, match="day_close_not_proposed"):
        desk.approve(closed, by=MORNING)


def test_a_missing_rate_keeps_the_day_open(desk: Desk) -> None:
    desk.receive(100_00)
    del desk.rates.values["BRL", DAY]
    with pytest.raises(Unavailable, match="rate_missing"):
        desk.propose()


def test_without_anything_held_no_rate_is_needed(desk: Desk) -> None:
    desk.receive(100_00)
    desk.receive(-100_00)
    desk.rates.values.clear()
    assert desk.close().figures.rate_sets == {}


def test_a_close_uses_the_rates_that_were_frozen_when_it_was_proposed(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    proposed = desk.propose()
    desk.rates.values["BRL", DAY] = "0.99"
    desk.approve(proposed)
    assert desk.result(Role.FX_REVALUATION) == 3_00


def test_what_was_booked_after_the_proposal_is_not_closed_over(desk: Desk) -> None:
    desk.receive(100_00)
    proposed = desk.propose()
    desk.receive(1)
    with pytest.raises(Conflict, match="figures_changed"):
        desk.approve(proposed)


def test_what_was_booked_on_a_later_day_does_not_disturb_a_proposal(desk: Desk) -> None:
    desk.receive(100_00)
    proposed = desk.propose()
    desk.receive(1, day=DAY + timedelta(days=1))
    assert desk.approve(proposed).state is CloseState.CLOSED


# --- controls


def stuck(desk: Desk, *, days: int) -> None:
    leaves = desk.leaves("BRL")
    day = DAY - timedelta(days=days)
    desk.post(entry(day, "BRL", (leaves[Role.CLEARING], 50_00), (leaves[Role.SUSPENSE], -50_00)))


@pytest.mark.parametrize(
    ("days", "failed"), [(5, set()), (6, {"explained"}), (7, {"explained"}), (8, {"explained", "settles"})]
)
def test_money_that_waits_too_long_is_named(desk: Desk, days: int, failed: set[str]) -> None:
    stuck(desk, days=days)
    with desk.at() as here:
        plan = here.plan(desk.creditor_id, DAY, rate=desk.rates)
    assert {control.code for control in plan.differences} == failed


def test_a_difference_stands_in_the_way_until_it_is_accepted_by_name(desk: Desk) -> None:
    stuck(desk, days=6)
    with pytest.raises(Refused, match="controls_failed") as refused:
        desk.propose()
    (name,) = refused.value.details["names"]
    assert name == f"explained/{desk.links['BRL'].child_account_id}"
    proposed = desk.propose(DAY, Acceptance(name, "The payer answers on Monday"))
    assert desk.approve(proposed).accepted == (Acceptance(name, "The payer answers on Monday"),)


def test_what_is_no_difference_is_not_accepted(desk: Desk) -> None:
    with pytest.raises(Invalid, match="difference_unknown"):
        desk.propose(DAY, Acceptance("statement", "just so"))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_difference_is_accepted_for_a_reason(reason: str) -> None:
    with pytest.raises(Invalid, match="reason_"):
        Acceptance("explained/acc_1", reason)


def test_a_broken_book_is_not_closed(desk: Desk, owner: psycopg.Connection) -> None:
    desk.receive(100_00)
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("UPDATE account_balance SET debit_minor = debit_minor + 1 WHERE tenant_id = %s", [desk.tenant_id])
    with pytest.raises(Refused, match="book_broken"):
        desk.propose(DAY, Acceptance("book", "It will be fine"))


# --- what is closed


def test_direct_sql_of_the_owner_into_a_closed_day_is_refused(desk: Desk, owner: psycopg.Connection) -> None:
    desk.receive(100_00)
    desk.close()
    bank, fees = (desk.leaves("BRL")[role] for role in (Role.BANK, Role.FEES))

    def by_hand(day: date) -> None:
        with owner.transaction():
            (seq,) = owner.execute(
                "INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at,"
                " postings, source, memo) VALUES (%s, %s, 'x', %s, '', %s, now(), 2, 's', '{}') RETURNING seq",
                [clock.new_id("entry"), desk.tenant_id, clock.new_id("entry"), day],
            ).fetchone() or (0,)
            owner.execute(
                "INSERT INTO posting"
                " SELECT %s, line, %s, (SELECT no FROM account WHERE id = leaf), 'BRL', amount, %s::date"
                " FROM unnest(ARRAY[1, 2], ARRAY[%s, %s], ARRAY[5, -5]) AS u(line, leaf, amount)",
                [seq, desk.tenant_id, day, bank, fees],
            )

    for day in (DAY, DAY - timedelta(days=400)):
        with pytest.raises(psycopg.Error) as refused:
            by_hand(day)
        assert refused.value.sqlstate == "AF012"
    by_hand(DAY + timedelta(days=1))


def test_a_posting_into_a_closed_day_is_refused_by_its_code(desk: Desk) -> None:
    desk.close()
    with pytest.raises(Refused, match="day_closed"):
        desk.receive(1)


def test_another_creditor_of_the_tenant_books_on(desk: Desk) -> None:
    with desk.database.tenant(desk.tenant_id) as tx:
        other = opening.open_creditor(
            tx,
            opening.NewCreditor("Other", "SG", None, "b@aurora.example", "bank", "USD"),
            tenant_id=desk.tenant_id,
            new_id=clock.new_id,
            now=NOW,
        )
        link = opening.connect(
            tx,
            opening.NewConnection(other.id, "bank_statement", "BR", "BRL", "o", {"account": "2"}, {}),
            new_id=clock.new_id,
            now=NOW,
        )
        leaves = accounts.leaves_of(tx, link.child_account_id)
    desk.close()
    desk.post(entry(DAY, "BRL", (leaves[Role.BANK], 1), (leaves[Role.FEES], -1)))


def test_figures_of_a_close_are_not_changed_by_hand(desk: Desk, owner: psycopg.Connection) -> None:
    closed = desk.close()
    for change in ("figures = '{}'", "state = 'proposed'", "proposed_by = 'x'", "closed_by = 'x'"):
        with pytest.raises(psycopg.Error) as refused:
            owner.execute(f"UPDATE day_close SET {change} WHERE id = %s", [closed.id])  # type: ignore[arg-type]
        assert refused.value.sqlstate in ("AF013", "23514")
    with pytest.raises(psycopg.Error, match="never changed or deleted"):
        owner.execute("DELETE FROM day_close_step WHERE close_id = %s", [closed.id])


def test_the_database_itself_wants_four_eyes(desk: Desk) -> None:
    proposed = desk.propose()
    with pytest.raises(Exception, match="ck_day_close_closed_by_another"), desk.at() as here:
        day_closes.change(
            here.tx, proposed.id, state="closed", closed_by=proposed.proposed_by, entries=[], revaluations={}
        )


# --- what comes late


def receipt(desk: Desk, ref: str, *, value_date: date = DAY) -> str:
    """Money that a bank tells of now, whenever it counts."""
    link = desk.links["BRL"]
    fact = ReceiptFact(
        external_ref=ref,
        amount=Money(10_00, "BRL"),
        at=datetime(value_date.year, value_date.month, value_date.day, 9, tzinfo=UTC),
        value_date=value_date,
        references=(),
        to_bank=True,
    )
    delivery = Delivery(
        id=clock.new_id("inbox"),
        tenant_id=desk.tenant_id,
        connection_id=link.id,
        platform=link.platform,
        delivery_id=ref,
        filename="s.csv",
        body=b"x",
        state="done",
        received_at=NOW,
        next_try_at=NOW,
        processed_at=NOW,
        attempts=1,
        facts=1,
    )
    with desk.database.tenant(desk.tenant_id) as tx:
        inbox.receive(tx, delivery)
        Recorder(tx, link, delivery.id, clock.new_id, desk.now).receipt(fact)
        return str(tx.execute(text("SELECT id FROM receipt WHERE external_ref = :ref"), {"ref": ref}).scalar_one())


def test_a_receipt_of_a_closed_day_is_booked_on_the_next_and_keeps_its_value_date(desk: Desk) -> None:
    desk.close()
    desk.close(DAY + timedelta(days=1))
    receipt_id = receipt(desk, "late")
    with desk.database.tenant(desk.tenant_id) as tx:
        (booked,) = posting.of_source(tx, receipt_id)
        kept = tx.execute(text("SELECT value_date FROM receipt WHERE id = :id"), {"id": receipt_id}).scalar_one()
    assert (booked.entry.effective_date, booked.entry.memo) == (
        DAY + timedelta(days=2),
        {closing.VALUE_DATE: DAY.isoformat()},
    )
    assert kept == DAY


def test_a_receipt_of_an_open_day_stays_on_it(desk: Desk) -> None:
    desk.close()
    receipt_id = receipt(desk, "in time", value_date=DAY + timedelta(days=1))
    with desk.database.tenant(desk.tenant_id) as tx:
        (booked,) = posting.of_source(tx, receipt_id)
    assert (booked.entry.effective_date, booked.entry.memo) == (DAY + timedelta(days=1), {})


def test_what_was_booked_before_the_close_keeps_its_day_when_it_is_booked_again(desk: Desk) -> None:
    leaves = desk.leaves("BRL")
    first = entry(DAY, "BRL", (leaves[Role.BANK], 7), (leaves[Role.FEES], -7))
    desk.post(first)
    desk.close()
    with desk.database.tenant(desk.tenant_id) as tx:
        assert closing.post_one(tx, replace(first, id=clock.new_id("entry")), now=NOW).outcome == "exists"
        assert closing.booking_day(tx, desk.creditor_id, DAY, key=first.key) == DAY
        assert closing.booking_day(tx, desk.creditor_id, DAY) == DAY + timedelta(days=1)


@pytest.mark.parametrize("after", [0, 1])
def test_the_short_way_posts_on_open_days_only(desk: Desk, after: int) -> None:
    leaves = desk.leaves("BRL")
    desk.close()
    wanted = entry(DAY + timedelta(days=after), "BRL", (leaves[Role.BANK], 7), (leaves[Role.FEES], -7))
    with desk.database.tenant(desk.tenant_id) as tx:
        posted = posting.post_plainly(tx, wanted, now=NOW)
        assert (posted is not None) == bool(after)
        booked = posting.get(tx, closing.post_one(tx, wanted, now=NOW).entry_id).entry
    assert booked.effective_date == DAY + timedelta(days=1)
    assert (closing.VALUE_DATE in booked.memo) == (not after)


# --- opening a day again


def test_reopening_restores_every_balance_exactly(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    desk.close()
    following = DAY + timedelta(days=1)
    desk.exchange(60_00, middle=13_20, brought=13_00, day=following)
    before = desk.every_balance()
    closed = desk.close(following)
    assert len(closed.entries) == 2
    assert desk.every_balance() != before
    reopened = desk.reopen(closed)
    assert (reopened.state, desk.every_balance()) == (CloseState.REOPENED, before)
    with desk.database.tenant(desk.tenant_id) as tx:
        assert closing.closed_until(tx, desk.creditor_id) == DAY
        assert not [one for one in invariants.check(tx) if one.broken and one.code.startswith(("bal", "entr", "rev"))]


def test_a_later_close_is_a_new_version_with_the_same_results(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    desk.close()
    following = DAY + timedelta(days=1)
    desk.rates.values["BRL", following] = "0.25"
    first = desk.close(following)
    balances_then = desk.every_balance()
    for version in (2, 3):
        desk.reopen(first)
        desk.rates.values["BRL", following] = "0.25"
        first = desk.close(following)
        assert (first.version, desk.every_balance()) == (version, balances_then)
    assert desk.result(Role.FX_REVALUATION) == 5_00


def test_a_reopened_day_takes_what_was_forgotten(desk: Desk) -> None:
    desk.receive(100_00)
    closed = desk.close()
    desk.reopen(closed)
    desk.receive(-40_00)
    again = desk.close()
    assert again.figures.holdings()["BRL"].amount == Money(60_00, "BRL")
    with desk.at() as here:
        assert day_closes.get(here.tx, closed.id).state is CloseState.REOPENED


def test_reopening_is_asked_by_one_and_agreed_by_another(desk: Desk) -> None:
    closed = desk.close()
    with pytest.raises(Conflict, match="reopening_not_asked"), desk.at() as here:
        here.reopen(closed.id, actor=LI)
    with desk.at() as here:
        here.ask_reopening(closed.id, reason="A refund was forgotten", actor=LI)
    with pytest.raises(Refused, match="four_eyes"), desk.at() as here:
        here.reopen(closed.id, actor=LI)
    with desk.at() as here:
        assert here.reopen(closed.id, actor=ANA).step(StepKind.REOPENING_ASKED)


def test_reopening_is_asked_for_a_reason(desk: Desk) -> None:
    closed = desk.close()
    with pytest.raises(Invalid, match="reason_missing"), desk.at() as here:
        here.ask_reopening(closed.id, reason=" ", actor=LI)


def test_only_the_last_closed_day_is_opened_again(desk: Desk) -> None:
    first = desk.close()
    desk.close(DAY + timedelta(days=1))
    with pytest.raises(Refused, match="later_day_closed"), desk.at() as here:
        here.ask_reopening(first.id, reason="Too late", actor=ANA)


# --- races


def test_of_two_who_close_at_once_one_closes(desk: Desk) -> None:
    desk.receive(100_00, day=DAY - timedelta(days=1))
    desk.rates.values["BRL", DAY] = "0.23"
    proposed = desk.propose()
    said: list[str] = []
    gate = threading.Barrier(2)

    def go(by: Actor) -> None:
        gate.wait()
        try:
            said.append(desk.approve(proposed, by=by).state.value)
        except AfluenteError as error:
            said.append(error.code)

    crew = [threading.Thread(target=go, args=(by,)) for by in (LI, MORNING)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert sorted(said) == ["closed", "day_close_not_proposed"]
    assert desk.result(Role.FX_REVALUATION) == 3_00


def test_two_who_propose_at_once_leave_one_proposal(desk: Desk) -> None:
    gate = threading.Barrier(2)

    def go(by: Actor) -> None:
        gate.wait()
        try:
            desk.propose(by=by)
        except AfluenteError as error:
            assert error.code in ("day_proposed", "day_close_goes_on")  # noqa: PT017 (within a thread)

    crew = [threading.Thread(target=go, args=(by,)) for by in (LI, ANA)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    with desk.at() as here:
        standing = day_closes.of_days(
            here.tx, desk.creditor_id, first=DAY, last=DAY, states=[CloseState.PROPOSED, CloseState.CLOSED]
        )
    assert len(standing) == 1


def test_a_posting_that_began_before_a_close_is_waited_for_and_seen(desk: Desk) -> None:
    proposed = desk.propose()
    leaves = desk.leaves("BRL")
    said: list[str] = []
    with desk.database.tenant(desk.tenant_id) as tx:
        posting.post_one(tx, entry(DAY, "BRL", (leaves[Role.BANK], 5), (leaves[Role.FEES], -5)), now=NOW)

        def close() -> None:
            try:
                said.append(desk.approve(proposed).state.value)
            except AfluenteError as error:
                said.append(error.code)

        closer = threading.Thread(target=close)
        closer.start()
        closer.join(0.5)
        assert closer.is_alive()  # it waits
    closer.join(10)
    assert said == ["figures_changed"]


def test_a_posting_that_meets_a_close_waits_and_is_moved(desk: Desk) -> None:
    proposed = desk.propose()
    leaves = desk.leaves("BRL")
    wanted = entry(DAY, "BRL", (leaves[Role.BANK], 5), (leaves[Role.FEES], -5))
    said: list[date] = []

    def book() -> None:
        with desk.database.tenant(desk.tenant_id) as tx:
            posted = closing.post_one(tx, wanted, now=NOW)
            said.append(posting.get(tx, posted.entry_id).entry.effective_date)

    with desk.at() as here:
        here.approve(proposed.id, actor=LI)
        booker = threading.Thread(target=book)
        booker.start()
        booker.join(0.5)
        assert booker.is_alive()
    booker.join(10)
    assert said == [DAY + timedelta(days=1)]


def test_a_posting_that_does_not_ask_for_the_day_is_refused_after_it_waited(desk: Desk) -> None:
    proposed = desk.propose()
    leaves = desk.leaves("BRL")
    said: list[str] = []

    def book() -> None:
        try:
            desk.post(entry(DAY, "BRL", (leaves[Role.BANK], 5), (leaves[Role.FEES], -5)))
        except AfluenteError as error:
            said.append(error.code)

    with desk.at() as here:
        here.approve(proposed.id, actor=LI)
        booker = threading.Thread(target=book)
        booker.start()
        booker.join(0.5)
        assert booker.is_alive()
    booker.join(10)
    assert said == ["day_closed"]


def test_many_postings_racing_with_closes_never_count_in_a_closed_day(desk: Desk) -> None:
    """Whatever was proposed and closed is what the book says of the day for ever after."""
    leaves = desk.leaves("BRL")

    def book() -> None:
        for _ in range(40):
            with desk.database.tenant(desk.tenant_id) as tx:
                one = entry(DAY, "BRL", (leaves[Role.BANK], 5), (leaves[Role.FEES], -5))
                closing.post_one(tx, one, now=NOW)

    crew = [threading.Thread(target=book) for _ in range(2)]
    for one in crew:
        one.start()
    closed: dict[date, Money] = {}
    try:
        for number in range(3):
            day = DAY + timedelta(days=number)
            while day not in closed:
                try:
                    done = desk.close(day)
                    closed[day] = (
                        done.figures.currencies[1].held if len(done.figures.currencies) > 1 else Money(0, "BRL")
                    )
                except Conflict as error:
                    assert error.code == "figures_changed"  # noqa: PT017 (the one refusal that a busy day may meet)
    finally:
        for one in crew:
            one.join()
    with desk.database.tenant(desk.tenant_id) as tx:
        for day, held in closed.items():
            assert balances.of_leaf(tx, leaves[Role.BANK], as_of=day) == held


def test_creditors_without_a_close_have_an_open_book(desk: Desk) -> None:
    with desk.database.tenant(desk.tenant_id) as tx:
        assert closing.closed_until(tx, desk.creditor_id) is None
        assert closing.booking_day(tx, desk.creditor_id, DAY) == DAY
        assert creditors.get(tx, desk.creditor_id).country == "SG"


def test_a_tenant_closes_its_own_days_only(desk: Desk, new_tenant: Callable[[], str]) -> None:
    closed = desk.close()
    with pytest.raises(AfluenteError, match="day_close_unknown"), desk.database.tenant(new_tenant()) as tx:
        ClosingDesk(tx, clock.new_id, NOW).ask_reopening(closed.id, reason="mine", actor=LI)
