"""The book's own proof: which of its rules hold on live data, by the newest scheduled check."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.console.pages import ConsoleRoute, Visiting, page
from store import book_checks

router = APIRouter(route_class=ConsoleRoute)


@router.get("/book")
def book_page(here: Visiting) -> HTMLResponse:
    """Every rule with how many rows break it."""
    with here.tx() as tx:
        check = book_checks.newest(tx)
    broken = [] if check is None else [one for one in check.findings if one["broken"]]
    return page(here, "book.html", place="accounts", check=check, broken=broken)
