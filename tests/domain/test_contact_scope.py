"""What touches a rule counts: of the loan, the case, the number or all of them; and rests told in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.contact_law import Cap, ContactRule, CoolDown, Hours, MinGap, Per, Rolling, RuleKind, week
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

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


class Weekdays:
    """A calendar that works Monday to Friday, but for Wednesday 25 November 2026."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return "Midweek" if day == date(2026, 11, 25) else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        return day.weekday() < 5 and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - the protocol asks for it
        return False


CALENDAR = Weekdays()


def rule(name: str, kind: RuleKind) -> ContactRule:
    return ContactRule(
        id=name, text="A rule.", kind=kind, source="invented", confidence=Confidence.VERIFIED, effective_from=date.min
    )


EVERY_DAY = rule("xx.hours", Hours(week=week("08:00-20:00", saturday="08:00-20:00", sunday="08:00-20:00")))


def ask(kind: RuleKind, facts: ContactFacts, at: datetime = NOON) -> Decision:
    return decide(
        (EVERY_DAY, rule("xx.rule", kind)),
        CALENDAR,
        zones=("UTC",),
        subdivision=None,
        channel=Channel.PHONE,
        at=at,
        facts=facts,
    )


def facts(asked: str | None, touched: str | None, *, of: str) -> ContactFacts:
    touch = PastContact(NOON - timedelta(hours=1), Channel.PHONE, result=ContactResult.RIGHT_PARTY, **{of: touched})
    return ContactFacts(contacts=(touch,), **{of: asked})  # type: ignore[arg-type]  # test data


FIELDS = {Per.DEBT: "debt", Per.CASE: "case", Per.NUMBER: "number"}
COUNTED = [
    lambda per: Cap(limit=1, span=Rolling(days=7), per=per),
    lambda per: MinGap(gap=timedelta(days=2), per=per),
    lambda per: CoolDown(after=ContactResult.RIGHT_PARTY, rest=timedelta(days=7), per=per),
]


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("per", FIELDS)
@pytest.mark.parametrize(
    ("asked", "touched", "counts"), [("a", "a", True), ("a", "b", False), (None, "a", True), ("a", None, True)]
)
def test_touches_of_the_same_and_of_the_unknown_count(
    kind: object, per: Per, asked: str | None, touched: str | None, *, counts: bool
) -> None:
    known = facts(asked, touched, of=FIELDS[per])
    assert isinstance(ask(kind(per), known), Refusal) is counts  # type: ignore[operator]  # a function of the list


def test_a_cap_of_the_debtor_counts_every_loan() -> None:
    assert isinstance(ask(Cap(limit=1, span=Rolling(days=7)), facts("a", "b", of="debt")), Refusal)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-23T12:01:00+00:00", False),  # the day of the touch
        ("2026-11-27T19:59:00+00:00", False),  # 24, 26 and 27: the third working day is not over
        ("2026-11-28T08:00:00+00:00", True),
    ],
)
def test_working_days_go_by_in_full_without_the_holiday(at: str, *, allowed: bool) -> None:
    rest = CoolDown(after=ContactResult.RIGHT_PARTY, working_days=3)
    reached = facts(None, None, of="debt")
    answer = ask(rest, reached, datetime.fromisoformat(at))
    assert isinstance(answer, Permitted) is allowed
    if isinstance(answer, Refusal):
        assert answer.next_allowed_at == datetime(2026, 11, 28, 8, tzinfo=UTC)


def test_consent_lifts_a_rest_that_says_so() -> None:
    rest = CoolDown(after=ContactResult.RIGHT_PARTY, working_days=3, waived_by="earlier_calls")
    reached = facts(None, None, of="debt")
    agreed = ContactFacts(contacts=reached.contacts, consents=frozenset({"earlier_calls"}))
    assert isinstance(ask(rest, reached), Refusal)
    assert isinstance(ask(rest, agreed), Permitted)


def test_a_rest_of_nothing_is_invalid() -> None:
    with pytest.raises(Invalid, match="cool_down_empty"):
        CoolDown(after=ContactResult.CONTACT)
