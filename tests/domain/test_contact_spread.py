"""Spreading contacts over a lawful window, so that a thousand cases do not all speak at the minute of opening."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.contact_law import ContactRule, Forbidden, Hours, RuleKind, week
from domain.contact_policy import Channel, Confidence, ContactFacts, first_lawful
from domain.errors import Invalid

MONDAY = "2026-11-23"


class EveryDay:
    """A calendar without holidays."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - the protocol asks for it
        return day.weekday() < 5

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - the protocol asks for it
        return False


CALENDAR = EveryDay()


def rule(kind: RuleKind, *, name: str) -> ContactRule:
    return ContactRule(
        id=name,
        text="A rule.",
        kind=kind,
        source="invented",
        confidence=Confidence.VERIFIED,
        effective_from=date(2000, 1, 1),
    )


OFFICE = rule(Hours(week=week("09:00-18:00"), holiday=()), name="xx.hours")


def spread_from(not_before: str, spread: float, *rules: ContactRule) -> datetime | None:
    return first_lawful(
        rules,
        CALENDAR,
        zones=("UTC",),
        subdivision=None,
        channel=Channel.PHONE,
        facts=ContactFacts(),
        not_before=datetime.fromisoformat(not_before),
        spread=spread,
    )


def test_no_spread_is_the_opening() -> None:
    assert spread_from(f"{MONDAY}T07:00:00+00:00", 0.0, OFFICE) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_half_a_spread_is_the_middle_of_the_window_less_its_margin() -> None:
    assert spread_from(f"{MONDAY}T07:00:00+00:00", 0.5, OFFICE) == datetime(2026, 11, 23, 13, 22, 30, tzinfo=UTC)


def test_an_open_window_is_spread_over_what_is_left() -> None:
    assert spread_from(f"{MONDAY}T16:00:00+00:00", 0.5, OFFICE) == datetime(2026, 11, 23, 16, 52, 30, tzinfo=UTC)


def test_the_last_minutes_are_taken_as_they_are() -> None:
    assert spread_from(f"{MONDAY}T17:50:00+00:00", 0.9, OFFICE) == datetime(2026, 11, 23, 17, 50, tzinfo=UTC)


def test_where_nothing_is_lawful_nothing_is_spread() -> None:
    assert spread_from(f"{MONDAY}T07:00:00+00:00", 0.5, OFFICE, rule(Forbidden(), name="xx.ban")) is None


@pytest.mark.parametrize("spread", [-0.1, 1.0])
def test_a_spread_lies_below_one(spread: float) -> None:
    with pytest.raises(Invalid, match="spread_out_of_range"):
        spread_from(f"{MONDAY}T07:00:00+00:00", spread, OFFICE)
