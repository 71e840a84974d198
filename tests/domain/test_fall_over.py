"""Fall-over: a sure failure goes over to the next lawful channel, nothing uncertain, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.contact_policy import Channel, Confidence, Refusal
from domain.fall_over import STALE_AFTER, FailedNotice, Onward, Stay, fall_over
from domain.notices import NoticeKind

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
NO = Refusal("xx.hours", "a law", Confidence.VERIFIED, ("no",))
FAILED = FailedNotice(NoticeKind.FIRST_REMINDER, "failed", "bounced", frozenset({Channel.EMAIL}), NOW)


def go(failed: FailedNotice = FAILED, **changes: Any) -> Onward | Stay:
    asked: dict[str, Any] = {"reaches": lambda _one: True, "lawful": lambda _one: LATER, "resting": False, "now": NOW}
    return fall_over(failed, **(asked | changes))


def test_a_bounced_mail_goes_over_to_a_text_at_its_lawful_moment() -> None:
    assert go() == Onward(Channel.SMS, LATER)


def test_a_channel_that_does_not_reach_the_debtor_is_passed_over() -> None:
    assert go(reaches=lambda one: one is not Channel.SMS) == Onward(Channel.LETTER, LATER)


def test_a_channel_that_law_never_allows_is_passed_over() -> None:
    assert go(lawful=lambda one: NO if one is Channel.SMS else LATER) == Onward(Channel.LETTER, LATER)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"lawful": lambda _one: NO}, "no_lawful_channel"), ({"reaches": lambda _one: False}, "no_other_channel")],
)
def test_where_no_channel_is_left_it_stays(changes: dict[str, Any], reason: str) -> None:
    assert go(**changes) == Stay(reason)


@pytest.mark.parametrize("state", ["uncertain", "sent", "sending", "queued", "refused", "cancelled"])
def test_what_has_not_surely_failed_is_never_said_again(state: str) -> None:
    assert go(replace(FAILED, state=state)) == Stay("not_surely_failed")


def test_no_channel_is_tried_twice_for_one_notice() -> None:
    tried = frozenset({Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.PHONE})
    assert go(replace(FAILED, tried=tried)) == Stay("no_other_channel")
    assert go(replace(FAILED, tried=tried - {Channel.LETTER})) == Onward(Channel.LETTER, LATER)


@pytest.mark.parametrize("rule", ["relay_failed", "wording.threat", "disclosure_missing"])
def test_what_is_not_the_channels_fault_would_fail_on_any(rule: str) -> None:
    assert go(replace(FAILED, rule=rule)) == Stay("not_the_channels_fault")


def test_a_channel_that_turned_the_notice_down_gives_no_rule() -> None:
    assert go(replace(FAILED, rule=None)) == Onward(Channel.SMS, LATER)


def test_a_formal_notice_goes_over_to_writing_in_full_alone() -> None:
    formal = replace(FAILED, kind=NoticeKind.FORMAL_NOTICE)
    assert go(formal) == Onward(Channel.LETTER, LATER)
    assert go(formal, reaches=lambda one: one in (Channel.SMS, Channel.PHONE)) == Stay("no_other_channel")


def test_a_notice_whose_form_law_prescribes_stays() -> None:
    assert go(replace(FAILED, kind=NoticeKind.REPOSSESSION_NOTICE)) == Stay("form_prescribed")


def test_nobody_is_reminded_while_the_case_rests_but_may_be_thanked() -> None:
    assert go(resting=True) == Stay("nobody_reminds_now")
    assert go(replace(FAILED, kind=NoticeKind.THANK_YOU), resting=True) == Onward(Channel.SMS, LATER)


def test_a_thank_you_is_not_worth_a_call() -> None:
    thanks = replace(FAILED, kind=NoticeKind.THANK_YOU)
    assert go(thanks, reaches=lambda one: one is Channel.PHONE) == Stay("no_other_channel")
    assert go(reaches=lambda one: one is Channel.PHONE) == Onward(Channel.PHONE, LATER)


@pytest.mark.parametrize(("later", "stays"), [(STALE_AFTER, False), (STALE_AFTER + timedelta(seconds=1), True)])
def test_what_failed_too_long_ago_stays(later: timedelta, *, stays: bool) -> None:
    assert (go(now=NOW + later) == Stay("too_long_ago")) is stays
