"""The lines of a text file of money, in bounded memory, in whichever encoding and with whichever line ends it came.

Banks rarely say how their text is encoded, so validity decides, in one fixed order: UTF-16 where it is marked, UTF-8
(marked or not), else Windows-1252 where every byte has a meaning in it, else Latin-1. The whole file is looked at
before its first line is read, so that one late accent cannot change how earlier lines were read.
Source: WHATWG Encoding and RFC 3629 for what is valid UTF-8; bytes 81, 8D, 8F, 90 and 9D are unassigned in 1252.
"""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from connectors.statement_files.faults import file_unreadable, line_unreadable

MAX_LINE_CHARS: Final = 131_072  # as many as a table's cell may hold
CHUNK_BYTES: Final = 1 << 20

_UTF8_MARK: Final = codecs.BOM_UTF8
_UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UNASSIGNED_1252: Final = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_NOT_1252: Final = bytes.maketrans(_UNASSIGNED_1252, b"\x00" * len(_UNASSIGNED_1252))
ENCODINGS: Final = ("utf-8", "cp1252", "latin-1", "utf-16-le", "utf-16-be")

NumberedLine = tuple[int, str]


def lines(stream: BinaryIO, *, encoding: str | None = None) -> Iterator[NumberedLine]:
    """Every line with its number from 1, without its end; CR, LF and CRLF all end lines, also mixed.

    ``encoding`` (one of ``ENCODINGS``) overrules what validity would decide. Raises ``file_unreadable`` for a file
    that is no text and ``line_unreadable`` for a line of more than ``MAX_LINE_CHARS`` characters.
    """
    with seekable(stream) as whole, opened_text(whole, encoding=encoding) as text:
        limit = MAX_LINE_CHARS + 1
        number = 0
        try:
            while line := text.readline(limit):
                number += 1
                if len(line) == limit and line[-1] != "\n":
                    raise line_unreadable(f"the line has more than {MAX_LINE_CHARS} characters.", line=number)
                yield number, line[:-1] if line[-1] == "\n" else line
        except UnicodeDecodeError:
            raise line_unreadable(f"the line is no text in {text.encoding}.", line=number + 1) from None


@contextmanager
def opened_text(stream: BinaryIO, *, encoding: str | None = None) -> Iterator[io.TextIOWrapper]:
    """The seekable stream as text from its start, its byte order mark skipped; the stream itself is left open."""
    found = encoding_of(stream)
    stream.seek(len(found[1]))
    text = io.TextIOWrapper(stream, encoding=encoding or found[0], errors="strict", newline=None)
    try:
        yield text
    finally:
        if not stream.closed:  # whoever gave up reading may have closed it before
            text.detach()


def encoding_of(stream: BinaryIO) -> tuple[str, bytes]:
    """The encoding of a whole seekable stream and its byte order mark; ``file_unreadable`` where it is no text."""
    stream.seek(0)
    head = stream.read(4)
    for mark, name in _UTF16_MARKS.items():
        if head.startswith(mark):
            return name, mark
    mark = _UTF8_MARK if head.startswith(_UTF8_MARK) else b""
    stream.seek(0)
    return _eight_bit_encoding(stream), mark


def _eight_bit_encoding(stream: BinaryIO) -> str:
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    windows, line = True, 1
    while chunk := stream.read(CHUNK_BYTES):
        if b"\x00" in chunk:
            where = line + chunk.count(b"\n", 0, chunk.index(b"\x00"))
            raise file_unreadable("the file holds a zero byte, so it is no text.", line=where)
        line += chunk.count(b"\n")
        decoder = decoder if decoder is not None and _decodes(decoder, chunk) else None
        windows = windows and (chunk.isascii() or b"\x00" not in chunk.translate(_NOT_1252))
    if decoder is not None and _decodes(decoder, b"", final=True):
        return "utf-8"
    return "cp1252" if windows else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream itself where it can be read twice, else a copy of it on disk; read from the start."""
    if stream.seekable():
        stream.seek(0)
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while chunk := stream.read(CHUNK_BYTES):
            copy.write(chunk)
        copy.seek(0)
        yield copy


def head_text(head: bytes) -> str:
    """The first bytes of a file as text with its lines ended by LF, to look at and never to book from.

    What cannot be decoded is left out.
    """
    return _decoded_head(head).replace("\r\n", "\n").replace("\r", "\n")


def _decoded_head(head: bytes) -> str:
    for mark, name in _UTF16_MARKS.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(name, "ignore")
    body = head.removeprefix(_UTF8_MARK)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return body.decode("latin-1")
