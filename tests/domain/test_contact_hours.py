"""The hours of the coming days are those at which the one decision says yes, on both sides of every edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import registry
from domain.contact_hours import LONGEST, lawful_hours
from domain.contact_policy import Channel, ContactFacts, ContactResult, PastContact, Permitted, contact_policy
from domain.errors import Invalid

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACES = [("BR", "BR-SP"), ("CL", None), ("ID", None), ("MX", None), ("CO", None), ("TR", None), ("EG", None)]


@settings(max_examples=40, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    channel=st.sampled_from([Channel.PHONE, Channel.SMS, Channel.VISIT]),
    day=st.integers(0, 364),
    touches=st.lists(
        st.tuples(
            st.integers(-3 * 24 * 60, 5 * 24 * 60),
            st.sampled_from([Channel.PHONE, Channel.SMS]),
            st.sampled_from(list(ContactResult)),
        ),
        max_size=2,
    ),
    minutes=st.lists(st.integers(0, 3 * 24 * 60 - 1), min_size=60, max_size=60),
)
def test_the_hours_are_those_at_which_the_decision_says_yes(
    place: tuple[str, str | None],
    channel: Channel,
    day: int,
    touches: list[tuple[int, Channel, ContactResult]],
    minutes: list[int],
) -> None:
    country, start = registry.country(place[0]), MONDAY + timedelta(days=day)
    facts = ContactFacts(
        consents=frozenset({"sms", "phone", "visit"}),
        contacts=tuple(PastContact(start + minute * MINUTE, by, result=reach) for minute, by, reach in touches),
    )
    hours = lawful_hours(
        country, facts, channel=channel, start=start, end=start + timedelta(days=3), subdivision=place[1]
    )
    for minute in minutes:
        # Half a minute in: the very instant of an edge belongs to one side or the other.
        at = start + (minute + 0.5) * MINUTE
        lawful = isinstance(contact_policy(country, facts, channel=channel, at=at, subdivision=place[1]), Permitted)
        assert any(one.start <= at < one.end for one in hours) == lawful, at


def test_sao_paulo_rests_on_sunday_and_closes_at_its_minute() -> None:
    hours = lawful_hours(
        registry.country("BR"),
        ContactFacts(),
        channel=Channel.PHONE,
        start=datetime.fromisoformat("2026-11-21T00:00-03:00"),
        end=datetime.fromisoformat("2026-11-24T00:00-03:00"),
        subdivision="BR-SP",
    )
    assert [(one.start.isoformat()[:16], one.end.isoformat()[:16]) for one in hours] == [
        ("2026-11-21T11:00", "2026-11-21T17:00"),
        ("2026-11-23T11:00", "2026-11-23T23:00"),
    ]


def test_a_gap_ends_inside_an_open_window_at_its_minute_and_begins_before_what_is_reserved() -> None:
    def messages(*touches: str) -> list[str]:
        facts = ContactFacts(contacts=tuple(PastContact(datetime.fromisoformat(at), Channel.SMS) for at in touches))
        hours = lawful_hours(
            registry.country("CL"),
            facts,
            channel=Channel.SMS,
            start=datetime.fromisoformat("2026-11-25T00:00-03:00"),
            end=datetime.fromisoformat("2026-11-26T00:00-03:00"),
            subdivision="CL-RM",
        )
        return [f"{one.start.isoformat()[11:16]}-{one.end.isoformat()[11:16]}" for one in hours]

    (whole,) = messages()
    assert messages("2026-11-23T12:34-03:00") == ["15:34" + whole[5:]]  # two days between messages; UTC
    assert messages("2026-11-27T12:34-03:00") == [whole[:5] + "-15:34"]


def test_stretches_come_in_order_with_time_between_them() -> None:
    hours = lawful_hours(
        registry.country("ID"),
        ContactFacts(),
        channel=Channel.PHONE,
        start=MONDAY,
        end=MONDAY + timedelta(days=7),
        subdivision=None,
    )
    assert hours
    assert all(one.start < one.end for one in hours)
    assert all(earlier.end < later.start for earlier, later in pairwise(hours))


@pytest.mark.parametrize("length", [LONGEST + MINUTE, -MINUTE])
def test_a_span_has_a_limit(length: timedelta) -> None:
    with pytest.raises(Invalid, match="span_too_long"):
        lawful_hours(
            registry.country("TH"),
            ContactFacts(),
            channel=Channel.SMS,
            start=MONDAY,
            end=MONDAY + length,
            subdivision=None,
        )
