"""Mail reports: mail that came back, handed in by a mail server, and what was understood of it."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import select

from activities.mail_returns import MailReturns
from domain.errors import Invalid
from gateway import paging
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Page, Shape
from store.mail_reports import MailReport, mail_report_table

router = APIRouter(prefix="/v1/mail-reports", tags=["contact"])

_LARGEST = 1_000_000
Kind = Literal["hard", "soft", "delayed", "delivered", "complaint", "unknown"]


class MailReportBody(Body):
    """One mail that came back, whole."""

    model_config = ConfigDict(json_schema_extra={"example": {"mail": "UmV0dXJuLVBhdGg6IDw+DQo="}})

    mail: Annotated[str, Field(min_length=1, max_length=_LARGEST, description="Its bytes in base64.")]

    def content(self) -> bytes:
        """The mail's bytes; ``mail_not_base64``."""
        try:
            return base64.b64decode(self.mail, validate=True)
        except ValueError:  # also of letters that are not ASCII
            raise Invalid("mail_not_base64", "The mail is not base64.", fix="Encode its bytes by RFC 4648.") from None


class MailReportView(Shape):
    """What was understood. `mail` is kept of what was not, and is shown to finance alone."""

    id: str
    kind: str
    notice_id: str | None
    status: Annotated[str | None, Field(description="Enhanced status code (RFC 3463), such as 5.1.1.")]
    diagnostic: str | None
    mail: str | None
    received_at: datetime

    @classmethod
    def of(cls, report: MailReport, *, with_texts: bool) -> MailReportView:
        """The shape of a report."""
        kept = {name: getattr(report, name) for name in cls.model_fields}
        return cls(**(kept if with_texts else {**kept, "diagnostic": None, "mail": None}))


class MailReportPage(Page[MailReportView]):
    """One page of reports."""


@router.post(
    "",
    status_code=201,
    operation_id="handInMail",
    summary="Hand in mail that came back",
    response_model=MailReportView,
)
def hand_in_mail(body: MailReportBody, caller: Finance, once: OnceDep) -> Response:
    """A bounce fails its notice, a dead mailbox is used no longer, a complaint is an opt-out from e-mail."""
    mail = body.content()
    services = caller.services
    returns = MailReturns(services.database, services.new_id, services.now, only=caller.tenant_id)

    def act(_command_id: str) -> Given:
        report = returns.take(mail, tenant_of_unknown=lambda: caller.tenant_id)
        # The answer is kept for repeats, so it holds no texts.
        return Given.of(MailReportView.of(report, with_texts=False))

    return once.in_steps(caller, body.model_dump(mode="json"), act).response()


@router.get("", operation_id="listMailReports", summary="List mail that came back")
def list_mail_reports(
    caller: Reader,
    kind: Annotated[Kind | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> MailReportPage:
    """Newest first."""
    query = select(mail_report_table)
    if kind is not None:
        query = query.where(mail_report_table.c.kind == kind)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(
            tx, query, mail_report_table.c.id, kind="mail_report", cursor=cursor, limit=limit
        )
    shown = caller.may("finance", "admin")
    return MailReportPage(
        data=[MailReportView.of(MailReport(**row), with_texts=shown) for row in rows], next_cursor=more
    )
