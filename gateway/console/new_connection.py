"""Connecting a platform or bank: which one and where, then a form made of the settings that it needs."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import creditors as opening
from activities.creditors import NewConnection
from connectors import registry
from domain.countries import Country
from domain.errors import AfluenteError
from domain.platforms import Platform
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from store import creditors

router = APIRouter(route_class=ConsoleRoute)

_LONGEST: Final = 4000


@router.get("/connections/new")
def new_connection(here: Visiting) -> HTMLResponse:
    """The form; first for the choice of platform, country and creditor, then for the settings."""
    here.need("money")
    return _form(here, {name: value for name, value in here.request.query_params.items() if value})


@router.post("/connections/new")
def connect(form: Posting) -> Response:
    """Connect what the form states."""
    here = form.visit
    here.need("money")
    said = {key: value.strip() for key, value in form.fields.items() if isinstance(value, str)}
    try:
        new = NewConnection(
            creditor_id=said.get("creditor", ""),
            platform=said.get("platform", ""),
            country=said.get("country", ""),
            currency=said.get("currency", ""),
            name=said.get("name", "")[:200],
            settings={name[4:]: value[:_LONGEST] for name, value in said.items() if name.startswith("set_") and value},
            accounts=_accounts(said),
            rails=tuple(name[5:] for name in said if name.startswith("rail_")),
        )
        with here.tx() as tx:
            made = opening.connect(tx, new, new_id=here.services.new_id, now=here.services.now())
    except AfluenteError as error:
        return _form(here, said, refused=error)
    return go(f"/connections/{made.id}", done="connected")


def _accounts(said: dict[str, str]) -> dict[str, dict[str, str]]:
    """The collection accounts of rails whose codes are made here: of those of which anything is stated."""
    found: dict[str, dict[str, str]] = {}
    for name, value in said.items():
        if name.startswith("acc_") and value:
            rail, _, field = name[4:].partition(".")
            found.setdefault(rail, {})[field] = value[:_LONGEST]
    return found


def _form(here: Visit, said: dict[str, str], *, refused: AfluenteError | None = None) -> HTMLResponse:
    platform = registry.platforms().get(said.get("platform", ""))
    country = registry.countries().get(said.get("country", ""))
    with here.tx() as tx:
        owners = creditors.every(tx)
    creditor = said.get("creditor") or (owners[0].id if len(owners) == 1 else None)
    fits = platform is None or country is None or not platform.countries or country.code in platform.countries
    return page(
        here,
        "new_connection.html",
        place="receipts",
        status=refused.status if refused else 200,
        refused=refused,
        said=said,
        owners=owners,
        creditor=creditor,
        platform=platform,
        country=country,
        fits=fits,
        chosen=platform is not None and country is not None and creditor is not None and fits,
        platforms=[(code, platform_name(code)) for code in registry.platforms()],
        countries=sorted(registry.countries()),
        **_parts(here, platform, country),
    )


def _parts(here: Visit, platform: Platform | None, country: Country | None) -> dict[str, Any]:
    """What the second form is made of."""
    if platform is None or country is None:
        return {"fields": (), "own_rails": (), "address": ""}
    previous = platform.webhooks.secret_fields[1:] if platform.webhooks else ()
    base = (here.services.public_url or str(here.request.base_url)).rstrip("/")
    own = [rail for rail in country.rails if rail.account_fields and platform.payment_requests is None]
    return {
        "fields": [field for field in platform.config if field.name not in previous],
        "own_rails": own,
        "address": f"{base}/webhooks/{platform.code}/{{connection}}",
    }
