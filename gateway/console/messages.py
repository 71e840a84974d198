"""What people wrote to us, newest first, with the cases that it belongs to; also what belongs to none."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.console.pages import ConsoleRoute, Visiting, page
from store import cases, incoming_messages, notice_messages, parties

router = APIRouter(route_class=ConsoleRoute)

_MOST: Final = 100


@router.get("/messages")
def message_list(here: Visiting) -> HTMLResponse:
    """The newest messages, and reports of messages that nobody here knows."""
    with here.tx() as tx:
        written = incoming_messages.newest(tx, limit=_MOST)
        named = {
            case_id: parties.get(tx, cases.get(tx, case_id).party_id).name
            for message in written
            for case_id in message.case_ids
        }
        strays = notice_messages.strays(tx, limit=_MOST)
    return page(here, "messages.html", place="cases", written=written, named=named, strays=strays)
