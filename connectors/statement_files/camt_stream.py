"""ISO 20022 camt messages as a stream: statements (camt.053) and notifications (camt.054), versions .02 to .13.

Source: ISO 20022 message definitions BankToCustomerStatement and BankToCustomerDebitCreditNotification. Read as the
standard says: the credit-debit indicator of an entry is the direction of that entry, also when the reversal indicator
is set. Entities are not resolved, nothing is fetched, a document type is refused, and libxml2's limits on depth,
names and texts stay on; an element that is not over after ``MAX_ELEMENT_BYTES`` refuses the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from lxml import etree

from connectors.statement_files import camt_events as events
from connectors.statement_files import camt_parts
from connectors.statement_files.camt_events import CamtEvent, Entry, Heading, NotBooked
from connectors.statement_files.camt_parts import Parts
from connectors.statement_files.camt_xml import (
    line_of,
    money,
    name_of,
    need,
    need_text,
    text,
)
from connectors.statement_files.faults import file_unreadable, line_unreadable

VERSIONS: Final = range(2, 14)
NOT_BOOKED: Final = {"PDNG": "pending", "INFO": "information", "FUTR": "future"}
MAX_ELEMENT_BYTES: Final = 64 * 1024 * 1024

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.\d{3})\.001\.(\d{2})")
_WATCHED: Final = ("Stmt", "Ntfctn", "Ntry", "TxDtls")


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of message: its name, the element that wraps it, and the element of one statement in it."""

    name: str
    wrapper: str
    statement: str
    noun: str


CAMT053: Final = Message("camt.053", "BkToCstmrStmt", "Stmt", "statement")
CAMT054: Final = Message("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", "notification")


class _Measured:
    """The stream, refusing to build an element that does not end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.unreleased = 0
        self.line = 1

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.unreleased += len(chunk)
        if self.unreleased > MAX_ELEMENT_BYTES:
            raise file_unreadable(f"an element has more than {MAX_ELEMENT_BYTES} bytes.", line=self.line)
        return chunk


def walk(stream: BinaryIO, message: Message) -> Iterator[CamtEvent]:
    """Every statement of the message: its heading, its entries, its end.

    Raises ``file_unreadable`` and ``line_unreadable`` with the line; sums are the caller's to check.
    """
    source = _Measured(stream)
    try:
        yield from _Walk(source, message).events()
    except etree.XMLSyntaxError as error:
        raise file_unreadable(
            f"the XML is broken ({error.msg}).", line=error.lineno or 1, fix="Download the statement again."
        ) from None


class _Walk:
    """The state of a walk over one message."""

    def __init__(self, source: _Measured, message: Message) -> None:
        self._source = source
        self._message = message
        self._statement: etree._Element | None = None
        self._heading: Heading | None = None
        self._entry: etree._Element | None = None
        self._parts = Parts()
        self._positions = 0
        self._currency: str | None = None
        self._statements = 0
        self._wrapped = False
        self._format = message.name
        self._root: etree._Element | None = None

    def events(self) -> Iterator[CamtEvent]:
        """All events; an entry's parts are let go of after it was given out."""
        for event, element in self._parsed():
            self._source.line = line_of(element)
            if self._root is None:
                self._begin(element)
            name = name_of(element)
            if event == "start":
                self._start(name, element)
            elif element is self._statement:
                yield from self._end_statement(element)
            elif element is self._entry:
                yield from self._end_entry(element)
            elif name == "TxDtls" and self._entry is not None:
                self._end_part(element)
        self._finish()

    def _parsed(self) -> Iterator[tuple[str, etree._Element]]:
        watched = tuple(f"{{*}}{name}" for name in (*_WATCHED, "Document", self._message.wrapper))
        parser: Any = etree.iterparse(
            self._source,
            events=("start", "end"),
            tag=watched,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        yield from parser
        if self._root is None:
            self._begin(parser.root)

    def _begin(self, element: etree._Element) -> None:
        """At the first element seen: nobody may bring a document type, or another message than is asked for."""
        tree = element.getroottree()
        document: Any = tree.docinfo
        self._root = root = tree.getroot()
        if document.doctype:
            raise file_unreadable(
                "the document declares a document type, which no statement does.", fix="Ask the bank for the file."
            )
        match = _NAMESPACE.fullmatch(etree.QName(root).namespace or "")
        if match is None:
            return
        if match[1] != self._message.name or int(match[2]) not in VERSIONS:
            raise file_unreadable(
                f"this is an ISO 20022 message {match[1]}.001.{match[2]}, "
                f"not a {self._message.noun} this system reads.",
                line=line_of(root),
                fix=f"Export the {self._message.noun} as {self._message.name}.001.{VERSIONS[0]:02} "
                f"to .{VERSIONS[-1]:02}.",
            )
        self._format = f"{match[1]}.001.{match[2]}"

    def _start(self, name: str, element: etree._Element) -> None:
        parent = element.getparent()
        above = "" if parent is None else name_of(parent)
        if name == self._message.wrapper:
            self._wrapped = True
        elif name == self._message.statement and above == self._message.wrapper:
            self._statement, self._heading = element, None
            self._positions, self._currency = 0, None
            self._statements += 1
        elif name == "Ntry" and parent is self._statement and parent is not None:
            self._entry, self._parts = element, Parts()
            self._positions += 1

    def _end_part(self, element: etree._Element) -> None:
        if self._currency is None and self._entry is not None:
            self._currency = events.currency_of(self._statement, self._entry)
        self._parts.append(camt_parts.part(element, currency=self._currency))
        self._release(element)

    def _end_entry(self, element: etree._Element) -> Iterator[CamtEvent]:
        statement = self._statement
        if statement is None:
            return
        yield from self._headed(statement, element)
        with self._parts:
            yield self._booked(element)
        self._entry = None
        self._release(element)

    def _headed(self, statement: etree._Element, entry: etree._Element | None) -> Iterator[Heading]:
        if self._heading is not None:
            return
        self._currency = self._currency or events.currency_of(statement, entry)
        self._heading = events.heading(statement, currency=self._currency, file_format=self._format)
        yield self._heading

    def _booked(self, element: etree._Element) -> Entry | NotBooked:
        status = text(element, "Sts", "Cd") or text(element, "Sts", "Prtry") or need_text(element, "Sts")
        if status in NOT_BOOKED:
            return NotBooked(line_of(element), self._positions, status)
        if status != "BOOK":
            raise line_unreadable(
                f"the entry's status is {status}, which ISO 20022 does not list.",
                line=line_of(element),
                fix="Ask the bank what the status means.",
            )
        amount_element = need(element, "Amt")
        self._currency = self._currency or amount_element.get("Ccy")
        return events.booked_entry(
            element,
            position=self._positions,
            amount=money(amount_element, self._currency or ""),
            parts=self._parts,
        )

    def _end_statement(self, element: etree._Element) -> Iterator[CamtEvent]:
        yield from self._headed(element, None)
        yield events.ending(element, currency=self._currency)
        self._statement = None
        self._release(element)

    def _release(self, element: etree._Element) -> None:
        """Let go of an element that has been read, and of the one of its name before it."""
        self._source.unreleased = 0
        before = element.getprevious()
        parent = element.getparent()
        element.clear()
        if before is not None and parent is not None and before.tag == element.tag:
            parent.remove(before)

    def _finish(self) -> None:
        root = self._root
        line = 1 if root is None else line_of(root)
        if not self._wrapped:
            raise file_unreadable(
                f"the document's root is {'' if root is None else name_of(root)} and no {self._message.wrapper} "
                "is in it.",
                line=line,
                fix=f"Export the {self._message.noun} as {self._message.name}.",
            )
        if not self._statements:
            raise file_unreadable(
                f"the message holds no {self._message.noun} ({self._message.statement}).",
                line=line,
                fix="Export it again.",
            )
