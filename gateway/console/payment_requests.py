"""Payment requests: what debtors were asked to pay, how and until when; cancelled or made anew."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import payment_requests as asking
from connectors import registry
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visiting, go, page
from gateway.pay.words import BRANDS
from store import request_listings
from store.request_listings import RequestFilter, page_of

router = APIRouter(route_class=ConsoleRoute)

_STATES: Final = request_listings.STATES


@router.get("/requests")
def request_list(here: Visiting) -> HTMLResponse:
    """Requests, newest first, under how many can be paid now."""
    query = here.request.query_params
    state = query.get("state")
    wanted = RequestFilter(state=state if state in _STATES else None, platform=query.get("platform") or None)
    after = paging.from_word(query.get("after"), moments=True)
    with here.tx() as tx:
        listed = page_of(tx, wanted, after=after)
        counts = request_listings.counts(tx)
    return page(
        here,
        "requests.html",
        place="cases",
        listed=listed,
        wanted=wanted,
        counts=counts,
        states=_STATES,
        platforms={code: platform_name(code) for code in request_listings.platforms_of(counts)},
        live=sum(one.many for one in counts if one.state in {"draft", "issued"}),
        filtered=wanted != RequestFilter(),
        rail_name=_rail_name,
    )


def _rail_name(country: str, rail: str) -> str:
    """What a way to pay is called: its brand, as its country's folder names it, or its code in words."""
    known = {one.code: one.name for one in registry.country(country).rails}
    return BRANDS.get(rail) or known.get(rail) or rail.replace("_", " ")


@router.post("/requests/{request_id}/cancel")
def cancel(form: Posting, request_id: str) -> Response:
    """Ask for it no longer."""
    here = form.visit
    here.need("request")
    with here.tx() as tx:
        asking.cancel(tx, request_id, actor=f"{here.person.name} <{here.person.email}>", now=here.services.now())
    return go("/requests", done="request_cancelled")


@router.post("/requests/{request_id}/reissue")
def reissue(form: Posting, request_id: str) -> Response:
    """Ask again with a new code."""
    here = form.visit
    here.need("request")
    actor = f"{here.person.name} <{here.person.email}>"
    with here.tx() as tx:
        asking.reissue(tx, request_id, actor=actor, now=here.services.now(), new_id=here.services.new_id)
    return go("/requests", done="request_reissued")
