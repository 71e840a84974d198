"""Taking in files of money: kept whole and once, read to their end before a line is taken, handed on to be booked once.

How a line of a file is booked, so that no money is booked twice:

- A line of a *bank's* statement is booked by the intake alone, as it always was. A file that the connection's platform
  reads itself (camt.053, the house's own table) lies in the inbox under the hash of its content, wherever it was
  handed in; of a file in another format the inbox holds pages of 500 lines, which the intake turns into facts. Either
  way the receipt's identity is the bank's own name of the movement, so an overlapping statement books nothing again.
- Days of an account are told by one family of formats alone. A second one would name the same movements otherwise,
  so a file that tells days again is refused (``days_told_already``); a format may be changed from a day on. A movement
  to which the bank gives no name is known by its account, statement and place; where a file does not even name its
  statement, none of its days may have been told before.
- A *platform's* report books no receipt: its webhooks did. Its lines are compared with the book; what follows (a fee,
  a payout that arrived) is booked by the reconciliation, and a line that the book lacks by a person.
- An *agency's* advice books nothing: it says what to expect.

A file is read in two passes. The first reads it to its end, so that totals and every line are known to be sound; of
one that is refused nothing stays but the file and its fault. The second copies the lines. Both are one transaction:
a crash leaves the file ``received``, and it is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import structlog
from sqlalchemy import Connection

from activities import statement_lines
from connectors import registry, statement_files
from connectors.platforms.bank_statement import MAX_BYTES
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import mapped
from domain.accounts import PlatformKind
from domain.errors import AfluenteError, Conflict, Invalid, TooLarge
from domain.ids import NewId
from domain.money import Money
from domain.reconciliation import Leg
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource
from store import column_mappings, creditors, recon_items, reconciliation, source_lines
from store import statement_files as kept
from store.creditors import PlatformConnection
from store.statement_files import SourceFile

LARGEST_BYTES: Final = 512 * 1024 * 1024
READ_AT_ONCE_BYTES: Final = 8 * 1024 * 1024
MOST_STATEMENTS: Final = 1_000  # that a file's summary lists
_HEAD_BYTES: Final = 64 * 1024
_OF_BANK: Final = "bank_statement"
_LEGS: Final = {
    FileSource.BANK: (Leg.BANK, "right"),
    FileSource.PLATFORM: (Leg.PLATFORM, "right"),
    FileSource.AGENCY: (Leg.EXPECTED, "left"),
}
_log = structlog.get_logger("statement_files")


@dataclass(frozen=True, slots=True)
class FileDesk:
    """Files of one tenant, in the caller's transaction."""

    tx: Connection
    new_id: NewId
    now: datetime

    def receive(
        self, stream: BinaryIO, *, connection_id: str, filename: str, actor: str, mapping_id: str | None = None
    ) -> tuple[SourceFile, bool]:
        """Keep a file, and whether it is a new one: the same content at the same connection is kept once.

        ``stream`` is read twice and never held whole. Raises ``file_empty``, ``file_too_large``,
        ``connection_unknown`` and ``column_mapping_unknown``.
        """
        connection = creditors.get_connection(self.tx, connection_id)
        if mapping_id is not None:
            column_mappings.get(self.tx, mapping_id)
        digest, size = measured(stream)
        file = SourceFile(
            id=self.new_id("source_file"),
            tenant_id=connection.tenant_id,
            connection_id=connection.id,
            sha256=digest,
            filename=filename,
            size_bytes=size,
            mapping_id=mapping_id,
            state="received",
            **dict.fromkeys(_UNREAD),
            uploaded_by=actor,
            received_at=self.now,
        )
        stream.seek(0)
        if kept.add_file(self.tx, file, kept.pieces(stream)):
            return file, True
        return kept.file_by_content(self.tx, connection_id=connection.id, sha256=digest) or file, False

    def read_again(self, file_id: str, *, mapping_id: str | None) -> SourceFile:
        """Have a refused file read again, with a mapping where one is named. Raises ``statement_file_not_refused``."""
        file = kept.get_file(self.tx, file_id, lock=True)
        if file.state != "refused":
            raise Conflict("statement_file_not_refused", f"The file is {file.state}.")
        if mapping_id is not None:
            column_mappings.get(self.tx, mapping_id)
        none = dict.fromkeys(("error_code", "error", "error_line", "read_at"))
        kept.change_file(self.tx, file.id, state="received", mapping_id=mapping_id, **none)
        return self.read_soon(file.id)

    def read_soon(self, file_id: str) -> SourceFile:
        """Read a file now that is small, or that nobody can read; one that takes its time is left to the next visit."""
        file = kept.get_file(self.tx, file_id)
        if file.size_bytes <= READ_AT_ONCE_BYTES or (file.mapping_id is None and not self._is_known(file)):
            return self.read_in(file.id)
        return file

    def _is_known(self, file: SourceFile) -> bool:
        return len(statement_files.able(kept.content(self.tx, file).read(_HEAD_BYTES))) == 1

    def read_in(self, file_id: str) -> SourceFile:
        """Read a file that waits, or leave it as it is; a fault is kept with it, and nothing of its lines.

        Files of the connection that the inbox already holds are read before, so that their days are known.
        """
        file = kept.get_file(self.tx, file_id)
        reconciliation.lock_context(self.tx, file.connection_id, "files")
        for waiting in statement_lines.adopt(self.tx, file.connection_id, new_id=self.new_id):
            self._read_one(waiting)
        return self._read_one(file_id)

    def _read_one(self, file_id: str) -> SourceFile:
        file = kept.get_file(self.tx, file_id, lock=True)
        if file.state != "received":
            return file
        try:
            with self.tx.begin_nested():
                values = self._read(file, creditors.get_connection(self.tx, file.connection_id))
        except AfluenteError as error:
            values = _refused(error)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            _log.exception("file_unread", file=file.id)
            values = _refused(Invalid("file_unreadable", f"The file cannot be read ({type(error).__name__})."))
        kept.change_file(self.tx, file.id, read_at=self.now, **values)
        return kept.get_file(self.tx, file.id)

    def _read(self, file: SourceFile, connection: PlatformConnection) -> dict[str, Any]:
        reader = self._reader(file)
        told = _Told(connection)
        for record in reader.read(kept.content(self.tx, file)):
            told.take(record)
        source, family = told.source, family_of(told.format)
        self._check_days(file, told, family)
        source_lines.stage(self.tx)
        source_lines.copy(self.tx, _lines(reader.read(kept.content(self.tx, file))))
        contradicted = source_lines.take_over(self.tx, file, source=source.value)
        if contradicted is not None:
            raise Conflict(
                "line_contradicts",
                f"Line {contradicted.line_no}: an earlier file stated {contradicted.identity} with another amount.",
                fix="Ask whoever made the files which is right.",
                line=contradicted.line_no,
            )
        leg, side = _LEGS[source]
        recon_items.from_lines(self.tx, file_id=file.id, leg=leg, side=side, now=self.now)
        if source is FileSource.BANK:
            self._hand_on(file, connection)
        return {
            "state": "read",
            "format": told.format,
            "family": family,
            "source": source.value,
            "lines": told.lines,
            "new_lines": kept.count_lines(self.tx, file.id),
            "first_day": told.first_day,
            "last_day": told.last_day,
            "statements": told.statements,
        }

    def _reader(self, file: SourceFile) -> FileReader:
        """The reader that a person chose by naming a mapping, else the one that knows the content."""
        if file.mapping_id is not None:
            return mapped(ColumnMapping.from_json(column_mappings.get(self.tx, file.mapping_id).document))
        return statement_files.detect(kept.content(self.tx, file).read(_HEAD_BYTES))

    def _check_days(self, file: SourceFile, told: _Told, family: str) -> None:
        if told.first_day is None or told.last_day is None:
            return
        other = kept.told_in_another(
            self.tx,
            connection_id=file.connection_id,
            source=told.source.value,
            family=None if told.anonymous else family,
            first=told.first_day,
            last=told.last_day,
        )
        if other is not None:
            raise Conflict(
                "days_told_already",
                f"{other.filename} has told days up to {other.last_day} in the format {other.format}; this file tells "
                f"{told.first_day} to {told.last_day} in {told.format}.",
                fix="Hand in one format for an account; change it from a day that no file has told yet.",
                last_day=str(other.last_day),
            )

    def _hand_on(self, file: SourceFile, connection: PlatformConnection) -> None:
        """Have the intake book a bank's lines: the file itself where its platform reads it, else pages of its lines."""
        statements = registry.platform(connection.platform).statements
        head = kept.content(self.tx, file).read(_HEAD_BYTES)
        if statements is not None and file.size_bytes <= MAX_BYTES and statements.sniff(head):
            whole = kept.content(self.tx, file).read()
            statements.parse(whole)
            delivery_id, body = file.sha256, whole
            statement_lines.deliver(
                self.tx, file, connection, delivery_id=delivery_id, body=body, new_id=self.new_id, now=self.now
            )
            return
        statement_lines.deliver_pages(self.tx, file, connection, new_id=self.new_id, now=self.now)


@dataclass(slots=True)
class _Told:
    """What a file has told so far; raises where it is not of the connection, or of two formats or sources."""

    connection: PlatformConnection
    opened: FileOpened | None = None
    lines: int = 0
    anonymous: bool = False
    first_day: date | None = None
    last_day: date | None = None
    statements: list[dict[str, Any]] = field(default_factory=list)

    @property
    def format(self) -> str:
        """The format that it states."""
        return self._first().format

    @property
    def source(self) -> FileSource:
        """Who speaks in it."""
        return self._first().source

    def _first(self) -> FileOpened:
        if self.opened is None:
            raise Invalid("file_unreadable", "The file holds no statement.", line=1)
        return self.opened

    def take(self, record: FileRecord) -> None:
        """Count one more record."""
        match record:
            case FileOpened():
                self._open(record)
            case FileLine():
                self._line(record)
            case FileClosed():
                self._close(record)

    def _open(self, opened: FileOpened) -> None:
        expected = self.connection.config.get("account")
        if expected and opened.source is FileSource.BANK and opened.account not in (None, expected):
            raise Invalid(
                "statement_other_account",
                f"The statement is of {opened.account}, the connection of {expected}.",
                fix="Upload it at the connection of its account.",
                line=opened.line_no,
            )
        is_bank = registry.platform(self.connection.platform).kind is PlatformKind.BANK
        if (opened.source is FileSource.BANK) is not is_bank and opened.source is not FileSource.AGENCY:
            raise Invalid(
                "file_of_another_source",
                f"The file speaks as a {opened.source.value}, the connection is not one.",
                fix="Upload a bank's file at a bank's connection, and a platform's report at the platform's.",
                line=opened.line_no,
            )
        if self.opened is not None and (self.opened.format, self.opened.source) != (opened.format, opened.source):
            raise Invalid("file_unreadable", "The file is of two formats.", line=opened.line_no)
        self.opened = opened
        if len(self.statements) < MOST_STATEMENTS:
            self.statements.append(
                {"id": opened.statement_id, "account": opened.account, "opening": _amount(opened.opening)}
            )

    def _line(self, line: FileLine) -> None:
        self.lines += 1
        nameless = line.external_id is None and self._first().statement_id is None
        self.anonymous |= nameless and self.source is FileSource.BANK
        day = line.value_date
        self.first_day = day if self.first_day is None else min(self.first_day, day)
        self.last_day = day if self.last_day is None else max(self.last_day, day)

    def _close(self, closed: FileClosed) -> None:
        if self.statements and "lines" not in self.statements[-1]:
            self.statements[-1] |= {
                "lines": closed.lines,
                "moved": _amount(closed.moved),
                "closing": _amount(closed.closing),
                "stated_lines": closed.stated_lines,
                "stated_moved": _amount(closed.stated_moved),
            }


def family_of(file_format: str) -> str:
    """Which formats name movements alike: a bank's camt.053 in any version and the house's own table do."""
    if file_format.startswith("camt.053") or file_format in _OWN:
        return _OF_BANK
    if file_format.startswith("camt."):
        return ".".join(file_format.split(".")[:2])
    return file_format


_OWN: Final = frozenset({"own_csv", "bank_statement_csv", "afluente_csv"})
_UNREAD: Final = (
    "format",
    "family",
    "source",
    "lines",
    "new_lines",
    "first_day",
    "last_day",
    "statements",
    "error_code",
    "error",
    "error_line",
    "read_at",
)


def measured(stream: BinaryIO) -> tuple[str, int]:
    """The SHA-256 and size of a stream, read in pieces; raises ``file_empty`` and ``file_too_large``."""
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    for piece in kept.pieces(stream):
        digest.update(piece)
        size += len(piece)
        if size > LARGEST_BYTES:
            raise TooLarge("file_too_large", f"A file may have {LARGEST_BYTES} bytes.", limit_bytes=LARGEST_BYTES)
    if not size:
        raise Invalid("file_empty", "The file is empty.")
    return digest.hexdigest(), size


def _lines(records: Iterator[FileRecord]) -> Iterator[FileLine]:
    """The lines, each under a name that it has in every file that states it again, where there is one."""
    opened: FileOpened | None = None
    place = 0
    for record in records:
        match record:
            case FileOpened():
                opened, place = record, 0
            case FileLine():
                place += 1
                named = record.external_id is not None or opened is None or opened.statement_id is None
                yield record if named else replace(record, external_id=_name(opened, record, place))


def _name(opened: FileOpened | None, line: FileLine, place: int) -> str:
    """Account, statement, day (banks number statements anew each year) and place in the statement."""
    account, statement = ("", "") if opened is None else (opened.account or "", opened.statement_id or "")
    return f"{account}/{statement}/{line.value_date}/{place}"


def _amount(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"amount": f"{money.decimal:f}", "currency": money.currency}


def _refused(error: AfluenteError) -> dict[str, Any]:
    line = error.details.get("line")
    told = f"{error.message} {error.fix}" if error.fix else error.message
    return {
        "state": "refused",
        "error_code": error.code,
        "error": told,
        "error_line": line if isinstance(line, int) else None,
    }
