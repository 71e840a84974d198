"""Calls: lawful ones first, a permit before dialling, proof before anything is told, and an outcome at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime import clock
from store import contact_stops, hand_carried, notices, permits, timeline
from store.notices import Notice
from tests.fakes.console_world import World
from tests.gateway.console.conftest import Browser

_days = [datetime(2026, 11, 23, 15, tzinfo=UTC)]  # a Monday at noon in São Paulo, before the first test's day


def next_day(day: datetime) -> datetime:
    """The next day on which debtors may be called."""
    later = day + timedelta(days=1)
    return later if later.weekday() < 5 else next_day(later)


@pytest.fixture
def at_noon(world: World) -> Iterator[None]:
    """The shared world at a lawful hour of a day that no other test had, for there is one call a day."""
    before = world.now.at
    world.now.at = next_day(_days[-1])
    yield
    _days.append(world.now.at.replace(hour=15))
    world.now.at = before


@pytest.fixture
def finance(signed_in: Callable[..., Browser], at_noon: None) -> Browser:
    del at_noon  # a session is of its hour
    return signed_in("finance")


@pytest.fixture
def call(finance: Browser, case_of: Callable[[str], str]) -> str:
    """A queued call to a Brazilian debtor, by its page's path."""
    case_id = case_of("BR")
    page = finance.get(f"/cases/{case_id}").text
    form = page.partition(f"/cases/{case_id}/by-hand")[2]
    found = re.search(r'name="command_id" value="(evt_\w+)"', form)
    assert found
    answer = finance.post(
        f"/cases/{case_id}/by-hand",
        form_of=f"/cases/{case_id}",
        command_id=found[1],
        channel="phone",
        kind="second_reminder",
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console").partition("?")[0]


def notice_of(world: World, path: str) -> Notice:
    with world.database.tenant(world.tenant_id) as tx:
        return notices.get(tx, path.removeprefix("/calls/"))


def started(finance: Browser, call: str) -> None:
    answer = finance.post(f"{call}/start", form_of=call)
    assert answer.status_code == 303, answer.text


def end(finance: Browser, call: str, outcome: str, **fields: str) -> Any:
    return finance.post(f"{call}/outcome", form_of=call, command_id=clock.new_id("event"), outcome=outcome, **fields)


def test_a_queued_call_waits_in_the_list_and_is_not_sent_by_the_relay(
    finance: Browser, call: str, world: World
) -> None:
    page = finance.get("/calls").text
    assert call in page
    assert "Lawful now" in page
    with world.database.tenant(world.tenant_id) as tx:
        due = notices.claim_due(tx, now=world.now() + timedelta(days=1), limit=500)
    assert notice_of(world, call).id not in {notice.id for notice in due}


def test_nothing_of_the_script_or_the_number_is_shown_before_a_permit(finance: Browser, call: str) -> None:
    page = finance.get(call).text
    assert "tel:" not in page
    assert "Start the call" in page


def test_starting_spends_a_permit_and_shows_the_opening_alone(finance: Browser, call: str, world: World) -> None:
    started(finance, call)
    notice = notice_of(world, call)
    with world.database.tenant(world.tenant_id) as tx:
        permit = permits.get(tx, notice.permit_id or "")
    assert (permit.channel, permit.actor, permit.held_by is not None) == ("phone", "creditor", True)
    page = finance.get(call).text
    assert f"tel:{notice.recipient}" in page
    spoken = " ".join(re.findall(r'<div class="spoken".*?</div>', page, re.DOTALL))
    assert 'lang="pt-BR"' in page
    assert "Aurora" not in spoken  # who is owed is not told before the debtor has proved who they are
    assert not re.search(r"R\$", spoken)


def test_the_matter_is_told_after_the_debtor_has_proved_who_they_are(finance: Browser, call: str) -> None:
    started(finance, call)
    assert finance.post(f"{call}/verify", form_of=call).status_code == 303
    spoken = " ".join(re.findall(r'<div class="spoken".*?</div>', finance.get(call).text, re.DOTALL))
    assert "Aurora" in spoken
    assert "R$" in spoken


def test_an_outcome_of_the_debtor_needs_the_proof(finance: Browser, call: str, world: World) -> None:
    started(finance, call)
    refused = end(finance, call, "informed")
    assert refused.status_code == 422
    assert notice_of(world, call).state == "sending"


def test_a_call_that_was_made_settles_its_permit_and_keeps_what_was_said(
    finance: Browser, call: str, world: World
) -> None:
    started(finance, call)
    finance.post(f"{call}/verify", form_of=call)
    assert end(finance, call, "informed", note="will look").status_code == 303
    notice = notice_of(world, call)
    assert (notice.state, len(notice.sha256 or "")) == ("sent", 64)
    with world.database.tenant(world.tenant_id) as tx:
        assert permits.get(tx, notice.permit_id or "").result == "right_party"
        assert "contact_reported" in {row.kind for row in timeline.of_case(tx, notice.case_id)}


def test_no_answer_is_tried_again_on_another_day_three_times(
    call: str, world: World, signed_in: Callable[..., Browser]
) -> None:
    for _ in range(3):
        today = signed_in("finance")
        started(today, call)
        end(today, call, "no_answer")
        waiting = notice_of(world, call)
        if waiting.state == "queued":
            assert waiting.not_before == world.now() + timedelta(days=1)
        world.now.at = next_day(world.now.at)
    assert (notice_of(world, call).state, (notice_of(world, call).refusal or {})["rule"]) == ("failed", "not_reached")


def test_a_second_person_cannot_start_the_same_call(finance: Browser, call: str) -> None:
    started(finance, call)
    assert finance.post(f"{call}/start", form_of=call).status_code == 409


def test_a_call_that_was_not_made_gives_its_permit_back(finance: Browser, call: str, world: World) -> None:
    started(finance, call)
    permit_id = notice_of(world, call).permit_id or ""
    end(finance, call, "not_made")
    with world.database.tenant(world.tenant_id) as tx:
        assert permits.get(tx, permit_id).result == "unused"
        assert hand_carried.find(tx, notice_of(world, call).id) is None
    assert notice_of(world, call).state == "queued"
    started(finance, call)
    end(finance, call, "busy")


def test_at_an_unlawful_hour_no_call_can_be_started(call: str, world: World, signed_in: Callable[..., Browser]) -> None:
    world.now.at += timedelta(hours=10)  # 22:00
    finance = signed_in("finance")
    page = finance.get(call).text
    assert "Start the call" not in page
    assert "Not lawful now" in page
    refused = finance.post(f"{call}/start", form_of=call)
    assert refused.status_code == 409
    assert notice_of(world, call).permit_id is None


def test_a_promise_is_told_to_the_case_with_the_outcome(finance: Browser, call: str, world: World) -> None:
    started(finance, call)
    finance.post(f"{call}/verify", form_of=call)
    missing = end(finance, call, "promised", amount="10.00")
    assert missing.status_code == 422
    assert notice_of(world, call).state == "sending"
    due = (world.now() + timedelta(days=5)).date().isoformat()
    assert end(finance, call, "promised", amount="10.00", due_date=due).status_code == 303
    with world.database.tenant(world.tenant_id) as tx:
        assert "promise_taken" in {row.kind for row in timeline.of_case(tx, notice_of(world, call).case_id)}


def test_who_may_only_look_starts_nothing(call: str, signed_in: Callable[..., Browser], world: World) -> None:
    auditor = signed_in("auditor")
    page = auditor.get(call).text
    assert "Start the call" not in page
    assert auditor.post(f"{call}/start", form_of=call).status_code == 403
    assert notice_of(world, call).state == "queued"


def test_what_the_country_asks_of_a_call_is_shown(finance: Browser, call: str) -> None:
    assert "recorded" in finance.get(call).text


def test_who_asks_to_be_left_alone_is_called_by_nobody(finance: Browser, call: str, world: World) -> None:
    started(finance, call)
    finance.post(f"{call}/verify", form_of=call)
    end(finance, call, "asked_to_stop")
    with world.database.tenant(world.tenant_id) as tx:
        (stop,) = contact_stops.standing(tx, [notice_of(world, call).party_id])[notice_of(world, call).party_id]
        assert (stop.channel, stop.reason) == ("phone", "asked")
        contact_stops.lift(tx, stop.id, by="test", because="for the others", now=world.now())
