"""Money reserved: taken in parts or whole, given back, expired; resolved once, never promised twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest

from domain.accounts import Role
from domain.errors import AfluenteError, Invalid
from domain.money import Money
from domain.reservations import Reservation, ReservationState
from ledger import account_states, balances, invariants, posting, reservations
from ledger.account_states import Cause
from runtime import clock
from store.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
END = NOW + timedelta(days=1)
WHY = Cause("treasurer", "tests", NOW)


@pytest.fixture
def do(database: Database, book: Any) -> Callable[..., Any]:
    """Calls a function of the ledger in a transaction of its own; an error gives its code."""

    def done(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        try:
            with database.tenant(book.tenant_id) as tx:
                return function(tx, *args, **named)
        except AfluenteError as error:
            return error.code

    return done


@pytest.fixture
def bank(do: Callable[..., Any], book: Any) -> str:
    """The bank leaf: 100 in it, and a floor of zero."""
    leaf = str(book.leaves[Role.BANK])
    do(account_states.limit, leaf, WHY, floor=Money(0, "BRL"), ceiling=None)
    do(posting.post, [book.entry((leaf, 100), (book.receivable, -100))], now=NOW)
    return leaf


@pytest.fixture
def reserve(do: Callable[..., Any], bank: str) -> Callable[..., str]:
    """Reserves so much to leave the bank; the reservation's identifier, or the code of the refusal."""

    def reserved(minor: int, *, key: str = "", end: datetime = END, account: str = bank, currency: str = "BRL") -> str:
        new = clock.new_id("reservation")
        wanted = Reservation(new, key or new, account, Money(-minor, currency), end, "src_test")
        return str(do(reservations.reserve, wanted, now=NOW))

    return reserved


@pytest.fixture
def take(do: Callable[..., Any], book: Any, bank: str) -> Callable[..., str]:
    """Takes a part by a payment out of the bank; the outcome, or the code of the refusal."""

    def taken(
        reservation_id: str,
        minor: int,
        *,
        key: str = "",
        moved: int | None = None,
        last: bool = False,
        now: datetime = NOW,
    ) -> str:
        out = minor if moved is None else moved
        entry = book.entry((bank, -out), (book.receivable, out), key=key)
        part = Money(-minor, "BRL")
        done = do(reservations.post_part, reservation_id, entry, part=part, now=now, last=last)
        return done if isinstance(done, str) else str(done.outcome)

    return taken


@pytest.fixture
def stands(do: Callable[..., Any], bank: str) -> Callable[[str], tuple[str, int, int, int]]:
    """State of a reservation, what is open of it, the bank's balance and what of it is available."""

    def standing(reservation_id: str) -> tuple[str, int, int, int]:
        found, free = do(reservations.get, reservation_id), do(reservations.available, bank)
        return found.state.value, -found.open.minor, free.balance.minor, free.least.minor

    return standing


@pytest.fixture(autouse=True)
def whole(do: Callable[..., Any], book: Any) -> Any:
    """Whatever a test did, the invariants hold afterwards."""
    yield
    assert book
    assert not [finding.code for finding in do(invariants.check) if finding.broken]


# Reserving ----------------------------------------------------------------------------------------------------


def test_what_is_reserved_is_not_available(reserve: Callable[..., str], stands: Callable[..., Any]) -> None:
    assert stands(reserve(60)) == ("open", 60, 100, 40)


def test_no_more_is_reserved_than_is_available(reserve: Callable[..., str]) -> None:
    reserve(60)
    assert reserve(41) == "limit_exceeded"
    assert reserve(40).startswith("rsv_")


def test_what_is_reserved_cannot_be_spent_otherwise(
    do: Callable[..., Any], reserve: Callable[..., str], book: Any, bank: str
) -> None:
    reserve(60)
    batch = [book.entry((bank, -minor), (book.receivable, minor)) for minor in (41, 40)]
    assert [done.code or done.outcome for done in do(posting.post, batch, now=NOW)] == ["limit_exceeded", "created"]


def test_a_reservation_on_the_debit_side_counts_against_the_ceiling(
    do: Callable[..., Any], reserve: Callable[..., str], bank: str
) -> None:
    do(account_states.limit, bank, WHY, floor=None, ceiling=Money(150, "BRL"))
    assert reserve(-51) == "limit_exceeded"
    reserve(-50)
    assert do(reservations.available, bank).most == Money(150, "BRL")


def test_the_same_key_gives_the_reservation_that_stands(reserve: Callable[..., str]) -> None:
    assert reserve(60, key="k") == reserve(60, key="k")
    assert reserve(59, key="k") == "idempotency_conflict"


def test_the_same_key_is_no_new_reservation_after_the_first_was_resolved(
    do: Callable[..., Any], reserve: Callable[..., str], stands: Callable[..., Any]
) -> None:
    first = reserve(60, key="k")
    do(reservations.void, first, key="v", now=NOW)
    assert reserve(60, key="k") == first
    assert stands(first) == ("voided", 0, 100, 100)


def test_nodes_strangers_frozen_accounts_and_other_currencies_take_no_reservation(
    do: Callable[..., Any], reserve: Callable[..., str], book: Any, bank: str
) -> None:
    assert reserve(1, account=book.child) == reserve(1, account="acc_none") == "account_not_postable"
    assert reserve(1, currency="USD") == "posting_wrong_currency"
    do(account_states.freeze, bank, WHY)
    assert reserve(1) == "account_frozen"


def test_a_reservation_ends_after_it_begins(reserve: Callable[..., str]) -> None:
    assert reserve(1, end=NOW) == "reservation_expired"


@pytest.mark.parametrize(("minor", "end"), [(0, END), (1, END.replace(tzinfo=None))])
def test_a_reservation_of_nothing_or_without_a_zone_cannot_be_built(minor: int, end: datetime) -> None:
    with pytest.raises(Invalid):
        Reservation("rsv_1", "k", "acc_1", Money(minor, "BRL"), end, "s")


# Taking -------------------------------------------------------------------------------------------------------


def test_a_part_leaves_the_rest_reserved(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    assert take(held, 20) == "created"
    assert stands(held) == ("open", 40, 80, 40)


def test_the_last_part_resolves_it(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    take(held, 20)
    take(held, 40)
    assert stands(held) == ("posted", 0, 40, 40)
    assert take(held, 1) == "reservation_resolved"


def test_a_part_said_to_be_the_last_releases_the_rest(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    take(held, 20, last=True)
    assert stands(held) == ("posted", 0, 80, 80)


def test_it_is_taken_whole_by_one_entry(
    do: Callable[..., Any], reserve: Callable[..., str], stands: Callable[..., Any], book: Any, bank: str
) -> None:
    held = reserve(100)
    entry = book.entry((bank, -100), (book.receivable, 100))
    assert do(reservations.post_whole, held, entry, now=NOW).outcome == "created"
    assert stands(held) == ("posted", 0, 0, 0)


def test_no_more_is_taken_than_is_open(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    take(held, 30)
    assert take(held, 31) == "reservation_exceeded"
    assert stands(held) == ("open", 30, 70, 40)


def test_the_entry_moves_the_account_by_the_part(reserve: Callable[..., str], take: Callable[..., str]) -> None:
    held = reserve(60)
    assert take(held, 20, moved=21) == take(held, 20, moved=-20) == "reservation_mismatch"


def test_a_part_taken_twice_under_one_key_is_taken_once(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    assert [take(held, 20, key="k"), take(held, 20, key="k"), take(held, 21, key="k")] == [
        "created",
        "exists",
        "idempotency_conflict",
    ]
    assert stands(held) == ("open", 40, 80, 40)


def test_the_last_part_is_replayed_as_well(reserve: Callable[..., str], take: Callable[..., str]) -> None:
    held = reserve(60)
    assert [take(held, 60, key="k", last=True), take(held, 60, key="k", last=True)] == ["created", "exists"]
    other = reserve(30)
    take(other, 10, key="j")
    assert take(other, 10, key="j", last=True) == "idempotency_conflict"


def test_an_entry_that_stands_without_the_reservation_does_not_count_for_it(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str], book: Any, bank: str
) -> None:
    held = reserve(60)
    do(posting.post, [book.entry((bank, -20), (book.receivable, 20), key="k")], now=NOW)
    assert take(held, 20, key="k") == "idempotency_conflict"


def test_a_refused_entry_leaves_the_reservation_as_it_was(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any], book: Any
) -> None:
    held = reserve(60)
    before = stands(held)
    do(account_states.freeze, book.receivable, WHY)
    assert take(held, 20) == "account_frozen"
    assert stands(held) == before


def test_an_unknown_reservation_is_not_taken(
    take: Callable[..., str], do: Callable[..., Any], new_book: Callable[[], Any]
) -> None:
    assert new_book()
    assert take("rsv_none", 1) == "reservation_unknown"
    assert do(reservations.void, "rsv_none", key="v", now=NOW) == "reservation_unknown"


# Giving back --------------------------------------------------------------------------------------------------


def test_what_is_voided_is_available_again(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    take(held, 20)
    assert do(reservations.void, held, key="v", now=NOW) is None
    assert stands(held) == ("voided", 0, 80, 80)
    assert take(held, 1) == "reservation_resolved"


def test_voiding_is_idempotent_under_its_key_and_happens_once(
    do: Callable[..., Any], reserve: Callable[..., str]
) -> None:
    held, other = reserve(60), reserve(1)
    codes = [do(reservations.void, held, key=key, now=NOW) for key in ("v", "v", "w")]
    assert codes == [None, None, "reservation_resolved"]
    assert do(reservations.void, other, key="v", now=NOW) == "idempotency_conflict"


@pytest.mark.parametrize(("early", "expired"), [(1, []), (0, ["it"])])
def test_it_expires_at_its_end_and_not_before(
    do: Callable[..., Any], reserve: Callable[..., str], early: int, expired: list[str]
) -> None:
    held = reserve(60)
    found = do(reservations.expire, now=END - timedelta(microseconds=early))
    assert list(found) == [held for _ in expired]


def test_past_its_end_nothing_is_taken_even_before_it_was_swept(
    reserve: Callable[..., str], take: Callable[..., str]
) -> None:
    held = reserve(60)
    assert take(held, 1, now=END) == "reservation_expired"
    assert take(held, 1, now=END - timedelta(microseconds=1)) == "created"


def test_what_expired_is_available_again(
    do: Callable[..., Any], reserve: Callable[..., str], stands: Callable[..., Any]
) -> None:
    held = reserve(60)
    do(reservations.expire, now=END)
    assert stands(held) == ("expired", 0, 100, 100)
    assert do(reservations.expire, now=END) == []


def test_what_is_resolved_does_not_expire(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str]
) -> None:
    take(reserve(60), 60)
    assert do(reservations.expire, now=END) == []


# Accounts that hold reservations ------------------------------------------------------------------------------


def test_an_account_with_an_open_reservation_is_neither_closed_nor_moved(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str], book: Any
) -> None:
    clearing = book.leaves[Role.CLEARING]
    held = reserve(5, account=clearing)
    moved = do(account_states.re_parent, book.child, WHY, parent_id=book.parent, since=NOW.date())
    assert moved in ("account_has_reservations", "account_parent_date_invalid")
    assert do(account_states.close, clearing, WHY) == "account_has_reservations"
    do(reservations.void, held, key="v", now=NOW)
    assert do(account_states.close, clearing, WHY) is None
    assert take


def test_what_is_open_below_an_account_is_listed_by_its_end(
    do: Callable[..., Any], reserve: Callable[..., str], book: Any
) -> None:
    late, soon = reserve(1, end=END + timedelta(1)), reserve(2)
    found = do(reservations.open_below, book.parent)
    assert [standing.reservation.id for standing in found] == [soon, late]
    assert found[0].state is ReservationState.OPEN


def test_a_reservation_is_read_back_as_it_was_made(do: Callable[..., Any], bank: str) -> None:
    wanted = Reservation(clock.new_id("reservation"), "k", bank, Money(-5, "BRL"), END, "src_test")
    do(reservations.reserve, wanted, now=NOW)
    assert do(reservations.get, wanted.id).reservation == wanted
    assert wanted.payload_sha256() == replace(wanted, id="rsv_other").payload_sha256()


# By hand ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reservation SET amount_minor = 1000",
        "UPDATE reservation SET open_minor = open_minor + 1",
        "UPDATE reservation SET state = 'voided'",
        "UPDATE reservation SET expires_at = now()",
        "DELETE FROM reservation",
        "TRUNCATE reservation CASCADE",
        "UPDATE reservation_step SET posted_minor = 0",
        "DELETE FROM reservation_step",
        "UPDATE account_event SET reason = 'another'",
        "DELETE FROM account_parent_history",
        "DELETE FROM seal",
    ],
)
def test_what_was_promised_stays_as_it_is(
    owner: psycopg.Connection, reserve: Callable[..., str], statement: str
) -> None:
    reserve(60)
    with pytest.raises(psycopg.Error) as caught:
        owner.execute(statement)
    assert caught.value.sqlstate in ("AF001", "23514")


def test_no_more_steps_than_it_holds_are_written_by_hand(
    owner: psycopg.Connection, reserve: Callable[..., str], book: Any
) -> None:
    held = reserve(60)
    with pytest.raises(psycopg.Error) as caught:
        owner.execute(
            "INSERT INTO reservation_step (reservation_id, step, tenant_id, kind, posted_minor, released_minor,"
            " resolves, idem_key, at) VALUES (%s, 1, %s, 'posted', 61, 0, false, 'x', now())",
            [held, book.tenant_id],
        )
    assert caught.value.sqlstate == "AF011"


def test_a_reservation_of_another_tenant_is_unknown(
    database: Database, new_book: Callable[[], Any], reserve: Callable[..., str]
) -> None:
    held = reserve(60)
    with database.tenant(new_book().tenant_id) as tx, pytest.raises(AfluenteError, match="reservation_unknown"):
        reservations.void(tx, held, key="v", now=NOW)


# At the same time ---------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], str]) -> list[str]:
    """Do several things from threads that all start together."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], str]) -> str:
        gate.wait(timeout=10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_of_two_that_race_for_the_last_of_a_floor_one_gets_it(
    do: Callable[..., Any], book: Any, bank: str, reserve: Callable[..., str]
) -> None:
    assert reserve

    def spend() -> str:
        (done,) = do(posting.post, [book.entry((bank, -60), (book.receivable, 60))], now=NOW)
        return str(done.code or done.outcome)

    assert at_once(spend, spend) == ["created", "limit_exceeded"]
    assert do(balances.of_leaf, bank).minor == 40


def test_of_two_that_race_for_the_last_of_a_floor_one_reserves_it(reserve: Callable[..., str]) -> None:
    outcomes = at_once(lambda: reserve(60)[:4], lambda: reserve(60)[:4])
    assert outcomes == ["limi", "rsv_"]


def test_of_two_that_race_for_one_reservation_one_takes_it(
    reserve: Callable[..., str], take: Callable[..., str], stands: Callable[..., Any]
) -> None:
    for _ in range(3):
        held = reserve(30)
        assert at_once(lambda held=held: take(held, 30), lambda held=held: take(held, 30)) == [
            "created",
            "reservation_resolved",
        ]
    assert stands(held)[2:] == (10, 10)


def test_taking_and_voiding_at_once_resolve_it_once(
    do: Callable[..., Any], reserve: Callable[..., str], take: Callable[..., str]
) -> None:
    for attempt in range(3):
        held = reserve(10)

        def void(held: str = held, key: str = f"v{attempt}") -> str:
            return str(do(reservations.void, held, key=key, now=NOW))

        outcomes = at_once(lambda held=held: take(held, 10), void)
        assert outcomes in (["created", "reservation_resolved"], ["None", "reservation_resolved"])
