"""What holds of every country's contact law at every moment: it only narrows, and the next lawful moment is exact."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

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
    _question,
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
    question = _question(
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
