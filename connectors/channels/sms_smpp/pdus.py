"""SMPP 3.4 on the wire: what is read of the other side's packets, whatever vendors put into them.

Ours are written by ``aiosmpplib``; theirs are read here, for that library gives up at the first status, data coding or
optional parameter that the standard does not list. Source: SMPP Protocol Specification v3.4, issue 1.2 (sections 3.2,
4.6, 5.2 and 5.3); data codings also 3GPP TS 23.038. Confidence: verified.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiosmpplib.codec import find_codec_info
from aiosmpplib.state import MESSAGE_PAYLOAD, SmppCommandStatus

from connectors.channels.texts import Piece

HEADER: Final = struct.Struct("!IIII")
LONGEST: Final = 70_000  # a payload of 64 KB and what stands around it
RESPONSE: Final = 0x80000000

_RECEIPT: Final = 0x04
_INTERMEDIATE: Final = 0x20
_TYPE_BITS: Final = 0x3C
_HAS_HEADER: Final = 0x40
_LINKED_8, _LINKED_16 = 0x00, 0x08
_CODECS: Final[Mapping[int, str]] = {0: "gsm", 1: "ascii", 3: "latin-1", 6: "iso8859-5", 7: "iso8859-8", 8: "utf-16-be"}


class Malformed(Exception):
    """A packet that cannot be one."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it came."""

    command: int
    status: int
    sequence: int
    body: bytes


def take(buffer: bytearray) -> Packet | None:
    """The first whole packet of a buffer, taken out of it; ``None`` until one is there. Raises ``Malformed``."""
    if len(buffer) < HEADER.size:
        return None
    length, command, status, sequence = HEADER.unpack_from(buffer)
    if not HEADER.size <= length <= LONGEST:
        raise Malformed
    if len(buffer) < length:
        return None
    body = bytes(buffer[HEADER.size : length])
    del buffer[:length]
    return Packet(command, status, sequence, body)


def status_name(status: int) -> str:
    """A status in words that say something to a network's desk: ``ESME_RTHROTTLED``, or its number in hex."""
    try:
        return str(SmppCommandStatus(status).name)
    except ValueError:
        return f"0x{status:08X}"


def text_of_id(body: bytes) -> str:
    """The message's name in a ``submit_sm_resp``."""
    return body.partition(b"\0")[0].decode("latin-1")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A ``deliver_sm``: a text that somebody wrote, or a receipt for one of ours."""

    source: str
    destination: str
    kind: int
    coding: int
    content: bytes  # after the header of a linked message
    piece: Piece | None
    optional: Mapping[int, bytes]

    @property
    def is_receipt(self) -> bool:
        """Whether it tells of a message of ours, at its end or on the way."""
        return self.kind & _TYPE_BITS in (_RECEIPT, _INTERMEDIATE)

    @property
    def text(self) -> str:
        """Its text; what cannot be read as its coding says is shown octet by octet, never lost."""
        codec = _CODECS.get(self.coding) or _by_group(self.coding)
        try:
            if codec == "gsm":
                return str(find_codec_info("gsm0338").decode(self.content)[0])
            return self.content.decode(codec)
        except (UnicodeError, ValueError, KeyError, IndexError):
            return self.content.decode("latin-1")


def _by_group(coding: int) -> str:
    """The alphabet of a coding by 3GPP TS 23.038, for those that SMPP passes on: class and compression aside."""
    if coding < 0xC0:  # noqa: PLR2004 (general groups)
        return {0x00: "gsm", 0x08: "utf-16-be"}.get(coding & 0x0C, "latin-1")
    return "utf-16-be" if coding & 0xF0 == 0xE0 else "latin-1" if coding & 0x04 else "gsm"  # noqa: PLR2004 (group 14)


def read_deliver(body: bytes) -> Delivered:
    """A ``deliver_sm`` from its body. Raises ``Malformed``."""
    try:
        return _Reader(body).deliver()
    except (ValueError, IndexError, struct.error):
        raise Malformed from None


@dataclass
class _Reader:
    body: bytes
    at: int = 0

    def deliver(self) -> Delivered:
        self._text()  # service type
        source = self._address()
        destination = self._address()
        kind = self._octets(3)[0]
        self._text()
        self._text()
        coding = self._octets(4)[2]
        content = self._octets(self._octets(1)[0])
        optional = self._parameters()
        piece, content = _without_header(kind, content or optional.get(MESSAGE_PAYLOAD, b""))
        return Delivered(source, destination, kind, coding, content, piece or _linked(optional), optional)

    def _text(self) -> str:
        end = self.body.index(b"\0", self.at)
        text = self.body[self.at : end].decode("latin-1")
        self.at = end + 1
        return text

    def _address(self) -> str:
        self._octets(2)
        return self._text()

    def _octets(self, count: int) -> bytes:
        found = self.body[self.at : self.at + count]
        if len(found) < count:
            raise Malformed
        self.at += count
        return found

    def _parameters(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self.at < len(self.body):
            tag, length = struct.unpack("!HH", self._octets(4))
            found[tag] = self._octets(length)
        return found


def _without_header(kind: int, content: bytes) -> tuple[Piece | None, bytes]:
    """The text after its user data header, and which part of a linked message it is (3GPP TS 23.040, 9.2.3.24)."""
    if not kind & _HAS_HEADER or not content:
        return None, content
    header, text = content[1 : content[0] + 1], content[content[0] + 1 :]
    while len(header) > 1:
        element, length = header[0], header[1]
        data, header = header[2 : length + 2], header[length + 2 :]
        if element in (_LINKED_8, _LINKED_16) and len(data) == (3 if element == _LINKED_8 else 4):
            return _piece(data[:-2].hex(), data[-1], data[-2]), text
    return None, text


def _linked(optional: Mapping[int, bytes]) -> Piece | None:
    """The same where it is told in optional parameters (``sar_msg_ref_num`` and its two companions)."""
    reference, total, number = (optional.get(tag, b"") for tag in (0x020C, 0x020E, 0x020F))
    return _piece(reference.hex(), number[0], total[0]) if reference and total and number else None


def _piece(reference: str, number: int, total: int) -> Piece | None:
    return Piece(reference, number, total) if 1 <= number <= total and total > 1 else None
