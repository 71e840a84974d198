"""Reports over the API: receipts over time, ageing and the waterfall, with their filters and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain import bookings
from domain.bookings import Head
from domain.money import Money
from ledger import accounts, posting
from runtime import clock
from store.database import Database

pytestmark = pytest.mark.servers

TODAY = clock.now().date()
PERIOD = {"from": str(TODAY - timedelta(days=9)), "to": str(TODAY + timedelta(days=1))}
Book = Callable[..., None]


@pytest.fixture
def book(database: Database, story: Any) -> Book:
    """Books a receipt that nothing explains on a child account, so many days ago."""

    def receive(link: Any, minor: int, *, days_ago: int = 0, to_bank: bool = False) -> None:
        entry_id = clock.new_id("entry")
        with database.tenant(story.tenant_id) as tx:
            entry = bookings.receipt(
                Head(entry_id, entry_id, TODAY - timedelta(days=days_ago), "rcp_test"),
                leaves=accounts.leaves_of(tx, link.child_account_id),
                amount=Money(minor, "BRL"),
                fee=Money(minor // 100, "BRL"),
                allocated=[],
                to_bank=to_bank,
            )
            posting.post_one(tx, entry, now=clock.now())

    return receive


def ask(client: TestClient, report: str, **query: object) -> Any:
    answer = client.get(f"/v1/reports/{report}", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(client: TestClient, report: str, **query: object) -> tuple[int, str]:
    answer = client.get(f"/v1/reports/{report}", params={name: str(value) for name, value in query.items()})
    return answer.status_code, answer.json()["code"]


def test_receipts_are_reported_by_day_and_child_in_both_currencies(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000)
    book(story.stripe, 5_000)
    book(story.bank, 700, days_ago=3, to_bank=True)
    told = ask(admin, "receipts", **PERIOD)
    rows = [(one["first"], one["platform"], one["receipts"], one["amount"]["amount"]) for one in told["rows"]]
    assert rows == [
        (str(TODAY - timedelta(days=3)), "bank_statement", 1, "7.00"),
        (str(TODAY), "stripe", 2, "150.00"),
    ]
    assert (told["currency"], told["left_out"]) == ("USD", [])
    assert [one["base"] for one in told["rates"]] == ["BRL"]
    together = sum(float(one["converted"]["amount"]) for one in told["rows"])
    assert float(told["total"]["amount"]) == pytest.approx(together, abs=0.01)


def test_receipts_of_a_month_are_one_row(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000)
    first = TODAY.replace(day=1)
    told = ask(admin, "receipts", **{"from": first, "to": TODAY + timedelta(days=1), "interval": "month"})
    assert [one["first"] for one in told["rows"]] == [str(first)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [({"country": "BR"}, 2), ({"country": "TH"}, 0), ({"currency": "BRL"}, 2), ({"currency": "THB"}, 0)],
)
def test_a_report_is_filtered(admin: TestClient, story: Any, book: Book, filters: dict[str, str], found: int) -> None:
    book(story.stripe, 10_000)
    book(story.bank, 700, to_bank=True)
    assert len(ask(admin, "receipts", **PERIOD, **filters)["rows"]) == found


def test_a_report_may_be_about_one_child(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000)
    book(story.bank, 700, to_bank=True)
    told = ask(admin, "receipts", **PERIOD, child_id=story.bank.child_account_id)
    assert [one["child_id"] for one in told["rows"]] == [story.bank.child_account_id]


def test_ageing_tells_steps_and_since_when(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000, days_ago=6)
    book(story.stripe, 20_000, days_ago=5)
    told = ask(admin, "ageing", kind="in_transit")
    assert [(one["step"], one["role"], one["amount"]["amount"]) for one in told["rows"]] == [
        (2, "clearing", "99.00"),
        (1, "clearing", "198.00"),
    ]
    assert [(one["first"], one["last"]) for one in told["steps"]] == [(0, 1), (2, 5), (6, 30), (31, None)]
    assert sum(float(one["total"]["amount"]) for one in told["steps"]) == pytest.approx(
        float(told["total"]["amount"]), abs=0.02
    )


def test_ageing_of_suspense_is_positive_and_as_of_a_day(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000, days_ago=6)
    book(story.stripe, 20_000, days_ago=1)
    told = ask(admin, "ageing", kind="suspense", as_of=TODAY - timedelta(days=3))
    assert [(one["step"], one["role"], one["amount"]["amount"]) for one in told["rows"]] == [(1, "suspense", "100.00")]


def test_the_steps_of_a_waterfall_come_to_what_is_left(admin: TestClient, story: Any, book: Book) -> None:
    book(story.stripe, 10_000)
    told = ask(admin, "waterfall", parent_id=story.creditor.parent_account_id, **PERIOD)
    steps = {one["step"]: float(one["amount"]["amount"]) for one in told["steps"]}
    left = steps.pop("left")
    assert (steps["gross"] > 0, steps["fees"] < 0) == (True, True)
    assert sum(steps.values()) == pytest.approx(left)


def test_what_makes_no_report_is_refused(admin: TestClient, story: Any) -> None:
    child = story.bank.child_account_id
    assert refused(admin, "waterfall", parent_id=child, **PERIOD) == (422, "account_not_parent")
    assert refused(admin, "receipts", parent_id=child, **PERIOD) == (422, "account_not_parent")
    assert refused(admin, "receipts", parent_id="acc_unknown", **PERIOD) == (404, "account_unknown")
    assert refused(admin, "receipts", **{"from": TODAY, "to": TODAY}) == (422, "period_empty")


@pytest.mark.parametrize(("days", "status"), [(400, 200), (401, 422)])
def test_a_report_has_a_limit(admin: TestClient, story: Any, days: int, status: int) -> None:
    first = date(2024, 1, 1)
    query = {"from": str(first), "to": str(first + timedelta(days=days)), "parent_id": story.creditor.parent_account_id}
    assert admin.get("/v1/reports/receipts", params=query).status_code == status


def test_a_misspelt_filter_is_never_lost(admin: TestClient) -> None:
    assert refused(admin, "ageing", kind="suspense", cuontry="BR") == (422, "query_unknown")


def test_another_tenant_sees_none_of_it(
    sign_in: Callable[..., TestClient], new_tenant: Callable[[], str], story: Any, book: Book
) -> None:
    book(story.stripe, 10_000)
    other = sign_in(new_tenant(), "admin")
    assert ask(other, "receipts", **PERIOD)["rows"] == []
    assert refused(other, "waterfall", parent_id=story.creditor.parent_account_id, **PERIOD)[0] == 404
