"""Statements of account over the API: sums that add up, pages of lines, files, and periods that are refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from fastapi.testclient import TestClient

from activities.receipts import Recorder
from connectors.platforms import bank_statement
from domain.money import Money
from domain.receipts import ReceiptFact
from runtime import clock
from store import creditors, inbox
from store.database import Database
from store.inbox import Delivery

pytestmark = pytest.mark.servers

NOVEMBER = {"from": "2026-11-01", "to": "2026-12-01"}
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def treasury(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "treasury")


@pytest.fixture
def received(database: Database, story: Any) -> None:
    """Three receipts of 100, 200 and 300 reais at Stripe with fees of 1, 2 and 3, and 50 on a day in October."""
    for number, day in ((100, 20), (200, 3), (300, 3)):
        receive(database, story, number, at=AT.replace(day=day))
    receive(database, story, 50, at=AT - timedelta(days=40))


def receive(database: Database, story: Any, major: int, *, at: datetime) -> None:
    name = clock.new_id("inbox")
    fact = ReceiptFact(
        external_ref=name,
        amount=Money(major * 100, "BRL"),
        at=at,
        value_date=at.date(),
        references=(),
        fee=Money(major, "BRL"),
    )
    delivery = Delivery(
        id=name, tenant_id=story.tenant_id, connection_id=story.stripe.id, platform="stripe", delivery_id=name,
        body=b"{}", state="done", received_at=at, next_try_at=at, processed_at=at,
        attempts=1, facts=1,
    )  # fmt: skip
    with database.tenant(story.tenant_id) as tx:
        inbox.receive(tx, delivery)
        Recorder(tx, creditors.get_connection(tx, story.stripe.id), name, clock.new_id, AT).receipt(fact)


def ask(machine: TestClient, account_id: str, **query: str) -> Any:
    return machine.get(f"/v1/accounts/{account_id}/statement", params=NOVEMBER | query)


@pytest.mark.usefixtures("received")
def test_a_child_is_told_with_its_lines(treasury: TestClient, story: Any) -> None:
    told = ask(treasury, story.stripe.child_account_id).json()
    (section,) = told["sections"]
    assert (section["opening"]["amount"], section["closing"]["amount"], section["entries"]) == ("49.50", "643.50", 3)
    assert [(one["movement"], one["amount"]["amount"]) for one in section["movements"]] == [
        ("receipts", "600.00"),
        ("fees", "-6.00"),
    ]
    assert [line["amount"]["amount"] for line in told["lines"]] == ["198.00", "297.00", "99.00"]
    assert {one["role"] for one in told["lines"][0]["counterparts"]} == {"fees", "suspense"}
    assert (told["first"], told["until"], told["known_at"], told["converted"]) == (
        "2026-11-01",
        "2026-12-01",
        None,
        None,
    )


@pytest.mark.usefixtures("received")
def test_lines_come_page_by_page(treasury: TestClient, story: Any) -> None:
    first = ask(treasury, story.stripe.child_account_id, limit="2").json()
    rest = ask(treasury, story.stripe.child_account_id, limit="2", cursor=first["next_cursor"]).json()
    assert [line["amount"]["amount"] for line in first["lines"] + rest["lines"]] == ["198.00", "297.00", "99.00"]
    assert rest["next_cursor"] is None
    assert rest["sections"] == first["sections"]


@pytest.mark.parametrize("cursor", ["x", "WyIyMDI2LTExLTAxIiwgIngiXQ", "WyJuZXZlciIsICIxIl0"])
def test_a_cursor_of_another_list_is_refused(treasury: TestClient, story: Any, cursor: str) -> None:
    refused = ask(treasury, story.stripe.child_account_id, cursor=cursor)
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_malformed")


@pytest.mark.usefixtures("received")
def test_a_parent_is_also_told_in_its_own_currency(treasury: TestClient, story: Any) -> None:
    told = ask(treasury, story.creditor.parent_account_id).json()["converted"]
    moved = sum(Decimal(one["amount"]["amount"]) for one in told["movements"])
    made = Decimal(told["opening"]["amount"]) + moved + Decimal(told["rounding"]["amount"])
    assert (told["currency"], told["complete"], made) == ("USD", True, Decimal(told["closing"]["amount"]))
    assert told["lines"][0]["rate"]["quote"] == "USD"


@pytest.mark.usefixtures("received")
def test_a_statement_is_told_as_it_was_known(treasury: TestClient, story: Any) -> None:
    before = (AT - timedelta(seconds=1)).isoformat()
    told = ask(treasury, story.stripe.child_account_id, known_at=before).json()
    assert (told["sections"][0]["closing"]["amount"], told["lines"]) == ("0.00", [])


@pytest.mark.usefixtures("received")
def test_camt053_is_read_back_by_our_own_reader(treasury: TestClient, story: Any) -> None:
    answer = ask(treasury, story.stripe.child_account_id, format="camt053")
    assert answer.headers["content-type"] == "application/xml"
    (found,) = bank_statement.parse(answer.content)
    assert (found.opening, found.closing, len(found.lines)) == (Money(4_950, "BRL"), Money(64_350, "BRL"), 6)
    assert found.booked_on == date(2026, 11, 30)


@pytest.mark.usefixtures("received")
def test_a_workbook_is_named_for_its_account_and_days(treasury: TestClient, story: Any) -> None:
    answer = ask(treasury, story.stripe.child_account_id, format="xlsx")
    name = f"{story.stripe.child_account_id}_2026-11-01_2026-11-30.xlsx"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(b"PK")


@pytest.mark.usefixtures("received")
@pytest.mark.parametrize(
    ("locale", "accepted", "words"),
    [(None, "", "Opening balance 49.50"), (None, "pt-BR,en;q=0.5", "49,50"), ("en", "pt-BR", "Opening balance 49.50")],
)
def test_a_pdf_speaks_the_language_asked_for(
    treasury: TestClient, story: Any, locale: str | None, accepted: str, words: str
) -> None:
    query = NOVEMBER | {"format": "pdf"} | ({} if locale is None else {"locale": locale})
    path = f"/v1/accounts/{story.stripe.child_account_id}/statement"
    answer = treasury.get(path, params=query, headers={"Accept-Language": accepted})
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert words in text
    assert story.creditor.name in text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"to": "2026-11-01"}, "period_empty"),
        ({"to": "2036-11-30"}, "period_too_long"),
        ({"format": "docx"}, "request_invalid"),
        ({"format": "pdf", "locale": "xx"}, "request_invalid"),
        ({"known_at": "2026-11-01T00:00:00"}, "request_invalid"),
    ],
)
def test_what_cannot_be_told_is_refused(treasury: TestClient, story: Any, query: dict[str, str], code: str) -> None:
    refused = ask(treasury, story.stripe.child_account_id, **query)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_a_parent_has_no_bank_statement(treasury: TestClient, story: Any) -> None:
    refused = ask(treasury, story.creditor.parent_account_id, format="camt053")
    assert (refused.status_code, refused.json()["code"]) == (422, "camt_not_money")


def test_another_tenants_account_is_unknown(
    sign_in: Callable[..., TestClient], story: Any, new_tenant: Callable[[], str]
) -> None:
    refused = ask(sign_in(new_tenant(), "treasury"), story.stripe.child_account_id)
    assert (refused.status_code, refused.json()["code"]) == (404, "account_unknown")
