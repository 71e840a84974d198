"""Legal entities: the companies of a creditor's group, and which of them owns an account since when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from activities import legal_entities
from activities.legal_entities import NewEntity
from gateway.auth import Administrator, Reader, Treasury
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, CountryCode, CurrencyCode, Identifier, LongText, Shape, ShortText
from ledger import accounts
from store import legal_entities as kept
from store.legal_entities import LegalEntity, Ownership

router = APIRouter(tags=["legal entities"])


class EntityView(Shape):
    """A company. ``lei`` is its Legal Entity Identifier (ISO 17442)."""

    id: str
    creditor_id: str
    name: str
    country: str
    lei: str | None
    document: str | None
    functional_currency: str
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, entity: LegalEntity) -> EntityView:
        """The shape of an entity."""
        return cls(**{name: getattr(entity, name) for name in cls.model_fields})


class EntityList(Shape):
    """Companies, by name."""

    data: list[EntityView]


class NewEntityBody(Body):
    """A company of a creditor's group, and the currency that it keeps its own books in."""

    creditor_id: Identifier
    name: ShortText
    country: CountryCode
    functional_currency: CurrencyCode
    lei: ShortText | None = None
    document: ShortText | None = None


class OwnershipView(Shape):
    """An entity owns the account, and what lies under it, since a day."""

    entity_id: str
    since: date
    actor: str
    reason: str
    recorded_at: datetime

    @classmethod
    def of(cls, ownership: Ownership) -> OwnershipView:
        """The shape of an ownership."""
        return cls(**{name: getattr(ownership, name) for name in cls.model_fields})


class OwnerView(Shape):
    """Who owns an account on a day, and what was recorded of the account itself."""

    account_id: str
    on: date
    owner: EntityView
    recorded: list[OwnershipView]


class NewOwner(Body):
    """Which entity owns the account since which day (today, UTC, where left out), and why."""

    entity_id: Identifier
    reason: LongText
    since: date | None = None


@router.get("/v1/legal-entities", operation_id="listLegalEntities", summary="List legal entities")
def list_entities(caller: Reader, creditor_id: Annotated[Identifier | None, Query()] = None) -> EntityList:
    """By name."""
    with caller.transaction() as tx:
        return EntityList(data=[EntityView.of(one) for one in kept.every(tx, creditor_id=creditor_id)])


@router.post(
    "/v1/legal-entities",
    status_code=201,
    operation_id="addLegalEntity",
    summary="Add a legal entity",
    response_model=EntityView,
)
def add_entity(body: NewEntityBody, caller: Administrator, once: OnceDep) -> Response:
    """A subsidiary that owns accounts of its own; the creditor itself is one from the start."""
    services = caller.services
    new = NewEntity(**body.model_dump())

    def effect(tx: Connection) -> Given:
        entity = legal_entities.add(tx, new, actor=caller.actor, new_id=services.new_id, now=services.now())
        return Given.of(EntityView.of(entity), location=f"/v1/legal-entities/{entity.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("/v1/legal-entities/{entity_id}", operation_id="getLegalEntity", summary="Read a legal entity")
def get_entity(entity_id: Identifier, caller: Reader) -> EntityView:
    """One company."""
    with caller.transaction() as tx:
        return EntityView.of(kept.get(tx, entity_id))


@router.get(
    "/v1/accounts/{account_id}/owner",
    operation_id="getAccountOwner",
    summary="Read who owns an account",
    tags=["accounts"],
)
def get_owner(
    account_id: str,
    caller: Reader,
    on: Annotated[date | None, Query(description="The day; today (UTC) where left out.")] = None,
) -> OwnerView:
    """The entity given to the account, or to the nearest account above it, by that day."""
    day = on or caller.services.now().date()
    with caller.transaction() as tx:
        accounts.get(tx, account_id)
        return _owner(tx, account_id, day)


@router.post(
    "/v1/accounts/{account_id}/owner",
    status_code=201,
    operation_id="giveAccount",
    summary="Give an account to a legal entity",
    response_model=OwnerView,
    tags=["accounts"],
)
def give_account(account_id: str, body: NewOwner, caller: Treasury, once: OnceDep) -> Response:
    """It and what lies under it; sweeps between two entities book what they owe each other."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        now = services.now()
        since = body.since or now.date()
        legal_entities.give(
            tx, account_id, body.entity_id, since=since, actor=caller.actor, reason=body.reason, now=now
        )
        return Given.of(_owner(tx, account_id, now.date()))

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


def _owner(tx: Connection, account_id: str, day: date) -> OwnerView:
    owner = legal_entities.owner_of(tx, account_id, day)
    recorded = [OwnershipView.of(one) for one in kept.ownerships(tx, [account_id])]
    return OwnerView(account_id=account_id, on=day, owner=EntityView.of(owner), recorded=recorded)
