"""Records of a file as JSON objects: amounts as decimal strings with their currency, days and times in ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any, Final

from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord

_NAMES: Final[Mapping[type[FileRecord], str]] = {FileOpened: "opened", FileLine: "line", FileClosed: "closed"}


def record_json(record: FileRecord) -> dict[str, Any]:
    """One record: ``record`` is ``opened``, ``line`` or ``closed``; then everything that it states, in order."""
    return {"record": _NAMES[type(record)]} | {one.name: _json(getattr(record, one.name)) for one in fields(record)}


def _json(value: Any) -> Any:
    match value:
        case Money():
            return {"amount": f"{value.decimal:f}", "currency": value.currency}
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value
