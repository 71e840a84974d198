"""A case's history in words: each line's details named in the reader's language, with ways to what they speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from markupsafe import Markup

from gateway.console.voice import Voice
from gateway.console.words import LABELS
from store.timeline import TimelineRow

_FAMILIES: Final = {
    "kind": "notice_kind",
    "channel": "channel",
    "state": "work_state",
    "hold": "hold",
    "outcome": "contact_outcome",
    "because_of": "stop_reason",
    "late": "lateness",
    "instead_of": "channel",
    "stays": "stays",
    "meaning": "meaning",
    "returned": "returned",
}
_DAYS: Final = frozenset({"due_date", "start", "end"})
_LEFT_TO_RIGHT: Final = frozenset({"amount", "bucket"})
_SHAPE: Final = Markup("<bdi>{}</bdi>")
_SHAPE_LTR: Final = Markup('<bdi dir="ltr">{}</bdi>')
_QUIET: Final = frozenset({"turn"})


def is_quiet(row: TimelineRow) -> bool:
    """Whether a line is housekeeping, to be shown small."""
    return row.kind in _QUIET


def details(voice: Voice, row: TimelineRow) -> list[tuple[str, Markup]]:
    """The details of a line that say something to a person, as name and value."""
    found = []
    for name in LABELS["detail"]:
        value = row.detail.get(name)
        if value not in (None, "", []):
            shape = _SHAPE_LTR if name in _LEFT_TO_RIGHT else _SHAPE
            found.append((voice.label("detail", name), shape.format(_value(voice, name, value))))
    return found


def _value(voice: Voice, name: str, value: Any) -> str:
    if name == "reasons":
        return "; ".join(voice.label("because", str(reason)) for reason in value)
    if name in _FAMILIES:
        return voice.label(_FAMILIES[name], str(value))
    if name in _DAYS:
        return _tried(lambda: voice.day(date.fromisoformat(value)), str(value))
    if name == "not_before":
        return _tried(lambda: voice.clock(datetime.fromisoformat(value)), str(value))
    if name == "reason":
        return next((voice.label(family, value) for family in ("work_state",) if value in LABELS[family]), str(value))
    return str(value)


def _tried(write: Callable[[], str], otherwise: str) -> str:
    try:
        return write()
    except (TypeError, ValueError):
        return otherwise


def refusal(row: TimelineRow) -> Mapping[str, Any] | None:
    """What law said in a line, if it speaks of a refusal."""
    found = row.detail.get("refusal")
    return found if isinstance(found, Mapping) else None


def notice_id(row: TimelineRow) -> str | None:
    """The notice that a line speaks of."""
    found = row.detail.get("notice")
    return found if isinstance(found, str) else None
