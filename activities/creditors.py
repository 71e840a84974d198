"""Opening a creditor with its parent account, and connecting a platform with its child account."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from activities import legal_entities
from activities.book import Book
from connectors import registry
from domain.accounts import CHARTS
from domain.errors import Conflict, Invalid
from domain.ids import NewId
from domain.money import Money, exponent
from domain.platforms import Platform
from domain.rails import Instruction, Rail
from domain.routing import read_terms
from ledger import accounts
from store import creditors
from store.creditors import Creditor, PlatformConnection

_TRIAL_REQUEST = "req_" + "0" * 26
_LENDER_TYPES = ("bank", "finance_company", "vehicle_dealer")


@dataclass(frozen=True, slots=True)
class NewCreditor:
    """What is stated to open a creditor; ``settlement_currency`` is that of its parent account."""

    name: str
    country: str
    document: str | None
    contact: str
    lender_type: str
    settlement_currency: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What is stated to connect a platform. ``settings`` holds public and secret ones together, by field name.

    ``rails`` are those whose codes the platform makes when it is asked. ``accounts`` maps the code of a rail whose
    codes are made here to the collection account's details that they are made with. ``terms`` maps the code of a rail
    to what the contract says of it: the amounts it takes and what it costs (``domain.routing.read_terms``).
    """

    creditor_id: str
    platform: str
    country: str
    currency: str
    name: str
    settings: Mapping[str, str]
    accounts: Mapping[str, Mapping[str, str]]
    rails: tuple[str, ...] = ()
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def open_creditor(tx: Connection, new: NewCreditor, *, tenant_id: str, new_id: NewId, now: datetime) -> Creditor:
    """Record a creditor and open its parent account, which its own legal entity owns."""
    exponent(new.settlement_currency)
    if new.lender_type not in _LENDER_TYPES:
        raise Invalid("lender_type_unknown", f"{new.lender_type!r} is none of {', '.join(_LENDER_TYPES)}.")
    creditor_id = new_id("creditor")
    parent = accounts.open_parent(
        tx,
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        name=new.name,
        currency=new.settlement_currency,
        new_id=new_id,
        now=now,
    )
    creditor = Creditor(
        id=creditor_id,
        tenant_id=tenant_id,
        name=new.name,
        country=new.country,
        document=new.document,
        contact=new.contact,
        lender_type=new.lender_type,
        settlement_currency=new.settlement_currency,
        parent_account_id=parent,
        created_at=now,
        address=new.address,
    )
    creditors.add(tx, creditor)
    legal_entities.found(tx, creditor, new_id=new_id, now=now)
    return creditor


def connect(tx: Connection, new: NewConnection, *, new_id: NewId, now: datetime) -> PlatformConnection:
    """Connect a platform in a country and currency, and open its child account."""
    creditor = creditors.get(tx, new.creditor_id)
    public, secret = _settings(new)
    rails = _rails(new)
    if not new.name.strip():
        raise Invalid("connection_settings_invalid", "A connection needs a name.", fix="Name it.")
    alike = creditors.connections(tx, creditor_id=creditor.id, country=new.country)
    if any((one.platform, one.currency, one.name) == (new.platform, new.currency, new.name) for one in alike):
        raise Conflict(
            "connection_exists", f"There is a connection {new.name!r} of this kind.", fix="Give it another name."
        )
    connection_id = new_id("connection")
    child = accounts.open_child(
        tx,
        parent=accounts.get(tx, creditor.parent_account_id),
        name=new.name,
        country=new.country,
        connection_id=connection_id,
        currency=new.currency,
        new_id=new_id,
        now=now,
        leaves=CHARTS[registry.platform(new.platform).kind],
    )
    connection = PlatformConnection(
        id=connection_id,
        tenant_id=creditor.tenant_id,
        creditor_id=creditor.id,
        platform=new.platform,
        country=new.country,
        currency=new.currency,
        name=new.name,
        rails=rails,
        config={
            **public,
            "accounts": {rail: dict(details) for rail, details in new.accounts.items()},
            **_terms(new, rails),
        },
        secrets=json.dumps(secret),
        child_account_id=child,
        state="active",
        created_at=now,
    )
    creditors.add_connection(tx, connection)
    return connection


def child_for(book: Book, connection: PlatformConnection, currency: str) -> str:
    """The child account that a connection's money of a currency lands in; another currency gets one of its own."""
    if currency == connection.currency:
        return connection.child_account_id
    child = accounts.get(book.tx, connection.child_account_id)
    creditor = creditors.get(book.tx, connection.creditor_id)
    return accounts.open_child(
        book.tx,
        parent=accounts.get(book.tx, creditor.parent_account_id),
        name=f"{child.name} {currency}",
        country=connection.country,
        connection_id=connection.id,
        currency=currency,
        new_id=book.new_id,
        now=book.now,
        leaves=CHARTS[registry.platform(connection.platform).kind],
    )


def _settings(new: NewConnection) -> tuple[dict[str, Any], dict[str, str]]:
    platform = registry.platforms().get(new.platform)
    if platform is None:
        raise Invalid("platform_unknown", f"There is no platform {new.platform!r}.", known=sorted(registry.platforms()))
    if platform.countries and new.country not in platform.countries:
        raise Invalid("platform_not_in_country", f"{platform.name} does not work in {new.country}.")
    check_settings(platform, new.settings, new.rails)
    fields = {field.name: field for field in platform.config}
    public = {name: value for name, value in new.settings.items() if not fields[name].secret}
    secret = {name: value for name, value in new.settings.items() if fields[name].secret}
    return public, secret


def check_settings(platform: Platform, settings: Mapping[str, str], rails: Sequence[str]) -> None:
    """Refuse settings (public and secret together) that a platform does not take: ``connection_settings_invalid``."""
    fields = {field.name: field for field in platform.config}
    unknown = sorted(set(settings) - set(fields))
    needed = {name for name, field in fields.items() if field.required or set(field.required_for) & set(rails)}
    missing = sorted(name for name in needed if not settings.get(name))
    if unknown or missing:
        raise Invalid(
            "connection_settings_invalid",
            f"Settings missing: {missing or 'none'}; not known: {unknown or 'none'}.",
            fix=f"{platform.name} takes {', '.join(fields) or 'no settings'}.",
        )
    malformed = [
        name
        for name, value in settings.items()
        if value and (pattern := fields[name].pattern) and not re.fullmatch(pattern, value)
    ]
    if malformed:
        raise Invalid(
            "connection_settings_invalid",
            f"Settings not of the right form: {', '.join(malformed)}.",
            fix="; ".join(f"{name}: {fields[name].help or fields[name].label}" for name in malformed),
        )


def _rails(new: NewConnection) -> list[str]:
    country = registry.countries().get(new.country)
    if country is None:
        raise Invalid("country_unknown", f"There is no country {new.country!r}.", known=sorted(registry.countries()))
    exponent(new.currency)
    known = {rail.code: rail for rail in country.rails}
    for code, details in new.accounts.items():
        rail = known.get(code)
        if rail is None or new.currency not in rail.currencies:
            raise Invalid("rail_unknown", f"{new.country} has no rail {code!r} in {new.currency}.", known=sorted(known))
        missing = sorted(name for name in rail.account_fields if not details.get(name))
        if missing:
            raise Invalid("rail_account_incomplete", f"The account for {rail.name} lacks {', '.join(missing)}.")
        _try(rail, currency=new.currency, details=details)
    offered = registry.platforms()[new.platform].rails
    unknown = sorted(set(new.rails) - set(offered))
    if unknown:
        raise Invalid("rail_unknown", f"{new.platform} makes no codes for {', '.join(unknown)}.", known=sorted(offered))
    return [*new.rails, *new.accounts]


def _terms(new: NewConnection, rails: Sequence[str]) -> dict[str, Any]:
    """The terms as they are kept, each of which can be read; nothing where none are stated."""
    strange = sorted(set(new.terms) - set(rails))
    if strange:
        raise Invalid("rail_unknown", f"Terms are stated for {', '.join(strange)}.", known=sorted(rails))
    for stated in new.terms.values():
        read_terms(stated, new.currency)
    return {"terms": {rail: dict(stated) for rail, stated in new.terms.items()}} if new.terms else {}


def _try(rail: Rail, *, currency: str, details: Mapping[str, str]) -> None:
    """Make one code with an account's details, so that wrong ones are refused here and not at the first debtor."""
    amount = Money(10 ** exponent(currency), currency)
    rail.issue(Instruction(amount, rail.reference_from(_TRIAL_REQUEST), details))
