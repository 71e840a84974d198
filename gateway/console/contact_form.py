"""The simulator's form: a question of contact law in an address, read as the command line reads its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from connectors import contact_check
from domain.contact_law import ConsentNeeded, CoolDown, Hours, RegistryBlock
from domain.contact_policy import zones_of
from domain.contacts import Channel
from domain.countries import Country
from domain.errors import Invalid
from domain.wall_clock import zone_named
from gateway.contact_answers import Asked, ask

_WORDS: Final = ("actor", "lender_type", "party_role", "product", "time_zone")
_LISTS: Final = ("consents", "holds", "registries")
_TOUCH: Final = ("at", "channel", "actor", "result")
SPARE_TOUCHES: Final = 2
"""Empty rows for past contacts below those that are stated."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One past contact as the form states it; ``at`` is a local time of the debtor's clock."""

    at: str = ""
    channel: str = ""
    actor: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a country's own rules make worth asking: consents that they need, those that waive them, registers."""

    needed: tuple[str, ...]
    waiving: tuple[str, ...]
    registries: tuple[str, ...]


def choices_of(country: Country) -> Choices:
    """Read from the rules, so that a new country brings its own."""
    needed: set[str] = set()
    waiving: set[str] = set()
    registries: set[str] = set()
    for rule in country.contact_rules:
        match rule.kind:
            case ConsentNeeded(consent=None):
                needed |= {str(channel) for channel in rule.scope.channels or Channel}
            case ConsentNeeded(consent=str() as named):
                needed.add(named)
            case RegistryBlock(registry=register):
                registries.add(register)
            case Hours(waived_by=str() as named) | CoolDown(waived_by=str() as named):
                waiving.add(named)
            case _:
                pass  # the others ask for nothing that a form could state
    return Choices(tuple(sorted(needed)), tuple(sorted(waiving)), tuple(sorted(registries)))


def question_of(query: QueryParams, country: Country, *, now: datetime) -> Asked:
    """The question that an address states, asked.

    Times are on the clock of ``time_zone``, else of the place. Raises ``Invalid`` as the facts of the command line do,
    and ``subdivision_unknown``.
    """
    place = query.get("subdivision") or None
    zone = zone_named(query.get("time_zone") or zones_of(country, place)[0])
    return ask(
        country,
        contact_check.facts_from_json(_document(query, zone)),
        channel=contact_check.channel_from(query.get("channel") or str(Channel.PHONE)),
        at=local_moment(query.get("at"), zone) or now,
        subdivision=place,
    )


def _document(query: QueryParams, zone: ZoneInfo) -> dict[str, Any]:
    facts: dict[str, Any] = {name: query[name] for name in _WORDS if query.get(name)}
    facts |= {name: found for name in _LISTS if (found := [one for one in query.getlist(name) if one])}
    if days := query.get("days_past_due", "").strip():
        facts["days_past_due"] = int(days) if days.removeprefix("-").isdecimal() else days
    facts["contacts"] = [_contact(touch, zone) for touch in touches_of(query) if touch.at]
    return facts


def _contact(touch: Touch, zone: ZoneInfo) -> dict[str, str]:
    at = local_moment(touch.at, zone)
    stated = {"at": at.isoformat() if at else "", "channel": touch.channel or str(Channel.PHONE)}
    return stated | {name: value for name in ("actor", "result") if (value := getattr(touch, name))}


def touches_of(query: QueryParams) -> tuple[Touch, ...]:
    """The past contacts that an address states, empty rows left out."""
    columns = [query.getlist(f"touch_{name}") for name in _TOUCH]
    rows = (Touch(*row) for row in zip_longest(*columns, fillvalue=""))
    return tuple(touch for touch in rows if touch.at)[: contact_check.MAX_CONTACTS]


def local_moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A local time of a zone's clock; one that carries an offset is taken as it is. Raises ``facts_malformed``."""
    if not text or not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("facts_malformed", f"{text!r} is not a day and time.") from None
    aware = at if at.utcoffset() is not None else at.replace(tzinfo=zone)
    return contact_check.moment_from(aware.isoformat())


def local_text(at: datetime, zone: ZoneInfo) -> str:
    """A moment as the browser's field for a day and time takes it."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


def address_of(asked: Asked, **more: str) -> str:
    """The address that states the same question, for a link: a case's facts without the case."""
    facts = contact_check.facts_json(asked.facts)
    pairs = [("country", asked.country.code), ("subdivision", asked.subdivision or ""), ("channel", asked.channel)]
    pairs += [(name, facts[name]) for name in _WORDS if facts[name]]
    pairs += [("days_past_due", str(facts["days_past_due"]))]
    pairs += [(name, one) for name in _LISTS for one in facts[name]]
    for touch in asked.facts.contacts:
        pairs += [("touch_at", local_text(touch.at, asked.zone)), ("touch_channel", touch.channel)]
        pairs += [("touch_actor", touch.actor), ("touch_result", touch.result)]
    return urlencode([*pairs, *more.items()])
