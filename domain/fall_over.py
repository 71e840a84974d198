"""Whether a notice that did not reach its reader goes over to another channel, and to which.

Only a failure that is sure counts: what is uncertain may have arrived, and is never said twice. The other channel is
asked for a permit of its own like every contact, inside the same contact budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.contact_policy import Channel, Refusal
from domain.notices import CLAIMS_OVERDUE, NoticeKind

STALE_AFTER: Final = timedelta(days=7)
"""What failed longer ago is not said again: the case has gone on meanwhile."""

_FORMAL: Final = frozenset({NoticeKind.FORMAL_NOTICE, NoticeKind.PRE_LEGAL, NoticeKind.DATA_RIGHTS_ANSWER})
_QUIET: Final = frozenset(
    {
        None,  # the channel turned the notice down
        "bounced",
        "undelivered",
        "returned_mail",
        "not_reached",
        "recipient_missing",
        "channel_not_connected",
        "channel_not_written",
        "text_too_long",
    }
)
_ORDER: Final = (Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.PHONE)


@dataclass(frozen=True, slots=True)
class FailedNotice:
    """A notice that failed: why (``rule``, ``None`` where its channel turned it down), and what was tried for it.

    ``tried`` holds every channel that the same notice was given to, this one included.
    """

    kind: NoticeKind
    state: str
    rule: str | None
    tried: frozenset[Channel]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Onward:
    """The channel that it goes over to, not before a lawful moment."""

    channel: Channel
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """It goes over to none, for a reason's code."""

    reason: str


def fall_over(
    failed: FailedNotice,
    *,
    reaches: Callable[[Channel], bool],
    lawful: Callable[[Channel], datetime | Refusal],
    resting: bool,
    now: datetime,
) -> Onward | Stay:
    """Where a failed notice goes. ``resting``: nobody reminds now, for a promise, a hold or the end of the case."""
    why = _stays(failed, resting=resting, now=now)
    if why is not None:
        return Stay(why)
    open_ways = [channel for channel in _ORDER if channel in _ways(failed.kind) and channel not in failed.tried]
    reached = [channel for channel in open_ways if reaches(channel)]
    for channel in reached:
        moment = lawful(channel)
        if isinstance(moment, datetime):
            return Onward(channel, moment)
    return Stay("no_lawful_channel" if reached else "no_other_channel")


def _stays(failed: FailedNotice, *, resting: bool, now: datetime) -> str | None:
    if failed.state != "failed":
        return "not_surely_failed"
    if failed.rule not in _QUIET:
        return "not_the_channels_fault"
    if failed.kind is NoticeKind.REPOSSESSION_NOTICE:
        return "form_prescribed"
    if resting and failed.kind in CLAIMS_OVERDUE:
        return "nobody_reminds_now"
    return "too_long_ago" if now - failed.asked_at > STALE_AFTER else None


def _ways(kind: NoticeKind) -> frozenset[Channel]:
    """The channels that may stand for one another: what is formal is said in full, in writing."""
    if kind in _FORMAL:
        return frozenset({Channel.EMAIL, Channel.LETTER})
    return frozenset(_ORDER) if kind in _SPOKEN else frozenset(_ORDER) - {Channel.PHONE}


_SPOKEN: Final = frozenset(
    {
        NoticeKind.FIRST_REMINDER,
        NoticeKind.SECOND_REMINDER,
        NoticeKind.BROKEN_PROMISE,
        NoticeKind.SETTLEMENT_OFFER,
    }
)
"""The kinds that are worth a call: what a debtor loses by not hearing of them."""
