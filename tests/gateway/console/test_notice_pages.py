"""Pages of notices: wording side by side and approved by two, held notices with why and the ways on, arrangements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from activities.turns import TurnActivities, TurnInput
from runtime import clock
from store import cases, notices, timeline
from store.database import Database
from tests.gateway.console.conftest import Browser

pytestmark = pytest.mark.servers

VARIANT = "/wording/BR/first_reminder/email/pt"
FIELDS = {"country": "BR", "kind": "first_reminder", "channel": "email", "locale": "pt"}
SignIn = Callable[..., Browser]


@pytest.fixture
def finance(signed_in: SignIn, story: Any) -> Browser:
    return signed_in("finance", tenant_id=story.tenant_id)


@pytest.fixture
def admin(signed_in: SignIn, story: Any) -> Browser:
    return signed_in("admin", tenant_id=story.tenant_id)


@pytest.fixture
def held(story: Any, database: Database) -> str:
    """A reminder whose facts hold a threat."""
    with database.tenant(story.tenant_id) as tx:
        number = cases.get(tx, story.case_id).turn_no + 1
    turns = TurnActivities(database, clock.new_id, clock.now)
    turns.take_turn(TurnInput(story.tenant_id, story.case_id, number))
    with database.tenant(story.tenant_id) as tx:
        notice = notices.of_case(tx, story.case_id)[0]
        stated = '{"department": "a polícia"}'
        notices.change(tx, notice.id, state="held", refusal={"rule": "wording.threat", "reasons": ["x"]}, stated=stated)
    return notice.id


def proposal(page: str) -> str:
    found = re.search(r'name="approval_id" value="(wap_\w+)"', page)
    assert found
    return found.group(1)


def test_wording_is_approved_by_another_on_its_page(finance: Browser, admin: Browser) -> None:
    assert "Never approved" in finance.get(VARIANT).text
    assert finance.post("/wording/propose", form_of=VARIANT, **FIELDS).headers["location"].endswith("wording_proposed")
    own = finance.get(VARIANT).text
    assert "another person approves it" in own
    approval = proposal(own)
    refused = finance.post("/wording/approve", form_of=VARIANT, approval_id=approval, **FIELDS)
    assert (refused.status_code, "another person must agree" in refused.text) == (409, True)
    assert admin.post("/wording/approve", form_of=VARIANT, approval_id=approval, **FIELDS).status_code == 303
    shown = finance.get(VARIANT).text
    assert all(words in shown for words in ("Approved by two", "As approved last", "No word has changed."))


def test_everything_of_a_country_is_proposed_at_once(finance: Browser) -> None:
    before = finance.get("/wording?country=BR").text
    assert re.search(r"Propose .*texts", before)
    assert finance.post("/wording/BR/all", form_of="/wording?country=BR", locale="", step="propose").status_code == 303
    assert "wait for another person" in finance.get("/wording?country=BR").text


def test_only_an_administrator_trusts_releases(finance: Browser, admin: Browser) -> None:
    assert "Take releases as approved" not in finance.get("/wording").text
    forged = finance.post("/wording/trust", form_of=VARIANT, shipped="yes", reason="I say so.")
    assert forged.status_code == 403
    assert admin.post("/wording/trust", form_of="/wording", shipped="yes", reason="Read.").status_code == 303
    assert "It counts as approved" in finance.get("/wording").text


def test_a_held_notice_shows_what_was_found_where_it_stands(finance: Browser, held: str) -> None:
    shown = finance.get(f"/outbox/{held}").text
    assert '<mark lang="pt-BR"><bdi>polícia</bdi></mark>' in shown
    assert "a <mark>polícia</mark>" in shown
    assert "It is no fault" not in shown  # what is prohibited is never cleared
    assert "1 notice waits for a person" in re.sub(r"<[^>]+>", "", finance.get("/outbox").text)


def test_what_is_prohibited_is_not_released_until_its_facts_are_mended(finance: Browser, held: str) -> None:
    path = f"/outbox/{held}"
    refused = finance.post(f"{path}/release", form_of=path)
    assert (refused.status_code, "Something keeps it still" in refused.text) == (409, True)
    assert finance.post(f"{path}/facts", form_of=path, fact_department="").status_code == 303
    assert "polícia" not in finance.get(path).text
    assert "Its wording was not approved." in finance.get(path).text


def test_a_notice_is_discarded_with_a_reason_by_who_may(
    finance: Browser, signed_in: SignIn, story: Any, held: str
) -> None:
    path = f"/outbox/{held}"
    auditor = signed_in("auditor", tenant_id=story.tenant_id)
    assert "Discard it" not in auditor.get(path).text
    assert auditor.post(f"{path}/discard", form_of=path, reason="No.").status_code == 403
    assert finance.post(f"{path}/discard", form_of=path, reason="").status_code == 422
    assert finance.post(f"{path}/discard", form_of=path, reason="In error.").status_code == 303
    assert "Cancelled" in finance.get(path).text


def test_a_plan_is_agreed_line_by_line(finance: Browser, story: Any, services: Any) -> None:
    path, today = f"/cases/{story.case_id}", services.now().date().isoformat()
    wrong = finance.post(f"{path}/plan", form_of=path, payments=f"{today} ten")
    assert (wrong.status_code, f"{today} ten" in wrong.text) == (422, True)
    assert finance.post(f"{path}/plan", form_of=path, payments=f"{today} 10.00\n2099-01-01 20.00").status_code == 303
    assert "Plan agreed" in finance.get(path).text


def test_a_settlement_is_offered_and_a_bad_one_explains_itself(finance: Browser, story: Any, services: Any) -> None:
    path, today = f"/cases/{story.case_id}", services.now().date().isoformat()
    wrong = finance.post(f"{path}/settlement", form_of=path, amount="0", until=today)
    assert (wrong.status_code, "less than what is overdue" in wrong.text) == (422, True)
    assert finance.post(f"{path}/settlement", form_of=path, amount="5", until=today).status_code == 303
    assert "Settlement offered" in finance.get(path).text


def test_a_request_about_data_is_answered_from_the_case(finance: Browser, story: Any, services: Any) -> None:
    path = f"/cases/{story.case_id}"
    with services.database.tenant(story.tenant_id) as tx:
        case = cases.get(tx, story.case_id)
        timeline.note(tx, case, at=services.now(), actor="debtor", kind="data_request", detail={"kind": "access"})
        seq = timeline.of_case(tx, case.id)[-1].seq
    assert "To see the data" in finance.get(path).text
    done = finance.post(f"{path}/data-answer", form_of=path, seq=str(seq), answer="1. O seu nome.\r\n2. O contrato.")
    assert done.status_code == 303
    assert "To see the data" not in finance.get(path).text
