"""Contact permits: the one budget of touches, kept for each debtor, loan and number, whoever makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    any_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.contacts import Actor, Channel, ContactResult
from domain.errors import Conflict, NotFound
from store.loans import loan_table
from store.schema import identifier, metadata, moment, tenant
from store.sealing import ring

UNUSED: Final = "unused"
_OUTCOMES: Final = (*ContactResult, UNUSED)
_REACH: Final = {result.value: reach for reach, result in enumerate(ContactResult)}


def one_of(column: str, words: Iterable[str]) -> str:
    """The condition that a column is one of some words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


permit_table = Table(
    "contact_permit",
    metadata,
    identifier(),
    tenant(),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("loan_id", Text, ForeignKey("loan.id")),
    Column("number_index", LargeBinary),
    Column("channel", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("rules", ARRAY(Text), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    moment("settled_at", nullable=True),
    Column("held_by", Text),
    CheckConstraint(one_of("channel", Channel), name="channel_known"),
    CheckConstraint(one_of("actor", Actor), name="actor_known"),
    CheckConstraint(one_of("result", _OUTCOMES), name="result_known"),
    CheckConstraint("settled_at IS NOT NULL OR result = 'attempt'", name="told"),
    CheckConstraint("expires_at >= issued_at", name="expires"),
    Index("ix_contact_permit_party", "party_id", "issued_at"),
    Index("ix_contact_permit_loan", "loan_id", "issued_at", postgresql_where=text("loan_id IS NOT NULL")),
    Index("ix_contact_permit_number", "number_index", "issued_at", postgresql_where=text("number_index IS NOT NULL")),
)


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to make one contact, spent from the contact budget; unused it gives its place back when it expires.

    ``loan_id`` and ``number_index`` (a blind index of number or address) say what the contact is about and where it
    goes; ``None`` is not known, and counts against each. ``held_by`` is the machine or person that it was given to.
    """

    id: str
    tenant_id: str
    party_id: str
    case_id: str
    loan_id: str | None
    number_index: bytes | None
    channel: str
    actor: str
    result: str
    rules: list[str]
    issued_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a contact is spent from: the debtor's, the loan's and the number's."""

    party_id: str
    loan_id: str | None
    number_index: bytes | None

    def lock_names(self) -> Iterable[str]:
        """Names to lock: one for each thing that is counted."""
        yield self.party_id
        if self.loan_id is not None:
            yield self.loan_id
        if self.number_index is not None:
            yield self.number_index.hex()


def number_index(number: str | None) -> bytes | None:
    """The blind index that a telephone number or an address is counted under."""
    return None if number is None else ring().blind_index(number, field="contact_permit.number")


def lock(tx: Connection, budgets: Iterable[Budget]) -> None:
    """Make others wait who would spend from any of these until this transaction ends.

    The locks are taken in one order, so that two transactions never wait for each other.
    """
    names = sorted({key for budget in budgets for key in budget.lock_names()})
    tx.execute(_LOCK, {"names": names})


_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended('contact budget ' || name, 0) AS key "
    "FROM unnest(CAST(:names AS text[])) AS name ORDER BY 1) AS ordered"
)


def spent(tx: Connection, budgets: Sequence[Budget], *, since: datetime, now: datetime) -> list[Permit]:
    """Permits since a moment that count against any of these budgets: used ones, and open ones not yet expired."""
    table = permit_table.c
    about = [table.party_id == any_(literal([budget.party_id for budget in budgets], ARRAY(Text)))]
    loans = [budget.loan_id for budget in budgets if budget.loan_id is not None]
    numbers = [budget.number_index for budget in budgets if budget.number_index is not None]
    if loans:
        about.append(table.loan_id == any_(literal(loans, ARRAY(Text))))
    if numbers:
        about.append(table.number_index == any_(literal(numbers, ARRAY(LargeBinary))))
    query = (
        select(permit_table)
        .where(
            or_(*about),
            table.issued_at >= since,
            table.result != UNUSED,
            or_(table.settled_at.is_not(None), table.expires_at > now),
        )
        .order_by(table.issued_at, table.id)
    )
    return [Permit(**row) for row in tx.execute(query).mappings()]


def last_text(tx: Connection, number_indexes: Sequence[bytes], *, since: datetime) -> str | None:
    """The permit of the newest text that went to a number since a moment; ``None`` where none did."""
    table = permit_table.c
    query = (
        select(table.id)
        .where(
            table.number_index == any_(literal(list(number_indexes), ARRAY(LargeBinary))),
            table.channel == Channel.SMS.value,
            table.issued_at >= since,
            table.result != UNUSED,
            table.settled_at.is_not(None),
        )
        .order_by(table.issued_at.desc(), table.id.desc())
        .limit(1)
    )
    return tx.execute(query).scalar()


def only_loans(tx: Connection, party_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The loan of each (party, creditor) that has exactly one."""
    query = (
        select(loan_table.c.party_id, loan_table.c.creditor_id, func.min(loan_table.c.id))
        .where(loan_table.c.party_id == any_(literal(list(party_ids), ARRAY(Text))))
        .group_by(loan_table.c.party_id, loan_table.c.creditor_id)
        .having(func.count() == 1)
    )
    return {(party_id, creditor_id): loan_id for party_id, creditor_id, loan_id in tx.execute(query)}


def get(tx: Connection, permit_id: str) -> Permit:
    """The permit, or ``permit_unknown``."""
    row = tx.execute(select(permit_table).where(permit_table.c.id == permit_id)).mappings().first()
    if row is None:
        raise _unknown(permit_id)
    return Permit(**row)


def _unknown(permit_id: str) -> NotFound:
    return NotFound("permit_unknown", f"There is no permit {permit_id}.")


def add(tx: Connection, permits: Sequence[Permit]) -> None:
    """Issue permits."""
    if permits:
        rows = [{name: getattr(permit, name) for name in Permit.__dataclass_fields__} for permit in permits]
        tx.execute(insert(permit_table), rows)


def settle(tx: Connection, permit_id: str, *, result: str, now: datetime) -> bool:
    """State what came of the contact: attempt, contact, right_party, or unused, which gives its place back.

    An outcome told later may reach further than the first (a text that is answered), never less far, and what went out
    is never unused again. True where it was told after the permit had expired: the touch counts all the same.
    Raises ``permit_unknown``, ``permit_settled``.
    """
    table = permit_table.c
    reached = case(_REACH, value=table.result, else_=len(_REACH))
    open_still = table.settled_at.is_(None)
    further = open_still if result == UNUSED else or_(open_still, reached <= _REACH[result])
    statement = (
        update(permit_table)
        .where(table.id == permit_id, further)
        .values(result=result, settled_at=func.coalesce(table.settled_at, now))
        .returning(table.expires_at)
    )
    expires_at: datetime | None = tx.execute(statement).scalar()
    if expires_at is not None:
        return expires_at <= now
    first = tx.execute(select(table.result).where(table.id == permit_id)).scalar()
    if first is None:
        raise _unknown(permit_id)
    raise Conflict(
        "permit_settled",
        f"The permit {permit_id} was settled as {first} and cannot become {result}.",
        fix="Ask for a new permit for a new contact.",
    )
