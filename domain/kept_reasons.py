"""Reasons of contact law as they are kept with a notice and in the timeline, for any language to tell later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args

from domain.contact_law import CalendarSpan, Rolling, span
from domain.contact_reasons import Cause, Reason, code_of, kind_code
from domain.contacts import Channel

_KINDS: Final[Mapping[str, type[Any]]] = {kind_code(kind): kind for kind in get_args(Reason)}


def cause_document(cause: Cause) -> dict[str, Any]:
    """A cause ready for JSON: the rule's id, the kind of the reason, and the reason's values by name."""
    reason = cause.reason
    values = {field.name: _written(getattr(reason, field.name)) for field in fields(reason)}
    return {"rule": cause.rule.id if cause.rule else None, "kind": code_of(reason), "values": values}


def reason_from(document: Mapping[str, Any]) -> Reason | None:
    """The reason of a document; ``None`` where another version wrote one that is not known here."""
    kind = _KINDS.get(document.get("kind", ""))
    values = document.get("values")
    if kind is None or not isinstance(values, dict) or values.keys() != {field.name for field in fields(kind)}:
        return None
    try:
        read = {name: _READERS.get(name, _as_it_is)(value) for name, value in values.items()}
    except (TypeError, ValueError):
        return None
    found: Reason = kind(**read)
    return found


def _written(value: Any) -> Any:  # noqa: PLR0911 -- one for each type of value
    match value:
        case date():  # a datetime is one, too
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case Rolling(days=days):
            return days
        case frozenset():
            return sorted(map(str, value))
        case tuple():
            return [str(one) for one in value]
        case int() | None:
            return value
        case _:
            return str(value)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "wall": datetime.fromisoformat,
    "touch_at": datetime.fromisoformat,
    "day": date.fromisoformat,
    "windows": lambda texts: span(" ".join(texts)),
    "gap": lambda seconds: timedelta(seconds=seconds),
    "rest": lambda seconds: timedelta(seconds=seconds),
    "span": lambda value: Rolling(value) if isinstance(value, int) else CalendarSpan(value),
    "channel": Channel,
    "channels": lambda names: frozenset(map(Channel, names)),
    "holds": tuple,
}
