"""The tags of an OFX file, SGML (1.x) or XML (2.x), one after another in bounded memory.

In OFX 1.x an element that holds a value need not be ended; an aggregate always is. So the same walk reads both: a tag
followed by text is an element, any other is an aggregate. No entity is ever expanded beyond the five of XML and
numbers: a document type or entity declaration refuses the file.
Source: Open Financial Exchange specifications 1.6 and 2.2, chapter 2 (structure).
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, Literal

from connectors.statement_files.faults import cut_short, file_unreadable, line_unreadable
from connectors.statement_files.text_lines import opened_text, seekable

MAX_VALUE_CHARS: Final = 32_768
MAX_DEPTH: Final = 40
MAX_NAMES: Final = 1_000  # remembered
ELEMENTS: Final = frozenset(
    {
        *("CHECKNUM", "REFNUM", "SIC", "PAYEEID", "NAME", "MEMO", "EXTDNAME", "FITID", "SRVRTID", "DTUSER", "DTAVAIL"),
        *("CORRECTFITID", "BANKID", "BRANCHID", "ACCTID", "ACCTTYPE", "ACCTKEY", "CURDEF", "MESSAGE", "LANGUAGE"),
        *("INTU.BID", "INTU.USERID", "ORG", "FID", "ADDR1", "ADDR2", "ADDR3", "CITY", "STATE", "POSTALCODE"),
        *("COUNTRY", "PHONE"),
    }
)
"""Elements that banks write without a value and without an end, which would look like aggregates."""
_CHUNK_CHARS: Final = 1 << 18

_CDATA: Final = "<![CDATA["
_TAG: Final = re.compile(r"<([^<>]{1,200})>([^<]*)")
_NAME: Final = re.compile(r"[A-Za-z0-9_.]{1,64}")

Event = tuple[Literal["open", "value", "close"], str, str, int]
"""What happens, the tag's name in capitals, its value (for ``value``), and the line."""


def events(stream: BinaryIO) -> Iterator[Event]:
    """Aggregates opening and closing and elements with their value, well nested.

    Raises ``file_unreadable`` for a file that is no OFX or is cut off and ``line_unreadable`` for broken tags.
    """
    with seekable(stream) as whole, opened_text(whole) as text:
        yield from _nested(_tags(_without_cdata(text)))


def _without_cdata(text: io.TextIOWrapper) -> Iterator[str]:
    """The text in pieces, what stood in CDATA sections escaped as any other value."""
    buffer = ""
    while chunk := text.read(_CHUNK_CHARS):
        buffer += chunk
        done, buffer = _split_cdata(buffer)
        if len(buffer) > MAX_VALUE_CHARS + _CHUNK_CHARS:
            raise file_unreadable("a CDATA section has no end.")
        if done:
            yield done
    if buffer:
        yield buffer


def _split_cdata(buffer: str) -> tuple[str, str]:
    """What can be given on, and what must wait because a section has only begun."""
    done: list[str] = []
    while (start := buffer.find(_CDATA)) >= 0:
        end = buffer.find("]]>", start)
        if end < 0:
            return "".join([*done, buffer[:start]]), buffer[start:]
        done += [buffer[:start], html.escape(buffer[start + len(_CDATA) : end], quote=False)]
        buffer = buffer[end + len("]]>") :]
    cut = max(len(buffer) - len(_CDATA), 0)
    return "".join([*done, buffer[:cut]]), buffer[cut:]


def _tags(pieces: Iterator[str]) -> Iterator[tuple[str, str, int]]:
    """Every tag from ``<OFX>`` on with the text behind it and its line."""
    buffer, line = "", 1
    while True:
        chunk = next(pieces, "")
        buffer += chunk
        end = buffer.rfind("<") if chunk else len(buffer)
        place = 0
        for match in _TAG.finditer(buffer, 0, max(end, 0)):
            between = buffer[place : match.start()]
            line += between.count("\n")
            _check_between(between, line)
            yield match[1], match[2], line
            line += match[0].count("\n")
            place = match.end()
        rest = buffer[place:]
        if len(rest) > MAX_VALUE_CHARS + _CHUNK_CHARS:
            raise line_unreadable("a tag or value has no end.", line=line)
        if not chunk:
            if "<" in rest:
                raise cut_short("the file ends inside of a tag.", line=line)
            return
        buffer = rest


def _check_between(between: str, line: int) -> None:
    if "<" in between:
        raise line_unreadable("the file holds a tag that cannot be read.", line=line)


def _nested(tags: Iterator[tuple[str, str, int]]) -> Iterator[Event]:
    nest, line = _Nest(), 1
    for content, text, number in tags:
        line = number
        if content.startswith("!"):
            raise file_unreadable("the file declares a document type or holds a comment, as no OFX does.", line=line)
        if not content.startswith("?"):
            yield from nest.tag(content, text.strip(), line)
    nest.end(line)


class _Nest:
    """The aggregates that are open, and the element whose end tag may still come."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._pending: str | None = None
        self._begun = False
        self._names: dict[str, tuple[str, bool, bool]] = {}

    def _known(self, content: str, line: int) -> tuple[str, bool, bool]:
        """What a tag says; the few tags of a file come again and again."""
        found = self._names.get(content)
        if found is None:
            found = _name(content, line=line)
            if len(self._names) < MAX_NAMES:
                self._names[content] = found
        return found

    def tag(self, content: str, value: str, line: int) -> Iterator[Event]:
        name, closes, empty = self._known(content, line)
        if self._begun and not self._open:
            raise line_unreadable("the file goes on after its end.", line=line)
        if not self._begun and (name != "OFX" or closes):
            raise file_unreadable("the first tag is not OFX.", line=line)
        self._begun = True
        pending, self._pending = self._pending, None
        if closes and not (name == pending and not value):
            yield self._close(name, line)
        elif not closes and (value or empty or name in ELEMENTS):
            self._pending = name
            yield "value", name, _value(value, line=line), line
        elif not closes:
            self._open.append(name)
            if len(self._open) > MAX_DEPTH:
                raise line_unreadable(f"tags are nested more than {MAX_DEPTH} deep.", line=line)
            yield "open", name, "", line

    def _close(self, name: str, line: int) -> Event:
        if not self._open or self._open.pop() != name:
            raise line_unreadable(f"{name} ends, but does not begin here.", line=line)
        return "close", name, "", line

    def end(self, line: int) -> None:
        """The file is over: everything must be."""
        if not self._begun:
            raise file_unreadable("the file holds no OFX.", line=line)
        if self._open:
            raise cut_short(f"the file ends before {self._open[-1]} does.", line=line)


def _name(content: str, *, line: int) -> tuple[str, bool, bool]:
    """A tag's name in capitals, whether it ends something, and whether it is empty (``<TAG/>``)."""
    closes, empty = content.startswith("/"), content.endswith("/")
    name = content.strip("/ \t\n").split(" ")[0]
    if not _NAME.fullmatch(name):
        raise line_unreadable(f"{name[:40]!r} is no tag of OFX.", line=line)
    return name.upper(), closes, empty


def _value(text: str, *, line: int) -> str:
    if len(text) > MAX_VALUE_CHARS:
        raise line_unreadable(f"a value has more than {MAX_VALUE_CHARS} characters.", line=line)
    return html.unescape(text) if "&" in text else text
