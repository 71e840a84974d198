"""Pay links: where a debtor reads what is due and pays; given, listed, revoked. Finance alone is told the address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import pay_links as giving
from gateway import paging
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.services import Services
from gateway.shapes import Body, Identifier, Page, Shape
from store import cases, pay_links
from store.pay_links import PayLink, pay_link_table

router = APIRouter(prefix="/v1/pay-links", tags=["pay links"])


class NewPayLinkBody(Body):
    """Whose page to open."""

    model_config = ConfigDict(json_schema_extra={"example": {"case_id": "case_01jd0000000000000000000000"}})

    case_id: Identifier


class PayLinkView(Shape):
    """A link; its address is told only when it is asked for by finance."""

    id: str
    case_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, link: PayLink) -> PayLinkView:
        """The shape of a link."""
        return cls(**{name: getattr(link, name) for name in cls.model_fields})


class GivenPayLinkView(PayLinkView):
    """A link with its address. Whoever has it sees the debtor's page: hand it to the debtor alone."""

    path: str
    url: Annotated[str | None, Field(description="Null where the installation's public address is not set.")]

    @classmethod
    def given(cls, link: PayLink, services: Services) -> GivenPayLinkView:
        """The shape of a link with its address."""
        path = giving.path_of(link)
        url = f"{services.public_url}{path}" if services.public_url else None
        return cls(**PayLinkView.of(link).model_dump(), path=path, url=url)


class PayLinkPage(Page[PayLinkView]):
    """One page of links."""


@router.post(
    "",
    status_code=201,
    operation_id="givePayLink",
    summary="Give out a link to the debtor's pay page",
    response_model=GivenPayLinkView,
)
def give_pay_link(body: NewPayLinkBody, caller: Finance, once: OnceDep) -> Response:
    """The case's link; the same one again while it lasts for at least thirty more days."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        case = cases.get(tx, body.case_id, lock=True)
        link = giving.give(tx, case, created_by=caller.actor, now=services.now(), new_id=services.new_id)
        # The answer is kept for repeats, so it holds no token.
        return Given.of(PayLinkView.of(link), location=f"/v1/pay-links/{link.id}")

    given = once.in_transaction(caller, body.model_dump(mode="json"), effect)
    with caller.transaction() as tx:
        link = pay_links.get(tx, given.document["id"])
    view = GivenPayLinkView.given(link, services)
    return Given(given.status, view.model_dump_json(), given.location, given.replayed).response()


@router.get("", operation_id="listPayLinks", summary="List pay links")
def list_pay_links(
    caller: Reader,
    case_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> PayLinkPage:
    """Newest first, without their addresses."""
    query = select(*(pay_link_table.c[name] for name in PayLink.__dataclass_fields__))
    if case_id is not None:
        query = query.where(pay_link_table.c.case_id == case_id)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, pay_link_table.c.id, kind="pay_link", cursor=cursor, limit=limit)
    return PayLinkPage(data=[PayLinkView.of(PayLink(**row)) for row in rows], next_cursor=more)


@router.get("/{link_id}", operation_id="getPayLink", summary="Read a pay link")
def get_pay_link(link_id: str, caller: Reader) -> PayLinkView:
    """One link, without its address."""
    with caller.transaction() as tx:
        return PayLinkView.of(pay_links.get(tx, link_id))


@router.post(
    "/{link_id}/revoke",
    status_code=200,
    operation_id="revokePayLink",
    summary="Revoke a pay link",
    response_model=PayLinkView,
)
def revoke_pay_link(link_id: str, caller: Finance, once: OnceDep) -> Response:
    """From now on the link opens nothing."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        link = giving.revoke(tx, link_id, actor=caller.actor, now=services.now())
        return Given.of(PayLinkView.of(link), status=200, location=f"/v1/pay-links/{link.id}")

    return once.in_transaction(caller, None, effect).response()
