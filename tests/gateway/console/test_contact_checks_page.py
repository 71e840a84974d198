"""The contact simulator: the decision of ``afluente contact check`` with its words, and the week ahead."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors import contact_check, registry
from store.database import Database
from store.permits import permit_table
from tests.fakes.console_world import World

pytestmark = pytest.mark.servers

Enter = Callable[..., Any]
SUNDAY = "/contact-checks?country=BR&subdivision=BR-SP&channel=phone&at=2026-11-22T10:00"


def bare(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.fixture
def ruritania() -> Iterator[None]:
    registry.include_countries(["tests.fakes.countries.ruritania"])
    yield
    registry.include_countries([])


def test_without_a_question_there_is_the_form_alone(signed_in: Enter) -> None:
    page = signed_in("auditor").get("/contact-checks").text
    assert "May I contact this debtor now, and if not, when?" in bare(page)
    assert 'name="country"' in page
    assert 'class="drawing' not in page


def test_a_refusal_names_rule_source_and_confidence_and_the_next_lawful_moment(signed_in: Enter) -> None:
    words = bare(signed_in("auditor").get(SUNDAY).text)
    assert "No, not lawful then: Phone" in words
    assert "It is 10:00 on Sunday, November 22, 2026 in Sao Paulo; no hour is allowed then." in words
    assert "br.sp.hours" in words
    assert "Read in the official text" in words
    assert "15.426" in words
    assert "Next lawful moment: Nov 23, 2026 8:00 AM (GMT-03:00)" in words


@pytest.mark.parametrize(("at", "yes"), [("2026-11-23T07:59", False), ("2026-11-23T08:00", True)])
def test_the_answer_turns_at_the_minute(signed_in: Enter, at: str, *, yes: bool) -> None:
    words = bare(signed_in("auditor").get(SUNDAY.replace("2026-11-22T10:00", at)).text)
    assert ("Yes, lawful then: Phone" in words) == yes


def test_facts_in_the_address_count(signed_in: Enter) -> None:
    ask = "/contact-checks?country=CL&subdivision=CL-RM&channel=phone&at=2026-11-25T12:00&days_past_due=40"
    touch = "&touch_at=2026-11-23T12:00&touch_channel=phone&touch_actor=agency&touch_result=attempt"
    browser = signed_in("auditor")
    assert "Yes, lawful then" in bare(browser.get(ask).text)
    page = browser.get(ask + touch).text
    assert "Contacts made in the week that began on Monday, November 23, 2026: 1 of at most 1." in bare(page)
    assert 'value="2026-11-23T12:00"' in page
    hold = bare(browser.get(f"{ask}&holds=dispute&holds=death").text)
    assert "The case is on hold: Death, Dispute." in hold


def test_a_time_zone_that_is_known_opens_what_the_whole_country_would_close(signed_in: Enter) -> None:
    late = "/contact-checks?country=ID&channel=phone&at=2026-11-23T19:30"
    browser = signed_in("auditor")
    assert "in every zone of the place" in bare(browser.get(late).text)
    known = bare(browser.get(f"{late}&time_zone=Asia/Jakarta").text)
    assert "Yes, lawful then: Phone" in known
    assert "in every zone of the place" not in known


def test_the_week_has_a_picture_for_wide_and_narrow_and_a_table_with_the_same_hours(signed_in: Enter) -> None:
    page = signed_in("auditor").get(SUNDAY).text
    assert page.count('class="drawing') == 2
    assert "66 lawful hours on 6 days of the coming week" in bare(page)
    rows = re.findall(r"<tr><th scope=\"row\"><bdi>(\w+).*?<bdi dir=\"ltr\">(.*?)</bdi>", page)
    assert rows[0] == ("Sunday", "\u2013")
    assert rows[1] == ("Monday", "08:00\u201320:00")
    assert rows[6] == ("Saturday", "08:00\u201314:00")


def test_other_channels_are_answered_for_the_same_moment_and_can_be_asked_about(signed_in: Enter) -> None:
    browser = signed_in("auditor")
    page = browser.get(SUNDAY.replace("2026-11-22T10:00", "2026-11-23T10:00&holds=&consents=sms")).text
    target = html.unescape(re.findall(r'href="/console(/contact-checks\?[^"]*channel=visit[^"]*)"', page)[0])
    answer = bare(browser.get(target).text)
    assert "No, not lawful then: Visit" in answer
    assert "br.visits" in answer


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("country=BR&days_past_due=many", 422),
        ("country=BR&subdivision=BR-XX", 422),
        ("country=BR&at=tomorrow", 422),
        ("country=BR&at=1999-01-01T10:00", 422),
        ("country=BR&touch_at=never", 422),
        ("country=BR&channel=pigeon", 422),
        ("country=BR&holds=hiccup", 422),
        ("country=BR&time_zone=Mars/Olympus", 422),
        ("country=ZZ", 404),
        ("case=case_none", 404),
    ],
)
def test_a_wrong_question_is_refused_with_words(signed_in: Enter, query: str, status: int) -> None:
    answer = signed_in("auditor").get(f"/contact-checks?{query}")
    assert answer.status_code == status
    assert 'class="alert fail"' in answer.text


def test_a_case_is_asked_about_by_its_own_facts_and_nothing_is_spent(
    signed_in: Enter, case_of: Callable[[str], str], database: Database, world: World
) -> None:
    def permits() -> int:
        with database.tenant(world.tenant_id) as tx:
            return int(tx.execute(select(func.count()).select_from(permit_table)).scalar_one())

    case_id, before = case_of("BR"), permits()
    browser = signed_in("auditor")
    leading = html.unescape(
        re.findall(r'href="/console(/contact-checks\?[^"]+)"', browser.get(f"/cases/{case_id}").text)[0]
    )
    page = browser.get(leading).text
    assert "What is known of the case" in page
    assert permits() == before
    elsewhere = html.unescape(re.findall(r'href="/console(/contact-checks\?country=BR[^"]+)"', page)[-1])
    assert browser.get(elsewhere).status_code == 200
    assert "case_" not in elsewhere


def test_a_country_that_is_added_brings_its_own_choices(signed_in: Enter, ruritania: None) -> None:  # noqa: ARG001 -- it is served meanwhile
    page = signed_in("auditor").get("/contact-checks?country=XR&subdivision=XR-ZEN&channel=sms&registries=heralds").text
    assert 'value="heralds" checked' in page
    assert "Zenda" in page
    assert "The person is on a register of those not to be contacted: heralds." in bare(page)


@pytest.mark.parametrize("locale", ["zh_CN", "pt_BR", "es_419", "ar", "id", "th"])
def test_the_answer_opens_in_every_language(signed_in: Enter, locale: str) -> None:
    answer = signed_in("auditor").get(f"{SUNDAY}&lang={locale}")
    assert answer.status_code == 200
    assert "%(" not in answer.text


def test_facts_and_their_json_are_the_same() -> None:
    document = {
        "actor": "agency", "lender_type": "bank", "party_role": "guarantor", "days_past_due": 45, "consents": ["sms"],
        "holds": ["dispute"], "time_zone": "Asia/Jakarta", "registries": ["nao_me_ligue"], "product": "ijara",
        "contacts": [{"at": "2026-11-23T09:00:00+07:00", "channel": "phone", "actor": "lawyer", "result": "contact"}],
    }  # fmt: skip
    assert contact_check.facts_json(contact_check.facts_from_json(document)) == document
