"""Instalments that fall due soon, of debtors whose last case was cured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Text, cast, exists, func, literal, select, true

from domain.money import Money
from store.cases import case_table
from store.loans import instalment_table, loan_table
from store.notices import notice_table


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One instalment to come, with what is open of it and the debtor's last case."""

    case_id: str
    loan_id: str
    number: int
    due_date: date
    open: Money


def unannounced(tx: Connection, *, first: date, last: date, limit: int) -> list[Upcoming]:
    """Open instalments due from ``first`` to ``last`` that no courtesy notice spoke of; their last case is cured."""
    instalment, loan = instalment_table, loan_table
    latest = (
        select(case_table.c.id, case_table.c.work_state)
        .where(
            case_table.c.party_id == loan.c.party_id,
            case_table.c.creditor_id == loan.c.creditor_id,
            case_table.c.country == loan.c.country,
            case_table.c.currency == loan.c.currency,
        )
        .order_by(case_table.c.opened_at.desc())
        .limit(1)
        .lateral("latest")
    )
    cause = func.concat("due/", instalment.c.loan_id, "/", cast(instalment.c.number, Text))
    announced = exists(literal(1)).where(
        notice_table.c.case_id == latest.c.id, notice_table.c.kind == "courtesy", notice_table.c.cause == cause
    )
    query = (
        select(
            latest.c.id,
            instalment.c.loan_id,
            instalment.c.number,
            instalment.c.due_date,
            instalment.c.amount_minor - instalment.c.paid_minor,
            loan.c.currency,
        )
        .select_from(instalment)
        .join(loan, loan.c.id == instalment.c.loan_id)
        .join(latest, true())
        .where(
            instalment.c.paid_minor < instalment.c.amount_minor,
            instalment.c.due_date.between(first, last),
            latest.c.work_state == "cured",
            ~announced,
        )
        .order_by(instalment.c.due_date, instalment.c.loan_id)
        .limit(limit)
    )
    return [
        Upcoming(case_id, loan_id, number, due, Money(minor, currency))
        for case_id, loan_id, number, due, minor, currency in tx.execute(query)
    ]
