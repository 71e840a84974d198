"""Bank statements in BAI2, as banks of North America send them: groups of accounts with control totals at each level.

Source: Cash Management Balance Reporting Specifications Version 2 (BAI, since 2009 ASC X9), sections on record
formats: amounts carry the decimals of their currency, unwritten; the currency of an account is its own, else its
group's, else US dollars; 49, 98 and 99 state the algebraic sum of the *amounts* (not of funds) and the number of
records up to and with themselves, 88 included; codes 100 to 399 and 920 to 959 are credits, 400 to 699 and 960 to 999
debits, others tell no movement.

Where an account states its opening (010) and closing ledger (015) and its movements, these must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final

from connectors.statement_files import bai2_records
from connectors.statement_files.bai2_records import Record, whole_number
from connectors.statement_files.faults import at_line, cut_short, line_unreadable, totals_mismatch
from connectors.statement_files.records import (
    Tally,
    creditor_references,
    day_of_six,
    last_held_back,
    plain_line,
    stated,
)
from connectors.statement_files.text_lines import head_text, lines
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "bai2"
DEFAULT_CURRENCY: Final = "USD"  # the specification's own default
OPENING_LEDGER: Final = "010"
CLOSING_LEDGER: Final = "015"

_UPDATE_OR_CORRECTION: Final = frozenset({"1", "3"})
_REFUSED_STATUS: Final = {"2": "takes an earlier group back", "4": "is a test"}
_FEES: Final = frozenset({"698", "661", "699"})  # fees, account analysis fee, miscellaneous fees
_RETURNED: Final = frozenset({"555", "557", "559"})  # deposited item, individual ACH and ACH settlement returned
_NO_MOVEMENT: Final = frozenset({"890"})


@dataclass(slots=True)
class _Level:
    """The control totals of a file, group or account while it is open: its amounts, parts and records."""

    line: int
    total: int = 0
    parts: int = 0
    records: int = 0


@dataclass(slots=True)
class _Account:
    level: _Level
    currency: str
    opening: Money | None
    closing: Money | None
    tally: Tally
    movements: int = 0


@dataclass(slots=True)
class _Open:
    """What is open at the moment, outermost first."""

    file: _Level | None = None
    group: _Level | None = None
    account: _Account | None = None
    currency: str = DEFAULT_CURRENCY
    as_of: date = date.min
    ended: bool = False
    seen: set[str] = field(default_factory=set)


def _sniff(head: bytes) -> bool:
    text = head_text(head).lstrip()
    first = text.partition("\n")[0].partition("\r")[0]
    if not (text.startswith("01,") and first.count(",") >= _HEADER_COMMAS):
        return False
    second = text[len(first) :].lstrip()
    return second.startswith(("02,", "88,", "99,")) or not second


_HEADER_COMMAS: Final = 7


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_records(bai2_records.records(lines(stream))))


def _records(records: Iterator[Record]) -> Iterator[FileRecord]:
    state, line = _Open(), 1
    for record in records:
        line = record.last_line
        if state.ended:
            raise line_unreadable("the file goes on after its trailer.", line=record.line)
        for level in (state.file, state.group, state.account.level if state.account else None):
            if level is not None:
                level.records += record.physical
        yield from _record(state, record)
    if not state.ended:
        raise cut_short("the file has no trailer (99).", line=line)


def _record(state: _Open, record: Record) -> Iterator[FileRecord]:
    match record.code:
        case "01" if state.file is None:
            state.file = _Level(record.line, records=record.physical)
        case "02" if state.file is not None and state.group is None:
            _open_group(state, record)
        case "03" if state.group is not None and state.account is None:
            yield _open_account(state, record)
        case "16" if state.account is not None:
            yield from _movement(state, state.account, record)
        case "49" if state.account is not None and state.group is not None:
            yield _close_account(state.account, record)
            state.group.total += state.account.level.total
            state.group.parts += 1
            state.account = None
        case "98" if state.group is not None and state.account is None and state.file is not None:
            _check(state.group, record, parts="accounts")
            state.file.total += state.group.total
            state.file.parts += 1
            state.group = None
        case "99" if state.file is not None and state.group is None:
            _check(state.file, record, parts="groups")
            state.ended = True
        case _:
            raise line_unreadable(f"record {record.code} does not belong here.", line=record.line)


def _open_group(state: _Open, record: Record) -> None:
    status, as_of, currency = record.get(2), record.get(3), record.get(5)
    if status not in _UPDATE_OR_CORRECTION:
        why = _REFUSED_STATUS.get(status, f"has the status {status!r}, which is not known")
        raise line_unreadable(f"the group {why}.", line=record.line)
    if not (as_of.isdigit() and len(as_of) == len("YYMMDD")):
        raise line_unreadable("the group has no day (YYMMDD).", line=record.line)
    state.as_of = day_of_six(as_of, line=record.line)
    state.currency = currency or DEFAULT_CURRENCY
    state.group = _Level(record.line, records=record.physical)


def _open_account(state: _Open, record: Record) -> FileOpened:
    currency = record.get(1) or state.currency
    with at_line(record.line):
        Money(0, currency)
    level = _Level(record.line, records=record.physical)
    balances: dict[str, Money] = {}
    for code, amount in bai2_records.summaries(record):
        level.total += amount
        with at_line(record.line):
            balances[code] = Money(amount, currency)
    opening, closing = balances.get(OPENING_LEDGER), balances.get(CLOSING_LEDGER)
    state.account = _Account(level, currency, opening, closing, Tally(currency))
    return FileOpened(
        line_no=record.line,
        format=FORMAT,
        source=FileSource.BANK,
        account=record.get(0) or None,
        currency=currency,
        statement_id=None,
        opening=opening,
        first_day=state.as_of,
        last_day=state.as_of,
    )


def _movement(state: _Open, account: _Account, record: Record) -> Iterator[FileLine]:
    detail = bai2_records.detail(record)
    amount = 0 if detail.amount is None else detail.amount
    account.level.total += amount
    sign = _sign(detail.code)
    if detail.code in _NO_MOVEMENT or not amount:
        return
    if sign is None:
        raise line_unreadable(f"code {detail.code} tells no movement, yet it has an amount.", line=record.line)
    account.movements += 1
    with at_line(record.line):
        net = Money(sign * amount, account.currency)
    returned = detail.code in _RETURNED
    references = [detail.customer_reference, *creditor_references(detail.text)]
    line = plain_line(
        line_no=account.tally.number(record.line),
        kind=_kind(detail.code, sign),
        net=net,
        value_date=state.as_of if detail.value_date is None else day_of_six(detail.value_date, line=record.line),
        booked_at=state.as_of,
        external_id=detail.bank_reference or None,
        references=references,
        original=(detail.customer_reference or None) if returned else None,
        text=stated(detail.text),
        code=detail.code,
    )
    yield account.tally.add(line)


def _sign(code: str) -> int | None:
    number = int(code)
    if 100 <= number <= 399 or 920 <= number <= 959:  # noqa: PLR2004 - the specification's ranges
        return 1
    if 400 <= number <= 699 or 960 <= number <= 999:  # noqa: PLR2004 - the specification's ranges
        return -1
    return None


def _kind(code: str, sign: int) -> LineKind:
    if code in _FEES:
        return LineKind.FEE
    if code in _RETURNED:
        return LineKind.RETURNED
    return LineKind.CREDIT if sign > 0 else LineKind.DEBIT


def _close_account(account: _Account, record: Record) -> FileClosed:
    _check(account.level, record, parts=None)
    if account.movements:
        account.tally.check_balances(account.opening, account.closing, line=record.line)
    return FileClosed(
        line_no=record.line, lines=account.tally.lines, moved=account.tally.moved, closing=account.closing
    )


def _check(level: _Level, trailer: Record, *, parts: str | None) -> None:
    """The trailer's sum, number of parts and number of records against what was read."""
    fields = [whole_number(text, line=trailer.line) for text in trailer.fields]
    expected = [level.total, level.records] if parts is None else [level.total, level.parts, level.records]
    names = ["control total", "number of records"] if parts is None else ["control total", parts, "number of records"]
    if len(fields) != len(expected):
        raise line_unreadable(
            f"record {trailer.code} has {len(fields)} fields, not {len(expected)}.", line=trailer.line
        )
    for name, stated_number, found in zip(names, fields, expected, strict=True):
        if stated_number != found:
            raise totals_mismatch(name, line=trailer.line, stated=stated_number, found=found)


READER: Final = FileReader(format=FORMAT, name="BAI2", sniff=_sniff, read=_read)
