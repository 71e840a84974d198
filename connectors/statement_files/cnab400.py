"""Return files of Brazilian banks in CNAB 400, each bank by its own layout (``cnab400_banks``).

Records are numbered from 1 without a gap in their last six places, the header names the bank, and the trailer counts
what its layout says; all are checked before the file closes. Occurrences that are neither payments nor fees (entered,
refused, due date changed, protest) move no money and give no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final

from connectors.statement_files.cnab400_banks import BANKS, Count, Layout, Sum
from connectors.statement_files.cnab_fields import CURRENCY, FixedRecord, Place, fixed_records
from connectors.statement_files.faults import cut_short, file_unreadable, line_unreadable, totals_mismatch
from connectors.statement_files.records import Tally, last_held_back, named, plain_line
from connectors.statement_files.text_lines import head_text
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "cnab400"
LENGTH: Final = 400

_HEADER: Final = "02RETORNO"
_BANK: Final[Place] = (77, 79)
_MADE_ON: Final[Place] = (95, 100)
_TYPE: Final[Place] = (1, 1)
_SEQUENCE: Final[Place] = (395, 400)


@dataclass(slots=True)
class _File:
    header: FixedRecord
    layout: Layout
    tally: Tally = field(default_factory=lambda: Tally(CURRENCY))
    occurrences: Counter[str] = field(default_factory=Counter)
    billed: Counter[str] = field(default_factory=Counter)
    opened: bool = False
    ended: bool = False


def _sniff(head: bytes) -> bool:
    return head_text(head).startswith(_HEADER)


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_records(fixed_records(stream, length=LENGTH)))


def _records(records: Iterator[FixedRecord]) -> Iterator[FileRecord]:
    file: _File | None = None
    record = None
    for number, record in enumerate(records, start=1):
        if record.number(_SEQUENCE) != number:
            raise line_unreadable(
                f"the record is number {record.number(_SEQUENCE)} of the file; {number} was due.", line=record.line
            )
        if file is None:
            file = _header(record)
            continue
        if file.ended:
            raise line_unreadable("the file goes on after its trailer.", line=record.line)
        yield from _record(file, record)
    if file is None or not file.ended:
        raise cut_short("the file has no trailer (type 9).", line=record.line if record else 1)


def _header(record: FixedRecord) -> _File:
    if not record.text.startswith(_HEADER):
        raise line_unreadable("the first record is no header of a return file.", line=record.line)
    bank = record.at(_BANK)
    layout = BANKS.get(bank)
    if layout is None:
        known = ", ".join(f"{one.bank} ({one.name})" for one in BANKS.values())
        raise file_unreadable(
            f"the CNAB 400 layout of bank {bank!r} is not known here.",
            line=record.line,
            fix=f"Known are {known}; ask the bank for CNAB 240, which is the same for most banks.",
        )
    return _File(record, layout)


def _record(file: _File, record: FixedRecord) -> Iterator[FileRecord]:
    kind = record.at(_TYPE)
    if kind in file.layout.details:
        yield from _opened(file, record)
        occurrence = record.at(file.layout.occurrence)
        file.occurrences[occurrence] += 1
        file.billed[occurrence] += record.number(file.layout.billed)
        yield from _detail(file, record)
    elif kind == "9":
        yield from _opened(file, record)
        yield _closed(file, record)
    elif kind not in file.layout.passed_over:
        raise line_unreadable(f"a record of type {kind!r} is not known.", line=record.line)


def _opened(file: _File, first: FixedRecord) -> Iterator[FileOpened]:
    """The header, once: some banks state their account only in the first detail."""
    if file.opened:
        return
    file.opened = True
    layout = file.layout
    account = (first if layout.account_in_detail and first.at(_TYPE) != "9" else file.header).word(layout.account)
    made_on = file.header.day(_MADE_ON)
    yield FileOpened(
        line_no=file.header.line,
        format=FORMAT,
        source=FileSource.BANK,
        account=None if layout.account_in_detail and first.at(_TYPE) == "9" else account,
        currency=CURRENCY,
        statement_id=None,
        first_day=made_on,
        last_day=made_on,
    )


def _detail(file: _File, record: FixedRecord) -> Iterator[FileLine]:
    layout, occurrence = file.layout, record.at(file.layout.occurrence)
    if occurrence in layout.payments:
        yield file.tally.add(_payment(file, record))
    elif occurrence in layout.fees:
        fee = record.reais(layout.fee)
        if fee:
            yield file.tally.add(_plain(file, record, kind=LineKind.FEE, net=-fee))
    elif occurrence in layout.payments_taken_back:
        amount = record.reais(layout.credited)
        yield file.tally.add(_plain(file, record, kind=LineKind.RETURNED, net=-amount))


def _payment(file: _File, record: FixedRecord) -> FileLine:
    layout = file.layout
    nothing = Money(0, CURRENCY)
    net = record.reais(layout.credited)
    fee = record.reais(layout.fee) if layout.fee_kept else nothing
    tax = record.reais(layout.tax) if layout.fee_kept else nothing
    return FileLine(
        line_no=file.tally.number(record.line),
        kind=LineKind.PAYMENT,
        net=net,
        gross=net + fee + tax,
        fee=fee,
        tax=tax,
        value_date=_value_date(layout, record),
        booked_at=record.day(layout.event),
        external_id=_identity(layout, record, net),
        references=_references(layout, record),
        payer_name=record.word(layout.payer) if layout.payer else None,
        code=record.at(layout.occurrence),
    )


def _plain(file: _File, record: FixedRecord, *, kind: LineKind, net: Money) -> FileLine:
    layout = file.layout
    references = _references(layout, record)
    return plain_line(
        line_no=file.tally.number(record.line),
        kind=kind,
        net=net,
        value_date=_value_date(layout, record),
        booked_at=record.day(layout.event),
        references=references,
        original=references[-1] if references and kind is LineKind.RETURNED else None,
        code=record.at(layout.occurrence),
    )


def _references(layout: Layout, record: FixedRecord) -> tuple[str, ...]:
    """Ours first: the control number that we gave, our document number, then the bank's number."""
    return named(record.word(place) for place in (layout.control, layout.document, layout.nosso_numero))


def _value_date(layout: Layout, record: FixedRecord) -> date:
    found = record.day(layout.credit_day) or record.day(layout.event)
    if found is None:
        raise line_unreadable("the record states neither a day of credit nor one of payment.", line=record.line)
    return found


def _identity(layout: Layout, record: FixedRecord, net: Money) -> str | None:
    number, event = record.word(layout.nosso_numero), record.day(layout.event)
    if number is None or event is None:
        return None
    return f"{layout.bank}/{number}/{record.at(layout.occurrence)}/{event:%Y%m%d}/{net.minor}"


def _closed(file: _File, trailer: FixedRecord) -> FileClosed:
    for count in file.layout.counts:
        _check(trailer, "number of records", count, found=file.occurrences)
    for amount in file.layout.sums:
        _check(trailer, "sum of what was billed in centavos", amount, found=file.billed)
    file.ended = True
    return FileClosed(line_no=trailer.line, lines=file.tally.lines, moved=file.tally.moved)


def _check(trailer: FixedRecord, what: str, total: Count | Sum, *, found: Counter[str]) -> None:
    codes = found if total.occurrences is None else total.occurrences
    stated, made = trailer.number(total.place), sum(found[code] for code in codes)
    if stated != made:
        raise totals_mismatch(what, line=trailer.line, stated=stated, found=made)


READER: Final = FileReader(format=FORMAT, name="CNAB 400", sniff=_sniff, read=_read)
