"""A visit to the pay page: its link proved, its language found, its forms known to be ours, its answers protected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from activities import contact
from activities import pay_links as giving
from activities.contact import Debtor
from connectors.wording.catalogs import available, babel_locale, nearest
from connectors.wording.languages import LANGUAGES, Language, direction, negotiate, tag, template_words
from connectors.wording.speaker import lawful_locale
from domain.errors import AfluenteError, Invalid, TooLarge
from gateway.console import sessions
from gateway.console.voice import Voice
from gateway.pay.guard import PayGuard
from gateway.pay.words import NOT_NOW, REFUSALS
from gateway.services import Services, services_of
from store import cases
from store.pay_links import PayLink

STATIC: Final = Path(__file__).parent / "static"
COOKIE: Final = "afluente_pay"
_COOKIE_SECONDS: Final = 12 * 3600
_DOMAIN: Final = "pay"
_MOST_FIELDS: Final = 12
_OWN_NAMES: Final = {"ms": "Bahasa Melayu", "km": "ភាសាខ្មែរ"}
"""What languages call themselves where the common table has a shorter word."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # the database keeps no NUL; a paragraph keeps its lines
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True)
class Visit:
    """Somebody who came by a link that opens a case now."""

    request: Request
    services: Services
    link: PayLink
    debtor: Debtor
    voice: Voice

    def tx(self) -> AbstractContextManager[Connection]:
        """One transaction in the link's tenant."""
        return self.services.database.tenant(self.link.tenant_id)

    @property
    def root(self) -> str:
        """The page's own address, without what was asked of it."""
        return giving.path_of(self.link)

    @property
    def nonce(self) -> str | None:
        """What this browser's forms are told by."""
        return self.request.cookies.get(COOKIE)


def visit(request: Request, token: str) -> Visit:
    """The visit that a token opens; ``pay_link_dead``, ``too_many_requests``."""
    services = services_of(request)
    guard: PayGuard = request.app.state.pay_guard
    place = request.client.host if request.client else "unknown"
    guard.admit(place)
    now = services.now()
    try:
        with services.database.anyone() as tx:
            tenant_id = giving.tenant_of(tx, token)
        with services.database.tenant(tenant_id) as tx:
            link = giving.opened(tx, token, now=now)
            debtor = contact.load(tx, cases.get(tx, link.case_id))
    except AfluenteError as error:
        if error.code == "pay_link_dead":
            guard.missed(place)
        raise
    guard.looked(link.id)
    return Visit(request, services, link, debtor, _voice(request, debtor))


Visiting = Annotated[Visit, Depends(visit)]


def _voice(request: Request, debtor: Debtor) -> Voice:
    """In the language that was chosen on the page, else the debtor's own, or the one that law demands."""
    own = lawful_locale(preferred=debtor.party.locale, required_locales=debtor.country.required_locales)
    return speaking(chosen(request) or nearest(own, _DOMAIN) or "en", debtor)


def chosen(request: Request) -> str | None:
    """The language that was chosen on the page, if one was."""
    asked = request.query_params.get("lang")
    return asked if asked in available(_DOMAIN) else None


def speaking(locale: str, debtor: Debtor | None = None) -> Voice:
    """The voice of a language that the page's words exist in, on the debtor's clock where one is known."""
    return Voice(locale, debtor.zone if debtor else UTC, template_words(locale, _DOMAIN))


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Invalid("form_malformed", "This is not a form of the page.")
    try:
        return await request.form(max_files=0, max_fields=_MOST_FIELDS)
    except HTTPException as error:
        if error.status_code == 413:  # noqa: PLR2004 (content too large, RFC 9110)
            raise TooLarge("too_large", "The form is larger than any of ours.") from error
        raise Invalid("form_malformed", "This is not a form of the page.") from error


@dataclass(frozen=True)
class Posted:
    """A form that this page made for this browser."""

    visit: Visit
    fields: FormData

    def text(self, name: str) -> str:
        """A field's text without surrounding blanks and control characters; empty where it was left out."""
        value = self.fields.get(name)
        return _CONTROLS.sub("", value).strip() if isinstance(value, str) else ""


def posted(here: Visiting, fields: Annotated[FormData, Depends(_form)]) -> Posted:
    """The posted form, counted. Whether it is ours is checked where its answer is made, so that nothing is lost."""
    here.request.app.state.pay_guard.stepped(here.link.id)
    return Posted(here, fields)


Posting = Annotated[Posted, Depends(posted)]


def check_form(form: Posted) -> None:
    """Accept a form that this page made for this browser, else ``form_not_ours``.

    The cookie's nonce is no account: a page of another site can send the cookie, but knows neither it nor the token.
    """
    key = form.visit.services.session_key
    sessions.check_form(form.text("form_token"), nonce=_nonce_of(form.visit, form.visit.nonce), key=key)


def _nonce_of(here: Visit, nonce: str | None) -> str | None:
    return f"pay\0{here.link.id}\0{nonce}" if nonce else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gateway.pay"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=_asset, languages=_languages())
    return environment


def _languages() -> list[Language]:
    """Every language that has a catalog of the page's words, under its own name."""
    known = {one.locale: one.native_name for one in LANGUAGES} | _OWN_NAMES
    return [
        Language(locale, tag(locale), known.get(locale) or babel_locale(locale).get_display_name() or locale, way)
        for locale, way in ((locale, direction(locale)) for locale in available(_DOMAIN))
    ]


@cache
def _asset(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/pay/{name}?v={digest}"


def answer(here: Visit, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page for a visit, with a nonce for its forms."""
    nonce = here.nonce or here.services.new_id("event")
    token = sessions.form_token(_nonce_of(here, nonce) or "", key=here.services.session_key)
    page = render(here.voice, "pay.html", status=status, root=here.root, form_token=token, **context)
    page.set_cookie(
        COOKIE,
        nonce,
        max_age=_COOKIE_SECONDS,
        path="/pay",
        secure=here.services.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return page


def render(voice: Voice, template: str, *, status: int, **context: Any) -> HTMLResponse:
    """A page of ours, with the headers that keep it from caches, referrers and frames."""
    words = {"voice": voice, "lang": tag(voice.locale), "_": voice.html, "ngettext": voice.html_count}
    text = _environment().get_template(template).render(**words, **context)
    return HTMLResponse(text, status, headers=_HEADERS)


def refusal(voice: Voice, error: AfluenteError) -> str:
    """Why something was refused, for a debtor to read: never the words that were meant for us."""
    return voice.gettext(REFUSALS.get(error.code, NOT_NOW))


def _refused(request: Request, error: AfluenteError) -> Response:
    voice = speaking(chosen(request) or negotiate(request.headers.get("accept-language", "")))
    page = render(voice, "gone.html", status=error.status, words=refusal(voice, error))
    wait = error.details.get("retry_after_seconds")
    if wait is not None:
        page.headers["Retry-After"] = str(wait)
    return page


class PayRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with refusals turned into pages and every answer kept from caches and referrers."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                given = await handle(request)
            except AfluenteError as error:
                given = await run_in_threadpool(_refused, request, error)
            except RequestValidationError:
                given = await run_in_threadpool(_refused, request, giving.dead())
            given.headers.update(_HEADERS)
            return given

        return handler
