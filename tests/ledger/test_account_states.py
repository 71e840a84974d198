"""Accounts frozen, closed, limited and moved: what each refuses, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from domain.accounts import CHARTS, NODES, TREASURY_LEAVES, TYPES, Account, AccountState, PlatformKind, Role
from domain.errors import AfluenteError, Conflict, Invalid, NotFound, Refused
from domain.money import Money
from ledger import account_states, accounts, balances, invariants, posting, reversals
from ledger.account_states import Cause
from runtime import clock
from store.database import Database

DAY = date(2026, 11, 23)


@pytest.fixture
def why() -> Cause:
    return Cause("treasurer", "tests", clock.now())


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
def post(do: Callable[..., Any]) -> Callable[..., str]:
    def posted(entry: Any) -> str:
        (result,) = do(posting.post, [entry], now=clock.now())
        return str(result.code or result.outcome)

    return posted


@pytest.fixture
def node(do: Callable[..., Any], book: Any) -> Callable[[str], str]:
    """Opens one more child node under the book's parent."""

    def opened(subject: str) -> str:
        account = Account(
            clock.new_id("account"),
            book.tenant_id,
            book.parent,
            book.creditor_id,
            Role.CHILD,
            subject,
            "BRL",
            "BR",
            None,
            subject,
        )
        return str(do(accounts.open_account, account, now=clock.now()))

    return opened


# The chart ----------------------------------------------------------------------------------------------------


def test_every_leaf_role_has_a_type_and_no_node_has() -> None:
    assert set(TYPES) == set(Role) - NODES


@pytest.mark.parametrize("kind", list(PlatformKind))
def test_every_kind_of_platform_has_a_chart_of_leaves_each_once(kind: PlatformKind) -> None:
    assert len(set(CHARTS[kind])) == len(CHARTS[kind])
    assert not NODES & set(CHARTS[kind])


def test_a_child_is_opened_by_its_platforms_chart(do: Callable[..., Any], book: Any) -> None:
    chart = CHARTS[PlatformKind.CARD_GATEWAY]
    child = do(
        accounts.open_child,
        parent=do(accounts.get, book.parent),
        name="Cards",
        country="BR",
        connection_id="con_2",
        currency="BRL",
        new_id=clock.new_id,
        now=clock.now(),
        leaves=chart,
    )
    assert set(do(accounts.leaves_of, child)) == set(chart)


def test_the_treasury_has_a_set_of_leaves_in_each_currency(do: Callable[..., Any], book: Any) -> None:
    def opened(currency: str) -> Any:
        parent = do(accounts.get, book.parent)
        return do(accounts.open_treasury, parent=parent, currency=currency, new_id=clock.new_id, now=clock.now())

    assert set(opened("USD")[1]) == set(TREASURY_LEAVES)
    assert opened("USD") == opened("USD") != opened("EUR")


# Freezing -----------------------------------------------------------------------------------------------------


def test_a_frozen_account_refuses_postings_until_it_is_thawed(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    outcomes = [do(account_states.freeze, book.receivable, why), post(book.move(1))]
    outcomes += [do(account_states.thaw, book.receivable, why), post(book.move(1))]
    assert outcomes == [1, "account_frozen", 1, "created"]


def test_freezing_a_node_freezes_all_that_is_open_below_it(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    assert do(account_states.freeze, book.child, why) == 1 + len(book.leaves)
    assert post(book.move(1)) == "account_frozen"
    assert post(book.entry((book.receivable, 1), (book.placed, -1))) == "created"


def test_freezing_what_is_frozen_changes_nothing(do: Callable[..., Any], book: Any, why: Cause) -> None:
    do(account_states.freeze, book.receivable, why)
    assert do(account_states.freeze, book.receivable, why) == 0


def test_a_frozen_account_is_not_posted_to_by_reversing_either(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    entry = book.move(1)
    post(entry)
    do(account_states.freeze, book.receivable, why)
    named = {"reversal_id": clock.new_id("entry"), "key": "undo", "effective_date": DAY, "now": clock.now()}
    assert do(reversals.reverse, entry.id, **named) == "account_frozen"


def test_an_entry_is_reversed_through_its_own_door(do: Callable[..., Any], post: Callable[..., str], book: Any) -> None:
    entry = book.move(100)
    post(entry)

    def undo(key: str) -> Any:
        named = {"reversal_id": clock.new_id("entry"), "key": key, "effective_date": DAY, "now": clock.now()}
        done = do(reversals.reverse, entry.id, **named)
        return done if isinstance(done, str) else done.outcome

    assert [undo("undo"), undo("undo"), undo("again")] == ["created", "exists", "entry_already_reversed"]
    assert do(balances.of_leaf, book.receivable).minor == 0


# Closing ------------------------------------------------------------------------------------------------------


def test_a_closed_account_takes_nothing_more(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    assert do(account_states.close, book.placed, why) is None
    assert post(book.entry((book.placed, 5), (book.receivable, -5))) == "account_not_postable"
    assert do(account_states.close, book.placed, why) == "account_closed"


def test_an_account_with_a_balance_is_not_closed(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    post(book.move(1))
    assert do(account_states.close, book.receivable, why) == "account_has_balance"
    post(book.move(-1))
    assert do(account_states.close, book.receivable, why) is None


def test_a_node_is_closed_after_all_below_it(do: Callable[..., Any], book: Any, why: Cause) -> None:
    assert do(account_states.close, book.child, why) == "account_has_open_children"
    for leaf in book.leaves.values():
        do(account_states.close, leaf, why)
    assert do(account_states.close, book.child, why) is None


def test_nothing_is_opened_below_a_closed_node(
    do: Callable[..., Any], node: Callable[[str], str], book: Any, why: Cause
) -> None:
    closed = node("empty")
    do(account_states.close, closed, why)
    leaf = Account(
        clock.new_id("account"), book.tenant_id, closed, book.creditor_id, Role.BANK, "b", "BRL", "BR", None, ""
    )
    assert do(accounts.open_account, leaf, now=clock.now()) == "account_parent_invalid"


def test_a_closed_account_stays_closed_even_by_hand(owner: psycopg.Connection, do: Any, book: Any, why: Cause) -> None:
    do(account_states.close, book.placed, why)
    with pytest.raises(psycopg.Error, match="is not changed"):
        owner.execute("UPDATE account SET closed_at = NULL WHERE id = %s", [book.placed])


def test_an_account_with_a_balance_is_not_closed_even_by_hand(
    owner: psycopg.Connection, post: Callable[..., str], book: Any
) -> None:
    post(book.move(1))
    with pytest.raises(psycopg.Error, match="has a balance"):
        owner.execute("UPDATE account SET closed_at = now() WHERE id = %s", [book.receivable])


# Limits -------------------------------------------------------------------------------------------------------


@pytest.fixture
def floored(do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause) -> str:
    """The bank leaf with 100 in it, which may not go below zero."""
    bank = str(book.leaves[Role.BANK])
    do(account_states.limit, bank, why, floor=Money(0, "BRL"), ceiling=Money(150, "BRL"))
    post(book.entry((bank, 100), (book.receivable, -100)))
    return bank


@pytest.mark.parametrize(
    ("minor", "outcome"), [(-100, "created"), (-101, "limit_exceeded"), (50, "created"), (51, "limit_exceeded")]
)
def test_a_balance_reaches_its_limit_and_no_further(
    post: Callable[..., str], book: Any, floored: str, minor: int, outcome: str
) -> None:
    assert post(book.entry((floored, minor), (book.receivable, -minor))) == outcome


def test_in_a_batch_each_entry_is_judged_by_what_the_ones_before_left(
    do: Callable[..., Any], book: Any, floored: str
) -> None:
    batch = [
        book.entry((floored, minor), (book.receivable, -minor), key=key)
        for minor, key in ((-80, "a"), (-30, "b"), (-80, "a"), (10, "c"), (-30, "d"), (-1, "e"))
    ]
    done = do(posting.post, batch, now=clock.now())
    assert [item.code or item.outcome for item in done] == [
        "created",
        "limit_exceeded",
        "exists",
        "created",
        "created",
        "limit_exceeded",
    ]
    assert do(balances.of_leaf, floored).minor == 0


def test_a_replayed_entry_is_not_judged_again(do: Callable[..., Any], book: Any, floored: str) -> None:
    out = book.entry((floored, -100), (book.receivable, 100), key="k")
    more = book.entry((floored, 1), (book.receivable, -1))
    do(posting.post, [out], now=clock.now())
    done = do(posting.post, [out, more], now=clock.now())
    assert [item.outcome for item in done] == ["exists", "created"]


def test_a_limit_already_passed_is_refused(do: Callable[..., Any], floored: str, why: Cause) -> None:
    def floor(minor: int) -> Any:
        return do(account_states.limit, floored, why, floor=Money(minor, "BRL"), ceiling=None)

    assert [floor(101), floor(100)] == ["limit_exceeded", None]


def test_a_limit_is_in_the_accounts_currency(do: Callable[..., Any], floored: str, why: Cause) -> None:
    code = do(account_states.limit, floored, why, floor=Money(0, "USD"), ceiling=None)
    assert code == "posting_wrong_currency"


def test_a_limit_holds_even_by_hand(owner: psycopg.Connection, floored: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "UPDATE account_balance SET credit_minor = credit_minor + 101"
            " WHERE account_no = (SELECT no FROM account WHERE id = %s)",
            [floored],
        )


# Moving -------------------------------------------------------------------------------------------------------


def test_a_moved_account_takes_its_subtree_and_balances_along(
    do: Callable[..., Any], post: Callable[..., str], node: Callable[[str], str], book: Any, why: Cause
) -> None:
    post(book.move(100))
    region = node("region")
    since = clock.now().date() + timedelta(1)
    assert do(account_states.re_parent, book.child, why, parent_id=region, since=since) is None
    below = {account.id for account in do(accounts.subtree, [region])}
    assert below == {region, book.child, *book.leaves.values()}
    found = do(balances.of_leaves, [book.parent])
    assert balances.by_currency(found)["BRL"].minor == 100
    assert not [item.code for item in do(invariants.check) if item.broken]


def test_where_an_account_hung_is_known_by_day(
    do: Callable[..., Any], node: Callable[[str], str], book: Any, why: Cause
) -> None:
    region, today = node("region"), clock.now().date()
    do(account_states.re_parent, book.child, why, parent_id=region, since=today + timedelta(5))
    days = [do(account_states.parent_on, book.child, today + timedelta(days)) for days in (0, 4, 5, 9)]
    assert days == [book.parent, book.parent, region, region]
    assert do(account_states.parent_on, region, today) == book.parent


@pytest.mark.parametrize("back", [1, 2])
def test_a_move_is_not_dated_before_the_last(
    do: Callable[..., Any], node: Callable[[str], str], book: Any, why: Cause, back: int
) -> None:
    region, since = node("region"), clock.now().date() + timedelta(5)
    do(account_states.re_parent, book.child, why, parent_id=region, since=since)
    again = do(account_states.re_parent, book.child, why, parent_id=book.parent, since=since - timedelta(back))
    assert again == "account_parent_date_invalid"


def test_an_account_is_not_hung_below_itself(
    do: Callable[..., Any], node: Callable[[str], str], book: Any, why: Cause
) -> None:
    since = clock.now().date() + timedelta(1)
    region = node("region")
    do(account_states.re_parent, book.child, why, parent_id=region, since=since)
    for target in (book.child, region):
        code = do(account_states.re_parent, region, why, parent_id=book.child, since=since)
        assert code == "account_parent_invalid", target


def test_an_account_is_not_hung_on_a_leaf_or_a_stranger(
    do: Callable[..., Any], new_book: Callable[[], Any], book: Any, why: Cause
) -> None:
    since = clock.now().date()
    assert do(account_states.re_parent, book.child, why, parent_id=book.placed, since=since) == "account_parent_invalid"
    stranger = new_book().parent
    assert do(account_states.re_parent, book.child, why, parent_id=stranger, since=since) == "account_unknown"


def test_money_in_transit_keeps_an_account_where_it_is(
    do: Callable[..., Any], post: Callable[..., str], node: Callable[[str], str], book: Any, why: Cause
) -> None:
    region, since = node("region"), clock.now().date() + timedelta(1)
    transit = book.leaves[Role.IN_TRANSIT]
    post(book.entry((transit, 5), (book.receivable, -5)))
    assert do(account_states.re_parent, book.child, why, parent_id=region, since=since) == "account_in_transit"
    post(book.entry((transit, -5), (book.receivable, 5)))
    assert do(account_states.re_parent, book.child, why, parent_id=region, since=since) is None


def test_a_parent_is_not_changed_by_hand(owner: psycopg.Connection, node: Callable[[str], str], book: Any) -> None:
    region = node("region")
    with pytest.raises(psycopg.Error, match="its history says"):
        owner.execute(
            "UPDATE account SET parent_no = (SELECT no FROM account WHERE id = %s) WHERE id = %s",
            [region, book.child],
        )


# What is kept -------------------------------------------------------------------------------------------------


def test_what_happened_to_an_account_is_kept_with_who_and_why(do: Callable[..., Any], book: Any, why: Cause) -> None:
    for change in (account_states.freeze, account_states.thaw, account_states.close):
        do(change, book.placed, why)
    events = do(account_states.events_of, book.placed)
    assert [event.kind for event in events] == ["opened", "frozen", "thawed", "closed"]
    assert {(event.actor, event.reason) for event in events[1:]} == {("treasurer", "tests")}


def test_a_refused_change_leaves_no_event(
    do: Callable[..., Any], post: Callable[..., str], book: Any, why: Cause
) -> None:
    post(book.move(1))
    do(account_states.close, book.receivable, why)
    assert [event.kind for event in do(account_states.events_of, book.receivable)] == ["opened"]


def test_an_account_is_not_changed_without_a_reason() -> None:
    with pytest.raises(Invalid, match="reason_missing"):
        Cause("treasurer", " ", clock.now())


def test_states_are_read_back(do: Callable[..., Any], book: Any, why: Cause) -> None:
    assert do(account_states.state_of, book.placed) is AccountState.OPEN
    do(account_states.freeze, book.placed, why)
    assert do(account_states.state_of, book.placed) is AccountState.FROZEN
    do(account_states.close, book.placed, why)
    assert do(account_states.state_of, book.placed) is AccountState.CLOSED
    assert do(account_states.state_of, "acc_none") == "account_unknown"


def test_refusals_are_of_the_kinds_that_the_edges_translate(database: Database, book: Any, why: Cause) -> None:
    for function, expected in ((account_states.close, Refused), (account_states.freeze, NotFound)):
        account = book.child if expected is Refused else "acc_none"
        with pytest.raises(expected), database.tenant(book.tenant_id) as tx:
            function(tx, account, why)
    with database.tenant(book.tenant_id) as tx:
        account_states.close(tx, book.placed, why)
        with pytest.raises(Conflict):
            account_states.close(tx, book.placed, why)


# I10 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "out", "broken"), [(2, 0, 0), (3, 0, 1), (3, 100, 0), (3, 99, 1)])
def test_money_that_waits_too_long_at_a_platform_is_found(
    do: Callable[..., Any], post: Callable[..., str], book: Any, days: int, out: int, broken: int
) -> None:
    post(book.move(100, day=DAY - timedelta(days)))
    if out:
        post(book.move(-out))
    post(book.move(7))
    assert do(invariants.settles, as_of=DAY, within_days=3).broken == broken
