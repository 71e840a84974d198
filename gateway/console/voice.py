"""How the console speaks: its words, amounts, days and moments in the reader's language, each value in one piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_skeleton, format_time, get_timezone_gmt
from babel.numbers import format_compact_decimal
from markupsafe import Markup

from connectors.wording import formatting
from connectors.wording.catalogs import babel_locale
from connectors.wording.languages import TemplateWords, direction, language, template_words
from domain.errors import AfluenteError
from domain.fx import Rate
from domain.money import Money, exponent
from gateway.console.words import LABELS, REFUSALS

MINUS: Final = "\u2212"
_LEFT_TO_RIGHT: Final = "\u2066"  # LRI and PDI of the Unicode bidirectional algorithm
_END: Final = "\u2069"
NOTHING: Final = "\u2013"
BETWEEN: Final = Markup(" \u00b7 ")
"""Parts values in any language and direction; its blanks let a line break."""


@dataclass(frozen=True)
class Voice:
    """One language, spoken to one reader in their time zone."""

    locale: str
    zone: tzinfo
    words: TemplateWords = field(repr=False)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return direction(self.locale)

    @property
    def tag(self) -> str:
        """The language as HTML's ``lang`` takes it."""
        return language(self.locale).tag

    def gettext(self, msgid: str, **values: object) -> str:
        """A sentence of the catalog with its places filled, as plain text."""
        return self.words.gettext(msgid) % values if values else self.words.gettext(msgid)

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """A sentence that counts, as plain text; ``count`` is written as the locale writes numbers."""
        return self.words.ngettext(one, many, count) % {"count": self.count(count), **values}

    def html(self, msgid: str, **values: object) -> Markup:
        """A sentence for a page: its words as they are, what fills its places escaped and in one piece."""
        return Markup(self.words.gettext(msgid)) % _isolated(values) if values else Markup(self.words.gettext(msgid))  # noqa: S704 (our own catalogs)

    def html_count(self, one: str, many: str, count: int, **values: object) -> Markup:
        """A sentence that counts, for a page."""
        words = Markup(self.words.ngettext(one, many, count))  # noqa: S704 (our own catalogs)
        return words % _isolated({"count": self.count(count), **values})

    def label(self, family: str, code: str) -> str:
        """The word for a code: a state, a kind, a role. An unknown code is shown as it is, without underscores."""
        msgid = LABELS[family].get(code)
        return self.words.gettext(msgid) if msgid else code.replace("_", " ")

    def refusal(self, error: AfluenteError) -> str:
        """Why something was refused, in the reader's language where the code is known to the catalog."""
        msgid = REFUSALS.get(error.code)
        return self.words.gettext(msgid) if msgid else error.message

    def count(self, value: int) -> str:
        """A whole number."""
        return formatting.number(value, self.locale)

    def percent(self, ratio: Decimal) -> str:
        """A ratio without decimals."""
        return formatting.percent(ratio, self.locale, decimals=0)

    def figure(self, amount: Money) -> str:
        """An amount's number alone: zero as a dash, negative with a real minus."""
        if not amount:
            return NOTHING
        text = formatting.number(abs(amount.decimal), self.locale, decimals=exponent(amount.currency))
        return f"{MINUS}{text}" if amount.minor < 0 else text

    def plain_money(self, amount: Money) -> str:
        """An amount with its ISO code, as plain text."""
        return self.level(f"{self.figure(amount)}\u00a0{amount.currency}")

    def money(self, amount: Money) -> Markup:
        """An amount with its ISO code."""
        return Markup('<bdi class="amount" dir="ltr">{}<span class="iso">{}</span></bdi>').format(
            self.figure(amount), amount.currency
        )

    def listing(self, values: Sequence[Markup]) -> Markup:
        """Several values, one after another; not every language's own list parts its values (Chinese does not)."""
        return BETWEEN.join(values)

    def short_money(self, amount: Money) -> str:
        """An amount in whole major units with its ISO code, for headlines and axes."""
        return self.level(f"{formatting.number(amount.decimal, self.locale)}\u00a0{amount.currency}")

    def level(self, text: str) -> str:
        """Plain text that reads from left to right in one piece, also amid a language that does not."""
        return f"{_LEFT_TO_RIGHT}{text}{_END}" if self.direction == "rtl" else text

    def compact(self, value: Decimal) -> str:
        """A number for an axis, shortened to thousands or millions as the language writes them."""
        known = babel_locale(self.locale)
        return str(format_compact_decimal(value, locale=known, fraction_digits=2))

    def day(self, value: date) -> str:
        """A day in figures."""
        return formatting.date_short(value, self.locale)

    def day_of_month(self, value: date) -> str:
        """A day and month, for an axis."""
        return str(format_skeleton("MMMd", value, locale=babel_locale(self.locale)))

    def clock(self, moment: datetime, zone: tzinfo | None = None) -> str:
        """A moment's day and time on a zone's wall clock, the reader's by default."""
        local = moment.astimezone(zone or self.zone)
        time = format_time(local, "short", tzinfo=local.tzinfo, locale=babel_locale(self.locale))
        return f"{self.day(local.date())} {time}"

    def offset(self, moment: datetime, zone: tzinfo | None = None) -> str:
        """How far a zone is from Greenwich at a moment."""
        local = moment.astimezone(zone or self.zone)
        return str(get_timezone_gmt(local, locale="en"))

    def moment(self, value: datetime) -> Markup:
        """A moment in the reader's zone, with the instant for machines."""
        return Markup('<time datetime="{}"><bdi>{}</bdi></time>').format(value.isoformat(), self.clock(value))

    def rate(self, rate: Rate) -> str:
        """A rate with its source and day."""
        return self.gettext(
            "1 %(base)s = %(value)s %(quote)s, %(source)s, %(day)s",
            base=rate.base,
            value=formatting.number(rate.value, self.locale, decimals=6),
            quote=rate.quote,
            source=rate.source,
            day=self.day(rate.as_of),
        )

    def country(self, code: str) -> str:
        """A country's name."""
        return str(babel_locale(self.locale).territories.get(code, code))

    def tongue(self, locale: str) -> str:
        """A language's name, in the reader's language."""
        return str(babel_locale(locale).get_display_name(babel_locale(self.locale)) or locale)


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name, ``None`` for an unknown one."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _isolated(values: Mapping[str, object]) -> dict[str, Markup]:
    return {
        name: value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(value)
        for name, value in values.items()
    }


@cache
def _words(locale: str) -> TemplateWords:
    return template_words(locale)


def voice(locale: str, zone: tzinfo) -> Voice:
    """The voice for a locale that is offered, else ``language_not_offered``."""
    language(locale)
    return Voice(locale, zone, _words(locale))
