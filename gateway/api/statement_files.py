"""Files of banks, platforms and agencies: handing them in, what became of them, and what they state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import Field
from sqlalchemy import Connection, select

from activities.statement_files import FileDesk, measured
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import preview
from connectors.statement_files.mapping_guess import guess
from connectors.statement_files.table_rows import head_of
from gateway import paging
from gateway.auth import Caller, MoneyDesk, Reader
from gateway.idempotency import Given, OnceDep
from gateway.queries import Among
from gateway.shapes import Amount, Body, Code, CurrencyCode, Identifier, JsonObject, Page, Shape
from gateway.uploads import name_of
from store import column_mappings
from store import statement_files as kept
from store.listings import Place
from store.statement_files import SourceFile, SourceLine, source_file_table

router = APIRouter(prefix="/v1/statement-files", tags=["statement files"])

_PAYER_ROLES: Final = ("finance", "treasury", "admin")
FileState = Annotated[Code, Among(lambda: kept.STATES)]


class StatementFileView(Shape):
    """A file: `received` (kept, not read yet), `read`, or `refused` with its fault and line."""

    id: str
    connection_id: str
    filename: str
    sha256: str
    size_bytes: int
    mapping_id: str | None
    state: str
    format: str | None
    source: Annotated[str | None, Field(description="bank, platform or agency.")]
    lines: int | None
    new_lines: Annotated[int | None, Field(description="Lines that no earlier file had stated.")]
    first_day: date | None
    last_day: date | None
    error_code: str | None
    error: str | None
    error_line: int | None
    uploaded_by: str
    received_at: datetime
    read_at: datetime | None


class StatementFileDetail(StatementFileView):
    """A file with the statements that it holds, at most 1000 of them."""

    statements: list[JsonObject]

    @classmethod
    def of(cls, file: SourceFile) -> Self:
        """The shape of a file."""
        plain = {name: getattr(file, name) for name in StatementFileView.model_fields}
        return cls(**plain, statements=file.statements or [])


class StatementFilePage(Page[StatementFileView]):
    """One page of files."""


class FileLineView(Shape):
    """One movement. Amounts are signed by what they do to the account; payers are shown to those who match money."""

    seq: int
    line_no: int
    kind: str
    external_id: str | None
    gross: Amount
    fee: Amount
    tax: Amount
    net: Amount
    value_date: date
    booked_at: datetime | None
    batch_id: str | None
    references: list[str]
    original: str | None
    payer_name: str | None
    text: str | None
    code: str | None

    @classmethod
    def of(cls, line: SourceLine, caller: Caller) -> Self:
        """The shape of a line for somebody."""
        sees = caller.may(*_PAYER_ROLES)
        amounts = {
            name: Amount.minor(getattr(line, f"{name}_minor"), line.currency) for name in ("gross", "fee", "tax", "net")
        }
        personal = {"payer_name": line.payer_name if sees else None, "text": line.text if sees else None}
        stated: dict[str, Any] = {name: getattr(line, name) for name in cls.model_fields if name not in amounts}
        return cls(**(stated | amounts | personal))


class FileLinePage(Page[FileLineView]):
    """One page of lines, in file order."""


class PreviewProblem(Shape):
    """Why a row gives no line."""

    line: int
    code: str
    message: str


class PreviewLine(Shape):
    """A row as the line that it would be."""

    line_no: int
    kind: str
    gross: Amount
    fee: Amount
    tax: Amount
    net: Amount
    value_date: date
    external_id: str | None
    references: list[str]


class PreviewView(Shape):
    """The first rows of a file through a mapping, or through what its columns look like.

    `missing` names what a person must state before a guessed mapping can be used.
    """

    document: JsonObject
    confidence: dict[str, float]
    missing: list[str]
    columns: list[str]
    table: list[list[str]]
    lines: list[PreviewLine]
    problems: list[PreviewProblem]


class ReadBody(Body):
    """The mapping to read a refused file by; none where its format is known by now."""

    mapping_id: Identifier | None = None


@router.post(
    "",
    status_code=201,
    operation_id="handInStatementFile",
    summary="Hand in a file of a bank, a platform or an agency",
    response_model=StatementFileDetail,
    responses={200: {"description": "The same file had been handed in at the connection; this is it."}},
)
def hand_in_file(
    *,
    file: Annotated[
        UploadFile, File(description="MT940, camt.053/.054, CNAB 240/400, BAI2, OFX, CSV or XLSX; at most 512 MiB.")
    ],
    connection_id: Annotated[Identifier, Form()],
    mapping_id: Annotated[Identifier | None, Form()] = None,
    caller: MoneyDesk,
    once: OnceDep,
) -> Response:
    """Keeps the file, and reads it at once up to 8 MiB, else within minutes. A refused file is kept with its fault."""
    digest, _ = measured(file.file)
    filename = name_of(file)

    def effect(tx: Connection) -> Given:
        desk = _desk(caller, tx)
        found, is_new = desk.receive(
            file.file, connection_id=connection_id, filename=filename, actor=caller.actor, mapping_id=mapping_id
        )
        found = desk.read_soon(found.id)
        shown = StatementFileDetail.of(found)
        if not is_new:
            return Given.of(shown, status=200)
        return Given.of(shown, location=f"/v1/statement-files/{found.id}")

    given = once.in_transaction(caller, [connection_id, mapping_id, filename, digest], effect)
    caller.services.nudge(caller.tenant_id)
    return given.response()


@router.get("", operation_id="listStatementFiles", summary="List files")
def list_files(
    caller: Reader,
    state: Annotated[FileState | None, Query()] = None,
    connection_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> StatementFilePage:
    """Newest first."""
    query = select(source_file_table)
    if state is not None:
        query = query.where(source_file_table.c.state == state)
    if connection_id is not None:
        query = query.where(source_file_table.c.connection_id == connection_id)
    with caller.transaction() as tx:
        rows, following = paging.page_by_id(
            tx, query, source_file_table.c.id, kind="source_file", cursor=cursor, limit=limit
        )
    data = [StatementFileView(**{name: row[name] for name in StatementFileView.model_fields}) for row in rows]
    return StatementFilePage(data=data, next_cursor=following)


@router.get("/{file_id}", operation_id="getStatementFile", summary="Read what became of a file")
def get_file(file_id: Identifier, caller: Reader) -> StatementFileDetail:
    """One file with its statements."""
    with caller.transaction() as tx:
        return StatementFileDetail.of(kept.get_file(tx, file_id))


@router.get("/{file_id}/lines", operation_id="listStatementFileLines", summary="List a file's lines")
def list_lines(
    file_id: Identifier, caller: Reader, cursor: paging.Cursor = None, limit: paging.Limit = paging.DEFAULT_LIMIT
) -> FileLinePage:
    """In file order: those that this file was the first to state."""
    after = paging.after_seq(cursor)
    with caller.transaction() as tx:
        kept.get_file(tx, file_id)
        found = kept.lines(tx, file_id, after_line=min(after or 0, 2**31 - 1), limit=limit + 1)
    following = Place(str(found[limit - 1].line_no), "") if len(found) > limit else None
    return FileLinePage(
        data=[FileLineView.of(line, caller) for line in found[:limit]], next_cursor=paging.encode(following)
    )


@router.post(
    "/{file_id}/read",
    status_code=201,
    operation_id="readStatementFile",
    summary="Read a refused file again",
    response_model=StatementFileDetail,
)
def read_file(file_id: Identifier, body: ReadBody, caller: MoneyDesk, once: OnceDep) -> Response:
    """By a mapping, or as it is where its format is known by now; up to 8 MiB at once, else within minutes."""

    def effect(tx: Connection) -> Given:
        return Given.of(StatementFileDetail.of(_desk(caller, tx).read_again(file_id, mapping_id=body.mapping_id)))

    given = once.in_transaction(caller, body.model_dump(mode="json"), effect)
    caller.services.nudge(caller.tenant_id)
    return given.response()


@router.get(
    "/{file_id}/preview",
    operation_id="previewStatementFile",
    summary="See a table through a mapping, or what its columns look like",
)
def preview_file(
    file_id: Identifier,
    caller: MoneyDesk,
    mapping_id: Annotated[Identifier | None, Query(description="Guessed from the columns where left out.")] = None,
    currency: Annotated[CurrencyCode | None, Query(description="Where no column holds one.")] = None,
) -> PreviewView:
    """The first twenty rows; nothing is written."""
    with caller.transaction() as tx:
        file = kept.get_file(tx, file_id)
        head = head_of(kept.content(tx, file))
        if mapping_id is not None:
            chosen = ColumnMapping.from_json(column_mappings.get(tx, mapping_id).document)
            return _preview(head, chosen, document=chosen.as_json(), confidence={}, missing=(), columns=chosen.columns)
    guessed = guess(head, currency=currency)
    document = {name: list(value) if isinstance(value, tuple) else value for name, value in guessed.document.items()}
    return _preview(
        head,
        guessed.mapping,
        document=document,
        confidence=dict(guessed.confidence),
        missing=guessed.missing,
        columns=guessed.columns,
    )


def _preview(
    head: bytes, mapping: ColumnMapping | None, *, document: dict[str, Any], confidence: dict[str, float], **told: Any
) -> PreviewView:
    seen = None if mapping is None else preview(head, mapping)
    lines = [] if seen is None else seen.lines
    return PreviewView(
        document=document,
        confidence=confidence,
        missing=list(told["missing"]),
        columns=list(told["columns"]),
        table=[] if seen is None else [list(row) for row in seen.table],
        lines=[
            PreviewLine(
                line_no=line.line_no,
                kind=line.kind.value,
                gross=Amount.of(line.gross),
                fee=Amount.of(line.fee),
                tax=Amount.of(line.tax),
                net=Amount.of(line.net),
                value_date=line.value_date,
                external_id=line.external_id,
                references=list(line.references),
            )
            for line in lines
        ],
        problems=[] if seen is None else [PreviewProblem.model_validate(one) for one in seen.problems],
    )


def _desk(caller: Caller, tx: Connection) -> FileDesk:
    return FileDesk(tx, caller.services.new_id, caller.services.now())
