"""Messages: how each notice reads in each language, what a text message costs, and whether its wording may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from connectors import notice_questions, registry
from connectors.wording import segments
from connectors.wording.catalogs import available
from connectors.wording.languages import direction, tag
from connectors.wording.screening import Finding, screen, screen_notice
from domain.contacts import Channel
from domain.countries import Country
from domain.errors import AfluenteError
from domain.notices import NoticeKind, RenderedNotice
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, page

router = APIRouter(route_class=ConsoleRoute)

CHANNELS: Final = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, Channel.LETTER, Channel.APP, Channel.PHONE)
MOST_LETTERS: Final = 4_000
_KINDS: Final = frozenset(NoticeKind)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notice an address asks for; what it does not state, or not well, is the usual."""

    country: Country
    kind: NoticeKind
    channel: Channel
    locale: str

    @classmethod
    def of(cls, here: Visit) -> Wanted:
        """Read from the address; ``country_unknown`` for a country that is not served."""
        query = here.request.query_params
        country = registry.country(query.get("country") or next(iter(registry.countries())))
        kind, channel = query.get("kind"), query.get("channel")
        locale = query.get("locale") or country.locales[0]
        return cls(
            country,
            NoticeKind(kind) if kind in _KINDS else NoticeKind.FIRST_REMINDER,
            Channel(channel) if channel in CHANNELS else Channel.SMS,
            locale if locale in languages_of(country) else country.locales[0],
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A notice of an invented case as it would be sent, with its findings; or why it cannot be written."""

    locale: str
    notice: RenderedNotice | None
    findings: tuple[Finding, ...] = ()
    refused: AfluenteError | None = None


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that a person wrote: what it would take as a text message, and its findings."""

    text: str
    encoding: str
    segments: int
    findings: tuple[Finding, ...] = ()
    refused: AfluenteError | None = None


def languages_of(country: Country) -> tuple[str, ...]:
    """The languages that notices are written in, the country's own first."""
    return tuple(dict.fromkeys((*country.locales, *available("notices"))))


def preview(country: Country, kind: NoticeKind, channel: Channel, locale: str) -> Preview:
    """A notice on the sample facts, checked as the relay checks what it sends."""
    try:
        notice = notice_questions.notice(country, kind.value, channel=channel.value, locale=locale)
        facts = notice_questions.sample_facts(country, language=locale, today=notice_questions.SAMPLE_DAY)
        findings = screen_notice(
            notice,
            conduct=country.conduct,
            today=notice_questions.SAMPLE_DAY,
            creditor_name=facts.creditor_name,
        )
    except AfluenteError as error:
        return Preview(locale, None, refused=error)
    return Preview(locale, notice, findings)


@router.get("/previews")
def previews(here: Visiting) -> HTMLResponse:
    """One notice as it reads, and every kind in every language of the country beside it."""
    return _page(here, Wanted.of(here), own=None)


@router.post("/previews")
def check_own(form: Posting) -> HTMLResponse:
    """What the check says of a person's own text. Nothing of it is kept, nor does it stand in an address that is."""
    wanted = Wanted.of(form.visit)
    text = form.text("text")[:MOST_LETTERS]
    plain = segments.plain(text)
    found: tuple[Finding, ...] = ()
    refused = None
    try:
        found = screen(
            text,
            locale=wanted.locale,
            channel=wanted.channel.value,
            conduct=wanted.country.conduct,
            today=form.visit.services.now().date(),
            kind=wanted.kind,
        )
    except AfluenteError as error:
        refused = error
    own = OwnText(text, segments.encoding(plain), segments.segments(plain) if plain else 0, found, refused)
    return _page(form.visit, wanted, own=own)


def _page(here: Visit, wanted: Wanted, *, own: OwnText | None) -> HTMLResponse:
    country = wanted.country
    grid = [
        (kind, [preview(country, kind, wanted.channel, locale) for locale in country.locales]) for kind in NoticeKind
    ]
    return page(
        here,
        "previews.html",
        place="countries",
        wanted=wanted,
        shown=preview(country, wanted.kind, wanted.channel, wanted.locale),
        grid=grid,
        own=own,
        channels=CHANNELS,
        kinds=tuple(NoticeKind),
        countries=tuple(registry.countries()),
        locales=languages_of(country),
        tag=tag,
        direction=direction,
        most_letters=MOST_LETTERS,
        sample_day=notice_questions.SAMPLE_DAY,
    )
