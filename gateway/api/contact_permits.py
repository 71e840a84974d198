"""Contact permits: whoever contacts a debtor asks first, and spends from the one contact budget that all share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from activities import contact_reports
from activities.contact_reports import Reporter, Wanted
from domain.contacts import Actor, Channel
from domain.errors import NotFound
from gateway.auth import Caller, Contactor
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Identifier, Shape, ShortText
from store import permits
from store.permits import Permit
from store.tenants import AGENCY

router = APIRouter(prefix="/v1/contact-permits", tags=["contact"])


def reporter_of(caller: Caller) -> Reporter:
    """The machine that asks, as one who makes contacts; a key that is also of the creditor's is no agency's."""
    agency = caller.may(AGENCY) and not caller.may("finance", "admin")
    return Reporter(caller.principal.id, caller.actor, is_agency=agency)


class NewContactPermitBody(Body):
    """The contact that is to be made now."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"case_id": "case_01jd0000000000000000000000", "channel": "phone"}}
    )

    case_id: Identifier
    channel: Channel
    actor: Annotated[Actor, Field(description="Who makes it; an agency's machine is always `agency`.")] = Actor.CREDITOR
    number: Annotated[
        ShortText | None,
        Field(description="Number or address, where it is not the debtor's own; kept as a keyed digest."),
    ] = None
    loan_id: Annotated[Identifier | None, Field(description="The loan it is about; left out, all of them.")] = None
    party_id: Annotated[Identifier | None, Field(description="A guarantor of a loan of the case; else its debtor.")] = (
        None
    )


class ContactPermitView(Shape):
    """The right to make one contact, until it expires; `result` is what was reported, `attempt` until then."""

    id: str
    case_id: str
    party_id: str
    loan_id: str | None
    channel: str
    actor: str
    result: str
    rules: Annotated[list[str], Field(description="The rules of law that were consulted, the hours first.")]
    issued_at: datetime
    expires_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, permit: Permit) -> ContactPermitView:
        """The shape of a permit."""
        return cls(**{name: getattr(permit, name) for name in cls.model_fields})


@router.post(
    "",
    status_code=201,
    operation_id="askContactPermit",
    summary="Ask for a contact permit",
    response_model=ContactPermitView,
)
def ask_contact_permit(body: NewContactPermitBody, caller: Contactor, once: OnceDep) -> Response:
    """A permit for one contact now; `contact_refused` names the law that says no and the next lawful moment."""
    services = caller.services
    wanted = Wanted(body.case_id, body.channel, body.actor, body.number, body.loan_id, body.party_id)

    def effect(tx: Connection) -> Given:
        permit = contact_reports.ask(tx, wanted, reporter_of(caller), new_id=services.new_id, now=services.now())
        return Given.of(ContactPermitView.of(permit), location=f"/v1/contact-permits/{permit.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("/{permit_id}", operation_id="getContactPermit", summary="Read a contact permit")
def get_contact_permit(permit_id: str, caller: Contactor) -> ContactPermitView:
    """One permit, with what was reported under it; an agency reads its own."""
    with caller.transaction() as tx:
        permit = permits.get(tx, permit_id)
    if reporter_of(caller).is_agency and permit.held_by != caller.principal.id:
        raise NotFound("permit_unknown", f"There is no permit {permit_id}.")
    return ContactPermitView.of(permit)
