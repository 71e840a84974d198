"""Cases, loans and payment requests over the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.incoming_texts import IncomingTexts
from connectors.channels.texts import Incoming
from domain.case_commands import CloseCase, PlaceHold, ReleaseHold, TakePromise
from gateway.desk import Pending
from runtime import clock
from store import cases, holds, notices, parties, timeline
from store.database import Database
from store.holds import HoldRow
from store.notices import Notice
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

PROMISE = {"amount": {"amount": "100.00", "currency": "BRL"}, "due_date": "2026-12-01"}
HOLD = {"kind": "dispute", "start": "2026-11-01", "end": "2026-12-01", "reason": "Says it was paid."}


@pytest.fixture
def finance(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "finance")


def test_an_imported_loan_is_a_claim_of_its_case(finance: TestClient, story: Any) -> None:
    case = finance.get(f"/v1/cases/{story.case_id}").json()
    assert [claim["id"] for claim in case["claims"]] == [story.loan_id]
    assert case["debtor"]["name"] == "Ana Souza"


def test_a_case_says_what_is_overdue_as_money(finance: TestClient, story: Any) -> None:
    case = finance.get(f"/v1/cases/{story.case_id}").json()
    assert case["overdue"]["currency"] == "BRL"
    assert case["overdue"]["amount"].endswith(".00")


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, 1),
        ({"country": "BR"}, 1),
        ({"country": "TH"}, 0),
        ({"state": "active"}, 1),
        ({"state": "cured"}, 0),
        ({"q": "souza"}, 1),
        ({"q": "BR-2024"}, 1),
        ({"q": "2024-0001"}, 0),
        ({"q": "%"}, 0),
        ({"bucket": "current"}, 0),
    ],
)
def test_cases_are_found_by(finance: TestClient, params: dict[str, str], found: int) -> None:
    assert len(finance.get("/v1/cases", params=params).json()["data"]) == found


def test_a_case_is_found_by_its_bucket_and_creditor(finance: TestClient, story: Any) -> None:
    bucket = finance.get(f"/v1/cases/{story.case_id}").json()["bucket"]
    wanted = {"bucket": bucket, "creditor_id": story.creditor.id}
    assert len(finance.get("/v1/cases", params=wanted).json()["data"]) == 1


def test_a_long_history_is_read_newest_first_page_by_page(finance: TestClient, story: Any, database: Database) -> None:
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    with database.tenant(story.tenant_id) as tx:
        case = cases.get(tx, story.case_id)
        for number in range(timeline.MOST + 2):
            timeline.note(tx, case, at=at, actor="tests", kind="turn", detail={"turn": number})
    shown = finance.get(f"/v1/cases/{story.case_id}").json()["timeline"]
    assert [line["detail"]["turn"] for line in (shown[0], shown[-1])] == [2, timeline.MOST + 1]
    path, read = f"/v1/cases/{story.case_id}/timeline", []
    cursor = None
    while True:
        page = finance.get(path, params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
        read += [line["detail"].get("turn") for line in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    told = [number for number in read if number is not None]
    assert told == list(range(timeline.MOST + 1, -1, -1))


def test_a_loan_shows_its_instalments_and_what_the_book_says_is_owed(finance: TestClient, story: Any) -> None:
    loan = finance.get(f"/v1/loans/{story.loan_id}").json()
    owed = sum(float(row["amount"]["amount"]) - float(row["paid"]["amount"]) for row in loan["instalments"])
    assert float(loan["balance"]["amount"]) == owed


def test_loans_are_found_by_contract_number(finance: TestClient, story: Any) -> None:
    listed = finance.get("/v1/loans", params={"contract_no": "BR-2024-0001", "creditor_id": story.creditor.id}).json()
    assert [loan["id"] for loan in listed["data"]] == [story.loan_id]


def test_a_promise_reaches_the_case_in_minor_units(finance: TestClient, story: Any, desk: Any) -> None:
    answer = finance.post(f"/v1/cases/{story.case_id}/promises", json=PROMISE)
    assert (answer.status_code, answer.json()["ref"]) == (201, "pro_made")
    ((case_id, command),) = desk.commands
    assert case_id == story.case_id
    assert replace(command, command_id="", actor="") == TakePromise("", "", 10_000, "BRL", "2026-12-01")


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_promise_is_for_an_amount_above_zero(finance: TestClient, story: Any, amount: str) -> None:
    body = {**PROMISE, "amount": {"amount": amount, "currency": "BRL"}}
    refused = finance.post(f"/v1/cases/{story.case_id}/promises", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "amount_not_positive")


@pytest.mark.parametrize("amount", [100, 100.5, "1,00", "1e3", "NaN", "", " 1"])
def test_an_amount_is_a_plain_decimal_text(finance: TestClient, story: Any, amount: object) -> None:
    body = {**PROMISE, "amount": {"amount": amount, "currency": "BRL"}}
    assert finance.post(f"/v1/cases/{story.case_id}/promises", json=body).json()["code"] == "request_invalid"


def test_a_hold_reaches_the_case(finance: TestClient, story: Any, desk: Any) -> None:
    assert finance.post(f"/v1/cases/{story.case_id}/holds", json=HOLD).status_code == 201
    ((_, command),) = desk.commands
    expected = PlaceHold("", "", "dispute", "2026-11-01", "2026-12-01", "Says it was paid.")
    assert replace(command, command_id="", actor="") == expected


@pytest.mark.parametrize(("end", "status"), [("2026-11-01", 422), ("2026-11-02", 201)])
def test_a_hold_covers_at_least_a_day(finance: TestClient, story: Any, *, end: str, status: int) -> None:
    assert finance.post(f"/v1/cases/{story.case_id}/holds", json={**HOLD, "end": end}).status_code == status


def test_a_hold_is_released_by_its_identifier(finance: TestClient, story: Any, desk: Any, database: Database) -> None:
    hold = HoldRow(clock.new_id("hold"), "dispute", clock.now().date(), None, "r", "t", None)
    with database.tenant(story.tenant_id) as tx:
        holds.place(tx, cases.get(tx, story.case_id), hold, now=clock.now())
    assert finance.post(f"/v1/cases/{story.case_id}/holds/{hold.id}/release").status_code == 200
    ((_, command),) = desk.commands
    assert isinstance(command, ReleaseHold)
    assert command.hold_id == hold.id


def test_a_hold_that_the_case_does_not_have_is_not_found(finance: TestClient, story: Any) -> None:
    refused = finance.post(f"/v1/cases/{story.case_id}/holds/hold_x/release")
    assert (refused.status_code, refused.json()["code"]) == (404, "hold_unknown")


def test_a_case_is_closed_with_reason_and_actor(finance: TestClient, story: Any, desk: Any) -> None:
    answer = finance.post(f"/v1/cases/{story.case_id}/close", json={"reason": "sold", "note": "To B."})
    assert answer.status_code == 200
    ((_, command),) = desk.commands
    assert isinstance(command, CloseCase)
    assert (command.reason, command.actor.split(":")[0]) == ("sold", "api")


def test_money_alone_cures_a_case(finance: TestClient, story: Any) -> None:
    answer = finance.post(f"/v1/cases/{story.case_id}/close", json={"reason": "cured", "note": "n"})
    assert answer.status_code == 422


def test_a_case_that_does_not_answer_in_time_is_202_with_the_place_to_look(
    finance: TestClient, story: Any, desk: Any
) -> None:
    desk.answer = Pending("cmd_x")
    answer = finance.post(f"/v1/cases/{story.case_id}/promises", json=PROMISE)
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/cases/{story.case_id}")
    assert answer.json()["status"] == "pending"


def test_a_closed_case_takes_no_command(finance: TestClient, story: Any, desk: Any, database: Database) -> None:
    with database.tenant(story.tenant_id) as tx:
        cases.change(tx, story.case_id, closed_at=clock.now(), work_state="withdrawn")
    refused = finance.post(f"/v1/cases/{story.case_id}/promises", json=PROMISE)
    assert (refused.status_code, refused.json()["code"], desk.commands) == (409, "case_closed", [])


def test_texts_of_notices_are_shown_to_finance_only(
    sign_in: Callable[..., TestClient], story: Any, database: Database
) -> None:
    with database.tenant(story.tenant_id) as tx:
        notices.queue(tx, _notice(story, cases.get(tx, story.case_id).party_id))
    shown = {
        role: sign_in(story.tenant_id, role).get(f"/v1/cases/{story.case_id}").json()["notices"][0]["body"]
        for role in ("finance", "treasury", "auditor")
    }
    assert shown == {"finance": "Dear Ana", "treasury": None, "auditor": None}


def test_what_a_debtor_wrote_is_shown_with_its_text_to_finance_only(
    sign_in: Callable[..., TestClient], story: Any, database: Database
) -> None:
    number = f"+5511{int.from_bytes(story.tenant_id.encode()[-4:], 'big') % 10**8:09d}"
    with database.tenant(story.tenant_id) as tx:
        party_id = cases.get(tx, story.case_id).party_id
        parties.change(tx, party_id, now=clock.now(), values={"phone": number})
    listener = IncomingTexts(database, Unmoved(), clock.new_id, clock.now)
    listener.hear(Incoming("postman", story.tenant_id, number, "28500", "Já paguei."))
    shown = {
        role: sign_in(story.tenant_id, role).get(f"/v1/cases/{story.case_id}").json()["messages"][0]
        for role in ("finance", "auditor")
    }
    assert {role: (one["sender"], one["text"]) for role, one in shown.items()} == {
        "finance": (number, "Já paguei."),
        "auditor": (None, None),
    }
    assert (shown["auditor"]["meaning"], shown["auditor"]["channel"]) == ("message", "sms")


def _notice(story: Any, party_id: str) -> Notice:
    now = clock.now()
    return Notice(
        id=clock.new_id("notice"),
        tenant_id=story.tenant_id,
        case_id=story.case_id,
        party_id=party_id,
        kind="first_reminder",
        cause="step 0",
        channel="email",
        locale="pt_BR",
        state="sent",
        not_before=now,
        time_zone="America/Sao_Paulo",
        transport="outbox",
        payment_request_id=None,
        receipt_id=None,
        permit_id=None,
        recipient="ana@example.com",
        subject="Reminder",
        body="Dear Ana",
        html=None,
        sha256="0" * 64,
        template_version="1",
        refusal=None,
        created_at=now,
        attempted_at=now,
        sent_at=now,
    )


def test_a_payment_request_carries_the_code_of_its_rail(finance: TestClient, story: Any) -> None:
    body = {"case_id": story.case_id, "amount": {"amount": "150.00", "currency": "BRL"}, "rail": "pix_static"}
    made = finance.post("/v1/payment_requests", json=body)
    assert made.status_code == 201, made.text
    assert "5406150.00" in made.json()["code"]["payload"]
    assert finance.get(made.headers["location"]).json() == made.json()
    listed = finance.get("/v1/payment_requests", params={"case_id": story.case_id, "state": "issued"}).json()
    assert [request["id"] for request in listed["data"]] == [made.json()["id"]]


def test_a_payment_request_over_an_unknown_rail_is_refused(finance: TestClient, story: Any) -> None:
    refused = finance.post("/v1/payment_requests", json={"case_id": story.case_id, "rail": "nothing"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_rail")
