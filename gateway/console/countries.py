"""Countries: what the registry knows of each: its law of contact with sources, its rails, its identity numbers."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from connectors import registry
from gateway.console.pages import ConsoleRoute, Visiting, page

router = APIRouter(route_class=ConsoleRoute)


@router.get("/countries")
def country_list(here: Visiting) -> HTMLResponse:
    """Every country that has a folder."""
    return page(here, "countries.html", place="countries", countries=tuple(registry.countries().values()))


@router.get("/countries/{code}")
def show_country(here: Visiting, code: str) -> HTMLResponse:
    """One country's rules, rails and facts, each with its source."""
    country = registry.country(code)
    today = here.services.now().date()
    rules = sorted(country.contact_rules, key=lambda rule: rule.id)
    return page(here, "country.html", place="countries", country=country, rules=rules, today=today)
