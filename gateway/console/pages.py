"""A visit to the console: who looks, in which language and zone, and how a page is made and refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from connectors.wording.languages import LANGUAGES, negotiate
from domain.errors import AfluenteError, Forbidden, Invalid, NotFound, TooLarge, Unauthenticated
from gateway.console import sessions
from gateway.console.sessions import IDLE_SECONDS, NONCE_COOKIE, SESSION_COOKIE, Session, SignedOut
from gateway.console.vocabulary import vocabulary
from gateway.console.voice import Voice, voice, zone_named
from gateway.services import Services, services_of
from gateway.uploads import safe_name
from store.tenants import ROLES, Person

ROOT: Final = "/console"
FORM_LIMIT_BYTES: Final = 65_536
MOST_FIELDS: Final = 600  # a proposal of many rows has a field for each
ZONE_COOKIE: Final = "afluente_zone"
SIGN_IN: Final = f"{ROOT}/sign-in"
STATEMENT_FILES: Final = f"{ROOT}/files"
"""Where files come in that may be larger than any other upload."""
STATIC: Final = Path(__file__).parent / "static"

_CASE_WORK: Final = frozenset({"admin", "finance"})
_MONEY_WORK: Final = frozenset({"admin", "finance", "treasury"})
WORK: Final[Mapping[str, frozenset[str]]] = {
    "cases": _CASE_WORK,
    "calls": _CASE_WORK,
    "import": _CASE_WORK,
    "request": _CASE_WORK,
    "inbox": _MONEY_WORK,
    "money": frozenset({"admin", "treasury"}),
    "close": frozenset({"admin", "treasury"}),
    "sweep": frozenset({"admin", "treasury"}),
    "webhooks": frozenset({"admin"}),
    "reconcile": frozenset({"admin", "treasury"}),
    "payers": _MONEY_WORK,
}
"""Which roles may do what; everybody may look, but only those who handle money or cases see who paid."""

_RAILS: Final = {
    "treasury": ("home", "reconcile", "accounts", "fx", "close"),
}
_ALL_PLACES: Final = ("home", "cases", "receipts", "accounts", "countries")
_WITHIN: Final = {"fx": "accounts", "close": "accounts", "reconcile": "receipts", "receipts": "reconcile"}
"""Where a place lies for those whose rail does not name it."""


@dataclass(frozen=True)
class Visit:
    """A signed-in person's request."""

    request: Request
    services: Services
    person: Person
    session: Session
    voice: Voice

    def tx(self) -> AbstractContextManager[Connection]:
        """One transaction in the person's tenant."""
        return self.services.database.tenant(self.person.tenant_id)

    def may(self, work: str) -> bool:
        """Whether the person's role may do a kind of work."""
        return self.person.role in WORK[work]

    def need(self, work: str) -> None:
        """Refuse with ``not_your_role`` what the person's role may not do."""
        if not self.may(work):
            raise Forbidden("not_your_role", "Your role may look at this, but not change it.")

    @property
    def form_token(self) -> str:
        """What every form of this session carries."""
        return sessions.form_token(self.session.nonce, key=self.services.session_key)


def voice_of(request: Request, *, preferred: str | None) -> Voice:
    """The language asked for in the address, else the person's own, else the browser's; with the browser's zone."""
    offered = {one.locale for one in LANGUAGES}
    asked = (request.query_params.get("lang"), preferred, negotiate(request.headers.get("accept-language", "")))
    locale = next(one for one in asked if one in offered)
    zone = zone_named(request.cookies.get(ZONE_COOKIE)) or zone_named("UTC")
    if zone is None:
        raise Invalid("time_zone_unknown", "The zone database lacks UTC.")
    return voice(locale, zone)


def visit(request: Request) -> Visit:
    """The signed-in visit, else ``signed_out``, which leads to the sign-in page; ``no_console`` for other roles."""
    services = services_of(request)
    cookie = request.cookies.get(SESSION_COOKIE)
    session = sessions.read(cookie, key=services.session_key, now=services.now())
    person = None
    if session is not None and session not in signed_out_of(request):
        with services.database.tenant(session.tenant_id) as tx:
            person = sessions.person_of(tx, session)
    if session is None or person is None:
        raise Unauthenticated("signed_out", "Sign in first.")
    if person.role not in ROLES:  # an agency's people, say: what everybody here may see is not theirs to see
        raise Forbidden("no_console", "This role has no console.", fix="Ask an administrator for a role.")
    return Visit(request, services, person, session, voice_of(request, preferred=person.locale))


def signed_out_of(request: Request) -> SignedOut:
    """The sessions that were signed out of at this gateway."""
    found: SignedOut = request.app.state.signed_out
    return found


def keep_cookie(answer: Response, name: str, value: str, services: Services, *, seconds: int) -> None:
    """Have the browser keep a value for the console alone, away from scripts and other sites."""
    answer.set_cookie(
        name, value, max_age=seconds, path=ROOT, secure=services.secure_cookies, httponly=True, samesite="lax"
    )


def keep_session(answer: Response, session: Session, services: Services) -> None:
    """Have the browser keep a session, until it has not been used for long enough."""
    value = sessions.sign(session, key=services.session_key)
    keep_cookie(answer, SESSION_COOKIE, value, services, seconds=IDLE_SECONDS)


Visiting = Annotated[Visit, Depends(visit)]


async def _form(request: Request) -> FormData:
    """The posted fields, refused beyond the limits before they are read."""
    is_upload = request.headers.get("content-type", "").startswith("multipart/")
    limits = services_of(request).limits
    largest = limits.statement_file_body if request.url.path == STATEMENT_FILES else limits.upload_body
    limit = largest if is_upload else FORM_LIMIT_BYTES
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > limit:
        raise TooLarge("too_large", f"At most {limit} bytes can be sent at once.", limit=limit)
    return await request.form(max_files=1, max_fields=MOST_FIELDS)


@dataclass(frozen=True)
class Posted:
    """A form that one of our own pages made for this session."""

    visit: Visit
    fields: FormData

    def text(self, name: str) -> str:
        """A field's text without surrounding blanks; empty where it was left out."""
        value = self.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def file(self, name: str) -> tuple[str, bytes]:
        """An uploaded file's name and content; ``file_missing`` where none was chosen."""
        filename, stream = self.stream(name)
        return filename, stream.read()

    def stream(self, name: str) -> tuple[str, BinaryIO]:
        """An uploaded file's name and its content as a stream, which lies on disk where it is large."""
        value = self.fields.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise Invalid("file_missing", "No file was chosen.", fix="Choose a file first.")
        return safe_name(value.filename), value.file


def posted(here: Visiting, fields: Annotated[FormData, Depends(_form)]) -> Posted:
    """The posted form; ``form_not_ours`` where it does not carry this session's token."""
    token = fields.get("form_token")
    sessions.check_form(
        token if isinstance(token, str) else "", nonce=here.session.nonce, key=here.services.session_key
    )
    return Posted(here, fields)


Posting = Annotated[Posted, Depends(posted)]


def anonymous_fields(request: Request, fields: Annotated[FormData, Depends(_form)]) -> FormData:
    """The fields of a form posted before anybody signed in; its nonce stands in a cookie of its own."""
    token = fields.get("form_token")
    sessions.check_form(
        token if isinstance(token, str) else "",
        nonce=request.cookies.get(NONCE_COOKIE),
        key=services_of(request).session_key,
    )
    return fields


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gateway.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(root=ROOT, asset=asset, languages=LANGUAGES)
    return environment


@cache
def asset(name: str) -> str:
    """The address of a file of ours that changes when the file does, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def speak(spoken: Voice, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in a voice, whoever looks."""
    text = (
        _environment()
        .get_template(template)
        .render(
            here=request.url.path,
            **vocabulary(spoken, request.query_params),
            **context,
        )
    )
    return HTMLResponse(text, status_code=status)


def page(here: Visit, template: str, *, place: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page for a signed-in person; ``place`` is where it lies in the rail."""
    places = _RAILS.get(here.person.role, _ALL_PLACES)
    answer = speak(
        here.voice,
        here.request,
        template,
        status=status,
        person=here.person,
        visit=here,
        place=place if place in places else _WITHIN.get(place, place),
        places=places,
        form_token=here.form_token,
        done=here.request.query_params.get("done"),
        **context,
    )
    fresh = sessions.renewed(here.session, now=here.services.now())
    if fresh is not None:
        keep_session(answer, fresh, here.services)
    return answer


def go(path: str, *, done: str | None = None) -> RedirectResponse:
    """Lead the browser on after a form was done, so that a reload repeats nothing."""
    mark = ("&" if "?" in path else "?") + f"done={done}" if done else ""
    return RedirectResponse(f"{ROOT}{path}{mark}", status_code=303)


def local_path(path: str) -> str:
    """A path of the console that a form or address named; the home page for anything else."""
    inside = path == ROOT or path.startswith((f"{ROOT}/", f"{ROOT}?"))
    return path if inside and path.isprintable() and "\\" not in path and not path.startswith(SIGN_IN) else ROOT


def _refused(request: Request, error: AfluenteError) -> Response:
    if error.code == "signed_out":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = f"?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != ROOT else ""
        return RedirectResponse(SIGN_IN + back, status_code=303)
    try:
        here = visit(request)
    except AfluenteError:
        spoken = voice_of(request, preferred=None)
        return speak(spoken, request, "problem.html", status=error.status, error=error, person=None, place="")
    return page(here, "problem.html", place="", status=error.status, error=error)


class ConsoleRoute(APIRoute):
    """A route whose refusals are pages, not problem documents."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with refusals turned into pages."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except AfluenteError as error:
                return await run_in_threadpool(_refused, request, error)
            except RequestValidationError:
                return await run_in_threadpool(
                    _refused, request, Invalid("address_malformed", "The address is incomplete.")
                )

        return answer


def nothing_here() -> NotFound:
    """What an address that leads nowhere answers."""
    return NotFound("page_unknown", "There is no such page.")
