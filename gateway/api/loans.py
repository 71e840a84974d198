"""Loans: contracts with their instalments, and what the book says is still owed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select

from domain.money import Money
from gateway import paging
from gateway.auth import Reader
from gateway.shapes import Amount, Identifier, Page, Shape, ShortText
from ledger import balances
from store import cases, guarantors, loans
from store.loans import InstalmentRow, Loan, loan_table

router = APIRouter(prefix="/v1/loans", tags=["loans"])


class LoanView(Shape):
    """A contract. ``account_id`` is its receivable in the book."""

    id: str
    creditor_id: str
    party_id: str
    contract_no: str
    country: str
    product: Annotated[str, Field(description="loan, lease, murabaha or ijara.")]
    principal: Amount
    vehicle: dict[str, Any] | None
    account_id: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, loan: Loan) -> LoanView:
        """The shape of a loan."""
        return cls(**_stated(loan))


class InstalmentView(Shape):
    """One amount due on one day."""

    number: int
    due_date: date
    amount: Amount
    paid: Amount

    @classmethod
    def of(cls, row: InstalmentRow, currency: str) -> InstalmentView:
        """The shape of an instalment."""
        return cls(
            number=row.number,
            due_date=row.due_date,
            amount=Amount.minor(row.amount_minor, currency),
            paid=Amount.minor(row.paid_minor, currency),
        )


class GuarantorView(Shape):
    """Who answers for a loan beside its debtor."""

    party_id: str
    name: str


class LoanDetail(LoanView):
    """A contract with its schedule; ``balance`` is what the book says is owed, due or not."""

    instalments: list[InstalmentView]
    balance: Amount
    guarantors: list[GuarantorView]


class LoanPage(Page[LoanView]):
    """One page of loans."""


def _stated(loan: Loan) -> dict[str, Any]:
    same = ("id", "creditor_id", "party_id", "contract_no", "country", "product", "vehicle", "account_id")
    return {
        **{name: getattr(loan, name) for name in (*same, "created_at", "updated_at")},
        "principal": Amount.of(Money(loan.principal_minor, loan.currency)),
    }


@router.get("", operation_id="listLoans", summary="List loans")
def list_loans(
    caller: Reader,
    creditor_id: Annotated[Identifier | None, Query()] = None,
    contract_no: Annotated[ShortText | None, Query()] = None,
    case_id: Annotated[Identifier | None, Query(description="The claims of a case.")] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> LoanPage:
    """Newest first."""
    query = select(loan_table)
    if creditor_id is not None:
        query = query.where(loan_table.c.creditor_id == creditor_id)
    if contract_no is not None:
        query = query.where(loan_table.c.contract_no == contract_no)
    with caller.transaction() as tx:
        if case_id is not None:
            case = cases.get(tx, case_id)
            query = query.where(
                loan_table.c.party_id == case.party_id,
                loan_table.c.creditor_id == case.creditor_id,
                loan_table.c.country == case.country,
            )
        rows, more = paging.page_by_id(tx, query, loan_table.c.id, kind="loan", cursor=cursor, limit=limit)
    return LoanPage(data=[LoanView.of(Loan(**row)) for row in rows], next_cursor=more)


@router.get("/{loan_id}", operation_id="getLoan", summary="Read a loan with its instalments, balance and guarantors")
def get_loan(loan_id: str, caller: Reader) -> LoanDetail:
    """One contract."""
    with caller.transaction() as tx:
        loan = loans.get(tx, loan_id)
        return LoanDetail(
            **_stated(loan),
            instalments=[InstalmentView.of(row, loan.currency) for row in loans.instalments(tx, [loan_id])],
            balance=Amount.of(balances.of_leaf(tx, loan.account_id)),
            guarantors=[
                GuarantorView(party_id=one.party_id, name=one.name) for one in guarantors.of_loans(tx, [loan_id])
            ],
        )
