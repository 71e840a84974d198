"""Pages of a list: where the next one starts, as an opaque word in the address."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from domain.errors import Invalid
from store.listings import Place


def to_word(place: Place) -> str:
    """A place as it stands in an address."""
    return base64.urlsafe_b64encode(f"{place.key}|{place.id}".encode()).decode().rstrip("=")


def from_word(word: str | None, *, moments: bool) -> Place | None:
    """The place that a word names, in a list by moments or by numbers; ``cursor_malformed`` for a word not ours."""
    if not word:
        return None
    try:
        key, _, identity = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode().partition("|")
        is_good = datetime.fromisoformat(key).utcoffset() is not None if moments else -(2**31) < int(key) < 2**31
    except (binascii.Error, ValueError):
        is_good = False
    if not is_good:
        raise Invalid("cursor_malformed", "The page's address is incomplete.", fix="Start from the first page.")
    return Place(key, identity)


def address(query: QueryParams, **changes: str | None) -> str:
    """The present page's query with some values changed (``None`` takes one away), beginning with ``?``."""
    kept = {name: value for name, value in query.items() if value and name not in {"done", "after"}}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return "?" + urlencode(kept)
