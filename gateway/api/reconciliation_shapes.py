"""The shapes of a reconciliation: groups with their evidence, runs with their proof, the report of each morning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field

from activities.match_decisions import Part
from activities.reconciliation import Found
from activities.reconciliation_report import DailyReport, ReportLine
from domain.matching.outcome import Stage
from domain.reconciliation import Leg, Verified
from gateway.queries import Among
from gateway.shapes import Amount, Body, Code, Identifier, JsonObject, LongText, Page, Shape
from store import reconciliation
from store.recon_items import Item
from store.reconciliation import MatchGroup, Member, Run

LegCode = Annotated[Code, Among(lambda: tuple(leg.value for leg in Leg))]
StageCode = Annotated[Code, Among(lambda: (*(stage.value for stage in Stage), "by_hand"))]
StatusCode = Annotated[Code, Among(lambda: reconciliation.STATUSES)]
ItemNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]


class MemberView(Shape):
    """One row of a group: something of the book on the left, what another states on the right.

    `ref` names it: a receipt, reversal, contest, payout or payment request, or `line/` and the number of a file's line.
    """

    seq: int
    side: str
    kind: str
    ref: str
    line_seq: int | None
    connection_id: str
    amount: Amount
    fee: Amount
    tax: Amount
    day: date
    state: str

    @classmethod
    def of(cls, one: Member | Item) -> Self:
        """The shape of a member, or of an item that is in no group."""
        return cls(
            seq=one.seq,
            side=one.side,
            kind=one.kind,
            ref=one.ref,
            line_seq=one.line_seq,
            connection_id=one.connection_id,
            amount=Amount.minor(one.amount_minor, one.currency),
            fee=Amount.minor(one.fee_minor, one.currency),
            tax=Amount.minor(one.tax_minor, one.currency),
            day=one.day,
            state=one.state,
        )


class GroupView(Shape):
    """Rows that are, or may be, the same money, with the reasons in words and as codes with values.

    `proposed` and `ambiguous` wait for a person; `effects` is what was booked because of it.
    """

    id: str
    connection_id: str
    leg: str
    currency: str
    run_id: str | None
    status: str
    stage: str
    score: int
    reasons: list[JsonObject]
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None
    effects: list[JsonObject]
    members: list[MemberView]

    @classmethod
    def of(cls, group: MatchGroup, members: list[Member]) -> Self:
        """The shape of a group."""
        plain: dict[str, Any] = {name: getattr(group, name) for name in cls.model_fields if name != "members"}
        return cls(**plain, members=[MemberView.of(one) for one in members])


class GroupPage(Page[GroupView]):
    """One page of groups."""


class ItemPage(Page[MemberView]):
    """One page of what is open."""


class RunView(Shape):
    """One comparison: what was found by stage, and the proof by side that every minor unit is accounted for."""

    id: str
    connection_id: str
    leg: str
    currency: str
    rules_version: Annotated[int, Field(description="0 is the standard.")]
    day: date
    digest: Annotated[str, Field(description="SHA-256 of the rows compared, whatever their order.")]
    counts: JsonObject
    identity: list[JsonObject]
    actor: str
    started_at: datetime

    @classmethod
    def of(cls, run: Run) -> Self:
        """The shape of a run."""
        return cls.model_validate(run)


class RunPage(Page[RunView]):
    """One page of runs."""


class FoundView(Shape):
    """What a run found. Of a dry run nothing is kept; its identifiers name nothing."""

    dry_run: bool
    run: RunView
    confirmed: int
    proposed: int
    ambiguous: int
    leftover: int

    @classmethod
    def of(cls, found: Found) -> Self:
        """The shape of what a run found."""
        statuses = [group.status for group in found.groups]
        return cls(
            dry_run=found.dry,
            run=RunView.of(found.run),
            confirmed=statuses.count("confirmed"),
            proposed=statuses.count("proposed"),
            ambiguous=statuses.count("ambiguous"),
            leftover=len(found.leftover),
        )


class FoundList(Shape):
    """What each context's run found."""

    data: list[FoundView]


class RunBody(Body):
    """What to compare: every context, or those of a connection, or of one leg. A dry run writes nothing."""

    connection_id: Identifier | None = None
    leg: LegCode | None = None
    dry_run: bool = False


class PartBody(Body):
    """Items of both sides that are the same money."""

    left: Annotated[list[ItemNumber], Field(min_length=1, max_length=250)]
    right: Annotated[list[ItemNumber], Field(min_length=1, max_length=250)]

    def part(self) -> Part:
        """The part."""
        return Part(tuple(self.left), tuple(self.right))


class SplitBody(Body):
    """The parts of a proposal that are confirmed; the rest of it is open again."""

    parts: Annotated[list[PartBody], Field(min_length=1, max_length=100)]


class MatchBody(PartBody):
    """Items of one leg that a person found to be the same money."""

    leg: LegCode


class NoteBody(Body):
    """Why."""

    note: LongText


class AcceptBody(Body):
    """A remark, if there is one."""

    note: LongText | None = None


class BulkBody(Body):
    """Which waiting proposals to accept: all, or of a connection, a leg or a stage; oldest first."""

    connection_id: Identifier | None = None
    leg: LegCode | None = None
    stage: Annotated[Code | None, Among(lambda: tuple(stage.value for stage in Stage))] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AcceptedView(Shape):
    """What became of one proposal: confirmed, or the code of why not."""

    group_id: str
    refused: str | None


class AcceptedList(Shape):
    """What became of each proposal."""

    data: list[AcceptedView]


class RulesView(Shape):
    """The rule set and limits that a connection's leg is compared by; version 0 is the standard."""

    connection_id: str
    leg: str
    version: int
    rules: JsonObject
    policy: JsonObject
    set_by: str | None
    set_at: datetime | None


class RulesBody(Body):
    """A rule set as `afluente reconcile --config` takes it, and limits; what is left out is the standard."""

    connection_id: Identifier
    leg: LegCode
    rules: JsonObject = Field(default_factory=dict)
    policy: JsonObject = Field(default_factory=dict)


class VerifiedView(Shape):
    """How much of what came was verified by the next day and by the fourth, later, and not yet; amounts unsigned."""

    items: int
    value: Amount
    by_t1: Amount
    by_t4: Amount
    later: Amount
    unexplained: Amount
    oldest: date | None

    @classmethod
    def of(cls, told: Verified, currency: str) -> Self:
        """The shape of what was verified."""
        return cls(
            items=told.items,
            value=Amount.minor(told.value, currency),
            by_t1=Amount.minor(told.by_t1, currency),
            by_t4=Amount.minor(told.by_t4, currency),
            later=Amount.minor(told.later, currency),
            unexplained=Amount.minor(told.open, currency),
            oldest=told.oldest,
        )


class ReportLineView(Shape):
    """One child account in one leg: its own currency, and the parent's (null without a rate)."""

    account_id: str
    connection_id: str
    name: str
    leg: str
    verified: VerifiedView
    in_parent: VerifiedView | None

    @classmethod
    def of(cls, line: ReportLine, currency: str) -> Self:
        """The shape of a line."""
        return cls(
            account_id=line.account_id,
            connection_id=line.connection_id,
            name=line.name,
            leg=line.leg.value,
            verified=VerifiedView.of(line.verified, line.currency),
            in_parent=None if line.in_parent is None else VerifiedView.of(line.in_parent, currency),
        )


class ReportTotal(Shape):
    """All child accounts in one leg, in the parent's currency."""

    leg: str
    verified: VerifiedView


class DailyReportView(Shape):
    """The report of some days; `complete` is false where a currency had no rate and is in no total."""

    creditor_id: str
    currency: str
    first: date
    last: date
    complete: bool
    lines: list[ReportLineView]
    totals: list[ReportTotal]

    @classmethod
    def of(cls, report: DailyReport) -> Self:
        """The shape of a report."""
        return cls(
            creditor_id=report.creditor_id,
            currency=report.currency,
            first=report.first,
            last=report.last,
            complete=report.complete,
            lines=[ReportLineView.of(line, report.currency) for line in report.lines],
            totals=[
                ReportTotal(leg=leg.value, verified=VerifiedView.of(told, report.currency))
                for leg, told in report.totals.items()
            ],
        )
