"""Statement lines as facts: what a credit, a debit and a reversal mean for the book, whatever file they came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

from connectors.statement_files.records import creditor_references
from domain.errors import Invalid
from domain.money import Money, total
from domain.receipts import Ignored, PlatformFact, ReceiptFact, ReversalFact, ReversalKind, Statement, StatementLine

UNREADABLE: Final = "statement_unreadable"
MAX_TOKENS: Final = 20

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{4,}[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement as the bank states it. ``amount`` is signed: money in is positive.

    ``charge`` says that the bank calls it a charge of its own.
    ``bank_ref`` is the bank's own identity of it; ``named`` are references by which the payer or a standard
    names the debt, best first; ``undoes`` names the receipt that it reverses.
    """

    amount: Money
    at: datetime
    value_date: date
    bank_ref: str
    named: tuple[str, ...] = ()
    remittance: str | None = None
    payer_name: str | None = None
    payer_document: str | None = None
    undoes: str | None = None
    reason: str | None = None
    charge: bool = False


def unreadable(message: str, *, line: int, fix: str) -> Invalid:
    """The one error for a file that is not what it says it is, or is broken at a line."""
    return Invalid(UNREADABLE, f"Line {line}: {message}", fix=fix, line=line)


def moment(day: date) -> datetime:
    """Noon UTC of a day for which the bank gives no hour: the same date on every clock of the countries served."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def fact_of(movement: Movement) -> ReceiptFact | ReversalFact:
    """Money out that undoes a receipt is a reversal; every other movement is a receipt, negative for money out.

    A negative receipt is no receipt of a debtor: intake books it to suspense with its reason. A reversed *debit*
    is money coming back in, so it too is a receipt.
    """
    if movement.undoes is not None and movement.amount.minor < 0:
        return ReversalFact(
            external_ref=f"reversal:{movement.bank_ref}",
            original_ref=movement.undoes,
            amount=-movement.amount,
            at=movement.at,
            value_date=movement.value_date,
            kind=ReversalKind.RETURNED,
            reason=movement.reason,
        )
    return ReceiptFact(
        external_ref=movement.bank_ref,
        amount=movement.amount,
        at=movement.at,
        value_date=movement.value_date,
        references=references(movement.named, movement.remittance),
        payer_name=movement.payer_name,
        payer_document=movement.payer_document,
        remittance=movement.remittance,
        to_bank=True,
        charge=movement.charge and movement.amount.minor < 0,
    )


def references(named: Iterable[str], remittance: str | None) -> tuple[str, ...]:
    """The references of a movement, best first, each once: named ones, ISO 11649 ones in the text, then its words.

    Only words of at least six characters with a digit count, and at most ``MAX_TOKENS`` of them.
    """
    text = remittance or ""
    tokens = [token for token in _TOKEN.findall(text) if any(letter.isdigit() for letter in token)]
    return tuple(dict.fromkeys([*named, *creditor_references(text), *tokens[:MAX_TOKENS]]))


def numbered(facts: Iterable[ReceiptFact | ReversalFact | Ignored]) -> tuple[StatementLine, ...]:
    """Lines in file order, from 1. A bank reference that comes again gets ``#2``, ``#3``: two movements stay two."""
    seen: Counter[str] = Counter()
    lines = []
    for line_no, fact in enumerate(facts, start=1):
        unique = fact
        if not isinstance(fact, Ignored):
            seen[fact.external_ref] += 1
            again = seen[fact.external_ref]
            unique = fact if again == 1 else replace(fact, external_ref=f"{fact.external_ref}#{again}")
        lines.append(StatementLine(line_no, unique))
    return tuple(lines)


def checked(statement: Statement) -> Statement:
    """The statement if opening balance and booked lines make its closing balance, else ``statement_totals_mismatch``.

    A statement that states no opening or no closing balance has no control total and passes.
    """
    if statement.opening is None or statement.closing is None:
        return statement
    moved = [signed(line.fact) for line in statement.lines if not isinstance(line.fact, Ignored)]
    expected = statement.opening + total(moved, statement.currency)
    if expected != statement.closing:
        raise Invalid(
            "statement_totals_mismatch",
            f"Statement {statement.statement_id} closes at {statement.closing}, but its opening balance "
            f"{statement.opening} and its lines make {expected}.",
            fix="Ask the bank for the complete statement; none of its lines was taken.",
            statement_id=statement.statement_id,
            closing=str(statement.closing),
            expected=str(expected),
            currency=statement.currency,
        )
    return statement


def signed(fact: PlatformFact) -> Money:
    """What a fact of a statement adds to the account's balance; one that moves no money raises ``Invalid``."""
    match fact:
        case ReceiptFact(amount=amount):
            return amount
        case ReversalFact(amount=amount):
            return -amount
        case _:
            raise Invalid(UNREADABLE, "The line moves no money.")
