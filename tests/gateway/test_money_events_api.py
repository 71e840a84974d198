"""What treasury books by hand and who owns accounts, over the API: once, with reason and role, and shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from activities.intake import IntakeActivities
from connectors.rates.book import RateBook
from gateway.services import Services
from runtime import clock
from store.database import Database
from tests.fakes.nudging import Unmoved

pytestmark = pytest.mark.servers

HEADER = "statement_id,account,currency,line_no,value_date,booked_at,amount,reference,remittance\n"
LINE = "2026-11-20,BR1800360305000010009795493C1,BRL,1,2026-11-20,2026-11-20,150.00,REF1,SEM REFERENCIA\n"
LEI = "213800KUD8LAJWSQ9D15"


def brl(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "BRL"}


@pytest.fixture
def treasury(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "treasury")


@pytest.fixture
def stranger(treasury: TestClient, story: Any, database: Database) -> str:
    """150 reais that nothing explains; gives the receipt's identifier."""
    files = {"file": ("bank.csv", (HEADER + LINE).encode(), "text/csv")}
    treasury.post("/v1/statements", data={"connection_id": story.bank.id}, files=files)
    IntakeActivities(database, Unmoved(), clock.new_id, clock.now).batch(story.tenant_id)
    (receipt,) = treasury.get("/v1/receipts", params={"connection_id": story.bank.id}).json()["data"]
    identifier: str = receipt["id"]
    return identifier


def post(machine: TestClient, path: str, key: str, **said: Any) -> Any:
    return machine.post(path, json={"reason": "Asked by phone."} | said, headers={"Idempotency-Key": key})


def test_a_receipt_is_matched_to_a_case_as_its_preview_said(treasury: TestClient, story: Any, stranger: str) -> None:
    shown = treasury.get(f"/v1/receipts/{stranger}/matching", params={"case_id": story.case_id}).json()
    assert (shown["applied"], shown["rest"]) == (brl("150.00"), brl("0.00"))
    answer = post(treasury, f"/v1/receipts/{stranger}/assign", "assign-1", case_id=story.case_id)
    assert (answer.status_code, answer.json()["kind"], answer.json()["amount"]) == (
        201,
        "receipt_assigned",
        brl("150.00"),
    )
    receipt = treasury.get(f"/v1/receipts/{stranger}").json()
    assert (receipt["state"], receipt["allocated"], receipt["case_id"]) == ("matched", brl("150.00"), story.case_id)
    assert [entry["kind"] for entry in receipt["entries"]] == ["receipt", "suspense_applied"]


def test_the_same_order_asked_again_gets_the_same_answer(treasury: TestClient, stranger: str) -> None:
    first, second = (post(treasury, f"/v1/receipts/{stranger}/refund", "refund-1") for _ in range(2))
    assert (first.json(), second.headers["idempotent-replay"]) == (second.json(), "true")
    assert treasury.get(f"/v1/receipts/{stranger}").json()["refunding"] == brl("150.00")


def test_a_refund_is_decided_confirmed_and_listed_with_its_reason(treasury: TestClient, stranger: str) -> None:
    post(treasury, f"/v1/receipts/{stranger}/refund", "r-1", amount=brl("50.00"))
    post(treasury, f"/v1/receipts/{stranger}/refund/paid", "r-2")
    post(treasury, f"/v1/receipts/{stranger}/hold-for-another", "r-3", amount=brl("30.00"))
    receipt = treasury.get(f"/v1/receipts/{stranger}").json()
    assert [receipt[name]["amount"] for name in ("suspense", "refunding", "held", "reversed")] == [
        "70.00",
        "0.00",
        "30.00",
        "50.00",
    ]
    page = treasury.get("/v1/money-events", params={"limit": 2}).json()
    rest = treasury.get("/v1/money-events", params={"cursor": page["next_cursor"]}).json()
    found = [*page["data"], *rest["data"]]
    assert [one["kind"] for one in found] == ["held_for_another", "refund_confirmed", "refund_decided"]
    assert {(one["subject"], one["reason"]) for one in found} == {(stranger, "Asked by phone.")}


@pytest.mark.parametrize("role", ["finance", "auditor"])
@pytest.mark.parametrize("path", ["/v1/money-events", "/v1/receipts/rcp_1/assign", "/v1/loans/loan_1/write-off"])
def test_only_treasury_has_money_booked(sign_in: Any, story: Any, role: str, path: str) -> None:
    answer = post(sign_in(story.tenant_id, role), path, "no")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


def test_an_order_needs_a_reason(treasury: TestClient, stranger: str) -> None:
    assert post(treasury, f"/v1/receipts/{stranger}/refund", "no", reason="").status_code == 422


def test_a_fee_is_booked_of_a_child_account(treasury: TestClient, story: Any) -> None:
    said = {"kind": "platform_fee", "account_id": story.stripe.child_account_id, "amount": brl("3.00")}
    answer = post(treasury, "/v1/money-events", "fee-1", **said)
    assert (answer.status_code, answer.json()["subject"]) == (201, story.stripe.child_account_id)
    account = treasury.get(f"/v1/accounts/{story.stripe.child_account_id}").json()
    assert {line["role"]: line["balance"]["amount"] for line in account["balances"] if line["role"] == "fees"} == {
        "fees": "3.00"
    }


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "platform_fee", "amount": brl("3.00"), "fee": brl("1.00")}, "field_not_of_kind"),
        ({"kind": "rounding", "amount": brl("0.01")}, "field_needed"),
        ({"kind": "platform_fee", "amount": brl("0.00")}, "amount_not_positive"),
        ({"kind": "platform_fee", "amount": {"amount": "3.00", "currency": "USD"}}, "currency_mismatch"),
        ({"kind": "settlement", "amount": brl("0.01")}, "more_than_stands"),
        ({"kind": "rounding", "amount": brl("1.01"), "against": "clearing"}, "rounding_too_large"),
    ],
)
def test_an_event_that_cannot_be_is_refused(treasury: TestClient, story: Any, said: dict[str, Any], code: str) -> None:
    answer = post(treasury, "/v1/money-events", "no", account_id=story.stripe.child_account_id, **said)
    assert answer.json()["code"] == code, answer.text
    assert treasury.get("/v1/money-events").json()["data"] == []


def test_a_loan_is_written_off(treasury: TestClient, story: Any) -> None:
    owed = treasury.get(f"/v1/loans/{story.loan_id}").json()["balance"]
    answer = post(treasury, f"/v1/loans/{story.loan_id}/write-off", "off-1")
    assert (answer.status_code, answer.json()["amount"]) == (201, owed)
    assert treasury.get(f"/v1/loans/{story.loan_id}").json()["balance"]["amount"] == "0.00"


def test_a_late_amount_of_a_loan_with_interest_is_refused(treasury: TestClient, story: Any) -> None:
    answer = post(treasury, f"/v1/loans/{story.loan_id}/charity", "c-1", amount=brl("5.00"))
    assert answer.json()["code"] == "product_charges_no_late_amount"


# Legal entities ---------------------------------------------------------------------------------------------------


def entity(admin: TestClient, story: Any, **said: Any) -> Any:
    body = {
        "creditor_id": story.creditor.id,
        "name": "Aurora Brasil",
        "country": "BR",
        "functional_currency": "BRL",
        "lei": LEI,
    }
    return admin.post("/v1/legal-entities", json=body | said, headers={"Idempotency-Key": f"entity-{len(said)}"})


def test_a_subsidiary_is_added_and_given_an_account(admin: TestClient, treasury: TestClient, story: Any) -> None:
    added = entity(admin, story)
    assert (added.status_code, added.json()["lei"]) == (201, LEI)
    assert treasury.get(added.headers["location"]).json() == added.json()
    child = story.stripe.child_account_id
    answer = post(treasury, f"/v1/accounts/{child}/owner", "own-1", entity_id=added.json()["id"])
    assert answer.json()["owner"]["name"] == "Aurora Brasil"
    before = treasury.get(f"/v1/accounts/{child}/owner", params={"on": "2020-01-01"}).json()
    assert (before["owner"]["name"], len(before["recorded"])) == ("Aurora", 1)
    parent = treasury.get("/v1/accounts").json()["data"][0]["parent"]
    owners = {node["id"]: node["owner_entity_id"] for node in parent["children"]}
    assert owners[child] == added.json()["id"] != parent["owner_entity_id"]
    names = [one["name"] for one in treasury.get("/v1/legal-entities").json()["data"]]
    assert names == ["Aurora", "Aurora Brasil"]


def test_a_wrong_lei_is_refused(admin: TestClient, story: Any) -> None:
    assert entity(admin, story, lei="213800KUD8LAJWSQ9D16").json()["code"] == "lei_invalid"


def test_a_total_of_which_nothing_could_be_converted_is_absent_with_its_reason(
    treasury: TestClient, story: Any, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stranger
    monkeypatch.setattr(Services, "rates_of", lambda *_: RateBook([], default_limit_days=1))
    view = treasury.get(f"/v1/accounts/{story.creditor.parent_account_id}/consolidated").json()
    assert (view["total"], view["complete"]) == (None, False)
    assert {line["error_code"] for line in view["lines"]} == {"rate_missing"}


def test_commission_names_its_receipt_and_no_more_is_earned_on_it_than_it_paid(
    treasury: TestClient, story: Any, stranger: str
) -> None:
    post(treasury, f"/v1/receipts/{stranger}/assign", "c-0", case_id=story.case_id)
    said = {"kind": "commission_accrued", "account_id": story.bank.child_account_id, "receipt_id": stranger}
    earned = post(treasury, "/v1/money-events", "c-1", **said, amount=brl("150.00"))
    more = post(treasury, "/v1/money-events", "c-2", **said, amount=brl("0.01"))
    assert (earned.status_code, more.status_code, more.json()["code"]) == (201, 409, "commission_exceeds_receipt")
    post(treasury, f"/v1/receipts/{stranger}/refund", "c-3", amount=brl("150.00"))
    entries = treasury.get(f"/v1/receipts/{stranger}").json()["entries"]
    assert [entry["kind"] for entry in entries][-1] == "commission_clawed_back"


def test_a_receipt_is_named_by_a_commission_alone(treasury: TestClient, story: Any, stranger: str) -> None:
    said = {"kind": "platform_fee", "account_id": story.bank.child_account_id, "receipt_id": stranger}
    answer = post(treasury, "/v1/money-events", "f-1", **said, amount=brl("1.00"))
    assert (answer.status_code, answer.json()["code"]) == (422, "field_not_of_kind")
