"""The application: every route, with one doorway before them and every refusal told as a problem."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from gateway import openapi, problems, text_callbacks, webhooks
from gateway.api import api_router
from gateway.console.routes import console_router
from gateway.console.sessions import SignedOut
from gateway.doorway import Doorway
from gateway.letterbox import Letterbox
from gateway.pay import guard
from gateway.pay.routes import STATIC as PAY_STATIC
from gateway.pay.routes import router as pay_router
from gateway.pay.unsubscribe import router as unsubscribe_router
from gateway.services import Services

API_VERSION: Final = "1.0.0"
_STATIC: Final = Path(__file__).parent / "console" / "static"
_DESCRIPTION: Final = """\
Amounts are texts in major units with an ISO 4217 code: `{"amount": "1500.00", "currency": "BRL"}`.
Every POST needs an `Idempotency-Key`; sent again, it brings the same answer with `Idempotent-Replay: true`.
Lists come in pages: send `next_cursor` back as `cursor`. Refusals are problems (RFC 9457) with a stable `code`.
"""


def create_app(services: Services) -> FastAPI:
    """The gateway over the given services."""
    app = FastAPI(
        title="Afluente",
        version=API_VERSION,
        summary="Cross-border collections gateway",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.signed_out = SignedOut()
    app.state.letterbox = Letterbox(services)
    app.state.pay_guard = guard.PayGuard()
    app.router.routes.extend(_routes())
    app.mount("/static/pay", StaticFiles(directory=PAY_STATIC), name="pay-static")
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    problems.install(app)
    openapi.install(app)
    app.add_middleware(Doorway, services=services)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route, built once in a process: there are hundreds, and none knows the services that it will serve."""
    router = APIRouter(redirect_slashes=False)
    router.include_router(text_callbacks.router)  # its one address would fit the next pattern
    router.include_router(webhooks.router)  # early, for routes are looked through in order and platforms call most
    router.include_router(api_router())
    router.include_router(console_router(), include_in_schema=False)
    router.include_router(pay_router, include_in_schema=False)
    router.include_router(unsubscribe_router, include_in_schema=False)
    return tuple(router.routes)
