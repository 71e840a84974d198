"""One entry of the book: what it moved, why, who caused it, what undid it, and which sealed block proves it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from gateway.console.accounts import describe
from gateway.console.pages import ConsoleRoute, Visiting, page
from ledger import accounts, posting, provenance
from ledger.posting import BookedEntry
from store import creditors, loans

router = APIRouter(route_class=ConsoleRoute)


@router.get("/entries/{entry_id}")
def entry_page(here: Visiting, entry_id: str) -> HTMLResponse:
    """An entry with its postings, cause, corrections and seal."""
    with here.tx() as tx:
        booked = posting.get(tx, entry_id)
        stands = provenance.of(tx, booked)
        touched = {line.account_id: accounts.get(tx, line.account_id) for line in booked.entry.postings}
        above = {
            one.parent_id: accounts.get(tx, one.parent_id) for one in touched.values() if one.parent_id is not None
        }
        links = {one.id: one for one in creditors.connections(tx)}
        contract = _contract(tx, booked)
    return page(
        here,
        "entry.html",
        place="accounts",
        booked=booked,
        stands=stands,
        touched=touched,
        above=above,
        contract=contract,
        describe=lambda account: describe(here, account, links),
    )


def _contract(tx: Connection, booked: BookedEntry) -> str | None:
    """The contract's number where a loan caused the entry; the list of cases finds it by that."""
    source = booked.entry.source
    return loans.get(tx, source).contract_no if source.startswith("loan_") else None
