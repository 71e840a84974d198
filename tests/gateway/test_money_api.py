"""Portfolios, statements, receipts and accounts over the API: from a file to the book and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.intake import IntakeActivities
from runtime import clock
from store.database import Database
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

HEADER = "statement_id,account,currency,line_no,value_date,booked_at,amount,reference,remittance\n"
LINE = "2026-11-20,BR1800360305000010009795493C1,BRL,1,2026-11-20,2026-11-20,{amount},REF1,{remittance}\n"


@pytest.fixture
def treasury(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "treasury")


@pytest.fixture
def finance(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "finance")


def _hand_in(machine: TestClient, story: Any, content: str, **headers: str) -> Any:
    return machine.post(
        "/v1/statements",
        data={"connection_id": story.bank.id},
        files={"file": ("bank.csv", content.encode(), "text/csv")},
        headers=headers,
    )


@pytest.fixture
def paid(treasury: TestClient, finance: TestClient, story: Any, database: Database) -> str:
    """A request of 150 reais that was paid by bank transfer and taken in; gives the receipt's identifier."""
    body = {"case_id": story.case_id, "amount": {"amount": "150.00", "currency": "BRL"}, "rail": "pix_static"}
    request = finance.post("/v1/payment_requests", json=body).json()
    _hand_in(treasury, story, HEADER + LINE.format(amount="150.00", remittance=request["reference"]))
    IntakeActivities(database, Unmoved(), clock.new_id, clock.now).batch(story.tenant_id)
    listed = treasury.get("/v1/receipts", params={"connection_id": story.bank.id}).json()["data"]
    assert len(listed) == 1, treasury.get("/v1/inbox").text
    identifier: str = listed[0]["id"]
    return identifier


def test_a_portfolio_is_kept_and_its_import_started(finance: TestClient, story: Any, desk: Any) -> None:
    answer = finance.post(
        "/v1/portfolios",
        data={"creditor_id": story.creditor.id, "skip_bad": "true"},
        files={"file": ("../loans.csv", b"a,b\n", "text/csv")},
    )
    assert answer.status_code == 202, answer.text
    portfolio = finance.get(answer.headers["location"]).json()
    assert (portfolio["filename"], portfolio["state"], portfolio["skip_bad"]) == ("loans.csv", "received", True)
    assert desk.imports == [(portfolio["id"], story.tenant_id)]


def test_the_same_upload_asked_again_is_the_same_portfolio(finance: TestClient, story: Any, desk: Any) -> None:
    answers = [
        finance.post(
            "/v1/portfolios", data={"creditor_id": story.creditor.id}, files={"file": ("l.csv", b"a\n", "text/csv")}
        )
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(set(desk.imports)) == 1


def test_an_empty_portfolio_is_refused(finance: TestClient, story: Any) -> None:
    refused = finance.post(
        "/v1/portfolios", data={"creditor_id": story.creditor.id}, files={"file": ("l.csv", b"", "text/csv")}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "file_empty")


def test_an_upload_over_the_limit_is_refused(finance: TestClient, story: Any) -> None:
    refused = finance.post(
        "/v1/portfolios",
        data={"creditor_id": story.creditor.id},
        files={"file": ("l.csv", b"x" * 200_000, "text/csv")},
    )
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_the_same_statement_twice_is_one_delivery(treasury: TestClient, story: Any, desk: Any) -> None:
    content = HEADER + LINE.format(amount="1.00", remittance="x")
    first = _hand_in(treasury, story, content, **{"Idempotency-Key": "a"})
    second = _hand_in(treasury, story, content, **{"Idempotency-Key": "b"})
    assert [first.status_code, second.status_code] == [201, 200]
    assert first.json()["id"] == second.json()["id"]
    assert desk.nudges == [story.tenant_id] * 2


def test_a_file_that_is_not_a_statement_is_one_clear_error_and_not_kept(treasury: TestClient, story: Any) -> None:
    refused = _hand_in(treasury, story, "%PDF-1.7")
    assert (refused.status_code, refused.json()["code"]) == (422, "statement_unreadable")
    assert treasury.get("/v1/inbox").json()["data"] == []


def test_a_platform_without_files_takes_no_statement(treasury: TestClient, story: Any) -> None:
    refused = treasury.post(
        "/v1/statements", data={"connection_id": story.stripe.id}, files={"file": ("x", b"x", "text/csv")}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "platform_reads_no_files")


def test_a_receipt_shows_what_it_paid_and_what_was_booked(treasury: TestClient, paid: str, story: Any) -> None:
    receipt = treasury.get(f"/v1/receipts/{paid}").json()
    assert receipt["state"] == "matched", receipt
    assert sum(float(row["amount"]["amount"]) for row in receipt["allocations"]) == 150
    assert {row["loan_id"] for row in receipt["allocations"]} == {story.loan_id}
    (entry,) = receipt["entries"]
    assert sum(float(line["amount"]["amount"]) for line in entry["postings"]) == 0


def test_the_text_of_a_transfer_is_shown_to_those_who_match_money(
    sign_in: Callable[..., TestClient], story: Any, paid: str
) -> None:
    shown = {
        role: sign_in(story.tenant_id, role).get(f"/v1/receipts/{paid}").json()["remittance"] is not None
        for role in ("treasury", "auditor")
    }
    assert shown == {"treasury": True, "auditor": False}


@pytest.mark.parametrize(("day", "found"), [("2026-11-20", 1), ("2026-11-21", 0)])
@pytest.mark.usefixtures("paid")
def test_receipts_are_found_from_a_day_on(treasury: TestClient, *, day: str, found: int) -> None:
    assert len(treasury.get("/v1/receipts", params={"first_day": day}).json()["data"]) == found


@pytest.mark.usefixtures("paid")
def test_the_child_account_holds_the_money_and_the_parent_states_it_in_its_currency(
    treasury: TestClient, story: Any
) -> None:
    child = treasury.get(f"/v1/accounts/{story.bank.child_account_id}").json()
    assert child["held"] == [{"amount": "150.00", "currency": "BRL"}]
    parent = treasury.get(f"/v1/accounts/{story.creditor.parent_account_id}/consolidated").json()
    (line,) = parent["lines"]
    assert (parent["currency"], parent["complete"]) == ("USD", True)
    assert line["original"] == {"amount": "150.00", "currency": "BRL"}
    assert line["rate"]["source"]
    assert parent["total"] == line["converted"]


@pytest.mark.usefixtures("paid")
def test_what_cannot_be_converted_is_shown_unconverted_with_the_reason(treasury: TestClient, story: Any) -> None:
    address = f"/v1/accounts/{story.creditor.parent_account_id}/consolidated"
    report = treasury.get(address, params={"as_of": "9999-12-31"}).json()
    (line,) = report["lines"]
    assert (report["complete"], line["converted"], line["error_code"]) == (False, None, "rate_stale")
    assert line["original"] == {"amount": "150.00", "currency": "BRL"}


@pytest.mark.parametrize(("day", "held"), [("2026-11-19", "0.00"), ("2026-11-20", "150.00")])
@pytest.mark.usefixtures("paid")
def test_a_balance_is_of_the_end_of_a_day(treasury: TestClient, story: Any, *, day: str, held: str) -> None:
    child = treasury.get(f"/v1/accounts/{story.bank.child_account_id}", params={"as_of": day}).json()
    assert child["held"] == [{"amount": held, "currency": "BRL"}]


@pytest.mark.usefixtures("paid")
def test_the_tree_sums_leaves_into_every_node(treasury: TestClient, story: Any) -> None:
    (tree,) = treasury.get("/v1/accounts").json()["data"]
    children = {child["id"]: child for child in tree["parent"]["children"]}
    bank = children[story.bank.child_account_id]
    assert bank["balances"] == [{"amount": "150.00", "currency": "BRL"}]
    assert {leaf["role"] for leaf in bank["children"]} >= {"clearing", "bank", "suspense"}
    assert tree["parent"]["balances"] == [{"amount": "150.00", "currency": "BRL"}]


def test_what_debtors_owe_is_the_consolidated_balance_of_receivables(treasury: TestClient, story: Any) -> None:
    (tree,) = treasury.get("/v1/accounts").json()["data"]
    owed = treasury.get(f"/v1/accounts/{tree['receivables_account_id']}/consolidated").json()
    balance = treasury.get(f"/v1/loans/{story.loan_id}").json()["balance"]
    assert [line["original"] for line in owed["lines"]] == [balance]


@pytest.mark.usefixtures("paid")
def test_entries_of_an_account_come_page_by_page(treasury: TestClient, story: Any) -> None:
    account = treasury.get(f"/v1/loans/{story.loan_id}").json()["account_id"]
    address = f"/v1/accounts/{account}/entries"
    first = treasury.get(address, params={"limit": 1}).json()
    second = treasury.get(address, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [page["data"][0]["kind"] for page in (first, second)] == ["receipt", "claim_opened"]
    assert second["next_cursor"] is None
