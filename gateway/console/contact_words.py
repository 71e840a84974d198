"""Why a contact is lawful or not, in the reader's language: a sentence for each kind of reason that law gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final, assert_never

from babel.dates import format_date, format_timedelta
from markupsafe import Markup

from connectors.wording import bidi
from connectors.wording.catalogs import babel_locale
from connectors.wording.payment_labels import marked
from domain import contact_reasons as why
from domain.contact_law import CalendarSpan, Rolling, Window
from domain.contacts import Channel
from domain.kept_reasons import reason_from
from gateway.console.reason_words import ngettext
from gateway.console.voice import Voice

_AT_HOURS: Final = marked("It is %(time)s on %(day)s in %(place)s; only %(hours)s is allowed then.")
_AT_NO_HOUR: Final = marked("It is %(time)s on %(day)s in %(place)s; no hour is allowed then.")
_ON_DAY: Final = marked("Contacts made on %(day)s: %(made)s of at most %(limit)s.")
_IN_WEEK: Final = marked("Contacts made in the week that began on %(day)s: %(made)s of at most %(limit)s.")
_IN_MONTH: Final = marked("Contacts made in %(month)s: %(made)s of at most %(limit)s.")
_IN_STRETCH: Final = ngettext(
    "Contacts made within %(count)s day: %(made)s of at most %(limit)s.",
    "Contacts made within %(count)s days: %(made)s of at most %(limit)s.",
)
_QUIET: Final = {
    CalendarSpan.DAY: marked("The debtor was reached by %(channel)s on %(moment)s; nothing may follow that day."),
    CalendarSpan.WEEK: marked("The debtor was reached by %(channel)s on %(moment)s; nothing may follow that week."),
    CalendarSpan.MONTH: marked("The debtor was reached by %(channel)s on %(moment)s; nothing may follow that month."),
}
_REST_DAYS: Final = ngettext(
    "The debtor was reached on %(moment)s; %(count)s working day has to pass first.",
    "The debtor was reached on %(moment)s; %(count)s working days have to pass first.",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the catalog with what fills its places; ``many`` and ``count`` where it counts."""

    one: str
    values: Mapping[str, Any] = field(default_factory=dict)
    many: str | None = None
    count: int = 0

    def plain(self, voice: Voice) -> str:
        """As text; every value stays in one piece, whichever way the language runs."""
        values = {name: _piece(voice, value) for name, value in self.values.items()}
        if self.many is None:
            return voice.gettext(self.one, **values)
        return voice.ngettext(self.one, self.many, self.count, **values)

    def html(self, voice: Voice) -> Markup:
        """For a page."""
        if self.many is None:
            return voice.html(self.one, **self.values)
        return voice.html_count(self.one, self.many, self.count, **self.values)


def _piece(voice: Voice, value: object) -> str:
    text = str(value)
    if voice.direction == "ltr":
        return text
    # What is inside keeps its marks: a day in Arabic is in order only with them.
    return f"{bidi.FSI if bidi.has_rtl(text) else bidi.LRI}{text}{bidi.PDI}"


def said(voice: Voice, reason: why.Reason, zone: tzinfo) -> Sentence:  # noqa: PLR0911 -- a sentence for each kind
    """A reason as a sentence; moments of past contacts are told on a zone's clock."""
    match reason:
        case why.OutsideHours():
            return _outside_hours(voice, reason)
        case why.OverCap():
            return _over_cap(voice, reason)
        case why.TooSoon(touch_at=touch_at, gap=gap):
            values = {"moment": told(voice, touch_at, zone), "gap": duration(voice, gap)}
            return Sentence(marked("A contact lies too near: %(moment)s. At least %(gap)s has to pass."), values)
        case why.Quiet(channel=channel, touch_at=touch_at, span=span):
            values = {"channel": voice.label("channel", channel), "moment": told(voice, touch_at, zone)}
            return Sentence(_QUIET[span], values)
        case why.Resting(touch_at=touch_at, rest=rest):
            values = {"moment": told(voice, touch_at, zone), "rest": duration(voice, rest)}
            return Sentence(marked("The debtor was reached on %(moment)s; nothing may follow for %(rest)s."), values)
        case why.RestingDays(touch_at=touch_at, working_days=days):
            one, many = _REST_DAYS
            return Sentence(one, {"moment": told(voice, touch_at, zone)}, many, days)
        case lasting:
            return _lasting(voice, lasting)


def _lasting(  # noqa: PLR0911 -- a sentence for each kind
    voice: Voice,
    reason: why.OnHold
    | why.NotAllowed
    | why.ChannelNotListed
    | why.ConsentMissing
    | why.OnRegister
    | why.NoHoursStated
    | why.Moratorium
    | why.Stopped,
) -> Sentence:
    """What stands against a contact whatever the hour."""
    match reason:
        case why.OnHold(holds=holds):
            return Sentence(marked("The case is on hold: %(holds)s."), {"holds": _listed(voice, "hold", holds)})
        case why.NotAllowed():
            return Sentence(marked("Such a contact is not allowed at any hour."))
        case why.ChannelNotListed(channels=channels):
            values = {"channels": _listed(voice, "channel", sorted(channels))}
            return Sentence(marked("Only these channels are allowed: %(channels)s."), values)
        case why.ConsentMissing(consent=consent):
            values = {"consent": consent_named(voice, consent)}
            return Sentence(marked("The debtor's consent is not recorded: %(consent)s."), values)
        case why.OnRegister(registry=registry):
            values = {"registry": registry_named(registry)}
            return Sentence(marked("The person is on a register of those not to be contacted: %(registry)s."), values)
        case why.NoHoursStated(channel=channel, day=day):
            values = {"channel": voice.label("channel", channel), "day": weekday(voice, day)}
            return Sentence(
                marked("No rule states hours for %(channel)s on %(day)s, and what is not stated is not allowed."),
                values,
            )
        case why.Moratorium(reason=text):
            return Sentence(
                marked("The house has stopped contact in the whole country: %(reason)s."),
                {"reason": bidi.without_controls(text)},
            )
        case why.Stopped(reason=code):
            values = {"reason": voice.label("stop_reason", code)}
            return Sentence(marked("It is used no more: %(reason)s."), values)
        case _:
            assert_never(reason)


def kept(voice: Voice, refusal: Mapping[str, Any], zone: tzinfo | None) -> list[Markup]:
    """The reasons of a refusal as it was kept; none where it was kept without, or by a version that knew others."""
    found = [reason_from(one) for one in refusal.get("causes") or ()]
    if not all(found):
        return []
    return [said(voice, one, zone or voice.zone).html(voice) for one in found if one is not None]


def allowed_until(voice: Voice, closes_at: datetime, zone: tzinfo) -> Sentence:
    """Why a contact is lawful: the hours are open, and until when."""
    return Sentence(marked("The hours are open until %(moment)s."), {"moment": told(voice, closes_at, zone)})


def _outside_hours(voice: Voice, reason: why.OutsideHours) -> Sentence:
    day = weekday(voice, reason.wall.date())
    name = reason.holiday or (voice.label("special_day", reason.special) if reason.special else None)
    values = {
        "time": f"{reason.wall:%H:%M}",
        "day": f"{day} ({name})" if name else day,
        "place": reason.zone.rpartition("/")[2].replace("_", " "),
        "hours": ", ".join(hours(voice, window) for window in reason.windows),
    }
    return Sentence(_AT_HOURS if reason.windows else _AT_NO_HOUR, values)


def _over_cap(voice: Voice, reason: why.OverCap) -> Sentence:
    values: dict[str, Any] = {"made": voice.count(reason.made), "limit": voice.count(reason.limit)}
    match reason.span:
        case Rolling(days=days):
            one, many = _IN_STRETCH
            return Sentence(one, values, many, days)
        case CalendarSpan.DAY:
            return Sentence(_ON_DAY, values | {"day": weekday(voice, reason.day)})
        case CalendarSpan.WEEK:
            monday = reason.day - timedelta(days=reason.day.weekday())
            return Sentence(_IN_WEEK, values | {"day": weekday(voice, monday)})
        case CalendarSpan.MONTH:
            month = str(format_date(reason.day, "LLLL y", locale=babel_locale(voice.locale)))
            return Sentence(_IN_MONTH, values | {"month": month})
        case _:
            assert_never(reason.span)


# Values ----------------------------------------------------------------------------------------------------------


def told(voice: Voice, moment: datetime, zone: tzinfo) -> str:
    """A moment on a zone's clock, with how far that is from Greenwich."""
    return f"{voice.clock(moment, zone)} ({voice.level(voice.offset(moment, zone))})"


def weekday(voice: Voice, day: date) -> str:
    """A day with its weekday."""
    return str(format_date(day, "full", locale=babel_locale(voice.locale)))


def hours(voice: Voice, window: Window) -> str:
    """A window of hours; midnight at its end is 24:00, in every language."""
    return voice.level(str(window).replace("-", "\u2013"))


def duration(voice: Voice, length: timedelta) -> str:
    """How long, in the unit that fits it."""
    return str(format_timedelta(length, threshold=2, locale=babel_locale(voice.locale)))


def consent_named(voice: Voice, consent: str) -> str:
    """What the debtor agreed to: a channel, or what a rule calls it."""
    family = "channel" if consent in frozenset(Channel) else "consent"
    return voice.label(family, consent)


def registry_named(registry: str) -> str:
    """A register as people write it."""
    return registry.replace("_", " ")


def _listed(voice: Voice, family: str, codes: Sequence[str]) -> str:
    return ", ".join(voice.label(family, code) for code in codes)
