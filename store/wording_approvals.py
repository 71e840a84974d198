"""Wording of notices by variant and version: who proposed it, who approved it, and which approval stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Identity,
    Index,
    RowMapping,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from domain.day_close import Actor
from domain.errors import NotFound
from store.schema import decided_by_another, identifier, metadata, moment, tenant

_VARIANT = ("country", "kind", "channel", "locale")

approval_table = Table(
    "wording_approval",
    metadata,
    identifier(),
    tenant(),
    *(Column(name, Text, nullable=False) for name in _VARIANT),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    *decided_by_another("revoked"),
    Index(
        "ux_wording_approval_waiting",
        "tenant_id",
        *_VARIANT,
        "sha256",
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
    Index(
        "ux_wording_approval_standing",
        "tenant_id",
        *_VARIANT,
        "sha256",
        unique=True,
        postgresql_where=text("state = 'approved'"),
    ),
    Index("ix_wording_approval_variant", *_VARIANT, "decided_at"),
)

trust_table = Table(
    "wording_trust",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("shipped_approved", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("setter", Text, nullable=False),
    moment("set_at"),
)


class ApprovalState(StrEnum):
    """What became of wording that was proposed; an approval that is revoked approves nothing any more."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Variant:
    """Whose wording it is: a country's notice of a kind, over a channel, in a language."""

    country: str
    kind: str
    channel: str
    locale: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One version of a variant's wording, as it read when it was proposed, with who proposed and who decided it."""

    id: str
    variant: Variant
    version: str
    sha256: str
    subject: str
    text: str
    state: ApprovalState
    proposed_by: str
    proposer: str
    proposed_at: datetime
    decided_by: str | None = None
    decider: str | None = None
    decided_at: datetime | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a tenant takes the wording of a release as approved, with who said so and why."""

    shipped_approved: bool
    reason: str
    set_by: str
    setter: str
    set_at: datetime


_OWN = tuple(name for name in Approval.__dataclass_fields__ if name != "variant")


def add(tx: Connection, approval: Approval, *, tenant_id: str) -> None:
    """Keep wording that is proposed."""
    values: dict[str, Any] = {name: getattr(approval, name) for name in _OWN}
    values |= {name: getattr(approval.variant, name) for name in _VARIANT}
    tx.execute(insert(approval_table).values(tenant_id=tenant_id, **values | {"state": approval.state.value}))


def decide(
    tx: Connection, approval_id: str, state: ApprovalState, *, actor: Actor, now: datetime, remark: str | None
) -> None:
    """Say what became of it."""
    decided = {"decided_by": actor.id, "decider": actor.name, "decided_at": now, "remark": remark}
    tx.execute(update(approval_table).where(approval_table.c.id == approval_id).values(state=state.value, **decided))


def get(tx: Connection, approval_id: str, *, locked: bool = False) -> Approval:
    """The proposal or approval, or ``wording_unknown``; ``locked`` until the transaction ends."""
    query = select(approval_table).where(approval_table.c.id == approval_id)
    row = tx.execute(query.with_for_update() if locked else query).mappings().first()
    if row is None:
        raise NotFound("wording_unknown", f"There is no wording {approval_id}.")
    return _approval(row)


def standing(tx: Connection, variant: Variant, sha256: str) -> Approval | None:
    """The approval of a version that stands."""
    return _first(tx, variant, ApprovalState.APPROVED, sha256)


def waiting(tx: Connection, variant: Variant, sha256: str) -> Approval | None:
    """The proposal of a version that nobody decided yet."""
    return _first(tx, variant, ApprovalState.PROPOSED, sha256)


def last_approved(tx: Connection, variant: Variant) -> Approval | None:
    """The approval given last for any version of a variant."""
    return _first(tx, variant, ApprovalState.APPROVED, None)


def _first(tx: Connection, variant: Variant, state: ApprovalState, sha256: str | None) -> Approval | None:
    table = approval_table
    query = select(table).where(
        *(table.c[name] == getattr(variant, name) for name in _VARIANT), table.c.state == state.value
    )
    if sha256 is not None:
        query = query.where(table.c.sha256 == sha256)
    row = tx.execute(query.order_by(table.c.decided_at.desc()).limit(1)).mappings().first()
    return _approval(row) if row else None


def of_country(tx: Connection, country: str) -> dict[tuple[Variant, str, ApprovalState], Approval]:
    """What is proposed and approved in a country, by variant, version's digest and state."""
    table = approval_table
    live = (ApprovalState.PROPOSED.value, ApprovalState.APPROVED.value)
    query = select(table).where(table.c.country == country, table.c.state.in_(live)).order_by(table.c.decided_at)
    found = (_approval(row) for row in tx.execute(query).mappings())
    return {(one.variant, one.sha256, one.state): one for one in found}


def turned_down(tx: Connection, country: str) -> frozenset[tuple[Variant, str]]:
    """Versions of a country's variants that somebody declined or revoked."""
    table = approval_table
    columns = [table.c[name] for name in (*_VARIANT, "sha256")]
    states = (ApprovalState.DECLINED.value, ApprovalState.REVOKED.value)
    rows = tx.execute(select(*columns).where(table.c.country == country, table.c.state.in_(states)))
    return frozenset((Variant(*row[:-1]), row[-1]) for row in rows.tuples())


def history(tx: Connection, variant: Variant, *, limit: int = 50) -> list[Approval]:
    """What was ever proposed for a variant, newest first."""
    table = approval_table
    query = select(table).where(*(table.c[name] == getattr(variant, name) for name in _VARIANT))
    return [_approval(row) for row in tx.execute(query.order_by(table.c.proposed_at.desc()).limit(limit)).mappings()]


def _approval(row: RowMapping) -> Approval:
    values = {name: row[name] for name in _OWN}
    variant = Variant(**{name: row[name] for name in _VARIANT})
    return Approval(variant=variant, **values | {"state": ApprovalState(row["state"])})


def trust(tx: Connection) -> Trust | None:
    """What the tenant said last of the wording of releases; ``None`` is that it approves nothing by itself."""
    columns = [trust_table.c[name] for name in Trust.__dataclass_fields__]
    row = tx.execute(select(*columns).order_by(trust_table.c.seq.desc()).limit(1)).mappings().first()
    return Trust(**row) if row else None


def set_trust(tx: Connection, said: Trust, *, tenant_id: str) -> None:
    """Keep what the tenant says of the wording of releases."""
    values = {name: getattr(said, name) for name in Trust.__dataclass_fields__}
    tx.execute(insert(trust_table).values(tenant_id=tenant_id, **values))
