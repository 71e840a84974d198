"""Contact outcomes: what became of contacts, as callers, agencies and gateways report it under their permits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, ConfigDict, Field
from sqlalchemy import Connection, select

from activities import contact_reports
from activities.contact_reports import Said
from domain.case_commands import TakePromise
from domain.contact_outcomes import ContactOutcome
from domain.errors import Invalid
from gateway import paging
from gateway.api.case_shapes import CommandView, PromiseBody
from gateway.api.contact_permits import reporter_of
from gateway.auth import Caller, Contactor, Reader
from gateway.desk import Pending, refusal_of
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Identifier, LongText, Page, Shape
from store.contact_reports import ContactReport, report_table

router = APIRouter(prefix="/v1/contact-outcomes", tags=["contact"])


class ContactOutcomeBody(Body):
    """What became of one contact."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "permit_id": "prm_01jd0000000000000000000000",
                "outcome": "no_answer",
                "at": "2026-11-24T15:04:00+00:00",
            }
        }
    )

    permit_id: Identifier
    outcome: ContactOutcome
    at: Annotated[AwareDatetime | None, Field(description="When the contact was made; now where left out.")] = None
    note: Annotated[LongText | None, Field(description="What was said; kept sealed.")] = None
    promise: Annotated[PromiseBody | None, Field(description="What the debtor promised; with `promised` only.")] = None


class ContactOutcomeView(Shape):
    """A report as it is kept. `result` is how far the contact reached, as the contact budget counts it."""

    id: str
    permit_id: str
    case_id: str
    notice_id: str | None
    outcome: str
    result: str
    at: datetime
    late: Annotated[bool, Field(description="It was made after its permit had expired.")]
    note: Annotated[str | None, Field(description="Null for those who are not of finance.")]
    reported_by: str
    reported_at: datetime
    promise: CommandView | None = None

    @classmethod
    def of(
        cls, report: ContactReport, *, with_note: bool = True, promise: CommandView | None = None
    ) -> ContactOutcomeView:
        """The shape of a report."""
        kept = {name: getattr(report, name) for name in cls.model_fields if name not in ("note", "promise")}
        return cls(**kept, note=report.note if with_note else None, promise=promise)


class ContactOutcomePage(Page[ContactOutcomeView]):
    """One page of reports."""


@router.post(
    "",
    status_code=201,
    operation_id="reportContactOutcome",
    summary="Report what became of a contact",
    response_model=ContactOutcomeView,
)
def report_contact_outcome(body: ContactOutcomeBody, caller: Contactor, once: OnceDep) -> Response:
    """Settles the permit. Reported again, the first report is given again; a later one may only reach further.

    After `wrong_number` and `not_in_service` nobody uses the number any more; after `asked_to_stop` not the channel.
    """
    said: dict[str, Any] = body.model_dump(mode="json")
    if body.promise is None:
        return once.in_transaction(caller, said, lambda tx: _given(_report(tx, body, caller))).response()
    if body.outcome is not ContactOutcome.PROMISED:
        raise Invalid("promise_not_reported", "A promise comes with the outcome `promised` only.")
    return once.in_steps(caller, said, lambda command_id: _with_promise(body, caller, command_id)).response()


def _report(tx: Connection, body: ContactOutcomeBody, caller: Caller) -> ContactReport:
    said = Said(body.permit_id, body.outcome, body.at, body.note)
    services = caller.services
    return contact_reports.report(tx, said, reporter_of(caller), new_id=services.new_id, now=services.now())


def _given(report: ContactReport, promise: CommandView | None = None, *, status: int = 201) -> Given:
    # The answer is kept for repeats, so it holds no note.
    return Given.of(ContactOutcomeView.of(report, with_note=False, promise=promise), status=status)


def _with_promise(body: ContactOutcomeBody, caller: Caller, command_id: str) -> Given:
    """The case takes the promise; what became of the contact is kept even where it does not."""
    if body.promise is None:
        raise Invalid("promise_not_reported", "No promise was reported.")
    amount = body.promise.amount.money()
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "A promise is for an amount above zero.")
    with caller.transaction() as tx:
        report = _report(tx, body, caller)
    due = body.promise.due_date.isoformat()
    command = TakePromise(command_id, caller.actor, amount.minor, amount.currency, due)
    answer = caller.services.case_desk.command(report.case_id, command)
    if isinstance(answer, Pending):
        return _given(report, CommandView(command_id=command_id, status="pending"), status=202)
    if not answer.accepted:
        raise refusal_of(answer)
    return _given(
        report, CommandView(command_id=command_id, status="accepted", ref=answer.ref, case_state=answer.state)
    )


@router.get("", operation_id="listContactOutcomes", summary="List what was reported of contacts")
def list_contact_outcomes(
    caller: Reader,
    case_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> ContactOutcomePage:
    """Newest first."""
    query = select(report_table)
    if case_id is not None:
        query = query.where(report_table.c.case_id == case_id)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, report_table.c.id, kind="contact_report", cursor=cursor, limit=limit)
    shown = caller.may("finance", "admin")
    return ContactOutcomePage(
        data=[ContactOutcomeView.of(ContactReport(**row), with_note=shown) for row in rows], next_cursor=more
    )
