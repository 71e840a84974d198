"""Countries: how far each can be relied on, and each one's page, made from its folder alone."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from connectors import country_folder, registry
from domain.contact_policy import zones_of
from domain.country_quality import Tier
from domain.money import exponent
from gateway.console import country_page
from gateway.console.contact_words import consent_named, registry_named
from gateway.console.pages import ConsoleRoute, Visiting, page

router = APIRouter(route_class=ConsoleRoute)


@router.get("/countries")
def country_list(here: Visiting) -> HTMLResponse:
    """Every country that has a folder, by region, with its coverage and tier."""
    covered = [country_page.coverage_of(country) for country in registry.countries().values()]
    return page(
        here,
        "countries.html",
        place="countries",
        covered=covered,
        regions=sorted({one.country.region for one in covered}),
        counts=Counter(one.tier for one in covered),
        tiers=tuple(Tier),
    )


@router.get("/countries/{code}")
def show_country(here: Visiting, code: str) -> HTMLResponse:
    """One country: its hours on the debtor's clock, rules, days, charges, recovery, rails, numbers, open questions."""
    country = registry.country(code)
    subdivision = here.request.query_params.get("subdivision") or None
    now, zone = here.services.now(), ZoneInfo(zones_of(country, subdivision)[0])
    today = now.astimezone(zone).date()
    hours, closed = country_page.hours_of(here.voice, country, now=now, subdivision=subdivision)
    return page(
        here,
        "country.html",
        place="countries",
        country=country,
        coverage=country_page.coverage_of(country),
        subdivision=subdivision,
        zone=zone,
        zones=zones_of(country, subdivision),
        now=now,
        today=today,
        hours=hours,
        closed=closed,
        rules=sorted(country.contact_rules, key=lambda rule: rule.id),
        holidays=tuple(country_page.days_ahead(country, today, subdivision)),
        routes=country_page.routes_of(country),
        about=country_folder.page_of(country),
        questions=country_folder.questions_of(country),
        examples=country_folder.number_examples(country),
        exponent=exponent,
        cap_words=lambda cap: country_page.cap_words(here.voice, cap, today),
        consent_named=lambda consent: consent_named(here.voice, consent),
        registry_named=registry_named,
    )
