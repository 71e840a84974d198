"""Files of money: handing them in, what became of each file, and what became of each of its lines."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities.statement_files import FileDesk
from connectors import statement_files as readers
from domain.errors import AfluenteError
from domain.money import Money
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from store import column_mappings, creditors, file_listings
from store import statement_files as kept
from store.creditors import PlatformConnection
from store.file_listings import FileFilter, LineOutcome
from store.listings import Place
from store.statement_files import SourceFile

router = APIRouter(route_class=ConsoleRoute)

LINES_A_PAGE: Final = 50
STATEMENTS_SHOWN: Final = 50
NO_TABLE: Final = frozenset(
    {"file_totals_mismatch", "days_told_already", "statement_other_account", "line_contradicts"}
)
"""Refusals that another reading of a file's columns does not mend."""


def desk(here: Visit, tx: Any) -> FileDesk:
    """Files of the visitor's tenant."""
    return FileDesk(tx, here.services.new_id, here.services.now())


@router.get("/files")
def file_list(here: Visiting) -> HTMLResponse:
    """The form for a file, and the files that came in, newest first."""
    return _list(here)


def _list(here: Visit, *, error: AfluenteError | None = None, said: dict[str, str] | None = None) -> HTMLResponse:
    query = here.request.query_params
    wanted = FileFilter(state=query.get("state") or None, connection_id=query.get("connection") or None)
    after = paging.from_word(query.get("after"), moments=True)
    with here.tx() as tx:
        links = creditors.connections(tx)
        listed = file_listings.files(tx, wanted, after=after)
        counts = file_listings.counts_by_state(tx)
        saved = column_mappings.newest(tx)
    return page(
        here,
        "files.html",
        place="receipts",
        status=error.status if error else 200,
        links=links,
        names={one.id: connection_name(here, one) for one in links},
        listed=listed,
        counts=counts,
        saved=saved,
        wanted=wanted,
        states=kept.STATES,
        filtered=wanted != FileFilter(),
        moved=moved,
        error=error,
        said=said or {"connection": wanted.connection_id, "mapping": None},
        limit_megabytes=here.services.limits.statement_file_body // 1_048_576,
        formats=[reader.name for reader in readers.readers().values()],
    )


def connection_name(here: Visit, connection: PlatformConnection) -> str:
    """What a connection is called in a list of them."""
    return f"{connection.name} · {here.voice.country(connection.country)} · {connection.currency}"


def moved(file: SourceFile) -> list[Money]:
    """What the statements of a file moved in all, by currency; nothing where it has not been read."""
    sums: dict[str, Money] = {}
    for told in file.statements or []:
        amount = stated(told.get("moved"))
        if amount is not None:
            sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
    return [sums[currency] for currency in sorted(sums)]


def stated(amount: dict[str, str] | None) -> Money | None:
    """An amount as a file's summary keeps it."""
    return None if amount is None else Money.parse(amount["amount"], amount["currency"])


@router.post("/files")
def hand_in(form: Posting) -> Response:
    """Keep a file once and read it; the same file again leads to what became of the first."""
    here = form.visit
    try:
        here.need("inbox")
        filename, stream = form.stream("file")
        with here.tx() as tx:
            files = desk(here, tx)
            file, is_new = files.receive(
                stream,
                connection_id=form.text("connection"),
                filename=filename,
                actor=f"{here.person.name} <{here.person.email}>",
                mapping_id=form.text("mapping") or None,
            )
            if is_new:
                file = files.read_soon(file.id)
    except AfluenteError as error:
        said = {name: form.text(name) for name in ("connection", "mapping")}
        return _list(here, error=error, said=said)
    here.services.nudge(here.person.tenant_id)
    return go(f"/files/{file.id}", done="file" if is_new else "file_known")


@router.get("/files/{file_id}")
def show_file(here: Visiting, file_id: str) -> HTMLResponse:
    """One file: what it states, why it was refused, and what became of its lines."""
    after = paging.from_word(here.request.query_params.get("after"), moments=False)
    with here.tx() as tx:
        file = kept.get_file(tx, file_id)
        connection = creditors.get_connection(tx, file.connection_id)
        mapping = column_mappings.get(tx, file.mapping_id) if file.mapping_id else None
        found = kept.lines(tx, file_id, after_line=int(after.key) if after else 0, limit=LINES_A_PAGE + 1)
        shown = found[:LINES_A_PAGE]
        outcomes = file_listings.outcomes(tx, shown)
    return page(
        here,
        "file.html",
        place="receipts",
        file=file,
        connection=connection,
        connection_name=connection_name(here, connection),
        platform=platform_name(connection.platform),
        mapping=mapping,
        moved=moved(file),
        stated=stated,
        statements=(file.statements or [])[:STATEMENTS_SHOWN],
        more_statements=max(0, len(file.statements or []) - STATEMENTS_SHOWN),
        lines=shown,
        outcomes=outcomes,
        nothing=LineOutcome(),
        next=Place(str(shown[-1].line_no), "") if len(found) > LINES_A_PAGE else None,
        sees_payers=here.may("inbox"),
        mendable=file.error_code not in NO_TABLE,
    )


@router.post("/files/{file_id}/read")
def read_again(form: Posting, file_id: str) -> Response:
    """Read a refused file again as it is: its format may be known by now, or what it contradicted is mended."""
    here = form.visit
    here.need("inbox")
    with here.tx() as tx:
        desk(here, tx).read_again(file_id, mapping_id=kept.get_file(tx, file_id).mapping_id)
    here.services.nudge(here.person.tenant_id)
    return go(f"/files/{file_id}", done="file_read_again")
