"""Legal entities: who owns which account since when, and what two of them owe each other in a sweep."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from activities import creditors as opening
from activities import legal_entities
from activities.book import Book
from activities.legal_entities import NewEntity
from domain import treasury_bookings
from domain.accounts import Role
from domain.errors import AfluenteError
from domain.money import Money
from ledger import accounts, balances
from runtime import clock
from store import legal_entities as kept
from store.legal_entities import LegalEntity

LEI = "213800KUD8LAJWSQ9D15"


def add(world: Any, name: str = "Aurora Brasil Ltda", **said: Any) -> LegalEntity:
    new = NewEntity(said.pop("creditor_id", world.creditor.id), name, "BR", "BRL", **said)
    with world.tx() as tx:
        return legal_entities.add(tx, new, actor="tests", new_id=clock.new_id, now=world.clock())


def give(world: Any, account_id: str, entity: LegalEntity, since: date) -> None:
    with world.tx() as tx:
        legal_entities.give(tx, account_id, entity.id, since=since, actor="tests", reason="bought", now=world.clock())


def owner(world: Any, account_id: str, day: date) -> str:
    with world.tx() as tx:
        return legal_entities.owner_of(tx, account_id, day).name


def child(world: Any) -> str:
    found: str = world.connections["stripe/BR"].child_account_id
    return found


def code(act: Any) -> str:
    with pytest.raises(AfluenteError) as refused:
        act()
    return refused.value.code


def test_a_creditor_is_an_entity_that_owns_its_accounts_since_ever(brazil: Any) -> None:
    with brazil.tx() as tx:
        (own,) = kept.every(tx, creditor_id=brazil.creditor.id)
        receivables = accounts.root_of(tx, brazil.creditor.id, Role.RECEIVABLES).id
        clearing = accounts.leaves_of(tx, child(brazil))[Role.CLEARING]
    assert (own.name, own.country, own.functional_currency) == ("Aurora", "CN", "USD")
    for account in (brazil.creditor.parent_account_id, receivables, child(brazil), clearing):
        assert owner(brazil, account, date(1990, 1, 1)) == "Aurora"


def test_a_child_and_what_lies_under_it_is_owned_by_whom_it_was_given_to_since_that_day(brazil: Any) -> None:
    since = brazil.clock().date() - timedelta(days=10)
    give(brazil, child(brazil), add(brazil), since)
    with brazil.tx() as tx:
        clearing = accounts.leaves_of(tx, child(brazil))[Role.CLEARING]
    assert [owner(brazil, clearing, day) for day in (since - timedelta(days=1), since)] == [
        "Aurora",
        "Aurora Brasil Ltda",
    ]
    assert owner(brazil, brazil.creditor.parent_account_id, since) == "Aurora"


def test_of_one_day_what_was_recorded_last_counts(brazil: Any) -> None:
    today = brazil.clock().date()
    give(brazil, child(brazil), add(brazil), today)
    give(brazil, child(brazil), add(brazil, "Aurora Holding"), today)
    assert owner(brazil, child(brazil), today) == "Aurora Holding"


def test_a_trees_owners_are_those_of_each_account(brazil: Any) -> None:
    today = brazil.clock().date()
    entity = add(brazil)
    give(brazil, child(brazil), entity, today)
    with brazil.tx() as tx:
        tree = accounts.subtree(tx, [brazil.creditor.parent_account_id])
        found = legal_entities.owners(tx, tree, today)
        assert found == {one.id: legal_entities.owner_of(tx, one.id, today).id for one in tree}


@pytest.mark.parametrize(("days", "refused"), [(0, False), (1, True)])
def test_an_account_is_not_given_for_a_day_to_come(brazil: Any, days: int, refused: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    entity, day = add(brazil), brazil.clock().date() + timedelta(days=days)
    if refused:
        assert code(lambda: give(brazil, child(brazil), entity, day)) == "owner_of_the_future"
    else:
        give(brazil, child(brazil), entity, day)


def test_an_account_is_not_given_to_another_creditors_entity(brazil: Any) -> None:
    with brazil.tx() as tx:
        new = opening.NewCreditor("Borealis", "CN", None, "x@borealis.example", "bank", "USD")
        other = opening.open_creditor(tx, new, tenant_id=brazil.tenant_id, new_id=clock.new_id, now=brazil.clock())
    entity = add(brazil, "Borealis Brasil", creditor_id=other.id)
    assert code(lambda: give(brazil, child(brazil), entity, brazil.clock().date())) == "entity_of_another_creditor"


@pytest.mark.parametrize(("lei", "kept_as"), [(LEI, LEI), (LEI.lower(), LEI), (None, None)])
def test_a_lei_is_kept_in_its_canonical_form(brazil: Any, lei: str | None, kept_as: str | None) -> None:
    assert add(brazil, lei=lei).lei == kept_as


@pytest.mark.parametrize("lei", ["", "213800KUD8LAJWSQ9D16", "213800KUD8LAJWSQ9D1"])
def test_a_lei_with_a_wrong_check_digit_or_length_is_refused(brazil: Any, lei: str) -> None:
    assert code(lambda: add(brazil, lei=lei)) == "lei_invalid"


def test_two_entities_of_one_group_have_two_names(brazil: Any) -> None:
    add(brazil)
    assert code(lambda: add(brazil)) == "entity_name_taken"


def test_ownership_is_never_changed(brazil: Any) -> None:
    with pytest.raises(Exception, match="permission denied"), brazil.tx() as tx:
        tx.exec_driver_sql("UPDATE account_owner SET since = now()")


# Between two entities ---------------------------------------------------------------------------------------------


def between(world: Any) -> Any:
    with world.tx() as tx:
        return legal_entities.between(
            tx,
            child(world),
            world.creditor.parent_account_id,
            world.clock().date(),
            new_id=clock.new_id,
            now=world.clock(),
        )


def test_one_entity_owes_itself_nothing(brazil: Any) -> None:
    assert between(brazil) is None


def test_two_entities_owe_each_other_what_was_swept(brazil: Any) -> None:
    entity = add(brazil)
    give(brazil, child(brazil), entity, brazil.clock().date())
    found = between(brazil)
    assert found == between(brazil)
    with brazil.tx() as tx:
        sides = [accounts.get(tx, one) for one in (found.child_side, found.parent_side)]
        assert [one.role for one in sides] == [Role.INTERCOMPANY] * 2
        assert [one.currency for one in sides] == ["BRL", "BRL"]
        assert accounts.get(tx, str(sides[1].parent_id)).role is Role.TREASURY
        assert (sides[0].parent_id, sides[1].subject) == (child(brazil), entity.id)
        book = Book(tx, clock.new_id, brazil.clock())
        parent = accounts.get(tx, brazil.creditor.parent_account_id)
        _, treasury = accounts.open_treasury(tx, parent=parent, currency="BRL", new_id=clock.new_id, now=brazil.clock())
        entry = treasury_bookings.sweep_sent(
            book.head("sweep/1", day=brazil.clock().date(), source="swp_1"),
            child=accounts.leaves_of(tx, child(brazil)),
            treasury=treasury,
            amount=Money(700, "BRL"),
            between=found,
        )
        book.post(entry)
        due = [balances.of_leaf(tx, one).minor for one in (found.child_side, found.parent_side)]
    assert due == [700, -700]
