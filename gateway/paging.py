"""Pages of a list: an opaque cursor names the last row that was given, and the next page starts behind it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import Query
from sqlalchemy import ColumnElement, Connection, Select

from domain import ids
from domain.errors import AfluenteError, Invalid
from store.listings import Place

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_MAX_SEQ: Final = 2**63 - 1

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows on the page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=400,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="`next_cursor` of the page before; left out for the first page.",
    ),
]


def encode(place: Place | None) -> str | None:
    """The cursor for a place; ``None`` where the list has ended."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps([place.key, place.id]).encode()).rstrip(b"=").decode()


def after_moment(cursor: str | None, *, kind: str) -> Place | None:
    """The place a cursor names in a list by moment; ``cursor_malformed`` for a cursor of anything else."""
    return _place(cursor, kind, lambda key: datetime.fromisoformat(key).utcoffset() is not None)


def after_id(cursor: str | None, *, kind: str) -> Place | None:
    """The place a cursor names in a list by identifier."""
    return _place(cursor, kind, lambda key: key == "")


def after_seq(cursor: str | None) -> int | None:
    """The sequence number a cursor names in a journal."""
    if cursor is None:
        return None
    key, identity = _read(cursor)
    if identity or not (key.isascii() and key.isdigit() and int(key[:20]) <= _MAX_SEQ):
        raise _malformed()
    return int(key)


def after_day(cursor: str | None) -> tuple[date, int] | None:
    """The day and the sequence number that a cursor names in a list by day, then by booking."""
    if cursor is None:
        return None
    key, identity = _read(cursor)
    if not (identity.isascii() and identity.isdigit() and int(identity[:20]) <= _MAX_SEQ):
        raise _malformed()
    try:
        return date.fromisoformat(key), int(identity)
    except ValueError:
        raise _malformed() from None


def page_by_id(
    tx: Connection, query: Select[Any], column: ColumnElement[str], *, kind: str, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """The rows of one page, newest identifier first, and the cursor of the next."""
    place = after_id(cursor, kind=kind)
    if place is not None:
        query = query.where(column < place.id)
    rows = list(tx.execute(query.order_by(column.desc()).limit(limit + 1)).mappings())
    more = len(rows) > limit
    return rows[:limit], encode(Place("", rows[limit - 1][column.name])) if more else None


def _place(cursor: str | None, kind: str, fits: Callable[[str], bool]) -> Place | None:
    if cursor is None:
        return None
    key, identity = _read(cursor)
    try:
        good = bool(ids.check(kind, identity)) and fits(key)
    except (AfluenteError, ValueError):
        good = False
    if not good:
        raise _malformed()
    return Place(key, identity)


def _read(cursor: str) -> tuple[str, str]:
    try:
        key, identity = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise _malformed() from None
    if not isinstance(key, str) or not isinstance(identity, str):
        raise _malformed()
    return key, identity


def _malformed() -> Invalid:
    return Invalid(
        "cursor_malformed", "The cursor is not one of this list.", fix="Send `next_cursor` back as it was given."
    )
