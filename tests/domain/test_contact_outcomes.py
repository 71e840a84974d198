"""What follows from a contact's outcome, and when a contact may have been made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.contact_outcomes import CLOCKS_APART, WISHES, ContactOutcome, StopReason, consequence, is_late
from domain.contacts import ContactResult
from domain.errors import Invalid

ISSUED = datetime(2026, 11, 24, 15, tzinfo=UTC)
EXPIRES = ISSUED + timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("outcome", ContactOutcome)
def test_every_outcome_says_how_far_it_reached(outcome: ContactOutcome) -> None:
    assert consequence(outcome).result in {*ContactResult, "unused"}


@pytest.mark.parametrize("outcome", [ContactOutcome.WRONG_NUMBER, ContactOutcome.NOT_IN_SERVICE])
def test_what_reaches_nobody_is_stopped_and_not_tried_again(outcome: ContactOutcome) -> None:
    told = consequence(outcome)
    assert told.stop is not None
    assert told.stop not in WISHES
    assert not told.again


def test_who_is_asked_to_stop_stops_the_channel() -> None:
    assert consequence(ContactOutcome.ASKED_TO_STOP).stop is StopReason.ASKED
    assert StopReason.ASKED in WISHES


def test_a_stranger_who_answers_is_a_contact_but_not_with_the_right_party() -> None:
    strangers = (ContactOutcome.THIRD_PARTY, ContactOutcome.WRONG_NUMBER, ContactOutcome.NOT_VERIFIED)
    assert {consequence(outcome).result for outcome in strangers} == {"contact"}


@pytest.mark.parametrize(("at", "late"), [(EXPIRES, False), (EXPIRES + SECOND, True)])
def test_a_contact_after_its_permit_is_late(at: datetime, *, late: bool) -> None:
    assert is_late(at, issued_at=ISSUED, expires_at=EXPIRES, now=EXPIRES + timedelta(hours=1)) is late


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (ISSUED - CLOCKS_APART - SECOND, "contact_before_permit"),
        (EXPIRES + CLOCKS_APART + SECOND, "contact_in_future"),
    ],
)
def test_a_contact_is_made_after_the_permit_was_issued_and_before_now(at: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        is_late(at, issued_at=ISSUED, expires_at=EXPIRES, now=EXPIRES)
    assert refused.value.code == code


@pytest.mark.parametrize("at", [ISSUED - CLOCKS_APART, EXPIRES + CLOCKS_APART])
def test_clocks_may_be_a_little_apart(at: datetime) -> None:
    assert is_late(at, issued_at=ISSUED, expires_at=EXPIRES, now=EXPIRES) is (at > EXPIRES)
