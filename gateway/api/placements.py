"""Placements: cases given to a partner agency, whose machine then asks for permits and reports contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import contact_reports
from gateway import paging
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Identifier, Page, Shape
from store import cases
from store.contact_reports import Placement, placement_table

router = APIRouter(prefix="/v1/placements", tags=["placements"])


class NewPlacementBody(Body):
    """Which case, and with whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "case_id": "case_01jd0000000000000000000000",
                "agency_key_id": "key_01jd0000000000000000000000",
            }
        }
    )

    case_id: Identifier
    agency_key_id: Annotated[Identifier, Field(description="The API key that the agency asks with.")]


class PlacementView(Shape):
    """A case that is with an agency until it is taken back."""

    id: str
    case_id: str
    agency_key_id: str
    placed_by: str
    placed_at: datetime
    ended_by: str | None
    ended_at: datetime | None

    @classmethod
    def of(cls, placement: Placement) -> PlacementView:
        """The shape of a placement."""
        return cls(**{name: getattr(placement, name) for name in cls.model_fields})


class PlacementPage(Page[PlacementView]):
    """One page of placements."""


@router.post(
    "",
    status_code=201,
    operation_id="placeCase",
    summary="Place a case with an agency",
    response_model=PlacementView,
)
def place_case(body: NewPlacementBody, caller: Finance, once: OnceDep) -> Response:
    """Refused where the country lets no third party collect, and where the case is with an agency already."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        placement = contact_reports.place(
            tx,
            cases.get(tx, body.case_id),
            body.agency_key_id,
            by=caller.actor,
            new_id=services.new_id,
            now=services.now(),
        )
        return Given.of(PlacementView.of(placement))

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("", operation_id="listPlacements", summary="List placements")
def list_placements(
    caller: Reader,
    case_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> PlacementPage:
    """Newest first, ended ones included."""
    query = select(placement_table)
    if case_id is not None:
        query = query.where(placement_table.c.case_id == case_id)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, placement_table.c.id, kind="placement", cursor=cursor, limit=limit)
    return PlacementPage(data=[PlacementView.of(Placement(**row)) for row in rows], next_cursor=more)


@router.post(
    "/{placement_id}/end",
    status_code=200,
    operation_id="endPlacement",
    summary="Take a case back from its agency",
    response_model=PlacementView,
)
def end_placement(placement_id: str, caller: Finance, once: OnceDep) -> Response:
    """The agency may ask for no more permits; what it did under earlier ones it still reports."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        placement = contact_reports.take_back(tx, placement_id, by=caller.actor, now=services.now())
        return Given.of(PlacementView.of(placement), status=200)

    return once.in_transaction(caller, None, effect).response()
