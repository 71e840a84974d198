"""Files of money as they were handed in, in pieces, and the lines that they state."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import currency, document, identifier, insert_once, metadata, minor, moment, tenant
from store.sealing import Sealed

CHUNK_BYTES: Final = 1024 * 1024

source_file_table = Table(
    "source_file",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mapping_id", Text, ForeignKey("column_mapping.id")),
    Column("state", Text, nullable=False),
    Column("format", Text),
    Column("family", Text),
    Column("source", Text),
    Column("lines", Integer),
    Column("new_lines", Integer),
    Column("first_day", Date),
    Column("last_day", Date),
    document("statements", nullable=True),
    Column("error_code", Text),
    Column("error", Text),
    Column("error_line", Integer),
    Column("uploaded_by", Text, nullable=False),
    moment("received_at"),
    moment("read_at", nullable=True),
    UniqueConstraint("connection_id", "sha256", name="uq_source_file_connection_id_sha256"),
    CheckConstraint("state IN ('received', 'read', 'refused')", name="state_known"),
    CheckConstraint(
        "(state = 'read') = (lines IS NOT NULL) AND (state = 'refused') = (error_code IS NOT NULL)", name="told"
    ),
    Index("ix_source_file_received", "received_at", postgresql_where="state = 'received'"),
)

chunk_table = Table(
    "source_file_chunk",
    metadata,
    Column("file_id", Text, ForeignKey("source_file.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    tenant(),
    Column("body", LargeBinary, nullable=False),
)

source_line_table = Table(
    "source_line",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("file_id", Text, ForeignKey("source_file.id"), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("external_id", Text),
    Column("kind", Text, nullable=False),
    minor("gross_minor"),
    minor("fee_minor"),
    minor("tax_minor"),
    minor("net_minor"),
    currency(),
    Column("value_date", Date, nullable=False),
    moment("booked_at", nullable=True),
    Column("batch_id", Text),
    Column("references", ARRAY(Text), nullable=False),
    Column("original", Text),
    Column("payer_name", Sealed("source_line.payer_name")),
    Column("payer_account", Sealed("source_line.payer_account")),
    Column("payer_document", Sealed("source_line.payer_document")),
    Column("text", Sealed("source_line.text")),
    Column("code", Text),
    minor("paid_minor", nullable=True),
    currency("paid_currency", nullable=True),
    UniqueConstraint("connection_id", "source", "identity", name="uq_source_line_connection_id_source_identity"),
    CheckConstraint("gross_minor - fee_minor - tax_minor = net_minor", name="net"),
    Index("ix_source_line_file", "file_id", "line_no"),
)

STATES: Final = ("received", "read", "refused")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file. ``state``: received (kept, not read yet), read (its lines are here), refused (only its fault is).

    ``new_lines`` are those that no earlier file had stated. ``statements`` says what it holds: account, its own name,
    balances and counts, one object for each.
    """

    id: str
    tenant_id: str
    connection_id: str
    sha256: str
    filename: str
    size_bytes: int
    mapping_id: str | None
    state: str
    format: str | None
    family: str | None
    source: str | None
    lines: int | None
    new_lines: int | None
    first_day: date | None
    last_day: date | None
    statements: list[dict[str, Any]] | None
    error_code: str | None
    error: str | None
    error_line: int | None
    uploaded_by: str
    received_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One movement of a file, amounts in minor units of ``currency``, signed by what they do to the account."""

    seq: int
    tenant_id: str
    connection_id: str
    file_id: str
    line_no: int
    source: str
    identity: str
    external_id: str | None
    kind: str
    gross_minor: int
    fee_minor: int
    tax_minor: int
    net_minor: int
    currency: str
    value_date: date
    booked_at: datetime | None
    batch_id: str | None
    references: list[str]
    original: str | None
    payer_name: str | None
    payer_account: str | None
    payer_document: str | None
    text: str | None
    code: str | None
    paid_minor: int | None
    paid_currency: str | None


def told_since(tx: Connection, connection_ids: Sequence[str], day: date) -> bool:
    """Whether a file of one of the connections told a day or a later one."""
    table = source_file_table
    query = select(table.c.id).where(table.c.connection_id.in_(connection_ids), table.c.last_day >= day)
    return tx.execute(query.limit(1)).first() is not None


def add_file(tx: Connection, file: SourceFile, pieces: Iterable[bytes]) -> bool:
    """Keep a file with its content, one piece at a time; false where its connection has the same content already."""
    if not insert_once(tx, source_file_table, {name: getattr(file, name) for name in SourceFile.__dataclass_fields__}):
        return False
    for place, body in enumerate(pieces):
        row = {"file_id": file.id, "place": place, "tenant_id": file.tenant_id, "body": body}
        tx.execute(insert(chunk_table).values(row))
    return True


def get_file(tx: Connection, file_id: str, *, lock: bool = False) -> SourceFile:
    """The file, or ``statement_file_unknown``; ``lock`` keeps others from reading it in meanwhile."""
    query = select(source_file_table).where(source_file_table.c.id == file_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("statement_file_unknown", f"There is no file {file_id}.")
    return SourceFile(**row)


def file_by_content(tx: Connection, *, connection_id: str, sha256: str) -> SourceFile | None:
    """The file of a connection with this content."""
    query = select(source_file_table).where(
        source_file_table.c.connection_id == connection_id, source_file_table.c.sha256 == sha256
    )
    row = tx.execute(query).mappings().first()
    return SourceFile(**row) if row else None


def received(tx: Connection, *, limit: int) -> list[str]:
    """Files that wait to be read, oldest first."""
    table = source_file_table
    query = select(table.c.id).where(table.c.state == "received").order_by(table.c.received_at, table.c.id).limit(limit)
    return list(tx.execute(query).scalars())


def change_file(tx: Connection, file_id: str, **values: Any) -> None:
    """State what became of a file."""
    tx.execute(update(source_file_table).where(source_file_table.c.id == file_id).values(**values))


def told_in_another(
    tx: Connection, *, connection_id: str, source: str, family: str | None, first: date, last: date
) -> SourceFile | None:
    """A file of another family of formats (``None``: of any) that has told some of these days of a connection."""
    table = source_file_table
    query = (
        select(table)
        .where(
            table.c.connection_id == connection_id,
            table.c.source == source,
            table.c.state == "read",
            true() if family is None else table.c.family != family,
            table.c.first_day <= last,
            table.c.last_day >= first,
        )
        .order_by(table.c.last_day.desc(), table.c.id)
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return SourceFile(**row) if row else None


class Content(io.RawIOBase):
    """A kept file's content as a stream that can be read from any place; holds one piece at a time."""

    def __init__(self, tx: Connection, file: SourceFile) -> None:
        self._tx, self._file = tx, file
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Any place can be gone to."""
        return True

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """The next bytes, at most to the end of a piece."""
        place, inside = divmod(self._at, CHUNK_BYTES)
        part = self._piece(place)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _piece(self, place: int) -> bytes:
        if self._held[0] != place:
            query = select(chunk_table.c.body).where(
                chunk_table.c.file_id == self._file.id, chunk_table.c.place == place
            )
            self._held = (place, tx_bytes(self._tx.execute(query).scalar()))
        return self._held[1]


def tx_bytes(value: Any) -> bytes:
    """A column of bytes as bytes; nothing where there is no row."""
    return b"" if value is None else bytes(value)


def content(tx: Connection, file: SourceFile) -> BinaryIO:
    """A kept file's content, buffered."""
    return io.BufferedReader(Content(tx, file), CHUNK_BYTES)


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """A stream in pieces of ``CHUNK_BYTES``."""
    while piece := stream.read(CHUNK_BYTES):
        yield piece


_LINES = [source_line_table.c[name] for name in SourceLine.__dataclass_fields__]


def lines(tx: Connection, file_id: str, *, after_line: int = 0, limit: int) -> list[SourceLine]:
    """Lines that a file was the first to state, in file order, behind a line."""
    table = source_line_table
    query = (
        select(*_LINES)
        .where(table.c.file_id == file_id, table.c.line_no > after_line)
        .order_by(table.c.line_no, table.c.seq)
        .limit(limit)
    )
    return [SourceLine(**row) for row in tx.execute(query).mappings()]


def lines_between(tx: Connection, file_id: str, *, first: int, last: int) -> list[SourceLine]:
    """Lines of a file by their numbers, both included."""
    table = source_line_table
    query = select(*_LINES).where(table.c.file_id == file_id, table.c.seq.between(first, last)).order_by(table.c.seq)
    return [SourceLine(**row) for row in tx.execute(query).mappings()]


def line_spans(tx: Connection, file_id: str, *, of_lines: int) -> list[tuple[int, int]]:
    """The first and last number of each run of so many lines of a file, in order."""
    table = source_line_table
    place = func.row_number().over(order_by=table.c.seq)
    numbered = select(table.c.seq, ((place - 1) // of_lines).label("page")).where(table.c.file_id == file_id).subquery()
    query = (
        select(func.min(numbered.c.seq), func.max(numbered.c.seq))
        .group_by(numbered.c.page)
        .order_by(func.min(numbered.c.seq))
    )
    return [(first, last) for first, last in tx.execute(query)]


def count_lines(tx: Connection, file_id: str) -> int:
    """How many lines a file was the first to state."""
    query = select(func.count()).select_from(source_line_table).where(source_line_table.c.file_id == file_id)
    return int(tx.execute(query).scalar_one())


def line(tx: Connection, seq: int) -> SourceLine:
    """One line, or ``statement_line_unknown``."""
    row = tx.execute(select(*_LINES).where(source_line_table.c.seq == seq)).mappings().first()
    if row is None:
        raise NotFound("statement_line_unknown", f"There is no line {seq}.")
    return SourceLine(**row)
