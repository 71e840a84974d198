"""Putting the lines of a file in place: copied beside the table first, then taken over once each, by their identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, text

from domain.statement_files import FileLine
from store.sealing import ring
from store.statement_files import SourceFile

BATCH_ROWS: Final = 5_000
_COLUMNS: Final = (
    "line_no",
    "external_id",
    "kind",
    "gross_minor",
    "fee_minor",
    "tax_minor",
    "net_minor",
    "currency",
    "value_date",
    "booked_at",
    "batch_id",
    "references",
    "original",
    "payer_name",
    "payer_account",
    "payer_document",
    "text",
    "code",
    "paid_minor",
    "paid_currency",
)
_SEALED: Final = ("payer_name", "payer_account", "payer_document", "text")
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_STAGE = (
    "CREATE TEMP TABLE IF NOT EXISTS incoming_line (line_no INTEGER, external_id TEXT, kind TEXT, gross_minor BIGINT,"
    " fee_minor BIGINT, tax_minor BIGINT, net_minor BIGINT, currency CHAR(3), value_date DATE,"
    ' booked_at TIMESTAMPTZ, batch_id TEXT, "references" TEXT[], original TEXT, payer_name BYTEA,'
    " payer_account BYTEA, payer_document BYTEA, text BYTEA, code TEXT, paid_minor BIGINT, paid_currency CHAR(3))"
    " ON COMMIT DROP"
)
_COPY = f"COPY pg_temp.incoming_line ({_NAMES}) FROM STDIN"
# The source's own identity with its place among equal ones of the file, or the file's content and line.
_IDENTIFIED = (
    "SELECT i.*, CASE WHEN external_id IS NULL THEN :sha256 || '/' || line_no ELSE external_id ||"
    " CASE row_number() OVER (PARTITION BY external_id ORDER BY line_no) WHEN 1 THEN '' ELSE '#' ||"
    " row_number() OVER (PARTITION BY external_id ORDER BY line_no) END END AS identity FROM pg_temp.incoming_line i"
)
_TAKE = text(
    f"INSERT INTO public.source_line (tenant_id, connection_id, file_id, source, identity, {_NAMES})"  # noqa: S608 (names of columns alone)
    f" SELECT :tenant_id, :connection_id, :file_id, :source, identity, {_NAMES} FROM ({_IDENTIFIED}) n"
    " ORDER BY line_no ON CONFLICT DO NOTHING"
)
_CONTRADICTED = text(
    f"SELECT n.line_no, n.identity FROM ({_IDENTIFIED}) n JOIN public.source_line s ON s.connection_id ="  # noqa: S608 (names of columns alone)
    " :connection_id AND s.source = :source AND s.identity = n.identity WHERE (s.gross_minor, s.net_minor, s.currency)"
    " IS DISTINCT FROM (n.gross_minor, n.net_minor, n.currency) ORDER BY n.line_no LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A line that names money which an earlier file stated with another amount."""

    line_no: int
    identity: str


def stage(tx: Connection) -> None:
    """Make the place beside the table; it is gone with the transaction."""
    tx.exec_driver_sql(_STAGE)
    tx.exec_driver_sql("TRUNCATE pg_temp.incoming_line")


def copy(tx: Connection, lines: Iterable[FileLine]) -> None:
    """Copy lines beside the table in batches, in memory that does not grow with them."""
    driver: Any = tx.connection.driver_connection
    rest = iter(lines)
    while batch := list(islice(rest, BATCH_ROWS)):  # read before it is copied: a reader may ask the same connection
        with driver.cursor().copy(_COPY) as out:
            for row in batch:
                out.write_row(_row(row))


def take_over(tx: Connection, file: SourceFile, *, source: str) -> Contradiction | None:
    """Take over the lines whose identity is new; the first that contradicts what an earlier file stated, if any."""
    given = {
        "tenant_id": file.tenant_id,
        "connection_id": file.connection_id,
        "file_id": file.id,
        "source": source,
        "sha256": file.sha256,
    }
    tx.execute(_TAKE, given)
    found = tx.execute(_CONTRADICTED, given).first()
    return None if found is None else Contradiction(found[0], found[1])


def _row(line: FileLine) -> Sequence[Any]:
    values: dict[str, Any] = {
        name: getattr(line, name) for name in ("line_no", "external_id", "value_date", "batch_id", "original", "code")
    }
    values |= {f"{name}_minor": getattr(line, name).minor for name in ("gross", "fee", "tax", "net")}
    values |= {name: _sealed(name, getattr(line, name)) for name in _SEALED}
    values["kind"] = line.kind.value
    values["currency"] = line.net.currency
    values["booked_at"] = moment_of(line.booked_at)
    values["references"] = list(line.references)
    values["paid_minor"] = line.paid.minor if line.paid else None
    values["paid_currency"] = line.paid.currency if line.paid else None
    return [values[name] for name in _COLUMNS]


def _sealed(name: str, value: str | None) -> bytes | None:
    return None if value is None else ring().seal(value, field=f"source_line.{name}")


def moment_of(stated: date | datetime | None) -> datetime | None:
    """A moment as it is; a day without an hour is its noon in UTC, the same date on every clock served."""
    if stated is None:
        return None
    if isinstance(stated, datetime):
        return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    return datetime.combine(stated, time(12), tzinfo=UTC)


_NAMED_BEFORE = text(
    "SELECT EXISTS (SELECT FROM source_line s WHERE s.connection_id = :connection_id AND s.net_minor = :minor"
    ' AND :reference = ANY (s."references") AND s.identity <> :identity AND s.seq < coalesce((SELECT seq'
    " FROM source_line WHERE connection_id = :connection_id AND identity = :identity AND source = 'bank'),"
    " 9223372036854775807))"
)


def names_before(tx: Connection, *, connection_id: str, identity: str, reference: str, minor: int) -> bool:
    """Whether a line before the one of this identity stated the same name and amount."""
    given = {"connection_id": connection_id, "identity": identity, "reference": reference, "minor": minor}
    return bool(tx.execute(_NAMED_BEFORE, given).scalar_one())
