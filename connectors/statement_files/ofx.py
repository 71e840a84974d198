"""Bank and card statements in OFX, 1.x in SGML and 2.x in XML, as banks offer them for download.

Sources: Open Financial Exchange specifications 1.6 and 2.2, sections 3.2.9 (amounts: a point or a comma, no grouping;
signed from the account holder's view), 3.2.8 (times without offset are of GMT) and 11.4 (statement response). OFX
states no opening balance and no sum, so nothing but its end proves a file whole: a file without it is refused. Values
that are empty elements of SGML (``<MEMO>``) are taken for absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import BinaryIO, Final

from connectors.statement_files import ofx_tags
from connectors.statement_files.faults import at_line, file_unreadable, line_unreadable
from connectors.statement_files.records import (
    Tally,
    credit_or_debit,
    creditor_references,
    day,
    last_held_back,
    plain_line,
    stated,
)
from connectors.statement_files.text_lines import head_text
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "ofx"
STATEMENTS: Final = frozenset({"STMTRS", "CCSTMTRS"})

_MOMENT: Final = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,6})?)?)?\s*(?:\[\s*([+-]?\d{1,2}(?:\.\d{1,2})?)[^\]]*\])?"
)
_GROUPED: Final = re.compile(r"([+-]?)(\d{1,3}(?:([.,])\d{3})+)([.,])(\d{1,5})")
_PLAIN: Final = re.compile(r"([+-]?)(\d{1,19})(?:[.,](\d{0,5}))?")
_FEES: Final = frozenset({"FEE", "SRVCHG"})
_INFLOWS: Final = frozenset({"CREDIT", "DEP", "DIRECTDEP", "INT", "DIV"})
_OUTFLOWS: Final = frozenset({"DEBIT", "FEE", "SRVCHG", "CHECK", "CASH", "DIRECTDEBIT", "REPEATPMT"})
_EITHER: Final = frozenset({"ATM", "POS", "XFER", "PAYMENT", "OTHER"})
_KINDS: Final = _INFLOWS | _OUTFLOWS | _EITHER  # HOLD is not booked yet


@dataclass(slots=True)
class _Statement:
    line: int
    values: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally(None))
    opened: bool = False


def _sniff(head: bytes) -> bool:
    text = head_text(head).lstrip().upper()
    return text.startswith(("OFXHEADER", "<?OFX", "<OFX>")) or (text.startswith("<?XML") and "<OFX>" in text)


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_records(ofx_tags.events(stream)))


def _records(events: Iterator[ofx_tags.Event]) -> Iterator[FileRecord]:
    """A statement opens with its first movement, or at its end where it has none."""
    statement: _Statement | None = None
    path: list[str] = []
    movement: dict[str, str] | None = None
    began, found, line = 0, 0, 1
    for what, name, value, line in events:
        if what == "value":
            _keep(statement, movement, path, name, value)
            continue
        if what == "open":
            path.append(name)
            if name in STATEMENTS:
                statement, found = _Statement(line), found + 1
            elif name == "STMTTRN" and statement is not None:
                movement, began = {}, line
            continue
        path.pop()
        if statement is None:
            continue
        if name == "STMTTRN" and movement is not None:
            yield from _opened(statement)
            yield statement.tally.add(_movement(statement, movement, line=began))
            movement = None
        elif name in STATEMENTS:
            yield from _opened(statement)
            yield _closed(statement, line)
            statement = None
    if not found:
        raise file_unreadable("the file holds no statement of an account.", line=line)


def _keep(
    statement: _Statement | None, movement: dict[str, str] | None, path: list[str], name: str, value: str
) -> None:
    """Values of a movement by name, those of aggregates inside of it by ``AGGREGATE/NAME``; the first one stays."""
    if not value:
        return
    if movement is not None:
        inner = path[path.index("STMTTRN") + 1 :]
        movement.setdefault("/".join([*inner[-1:], name]), value)
    elif statement is not None:
        statement.values.setdefault("/".join([path[-1], name]), value)


def _opened(statement: _Statement) -> Iterator[FileOpened]:
    if statement.opened:
        return
    statement.opened = True
    values = statement.values
    currency = values.get("STMTRS/CURDEF") or values.get("CCSTMTRS/CURDEF")
    if currency is None:
        raise line_unreadable("the statement states no currency (CURDEF).", line=statement.line)
    with at_line(statement.line):
        Money(0, currency)
    statement.tally = Tally(currency)
    yield FileOpened(
        line_no=statement.line,
        format=FORMAT,
        source=FileSource.BANK,
        account=values.get("BANKACCTFROM/ACCTID") or values.get("CCACCTFROM/ACCTID"),
        currency=currency,
        statement_id=None,
        first_day=_day(values.get("BANKTRANLIST/DTSTART"), line=statement.line),
        last_day=_day(values.get("BANKTRANLIST/DTEND"), line=statement.line),
    )


def _closed(statement: _Statement, line: int) -> FileClosed:
    balance = statement.values.get("LEDGERBAL/BALAMT")
    currency = statement.tally.currency
    closing = None if balance is None or currency is None else _amount(balance, currency, line=line)
    return FileClosed(line_no=line, lines=statement.tally.lines, moved=statement.tally.moved, closing=closing)


def _movement(statement: _Statement, values: Mapping[str, str], *, line: int) -> FileLine:
    kind, posted, amount = (_need(values, name, line=line) for name in ("TRNTYPE", "DTPOSTED", "TRNAMT"))
    if kind.upper() not in _KINDS:
        raise line_unreadable(f"{kind!r} is no kind of movement that is booked.", line=line)
    if values.get("CORRECTACTION"):
        raise line_unreadable("the movement corrects an earlier download.", line=line, fix="Download the whole period.")
    currency = statement.tally.currency or ""
    other = values.get("CURRENCY/CURSYM", currency)
    if other != currency:
        raise line_unreadable(f"the amount is in {other}, the statement in {currency}.", line=line)
    net = _amount(amount, currency, line=line)
    booked = _moment(posted, line=line)
    booked_day = booked.date() if isinstance(booked, datetime) else booked
    name = stated(values.get("PAYEE/NAME") or values.get("NAME", ""))
    text = stated(" ".join(part for part in (values.get("NAME", ""), values.get("MEMO", "")) if part))
    return plain_line(
        line_no=statement.tally.number(line),
        kind=LineKind.FEE if kind.upper() in _FEES and net.minor < 0 else credit_or_debit(net),
        net=net,
        value_date=_day(values.get("DTAVAIL"), line=line) or booked_day,
        booked_at=booked,
        external_id=values.get("FITID"),
        references=[
            values.get("REFNUM"),
            values.get("CHECKNUM"),
            *creditor_references(text or ""),
        ],
        payer_name=name if net.minor > 0 else None,
        payer_account=values.get("BANKACCTFROM/ACCTID") if net.minor > 0 else None,
        text=text,
        code=kind.upper(),
    )


def _need(values: Mapping[str, str], name: str, *, line: int) -> str:
    if not values.get(name):
        raise line_unreadable(f"the movement has no {name}.", line=line)
    return values[name]


def _amount(text: str, currency: str, *, line: int) -> Money:
    """A signed amount; where both marks stand in it, the last one parts the decimals and the other groups of three."""
    stripped = text.replace(" ", "")
    grouped = _GROUPED.fullmatch(stripped)
    if grouped and grouped[3] != grouped[4]:
        sign, whole, decimals = grouped[1], re.sub(r"[.,]", "", grouped[2]), grouped[5]
    else:
        plain = _PLAIN.fullmatch(stripped)
        if plain is None:
            raise line_unreadable(f"{text!r} is no amount.", line=line)
        sign, whole, decimals = plain[1], plain[2], plain[3] or "0"
    with at_line(line):
        amount = Money.parse(f"{whole}.{decimals or '0'}", currency)
    return -amount if sign == "-" else amount


def _day(text: str | None, *, line: int) -> date | None:
    if text is None:
        return None
    found = _moment(text, line=line)
    return found.date() if isinstance(found, datetime) else found


def _moment(text: str, *, line: int) -> date | datetime:
    """A day, or a moment where the file states an hour that is not midnight; the day is that of the stated offset."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise line_unreadable(f"{text!r} is no date of OFX.", line=line)
    year, month, day_of_month, hour, minute, second, offset = match.groups()
    found = day(int(year), int(month), int(day_of_month), line=line)
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    if clock == (0, 0, 0):
        return found
    try:
        zone = timezone(timedelta(hours=float(offset))) if offset else UTC
        return datetime(found.year, found.month, found.day, *clock, tzinfo=zone)
    except ValueError:
        raise line_unreadable(f"{text!r} is no time of day.", line=line) from None


READER: Final = FileReader(format=FORMAT, name="OFX", sniff=_sniff, read=_read)
