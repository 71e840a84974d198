"""Accounts, reservations, limits and seals written by hand, as the owner: the database refuses what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.ledger.conftest import Book
from tests.ledger.test_book_by_hand import Hand, hand, refused, two

__all__ = ["hand", "two"]
_keys = itertools.count()
Run = Callable[..., Callable[[], object]]


@pytest.fixture
def run(owner: psycopg.Connection, book: Book) -> Run:
    """A statement to be run later; ``:tenant`` is the book's."""

    def prepared(statement: str, *values: Any) -> Callable[[], object]:
        return lambda: owner.execute(statement.replace(":tenant", f"'{book.tenant_id}'").encode(), list(values))

    return prepared


# The tree ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def hang(owner: psycopg.Connection, hand: Hand, book: Book) -> Callable[[str, str], Callable[[], object]]:
    """Hangs an account on another with its history, as the book's own function would."""

    def prepared(account: str, parent: str) -> Callable[[], object]:
        def moved() -> None:
            with owner.transaction():
                owner.execute(
                    "INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)"
                    " VALUES (%s, %s, %s, now())",
                    [book.tenant_id, hand.number(account), hand.number(parent)],
                )
                owner.execute("UPDATE account SET parent_no = %s WHERE id = %s", [hand.number(parent), account])

        return moved

    return prepared


def test_an_account_hangs_where_its_history_says(run: Run, hand: Hand, book: Book) -> None:
    assert refused(run("UPDATE account SET parent_no = %s WHERE id = %s", hand.number(book.parent), book.placed)) == (
        "AF001"
    )


def test_an_account_that_hangs_is_not_cut_off(run: Run, book: Book) -> None:
    assert refused(run("UPDATE account SET parent_no = NULL WHERE id = %s", book.placed)) == "AF005"


def test_an_account_is_hung_on_a_node_of_its_creditor(
    hang: Callable[..., Any], book: Book, new_book: Callable[[], Book]
) -> None:
    hang(book.receivable, book.child)()
    assert refused(hang(book.receivable, book.placed)) == "AF005"
    assert refused(hang(book.receivable, new_book().child)) == "AF005"


def test_an_account_is_not_hung_below_itself(hang: Callable[..., Any], book: Book) -> None:
    assert refused(hang(book.parent, book.child)) == "AF005"
    assert refused(hang(book.child, book.child)) == "AF005"


def test_an_account_is_not_hung_on_a_closed_node(run: Run, hang: Callable[..., Any], book: Book) -> None:
    run("UPDATE account SET closed_at = now() WHERE tenant_id = :tenant AND is_leaf AND NOT role = 'receivable'")()
    run("UPDATE account SET closed_at = now() WHERE id = %s", book.child)()
    assert refused(hang(book.receivable, book.child)) == "AF005"


def test_an_account_hangs_on_an_open_node_of_its_own_tenant(
    run: Run, hand: Hand, book: Book, new_book: Callable[[], Book]
) -> None:
    def under(parent: str) -> Callable[[], object]:
        return run(
            "INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, subject,"
            " opened_at) VALUES (%s, :tenant, %s, %s, 'bank', 'n', 'BRL', true, 'x', now())",
            f"acc_hand_{next(_keys)}",
            hand.number(parent),
            book.creditor_id,
        )

    assert refused(under(new_book().child)) == "AF005"
    assert refused(under(book.placed)) == "AF005"
    run("UPDATE account SET closed_at = now() WHERE tenant_id = :tenant AND is_leaf")()
    run("UPDATE account SET closed_at = now() WHERE id = %s", book.child)()
    assert refused(under(book.child)) == "AF005"


def test_a_place_is_taken_once(run: Run, book: Book) -> None:
    again = run(
        "INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, subject, opened_at)"
        " SELECT 'acc_again', tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, subject, opened_at"
        " FROM account WHERE id = %s",
        book.parent,
    )
    assert refused(again) == "23505"


def test_what_is_closed_stays_closed(run: Run, book: Book) -> None:
    run("UPDATE account SET closed_at = now() WHERE id = %s", book.placed)()
    for change in ("NULL", "now() + interval '1 day'"):
        assert refused(run(f"UPDATE account SET closed_at = {change} WHERE id = %s", book.placed)) == "AF001"


def test_what_holds_something_is_not_closed(run: Run, two: tuple[int, int], book: Book) -> None:
    close = run("UPDATE account SET closed_at = now() WHERE no = %s", two[0])
    assert refused(run("UPDATE account SET closed_at = now() WHERE id = %s", book.child)) == "AF021"
    run("UPDATE account_balance SET debit_minor = 1 WHERE account_no = %s", two[0])()
    assert refused(close) == "AF020"
    run("UPDATE account_balance SET credit_minor = 1, pending_credit_minor = 1 WHERE account_no = %s", two[0])()
    assert refused(close) == "AF022"


# Limits and what is pending ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "change"),
    [
        ("floor_minor = 0", "credit_minor = credit_minor + 1"),
        ("floor_minor = 0", "pending_credit_minor = 1"),
        ("ceiling_minor = 0", "debit_minor = debit_minor + 1"),
        ("ceiling_minor = 0", "pending_debit_minor = 1"),
        ("floor_minor = NULL", "pending_debit_minor = -1"),
        ("floor_minor = NULL", "pending_credit_minor = -1"),
        ("debit_minor = 5", "floor_minor = 6"),
        ("debit_minor = 5", "ceiling_minor = 4"),
    ],
)
def test_no_balance_goes_beyond_its_limits(run: Run, two: tuple[int, int], limit: str, change: str) -> None:
    run(f"UPDATE account_balance SET {limit} WHERE account_no = %s", two[0])()
    assert refused(run(f"UPDATE account_balance SET {change} WHERE account_no = %s", two[0])) == "23514"


# Reservations -----------------------------------------------------------------------------------------------------


@pytest.fixture
def reserve(owner: psycopg.Connection, book: Book) -> Callable[..., str]:
    """A reservation of ten."""

    def made(account: int, *, amount: int = 10, left: int = 10, state: str = "open", key: str = "") -> str:
        name = f"res_hand_{book.tenant_id}_{next(_keys)}"
        owner.execute(
            "INSERT INTO reservation (id, tenant_id, account_no, is_debit, amount_minor, open_minor, state, idem_key,"
            " payload_sha256, reserved_at, expires_at, source)"
            " VALUES (%s, %s, %s, false, %s, %s, %s, %s, '', now(), now(), '')",
            [name, book.tenant_id, account, amount, left, state, key or name],
        )
        return name

    return made


@pytest.fixture
def step(run: Run) -> Callable[..., Callable[[], object]]:
    """A step of a reservation, to be written later."""

    def prepared(
        reservation: str, *, posted: int = 0, released: int = 0, resolves: bool = False, **named: Any
    ) -> Callable[[], object]:
        number = next(_keys)
        return run(
            "INSERT INTO reservation_step (reservation_id, step, tenant_id, kind, posted_minor, released_minor,"
            " resolves, entry_seq, idem_key, at)"
            " VALUES (%s, %s, coalesce(%s, :tenant), 'posted', %s, %s, %s, %s, %s, now())",
            *(reservation, named.get("number", number), named.get("tenant"), posted, released, resolves),
            *(named.get("entry"), named.get("key") or f"step-{number}"),
        )

    return prepared


@pytest.mark.parametrize(
    ("wrong", "state"),
    [
        ({"amount": 0, "left": 0}, "23514"),
        ({"amount": -1, "left": -1}, "23514"),
        ({"left": 11}, "AF001"),
        ({"left": 9}, "AF001"),
        ({"left": 0, "state": "voided"}, "AF001"),
        ({"state": "posted"}, "AF001"),
    ],
)
def test_a_reservation_begins_whole_and_open(
    reserve: Callable[..., str], two: tuple[int, int], wrong: dict[str, Any], state: str
) -> None:
    assert refused(lambda: reserve(two[0], **wrong)) == state


def test_a_reservation_is_on_a_leaf_of_its_tenant(
    reserve: Callable[..., str], hand: Hand, book: Book, new_book: Callable[[], Book]
) -> None:
    assert refused(lambda: reserve(hand.number(book.child))) == "AF007"
    assert refused(lambda: reserve(hand.number(new_book().placed))) == "AF007"


def test_a_key_reserves_once(reserve: Callable[..., str], two: tuple[int, int]) -> None:
    reserve(two[0], key="once")
    assert refused(lambda: reserve(two[0], key="once")) == "23505"


@pytest.mark.parametrize(
    "change",
    [
        "open_minor = open_minor + 1",
        "open_minor = open_minor",
        "amount_minor = amount_minor + 1, open_minor = 1",
        "open_minor = 0",
        "open_minor = 5, state = 'posted'",
        "open_minor = 5, expires_at = expires_at + interval '1 day'",
        "open_minor = 5, is_debit = true",
        "open_minor = 5, account_no = account_no - 1",
        "open_minor = 5, idem_key = 'x'",
        "open_minor = 5, source = 'x'",
    ],
)
def test_a_reservation_only_shrinks(run: Run, reserve: Callable[..., str], two: tuple[int, int], change: str) -> None:
    assert refused(run(f"UPDATE reservation SET {change} WHERE id = %s", reserve(two[0]))) == "AF001"


def test_a_reservation_that_is_resolved_is_not_opened_again(
    run: Run, reserve: Callable[..., str], two: tuple[int, int]
) -> None:
    held = reserve(two[0])
    run("UPDATE reservation SET open_minor = 0, state = 'voided' WHERE id = %s", held)()
    for change in ("state = 'open', open_minor = 10", "state = 'posted'"):
        assert refused(run(f"UPDATE reservation SET {change} WHERE id = %s", held)) == "AF001"


def test_no_more_is_taken_than_is_held(
    reserve: Callable[..., str], step: Callable[..., Any], two: tuple[int, int]
) -> None:
    held = reserve(two[0])
    step(held, posted=4)()
    assert refused(step(held, posted=4, released=3)) == "AF011"
    assert refused(step(held, posted=-1)) == "23514"
    assert refused(step(held, released=-1)) == "23514"
    step(held, posted=4, released=2)()


def test_a_reservation_is_resolved_once(
    reserve: Callable[..., str], step: Callable[..., Any], two: tuple[int, int]
) -> None:
    held = reserve(two[0])
    step(held, released=1, resolves=True)()
    assert refused(step(held, released=1, resolves=True)) == "23505"


def test_a_step_is_of_its_own_reservation_key_and_entry(
    reserve: Callable[..., str], step: Callable[..., Any], hand: Hand, two: tuple[int, int]
) -> None:
    held, seq = reserve(two[0]), hand.entry([(two[0], "BRL", -5), (two[1], "BRL", 5)])
    step(held, posted=1, entry=seq, key="once", number=1)()
    assert refused(step(reserve(two[0]), posted=1, entry=seq)) == "23505"
    assert refused(step(held, posted=1, key="once")) == "23505"
    assert refused(step(held, posted=1, number=1)) == "23505"
    assert refused(step(held, posted=1, entry=-1)) == "23503"


def test_a_step_is_of_the_tenant_of_its_reservation(
    reserve: Callable[..., str], step: Callable[..., Any], two: tuple[int, int], new_book: Callable[[], Book]
) -> None:
    assert refused(step(reserve(two[0]), posted=1, tenant=new_book().tenant_id)) == "AF009"


# Seals ------------------------------------------------------------------------------------------------------------


def test_a_block_has_its_number_and_beginning_once_and_does_not_end_before_it(run: Run) -> None:
    def block(seq: int, first: int, last: int) -> Callable[[], object]:
        return run(f"INSERT INTO seal VALUES (:tenant, {seq}, {first}, {last}, 1, '', '', now())")

    block(1, 1, 2)()
    assert refused(block(1, 3, 4)) == "23505"
    assert refused(block(2, 1, 4)) == "23505"
    assert refused(block(2, 3, 2)) == "23514"
