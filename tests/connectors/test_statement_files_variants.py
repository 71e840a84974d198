"""Files as banks really send them: every format in every encoding, and the shapes that only look like another."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import statement_files
from domain.errors import Invalid
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord

SAMPLES = Path(statement_files.__file__).parent / "samples"
NAMES = [*sorted(path.name for path in SAMPLES.iterdir() if path.suffix not in {".json", ".csv"}), "afluente.csv"]
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp1252": "windows-1252",
    "latin-1": "ISO-8859-1",
    "utf-16": "UTF-16",
}


def text(name: str) -> str:
    raw = (SAMPLES / name).read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def records(raw: bytes) -> Iterator[FileRecord]:
    """What the reader that knows the content makes of it."""
    yield from statement_files.detect(raw[: statement_files.HEAD_BYTES]).read(io.BytesIO(raw))


def code(raw: bytes) -> tuple[str, object]:
    """The code by which a file is refused, with the line that is named."""
    with pytest.raises(Invalid) as refused:
        list(records(raw))
    return refused.value.code, refused.value.details.get("line")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_the_same_in_every_encoding(name: str, encoding: str) -> None:
    plain = re.sub(r'encoding="[^"]+"', 'encoding="UTF-8"', text(name))
    stated = re.sub(r'encoding="[^"]+"', f'encoding="{ENCODINGS[encoding]}"', plain)
    assert list(records(stated.encode(encoding))) == list(records(plain.encode("utf-8")))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(("xml", "ofx"))])
def test_a_file_says_the_same_with_every_end_of_line(name: str, end: str) -> None:
    plain = "\n".join(text(name).splitlines()) + "\n"
    assert list(records(plain.replace("\n", end).encode())) == list(records(plain.encode()))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_cut_is_never_read_as_if_it_were_whole(name: str) -> None:
    """Wherever a file is cut, what was read agrees with totals that it still states, or it is refused."""
    raw = (SAMPLES / name).read_bytes()
    whole = sum(isinstance(one, FileLine) for one in records(raw))
    for cut in range(len(raw) // 3, len(raw) - 3, max(1, len(raw) // 60)):
        try:
            found = list(records(raw[:cut]))
        except Invalid:
            continue
        lines = sum(isinstance(one, FileLine) for one in found)
        closed = [one for one in found if isinstance(one, FileClosed)]
        assert lines == whole or (closed and closed[-1].closing is not None) or name == "afluente.csv", cut


VERSIONS = [f"{number:02}" for number in range(2, 14)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["camt053.xml", "camt054.xml"])
def test_a_message_of_any_version_is_read_and_says_its_own(name: str, version: str) -> None:
    raw = re.sub(rb"(camt\.05[34]\.001\.)\d\d", rb"\g<1>" + version.encode(), (SAMPLES / name).read_bytes())
    found = list(records(raw))
    assert isinstance(found[0], FileOpened)
    assert found[0].format.endswith(f".001.{version}")
    assert found[1:] == list(records((SAMPLES / name).read_bytes()))[1:]


HOSTILE = {
    "a quadratic entity": b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 50_000 + b'">]><Document xmlns="urn:iso:std:iso:20022:'
    b'tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>'
    + b"&a;" * 1_000
    + b"</Id></Stmt></BkToCstmrStmt></Document>",
    "a parameter entity": b'<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><Document xmlns="urn:iso:std:'
    b'iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
    "a doctype alone": b'<!DOCTYPE Document SYSTEM "http://example.invalid/x.dtd"><Document xmlns="urn:iso:std:iso:'
    b'20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document>',
    "an include": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08" xmlns:xi="http://www.w3.org/2001/'
    b'XInclude"><BkToCstmrStmt><Stmt><xi:include href="/etc/passwd" parse="text"/></Stmt></BkToCstmrStmt></Document>',
    "a million attributes": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt '
    + b" ".join(b'a%d="1"' % number for number in range(300_000))
    + b"/></BkToCstmrStmt></Document>",
    "an encoding that nobody knows": b'<?xml version="1.0" encoding="ebcdic-cp-us-hostile"?><Document xmlns="urn:iso:'
    b'std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_xml_is_refused_with_a_code(raw: bytes) -> None:
    found, line = code(raw)
    assert found in {"file_unreadable", "line_unreadable", "file_format_unrecognised"}
    assert line is None or isinstance(line, int)


def test_an_amount_in_full_width_or_arabic_digits_is_no_amount_of_a_swift_file() -> None:
    raw = (SAMPLES / "mt940_swift.txt").read_text(encoding="utf-8")
    place = re.search(r"(?m)^:61:.*$", raw)
    assert place
    line = place.group()
    changed = raw.replace(line, re.sub(r"\d(?=,)", "\uff11", line, count=1), 1)
    found, number = code(changed.encode())
    assert (found, number) == ("line_unreadable", raw[: place.start()].count("\n") + 1)
