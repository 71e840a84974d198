"""What page templates may call: amounts, options of filters, names of steps; each in the reader's voice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup
from starlette.datastructures import QueryParams

from connectors.wording.catalogs import translations
from domain.delinquency import BUCKETS
from domain.money import Money, exponent, zero
from gateway.console import paging, timeline
from gateway.console.contact_words import kept, weekday
from gateway.console.voice import Voice, zone_named
from gateway.console.words import DONE
from ledger.posting import BookedEntry
from store.creditors import Creditor
from store.overview import AGE_STEPS, SuspenseSum
from store.parties import Party

_NOTICE_WORDS: Final = "notices"


def vocabulary(voice: Voice, query: QueryParams) -> dict[str, Any]:
    """Names for templates."""
    return {
        "voice": voice,
        "_": voice.html,
        "ngettext": voice.html_count,
        "money": voice.money,
        "cash": Money,
        "each_money": lambda sums: [voice.money(one) for one in sums],
        "sums": lambda waiting: _sums(voice, waiting),
        "query": query,
        "link": lambda **changes: paging.address(query, **changes),
        "word": paging.to_word,
        "instant": lambda text, zone: _instant(voice, text, zone),
        "zone_named": zone_named,
        "options": lambda family, codes: [(code, voice.label(family, code)) for code in codes],
        "country_options": lambda codes: [(code, voice.country(code)) for code in codes],
        "locale_options": lambda locales: [(locale, voice.tongue(locale)) for locale in locales],
        "age_options": _age_options,
        "owner_options": _owner_options,
        "age_of": age_of,
        "bucket_age": bucket_age,
        "is_quiet": timeline.is_quiet,
        "details": timeline.details,
        "refusal_of": timeline.refusal,
        "notice_id": timeline.notice_id,
        "size": size,
        "step_of": lambda currency: f"{10 ** -exponent(currency):.{exponent(currency)}f}",
        "decimal_of": lambda minor, currency: f"{Money(minor, currency).decimal:f}",
        "label_of": lambda msgid: translations(voice.locale, _NOTICE_WORDS).gettext(msgid),
        "masked": masked,
        "kept_reasons": lambda refusal, zone: kept(voice, refusal, zone),
        "weekday": lambda day: weekday(voice, day),
        "notices_done": DONE,
    }


def age_of(days_past_due: int) -> int:
    """The ageing step of a number of days, counted from 1 as the style sheet does."""
    return max(1, sum(days_past_due >= first for first in AGE_STEPS))


def bucket_age(code: str) -> int:
    """The ageing step of a bucket, counted from 1; the first for a bucket that is no longer used."""
    return next((age_of(bucket.first) for bucket in BUCKETS if bucket.code == code), 1)


def size(booked: BookedEntry) -> Money:
    """What an entry moves: its debits in the currency of its first line."""
    currency = booked.entry.postings[0].amount.currency
    moved = zero(currency)
    for line in booked.entry.postings:
        if line.amount.currency == currency and line.amount.minor > 0:
            moved = moved + line.amount
    return moved


def masked(party: Party) -> str:
    """An identity number of which only the end is shown: enough to compare, too little to misuse."""
    return f"\u2022\u2022\u2022\u2022{party.id_value[-4:]}"


def _sums(voice: Voice, waiting: Iterable[SuspenseSum]) -> Markup:
    return voice.listing([voice.money(Money(one.amount_minor, one.currency)) for one in waiting])


def _instant(voice: Voice, text: str, zone: Any) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{voice.clock(moment, zone)} {voice.offset(moment, zone)}"


def _age_options(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(str(index), name) for index, name in enumerate(names)]


def _owner_options(owners: Sequence[Creditor]) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in owners]
