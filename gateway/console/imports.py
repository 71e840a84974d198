"""Importing a portfolio: the file is tried first, errors are shown row by row, and only then is it written."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities import portfolios as portfolio_files
from connectors.portfolio_files import template_csv, template_xlsx
from domain.errors import AfluenteError, TooLarge
from domain.portfolio import COLUMNS
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, nothing_here, page
from store import creditors, portfolios
from store.portfolios import Portfolio

router = APIRouter(route_class=ConsoleRoute)

ERRORS_SHOWN = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/import")
def import_form(here: Visiting) -> HTMLResponse:
    """The form for a file, and the files of before."""
    return _form(here)


def _form(here: Visit, *, error: AfluenteError | None = None, chosen: str = "") -> HTMLResponse:
    with here.tx() as tx:
        owners = creditors.every(tx)
        recent = portfolios.recent(tx, limit=20)
    return page(
        here,
        "imports.html",
        place="cases",
        status=error.status if error else 200,
        owners=owners,
        recent=recent,
        columns=COLUMNS,
        error=error,
        chosen=chosen,
        limit_megabytes=here.services.limits.upload_body // 1_048_576,
    )


@router.get("/import/template.{kind}")
def template(here: Visiting, kind: str) -> Response:
    """The file to fill in, as CSV or XLSX."""
    del here
    if kind not in {"csv", "xlsx"}:
        raise nothing_here()
    content, media = (template_csv(), "text/csv; charset=utf-8") if kind == "csv" else (template_xlsx(), _XLSX)
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="portfolio.{kind}"'}
    )


@router.post("/import")
def try_file(form: Posting) -> Response:
    """Try a file: nothing is written but the file itself."""
    here = form.visit
    try:
        here.need("import")
        filename, body = form.file("file")
        if len(body) > here.services.limits.upload_body:
            raise TooLarge("too_large", "The file is larger than the limit.")
        kept = _keep(here, creditor_id=form.text("creditor"), filename=filename, body=body, dry_run=True, skip_bad=True)
    except AfluenteError as error:
        return _form(here, error=error, chosen=form.text("creditor"))
    return go(f"/import/{kept.id}")


@router.get("/import/{portfolio_id}")
def show_import(here: Visiting, portfolio_id: str) -> HTMLResponse:
    """What became of a file, row errors first; while it is being read the page asks again by itself."""
    with here.tx() as tx:
        portfolio = portfolios.get(tx, portfolio_id)
        owner = creditors.get(tx, portfolio.creditor_id)
    counts = portfolio.counts
    good = counts.get("rows", 0) - counts.get("bad", 0)
    return page(
        here,
        "import.html",
        place="cases",
        portfolio=portfolio,
        owner=owner,
        good=good,
        changed=good - counts.get("unchanged", 0),
        bad=counts.get("bad", 0),
        unread=portfolio.state == "refused" and not counts,  # no row was reached
        busy=portfolio.state in {"received", "importing"},
        errors=portfolio.errors[:ERRORS_SHOWN],
        more_errors=max(0, len(portfolio.errors) - ERRORS_SHOWN),
    )


@router.post("/import/{portfolio_id}/write")
def write_file(form: Posting, portfolio_id: str) -> Response:
    """Import a file that was tried: every row, or the good ones only."""
    here = form.visit
    here.need("import")
    with here.tx() as tx:
        tried = portfolios.get(tx, portfolio_id)
    kept = _keep(
        here,
        creditor_id=tried.creditor_id,
        filename=tried.filename,
        body=tried.body,
        dry_run=False,
        skip_bad=form.text("skip_bad") == "1",
    )
    return go(f"/import/{kept.id}")


def _keep(here: Visit, *, creditor_id: str, filename: str, body: bytes, dry_run: bool, skip_bad: bool) -> Portfolio:
    """Keep the file, then have it read."""
    with here.tx() as tx:
        kept = portfolio_files.receive(
            tx,
            tenant_id=here.person.tenant_id,
            creditor_id=creditor_id,
            filename=filename,
            body=body,
            dry_run=dry_run,
            skip_bad=skip_bad,
            imported_by=here.person.name,
            new_id=here.services.new_id,
            now=here.services.now(),
        )
    here.services.case_desk.start_import(kept.id, here.person.tenant_id)
    return kept
