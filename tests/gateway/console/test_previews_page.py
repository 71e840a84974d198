"""The preview of messages: each language with its direction, segments and what the wording check says."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors import notice_questions, registry
from connectors.wording import screening
from domain.contacts import Channel
from domain.notices import NoticeKind
from gateway.console.previews import CHANNELS, preview
from gateway.console.words import LABELS, REFUSALS

LISTS = Path(screening.__file__).with_name("prohibited")
Enter = Callable[..., Any]
SINGAPORE = "/previews?country=SG&kind=first_reminder&channel=sms&locale="


def bare(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.servers
@pytest.mark.parametrize(("locale", "encoding"), [("en", "GSM-7"), ("zh_CN", "UCS-2")])
def test_a_text_message_shows_what_it_takes(signed_in: Enter, locale: str, encoding: str) -> None:
    page = signed_in("auditor").get(SINGAPORE + locale).text
    notice = notice_questions.notice(registry.country("SG"), "first_reminder", channel="sms", locale=locale)
    assert html.escape(notice.text, quote=False) in page
    words = bare(page)
    assert f"Characters{len(notice.text)} Encoding{encoding}Segments{notice.segments}" in words
    assert "May be sent Nothing prohibited was found" in words


@pytest.mark.servers
def test_a_message_runs_in_its_own_direction(signed_in: Enter) -> None:
    page = signed_in("auditor").get("/previews?country=AE&channel=email&locale=ar").text
    assert '<article class="letter" lang="ar" dir="rtl">' in page
    assert "DirectionRight to left" in bare(page)


@pytest.mark.servers
def test_every_kind_stands_beside_in_every_language_of_the_country(signed_in: Enter) -> None:
    words = bare(signed_in("auditor").get(SINGAPORE + "en").text)
    for kind in NoticeKind:
        assert LABELS["notice_kind"][kind] in words
    assert "2 segments · GSM-7" in words
    assert "The country prescribes no such notice of the creditor's own." in words


@pytest.mark.servers
def test_a_text_of_ones_own_is_checked_and_not_kept_in_the_address(signed_in: Enter) -> None:
    browser = signed_in("finance")
    page = SINGAPORE + "en"
    bad = browser.post(page, form_of=page, text="Pay now or the police will come to your house.")
    assert bad.status_code == 200
    assert "Threatens police" in bare(bad.text)
    assert "wording.threat" in bad.text
    good = bare(browser.post(page, form_of=page, text="Please call us about your contract.").text)
    assert good.count("Nothing prohibited was found") == 2
    assert "1 segment · GSM-7" in good
    empty = bare(browser.post(page, form_of=page, text="  ").text)
    assert "There is no text to check." in empty


@pytest.mark.servers
@pytest.mark.parametrize(
    ("query", "status"), [("country=ZZ", 404), ("country=BR&kind=odd&channel=odd&locale=odd", 200)]
)
def test_an_odd_address_shows_the_usual_or_is_refused(signed_in: Enter, query: str, status: int) -> None:
    assert signed_in("auditor").get(f"/previews?{query}").status_code == status


@pytest.mark.parametrize("code", list(registry.countries()))
def test_a_preview_that_is_refused_says_why_in_the_consoles_words(code: str) -> None:
    country = registry.country(code)
    for kind in NoticeKind:
        for channel in CHANNELS:
            shown = preview(country, kind, channel, country.locales[0])
            assert shown.refused is None or shown.refused.code in REFUSALS
            assert all(one.category in LABELS["wording"] for one in shown.findings)


def test_a_language_that_law_does_not_accept_is_refused_by_name() -> None:
    shown = preview(registry.country("SA"), NoticeKind.FORMAL_NOTICE, Channel.LETTER, "en")
    assert shown.refused
    assert shown.refused.code == "locale_required"


def test_every_category_of_the_lists_has_a_word() -> None:
    lists = [tomllib.loads(path.read_text(encoding="utf-8")) for path in LISTS.glob("*.toml")]
    categories = {"third_party_recipient" if one == "debt" else one for found in lists for one in found}
    assert len(categories) > 4
    assert categories <= LABELS["wording"].keys()
