"""The API of reconciliation: files in, runs, proposals, differences, the report; who may ask what."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import load_workbook

from domain.accounts import Role
from ledger import accounts, balances
from store.database import Database
from tests.fakes.reconciliation_world import REPORT, mt940, report

pytestmark = pytest.mark.servers

SignIn = Callable[..., TestClient]


class Desk:
    """A key of treasury over a creditor with Stripe and a bank."""

    def __init__(self, client: TestClient, story: Any) -> None:
        self.client, self.story, self.number = client, story, 0

    def post(self, path: str, *, key: str = "", **given: Any) -> Any:
        self.number += 1
        return self.client.post(f"/v1{path}", headers={"Idempotency-Key": key or f"k{self.number}"}, **given)

    def hand_in(self, content: bytes, connection_id: str, *, key: str = "", **form: str) -> Any:
        return self.post(
            "/statement-files",
            key=key,
            files={"file": ("report.csv", io.BytesIO(content))},
            data={"connection_id": connection_id, **form},
        )

    def mapping(self) -> str:
        document = {name: value for name, value in REPORT.as_json().items() if name != "name"}
        made = self.post("/column-mappings", json={"name": "report", "document": document})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def reported(self, **row: str) -> Any:
        """A report of one line that the book lacks."""
        content = report({"reference": "pi_7700001", "gross": "10.00", "day": "2026-01-05", **row})
        return self.hand_in(content, self.story.stripe.id, mapping_id=self.mapping())


@pytest.fixture
def desk(sign_in: SignIn, story: Any) -> Desk:
    return Desk(sign_in(story.tenant_id, "treasury"), story)


def test_a_file_is_handed_in_read_and_listed_with_its_lines(desk: Desk) -> None:
    made = desk.reported()
    assert (made.status_code, made.json()["state"], made.json()["lines"]) == (201, "read", 1)
    file_id = made.json()["id"]
    assert made.headers["location"] == f"/v1/statement-files/{file_id}"
    listed = desk.client.get("/v1/statement-files", params={"state": "read"}).json()["data"]
    assert [one["id"] for one in listed] == [file_id]
    (line,) = desk.client.get(f"/v1/statement-files/{file_id}/lines").json()["data"]
    assert (line["kind"], line["net"], line["references"]) == (
        "payment",
        {"amount": "10.00", "currency": "BRL"},
        ["pi_7700001"],
    )


def test_the_same_file_is_one_file_and_the_same_request_one_answer(desk: Desk) -> None:
    content = mt940("260105,1000,NONREF,B1", account=desk.story.bank.config["account"])
    first = desk.hand_in(content, desk.story.bank.id, key="once")
    again = desk.hand_in(content, desk.story.bank.id, key="once")
    other = desk.hand_in(content, desk.story.bank.id, key="another")
    assert (first.status_code, again.headers["Idempotent-Replay"], other.status_code) == (201, "true", 200)
    assert first.json()["id"] == again.json()["id"] == other.json()["id"]


def test_lines_come_page_by_page(desk: Desk) -> None:
    content = mt940(*(f"260105,{n + 1},NONREF,B{n}" for n in range(5)), account=desk.story.bank.config["account"])
    file_id = desk.hand_in(content, desk.story.bank.id).json()["id"]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = desk.client.get(f"/v1/statement-files/{file_id}/lines", params=params).json()
        seen += [line["external_id"] for line in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"B{n}" for n in range(5)]


def test_a_table_that_nobody_knows_is_previewed_mapped_and_read_again(desk: Desk) -> None:
    content = report({"reference": "pi_7700001", "gross": "10.00", "day": "2026-01-05"})
    refused = desk.hand_in(content, desk.story.stripe.id)
    assert (refused.status_code, refused.json()["state"]) == (201, "refused")
    file_id = refused.json()["id"]
    guessed = desk.client.get(f"/v1/statement-files/{file_id}/preview")
    assert guessed.status_code == 200
    assert "day" in guessed.json()["columns"]
    mapping = desk.mapping()
    seen = desk.client.get(f"/v1/statement-files/{file_id}/preview", params={"mapping_id": mapping}).json()
    assert [line["net"]["amount"] for line in seen["lines"]] == ["10.00"]
    read = desk.post(f"/statement-files/{file_id}/read", json={"mapping_id": mapping})
    assert (read.status_code, read.json()["state"], read.json()["lines"]) == (201, "read", 1)
    again = desk.post(f"/statement-files/{file_id}/read", json={"mapping_id": mapping})
    assert (again.status_code, again.json()["code"]) == (409, "statement_file_not_refused")


def test_a_mapping_stated_again_is_a_new_version(desk: Desk) -> None:
    first, second = desk.mapping(), desk.mapping()
    listed = desk.client.get("/v1/column-mappings").json()["data"]
    assert [(one["id"], one["version"]) for one in listed] == [(second, 2)]
    assert desk.client.get(f"/v1/column-mappings/{first}").json()["version"] == 1
    wrong = desk.post("/column-mappings", json={"name": "wrong", "document": {"date": "x"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "mapping_invalid")


def test_a_run_finds_what_is_different_and_a_person_resolves_it(desk: Desk, database: Database) -> None:
    desk.reported(gross="-3.00", kind="fee")
    dry = desk.post("/reconciliation/runs", json={"dry_run": True}).json()["data"]
    assert [one["dry_run"] for one in dry] == [True]
    assert desk.client.get("/v1/reconciliation/runs").json()["data"] == []
    desk.post("/reconciliation/runs", json={})
    (run,) = desk.client.get("/v1/reconciliation/runs").json()["data"]
    assert desk.client.get(f"/v1/reconciliation/runs/{run['id']}").json()["leg"] == "platform"
    (found,) = desk.client.get("/v1/differences").json()["data"]
    assert (found["kind"], found["age_step"], "book_fee" in found["may"]) == ("missing_in_book", 3, True)
    path = f"/differences/{found['id']}"
    assert desk.post(f"{path}/assign", json={"owner": "bo"}).json()["difference"]["owner"] == "bo"
    done = desk.post(f"{path}/resolve", json={"resolution": "book_fee", "note": "monthly fee"}).json()
    assert (done["difference"]["state"], [one["kind"] for one in done["effects"]]) == ("resolved", ["entry", "item"])
    with database.tenant(desk.story.tenant_id) as tx:
        leaf = accounts.leaves_of(tx, desk.story.stripe.child_account_id)[Role.FEES]
        assert balances.of_leaf(tx, leaf).minor == 300
    undone = desk.post(f"{path}/undo", json={"note": "no"}).json()
    assert [step["kind"] for step in undone["history"]] == ["opened", "assigned", "book_fee", "reopened"]
    accepted = desk.post(f"{path}/accept", json={"note": "small"}).json()
    assert accepted["difference"]["state"] == "accepted"
    assert desk.client.get("/v1/differences").json()["data"] == []


def test_what_is_open_is_put_together_by_hand_and_taken_back(desk: Desk) -> None:
    content = mt940("260105,1000,NONREF,B1", account=desk.story.bank.config["account"])
    desk.hand_in(content, desk.story.bank.id)
    desk.post("/reconciliation/runs", json={"dry_run": True})
    asked = {"connection_id": desk.story.bank.id, "leg": "bank", "side": "right"}
    (item,) = desk.client.get("/v1/reconciliation/items", params=asked).json()["data"]
    wrong = desk.post("/reconciliation/matches", json={"leg": "bank", "left": [item["seq"]], "right": [item["seq"]]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "match_part_empty")
    assert desk.client.get("/v1/reconciliation/proposals").json()["data"] == []
    assert desk.post("/reconciliation/accept-all", json={"leg": "bank"}).json()["data"] == []


def test_rules_are_read_and_stated_in_versions(desk: Desk) -> None:
    asked = {"connection_id": desk.story.stripe.id, "leg": "platform"}
    assert desk.client.get("/v1/reconciliation/rules", params=asked).json()["version"] == 0
    stated = desk.post("/reconciliation/rules", json={**asked, "rules": {"margin": 7}, "policy": {"patience_days": 9}})
    assert (stated.status_code, stated.json()["version"]) == (201, 1)
    wrong = desk.post("/reconciliation/rules", json={**asked, "rules": {"margins": 7}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rules_key_unknown")


def test_the_daily_report_says_what_is_not_verified(desk: Desk) -> None:
    desk.reported()
    asked = {"creditor_id": desk.story.creditor.id, "first": "2026-01-05"}
    told = desk.client.get("/v1/reconciliation/daily-report", params=asked).json()
    (line,) = told["lines"]
    assert (line["leg"], line["verified"]["unexplained"]["amount"], line["verified"]["oldest"]) == (
        "platform",
        "10.00",
        "2026-01-05",
    )
    assert told["currency"] == "USD"
    late = {**asked, "last": "2025-12-31"}
    assert desk.client.get("/v1/reconciliation/daily-report", params=late).json()["code"] == "period_malformed"


def test_differences_and_proposals_go_out_as_workbooks(desk: Desk) -> None:
    desk.reported()
    desk.post("/reconciliation/runs", json={})
    for path, sheet in (("/v1/differences", "Differences"), ("/v1/reconciliation/proposals", "Proposals")):
        answer = desk.client.get(path, params={"format": "xlsx"})
        book = load_workbook(io.BytesIO(answer.content))
        assert book.sheet_names == [sheet]
    rows = (
        load_workbook(io.BytesIO(desk.client.get("/v1/differences", params={"format": "xlsx"}).content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert (rows[0][1], rows[1][1], rows[1][3]) == ("Kind", "missing_in_book", 10)


@pytest.mark.parametrize(
    "address",
    [
        "/v1/reconciliation/runs",
        "/v1/reconciliation/accept-all",
        "/v1/reconciliation/rules",
        "/v1/column-mappings",
        "/v1/differences/dif_1/accept",
    ],
)
def test_an_auditor_reads_and_decides_nothing(desk: Desk, sign_in: SignIn, address: str) -> None:
    auditor = sign_in(desk.story.tenant_id, "auditor")
    assert auditor.get("/v1/differences").status_code == 200
    assert auditor.get("/v1/reconciliation/proposals").status_code == 200
    assert auditor.post(address, json={}).status_code == 403


def test_an_auditor_sees_lines_without_who_paid(desk: Desk, sign_in: SignIn) -> None:
    file_id = desk.reported(payer="Joana Prado").json()["id"]
    auditor = sign_in(desk.story.tenant_id, "auditor")
    path = f"/v1/statement-files/{file_id}/lines"
    assert auditor.get(path).json()["data"][0]["payer_name"] is None
    assert desk.client.get(path).json()["data"][0]["payer_name"] == "Joana Prado"


def test_another_tenant_finds_nothing(desk: Desk, sign_in: SignIn, new_tenant: Callable[[], str]) -> None:
    file_id = desk.reported().json()["id"]
    other = sign_in(new_tenant(), "treasury")
    assert other.get(f"/v1/statement-files/{file_id}").status_code == 404
    assert other.get("/v1/statement-files").json()["data"] == []
