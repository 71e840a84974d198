"""Contact law as data: dated, cited rules, each of one kind, and whom each of them touches.

A rule is a ``ContactRule``: an id such as ``br.sp.hours``, the period in which it holds, its source and how well it
is founded, the ``Scope`` it touches, and one ``RuleKind``. Rules only ever narrow one another; hours are the one
kind that opens anything, and several rules of hours intersect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final

from domain.contacts import Actor, Channel, Confidence, ContactFacts, ContactResult, LenderType, PartyRole
from domain.errors import Invalid

MIDNIGHT: Final = time(0)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of local wall-clock time on one kind of day; ``close`` is the first minute that is too late.

    A ``close`` of 00:00 is the end of the day. No window crosses midnight.
    """

    open: time
    close: time

    def __post_init__(self) -> None:
        if self.close != MIDNIGHT and self.close <= self.open:
            raise Invalid("window_empty", f"The window from {self.open} to {self.close} holds no minute.")

    def __contains__(self, moment: time) -> bool:
        return self.open <= moment and (self.close == MIDNIGHT or moment < self.close)

    def __str__(self) -> str:
        return f"{self.open:%H:%M}-{'24:00' if self.close == MIDNIGHT else f'{self.close:%H:%M}'}"


ALL_DAY: Final = (Window(MIDNIGHT, MIDNIGHT),)

# What a rule says of one day: its windows, none at all (``()``), or nothing (``None``: the rule is silent).
DayWindows = tuple[Window, ...] | None
Week = tuple[DayWindows, DayWindows, DayWindows, DayWindows, DayWindows, DayWindows, DayWindows]  # Monday first

SILENT_WEEK: Final[Week] = (None, None, None, None, None, None, None)
CLOSED_WEEK: Final[Week] = ((), (), (), (), (), (), ())


def span(text: str) -> tuple[Window, ...]:
    """Windows from text such as ``"08:00-20:00"`` or ``"09:00-12:00 14:00-24:00"``; empty text is no window."""
    windows = []
    for part in text.split():
        opening, _, closing = part.partition("-")
        close = MIDNIGHT if closing == "24:00" else time.fromisoformat(closing)
        windows.append(Window(time.fromisoformat(opening), close))
    return tuple(windows)


def week(weekdays: str, *, friday: str | None = None, saturday: str = "", sunday: str = "") -> Week:
    """A week from texts as ``span`` reads them; Friday is as the other weekdays unless said."""
    plain = span(weekdays)
    fifth = plain if friday is None else span(friday)
    return (plain, plain, plain, plain, fifth, span(saturday), span(sunday))


class CalendarSpan(StrEnum):
    """A period of the debtor's calendar that a cap counts over; the week starts on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rolling:
    """Any stretch of so many times 24 hours."""

    days: int


class Per(StrEnum):
    """What touches are counted of: all of the debtor's, or those of one loan, one case or one number alone."""

    DEBTOR = "debtor"
    DEBT = "debt"
    CASE = "case"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Contact only inside windows of the debtor's wall clock.

    On a public holiday ``holiday`` replaces the weekday's windows (``None``: a holiday is as its weekday); else a
    special period of the calendar replaces the week. A consent named ``waived_by`` opens every hour of this rule.
    """

    week: Week
    holiday: DayWindows = None
    special: tuple[tuple[str, Week], ...] = ()
    waived_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most ``limit`` touches in a span. Those on the rule's channels count, whoever made them."""

    limit: int
    span: CalendarSpan | Rolling
    counts: ContactResult = ContactResult.ATTEMPT
    per: Per = Per.DEBTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class MinGap:
    """Two touches on the rule's channels lie at least ``gap`` apart."""

    gap: timedelta
    counts: ContactResult = ContactResult.ATTEMPT
    per: Per = Per.DEBTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDown:
    """After a touch on any channel that reached ``after`` or further, nothing for a time.

    The time is ``rest``, or ``working_days`` that go by in full after the day of the touch, whichever ends later. A
    consent named ``waived_by`` lifts it.
    """

    after: ContactResult
    rest: timedelta = timedelta(0)
    working_days: int = 0
    per: Per = Per.DEBTOR
    waived_by: str | None = None

    def __post_init__(self) -> None:
        if not self.rest and not self.working_days:
            raise Invalid("cool_down_empty", "A cool-down needs a time of rest or a number of working days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietAfter:
    """After a touch that reached ``after`` or further, nothing for the rest of that calendar span.

    Where only ``other_channels`` are meant, the channel that reached the debtor may be used again.
    """

    after: ContactResult
    until_end_of: CalendarSpan
    other_channels: bool = False


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What the rule's scope touches is forbidden: a channel, a third party, an agency, a visit."""


@dataclass(frozen=True, slots=True)
class OnlyChannels:
    """A closed list of channels; every other is forbidden."""

    channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The debtor's recorded consent is needed; without ``consent`` the one named as the channel."""

    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Freeze:
    """A hold stops contact: one of ``holds``, or any hold at all when that is ``None``."""

    holds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class RegistryBlock:
    """Nobody on the register named may be contacted."""

    registry: str


RuleKind = (
    Hours | Cap | MinGap | CoolDown | QuietAfter | Forbidden | OnlyChannels | ConsentNeeded | Freeze | RegistryBlock
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a rule touches; ``None`` is everybody. Days past due are a half-open range.

    ``consents`` are those of which a debtor gave at least one, such as the channels that they named.

    A rule of some subdivisions also binds where the subdivision is unknown, as any of their laws may touch the
    contact, unless ``binds_unknown_place`` is false.
    """

    subdivisions: frozenset[str] | None = None
    except_subdivisions: frozenset[str] = frozenset()
    binds_unknown_place: bool = True
    channels: frozenset[Channel] | None = None
    actors: frozenset[Actor] | None = None
    lender_types: frozenset[LenderType] | None = None
    party_roles: frozenset[PartyRole] | None = None
    products: frozenset[str] | None = None
    consents: frozenset[str] | None = None
    overdue_from: int | None = None
    overdue_to: int | None = None

    def holds_in(self, subdivision: str | None) -> bool:
        """Whether the rule binds in a subdivision (ISO 3166-2), or where none is known."""
        if subdivision is None:
            return self.subdivisions is None or self.binds_unknown_place
        if subdivision in self.except_subdivisions:
            return False
        return self.subdivisions is None or subdivision in self.subdivisions

    def touches(self, channel: Channel, facts: ContactFacts) -> bool:
        """Whether the rule speaks of this channel and these people, whatever the place and day."""
        return (
            (self.channels is None or channel in self.channels)
            and (self.actors is None or facts.actor in self.actors)
            and (self.lender_types is None or facts.lender_type in self.lender_types)
            and (self.party_roles is None or facts.party_role in self.party_roles)
            and (self.products is None or facts.product in self.products)
            and (self.consents is None or not self.consents.isdisjoint(facts.consents))
            and (self.overdue_from is None or facts.days_past_due >= self.overdue_from)
            and (self.overdue_to is None or facts.days_past_due < self.overdue_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRule:
    """One dated, cited rule. ``effective_to`` is the first day on which it no longer holds.

    ``text`` says in one sentence what it asks; ``source`` names the law and where it was read.
    """

    id: str
    text: str
    kind: RuleKind
    source: str
    confidence: Confidence
    effective_from: date
    effective_to: date | None = None
    scope: Scope = field(default_factory=Scope)

    def __post_init__(self) -> None:
        if not self.source.strip() or not self.id.strip():
            raise Invalid("rule_unsourced", f"The contact rule {self.id!r} names no source.")
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            raise Invalid("rule_never_holds", f"The contact rule {self.id} ends before it begins.")

    def __hash__(self) -> int:
        return hash(self.id)  # rules are looked up by identity ten thousand times a second

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)
