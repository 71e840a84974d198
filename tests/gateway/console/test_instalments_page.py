"""The page of instalment terms: every market with what stands, stated and ended by those who work cases."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from store import creditors, instalment_terms
from store.database import Database
from tests.fakes.console_world import World
from tests.gateway.console.conftest import Browser

FIELDS = {"most_payments": "4", "least_payment": "2500.50", "first_within_days": "10"}


@pytest.fixture
def market(database: Database, world: World) -> str:
    with database.tenant(world.tenant_id) as tx:
        connection = creditors.connections(tx, country="TH")[0]
    return f"{connection.creditor_id}/TH/{connection.currency}"


def stands(database: Database, world: World, market: str) -> tuple[int, str, int] | None:
    creditor_id, country, currency = market.split("/")
    with database.tenant(world.tenant_id) as tx:
        terms = instalment_terms.of(tx, creditor_id=creditor_id, country=country, currency=currency)
    return (terms.most_payments, str(terms.least), terms.first_within_days) if terms else None


def test_terms_are_stated_shown_and_ended(
    signed_in: Callable[..., Browser], database: Database, world: World, market: str
) -> None:
    browser = signed_in("finance")
    answer = browser.post(f"/instalments/{market}", form_of="/instalments", place=market, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/console/instalments?done=instalment_terms_stated",
    )
    assert stands(database, world, market) == (4, "2500.50 THB", 10)
    row = browser.get("/instalments").text.split("<tr>")
    shown = next(one for one in row if f"/instalments/{market}" in one)
    assert "2,500.50" in shown
    assert re.search(r'name="first_within_days"[^>]*value="10"', shown)
    browser.post(f"/instalments/{market}", form_of="/instalments", place=market, end="1")
    assert stands(database, world, market) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"most_payments": "1"},
        {"most_payments": "13"},
        {"most_payments": "x"},
        {"most_payments": "²"},
        {"most_payments": "9" * 5_000},
        {"first_within_days": "0"},
        {"first_within_days": "32"},
        {"least_payment": "0"},
        {"least_payment": "1.001"},
        {"least_payment": ""},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_terms_that_cannot_be_are_refused_and_what_was_entered_stays(
    signed_in: Callable[..., Browser], database: Database, world: World, market: str, wrong: dict[str, str]
) -> None:
    browser, before = signed_in("finance"), stands(database, world, market)
    answer = browser.post(f"/instalments/{market}", form_of="/instalments", place=market, **{**FIELDS, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'name="first_within_days" required min="1" max="31" value="' in answer.text
    assert stands(database, world, market) == before


@pytest.mark.parametrize("role", ["treasury", "auditor"])
def test_other_roles_look_and_change_nothing(
    signed_in: Callable[..., Browser], database: Database, world: World, market: str, role: str
) -> None:
    browser, before = signed_in(role), stands(database, world, market)
    assert browser.get("/instalments").status_code == 200
    answer = browser.post(f"/instalments/{market}", form_of="/cases", place=market, **FIELDS)
    assert answer.status_code == 403
    assert stands(database, world, market) == before
