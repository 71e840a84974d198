"""Legal entities: which company of a creditor's group owns an account, and what two of them owe each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection
from stdnum import lei
from stdnum.exceptions import ValidationError

from domain.accounts import Account, Role
from domain.errors import Invalid, NotFound
from domain.ids import NewId
from domain.money import exponent
from domain.treasury_bookings import Between
from ledger import accounts
from store import creditors
from store import legal_entities as kept
from store.creditors import Creditor
from store.legal_entities import LegalEntity, Ownership

ALWAYS: Final = date.min
"""The day since which a creditor's own entity owns what nobody else was given."""


@dataclass(frozen=True, slots=True)
class NewEntity:
    """What is stated of a company. ``functional_currency`` is the one that it keeps its own books in."""

    creditor_id: str
    name: str
    country: str
    functional_currency: str
    lei: str | None = None
    document: str | None = None


def found(tx: Connection, creditor: Creditor, *, new_id: NewId, now: datetime) -> LegalEntity:
    """The creditor's own entity, which owns its accounts since ever."""
    new = NewEntity(
        creditor.id, creditor.name, creditor.country, creditor.settlement_currency, document=creditor.document
    )
    entity = add(tx, new, actor="system", new_id=new_id, now=now)
    for role in (Role.PARENT, Role.RECEIVABLES):
        kept.give(
            tx,
            tenant_id=creditor.tenant_id,
            account_id=accounts.root_of(tx, creditor.id, role).id,
            entity_id=entity.id,
            since=ALWAYS,
            actor="system",
            reason="creditor_opened",
            now=now,
        )
    return entity


def add(tx: Connection, new: NewEntity, *, actor: str, new_id: NewId, now: datetime) -> LegalEntity:
    """Record a company. Raises ``creditor_unknown``, ``currency_unknown``, ``lei_invalid``, ``entity_name_taken``."""
    creditor = creditors.get(tx, new.creditor_id)
    exponent(new.functional_currency)
    entity = LegalEntity(
        id=new_id("legal_entity"),
        tenant_id=creditor.tenant_id,
        creditor_id=creditor.id,
        name=new.name,
        country=new.country,
        lei=_checked_lei(new.lei),
        document=new.document,
        functional_currency=new.functional_currency,
        created_by=actor,
        created_at=now,
    )
    kept.add(tx, entity)
    return entity


def _checked_lei(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return str(lei.validate(text))
    except ValidationError:
        raise Invalid(
            "lei_invalid", f"{text!r} is no Legal Entity Identifier.", fix="It has 20 letters and digits (ISO 17442)."
        ) from None


def give(
    tx: Connection, account_id: str, entity_id: str, *, since: date, actor: str, reason: str, now: datetime
) -> LegalEntity:
    """An entity owns an account, and all under it that was not given to another, since a day.

    Raises ``account_unknown``, ``entity_unknown``, ``entity_of_another_creditor`` and ``owner_of_the_future``.
    """
    account, entity = accounts.get(tx, account_id), kept.get(tx, entity_id)
    if account.creditor_id != entity.creditor_id:
        raise Invalid("entity_of_another_creditor", f"{entity.name} is of another creditor's group.")
    if since > now.date():
        raise Invalid("owner_of_the_future", f"{since} has not come yet.", fix="State it on the day.")
    kept.give(
        tx,
        tenant_id=account.tenant_id,
        account_id=account.id,
        entity_id=entity.id,
        since=since,
        actor=actor,
        reason=reason,
        now=now,
    )
    return entity


def owner_of(tx: Connection, account_id: str, day: date) -> LegalEntity:
    """Who owns an account on a day: the entity given to it or to the nearest account above it.

    Of several the one with the latest day counts, and of one day the last recorded. Raises ``owner_unknown``.
    """
    for known in _upwards(tx, account_id):
        standing = [one for one in known if one.since <= day]
        if standing:
            return kept.get(tx, standing[-1].entity_id)
    raise NotFound("owner_unknown", f"Nobody is recorded as the owner of account {account_id} on {day}.")


def _upwards(tx: Connection, account_id: str) -> list[list[Ownership]]:
    """What is recorded of an account and of each above it, nearest first."""
    chain: list[str] = []
    above: str | None = account_id
    while above is not None:
        chain.append(above)
        above = accounts.get(tx, above).parent_id
    known: dict[str, list[Ownership]] = {one: [] for one in chain}
    for ownership in kept.ownerships(tx, chain):
        known[ownership.account_id].append(ownership)
    return list(known.values())


def owners(tx: Connection, tree: Sequence[Account], day: date) -> dict[str, str]:
    """The entity that owns each account of a tree (parents before children) on a day, by account."""
    known: dict[str, str] = {}
    for ownership in kept.ownerships(tx, [account.id for account in tree]):
        if ownership.since <= day:
            known[ownership.account_id] = ownership.entity_id
    for account in tree:
        if account.id not in known and account.parent_id in known:
            known[account.id] = known[account.parent_id]
    return known


def between(
    tx: Connection, child_id: str, parent_id: str, day: date, *, new_id: NewId, now: datetime
) -> Between | None:
    """The intercompany leaves for a sweep from a child to its parent; ``None`` where one entity owns both that day.

    They are opened on first use: under the child, and under the parent's treasury in the child's currency.
    """
    giving, taking = owner_of(tx, child_id, day), owner_of(tx, parent_id, day)
    if giving.id == taking.id:
        return None
    child, parent = accounts.get(tx, child_id), accounts.get(tx, parent_id)
    treasury, _ = accounts.open_treasury(tx, parent=parent, currency=child.currency, new_id=new_id, now=now)
    return Between(
        child_side=accounts.leaf_of(tx, child.id, Role.INTERCOMPANY, subject=taking.id, new_id=new_id, now=now),
        parent_side=accounts.leaf_of(tx, treasury, Role.INTERCOMPANY, subject=giving.id, new_id=new_id, now=now),
    )
