"""The JSON shapes of a case: what it shows, and what a person may decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from activities.cases import debt
from domain.case_commands import CloseReason, HoldKind
from gateway.api.loans import LoanView
from gateway.shapes import Amount, Body, LongText, Page, Shape
from store import buckets, holds, incoming_messages, notices, parties, promises, timeline
from store.cases import Case
from store.holds import HoldRow
from store.incoming_messages import IncomingMessage
from store.notices import Notice
from store.promises import PromiseRow
from store.timeline import TimelineRow


class PromiseBody(Body):
    """What the debtor promises."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"amount": {"amount": "2500.00", "currency": "BRL"}, "due_date": "2026-12-05"}}
    )

    amount: Amount
    due_date: date


class HoldBody(Body):
    """Why, and which days, the debtor is left alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "dispute", "start": "2026-12-01", "end": None, "reason": "Says the car was returned."}
        }
    )

    kind: HoldKind
    start: Annotated[date, Field(description="First day; it may lie in the past.")]
    end: Annotated[date | None, Field(description="First day without it; until released where left out.")] = None
    reason: LongText


class CloseBody(Body):
    """Why the case ends."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "withdrawn", "note": "Assigned in error."}})

    reason: CloseReason
    note: LongText


class CommandView(Shape):
    """What became of a command. While ``pending``, the same request with the same key asks again."""

    command_id: str
    status: Literal["accepted", "pending"]
    ref: Annotated[str | None, Field(description="The identifier of what it made, such as a promise or a hold.")] = None
    case_state: str | None = None


class CaseView(Shape):
    """A case in a list."""

    id: str
    creditor_id: str
    party_id: str
    debtor_name: str
    country: str
    work_state: str
    accounting_state: str
    bucket: str
    days_past_due: int
    overdue: Amount
    outstanding: Amount
    strategy: str
    strategy_version: int
    next_wake_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> CaseView:
        """The shape of a stored case with its debtor's name."""
        return cls(**_stated(row))


class CasePage(Page[CaseView]):
    """One page of cases."""


class DebtorView(Shape):
    """Who owes, without the numbers and addresses that a case's reader does not need."""

    id: str
    kind: str
    name: str
    country: str
    locale: str
    channel: str
    subdivision: str | None
    city: str | None
    time_zone: str | None


class HoldView(Shape):
    """A hold: from ``start`` up to, not including, ``end``."""

    id: str
    kind: str
    start: date
    end: date | None
    reason: str
    placed_by: str
    released_by: str | None

    @classmethod
    def of(cls, hold: HoldRow) -> Self:
        """The shape of a hold."""
        return cls.model_validate(hold)


class PromiseView(Shape):
    """A promise to pay."""

    id: str
    amount: Amount
    due_date: date
    grace_days: int
    state: str
    taken_by: str
    created_at: datetime
    resolved_at: datetime | None

    @classmethod
    def of(cls, promise: PromiseRow) -> Self:
        """The shape of a promise."""
        same = {name: getattr(promise, name) for name in cls.model_fields if name != "amount"}
        return cls(**same, amount=Amount.minor(promise.amount_minor, promise.currency))


class BucketView(Shape):
    """Which bucket the case was in, from ``start`` up to, not including, ``end``."""

    bucket: str
    start: date
    end: date | None


class NoticeView(Shape):
    """A notice. Recipient and texts are null for those who are not of finance; ``sha256`` proves what was sent.

    ``wording_sha256`` is the version of the wording it was sent in, ``approval_id`` who had approved that (``release``
    where the tenant takes those as approved).
    ``delivery`` is how far its network tells that it got (accepted, delivered, failed), null where none tells.
    """

    id: str
    kind: str
    channel: str
    locale: str
    state: str
    not_before: datetime
    time_zone: str | None
    sent_at: datetime | None
    delivery: str | None
    delivery_at: datetime | None
    payment_request_id: str | None
    template_version: str | None
    wording_sha256: str | None
    approval_id: str | None
    sha256: str | None
    refusal: dict[str, Any] | None
    recipient: str | None
    subject: str | None
    body: str | None

    @classmethod
    def of(cls, notice: Notice, *, with_texts: bool) -> Self:
        """The shape of a notice."""
        texts = ("recipient", "subject", "body")
        shown: dict[str, Any] = {name: getattr(notice, name) for name in cls.model_fields if name not in texts}
        shown |= {name: getattr(notice, name) if with_texts else None for name in texts}
        return cls(**shown)


class MessageView(Shape):
    """What somebody wrote. Sender and text are null for those who are not of finance.

    ``meaning``: opt_out (it was nothing but a word of opting out), perhaps_opt_out, message.
    """

    id: str
    channel: str
    meaning: str
    received_at: datetime
    sender: str | None
    text: str | None

    @classmethod
    def of(cls, message: IncomingMessage, *, with_texts: bool) -> Self:
        """The shape of a message."""
        return cls(
            id=message.id,
            channel=message.channel,
            meaning=message.meaning,
            received_at=message.received_at,
            sender=message.sender if with_texts else None,
            text=message.text if with_texts else None,
        )


class TimelineView(Shape):
    """One line of the case's history."""

    seq: int
    at: datetime
    actor: str
    kind: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: TimelineRow) -> Self:
        """The shape of a line."""
        return cls.model_validate(row)


class TimelinePage(Page[TimelineView]):
    """One page of a case's history."""


class CaseDetail(CaseView):
    """A case with everything that is known of it."""

    debtor: DebtorView
    claims: list[LoanView]
    holds: list[HoldView]
    promises: list[PromiseView]
    buckets: list[BucketView]
    notices: list[NoticeView]
    messages: Annotated[list[MessageView], Field(description="What was written to us, newest first.")]
    timeline: Annotated[
        list[TimelineView], Field(description="The newest 500 lines, oldest first; `/timeline` has all.")
    ]


def case_detail(tx: Connection, case: Case, *, with_texts: bool) -> CaseDetail:
    """Everything about a case; with texts for those who may read what debtors are told."""
    party = parties.get(tx, case.party_id)
    columns = {name: getattr(case, name) for name in Case.__dataclass_fields__}
    return CaseDetail(
        **_stated({**columns, "debtor_name": party.name}),
        debtor=DebtorView.model_validate(party),
        claims=[LoanView.of(loan) for loan in debt(tx, case).loans],
        holds=[HoldView.of(hold) for hold in holds.of_case(tx, case.id)],
        promises=[PromiseView.of(promise) for promise in promises.of_case(tx, case.id)],
        buckets=[
            BucketView(bucket=bucket, start=start, end=end) for start, end, bucket in buckets.of_case(tx, case.id)
        ],
        notices=[NoticeView.of(notice, with_texts=with_texts) for notice in notices.of_case(tx, case.id)],
        messages=[MessageView.of(message, with_texts=with_texts) for message in incoming_messages.of_case(tx, case.id)],
        timeline=[TimelineView.of(row) for row in timeline.of_case(tx, case.id)],
    )


def _stated(row: Mapping[str, Any]) -> dict[str, Any]:
    derived = ("overdue", "outstanding")
    return {
        **{name: row[name] for name in CaseView.model_fields if name not in derived},
        **{name: Amount.minor(row[f"{name}_minor"], row["currency"]) for name in derived},
    }
