"""Portfolios: files of overdue loans. A file is kept and answered at once, then imported row by row."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import Field
from sqlalchemy import Connection

from activities import portfolios as importing
from domain.errors import AfluenteError
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Identifier, Shape
from gateway.uploads import name_of, read
from store import portfolios
from store.portfolios import Portfolio

router = APIRouter(prefix="/v1/portfolios", tags=["portfolios"])
_log = structlog.get_logger(__name__)


class PortfolioView(Shape):
    """A portfolio file and what became of it."""

    id: str
    creditor_id: str
    filename: str
    sha256: str
    dry_run: bool
    skip_bad: bool
    state: Annotated[str, Field(description="received, importing, imported or refused.")]
    counts: dict[str, int]
    errors: Annotated[
        list[dict[str, Any]], Field(description="What is wrong, row by row: line, field, value, code, message, fix.")
    ]
    imported_by: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, portfolio: Portfolio) -> PortfolioView:
        """The shape of a portfolio."""
        return cls(**{name: getattr(portfolio, name) for name in cls.model_fields})


@router.post(
    "", status_code=202, operation_id="importPortfolio", summary="Import a portfolio file", response_model=PortfolioView
)
def import_portfolio(
    *,
    file: Annotated[UploadFile, File(description="CSV or XLSX with the documented columns.")],
    creditor_id: Annotated[Identifier, Form()],
    dry_run: Annotated[bool, Form(description="Only check the rows; change nothing.")] = False,
    skip_bad: Annotated[bool, Form(description="Import the good rows; otherwise all or none.")] = False,
    caller: Finance,
    once: OnceDep,
) -> Response:
    """Keeps the file and starts its import; read the portfolio to see how far it is."""
    services = caller.services
    content, filename = read(file), name_of(file)
    said = [creditor_id, dry_run, skip_bad, filename, hashlib.sha256(content).hexdigest()]

    def effect(tx: Connection) -> Given:
        portfolio = importing.receive(
            tx,
            tenant_id=caller.tenant_id,
            creditor_id=creditor_id,
            filename=filename,
            body=content,
            dry_run=dry_run,
            skip_bad=skip_bad,
            imported_by=caller.actor,
            new_id=services.new_id,
            now=services.now(),
        )
        return Given.of(PortfolioView.of(portfolio), status=202, location=f"/v1/portfolios/{portfolio.id}")

    given = once.in_transaction(caller, said, effect)
    try:
        # Also when the answer is a repeated one: the start may be what got lost, and starting twice starts once.
        services.case_desk.start_import(given.document["id"], caller.tenant_id)
    except AfluenteError as failure:
        _log.warning("import_not_started", portfolio_id=given.document["id"], code=failure.code)
    return given.response()


@router.get("/{portfolio_id}", operation_id="getPortfolio", summary="Read a portfolio and its rows' errors")
def get_portfolio(portfolio_id: str, caller: Reader) -> PortfolioView:
    """How far the import is, what it counted and what was wrong with which row."""
    with caller.transaction() as tx:
        return PortfolioView.of(portfolios.get(tx, portfolio_id))
