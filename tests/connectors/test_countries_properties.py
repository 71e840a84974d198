"""What holds of every country's contact law at every moment: it only narrows, and the next lawful moment is exact."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import registry
from domain.contact_law import (
    CLOSED_WEEK,
    CalendarSpan,
    Cap,
    ConsentNeeded,
    ContactRule,
    CoolDown,
    Forbidden,
    Freeze,
    Hours,
    MinGap,
    OnlyChannels,
    QuietAfter,
    RegistryBlock,
    Rolling,
    RuleKind,
    Scope,
    Window,
)
from domain.contact_policy import (
    Actor,
    Channel,
    Confidence,
    ContactFacts,
    ContactResult,
    LenderType,
    PastContact,
    Permitted,
    Refusal,
    asked,
    contact_policy,
    decide,
    first_lawful_contact,
)
from domain.countries import Country

COUNTRIES = registry.countries(["tests.fakes.countries.ruritania"])
each_country = pytest.mark.parametrize("country", COUNTRIES.values(), ids=COUNTRIES.keys())

MINUTES = st.integers(0, 24 * 60 * 400)
START = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    return START + timedelta(minutes=draw(MINUTES))


@st.composite
def facts_near(draw: st.DrawFn, at: datetime) -> ContactFacts:
    touches = draw(
        st.lists(
            st.builds(
                PastContact,
                at=st.integers(-14 * 24 * 60, 24 * 60).map(lambda minutes: at + timedelta(minutes=minutes)),
                channel=st.sampled_from(Channel),
                actor=st.sampled_from(Actor),
                result=st.sampled_from(ContactResult),
            ),
            max_size=4,
        )
    )
    return ContactFacts(
        actor=draw(st.sampled_from(Actor)),
        lender_type=draw(st.sampled_from(LenderType)),
        days_past_due=draw(st.sampled_from([0, 45, 89, 90, 400])),
        consents=draw(st.frozensets(st.sampled_from(["sms", "outside_hours"]))),
        contacts=tuple(touches),
        registries=draw(st.frozensets(st.sampled_from(["nao_me_ligue", "heralds"]))),
    )


WINDOWS = st.tuples(st.integers(0, 1438), st.integers(1, 600)).map(
    lambda pair: (
        Window(time(pair[0] // 60, pair[0] % 60), time(min(1439, sum(pair)) // 60, min(1439, sum(pair)) % 60)),
    )
)
DAY_WINDOWS = st.one_of(st.none(), st.just(()), WINDOWS)
WEEKS = st.tuples(*[DAY_WINDOWS] * 7)
KINDS: st.SearchStrategy[RuleKind] = st.one_of(
    st.builds(Hours, week=WEEKS, holiday=DAY_WINDOWS, waived_by=st.sampled_from([None, "sms"])),
    st.builds(Hours, week=st.just(CLOSED_WEEK)),
    st.builds(
        Cap,
        limit=st.integers(0, 3),
        span=st.one_of(st.sampled_from(CalendarSpan), st.builds(Rolling, st.integers(1, 10))),
        counts=st.sampled_from(ContactResult),
    ),
    st.builds(MinGap, gap=st.integers(1, 100).map(lambda hours: timedelta(hours=hours))),
    st.builds(CoolDown, after=st.sampled_from(ContactResult), rest=st.integers(1, 9).map(lambda n: timedelta(days=n))),
    st.builds(CoolDown, after=st.sampled_from(ContactResult), working_days=st.integers(1, 5)),
    st.builds(
        QuietAfter,
        after=st.sampled_from(ContactResult),
        until_end_of=st.sampled_from(CalendarSpan),
        other_channels=st.booleans(),
    ),
    st.builds(Forbidden),
    st.builds(OnlyChannels, st.frozensets(st.sampled_from(Channel))),
    st.builds(ConsentNeeded, st.sampled_from([None, "sms"])),
    st.builds(Freeze),
    st.builds(RegistryBlock, st.just("heralds")),
)
RULES = st.builds(
    ContactRule,
    id=st.just("added"),
    text=st.just("Added."),
    kind=KINDS,
    source=st.just("invented"),
    confidence=st.sampled_from(Confidence),
    effective_from=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    scope=st.builds(
        Scope,
        channels=st.one_of(st.none(), st.frozensets(st.sampled_from(Channel), min_size=1)),
        actors=st.one_of(st.none(), st.frozensets(st.sampled_from(Actor), min_size=1)),
        overdue_from=st.one_of(st.none(), st.just(60)),
        consents=st.one_of(st.none(), st.just(frozenset({"sms", "email"}))),
    ),
)


def _somewhere(data: st.DataObject, country: Country) -> str | None:
    return data.draw(st.sampled_from([None, *country.subdivisions]))


@each_country
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_adding_a_rule_never_widens(country: Country, data: st.DataObject) -> None:
    at = data.draw(moments())
    facts = data.draw(facts_near(at))
    zones = (data.draw(st.sampled_from(country.all_zones)),)
    channel = data.draw(st.sampled_from(Channel))
    place = _somewhere(data, country)
    rules = country.contact_rules

    def answer(given_rules: tuple[ContactRule, ...]) -> Permitted | Refusal:
        return decide(
            given_rules, country.calendar, zones=zones, subdivision=place, channel=channel, at=at, facts=facts
        )

    before, after = answer(rules), answer((*rules, data.draw(RULES)))
    if isinstance(before, Refusal) and before.rule is not None:
        assert isinstance(after, Refusal)
    if isinstance(before, Permitted) and isinstance(after, Permitted):
        assert after.closes_at <= before.closes_at


def _allowed_at(
    country: Country, facts: ContactFacts, channel: Channel, place: str | None
) -> Callable[[datetime], bool]:
    """Whether a moment is lawful, without the search for the next one that a refusal costs."""
    question = asked(
        country.contact_rules,
        country.calendar,
        zones=country.zones_of(place),
        subdivision=place,
        channel=channel,
        facts=facts,
    )
    return question.allows


@each_country
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_minute_before_the_next_lawful_moment_is_lawful(country: Country, data: st.DataObject) -> None:
    at = data.draw(moments())
    facts = data.draw(facts_near(at))
    channel = data.draw(st.sampled_from([Channel.PHONE, Channel.EMAIL, Channel.LETTER]))
    place = _somewhere(data, country)
    answer = contact_policy(country, facts, channel=channel, at=at, subdivision=place)
    if isinstance(answer, Permitted):
        return
    allows = _allowed_at(country, facts, channel, place)
    lawful = answer.next_allowed_at
    until = (lawful or at + timedelta(days=60)).astimezone(UTC)
    minutes = math.ceil((until - at) / timedelta(minutes=1))
    # A day of minutes at either end; every quarter of an hour between.
    day = 24 * 60
    steps = {*range(min(minutes, day)), *range(max(0, minutes - day), minutes), *range(0, minutes, 15)}
    assert not [at + timedelta(minutes=step) for step in sorted(steps) if allows(at + timedelta(minutes=step))]
    if lawful is not None:
        assert lawful > at
        assert allows(until)


@each_country
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_spread_moment_is_lawful_and_not_before_its_time(country: Country, data: st.DataObject) -> None:
    at = data.draw(moments())
    place = _somewhere(data, country)
    spread = data.draw(st.floats(0, 1, exclude_max=True))
    moment = first_lawful_contact(
        country, ContactFacts(), channel=Channel.PHONE, not_before=at, subdivision=place, spread=spread
    )
    assert moment is not None
    assert moment >= at
    assert isinstance(
        contact_policy(country, ContactFacts(), channel=Channel.PHONE, at=moment, subdivision=place), Permitted
    )


@each_country
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_window_stays_open_to_the_minute_that_it_says(country: Country, data: st.DataObject) -> None:
    at = data.draw(moments())
    place = _somewhere(data, country)
    answer = contact_policy(country, ContactFacts(), channel=Channel.PHONE, at=at, subdivision=place)
    allows = _allowed_at(country, ContactFacts(), Channel.PHONE, place)
    if isinstance(answer, Permitted):
        assert answer.closes_at > at
        assert allows(answer.closes_at.astimezone(UTC) - timedelta(minutes=1))
        assert not allows(answer.closes_at.astimezone(UTC))


def _applies(rule: ContactRule, place: str | None, channel: Channel, facts: ContactFacts, day: date) -> bool:
    """Whether a rule speaks of a contact, told again from the words of ``Scope`` and not by its code."""
    scope = rule.scope
    in_place = (
        (scope.subdivisions is None or scope.binds_unknown_place)
        if place is None
        else place not in scope.except_subdivisions and (scope.subdivisions is None or place in scope.subdivisions)
    )
    named = (
        (scope.channels, channel),
        (scope.actors, facts.actor),
        (scope.lender_types, facts.lender_type),
        (scope.party_roles, facts.party_role),
        (scope.products, facts.product),
    )
    overdue = facts.days_past_due
    return (
        in_place
        and all(words is None or word in words for words, word in named)
        and (scope.consents is None or any(word in scope.consents for word in facts.consents))
        and (scope.overdue_from is None or overdue >= scope.overdue_from)
        and (scope.overdue_to is None or overdue < scope.overdue_to)
        and rule.effective_from <= day
        and (rule.effective_to is None or day < rule.effective_to)
    )


@each_country
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_permit_lies_outside_a_window_of_any_applicable_law(country: Country, data: st.DataObject) -> None:
    place, channel = _somewhere(data, country), data.draw(st.sampled_from(Channel))
    day = data.draw(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
    # Hours at which windows open and close are asked about more often than others.
    hour, minute = data.draw(st.integers(5, 23)), data.draw(st.sampled_from([0, 0, 30, 59]))
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(country.all_zones[0])).astimezone(UTC)
    facts = data.draw(facts_near(at))
    answer = contact_policy(country, facts, channel=channel, at=at, subdivision=place)
    if not isinstance(answer, Permitted):
        return
    for name in country.zones_of(place):
        wall = at.astimezone(ZoneInfo(name))
        local = wall.date()
        opened = 0
        for rule in country.contact_rules:
            if not isinstance(rule.kind, Hours) or not _applies(rule, place, channel, facts, local):
                continue
            hours = rule.kind
            if hours.waived_by is not None and hours.waived_by in facts.consents:
                opened += 1
                continue
            windows = hours.week[local.weekday()]
            special = country.calendar.special_period(local, place)
            for period, weeks in hours.special:
                windows = weeks[local.weekday()] if period == special else windows
            if country.calendar.holiday(local, place) is not None and hours.holiday is not None:
                windows = hours.holiday
            if windows is None:
                continue
            assert any(
                window.open <= wall.time() and (wall.time() < window.close or window.close == time(0))
                for window in windows
            ), (rule.id, wall)
            opened += 1
        assert opened, "a contact that no rule of hours speaks of was permitted"
