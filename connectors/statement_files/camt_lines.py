"""Camt statements and notifications as files of money: entries become lines, batches their parts, sums are checked.

A batch whose parts all state an amount in the account's currency and make its total becomes one line a part, with the
batch's id; any other entry is one line. Charges that the bank says are included in an amount are its fee; an entry of
a charge's own is a fee line. Entries that are not booked (pending, information, future) give no line. Before the
close: opening balance and entries make the closing balance, and the statement's own summary, where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from connectors.statement_files.camt_events import Ending, Entry, Heading, NotBooked
from connectors.statement_files.camt_parts import UNKNOWN_SIGN, Part, paid_money
from connectors.statement_files.camt_stream import Message, walk
from connectors.statement_files.camt_xml import money_of
from connectors.statement_files.faults import at_line, line_unreadable, totals_mismatch
from connectors.statement_files.records import Tally, creditor_references, last_held_back, named
from connectors.statement_files.text_lines import head_text, seekable
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord, FileSource, LineKind

_FEES: Final = frozenset({"CHRG", "COMM", "FEES"})  # sub-families of charges and commissions
_WHOLE: Final = Part(line=0)


@dataclass(slots=True)
class _Statement:
    heading: Heading
    tally: Tally
    entries: int = 0
    booked: int = 0
    credits: int = 0
    debits: int = 0
    credited: int = 0
    debited: int = 0


def sniffer(message: Message) -> Callable[[bytes], bool]:
    """Whether a file's first bytes are of this message: its namespace, else the element that wraps it."""

    def sniff(head: bytes) -> bool:
        start = head_text(head).lstrip()
        return start.startswith("<") and (f"{message.name}.001." in start or message.wrapper in start)

    return sniff


def reading(message: Message) -> Callable[[BinaryIO], Iterator[FileRecord]]:
    """The reader of this message."""

    def read(stream: BinaryIO) -> Iterator[FileRecord]:
        return last_held_back(_records(stream, message))

    return read


def _records(stream: BinaryIO, message: Message) -> Iterator[FileRecord]:
    statement: _Statement | None = None
    with seekable(stream) as whole:
        for event in walk(whole, message):
            match event:
                case Heading():
                    statement = _Statement(event, Tally(event.currency))
                    yield _opened(event)
                case NotBooked() if statement is not None:
                    statement.entries += 1
                case Entry() if statement is not None:
                    yield from _lines(statement, event)
                case Ending() if statement is not None:
                    yield _closed(statement, event)


def _opened(heading: Heading) -> FileOpened:
    return FileOpened(
        line_no=heading.line,
        format=heading.format,
        source=FileSource.BANK,
        account=heading.account,
        currency=heading.currency,
        statement_id=heading.statement_id,
        opening=heading.opening,
        first_day=heading.first_day,
        last_day=heading.last_day,
    )


def _lines(statement: _Statement, entry: Entry) -> Iterator[FileLine]:
    statement.entries += 1
    statement.booked += 1
    if entry.amount.minor < 0:
        statement.debits, statement.debited = statement.debits + 1, statement.debited - entry.amount.minor
    else:
        statement.credits, statement.credited = statement.credits + 1, statement.credited + entry.amount.minor
    if len(entry.parts) > 1 and parts_make(entry):
        for number, part in enumerate(entry.parts, start=1):
            amount = part_amount(entry, part)
            if amount is not None:
                yield statement.tally.add(_line(statement, entry, part, net=amount, number=number))
        return
    only = next(iter(entry.parts)) if len(entry.parts) == 1 else _WHOLE
    yield statement.tally.add(_line(statement, entry, only, net=entry.amount, number=None))


def part_amount(entry: Entry, part: Part) -> Money | None:
    """A part's signed amount, where it states one in the account's currency."""
    if part.amount is None:
        return None
    currency = entry.amount.currency
    amount = money_of(part.amount, stated_in=currency, currency=currency, line=part.amount_line)
    if part.sign == UNKNOWN_SIGN:
        raise line_unreadable("the detail is neither CRDT nor DBIT.", line=part.line, fix="Ask the bank.")
    credit = part.sign > 0 if part.sign else entry.amount.minor > 0
    return amount if credit else -amount


def parts_make(entry: Entry) -> bool:
    """Whether every part of an entry states an amount, and together they make the entry's."""
    if entry.parts.undirected:
        raise line_unreadable("the detail is neither CRDT nor DBIT.", line=entry.parts.undirected, fix="Ask the bank.")
    return entry.parts.together(1 if entry.amount.minor > 0 else -1) == entry.amount.decimal


def _line(statement: _Statement, entry: Entry, part: Part, *, net: Money, number: int | None) -> FileLine:
    nothing = Money(0, net.currency)
    kept = part.fee or (entry.fee if number is None else None)
    with at_line(entry.line):
        fee = Money.parse(kept, net.currency) if kept else nothing
    undone = entry.reverses or part.returned
    text = part.remittance or entry.information
    references = named([*part.named, *creditor_references(text or "")])
    payer = net.minor > 0 or undone
    return FileLine(
        line_no=statement.tally.number(part.line or entry.line),
        kind=_kind(entry, net, undone=undone),
        net=net,
        gross=net + fee,
        fee=fee,
        tax=nothing,
        value_date=entry.value_date,
        booked_at=entry.booked_at,
        external_id=_identity(statement, entry, part, number),
        batch_id=_batch_id(statement, entry, number),
        references=references,
        original=(_first(part.named) or entry.servicer_ref or entry.own_ref) if undone else None,
        payer_name=part.payer_name if payer else None,
        payer_account=part.payer_account if payer else None,
        payer_document=part.payer_document if payer else None,
        text=text,
        code=part.reason or entry.code,
        paid=paid_money(part.paid or (entry.paid if number is None else None)),
    )


def _first(references: tuple[str, ...]) -> str | None:
    return references[0] if references else None


def _kind(entry: Entry, net: Money, *, undone: bool) -> LineKind:
    if undone and net.minor < 0:
        return LineKind.RETURNED
    if net.minor < 0:
        return LineKind.FEE if is_charge(entry.code) else LineKind.DEBIT
    return LineKind.CREDIT


def is_charge(code: str | None) -> bool:
    """Whether a bank transaction code (``domain/family/sub-family``) is of charges or commissions."""
    return (code or "").rpartition("/")[2] in _FEES


def _identity(statement: _Statement, entry: Entry, part: Part, number: int | None) -> str | None:
    """The bank's own reference; in a batch that shares one, with the part's place; else account, statement, entry."""
    heading = statement.heading
    shared = entry.servicer_ref or (
        f"{heading.account}/{heading.statement_id}/{entry.own_ref}" if entry.own_ref else None
    )
    if number is None:
        return part.servicer_ref or shared
    if part.servicer_ref and part.servicer_ref != entry.servicer_ref:
        return part.servicer_ref
    return None if shared is None else f"{shared}/{number}"


def _batch_id(statement: _Statement, entry: Entry, number: int | None) -> str | None:
    if number is None:
        return entry.batch_id
    heading = statement.heading
    own = entry.own_ref or f"entry-{entry.position}"
    return entry.batch_id or entry.servicer_ref or f"{heading.account}/{heading.statement_id}/{own}"


def _closed(statement: _Statement, ending: Ending) -> FileClosed:
    tally = statement.tally
    opening = statement.heading.opening or ending.opening
    tally.check_balances(opening, ending.closing, line=ending.line)
    _check_summary(statement, ending)
    return FileClosed(
        line_no=tally.number(ending.line),
        lines=tally.lines,
        moved=tally.moved,
        closing=ending.closing,
        stated_lines=ending.entries if tally.lines == ending.entries else None,
    )


def _check_summary(statement: _Statement, ending: Ending) -> None:
    """The statement's own numbers and sums of entries; banks count either all entries or the booked ones."""
    if ending.entries is not None and ending.entries not in {statement.entries, statement.booked}:
        raise totals_mismatch("number of entries", line=ending.line, stated=ending.entries, found=statement.entries)
    if statement.entries != statement.booked or ending.currency is None:
        return  # what is not booked has no amount here, and may be part of the sums
    for name, (count, stated), entries, minor in (
        ("credits", ending.credits, statement.credits, statement.credited),
        ("debits", ending.debits, statement.debits, statement.debited),
    ):
        if count is not None and count != entries:
            raise totals_mismatch(f"number of {name}", line=ending.line, stated=count, found=entries)
        made = Money(minor, ending.currency)
        with at_line(ending.line):
            summed = None if stated is None else Money.parse(stated, ending.currency)
        if summed is not None and summed != made:
            raise totals_mismatch(f"sum of {name}", line=ending.line, stated=summed, found=made)
