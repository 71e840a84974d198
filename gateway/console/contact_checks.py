"""The contact simulator: may I contact this debtor now, and if not, when? By stated facts or by those of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from activities import contact
from connectors import contact_check, registry
from domain.contact_reasons import Moratorium, Refusal
from domain.contacts import Actor, Channel, ContactResult, LenderType, PartyRole
from domain.countries import Country
from domain.errors import Invalid
from gateway.console import contact_form, paging
from gateway.console.contact_form import SPARE_TOUCHES, Touch
from gateway.console.contact_week import WIDEST, Week, days_of, week
from gateway.console.contact_words import consent_named, registry_named, told
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.contact_answers import Asked, ask, ask_of
from store import cases

router = APIRouter(route_class=ConsoleRoute)

_KINDS: Final = {
    "channel": Channel,
    "actor": Actor,
    "lender_type": LenderType,
    "party_role": PartyRole,
    "contact_result": ContactResult,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer, that of the other channels at the same moment, and the week ahead."""

    asked: Asked
    others: tuple[Asked, ...]
    week: Week | None


@router.get("/contact-checks")
def simulator(here: Visiting) -> HTMLResponse:
    """The question that the address states, with its answer; without a country or case the form alone."""
    query = here.request.query_params
    if query.get("case"):
        return _of_case(here, query["case"])
    if not query.get("country"):
        return _page(here, None)
    country, now = registry.country(query["country"]), here.services.now()
    touches = contact_form.touches_of(query)
    try:
        asked = contact_form.question_of(query, country, now=now)
    except Invalid as error:
        return _page(here, None, country=country, touches=touches, trouble=error, status=error.status)

    def by(channel: Channel) -> Asked:
        return ask(country, asked.facts, channel=channel, at=asked.at, subdivision=asked.subdivision)

    return _page(here, _answered(here, asked, by), country=country, touches=touches)


def _of_case(here: Visit, case_id: str) -> HTMLResponse:
    query, now = here.request.query_params, here.services.now()
    with here.tx() as tx:
        debtor = contact.load(tx, cases.get(tx, case_id))
        channel = contact_check.channel_from(query.get("channel") or debtor.party.channel)
        at = contact_form.local_moment(query.get("at"), debtor.zone) or now
        actor = Actor(query["actor"]) if query.get("actor") in set(Actor) else Actor.CREDITOR

        def by(channel: Channel) -> Asked:
            return ask_of(tx, debtor, channel=channel, actor=actor, at=at)

        answered = _answered(here, by(channel), by)
    return _page(here, answered, country=debtor.country, debtor=debtor)


def _answered(here: Visit, asked: Asked, by: Callable[[Channel], Asked]) -> Answered:
    others = tuple(by(channel) for channel in Channel if channel is not asked.channel)
    return Answered(asked, others, _week(here, asked))


def _week(here: Visit, asked: Asked) -> Week | None:
    """The week from the moment asked about; none while the house has stopped contact in the country."""
    decision = asked.decision
    if isinstance(decision, Refusal) and any(isinstance(one.reason, Moratorium) for one in decision.causes):
        return None
    days = days_of(
        asked.country,
        asked.facts,
        channel=asked.channel,
        now=asked.at,
        subdivision=asked.subdivision,
        zone=asked.zone,
    )
    return week(here.voice, days, zone=asked.zone, now=asked.at, width=WIDEST)


def _page(
    here: Visit,
    answered: Answered | None,
    *,
    country: Country | None = None,
    debtor: contact.Debtor | None = None,
    touches: Sequence[Touch] = (),
    trouble: Invalid | None = None,
    status: int = 200,
) -> HTMLResponse:
    asked = answered.asked if answered else None
    return page(
        here,
        "contact_checks.html",
        place="countries",
        status=status,
        answered=answered,
        asked=asked,
        reasons=asked.explained(here.voice) if asked else (),
        country=country,
        debtor=debtor,
        trouble=trouble,
        countries=tuple(registry.countries()),
        kinds={name: tuple(map(str, kind)) for name, kind in _KINDS.items()}
        | {"product": tuple(sorted(contact_check.PRODUCTS)), "hold": tuple(sorted(contact_check.HOLDS))},
        choices=contact_form.choices_of(country) if country else None,
        touches=[*touches, *[Touch()] * SPARE_TOUCHES],
        at_text=here.request.query_params.get("at", ""),
        elsewhere=contact_form.address_of(asked) if asked and debtor else None,
        address_for=lambda other: _address_for(here, other, debtor),
        **_words(here),
    )


def _address_for(here: Visit, other: Asked, debtor: contact.Debtor | None) -> str:
    """The address of the same question about another channel."""
    if debtor is not None:
        return paging.address(here.request.query_params, channel=str(other.channel)).removeprefix("?")
    return contact_form.address_of(other, at=here.request.query_params.get("at", ""))


def _words(here: Visit) -> dict[str, Any]:
    """What the page calls moments, consents and registers."""
    return {
        "told": lambda moment, zone: told(here.voice, moment, zone),
        "consent_named": lambda code: consent_named(here.voice, code),
        "registry_named": registry_named,
    }
