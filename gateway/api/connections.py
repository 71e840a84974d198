"""Connections: a creditor's accounts at platforms. Connecting opens a child account; secrets never come back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import creditors as opening
from connectors import registry
from domain.platforms import Platform
from gateway import paging
from gateway.auth import Reader, Treasury
from gateway.idempotency import Given, OnceDep
from gateway.queries import ServedCountry
from gateway.shapes import Body, Code, CountryCode, CurrencyCode, Identifier, LongText, Page, Shape, ShortText
from store import creditors
from store.creditors import PlatformConnection, connection_table

router = APIRouter(prefix="/v1", tags=["connections"])


class NewConnectionBody(Body):
    """A platform to connect for one country and currency."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "creditor_id": "cre_01jd0000000000000000000000",
                "platform": "stripe",
                "country": "BR",
                "currency": "BRL",
                "name": "Stripe Brazil",
                "settings": {
                    "api_key": "rk_live_0000000000",
                    "webhook_secret": "whsec_0000000000",
                    "return_url": "https://creditor.example/thank-you",
                },
                "rails": ["card"],
                "accounts": {},
            }
        }
    )

    creditor_id: Identifier
    platform: Code
    country: CountryCode
    currency: CurrencyCode
    name: ShortText
    settings: dict[Code, LongText] = Field(
        default_factory=dict, max_length=40, description="Values of the platform's fields, secret ones among them."
    )
    rails: list[Code] = Field(
        default_factory=list, max_length=20, description="Rails whose codes the platform makes when it is asked."
    )
    accounts: dict[Code, dict[Code, ShortText]] = Field(
        default_factory=dict,
        max_length=20,
        description="By rail, the collection account's details that its codes are made with.",
    )
    terms: dict[Code, dict[Code, ShortText]] = Field(
        default_factory=dict,
        max_length=20,
        description=(
            "By rail, what the contract says: `least` and `most` (amounts taken), `cost_percent`, `cost_fixed`. "
            "Payment requests go the cheapest way that takes their amount."
        ),
    )


class ConnectionView(Shape):
    """A connection. Of its secrets it says only which are set."""

    id: str
    creditor_id: str
    platform: str
    country: str
    currency: str
    name: str
    rails: list[str]
    settings: dict[str, Any]
    secrets_set: list[str]
    child_account_id: str
    webhook_path: Annotated[
        str | None, Field(description="Where the platform sends its webhooks; null: it sends none.")
    ]
    state: str
    created_at: datetime

    @classmethod
    def of(cls, connection: PlatformConnection) -> ConnectionView:
        """The shape of a connection."""
        platform = registry.platforms().get(connection.platform)
        sends = platform is not None and platform.webhooks is not None
        same = {"id", "creditor_id", "platform", "country", "currency", "name", "rails", "child_account_id", "state"}
        return cls(
            **{name: getattr(connection, name) for name in (*same, "created_at")},
            settings=connection.config,
            secrets_set=sorted(name for name, value in json.loads(connection.secrets or "{}").items() if value),
            webhook_path=f"/webhooks/{connection.platform}/{connection.id}" if sends else None,
        )


class ConnectionPage(Page[ConnectionView]):
    """One page of connections."""


class FieldView(Shape):
    """One setting of a platform's connections."""

    name: str
    label: str
    secret: bool
    required: bool
    required_for: Annotated[list[str], Field(description="Rails that need it even where it is not required.")]
    help: str
    pattern: str | None


class PlatformView(Shape):
    """A payment platform and what a connection to it needs; ``countries`` empty means any."""

    code: str
    name: str
    rails: list[str]
    countries: list[str]
    fields: list[FieldView]
    receives_webhooks: bool
    reads_statements: bool
    makes_payment_requests: bool

    @classmethod
    def of(cls, platform: Platform) -> PlatformView:
        """The shape of a platform."""
        return cls(
            code=platform.code,
            name=platform.name,
            rails=list(platform.rails),
            countries=list(platform.countries),
            fields=[FieldView.model_validate(field) for field in platform.config],
            receives_webhooks=platform.webhooks is not None,
            reads_statements=platform.statements is not None,
            makes_payment_requests=platform.payment_requests is not None,
        )


class PlatformList(Shape):
    """Every platform."""

    data: list[PlatformView]


@router.get("/platforms", operation_id="listPlatforms", summary="List platforms and the settings they need")
def list_platforms(caller: Reader) -> PlatformList:
    """Every platform that can be connected."""
    del caller
    return PlatformList(data=[PlatformView.of(platform) for platform in registry.platforms().values()])


@router.post(
    "/connections",
    status_code=201,
    operation_id="connectPlatform",
    summary="Connect a platform",
    response_model=ConnectionView,
)
def connect_platform(body: NewConnectionBody, caller: Treasury, once: OnceDep) -> Response:
    """Connects a platform for a country and currency, and opens its child account under the creditor's parent."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        new = opening.NewConnection(**{**body.model_dump(), "rails": tuple(body.rails)})
        connection = opening.connect(tx, new, new_id=services.new_id, now=services.now())
        return Given.of(ConnectionView.of(connection), location=f"/v1/connections/{connection.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("/connections", operation_id="listConnections", summary="List connections")
def list_connections(
    caller: Reader,
    creditor_id: Annotated[Identifier | None, Query()] = None,
    country: Annotated[ServedCountry | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> ConnectionPage:
    """Newest first."""
    query = select(connection_table)
    if creditor_id is not None:
        query = query.where(connection_table.c.creditor_id == creditor_id)
    if country is not None:
        query = query.where(connection_table.c.country == country)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, connection_table.c.id, kind="connection", cursor=cursor, limit=limit)
    return ConnectionPage(data=[ConnectionView.of(PlatformConnection(**row)) for row in rows], next_cursor=more)


@router.get("/connections/{connection_id}", operation_id="getConnection", summary="Read a connection")
def get_connection(connection_id: str, caller: Reader) -> ConnectionView:
    """One connection, without its secrets."""
    with caller.transaction() as tx:
        return ConnectionView.of(creditors.get_connection(tx, connection_id))
