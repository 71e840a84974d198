"""Contact checks over the API: the command line's question and answer, explained, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from typer.testing import CliRunner

from runtime import clock
from runtime.cli import app as command_line
from store import cases, holds, permits
from store.database import Database
from store.holds import HoldRow
from store.permits import Permit, permit_table

pytestmark = pytest.mark.servers

SUNDAY = {"country": "BR", "subdivision": "BR-SP", "channel": "phone", "at": "2026-11-22T10:00:00-03:00"}
SIX = ["allowed", "rule", "source", "confidence", "reasons", "next_allowed_at"]
QUESTIONS = [
    SUNDAY,
    SUNDAY | {"at": "2026-11-23T10:00:00-03:00"},
    SUNDAY | {"subdivision": None, "channel": "visit"},
    {"country": "th", "channel": "sms", "at": "2026-11-23T20:00:00+07:00", "facts": {"actor": "agency"}},
    {"country": "CL", "channel": "phone", "at": "2026-11-25T12:00:00-03:00", "facts": {
        "contacts": [{"at": "2026-11-23T12:00:00-03:00", "channel": "phone", "result": "right_party"}]}},
    {"country": "VN", "channel": "phone", "at": "2026-11-25T12:00:00+07:00", "facts": {"holds": ["death"]}},
]  # fmt: skip


@pytest.fixture
def auditor(sign_in: Callable[..., TestClient], story: Any) -> TestClient:
    return sign_in(story.tenant_id, "auditor")


def test_an_answer_is_that_of_the_command_line_with_explanations(auditor: TestClient) -> None:
    lines = "".join(json.dumps(question) + "\n" for question in QUESTIONS)
    printed = CliRunner().invoke(command_line, ["contact", "check", "-"], input=lines).output.splitlines()
    for question, line in zip(QUESTIONS, printed, strict=True):
        answer = auditor.post("/v1/contact-checks", json=question).json()
        assert {key: answer[key] for key in SIX} == json.loads(line)
        assert len(answer["explanations"]) == len(answer["reasons"])


def test_an_explanation_has_rule_source_and_confidence_beside_its_words(auditor: TestClient) -> None:
    first = auditor.post("/v1/contact-checks", json=SUNDAY).json()["explanations"][0]
    assert first["text"] == "It is 10:00 on Sunday, November 22, 2026 in Sao Paulo; no hour is allowed then."
    assert (first["kind"], first["rule"], first["confidence"]) == ("outside_hours", "br.sp.hours", "verified")
    assert "15.426" in first["source"]
    assert first["rule_text"]


def test_an_explanation_is_in_the_language_asked_for_else_in_the_callers_own(auditor: TestClient) -> None:
    def locale(query: str = "", **headers: str) -> str:
        answer = auditor.post(f"/v1/contact-checks{query}", json=SUNDAY, headers=headers).json()
        return str(answer["locale"])

    assert locale() == "en"
    assert locale(**{"Accept-Language": "th-TH,en;q=0.5"}) == "th"
    assert locale("?locale=pt_BR", **{"Accept-Language": "th"}) == "pt_BR"
    assert auditor.post("/v1/contact-checks?locale=tlh", json=SUNDAY).status_code == 422


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"facts": {"dpd": 3}}, 422, "facts_unknown_key"),
        ({"facts": {"days_past_due": "3"}}, 422, "facts_malformed"),
        ({"at": "2026-11-22T10:00:00"}, 422, "moment_without_offset"),
        ({"subdivision": "BR-XX"}, 422, "subdivision_unknown"),
        ({"country": "ZZ"}, 404, "country_unknown"),
        ({"chanel": "phone"}, 422, "request_invalid"),
        ({"channel": "pigeon"}, 422, "request_invalid"),
    ],
)
def test_a_wrong_question_is_refused(auditor: TestClient, change: dict[str, Any], status: int, code: str) -> None:
    answer = auditor.post("/v1/contact-checks", json=SUNDAY | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_moment_that_is_left_out_is_now(auditor: TestClient) -> None:
    assert "allowed" in auditor.post("/v1/contact-checks", json={"country": "TH", "channel": "sms"}).json()


def test_many_questions_are_answered_in_order_and_a_wrong_one_spoils_no_other(auditor: TestClient) -> None:
    asked = [SUNDAY, SUNDAY | {"facts": {"dpd": 3}}, SUNDAY | {"at": "2026-11-23T10:00:00-03:00"}]
    answers = auditor.post("/v1/contact-checks/batch", json={"questions": asked}).json()["data"]
    assert [answers[0]["allowed"], answers[2]["allowed"]] == [False, True]
    assert answers[1]["error"]["code"] == "facts_unknown_key"


@pytest.mark.parametrize(("count", "status"), [(0, 422), (500, 200), (501, 422)])
def test_a_batch_has_a_limit(auditor: TestClient, count: int, status: int) -> None:
    asked = [{"country": "TH", "channel": "sms", "at": "2026-11-23T10:00:00+07:00"}] * count
    assert auditor.post("/v1/contact-checks/batch", json={"questions": asked}).status_code == status


def test_a_case_is_asked_about_by_its_own_facts_and_nothing_is_spent(
    auditor: TestClient, database: Database, story: Any
) -> None:
    def count() -> int:
        with database.tenant(story.tenant_id) as tx:
            return int(tx.execute(select(func.count()).select_from(permit_table)).scalar_one())

    path = f"/v1/cases/{story.case_id}/contact-check"
    before = count()
    free = auditor.get(path, params={"channel": "phone", "at": "2026-11-25T14:00:00-03:00"}).json()
    assert free["case_id"] == story.case_id
    assert free["facts"]["days_past_due"] > 0
    assert count() == before
    # The answer's facts, asked without the case, give the same answer.
    question = {name: free[name] for name in ("country", "subdivision", "channel", "at", "facts")}
    again = auditor.post("/v1/contact-checks", json=question).json()
    assert {key: again[key] for key in SIX} == {key: free[key] for key in SIX}
    hold = HoldRow(
        clock.new_id("hold"), "dispute", date(2026, 11, 30), date(2026, 12, 1), "Says it was paid.", "test", None
    )
    with database.tenant(story.tenant_id) as tx:
        holds.place(tx, cases.get(tx, story.case_id), hold, now=clock.now())
    on_hold = auditor.get(path, params={"channel": "phone", "at": "2026-11-30T14:00:00-03:00"}).json()
    after_it = auditor.get(path, params={"channel": "phone", "at": "2026-12-01T14:00:00-03:00"}).json()
    assert (on_hold["facts"]["holds"], after_it["facts"]["holds"]) == (["dispute"], [])
    assert "on_hold" in {one["kind"] for one in on_hold["explanations"]}


def test_a_touch_by_anybody_counts_for_the_case(auditor: TestClient, database: Database, story: Any) -> None:
    at = clock.now() - timedelta(days=1)
    with database.tenant(story.tenant_id) as tx:
        case = cases.get(tx, story.case_id)
        touch = Permit(
            id=clock.new_id("permit"),
            tenant_id=story.tenant_id,
            party_id=case.party_id,
            case_id=case.id,
            loan_id=None,
            number_index=None,
            channel="phone",
            actor="agency",
            result="contact",
            rules=[],
            issued_at=at,
            expires_at=at,
            settled_at=at,
        )
        permits.add(tx, [touch])
    told = auditor.get(f"/v1/cases/{story.case_id}/contact-check", params={"channel": "phone"}).json()
    assert told["facts"]["contacts"][-1] == {
        "at": at.isoformat(), "channel": "phone", "actor": "agency", "result": "contact"
    }  # fmt: skip


def test_a_case_of_nobody_here_is_unknown(auditor: TestClient) -> None:
    answer = auditor.get("/v1/cases/case_01k0000000000000000000000x/contact-check", params={"channel": "phone"})
    assert (answer.status_code, answer.json()["code"]) == (404, "case_unknown")
