"""Approval of wording by four eyes: one person proposes a variant's version, another approves it; then it may be sent.

A change of a sentence makes another version, which needs another approval. Whoever is content with the wording of a
release says so once (``Trust``); unless a tenant says so, nothing counts as approved by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from connectors import registry
from connectors.wording import versions
from connectors.wording.catalogs import canonical
from connectors.wording.versions import Wording
from domain.day_close import Actor, four_eyes
from domain.errors import AfluenteError, Conflict, Invalid
from domain.ids import NewId
from domain.notices import NoticeKind
from store import notices
from store import wording_approvals as kept
from store.wording_approvals import Approval, ApprovalState, Trust, Variant

OF_THE_RELEASE: Final = "release"
"""What stands in the place of an approval where the tenant takes the wording of releases as approved."""
NOT_APPROVED: Final = "wording.not_approved"
"""Why a notice is held whose wording nobody approved."""
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """The wording of a variant as it is today: what approves it, what of it waits, and what was approved last."""

    variant: Variant
    wording: Wording
    approved_by: str | None  # an approval, or ``release``
    approval: Approval | None
    waiting: Approval | None


def current(variant: Variant, *, today: date) -> Wording:
    """A variant's wording as it is today; ``wording_unknown`` where there is none."""
    try:
        kind = NoticeKind(variant.kind)
    except ValueError:
        raise Invalid("notice_kind_unknown", f"{variant.kind!r} is not a kind of notice.") from None
    country = registry.country(variant.country)
    if not versions.is_written(country, kind, variant.channel):
        raise Invalid("channel_not_written", f"A {kind.value} notice has no words for {variant.channel!r} there.")
    return versions.wording(country, kind, variant.channel, variant.locale, today=today)


def variant_of(country: str, kind: str, channel: str, locale: str) -> Variant:
    """A variant by its names; languages that are written alike are one (``pt_BR`` is ``pt``)."""
    return Variant(country.upper(), kind, channel, canonical(locale))


def approved_by(tx: Connection, variant: Variant, sha256: str) -> str | None:
    """What approves a version: an approval's identifier, ``release``, or nothing.

    Who trusts releases may still turn one version down: what was decided last for a version counts.
    """
    found = kept.standing(tx, variant, sha256)
    if found is not None:
        return found.id
    said = kept.trust(tx)
    if said is None or not said.shipped_approved:
        return None
    turned_down = {ApprovalState.DECLINED, ApprovalState.REVOKED}
    if any(one.sha256 == sha256 and one.state in turned_down for one in kept.history(tx, variant)):
        return None
    return OF_THE_RELEASE


def standing(tx: Connection, variant: Variant, *, today: date) -> Standing:
    """How a variant stands."""
    wording = current(variant, today=today)
    return Standing(
        variant,
        wording,
        approved_by(tx, variant, wording.sha256),
        kept.last_approved(tx, variant),
        kept.waiting(tx, variant, wording.sha256),
    )


def of_country(tx: Connection, code: str, *, today: date) -> list[Standing]:
    """How every variant of a country stands, in the order of language, kind and channel."""
    country, said = registry.country(code), kept.trust(tx)
    live = kept.of_country(tx, country.code)
    ever = {key[0]: one for key, one in live.items() if one.state is ApprovalState.APPROVED}
    turned_down = kept.turned_down(tx, country.code) if said and said.shipped_approved else frozenset()
    found = []
    for kind, channel, locale in versions.variants(country):
        variant = Variant(country.code, kind.value, channel, locale)
        wording = versions.wording(country, kind, channel, locale, today=today)
        approval = live.get((variant, wording.sha256, ApprovalState.APPROVED))
        trusted = said is not None and said.shipped_approved and (variant, wording.sha256) not in turned_down
        by = approval.id if approval else OF_THE_RELEASE if trusted else None
        waits = live.get((variant, wording.sha256, ApprovalState.PROPOSED))
        found.append(Standing(variant, wording, by, approval or ever.get(variant), waits))
    return found


@dataclass(frozen=True)
class WordingDesk:
    """The desk, in the caller's transaction, for one person."""

    tx: Connection
    tenant_id: str
    actor: Actor
    new_id: NewId
    now: datetime

    def propose(self, variant: Variant) -> Approval:
        """Propose a variant's wording as it is now; ``wording_approved``, ``wording_proposed`` where it is already."""
        wording = current(variant, today=self.now.date())
        if kept.standing(self.tx, variant, wording.sha256):
            raise Conflict("wording_approved", "This wording is approved already.")
        if kept.waiting(self.tx, variant, wording.sha256):
            raise Conflict("wording_proposed", "This wording waits for a second person already.")
        proposal = Approval(
            id=self.new_id("wording_approval"),
            variant=variant,
            version=wording.version,
            sha256=wording.sha256,
            subject=wording.sample.subject,
            text=wording.sample.text,
            state=ApprovalState.PROPOSED,
            proposed_by=self.actor.id,
            proposer=self.actor.name,
            proposed_at=self.now,
        )
        kept.add(self.tx, proposal, tenant_id=self.tenant_id)
        return proposal

    def propose_all(self, variants: Iterable[Variant]) -> list[Approval]:
        """Propose each variant that is neither approved nor proposed; at most 500 at once."""
        made: list[Approval] = []
        for variant in variants:
            _check_room(made)
            try:
                made.append(self.propose(variant))
            except Conflict:
                continue
        return made

    def approve(self, approval_id: str) -> Approval:
        """Approve what another person proposed, as long as it is still the wording; what waited for it goes on.

        Raises ``four_eyes``, ``wording_decided`` and ``wording_changed``.
        """
        proposal = self._proposed(approval_id)
        four_eyes(proposal.proposed_by, self.actor)
        if current(proposal.variant, today=self.now.date()).sha256 != proposal.sha256:
            raise Conflict(
                "wording_changed", "The wording was changed since it was proposed.", fix="Propose it as it is now."
            )
        self._decide(approval_id, ApprovalState.APPROVED, None)
        variant = proposal.variant
        notices.requeue_held(self.tx, rule=NOT_APPROVED, now=self.now, kind=variant.kind, channel=variant.channel)
        return kept.get(self.tx, approval_id)

    def approve_all(self, approval_ids: Sequence[str]) -> tuple[list[Approval], list[AfluenteError]]:
        """Approve each, and say of the others why not; at most 500 at once."""
        done: list[Approval] = []
        left: list[AfluenteError] = []
        for approval_id in approval_ids:
            _check_room(done)
            try:
                done.append(self.approve(approval_id))
            except AfluenteError as error:
                left.append(error)
        return done, left

    def turn_down(self, approval_id: str, *, reason: str) -> Approval:
        """Withdraw one's own proposal, or decline another's. Raises ``wording_decided`` and ``reason_missing``."""
        proposal = self._proposed(approval_id)
        own = proposal.proposed_by == self.actor.id
        self._decide(approval_id, ApprovalState.WITHDRAWN if own else ApprovalState.DECLINED, say_why(reason))
        return kept.get(self.tx, approval_id)

    def revoke(self, approval_id: str, *, reason: str) -> Approval:
        """Take an approval back: one is enough to stop. Raises ``wording_decided`` and ``reason_missing``."""
        found = kept.get(self.tx, approval_id, locked=True)
        if found.state is not ApprovalState.APPROVED:
            raise _decided(found)
        self._decide(approval_id, ApprovalState.REVOKED, say_why(reason))
        return kept.get(self.tx, approval_id)

    def trust(self, *, shipped_approved: bool, reason: str) -> Trust:
        """Say whether the wording of releases counts as approved; the last word counts. ``reason_missing``."""
        said = Trust(shipped_approved, say_why(reason), self.actor.id, self.actor.name, self.now)
        kept.set_trust(self.tx, said, tenant_id=self.tenant_id)
        if shipped_approved:
            notices.requeue_held(self.tx, rule=NOT_APPROVED, now=self.now)
        return said

    def _proposed(self, approval_id: str) -> Approval:
        found = kept.get(self.tx, approval_id, locked=True)
        if found.state is not ApprovalState.PROPOSED:
            raise _decided(found)
        return found

    def _decide(self, approval_id: str, state: ApprovalState, remark: str | None) -> None:
        kept.decide(self.tx, approval_id, state, actor=self.actor, now=self.now, remark=remark)


def _decided(found: Approval) -> Conflict:
    return Conflict("wording_decided", f"This wording is {found.state.value}.", fix="Look at it as it is now.")


def _check_room(done: Sequence[object]) -> None:
    if len(done) >= MOST_AT_ONCE:
        raise Invalid("too_many_at_once", f"At most {MOST_AT_ONCE} can be done at once.", fix="Choose fewer.")


def say_why(reason: str) -> str:
    """The reason without blanks around it; ``reason_missing`` where there is none."""
    if not reason.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return reason.strip()[:500]
