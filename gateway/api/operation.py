"""Operation: whether the gateway and its database answer, and how much waits where."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import exc, func, select, text

from domain.errors import Unavailable
from gateway.auth import Reader
from gateway.queries import only_known
from gateway.services import ServicesDep
from gateway.shapes import Shape
from store import inbox, notices
from store.cases import case_table

router = APIRouter(tags=["operation"])


class Health(Shape):
    """The gateway answers and reaches its database."""

    status: Literal["ok"]


class Status(Shape):
    """How many of the tenant's cases, notices and deliveries stand in each state."""

    now: datetime
    cases: Annotated[dict[str, int], Field(description="By work state, closed ones included.")]
    notices: dict[str, int]
    inbox: dict[str, int]


@router.get("/health", operation_id="getHealth", summary="Ask whether the gateway works")
def get_health(services: ServicesDep) -> Health:
    """Needs no key; 503 where the database does not answer."""
    try:
        with services.database.anyone() as tx:
            tx.execute(text("SELECT 1"))
    except exc.SQLAlchemyError as failure:
        raise Unavailable("database_unreachable", "The database does not answer.") from failure
    return Health(status="ok")


@router.get(
    "/v1/status",
    operation_id="getStatus",
    summary="Read how much waits where",
    dependencies=[Depends(only_known)],
)
def get_status(caller: Reader) -> Status:
    """Counts by state."""
    with caller.transaction() as tx:
        counted = select(case_table.c.work_state, func.count()).group_by(case_table.c.work_state)
        return Status(
            now=caller.services.now(),
            cases=dict(tx.execute(counted).tuples().all()),
            notices=notices.counts_by_state(tx),
            inbox=inbox.counts_by_state(tx),
        )
