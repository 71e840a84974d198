"""The wording of notices by country, kind, channel and language: which version is approved, and its approval by two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from activities import wording_desk
from activities.wording_desk import Standing, WordingDesk
from connectors.notice_questions import channel_from, kind_from
from domain.day_close import Actor
from gateway.auth import Administrator, Caller, Finance, Reader
from gateway.idempotency import Given, Once, OnceDep
from gateway.queries import ServedCountry
from gateway.shapes import Body, Identifier, LongText, Shape, ShortText
from store import wording_approvals
from store.wording_approvals import Approval, Variant

router = APIRouter(prefix="/v1/notice-wording", tags=["notices"])


class ApprovalView(Shape):
    """One version of a variant's wording as it read when it was proposed; `text` is a sample of invented facts."""

    id: str
    country: str
    kind: str
    channel: str
    locale: str
    version: str
    sha256: str
    state: str
    subject: str
    text: str
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    remark: str | None

    @classmethod
    def of(cls, approval: Approval) -> Self:
        """The shape of a proposal or an approval."""
        variant = {name: getattr(approval.variant, name) for name in Variant.__dataclass_fields__}
        same = {name: getattr(approval, name) for name in cls.model_fields if name not in variant}
        return cls(**same | variant)


class VariantView(Shape):
    """How a variant stands: `approved_by` is an approval, `release` where those are trusted, or null: it is held."""

    country: str
    kind: str
    channel: str
    locale: str
    version: str
    sha256: str
    approved_by: str | None
    proposed: Annotated[str | None, Field(description="The proposal that waits for a second person.")]
    last_approved_sha256: str | None

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """The shape of a variant's standing."""
        variant = {name: getattr(standing.variant, name) for name in Variant.__dataclass_fields__}
        return cls(
            **variant,
            version=standing.wording.version,
            sha256=standing.wording.sha256,
            approved_by=standing.approved_by,
            proposed=standing.waiting.id if standing.waiting else None,
            last_approved_sha256=standing.approval.sha256 if standing.approval else None,
        )


class VariantList(Shape):
    """Every variant of a country."""

    data: list[VariantView]


class VariantDetail(VariantView):
    """A variant with how it reads now, how it read when it was approved last, and everything ever proposed."""

    subject: str
    text: str
    last_approved: ApprovalView | None
    history: list[ApprovalView]


class TrustView(Shape):
    """Whether the wording that a release brings counts as approved; it does not where nobody said so."""

    shipped_approved: bool
    reason: str | None = None
    setter: str | None = None
    set_at: datetime | None = None


class VariantBody(Body):
    """Whose wording it is."""

    country: ServedCountry
    kind: ShortText
    channel: ShortText
    locale: ShortText

    def variant(self) -> Variant:
        """The variant; raises ``notice_kind_unknown``, ``channel_not_written`` and ``locale_unknown``."""
        kind, channel = kind_from(self.kind).value, channel_from(self.channel)
        return wording_desk.variant_of(self.country, kind, channel, self.locale)


class WhyBody(Body):
    """Why."""

    reason: LongText


class TrustBody(Body):
    """Whether the wording of releases counts as approved, and why."""

    shipped_approved: bool
    reason: LongText


@router.get("", operation_id="listNoticeWording", summary="List a country's variants of wording")
def list_wording(caller: Reader, country: Annotated[ServedCountry, Query()]) -> VariantList:
    """By language, kind and channel, each with what approves it."""
    with caller.transaction() as tx:
        found = wording_desk.of_country(tx, country, today=caller.services.now().date())
    return VariantList(data=[VariantView.of(one) for one in found])


@router.get("/variant", operation_id="getNoticeWording", summary="Read one variant of wording")
def get_wording(
    caller: Reader,
    country: Annotated[ServedCountry, Query()],
    kind: Annotated[ShortText, Query()],
    channel: Annotated[ShortText, Query()],
    locale: Annotated[ShortText, Query()],
) -> VariantDetail:
    """How it reads now, and how it read when it was approved last."""
    variant = VariantBody(country=country, kind=kind, channel=channel, locale=locale).variant()
    with caller.transaction() as tx:
        standing = wording_desk.standing(tx, variant, today=caller.services.now().date())
        told = wording_approvals.history(tx, variant)
    return VariantDetail(
        **VariantView.of(standing).model_dump(),
        subject=standing.wording.sample.subject,
        text=standing.wording.sample.text,
        last_approved=ApprovalView.of(standing.approval) if standing.approval else None,
        history=[ApprovalView.of(one) for one in told],
    )


def _act(caller: Caller, once: Once, said: Any, work: Callable[[WordingDesk], Approval], status: int) -> Response:
    def effect(tx: Connection) -> Given:
        return Given.of(ApprovalView.of(work(_desk(caller, tx))), status=status)

    return once.in_transaction(caller, said, effect).response()


def _desk(caller: Caller, tx: Connection) -> WordingDesk:
    services = caller.services
    actor = Actor(caller.principal.id, caller.actor)
    return WordingDesk(tx, caller.tenant_id, actor, services.new_id, services.now())


@router.post(
    "/proposals",
    status_code=201,
    operation_id="proposeNoticeWording",
    summary="Propose a variant's wording as it is now",
    response_model=ApprovalView,
)
def propose(body: VariantBody, caller: Finance, once: OnceDep) -> Response:
    """It waits for a second person."""
    variant = body.variant()
    return _act(caller, once, body.model_dump(mode="json"), lambda desk: desk.propose(variant), 201)


@router.post(
    "/proposals/{approval_id}/approve",
    operation_id="approveNoticeWording",
    summary="Approve proposed wording",
    response_model=ApprovalView,
)
def approve(approval_id: Identifier, caller: Finance, once: OnceDep) -> Response:
    """By another person than who proposed it; notices that waited for it go back to the outbox."""
    return _act(caller, once, None, lambda desk: desk.approve(approval_id), 200)


@router.post(
    "/proposals/{approval_id}/turn-down",
    operation_id="turnDownNoticeWording",
    summary="Withdraw or decline proposed wording",
    response_model=ApprovalView,
)
def turn_down(approval_id: Identifier, body: WhyBody, caller: Finance, once: OnceDep) -> Response:
    """Its author withdraws it, another person declines it."""
    said = body.model_dump(mode="json")
    return _act(caller, once, said, lambda desk: desk.turn_down(approval_id, reason=body.reason), 200)


@router.post(
    "/approvals/{approval_id}/revoke",
    operation_id="revokeNoticeWording",
    summary="Take an approval back",
    response_model=ApprovalView,
)
def revoke(approval_id: Identifier, body: WhyBody, caller: Finance, once: OnceDep) -> Response:
    """One person is enough to stop; from then on the wording is not sent."""
    said = body.model_dump(mode="json")
    return _act(caller, once, said, lambda desk: desk.revoke(approval_id, reason=body.reason), 200)


@router.get("/trust", operation_id="getWordingTrust", summary="Whether the wording of releases counts as approved")
def get_trust(caller: Reader) -> TrustView:
    """It does not unless an administrator said so."""
    with caller.transaction() as tx:
        said = wording_approvals.trust(tx)
    return TrustView.model_validate(said, from_attributes=True) if said else TrustView(shipped_approved=False)


@router.post(
    "/trust",
    operation_id="setWordingTrust",
    summary="Say whether the wording of releases counts as approved",
    response_model=TrustView,
)
def set_trust(body: TrustBody, caller: Administrator, once: OnceDep) -> Response:
    """Kept with who and why; the last word counts. A version that somebody declined or revoked stays unapproved."""

    def effect(tx: Connection) -> Given:
        said = _desk(caller, tx).trust(shipped_approved=body.shipped_approved, reason=body.reason)
        return Given.of(TrustView.model_validate(said, from_attributes=True), status=200)

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()
