"""Saved mappings of columns: what the columns of a bank's or platform's own table mean."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Connection

from connectors.statement_files.column_mapping import ColumnMapping
from gateway.auth import Reader, Treasury
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Identifier, JsonObject, Shape, ShortText
from store import column_mappings
from store.column_mappings import StoredMapping

router = APIRouter(prefix="/v1/column-mappings", tags=["statement files"])


class MappingBody(Body):
    """A mapping under a name; stated again it is a new version, and files read by the old one stay as they are."""

    name: ShortText
    document: Annotated[JsonObject, Field(description="As the fields of a column mapping; `name` is taken from above.")]


class MappingView(Shape):
    """One version of a mapping."""

    id: str
    name: str
    version: int
    document: JsonObject
    created_by: str
    created_at: datetime


class MappingList(Shape):
    """The newest version of every mapping."""

    data: list[MappingView]


@router.get("", operation_id="listColumnMappings", summary="List saved mappings of columns")
def list_mappings(caller: Reader) -> MappingList:
    """The newest version of each, by name."""
    with caller.transaction() as tx:
        return MappingList(data=[MappingView.model_validate(one) for one in column_mappings.newest(tx)])


@router.post(
    "",
    status_code=201,
    operation_id="saveColumnMapping",
    summary="Save a mapping of columns",
    response_model=MappingView,
)
def save_mapping(body: MappingBody, caller: Treasury, once: OnceDep) -> Response:
    """A new version where the name is known."""
    mapping = ColumnMapping.from_json({**body.document, "name": body.name})

    def effect(tx: Connection) -> Given:
        stored = StoredMapping(
            id=caller.services.new_id("column_mapping"),
            tenant_id=caller.tenant_id,
            name=mapping.name,
            version=column_mappings.next_version(tx, mapping.name),
            document=mapping.as_json(),
            created_by=caller.actor,
            created_at=caller.services.now(),
        )
        column_mappings.add(tx, stored)
        return Given.of(MappingView.model_validate(stored), location=f"/v1/column-mappings/{stored.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("/{mapping_id}", operation_id="getColumnMapping", summary="Read a mapping of columns")
def get_mapping(mapping_id: Identifier, caller: Reader) -> MappingView:
    """One version."""
    with caller.transaction() as tx:
        return MappingView.model_validate(column_mappings.get(tx, mapping_id))
