"""Opening cases, and what a case owes: its loans' instalments, read in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from activities import promises
from connectors import registry
from domain.delinquency import bucket_of, days_past_due
from domain.ids import NewId
from domain.loans import Arrears, Instalment, arrears
from domain.money import Money
from domain.planning import WorkState
from domain.strategies import STANDARD
from store import buckets, cases, loans, parties, timeline
from store.cases import Case, EventRow
from store.loans import InstalmentRow, Loan


@dataclass(frozen=True, slots=True)
class Debt:
    """What a case is about: the party's loans at the creditor in the country and currency, with their instalments."""

    loans: tuple[Loan, ...]
    instalments: tuple[Instalment, ...]


def debt_of(tx: Connection, *, creditor_id: str, party_id: str, country: str, currency: str) -> Debt:
    """The loans and instalments that a party owes a creditor in a country and currency."""
    mine = tuple(
        loan
        for loan in loans.of_party(tx, party_id=party_id, creditor_id=creditor_id)
        if (loan.country, loan.currency) == (country, currency)
    )
    rows = loans.instalments(tx, [loan.id for loan in mine])
    return Debt(mine, tuple(_instalment(row, currency) for row in rows))


def debt(tx: Connection, case: Case) -> Debt:
    """What a case is about."""
    return debt_of(
        tx, creditor_id=case.creditor_id, party_id=case.party_id, country=case.country, currency=case.currency
    )


def _instalment(row: InstalmentRow, currency: str) -> Instalment:
    return Instalment(
        row.loan_id, row.number, row.due_date, Money(row.amount_minor, currency), Money(row.paid_minor, currency)
    )


def standing(owed: Arrears, today: date) -> dict[str, object]:
    """The columns of a case that follow from what is owed on a day."""
    days = days_past_due(owed.oldest_due_date, today)
    return {
        "bucket": bucket_of(days),
        "days_past_due": days,
        "oldest_due_date": owed.oldest_due_date,
        "overdue_minor": owed.overdue.minor,
        "outstanding_minor": owed.outstanding.minor,
    }


def ensure_open(
    tx: Connection,
    *,
    tenant_id: str,
    creditor_id: str,
    party_id: str,
    country: str,
    currency: str,
    cause: str,
    new_id: NewId,
    now: datetime,
) -> tuple[str, bool] | None:
    """The party's open case, told that its schedule changed; or a new one if anything is overdue; else ``None``.

    The flag says whether the case is new. ``cause`` names what changed, so that the case is told once.
    """
    today = _today(tx, party_id, country, now)
    instalments: Sequence[Instalment] = debt_of(
        tx, creditor_id=creditor_id, party_id=party_id, country=country, currency=currency
    ).instalments
    owed = arrears(instalments, currency=currency, as_of=today)
    current = cases.open_case(tx, creditor_id=creditor_id, party_id=party_id, country=country)
    if current is not None:
        cases.change(tx, current.id, updated_at=now, **standing(owed, today))
        tell(tx, current.id, tenant_id=tenant_id, kind="schedule_changed", ref=cause, at=now, new_id=new_id, now=now)
        return current.id, False
    if not owed.overdue:
        return None
    case = Case(
        id=new_id("case"),
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        party_id=party_id,
        country=country,
        currency=currency,
        work_state=WorkState.ACTIVE.value,
        accounting_state="performing",
        strategy=STANDARD.code,
        strategy_version=STANDARD.version,
        step=0,
        turn_no=0,
        next_wake_at=None,
        opened_at=now,
        closed_at=None,
        updated_at=now,
        **standing(owed, today),  # type: ignore[arg-type]  # the mapping names columns of exactly these types
    )
    cases.add(tx, case)
    buckets.enter(tx, case, bucket=case.bucket, day=today)
    timeline.note(tx, case, at=now, actor="system", kind="case_opened", detail={"cause": cause, "bucket": case.bucket})
    return case.id, True


def _today(tx: Connection, party_id: str, country: str, now: datetime) -> date:
    zone = parties.get(tx, party_id).time_zone or registry.country(country).all_zones[0]
    return now.astimezone(ZoneInfo(zone)).date()


def tell(
    tx: Connection, case_id: str, *, tenant_id: str, kind: str, ref: str, at: datetime, new_id: NewId, now: datetime
) -> bool:
    """Record a fact that a case must take into account, once; its workflow is nudged after the commit."""
    event = EventRow(id=new_id("event"), case_id=case_id, kind=kind, ref=ref, at=at)
    return cases.record_event(tx, event=event, tenant_id=tenant_id, now=now)


def owed_again(
    tx: Connection, case_id: str | None, ref: str, *, at: datetime, new_id: NewId, now: datetime
) -> str | None:
    """Tell a case that money went back; where it is closed, open a new one if the debt is overdue again.

    The new one takes over the promises that the money had kept and that can still be kept.

    ``ref`` names what took the money, so that it is told once. The case that runs, if any does.
    """
    if case_id is None:
        return None
    case = cases.get(tx, case_id)
    if case.closed_at is None:
        tell(tx, case_id, tenant_id=case.tenant_id, kind="receipt_reversed", ref=ref, at=at, new_id=new_id, now=now)
        return case_id
    if case.work_state == WorkState.WRITTEN_OFF.value:
        return None  # what was given up stays given up
    opened = ensure_open(
        tx,
        tenant_id=case.tenant_id,
        creditor_id=case.creditor_id,
        party_id=case.party_id,
        country=case.country,
        currency=case.currency,
        cause=f"reversal/{ref}",
        new_id=new_id,
        now=now,
    )
    if opened is None:
        return None
    promises.take_over(
        tx,
        case,
        cases.get(tx, opened[0]),
        day_of=lambda moment: _today(tx, case.party_id, case.country, moment),
        now=now,
    )
    return opened[0]
