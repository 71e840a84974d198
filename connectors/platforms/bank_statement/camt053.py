"""Bank statements in ISO 20022 camt.053 as facts of the platform; ``connectors.statement_files`` reads the message.

Every detail of a batch must state its amount, and together they must make the entry, else the file is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.platforms.bank_statement.facts import Movement, checked, fact_of, numbered, unreadable
from connectors.statement_files import faults
from connectors.statement_files.camt_events import CamtEvent, Ending, Entry, Heading, NotBooked
from connectors.statement_files.camt_lines import is_charge, part_amount
from connectors.statement_files.camt_parts import Part
from connectors.statement_files.camt_stream import CAMT053, NOT_BOOKED, walk
from domain.errors import Invalid
from domain.money import Money, total
from domain.receipts import Ignored, ReceiptFact, ReversalFact, Statement


@dataclass(slots=True)
class _Open:
    heading: Heading
    facts: list[ReceiptFact | ReversalFact | Ignored] = field(default_factory=list)


def parse(content: bytes) -> tuple[Statement, ...]:
    """Every statement of the message.

    Raises ``statement_unreadable``, ``entry_total_mismatch`` and ``statement_totals_mismatch``.
    """
    try:
        return tuple(_statements(walk(io.BytesIO(content), CAMT053)))
    except Invalid as error:
        if error.code not in {faults.FILE_UNREADABLE, faults.LINE_UNREADABLE}:
            raise
        line = error.details["line"]
        message = error.message.removeprefix(f"Line {line}: ")
        raise unreadable(message, line=line, fix=error.fix or "Ask the bank for a correct file.") from None


def _statements(events: Iterator[CamtEvent]) -> Iterator[Statement]:
    found: _Open | None = None
    for event in events:
        match event:
            case Heading():
                found = _Open(event)
            case NotBooked(status=status) if found is not None:
                found.facts.append(Ignored(NOT_BOOKED[status]))
            case Entry() if found is not None:
                found.facts.extend(fact_of(movement) for movement in _movements(found.heading, event))
            case Ending() if found is not None:
                yield _statement(found, event)


def _statement(found: _Open, ending: Ending) -> Statement:
    heading = found.heading
    if ending.currency is None:
        raise unreadable("the account has no currency.", line=heading.line, fix="Ask the bank for Acct/Ccy.")
    return checked(
        Statement(
            statement_id=heading.statement_id,
            account=heading.account,
            currency=ending.currency,
            opening=ending.opening,
            closing=ending.closing,
            booked_on=ending.booked_on,
            lines=numbered(found.facts),
        )
    )


def _movements(heading: Heading, entry: Entry) -> Iterator[Movement]:
    """One movement per transaction detail; an entry with none or one is one movement of the entry's own amount."""
    own_ref = f"{heading.account}/{heading.statement_id}/{entry.own_ref or f'line-{entry.position}'}"
    parts = list(entry.parts)
    if len(parts) <= 1:
        part = parts[0] if parts else Part(line=entry.line)
        bank_ref = part.servicer_ref or entry.servicer_ref or own_ref
        yield _movement(entry, part, amount=entry.amount, bank_ref=bank_ref, own_ref=own_ref)
        return
    for number, (part, amount) in enumerate(zip(parts, _amounts(entry, parts), strict=True), start=1):
        own = part.servicer_ref if part.servicer_ref != entry.servicer_ref else None
        bank_ref = own or f"{entry.servicer_ref or own_ref}/{number}"
        yield _movement(entry, part, amount=amount, bank_ref=bank_ref, own_ref=own_ref)


def _amounts(entry: Entry, parts: list[Part]) -> list[Money]:
    """The signed amounts of a batch's parts; they must make the entry's amount, else ``entry_total_mismatch``."""
    stated = [amount for amount in (part_amount(entry, part) for part in parts) if amount is not None]
    made = total(stated, entry.amount.currency)
    if len(stated) < len(parts) or made != entry.amount:
        raise Invalid(
            "entry_total_mismatch",
            f"Line {entry.line}: the entry is of {entry.amount}, but {len(stated)} of its {len(parts)} "
            f"transaction details state an amount, together {made}.",
            fix="Ask the bank for the complete statement; none of its lines was taken.",
            line=entry.line,
            entry=str(entry.amount),
            details=str(made),
        )
    return stated


def _movement(entry: Entry, part: Part, *, amount: Money, bank_ref: str, own_ref: str) -> Movement:
    undone = entry.reverses or part.returned
    return Movement(
        amount=amount,
        at=entry.at,
        value_date=entry.value_date,
        bank_ref=bank_ref,
        named=part.named,
        remittance=part.remittance or entry.information,
        payer_name=part.payer_name,
        payer_document=part.payer_document,
        undoes=(part.named[0] if part.named else entry.servicer_ref or own_ref) if undone else None,
        reason=part.reason or part.further_reason,
        charge=is_charge(entry.code),
    )
