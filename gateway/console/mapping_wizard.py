"""Saying what a table's columns mean: a guess to start from, its first rows as they would be read, a saved name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from connectors import registry
from connectors.statement_files.column_mapping import DECIMALS, DELIMITERS, THOUSANDS, ColumnMapping
from connectors.statement_files.mapped_table import Preview, preview
from connectors.statement_files.mapping_guess import guess
from connectors.statement_files.table_rows import head_of, is_workbook
from connectors.statement_files.text_lines import ENCODINGS
from domain.accounts import PlatformKind
from domain.errors import AfluenteError, Invalid
from domain.statement_files import FileSource, LineKind
from gateway.console import mapping_forms
from gateway.console.mapping_forms import Table
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.statement_files import connection_name, desk
from store import column_mappings, creditors
from store import statement_files as kept
from store.column_mappings import StoredMapping
from store.creditors import PlatformConnection
from store.statement_files import SourceFile

router = APIRouter(route_class=ConsoleRoute)

MOST_SAVED: Final = 200


@dataclass(frozen=True)
class Subject:
    """The file whose columns are to be told, its head, and the saved mappings."""

    file: SourceFile
    connection: PlatformConnection
    head: bytes
    saved: list[StoredMapping]


@dataclass(frozen=True)
class Draft:
    """A mapping in the making. ``from_saved`` is the mapping that it started from; ``missing`` is still to be said."""

    document: dict[str, Any]
    table: Table
    from_saved: StoredMapping | None = None
    missing: tuple[str, ...] = ()
    error: AfluenteError | None = None
    unsure: frozenset[str] = field(default_factory=frozenset)


def _subject(here: Visit, file_id: str) -> Subject:
    with here.tx() as tx:
        file = kept.get_file(tx, file_id)
        return Subject(
            file,
            creditors.get_connection(tx, file.connection_id),
            head_of(kept.content(tx, file)),
            column_mappings.newest(tx)[:MOST_SAVED],
        )


@router.get("/files/{file_id}/columns")
def columns_form(here: Visiting, file_id: str) -> HTMLResponse:
    """The form, filled from a saved mapping that fits or from what the columns look like."""
    subject = _subject(here, file_id)
    asked = here.request.query_params.get("mapping")
    fitting = _fitting(subject)
    chosen = None
    if asked:
        with here.tx() as tx:
            chosen = column_mappings.get(tx, asked)
    elif fitting and here.request.query_params.get("guess") != "1":
        chosen = fitting[0]
    draft = _guessed(subject) if chosen is None else _from_saved(subject, chosen)
    return _show(here, subject, draft, fitting)


def _fitting(subject: Subject) -> list[StoredMapping]:
    """Saved mappings by which the table's first rows can be read, those with the most columns first."""

    @cache
    def table_at(header_row: int) -> Table:
        return mapping_forms.table_of(subject.head, {"header_row": header_row})

    try:
        found = [one for one in subject.saved if mapping_forms.fits(table_at, one.document) and _reads(subject, one)]
    except Invalid:
        return []
    return sorted(found, key=lambda one: (-len(ColumnMapping.from_json(one.document).columns), one.name))


def _reads(subject: Subject, stored: StoredMapping) -> bool:
    seen = preview(subject.head, ColumnMapping.from_json(stored.document))
    return bool(seen.lines) and not seen.problems


def _from_saved(subject: Subject, stored: StoredMapping) -> Draft:
    document = {**stored.document, "name": stored.name}
    return Draft(document, mapping_forms.table_of(subject.head, document), from_saved=stored)


def _guessed(subject: Subject) -> Draft:
    """What the columns look like; the currency and who speaks are the connection's."""
    found = guess(subject.head, name=subject.connection.name, currency=subject.connection.currency)
    is_bank = registry.platform(subject.connection.platform).kind is PlatformKind.BANK
    source = FileSource.BANK if is_bank else FileSource.PLATFORM
    document: dict[str, Any] = {**found.document, "source": source.value}
    unsure = frozenset(name for name, sure in found.confidence.items() if sure < 1)
    return Draft(document, mapping_forms.table_of(subject.head, document), missing=found.missing, unsure=unsure)


@router.post("/files/{file_id}/columns")
def columns_said(form: Posting, file_id: str) -> Response:
    """Show the first rows as the form reads them, or save the mapping and read the file by it."""
    here = form.visit
    subject = _subject(here, file_id)
    draft = _entered(subject, form)
    if form.text("do") == "save" and draft.error is None:
        try:
            here.need("money")
            _save(here, subject, draft)
        except AfluenteError as error:
            draft = Draft(draft.document, draft.table, error=error)
        else:
            here.services.nudge(here.person.tenant_id)
            return go(f"/files/{file_id}", done="mapping_saved")
    return _show(here, subject, draft, _fitting(subject))


def _entered(subject: Subject, form: Posted) -> Draft:
    document: dict[str, Any] = {}
    table = Table((), (), ())
    try:
        document = mapping_forms.entered(form.text)
        table = mapping_forms.table_of(subject.head, document)
        document = mapping_forms.with_columns(document, table, form.text)
        ColumnMapping.from_json(document)
    except AfluenteError as error:
        return Draft(document, table, error=error)
    return Draft(document, table)


def _save(here: Visit, subject: Subject, draft: Draft) -> None:
    """Save the mapping, as a new version where it says something new, and have the file read by it."""
    mapping = ColumnMapping.from_json(draft.document)
    with here.tx() as tx:
        stored = _stored(here, tx, mapping, subject.saved)
        desk(here, tx).read_again(subject.file.id, mapping_id=stored)


def _stored(here: Visit, tx: Connection, mapping: ColumnMapping, saved: list[StoredMapping]) -> str:
    same = next((one for one in saved if one.name == mapping.name and one.document == mapping.as_json()), None)
    if same is not None:
        return same.id
    stored = StoredMapping(
        id=here.services.new_id("column_mapping"),
        tenant_id=here.person.tenant_id,
        name=mapping.name,
        version=column_mappings.next_version(tx, mapping.name),
        document=mapping.as_json(),
        created_by=f"{here.person.name} <{here.person.email}>",
        created_at=here.services.now(),
    )
    column_mappings.add(tx, stored)
    return stored.id


def _seen(subject: Subject, draft: Draft) -> Preview | None:
    """The first rows as they would be read; none while the mapping is not whole."""
    if draft.missing or (draft.error is not None and draft.error.code == "mapping_invalid"):
        return None
    try:
        return preview(subject.head, ColumnMapping.from_json(draft.document))
    except AfluenteError:
        return None


def _show(here: Visit, subject: Subject, draft: Draft, fitting: list[StoredMapping]) -> HTMLResponse:
    return page(
        here,
        "file_columns.html",
        place="receipts",
        status=draft.error.status if draft.error else 200,
        file=subject.file,
        connection_name=connection_name(here, subject.connection),
        workbook=is_workbook(subject.head),
        draft=draft,
        document=draft.document,
        columns=mapping_forms.columns(draft.table, draft.document),
        kinds=mapping_forms.kinds(draft.table, draft.document),
        seen=_seen(subject, draft),
        fitting=fitting,
        meanings=mapping_forms.MEANINGS,
        date_formats=mapping_forms.DATE_FORMATS,
        decimals=DECIMALS,
        thousands=[_written(one) for one in THOUSANDS],
        delimiters=["auto", *(_written(one) for one in DELIMITERS)],
        encodings=["", *ENCODINGS],
        sources=list(FileSource),
        line_kinds=list(LineKind),
        written=_written,
        may_save=here.may("money"),
    )


def _written(mark: str | None) -> str:
    """A separator as a form can carry it."""
    return {" ": "space", "\t": "tab", None: "auto"}.get(mark, mark or "")
