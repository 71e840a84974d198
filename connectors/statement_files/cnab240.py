"""Return files of Brazilian banks in CNAB 240: what was paid on boletos, with what the bank kept of it.

Sources: FEBRABAN, Layout Padrão CNAB 240, cobrança, retorno (segments T and U); Banco do Brasil, Particularidades
CNAB 240, 2023; what banks do otherwise is data in ``cnab240_banks``. Checked before a batch closes: the number of its
records (some banks leave header and trailer out of the count), and, where the trailer states them, number and value
of its boletos (of all or of the paid ones, as billed or as paid); before the file ends: its batches and records.
Records of a batch are numbered without a gap.

Of a payment, gross is what the payer paid (segment U, 78-92), net is what is credited (93-107) where the bank states
it; the difference is the bank's fee, but for the tax on it (IOF, 63-77). Movements that neither pay nor charge
(accepted, rejected, due date changed, protest) move no money and give no line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final

from connectors.statement_files.cnab240_banks import Layout, layout_of
from connectors.statement_files.cnab_fields import CURRENCY, FixedRecord, Place, document, fixed_records
from connectors.statement_files.faults import cut_short, file_unreadable, line_unreadable, totals_mismatch
from connectors.statement_files.records import Tally, last_held_back, plain_line
from connectors.statement_files.text_lines import head_text
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "cnab240"
LENGTH: Final = 240

_BANK: Final[Place] = (1, 3)
_LOT: Final[Place] = (4, 7)
_TYPE: Final[Place] = (8, 8)
_SEQUENCE: Final[Place] = (9, 13)
_SEGMENT: Final[Place] = (14, 14)
_MOVEMENT: Final[Place] = (16, 17)
_RETURN: Final[Place] = (143, 143)
_OPERATION: Final[Place] = (9, 9)
_AGENCY: Final[Place] = (54, 58)
_ACCOUNT: Final[Place] = (60, 71)
_ACCOUNT_DIGIT: Final[Place] = (72, 72)
_MADE_ON: Final[Place] = (144, 151)
_TRAILER_RECORDS: Final[Place] = (18, 23)
_TRAILER_BOLETOS: Final[tuple[tuple[Place, Place], ...]] = (
    ((24, 29), (30, 46)),  # simple
    ((47, 52), (53, 69)),  # linked
    ((70, 75), (76, 92)),  # pledged
    ((93, 98), (99, 115)),  # discounted
)
_FILE_LOTS: Final[Place] = (18, 23)
_FILE_RECORDS: Final[Place] = (24, 29)

_U_TAX: Final[Place] = (63, 77)
_U_PAID: Final[Place] = (78, 92)
_U_CREDITED: Final[Place] = (93, 107)
_U_EVENT: Final[Place] = (138, 145)
_U_CREDIT: Final[Place] = (146, 153)

_HEADER_AND_TRAILER: Final = 2


@dataclass(slots=True)
class _Lot:
    header: FixedRecord
    bank: str
    layout: Layout
    tally: Tally = field(default_factory=lambda: Tally(CURRENCY))
    records: int = 1
    sequence: int = 0
    boletos: int = 0
    billed: int = 0
    paid: int = 0
    payments: int = 0
    billed_of_payments: int = 0
    waiting: FixedRecord | None = None  # a segment T whose U follows


@dataclass(slots=True)
class _File:
    header: FixedRecord
    records: int = 0
    lots: int = 0
    ended: bool = False


def _sniff(head: bytes) -> bool:
    found = head_text(head).splitlines()
    if not found or len(found[0].rstrip("\x1a")) not in range(LENGTH - 60, LENGTH + 1):
        return False
    first = found[0].ljust(LENGTH)
    return first[:3].isdigit() and first[3:8] == "00000" and first[_RETURN[0] - 1] == "2"


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_records(fixed_records(stream, length=LENGTH)))


def _records(records: Iterator[FixedRecord]) -> Iterator[FileRecord]:
    first = next(records, None)
    if first is None:
        raise file_unreadable("the file holds no record.")
    file = _header(first)
    lot: _Lot | None = None
    line = 1
    for record in records:
        line = record.line
        if file.ended:
            raise line_unreadable("the file goes on after its trailer.", line=line)
        file.records += 1
        kind = record.at(_TYPE)
        if lot is None and kind == "1":
            lot = _lot(record)
            yield _opened(file, lot)
        elif lot is not None and kind == "3":
            lot.records += 1
            yield from _detail(lot, record)
        elif lot is not None and kind == "5":
            lot.records += 1
            yield _closed(lot, record)
            file.lots, lot = file.lots + 1, None
        elif lot is None and kind == "9":
            _check_file(file, record)
        else:
            raise line_unreadable(f"a record of type {kind!r} does not belong here.", line=line)
    if not file.ended:
        raise cut_short("the file has no trailer (type 9).", line=line)


def _header(record: FixedRecord) -> _File:
    if record.at(_TYPE) != "0" or record.at(_RETURN) != "2":
        raise line_unreadable("the first record is no header of a return file.", line=record.line)
    return _File(record, records=1)


def _lot(record: FixedRecord) -> _Lot:
    if record.at(_OPERATION) != "T":
        raise line_unreadable(
            f"batch {record.at(_LOT)} is of operation {record.at(_OPERATION)!r}, not of collections (T).",
            line=record.line,
            fix="Ask the bank for the return file of collections (cobrança).",
        )
    return _Lot(record, record.at(_BANK), layout_of(record.at(_BANK)))


def _opened(file: _File, lot: _Lot) -> FileOpened:
    header = lot.header
    made_on = file.header.day(_MADE_ON)
    number = header.at(_ACCOUNT).strip().lstrip("0")
    digit = header.at(_ACCOUNT_DIGIT).strip()
    agency = header.at(_AGENCY).strip().lstrip("0")
    return FileOpened(
        line_no=header.line,
        format=FORMAT,
        source=FileSource.BANK,
        account=f"{agency}/{number}{'-' if digit else ''}{digit}" if number else None,
        currency=CURRENCY,
        statement_id=f"{lot.bank}/{header.at(_LOT)}",
        first_day=made_on,
        last_day=made_on,
    )


def _detail(lot: _Lot, record: FixedRecord) -> Iterator[FileLine]:
    lot.sequence += 1
    if record.number(_SEQUENCE) != lot.sequence:
        raise line_unreadable(
            f"the record is number {record.number(_SEQUENCE)} of its batch; {lot.sequence} was due.", line=record.line
        )
    segment = record.at(_SEGMENT)
    if segment == "U":
        if lot.waiting is None:
            raise line_unreadable("segment U follows no segment T.", line=record.line)
        title, lot.waiting = lot.waiting, None
        yield from _settled(lot, title, record)
        return
    if lot.waiting is not None:
        raise line_unreadable("segment U is missing.", line=record.line)
    if segment == "T":
        lot.waiting = record
        lot.boletos += 1
        lot.billed += record.number(lot.layout.billed)


def _settled(lot: _Lot, title: FixedRecord, record: FixedRecord) -> Iterator[FileLine]:
    movement = title.at(_MOVEMENT)
    if record.at(_MOVEMENT) != movement:
        raise line_unreadable("segments T and U are of different movements.", line=record.line)
    if movement in lot.layout.fees:
        yield from _fee(lot, title, record)
    elif movement in lot.layout.payments:
        lot.payments += 1
        lot.paid += record.number(_U_PAID)
        lot.billed_of_payments += title.number(lot.layout.billed)
        yield lot.tally.add(_payment(lot, title, record))


def _payment(lot: _Lot, title: FixedRecord, record: FixedRecord) -> FileLine:
    gross = record.reais(_U_PAID)
    credited = record.reais(_U_CREDITED)
    net = credited or gross
    tax = record.reais(_U_TAX) if credited and gross.minor - net.minor >= record.number(_U_TAX) else Money(0, CURRENCY)
    nosso_numero = title.word(lot.layout.nosso_numero)
    event = record.day(_U_EVENT)
    references = (title.word(lot.layout.control), title.word(lot.layout.document), nosso_numero)
    return FileLine(
        line_no=lot.tally.number(title.line),
        kind=LineKind.PAYMENT,
        net=net,
        gross=gross,
        fee=gross - net - tax,
        tax=tax,
        value_date=_value_date(record),
        booked_at=event,
        external_id=_identity(lot, nosso_numero, movement=title.at(_MOVEMENT), event=event, paid=gross),
        references=tuple(dict.fromkeys(one for one in references if one)),
        payer_name=title.word(lot.layout.payer),
        payer_document=document(title.word(lot.layout.payer_document)),
        code=title.at(_MOVEMENT),
    )


def _fee(lot: _Lot, title: FixedRecord, record: FixedRecord) -> Iterator[FileLine]:
    fee = title.reais(lot.layout.fee)
    if not fee:
        return
    line = plain_line(
        line_no=lot.tally.number(title.line),
        kind=LineKind.FEE,
        net=-fee,
        value_date=_value_date(record),
        booked_at=record.day(_U_EVENT),
        references=[
            title.word(lot.layout.control),
            title.word(lot.layout.document),
            title.word(lot.layout.nosso_numero),
        ],
        code=title.at(_MOVEMENT),
    )
    yield lot.tally.add(line)


def _value_date(record: FixedRecord) -> date:
    found = record.day(_U_CREDIT) or record.day(_U_EVENT)
    if found is None:
        raise line_unreadable("segment U states neither a day of credit nor one of payment.", line=record.line)
    return found


def _identity(lot: _Lot, nosso_numero: str | None, *, movement: str, event: date | None, paid: Money) -> str | None:
    """The bank's number of the boleto with what happened to it and when: a boleto may be paid twice."""
    if nosso_numero is None or event is None:
        return None
    return f"{lot.bank}/{nosso_numero}/{movement}/{event:%Y%m%d}/{paid.minor}"


def _closed(lot: _Lot, trailer: FixedRecord) -> FileClosed:
    if lot.waiting is not None:
        raise line_unreadable("segment U is missing.", line=trailer.line)
    if lot.layout.totals_stated:
        _check_lot(lot, trailer)
    return FileClosed(line_no=trailer.line, lines=lot.tally.lines, moved=lot.tally.moved)


def _check_lot(lot: _Lot, trailer: FixedRecord) -> None:
    stated = trailer.number(_TRAILER_RECORDS)
    if stated not in {lot.records, lot.records - _HEADER_AND_TRAILER}:
        raise totals_mismatch("number of records", line=trailer.line, stated=stated, found=lot.records)
    boletos = sum(trailer.number(count) for count, _ in _TRAILER_BOLETOS)
    value = sum(trailer.number(amount) for _, amount in _TRAILER_BOLETOS)
    if boletos and boletos not in {lot.boletos, lot.payments}:
        raise totals_mismatch("number of boletos", line=trailer.line, stated=boletos, found=lot.boletos)
    if value and value not in {lot.billed, lot.billed_of_payments, lot.paid}:
        raise totals_mismatch(
            "value of boletos", line=trailer.line, stated=Money(value, CURRENCY), found=Money(lot.billed, CURRENCY)
        )


def _check_file(file: _File, trailer: FixedRecord) -> None:
    counts = layout_of(trailer.at(_BANK)).totals_stated
    for name, place, found in (("batches", _FILE_LOTS, file.lots), ("records", _FILE_RECORDS, file.records)):
        if trailer.number(place) != found and (counts or place == _FILE_LOTS):
            raise totals_mismatch(f"number of {name}", line=trailer.line, stated=trailer.number(place), found=found)
    file.ended = True


READER: Final = FileReader(format=FORMAT, name="CNAB 240", sniff=_sniff, read=_read)
