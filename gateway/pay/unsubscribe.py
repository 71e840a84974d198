"""The link to unsubscribe in each e-mail: opening it asks, one POST does it, without signing in (RFC 8058).

The page holds no personal data: whoever has the link learns nothing. A GET changes nothing, for mail filters follow
links. The POST asks for no cookie and no field of a form, for mailbox providers send it by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from activities import unsubscribing
from activities.unsubscribing import Link
from connectors.wording.catalogs import nearest
from domain.errors import AfluenteError
from gateway.console.voice import Voice
from gateway.pay.guard import PayGuard
from gateway.pay.visits import PayRoute, chosen, render, speaking
from gateway.services import Services, services_of

__all__ = ["router"]

router = APIRouter(route_class=PayRoute, prefix="/unsubscribe/{token}")


@dataclass(frozen=True)
class Asked:
    """Somebody, or somebody's mailbox, who came by a link that we gave out."""

    services: Services
    link: Link
    voice: Voice


def asked(request: Request, token: str) -> Asked:
    """What a token leads to; ``unsubscribe_dead``, ``too_many_requests``."""
    services = services_of(request)
    guard: PayGuard = request.app.state.pay_guard
    place = request.client.host if request.client else "unknown"
    guard.admit(place)
    try:
        with services.database.anyone() as tx:
            link = unsubscribing.link_of(tx, token)
    except AfluenteError:
        guard.missed(place)
        raise
    with services.database.tenant(link.tenant_id) as tx:
        locale = unsubscribing.notice_of(tx, link).locale
    return Asked(services, link, speaking(chosen(request) or nearest(locale, "pay") or "en"))


Asking = Annotated[Asked, Depends(asked)]


@router.get("")
def ask(here: Asking) -> Response:
    """Ask whether it is meant."""
    return render(here.voice, "unsubscribe.html", status=200, done=False)


@router.post("")
def unsubscribe(here: Asking) -> Response:
    """Do it; done before, it is done all the same."""
    services = here.services
    with services.database.tenant(here.link.tenant_id) as tx:
        unsubscribing.unsubscribe(tx, here.link, new_id=services.new_id, now=services.now())
    return render(here.voice, "unsubscribe.html", status=200, done=True)
