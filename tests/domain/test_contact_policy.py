"""How contact law decides: windows on the debtor's clock, caps, strictness, effect, and the next lawful moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest

from domain.contact_law import (
    CalendarSpan,
    Cap,
    ConsentNeeded,
    ContactRule,
    Forbidden,
    Hours,
    MinGap,
    QuietAfter,
    Rolling,
    RuleKind,
    Scope,
    Window,
    span,
    week,
)
from domain.contact_policy import (
    Channel,
    Confidence,
    ContactFacts,
    ContactResult,
    Decision,
    PastContact,
    Permitted,
    Refusal,
    decide,
)
from domain.errors import Invalid

MONDAY = "2026-11-23"
SANTIAGO = "America/Santiago"


class PlainCalendar:
    """A calendar with one holiday, Wednesday 25 November 2026."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return "Midweek" if day == date(2026, 11, 25) else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        return day.weekday() < 5 and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - the protocol asks for it
        return False


CALENDAR = PlainCalendar()


def rule(
    kind: RuleKind,
    *,
    name: str = "xx.rule",
    scope: Scope | None = None,
    confidence: Confidence = Confidence.VERIFIED,
    since: date = date(2000, 1, 1),
    until: date | None = None,
) -> ContactRule:
    return ContactRule(
        id=name,
        text="A rule.",
        kind=kind,
        source="invented",
        confidence=confidence,
        effective_from=since,
        effective_to=until,
        scope=scope or Scope(),
    )


OFFICE = rule(Hours(week=week("09:00-18:00"), holiday=()), name="xx.hours")


def ask(
    at: str,
    *rules: ContactRule,
    facts: ContactFacts | None = None,
    zones: tuple[str, ...] = ("UTC",),
    channel: Channel = Channel.PHONE,
    subdivision: str | None = None,
    law_on: date | None = None,
) -> Decision:
    return decide(
        rules,
        CALENDAR,
        zones=zones,
        subdivision=subdivision,
        channel=channel,
        at=datetime.fromisoformat(at),
        facts=facts or ContactFacts(),
        law_on=law_on,
    )


def refused(decision: Decision) -> Refusal:
    assert isinstance(decision, Refusal)
    return decision


def permitted(decision: Decision) -> Permitted:
    assert isinstance(decision, Permitted)
    return decision


def touch(at: str, result: ContactResult = ContactResult.ATTEMPT, channel: Channel = Channel.PHONE) -> PastContact:
    return PastContact(datetime.fromisoformat(at), channel, result=result)


def facts(*touches: PastContact) -> ContactFacts:
    return ContactFacts(contacts=touches)


# --- unknown means no


def test_no_rule_at_all_is_a_refusal_without_end() -> None:
    answer = refused(ask(f"{MONDAY}T10:00:00+00:00"))
    assert (answer.rule, answer.next_allowed_at) == (None, None)


def test_a_channel_that_no_rule_of_hours_names_is_refused() -> None:
    calls = rule(Hours(week=week("09:00-18:00")), scope=Scope(channels=frozenset({Channel.PHONE})))
    assert refused(ask(f"{MONDAY}T10:00:00+00:00", calls, channel=Channel.SMS)).rule is None


def test_a_day_on_which_every_rule_is_silent_is_refused() -> None:
    mondays = rule(Hours(week=(span("09:00-18:00"), None, None, None, None, None, None)))
    answer = refused(ask("2026-11-24T10:00:00+00:00", mondays))
    assert answer.rule is None
    assert answer.next_allowed_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_a_moment_without_offset_is_invalid() -> None:
    with pytest.raises(Invalid, match="moment_without_offset"):
        ask(f"{MONDAY}T10:00:00", OFFICE)


def test_an_unknown_time_zone_is_invalid() -> None:
    with pytest.raises(Invalid, match="time_zone_unknown"):
        ask(f"{MONDAY}T10:00:00+00:00", OFFICE, facts=ContactFacts(time_zone="Mars/Olympus"))


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../UTC"])
def test_a_path_is_no_time_zone(name: str) -> None:
    with pytest.raises(Invalid, match="time_zone_unknown"):
        ask(f"{MONDAY}T10:00:00+00:00", OFFICE, facts=ContactFacts(time_zone=name))


# --- windows


@pytest.mark.parametrize(
    ("clock", "allowed"), [("08:59:59", False), ("09:00:00", True), ("17:59:59", True), ("18:00:00", False)]
)
def test_a_window_holds_its_opening_and_not_its_closing(clock: str, *, allowed: bool) -> None:
    assert isinstance(ask(f"{MONDAY}T{clock}+00:00", OFFICE), Permitted) is allowed


def test_a_permit_says_when_the_window_closes() -> None:
    assert permitted(ask(f"{MONDAY}T10:00:00+00:00", OFFICE)).closes_at == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_a_window_to_midnight_closes_at_the_next_day() -> None:
    whole = rule(Hours(week=week("00:00-24:00")))
    assert permitted(ask(f"{MONDAY}T23:59:00+00:00", whole)).closes_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_an_empty_window_is_invalid() -> None:
    with pytest.raises(Invalid, match="window_empty"):
        Window(time(9), time(9))


def test_two_rules_of_hours_intersect() -> None:
    late = rule(Hours(week=week("12:00-20:00")), name="xx.late")
    assert isinstance(ask(f"{MONDAY}T11:59:00+00:00", OFFICE, late), Refusal)
    assert permitted(ask(f"{MONDAY}T12:00:00+00:00", OFFICE, late)).closes_at == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_rules_that_never_agree_find_no_moment() -> None:
    night = rule(Hours(week=week("20:00-22:00")), name="xx.night")
    assert refused(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, night)).next_allowed_at is None


def test_the_debtors_zone_decides_not_the_offset_asked_in() -> None:
    known = ContactFacts(time_zone="Asia/Jayapura")
    assert isinstance(ask(f"{MONDAY}T08:59:00+00:00", OFFICE, facts=known), Permitted)
    assert isinstance(ask(f"{MONDAY}T09:00:00+00:00", OFFICE, facts=known), Refusal)


@pytest.mark.parametrize(("clock", "allowed"), [("01:59", False), ("02:00", True), ("08:59", True), ("09:00", False)])
def test_an_unknown_zone_asks_every_zone(clock: str, *, allowed: bool) -> None:
    zones = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    assert isinstance(ask(f"{MONDAY}T{clock}:00+00:00", OFFICE, zones=zones), Permitted) is allowed


def test_a_holiday_and_a_weekend_are_passed_over() -> None:
    assert refused(ask("2026-11-24T18:00:00+00:00", OFFICE)).next_allowed_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert refused(ask("2026-11-27T18:00:00+00:00", OFFICE)).next_allowed_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


# --- the clock is put on and back


def test_a_window_opens_at_its_wall_time_after_the_clocks_change() -> None:
    daily = rule(Hours(week=week("08:00-20:00", saturday="08:00-20:00", sunday="08:00-20:00")))
    # Chile put its clocks on during Saturday night, 5 to 6 September 2026: 08:00 is 12:00Z before and 11:00Z after.
    before = refused(ask("2026-09-05T11:59:00+00:00", daily, zones=(SANTIAGO,))).next_allowed_at
    after = refused(ask("2026-09-06T10:59:00+00:00", daily, zones=(SANTIAGO,))).next_allowed_at
    assert (before, after) == (datetime(2026, 9, 5, 12, tzinfo=UTC), datetime(2026, 9, 6, 11, tzinfo=UTC))


def test_a_window_that_opens_in_the_skipped_hour_opens_when_the_hour_is_skipped() -> None:
    # 00:00 to 01:00 of 6 September 2026 is skipped in Chile: the clock shows 01:00 at 04:00Z.
    small_hours = rule(Hours(week=week("00:30-02:00", saturday="00:30-02:00", sunday="00:30-02:00")))
    answer = refused(ask("2026-09-05T12:00:00+00:00", small_hours, zones=(SANTIAGO,)))
    assert answer.next_allowed_at == datetime(2026, 9, 6, 4, tzinfo=UTC)


def test_a_window_in_the_repeated_hour_opens_both_times() -> None:
    # 23:00 to 24:00 of 4 April 2026 happens twice in Chile: at 02:00Z and at 03:00Z of the 5th.
    late = rule(Hours(week=week("23:00-23:30", saturday="23:00-23:30", sunday="23:00-23:30")))
    answer = refused(ask("2026-04-05T02:30:00+00:00", late, zones=(SANTIAGO,)))
    assert answer.next_allowed_at == datetime(2026, 4, 5, 3, tzinfo=UTC)


# --- caps


def test_a_cap_of_a_day_counts_the_debtors_day() -> None:
    cap = rule(Cap(limit=1, span=CalendarSpan.DAY), name="xx.cap")
    late_yesterday_in_jakarta = facts(touch("2026-11-22T16:59:59+00:00"))
    assert isinstance(
        ask(f"{MONDAY}T02:00:00+00:00", OFFICE, cap, zones=("Asia/Jakarta",), facts=late_yesterday_in_jakarta),
        Permitted,
    )
    first_second_of_today = facts(touch("2026-11-22T17:00:00+00:00"))
    answer = ask(f"{MONDAY}T02:00:00+00:00", OFFICE, cap, zones=("Asia/Jakarta",), facts=first_second_of_today)
    assert refused(answer).next_allowed_at == datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_calendar_week_starts_on_monday() -> None:
    cap = rule(Cap(limit=1, span=CalendarSpan.WEEK), name="xx.cap")
    assert isinstance(
        ask(f"{MONDAY}T09:00:00+00:00", OFFICE, cap, facts=facts(touch("2026-11-22T23:59:00+00:00"))), Permitted
    )
    answer = refused(ask("2026-11-27T09:00:00+00:00", OFFICE, cap, facts=facts(touch(f"{MONDAY}T00:00:00+00:00"))))
    assert answer.next_allowed_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_rolling_days_end_to_the_second() -> None:
    cap = rule(Cap(limit=1, span=Rolling(days=7)), name="xx.cap")
    touched = facts(touch("2026-11-16T10:00:30+00:00"))
    answer = refused(ask(f"{MONDAY}T10:00:29+00:00", OFFICE, cap, facts=touched))
    assert answer.next_allowed_at == datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)
    assert isinstance(ask(f"{MONDAY}T10:00:30+00:00", OFFICE, cap, facts=touched), Permitted)


def test_a_permit_reserved_for_later_spends_the_rolling_budget_too() -> None:
    cap = rule(Cap(limit=1, span=Rolling(days=2)), name="xx.cap")
    reserved = facts(touch("2026-11-24T10:00:00+00:00"))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, cap, facts=reserved), Refusal)


def test_touches_before_and_after_do_not_add_up_where_no_stretch_holds_both() -> None:
    cap = rule(Cap(limit=2, span=Rolling(days=7)), name="xx.cap")
    apart = facts(touch("2026-11-18T10:00:00+00:00"), touch("2026-11-27T10:00:00+00:00"))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, cap, facts=apart), Permitted)


@pytest.mark.parametrize(
    ("counts", "result", "allowed"),
    [
        (ContactResult.ATTEMPT, ContactResult.ATTEMPT, False),
        (ContactResult.CONTACT, ContactResult.ATTEMPT, True),
        (ContactResult.CONTACT, ContactResult.RIGHT_PARTY, False),
        (ContactResult.RIGHT_PARTY, ContactResult.CONTACT, True),
    ],
)
def test_a_cap_counts_what_reached_as_far_as_it_says(
    counts: ContactResult, result: ContactResult, *, allowed: bool
) -> None:
    cap = rule(Cap(limit=1, span=CalendarSpan.DAY, counts=counts), name="xx.cap")
    touched = facts(touch(f"{MONDAY}T09:30:00+00:00", result))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, cap, facts=touched), Permitted) is allowed


def test_a_cap_counts_its_own_channels_only() -> None:
    calls = Scope(channels=frozenset({Channel.PHONE}))
    cap = rule(Cap(limit=1, span=CalendarSpan.DAY), name="xx.cap", scope=calls)
    texted = facts(touch(f"{MONDAY}T09:30:00+00:00", channel=Channel.SMS))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, cap, facts=texted), Permitted)


def test_every_cap_must_hold() -> None:
    daily = rule(Cap(limit=1, span=CalendarSpan.DAY), name="xx.daily")
    weekly = rule(Cap(limit=1, span=CalendarSpan.WEEK), name="xx.weekly")
    answer = refused(
        ask(f"{MONDAY}T10:00:00+00:00", OFFICE, daily, weekly, facts=facts(touch(f"{MONDAY}T09:30:00+00:00")))
    )
    assert [reason.split(":")[0] for reason in answer.reasons] == ["xx.daily", "xx.weekly"]
    assert answer.next_allowed_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_a_gap_holds_before_and_after_a_touch() -> None:
    gap = rule(MinGap(gap=timedelta(hours=2)), name="xx.gap")
    touched = facts(touch(f"{MONDAY}T12:00:00+00:00"))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, gap, facts=touched), Permitted)
    answer = refused(ask(f"{MONDAY}T10:01:00+00:00", OFFICE, gap, facts=touched))
    assert answer.next_allowed_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_after_the_debtor_was_reached_the_rest_of_the_day_is_quiet() -> None:
    quiet = rule(QuietAfter(after=ContactResult.CONTACT, until_end_of=CalendarSpan.DAY), name="xx.quiet")
    tried = facts(touch(f"{MONDAY}T09:30:00+00:00"))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, quiet, facts=tried), Permitted)
    reached = facts(touch(f"{MONDAY}T09:30:00+00:00", ContactResult.CONTACT))
    answer = refused(ask(f"{MONDAY}T17:59:00+00:00", OFFICE, quiet, facts=reached))
    assert answer.next_allowed_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_after_the_debtor_was_reached_only_that_channel_may_follow_in_the_week() -> None:
    one = rule(
        QuietAfter(after=ContactResult.CONTACT, until_end_of=CalendarSpan.WEEK, other_channels=True), name="xx.one"
    )
    reached = facts(touch(f"{MONDAY}T09:30:00+00:00", ContactResult.CONTACT, Channel.SMS))
    assert isinstance(ask("2026-11-26T10:00:00+00:00", OFFICE, one, facts=reached, channel=Channel.SMS), Permitted)
    answer = refused(ask("2026-11-26T10:00:00+00:00", OFFICE, one, facts=reached))
    assert answer.next_allowed_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_a_cap_by_the_month_begins_anew_with_the_month() -> None:
    monthly = rule(Cap(limit=1, span=CalendarSpan.MONTH), name="xx.monthly")
    touched = facts(touch(f"{MONDAY}T09:30:00+00:00"))
    answer = refused(ask("2026-11-30T17:59:00+00:00", OFFICE, monthly, facts=touched))
    assert answer.next_allowed_at == datetime(2026, 12, 1, 9, tzinfo=UTC)


# --- which law, and which rule speaks


def test_a_rule_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    ban = rule(Forbidden(), name="xx.ban", since=date(2026, 11, 24), until=date(2026, 11, 26))
    assert isinstance(ask(f"{MONDAY}T10:00:00+00:00", OFFICE, ban), Permitted)
    answer = refused(ask("2026-11-24T10:00:00+00:00", OFFICE, ban))
    assert answer.next_allowed_at == datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_the_law_of_another_day_can_be_asked() -> None:
    ban = rule(Forbidden(), name="xx.ban", since=date(2026, 11, 24))
    assert isinstance(ask("2026-11-24T10:00:00+00:00", OFFICE, ban, law_on=date(2026, 11, 23)), Permitted)


def test_a_subdivisions_rule_binds_there_and_where_the_place_is_unknown() -> None:
    ban = rule(Forbidden(), name="xx.ban", scope=Scope(subdivisions=frozenset({"XX-A"})))
    answers = {
        place: ask(f"{MONDAY}T10:00:00+00:00", OFFICE, ban, subdivision=place) for place in ("XX-A", "XX-B", None)
    }
    assert isinstance(answers["XX-A"], Refusal)
    assert isinstance(answers["XX-B"], Permitted)
    assert isinstance(answers[None], Refusal)


@pytest.mark.parametrize(("days", "allowed"), [(14, False), (15, True)])
def test_a_rule_may_end_with_days_past_due(days: int, *, allowed: bool) -> None:
    ban = rule(Forbidden(), name="xx.ban", scope=Scope(overdue_to=15))
    answer = ask(f"{MONDAY}T10:00:00+00:00", OFFICE, ban, facts=ContactFacts(days_past_due=days))
    assert isinstance(answer, Permitted) is allowed


@pytest.mark.parametrize(
    ("consents", "allowed"), [((), True), (("other_hours",), True), (("sms",), False), (("sms", "phone"), True)]
)
def test_a_rule_may_bind_only_those_who_gave_one_of_some_consents(consents: tuple[str, ...], *, allowed: bool) -> None:
    listed = Scope(channels=frozenset({Channel.PHONE}), consents=frozenset({"phone", "sms"}))
    known = ContactFacts(consents=frozenset(consents))
    answer = ask(f"{MONDAY}T10:00:00+00:00", OFFICE, rule(ConsentNeeded(), name="xx.list", scope=listed), facts=known)
    assert isinstance(answer, Permitted) is allowed


def test_a_refusal_names_every_failing_rule_and_leads_with_the_lasting_one() -> None:
    cap = rule(Cap(limit=1, span=CalendarSpan.DAY), name="xx.cap")
    ban = rule(Forbidden(), name="xx.ban", confidence=Confidence.POLICY)
    touched = facts(touch(f"{MONDAY}T07:00:00+00:00"))
    for order in permutations((OFFICE, cap, ban)):
        answer = refused(ask(f"{MONDAY}T08:00:00+00:00", *order, facts=touched))
        assert answer.rule == "xx.ban"
        assert {reason.split(":")[0] for reason in answer.reasons} == {"xx.ban", "xx.hours", "xx.cap"}


def test_among_rules_of_hours_the_best_founded_leads() -> None:
    house = rule(Hours(week=week("10:00-17:00")), name="xx.house", confidence=Confidence.POLICY)
    assert refused(ask(f"{MONDAY}T08:00:00+00:00", house, OFFICE)).rule == "xx.hours"


def test_a_rule_without_source_cannot_be_written() -> None:
    with pytest.raises(Invalid, match="rule_unsourced"):
        ContactRule(
            id="xx.rumour",
            text="A rumour.",
            kind=Forbidden(),
            source=" ",
            confidence=Confidence.SECONDARY,
            effective_from=date(2020, 1, 1),
        )
