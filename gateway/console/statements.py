"""Statements of account: what an account opened with, what moved in it and why, what it closed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from domain.account_statements import AccountStatement, Movement, Period, Place
from domain.errors import Invalid
from gateway.account_files import FileFormat, statement_file
from gateway.console.accounts import describe
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.receipts import day_or_none
from gateway.console.statement_words import MOVEMENTS, reader_of
from ledger import accounts, statement_lines, statements
from store import creditors

router = APIRouter(route_class=ConsoleRoute)

LINES_A_PAGE: Final = 50


@dataclass(frozen=True)
class _Asked:
    """The days asked for, the last one included, and the end of the day by which an entry was known."""

    first: date
    through: date
    known: date | None
    after: Place | None

    @property
    def period(self) -> Period:
        return Period(self.first, self.through + timedelta(days=1))

    def query(self, here: Visit) -> dict[str, Any]:
        """What the book is asked: a day ends at midnight of the reader's zone."""
        known_at: datetime | None = None
        if self.known is not None:
            midnight = datetime.combine(self.known + timedelta(days=1), time(), tzinfo=here.voice.zone)
            known_at = midnight - timedelta(microseconds=1)
        today = here.services.now().date()
        return {
            "known_at": known_at,
            "rate": here.services.rates_of(here.person.tenant_id).rate,
            "rates_on": min(self.through, today),
        }


def _asked(request: Request, *, today: date) -> _Asked:
    first = _day(request, "from") or today.replace(day=1)
    through = _day(request, "to") or max(first, today)
    return _Asked(first, through, _day(request, "known"), _place(request.query_params.get("line")))


def _day(request: Request, name: str) -> date | None:
    """A day that has a next one."""
    found = day_or_none(request.query_params.get(name))
    return None if found is None else min(found, date.max - timedelta(days=1))


def _place(word: str | None) -> Place | None:
    """The line after which a page begins, as ``2026-11-23.417``."""
    if not word:
        return None
    day, _, seq = word.partition(".")
    found = day_or_none(day)
    if found is None or not (seq.isascii() and seq.isdecimal() and len(seq) <= len(str(2**63))):
        raise Invalid("cursor_malformed", "The page's address is incomplete.", fix="Start from the first page.")
    return Place(found, min(int(seq), 2**63 - 1))


@router.get("/accounts/{account_id}/statement")
def statement_page(here: Visiting, account_id: str) -> HTMLResponse:
    """An account's statement over some days, with the lines behind it."""
    asked = _asked(here.request, today=here.services.now().date())
    query = asked.query(here)
    with here.tx() as tx:
        told = statements.statement(tx, account_id, asked.period, **query)
        found = statement_lines.lines(
            tx, account_id, asked.period, known_at=query["known_at"], after=asked.after, limit=LINES_A_PAGE
        )
        links = {one.id: one for one in creditors.connections(tx)}
        others = {one.account_id for line in found.lines for one in line.counterparts}
        names = {one: describe(here, accounts.get(tx, one), links) for one in others}
    return page(
        here,
        "account_statement.html",
        place="accounts",
        account=told.account,
        title=describe(here, told.account, links),
        told=told,
        shown=_shown(told),
        asked=asked,
        lines=found.lines,
        names=names,
        older=f"{found.more.day}.{found.more.seq}" if found.more else None,
        movement=lambda one: here.voice.gettext(MOVEMENTS[one]),
    )


def _shown(told: AccountStatement) -> list[Movement]:
    """The movements that some currency has."""
    return [one for one in Movement if any(one in section.movements for section in told.sections)]


@router.get("/accounts/{account_id}/statement.xlsx")
def statement_workbook(here: Visiting, account_id: str) -> Response:
    """The statement with all its lines as a workbook in the reader's language."""
    return _download(here, "xlsx", account_id)


@router.get("/accounts/{account_id}/statement.pdf")
def statement_print(here: Visiting, account_id: str) -> Response:
    """The statement with all its lines to print, in the reader's language and direction."""
    return _download(here, "pdf", account_id)


def _download(here: Visit, form: FileFormat, account_id: str) -> Response:
    asked = _asked(here.request, today=here.services.now().date())
    with here.tx() as tx:
        told, lines = statements.whole(tx, account_id, asked.period, **asked.query(here))
        creditor = creditors.get(tx, told.account.creditor_id)
        title = describe(here, told.account, {one.id: one for one in creditors.connections(tx)})
    file = statement_file(
        form,
        told,
        lines,
        created_at=here.services.now(),
        creditor=creditor.name,
        account=title,
        reader=reader_of(here.voice),
    )
    return Response(file.content, media_type=file.media, headers=file.headers)
