"""Why a contact is not lawful, and what contact law answers: values that any language can put into words.

``str`` of a reason is its English sentence, as the command line prints and the records keep it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, assert_never

from domain.contact_law import CalendarSpan, Rolling, Window
from domain.contacts import Channel, Confidence

if TYPE_CHECKING:
    from domain.contact_law import ContactRule

UNKNOWN_SOURCE: Final = "house policy: what no rule permits is denied"
HOUSE_SWITCH: Final = "house switch"
STOP_SOURCE: Final = "house policy: nobody uses what reaches nobody, or what the debtor does not want"


def named_span(day: date, span: CalendarSpan) -> str:
    """The day, ISO week or month that a local day falls into, by name."""
    match span:
        case CalendarSpan.DAY:
            return f"{day}"
        case CalendarSpan.WEEK:
            year, number, _ = day.isocalendar()
            return f"week {number} of {year}"
        case CalendarSpan.MONTH:
            return f"{day:%Y-%m}"
        case _:
            assert_never(span)


@dataclass(frozen=True, slots=True)
class OutsideHours:
    """The debtor's clock (naive) shows a time that lies in none of the day's ``windows``; without any, no hour is."""

    wall: datetime
    zone: str
    windows: tuple[Window, ...]
    holiday: str | None
    special: str | None

    def __str__(self) -> str:
        """The English sentence."""
        stated = f"only {', '.join(map(str, self.windows))} is allowed" if self.windows else "no hour is allowed"
        name = f", {self.holiday}" if self.holiday else f" ({self.special})" if self.special else ""
        wall = self.wall
        return f"{wall:%H:%M} on {wall:%A} {wall.date()}{name} in {self.zone}: {stated} then."


@dataclass(frozen=True, slots=True)
class OverCap:
    """The most touches of a span were made already; ``day`` is the debtor's."""

    made: int
    limit: int
    span: CalendarSpan | Rolling
    day: date

    def __str__(self) -> str:
        """The English sentence."""
        match self.span:
            case Rolling(days=days):
                period = f"in {days} days"
            case CalendarSpan.DAY:
                period = f"on {self.day}"
            case span:
                period = f"in {named_span(self.day, span)}"
        return f"{self.made} of at most {self.limit} touches {period} were already made."


@dataclass(frozen=True, slots=True)
class TooSoon:
    """A touch lies nearer than the least gap between two."""

    touch_at: datetime
    gap: timedelta

    def __str__(self) -> str:
        """The English sentence."""
        return f"The touch at {self.touch_at.isoformat()} lies less than {self.gap} away."


@dataclass(frozen=True, slots=True)
class Quiet:
    """The debtor was reached, and nothing more follows in that day, week or month; ``day`` is the debtor's."""

    channel: Channel
    touch_at: datetime
    span: CalendarSpan
    day: date

    def __str__(self) -> str:
        """The English sentence."""
        here = named_span(self.day, self.span)
        return f"The debtor was reached by {self.channel} at {self.touch_at.isoformat()}; nothing more in {here}."


@dataclass(frozen=True, slots=True)
class Resting:
    """The debtor was reached, and a time of rest is not over."""

    touch_at: datetime
    rest: timedelta

    def __str__(self) -> str:
        """The English sentence."""
        return f"The debtor was reached at {self.touch_at.isoformat()}; nothing may follow for {self.rest}."


@dataclass(frozen=True, slots=True)
class RestingDays:
    """The debtor was reached, and so many working days have not gone by."""

    touch_at: datetime
    working_days: int

    def __str__(self) -> str:
        """The English sentence."""
        return f"The debtor was reached at {self.touch_at.isoformat()}; {self.working_days} working days go by first."


@dataclass(frozen=True, slots=True)
class OnHold:
    """Holds of the case stop contact, in alphabetical order."""

    holds: tuple[str, ...]

    def __str__(self) -> str:
        """The English sentence."""
        return f"The case is on hold: {', '.join(self.holds)}."


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The rule forbids it whatever the hour; ``text`` is the rule's own."""

    text: str

    def __str__(self) -> str:
        """The English sentence."""
        return self.text


@dataclass(frozen=True, slots=True)
class ChannelNotListed:
    """The rule's list of channels is closed, and this one is not on it."""

    text: str
    channels: frozenset[Channel]

    def __str__(self) -> str:
        """The English sentence."""
        return self.text


@dataclass(frozen=True, slots=True)
class ConsentMissing:
    """The debtor's consent of this name is not recorded."""

    text: str
    consent: str

    def __str__(self) -> str:
        """The English sentence."""
        return self.text


@dataclass(frozen=True, slots=True)
class OnRegister:
    """The person stands on a register of those who are not to be contacted."""

    text: str
    registry: str

    def __str__(self) -> str:
        """The English sentence."""
        return self.text


@dataclass(frozen=True, slots=True)
class NoHoursStated:
    """No rule states hours for the channel on that day of the debtor's."""

    channel: Channel
    day: date

    def __str__(self) -> str:
        """The English sentence."""
        return f"No rule states hours for {self.channel} on {self.day}; unknown means no."


@dataclass(frozen=True, slots=True)
class Moratorium:
    """The house stopped contact in the whole country, for this reason."""

    reason: str

    def __str__(self) -> str:
        """The English sentence."""
        return f"moratorium: {self.reason}"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The number, address or channel is used no more: it reaches nobody, or the debtor does not want it."""

    reason: str

    def __str__(self) -> str:
        """The English sentence."""
        return f"stopped: {self.reason}"


Reason = (
    OutsideHours
    | OverCap
    | TooSoon
    | Quiet
    | Resting
    | RestingDays
    | OnHold
    | NotAllowed
    | ChannelNotListed
    | ConsentMissing
    | OnRegister
    | NoHoursStated
    | Moratorium
    | Stopped
)


def code_of(reason: Reason) -> str:
    """The kind of a reason as a code: ``outside_hours``, ``over_cap``."""
    return kind_code(type(reason))


def kind_code(kind: type[Reason]) -> str:
    """A kind of reason as a code."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason with the rule that gives it; without one it is the house's."""

    rule: ContactRule | None
    reason: Reason

    @property
    def source(self) -> str:
        """Where the rule is written; what no rule says is house policy, and a moratorium the house's own switch."""
        if self.rule is not None:
            return self.rule.source
        if isinstance(self.reason, Stopped):
            return STOP_SOURCE
        return HOUSE_SWITCH if isinstance(self.reason, Moratorium) else UNKNOWN_SOURCE

    @property
    def confidence(self) -> Confidence:
        """How well the rule is founded."""
        return self.rule.confidence if self.rule is not None else Confidence.POLICY

    def __str__(self) -> str:
        """The English sentence behind the rule's id."""
        return f"{self.rule.id}: {self.reason}" if self.rule else str(self.reason)


@dataclass(frozen=True, slots=True)
class Permitted:
    """The contact is lawful at the moment asked; ``rules`` are those that were consulted, the hours first."""

    rules: tuple[str, ...]
    closes_at: datetime  # until when the present window stays open, aware


@dataclass(frozen=True, slots=True)
class Refusal:
    """The contact is not lawful: by which rule, on what source, and from when it would be.

    ``reasons`` are the English sentences of ``causes``, the deciding one first.
    """

    rule: str | None
    source: str
    confidence: Confidence
    reasons: tuple[str, ...]
    next_allowed_at: datetime | None = field(default=None)  # aware; None = not while the facts stay as they are
    causes: tuple[Cause, ...] = ()


Decision = Permitted | Refusal
