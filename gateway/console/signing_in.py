"""Signing in and out, and choosing the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from connectors.wording.languages import language
from domain.errors import AfluenteError
from gateway.console import sessions
from gateway.console.pages import (
    ROOT,
    ConsoleRoute,
    Posting,
    anonymous_fields,
    go,
    keep_cookie,
    keep_session,
    local_path,
    signed_out_of,
    speak,
    visit,
    voice_of,
)
from gateway.console.sessions import LIFETIME_SECONDS, NONCE_COOKIE, SESSION_COOKIE, Session, SignInGuard
from gateway.services import Services, services_of
from store import tenants
from store.tenants import Person


def signing_in_router() -> APIRouter:
    """The routes of signing in, with a guard of their own against guessing."""
    router = APIRouter(route_class=ConsoleRoute)
    guard = SignInGuard()

    @router.get("/sign-in")
    def form(request: Request) -> Response:
        if _is_signed_in(request):
            return go("")
        return _form(request)

    @router.post("/sign-in")
    def sign_in(request: Request, fields: Annotated[FormData, Depends(anonymous_fields)]) -> Response:
        services = services_of(request)
        email, password = str(fields.get("email") or "").strip(), str(fields.get("password") or "")
        try:
            guard.admit(email=email, place=request.client.host if request.client else "")
            with services.database.anyone() as tx:
                person = sessions.authenticate(tx, email=email, password=password)
        except AfluenteError as error:
            return _form(request, email=email, error=error)
        answer = RedirectResponse(local_path(str(fields.get("next") or "")), status_code=303)
        _open_session(answer, person, services)
        return answer

    router.add_api_route("/sign-out", sign_out, methods=["POST"])
    router.add_api_route("/language", choose_language, methods=["POST"])
    return router


def _is_signed_in(request: Request) -> bool:
    try:
        visit(request)
    except AfluenteError:
        return False
    return True


def _form(request: Request, *, email: str = "", error: AfluenteError | None = None) -> HTMLResponse:
    services = services_of(request)
    nonce = request.cookies.get(NONCE_COOKIE) or services.new_id("event")
    answer = speak(
        voice_of(request, preferred=None),
        request,
        "sign_in.html",
        status=error.status if error else 200,
        email=email,
        error=error,
        next=local_path(request.query_params.get("next", "")),
        form_token=sessions.form_token(nonce, key=services.session_key),
        person=None,
        place="",
    )
    keep_cookie(answer, NONCE_COOKIE, nonce, services, seconds=LIFETIME_SECONDS)
    return answer


def _open_session(answer: Response, person: Person, services: Services) -> None:
    moment = int(services.now().timestamp())
    session = Session(
        user_id=person.id,
        tenant_id=person.tenant_id,
        nonce=services.new_id("event"),  # an identifier carries 80 random bits
        seal=sessions.seal_of(person),
        issued_at=moment,
        used_at=moment,
    )
    keep_session(answer, session, services)
    answer.delete_cookie(NONCE_COOKIE, path=ROOT)


def sign_out(form: Posting) -> RedirectResponse:
    """End the session: its cookie leaves the browser, and a copy of it is refused by this gateway."""
    here = form.visit
    signed_out_of(here.request).add(here.session, now=here.services.now())
    answer = go("/sign-in")
    answer.delete_cookie(SESSION_COOKIE, path=ROOT)
    return answer


def choose_language(form: Posting) -> RedirectResponse:
    """Remember the language and lead back to the page it was chosen on."""
    chosen = language(form.text("locale")).locale
    with form.visit.tx() as tx:
        tenants.set_locale(tx, form.visit.person.id, chosen)
    return RedirectResponse(local_path(form.text("back")), status_code=303)
