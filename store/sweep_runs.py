"""Runs of cash sweeps: each at most once for a rule and business date, each step taken by one worker alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from domain.errors import Conflict, NotFound
from domain.money import Money, total
from domain.remittance import TaxDue
from domain.sweep_runs import LEFT, ON_ITS_WAY, WAITING, WITHOUT_EFFECT, RunState
from store.schema import currency, document, identifier, metadata, minor, moment, tenant
from store.sweeps import rule_table

_LIVE: Final = text("state NOT IN ('failed', 'cancelled')")
_STATES: Final = ", ".join(f"'{state.value}'" for state in RunState)

run_table = Table(
    "sweep_run",
    metadata,
    identifier(),
    tenant(),
    Column("rule_id", Text, ForeignKey("sweep_rule.id"), nullable=False),
    Column("rule_revision", Integer, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", Text, nullable=False),
    minor("amount_minor"),
    currency(),
    currency("into_currency"),
    minor("brought_minor", nullable=True),
    minor("middle_minor", nullable=True),
    Column("rate", Numeric),
    Column("mid", Numeric),
    Column("rate_source", Text),
    Column("rate_as_of", Date),
    Column("quote_id", Text, ForeignKey("fx_quote.id")),
    document("taxes"),
    Column("purpose", Text, nullable=False),
    moment("effective_at"),
    Column("requested_by", Text, nullable=False),
    moment("created_at"),
    Column("approved_by", Text),
    moment("approved_at", nullable=True),
    moment("sent_at", nullable=True),
    moment("taken_at", nullable=True),
    moment("ended_at", nullable=True),
    minor("arrived_minor", nullable=True),
    Column("arrived_on", Date),
    Column("reason_code", Text),
    Column("reason", Text),
    Column("bank_reference", Text),
    Column("file_reference", Text),
    Column("entry_out", Text),
    Column("entry_tax", Text),
    Column("entry_in", Text),
    Column("reversal", Text),
    Column("reversal_tax", Text),
    UniqueConstraint("rule_id", "business_date", "attempt"),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint(
        "(state IN ('sent', 'in_transit', 'arrived', 'returned')) <= (entry_out IS NOT NULL)", name="booked"
    ),
    CheckConstraint("(state = 'arrived') = (entry_in IS NOT NULL)", name="settled"),
    CheckConstraint(
        "(state IN ('failed', 'returned') AND entry_out IS NOT NULL) = (reversal IS NOT NULL)", name="undone"
    ),
    CheckConstraint("(state IN ('failed', 'returned', 'cancelled')) <= (reason IS NOT NULL)", name="reasoned"),
    Index("ux_sweep_run_once", "rule_id", "business_date", unique=True, postgresql_where=_LIVE),
    Index("ix_sweep_run_open", "tenant_id", "state", "effective_at"),
)


@dataclass(frozen=True, slots=True)
class SweepRun:
    """One sweep: what was planned, what was booked, where it is.

    ``brought`` and ``middle`` are what the exchange brings and would bring at the middle rate, ``None`` where the
    currency stays. ``effective_at`` is the cut-off of its business date. Entries are named by their identifiers.
    """

    id: str
    tenant_id: str
    rule_id: str
    rule_revision: int
    business_date: date
    attempt: int
    state: RunState
    amount: Money
    into_currency: str
    brought: Money | None
    middle: Money | None
    rate: Decimal | None
    mid: Decimal | None
    rate_source: str | None
    rate_as_of: date | None
    quote_id: str | None
    taxes: tuple[TaxDue, ...]
    purpose: str
    effective_at: datetime
    requested_by: str
    created_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    arrived: Money | None = None
    arrived_on: date | None = None
    reason_code: str | None = None
    reason: str | None = None
    bank_reference: str | None = None
    file_reference: str | None = None
    entry_out: str | None = None
    entry_tax: str | None = None
    entry_in: str | None = None
    reversal: str | None = None
    reversal_tax: str | None = None

    @property
    def key(self) -> str:
        """The stem of the idempotency keys of its entries."""
        return f"sweep/{self.rule_id}/{self.business_date.isoformat()}/{self.attempt}"

    @property
    def expected(self) -> Money:
        """What is to arrive at the parent."""
        return self.brought if self.brought is not None else self.amount

    @property
    def tax(self) -> Money:
        """All taxes together, in the child's currency."""
        return total([one.amount for one in self.taxes], self.amount.currency)


_MONEY: Final = {
    "amount": "currency",
    "brought": "into_currency",
    "middle": "into_currency",
    "arrived": "into_currency",
}
_PLAIN: Final = tuple(name for name in SweepRun.__dataclass_fields__ if name not in {*_MONEY, "taxes", "state"})


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a run as columns."""
    row: dict[str, Any] = {}
    for name, value in values.items():
        if name in _MONEY:
            row[f"{name}_minor"] = None if value is None else value.minor
            if name == "amount":
                row["currency"] = value.currency
        elif name == "taxes":
            row[name] = [{"code": one.code, "minor": one.amount.minor} for one in value]
        elif name == "state":
            row[name] = value.value
        else:
            row[name] = value
    return row


def _run(row: RowMapping) -> SweepRun:
    fields: dict[str, Any] = {name: row[name] for name in _PLAIN}
    for name, held in _MONEY.items():
        minor_units = row[f"{name}_minor"]
        fields[name] = None if minor_units is None else Money(minor_units, row[held])
    fields["taxes"] = tuple(TaxDue(one["code"], Money(one["minor"], row["currency"])) for one in row["taxes"])
    return SweepRun(**fields, state=RunState(row["state"]))


def add(tx: Connection, run: SweepRun) -> bool:
    """Keep a run, unless one stands for its rule and business date; whether it was kept."""
    values = _columns({name: getattr(run, name) for name in SweepRun.__dataclass_fields__})
    statement = (
        insert(run_table)
        .values(values)
        .on_conflict_do_nothing(index_elements=["rule_id", "business_date"], index_where=_LIVE)
        .returning(literal(1))
    )
    return tx.execute(statement).first() is not None


def next_attempt(tx: Connection, rule_id: str, day: date) -> int:
    """Which attempt the next run of a rule for a business date is, counted from 1."""
    query = select(func.coalesce(func.max(run_table.c.attempt), 0) + 1).where(
        run_table.c.rule_id == rule_id, run_table.c.business_date == day
    )
    return int(tx.execute(query).scalar_one())


def get(tx: Connection, run_id: str) -> SweepRun:
    """The run, or ``sweep_run_unknown``."""
    row = tx.execute(select(run_table).where(run_table.c.id == run_id)).mappings().first()
    if row is None:
        raise NotFound("sweep_run_unknown", f"There is no sweep {run_id}.")
    return _run(row)


def take(tx: Connection, run_id: str, *, states: Sequence[RunState]) -> SweepRun | None:
    """The run, locked until the transaction ends, if it is in one of the states; else ``None``.

    Whoever comes second waits, and then sees the state that the first one left.
    """
    query = (
        select(run_table)
        .where(run_table.c.id == run_id, run_table.c.state.in_([state.value for state in states]))
        .with_for_update()
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _run(row)


def advance(tx: Connection, run: SweepRun, **changes: Any) -> SweepRun:
    """Change fields of a run that is still in the state it was read in; else ``sweep_run_moved_on``."""
    statement = (
        update(run_table)
        .where(run_table.c.id == run.id, run_table.c.state == run.state.value)
        .values(_columns(changes))
        .returning(run_table)
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise Conflict(
            "sweep_run_moved_on", f"The sweep {run.id} is no longer {run.state.value}.", fix="Look at it again."
        )
    return _run(row)


def dates(tx: Connection, rule_id: str, day: date) -> tuple[bool, bool]:
    """Whether a rule has run for a business date, and whether it failed for it."""
    query = select(run_table.c.state).where(run_table.c.rule_id == rule_id, run_table.c.business_date == day)
    states = {RunState(state) for state in tx.execute(query).scalars()}
    return bool(states - set(WITHOUT_EFFECT)), RunState.FAILED in states


def oldest_on_its_way(tx: Connection, rule_id: str) -> date | None:
    """The business date of a rule's oldest sweep that is still on its way."""
    query = select(func.min(run_table.c.business_date)).where(
        run_table.c.rule_id == rule_id, run_table.c.state.in_([state.value for state in ON_ITS_WAY])
    )
    found: date | None = tx.execute(query).scalar_one()
    return found


def left(tx: Connection, *, child_account_id: str, since: date) -> list[SweepRun]:
    """Runs that have left the bank of a child account, of business dates from ``since`` on."""
    query = (
        select(run_table)
        .join(rule_table, rule_table.c.id == run_table.c.rule_id)
        .where(
            rule_table.c.child_account_id == child_account_id,
            run_table.c.business_date >= since,
            run_table.c.state.in_([state.value for state in LEFT]),
        )
        .order_by(run_table.c.id)
    )
    return [_run(row) for row in tx.execute(query).mappings()]


def planned(tx: Connection, rule_id: str) -> list[SweepRun]:
    """Runs of a rule that wait to be booked without anybody's approval: what a crash left behind, for one."""
    query = select(run_table).where(run_table.c.rule_id == rule_id, run_table.c.state == RunState.PLANNED.value)
    return [_run(row) for row in tx.execute(query.order_by(run_table.c.id)).mappings()]


def overdue(tx: Connection, *, now: datetime) -> list[SweepRun]:
    """Runs that still wait although their cut-off has passed."""
    query = select(run_table).where(
        run_table.c.state.in_([state.value for state in WAITING]), run_table.c.effective_at <= now
    )
    return [_run(row) for row in tx.execute(query.order_by(run_table.c.id)).mappings()]


def listed(
    tx: Connection,
    *,
    states: Iterable[RunState] = (),
    rule_id: str | None = None,
    before_id: str | None = None,
    limit: int = 50,
) -> list[SweepRun]:
    """Runs, the newest first."""
    query = select(run_table).order_by(run_table.c.id.desc()).limit(limit)
    wanted = [state.value for state in states]
    if wanted:
        query = query.where(run_table.c.state.in_(wanted))
    if rule_id is not None:
        query = query.where(run_table.c.rule_id == rule_id)
    if before_id is not None:
        query = query.where(run_table.c.id < before_id)
    return [_run(row) for row in tx.execute(query).mappings()]
