"""Readers of files of money: every format that banks and platforms write, told by content, read as one stream.

A module of this package that exports ``READER`` is a format, and so is each of a platform's ``reports``; adding one
edits no other file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from connectors import registry
from domain.errors import Invalid, NotFound
from domain.statement_files import FileReader

HEAD_BYTES: Final = 64 * 1024


@lru_cache(maxsize=1)
def readers() -> Mapping[str, FileReader]:
    """Every reader by its format, in order of format."""
    modules = sorted(module.name for module in iter_modules(__path__))
    own = [getattr(import_module(f"{__name__}.{module}"), "READER", None) for module in modules]
    reports = [report for platform in registry.platforms().values() for report in platform.reports]
    found: dict[str, FileReader] = {}
    for reader in (*own, *reports):
        if isinstance(reader, FileReader):
            if reader.format in found:
                raise Invalid("connector_twice", f"Two readers are of the format {reader.format}.")
            found[reader.format] = reader
    return MappingProxyType(dict(sorted(found.items())))


def reader(file_format: str) -> FileReader:
    """The reader of a format. Raises ``NotFound``: ``file_format_unknown``."""
    known = readers()
    if file_format not in known:
        raise NotFound(
            "file_format_unknown",
            f"There is no format {file_format!r} here.",
            fix=f"Use one of {', '.join(known)}.",
            known=list(known),
        )
    return known[file_format]


def able(head: bytes) -> tuple[FileReader, ...]:
    """The readers that know a file by its first ``HEAD_BYTES``, never by its name; usually one or none."""
    return tuple(one for one in readers().values() if one.sniff(head[:HEAD_BYTES]))


def detect(head: bytes) -> FileReader:
    """The one reader of a file by its first bytes.

    Raises ``Invalid``: ``file_format_unrecognised`` where no reader, or more than one, knows the content.
    """
    found = able(head)
    if len(found) == 1:
        return found[0]
    raise unrecognised(found)


def unrecognised(found: tuple[FileReader, ...] = ()) -> Invalid:
    """The refusal of a file whose content no reader, or more than one, knows."""
    return Invalid(
        "file_format_unrecognised",
        "The content looks like more than one format." if found else "The content is of no format read here.",
        fix=f"Name the format, or map the columns of a table. Formats: {', '.join(readers())}.",
        known=list(readers()),
        candidates=[one.format for one in found],
    )
