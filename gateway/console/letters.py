"""Letters: what waits to be posted, batches to print and post, and what came back."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import letters
from activities.letters import Desk
from connectors.letters import pdf
from domain.errors import AfluenteError, Invalid
from gateway.console.calls import caller_of
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from store import hand_carried
from store.notices import Notice

router = APIRouter(route_class=ConsoleRoute)

_LISTED: Final = 50
_LONGEST_TRACKING: Final = 60
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def _desk(here: Visit) -> Desk:
    return Desk(caller_of(here), here.services.now(), here.services.new_id)


@router.get("/letters")
def letter_list(here: Visiting) -> HTMLResponse:
    """Letters that wait, and the batches so far."""
    return _list_page(here)


def _list_page(here: Visit, *, trouble: AfluenteError | None = None) -> HTMLResponse:
    with here.tx() as tx:
        found = letters.waiting(tx, now=here.services.now())
        batches = hand_carried.batches(tx, limit=_LISTED)
    return page(
        here,
        "letters.html",
        place="cases",
        status=trouble.status if trouble else 200,
        letters=found,
        ready=sum(one.is_ready for one in found),
        batches=batches,
        trouble=trouble,
    )


@router.post("/letters")
def take_out(form: Posting) -> Response:
    """Take every letter out that may be posted now."""
    here = form.visit
    try:
        here.need("calls")
        with here.tx() as tx:
            batch, taken = letters.take_out(tx, _desk(here))
        if not taken:
            raise Invalid("letters_not_written", "No letter could be written; the outbox says why of each.")
    except AfluenteError as error:
        return _list_page(here, trouble=error)
    return go(f"/letters/{batch.id}", done="letters_taken")


@router.get("/letters/{batch_id}")
def show_batch(here: Visiting, batch_id: str) -> HTMLResponse:
    """One batch."""
    return _batch_page(here, batch_id)


def _batch_page(here: Visit, batch_id: str, *, trouble: AfluenteError | None = None) -> HTMLResponse:
    with here.tx() as tx:
        batch = hand_carried.get_batch(tx, batch_id)
        found = hand_carried.letters_of(tx, batch_id)
    return page(
        here,
        "letter_batch.html",
        place="cases",
        status=trouble.status if trouble else 200,
        batch=batch,
        letters=found,
        unposted=sum(notice.state == "sending" for notice, _ in found),
        reasons=tuple(one.value for one in letters.Returned),
        trouble=trouble,
    )


@router.get("/letters/{batch_id}/letters.pdf")
def print_batch(here: Visiting, batch_id: str, notice: str | None = None) -> Response:
    """The letters of a batch, or one of them, to print."""
    here.need("calls")
    with here.tx() as tx:
        batch = hand_carried.get_batch(tx, batch_id)
        found = [one for one, _ in hand_carried.letters_of(tx, batch_id) if notice in (None, one.id)]
        if not found:
            raise Invalid("letter_batch_empty", "The batch has no such letter.")
        printed = letters.printed(tx, found)
    name = found[0].id if notice else batch.id
    body = pdf(printed, title=name, moment=batch.made_at)
    return Response(
        body, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    )


@router.get("/letters/{batch_id}/letters.csv")
def list_batch(here: Visiting, batch_id: str) -> Response:
    """The batch as a list for the mailing house."""
    here.need("calls")
    with here.tx() as tx:
        batch = hand_carried.get_batch(tx, batch_id)
        found = hand_carried.letters_of(tx, batch_id)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("letter", "recipient", "language", "state", "tracking", "sha256"))
    for notice, carried in found:
        row = (notice.id, notice.recipient, notice.locale, notice.state, carried.tracking, notice.sha256)
        writer.writerow([_cell(value or "") for value in row])
    return Response(
        out.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{batch.id}.csv"'},
    )


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


@router.post("/letters/{batch_id}/posted")
def posted(form: Posting, batch_id: str) -> Response:
    """Letters are at the post: the one that is named, or every one that is left."""
    tracking = unicodedata.normalize("NFKC", form.text("tracking"))[:_LONGEST_TRACKING] or None
    return _each(
        form, batch_id, lambda tx, one, desk: letters.posted(tx, one, desk, tracking=tracking), done="letters_posted"
    )


@router.post("/letters/{batch_id}/put-back")
def put_back(form: Posting, batch_id: str) -> Response:
    """Letters were not posted and wait again."""
    return _each(form, batch_id, letters.put_back, done="letters_put_back")


@router.post("/letters/{batch_id}/returned")
def returned(form: Posting, batch_id: str) -> Response:
    """A letter came back."""
    said = form.text("reason")
    reason = letters.Returned(said) if said in set(letters.Returned) else None

    def note(tx: Connection, one: str, desk: Desk) -> None:
        if reason is None:
            raise Invalid("reason_missing", "Say why it came back.")
        letters.came_back(tx, one, reason, desk)

    return _each(form, batch_id, note, done="letter_returned")


def _each(form: Posted, batch_id: str, act: Callable[[Connection, str, Desk], None], *, done: str) -> Response:
    """Do something with a named letter of a batch, or with all that are in hand; all or none."""
    here = form.visit
    wanted = form.text("notice")
    try:
        here.need("calls")
        with here.tx() as tx:
            found = [notice for notice, _ in hand_carried.letters_of(tx, batch_id)]
            for one in _meant(found, wanted):
                act(tx, one.id, _desk(here))
    except AfluenteError as error:
        return _batch_page(here, batch_id, trouble=error)
    return go(f"/letters/{batch_id}", done=done)


def _meant(found: list[Notice], wanted: str) -> list[Notice]:
    meant = [one for one in found if (one.id == wanted if wanted else one.state == "sending")]
    if not meant:
        raise Invalid("letter_batch_empty", "The batch has no such letter.")
    return meant
