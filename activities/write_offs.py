"""Giving debts up in the book, and what comes in for them after all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from activities import cases as case_files
from activities.book import Book
from domain import claim_bookings
from domain.accounts import Role
from domain.bookings import Head
from domain.case_commands import CloseCase, CloseReason
from domain.errors import Invalid, Refused
from domain.money import Money
from ledger import accounts, balances
from store import cases, loans
from store import write_offs as kept
from store.cases import Case
from store.loans import Loan
from store.write_offs import WriteOff


def write_off(
    book: Book,
    loan: Loan,
    *,
    amount: Money | None,
    day: date,
    actor: str,
    reason: str,
    head: Head | None = None,
) -> WriteOff:
    """Give up an amount of a loan, or all that the book says is owed. ``head`` is that of an order, if one stands.

    The debtor may owe it still: instalments stay as they are, and what is received for them is a recovery.
    Raises ``nothing_owed`` and ``write_off_exceeds_debt``.
    """
    owed = balances.of_leaf(book.tx, loan.account_id)
    given_up = owed if amount is None else amount
    if owed.minor <= 0:
        raise Refused("nothing_owed", f"Nothing is owed on contract {loan.contract_no} in the book.")
    if given_up.currency != owed.currency or not 0 < given_up.minor <= owed.minor:
        raise Invalid("write_off_exceeds_debt", f"{given_up} is not within the {owed} that are owed.")
    row = WriteOff(
        id=book.new_id("write_off"),
        tenant_id=loan.tenant_id,
        loan_id=loan.id,
        amount_minor=given_up.minor,
        recovered_minor=0,
        currency=given_up.currency,
        day=day,
        reason=reason,
        actor=actor,
        created_at=book.now,
    )
    kept.add(book.tx, row)
    entry = claim_bookings.written_off(
        head or book.head(f"write_off/{row.id}", day=day, source=loan.id),
        receivable=loan.account_id,
        written_off_to=_beside(book, loan, Role.WRITTEN_OFF),
        amount=given_up,
    )
    book.post(entry)
    return row


def follow(book: Book, case: Case, closing: CloseCase) -> None:
    """What a person's closing of a case means for the book: a case that is written off gives its claims up."""
    if CloseReason(closing.reason) is CloseReason.WRITTEN_OFF:
        reason = closing.note or closing.reason
        write_off_case(book, case, day=book.now.date(), actor=closing.actor, reason=reason)


def write_off_case(book: Book, case: Case, *, day: date, actor: str, reason: str) -> list[WriteOff]:
    """Give up every claim of a case on which something is owed."""
    found = [
        write_off(book, loan, amount=None, day=day, actor=actor, reason=reason)
        for loan in case_files.debt(book.tx, case).loans
        if balances.of_leaf(book.tx, loan.account_id).minor > 0
    ]
    if found:
        cases.change(book.tx, case.id, accounting_state="written_off")
    return found


def recover(book: Book, paid: Mapping[str, Money], *, cause: str, day: date, source: str) -> None:
    """Before loans are paid: what exceeds a loan's receivable and was written off is owed again, to be paid.

    ``paid`` is what each loan is about to get; ``cause`` names why, once for ever.
    """
    for loan_id, amount in paid.items():
        standing = [row for row in kept.of_loan(book.tx, loan_id) if row.recovered_minor < row.amount_minor]
        if not standing:
            continue
        loan = loans.get(book.tx, loan_id)
        owed = balances.of_leaf(book.tx, loan.account_id).minor
        beyond = amount.minor - max(owed, 0)
        if beyond > 0:
            moved = _spread(book, standing, beyond)
            _book_recovery(book, loan, Money(moved, loan.currency), key=f"{cause}/{loan_id}", day=day, source=source)


def unrecover(book: Book, unpaid: Mapping[str, Money], *, cause: str, day: date, source: str) -> None:
    """After money went back: what it had recovered of a loan is written off again."""
    for loan_id, amount in unpaid.items():
        standing = [row for row in reversed(kept.of_loan(book.tx, loan_id)) if row.recovered_minor]
        rest = min(amount.minor, sum(row.recovered_minor for row in standing))
        if not rest:
            continue
        loan = loans.get(book.tx, loan_id)
        gone = Money(-rest, loan.currency)
        for row in standing:
            part = min(rest, row.recovered_minor)
            kept.set_recovered(book.tx, row.id, row.recovered_minor - part)
            rest -= part
        _book_recovery(book, loan, gone, key=f"{cause}/{loan_id}", day=day, source=source)


def _spread(book: Book, standing: list[WriteOff], beyond: int) -> int:
    """Note a recovery on the oldest write-offs first; how much of it they took."""
    rest = beyond
    for row in standing:
        part = min(rest, row.amount_minor - row.recovered_minor)
        kept.set_recovered(book.tx, row.id, row.recovered_minor + part)
        rest -= part
    return beyond - rest


def _book_recovery(book: Book, loan: Loan, amount: Money, *, key: str, day: date, source: str) -> None:
    entry = claim_bookings.write_off_recovered(
        book.head(f"recovered/{key}", day=day, source=source),
        receivable=loan.account_id,
        recovered=_beside(book, loan, Role.RECOVERED),
        amount=amount,
    )
    book.post(entry)


def _beside(book: Book, loan: Loan, role: Role) -> str:
    """A leaf of the portfolio that a loan's receivable stands in."""
    portfolio = accounts.get(book.tx, loan.account_id).parent_id
    if portfolio is None:
        raise Invalid("account_parent_invalid", f"The receivable of {loan.contract_no} stands under no portfolio.")
    return book.leaf(portfolio, role)
