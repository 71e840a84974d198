"""``afluente notices``: a notice rendered on sample or given facts, and refusals with their codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from runtime.cli import app


def ask(*words: str, given: str | None = None) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["notices", *words], input=given)
    return result.exit_code, json.loads(result.stdout or result.stderr)


def render(*words: str, facts: dict[str, Any] | None = None) -> tuple[int, Any]:
    more = () if facts is None else ("--facts", "-")
    return ask("render", *words, *more, given=None if facts is None else json.dumps(facts))


BRAZIL = ("--country", "br", "--kind", "second_reminder", "--channel", "email")


def test_a_notice_is_shown_with_its_evidence() -> None:
    code, said = render(*BRAZIL)
    assert (code, said["locale"], said["direction"], len(said["sha256"])) == (0, "pt_BR", "ltr", 64)
    assert (said["html"].startswith("<!DOCTYPE html>"), said["segments"]) == (True, None)


def test_facts_are_laid_over_the_sample() -> None:
    facts = {"overdue": "10.50", "items": [["2026-10-01", "10.50"]], "debtor_name": "Ana Souza", "pay_by": None}
    _, said = render(*BRAZIL, facts=facts)
    assert ("10,50" in said["text"], "Ana Souza" in said["text"], "2026-12" in said["text"]) == (True, True, False)


def test_receipt_and_voice_are_other_names() -> None:
    _, said = render("--country", "TH", "--kind", "receipt", "--channel", "voice")
    assert (said["kind"], said["channel"]) == ("thank_you", "phone")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"colour": "red"}, "facts_unknown_key"),
        ({"pay_by": "soon"}, "facts_malformed"),
        ({"overdue": 12.5}, "facts_malformed"),
        ({"plan": [["2026-12-01"]]}, "facts_malformed"),
        ({"time_barred": "no"}, "facts_malformed"),
        ({"overdue_instalments": True}, "facts_malformed"),
        ({"overdue": "1.001"}, "amount_too_precise"),
        ({"overdue": "0.00", "items": []}, "nothing_overdue"),
    ],
)
def test_wrong_facts_are_refused_with_a_code(facts: dict[str, Any], code: str) -> None:
    exit_code, said = render(*BRAZIL, facts=facts)
    assert (exit_code, said["code"]) == (2, code)


def test_an_unknown_kind_and_a_language_that_law_refuses_are_refused() -> None:
    assert render("--country", "BR", "--kind", "dunning", "--channel", "sms")[1]["code"] == "notice_kind_unknown"
    saudi = render("--country", "SA", "--kind", "courtesy", "--channel", "sms", "--locale", "en")
    assert saudi[1]["code"] == "locale_required"


@pytest.mark.parametrize(
    ("text", "words", "category"),
    [
        ("Bayar hari ini atau polis datang", ("--country", "MY", "--channel", "email"), "threat"),
        ("Please pay: https://x.example", ("--country", "PH", "--channel", "sms", "--locale", "en"), "link"),
        ("Thank you", ("--country", "SG", "--channel", "email", "--creditor", "Tengyun"), "element_missing"),
        (
            "He owes 12.00",
            ("--country", "SG", "--channel", "email", "--recipient", "third_party"),
            "third_party_recipient",
        ),
        ("Thank you for your payment.", ("--country", "SG", "--channel", "sms"), None),
    ],
)
def test_a_text_is_checked_with_what_was_found(text: str, words: tuple[str, ...], category: str | None) -> None:
    code, said = ask("check", *words, given=text)
    found = [fault["category"] for fault in said["findings"]]
    assert (code, said["allowed"], found[:1]) == (0, category is None, [category] if category else [])


@pytest.mark.parametrize(
    ("text", "words", "refused"),
    [
        ("Bonjour", ("--locale", "fr", "--channel", "email"), "wording_not_checked"),
        (" ", ("--channel", "email"), "text_empty"),
        ("Hello", ("--channel", "pigeon"), "channel_not_written"),
    ],
)
def test_a_text_that_cannot_be_checked_is_refused(text: str, words: tuple[str, ...], refused: str) -> None:
    code, said = ask("check", "--country", "SG", *words, given=text)
    assert (code, said["code"]) == (2, refused)
