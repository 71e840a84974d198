"""The shapes of cash sweeps: what each rule would do now, runs from plan to arrival, and the file for banks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from activities.sweep_outlook import Prospect
from domain.remittance import RemittanceDocument
from domain.sweep_reasons import SENTENCES
from domain.sweeps import NotNow, SweepPlan
from gateway.api.sweep_rule_shapes import SweepEventView
from gateway.shapes import Amount, Body, LongText, Page, Shape, ShortText
from store.sweep_runs import SweepRun


class PaperView(Shape):
    """A paper that a transfer needs, by the country's rules."""

    code: str
    name: str
    source: str
    confidence: str

    @classmethod
    def of(cls, paper: RemittanceDocument) -> Self:
        """The shape of a paper."""
        return cls(code=paper.code, name=paper.name, source=paper.source, confidence=paper.confidence.value)


class TaxView(Shape):
    """A tax that leaves the account beside the amount."""

    code: str
    amount: Amount


class PlannedSweep(Shape):
    """What would be swept now."""

    amount: Amount
    arriving: Amount
    at_middle: Amount | None
    rate: Annotated[str | None, Field(description="Units of the parent's currency for one of the child's.")]
    rate_source: str | None
    rate_as_of: date | None
    taxes: list[TaxView]
    documents: list[PaperView]
    business_date: date
    cut_off_at: datetime
    needs_approval: bool

    @classmethod
    def of(cls, plan: SweepPlan) -> Self:
        """The shape of a plan."""
        price = plan.price
        return cls(
            amount=Amount.of(plan.amount),
            arriving=Amount.of(plan.arriving),
            at_middle=None if plan.exchange is None else Amount.of(plan.exchange.at_middle),
            rate=None if price is None else f"{price.rate:f}",
            rate_source=None if price is None else price.source,
            rate_as_of=None if price is None else price.as_of,
            taxes=[TaxView(code=one.code, amount=Amount.of(one.amount)) for one in plan.taxes],
            documents=[PaperView.of(one) for one in plan.documents],
            business_date=plan.business_date,
            cut_off_at=plan.effective_at,
            needs_approval=plan.needs_approval,
        )


class WhyNot(Shape):
    """Why nothing is swept now; ``next_at`` where only the calendar stands in the way."""

    code: str
    message: str
    next_at: datetime | None
    documents: list[PaperView]
    details: dict[str, str]

    @classmethod
    def of(cls, answer: NotNow) -> Self:
        """The shape of a reason."""
        return cls(
            code=answer.reason.value,
            message=SENTENCES[answer.reason],
            next_at=answer.next_at,
            documents=[PaperView.of(one) for one in answer.documents],
            details=dict(answer.details),
        )


class Outlook(Shape):
    """A rule and what it would do now: ``plan``, or ``not_now``."""

    rule_id: str
    child_account_id: str
    account: str
    country: str | None
    available: Annotated[Amount, Field(description="In the bank, less what is reserved.")]
    plan: PlannedSweep | None
    not_now: WhyNot | None

    @classmethod
    def of(cls, prospect: Prospect) -> Self:
        """The shape of a prospect."""
        answer, error = prospect.answer, prospect.error
        why = WhyNot.of(answer) if isinstance(answer, NotNow) else None
        if error is not None:
            why = WhyNot(code=error.code, message=error.message, next_at=None, documents=[], details={})
        return cls(
            rule_id=prospect.stored.rule.id,
            child_account_id=prospect.ends.child.id,
            account=prospect.ends.child.name,
            country=prospect.ends.child.country,
            available=Amount.of(prospect.available),
            plan=PlannedSweep.of(answer) if isinstance(answer, SweepPlan) else None,
            not_now=why,
        )


class OutlookList(Shape):
    """Every rule that is not retired."""

    data: list[Outlook]


class SweepRunView(Shape):
    """One sweep and where it is."""

    id: str
    rule_id: str
    business_date: date
    attempt: int
    state: Annotated[
        str,
        Field(description="planned, awaiting_approval, sent, in_transit, arrived, failed, returned or cancelled."),
    ]
    amount: Amount
    expected: Annotated[Amount, Field(description="What is to arrive at the parent.")]
    at_middle: Amount | None
    arrived: Amount | None
    arrived_on: date | None
    rate: str | None
    mid: str | None
    rate_source: str | None
    rate_as_of: date | None
    quote_id: str | None
    taxes: list[TaxView]
    cut_off_at: datetime
    requested_by: str
    created_at: datetime
    approved_by: str | None
    sent_at: datetime | None
    taken_at: datetime | None
    ended_at: datetime | None
    reason_code: str | None
    reason: str | None
    bank_reference: str | None
    file_reference: str | None
    entries: Annotated[list[str], Field(description="Its journal entries, in order.")]

    @classmethod
    def of(cls, run: SweepRun) -> Self:
        """The shape of a run."""
        entries = (run.entry_out, run.entry_tax, run.entry_in, run.reversal, run.reversal_tax)
        made = {"amount", "expected", "at_middle", "arrived", "rate", "mid", "taxes", "cut_off_at", "state", "entries"}
        return cls(
            **{name: getattr(run, name) for name in cls.model_fields if name not in made and name != "history"},
            state=run.state.value,
            amount=Amount.of(run.amount),
            expected=Amount.of(run.expected),
            at_middle=None if run.middle is None else Amount.of(run.middle),
            arrived=None if run.arrived is None else Amount.of(run.arrived),
            rate=None if run.rate is None else f"{run.rate:f}",
            mid=None if run.mid is None else f"{run.mid:f}",
            taxes=[TaxView(code=one.code, amount=Amount.of(one.amount)) for one in run.taxes],
            cut_off_at=run.effective_at,
            entries=[one for one in entries if one is not None],
        )


class SweepRunPage(Page[SweepRunView]):
    """One page of sweeps."""


class SweepRunDetail(Shape):
    """A sweep with its history."""

    run: SweepRunView
    history: list[SweepEventView]


class HandedOver(Body):
    """The bank has taken the order."""

    bank_reference: ShortText | None = None


class ArrivalBody(Body):
    """What the parent's bank shows."""

    amount: Amount
    day: date
    difference_is_right: Annotated[
        bool, Field(description="Needed where it differs by more than a twentieth from what was expected.")
    ] = False
    bank_reference: ShortText | None = None


class SetbackBody(Body):
    """Why a sweep did not arrive; ``returned`` where it had left and came back."""

    reason: LongText
    returned: bool = False


class CancelBody(Body):
    """Why a sweep is given up before anything was booked."""

    reason: LongText


class PaymentFileView(Shape):
    """A file for a bank: its reference, how many orders it holds, and the SHA-256 of its bytes."""

    file_reference: str
    payments: int
    sha256: str
    bytes: int
