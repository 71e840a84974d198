"""A text as the short messages that carry it: seven-bit letters where possible, linked by headers where it is long.

Source: 3GPP TS 23.040, 9.2.3.24.1 (concatenated short messages, 8-bit reference). Confidence: verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiosmpplib.codec import find_codec_info

from connectors.wording import segments

LINKED = 0x40  # esm_class: a user data header begins the content


@dataclass(frozen=True, slots=True)
class Part:
    """One short message: its octets, the name of its coding, and whether a header begins it."""

    content: bytes
    coding: str
    linked: bool


def parts(text: str, *, reference: int) -> list[Part]:
    """The messages of a text in order; ``reference`` from 0 to 255 tells those to one recipient apart."""
    seven = segments.encoding(text) == "GSM-7"
    coding = "gsm0338" if seven else "ucs2"
    pieces = [_encoded(piece, seven=seven) for piece in segments.pieces(text)]
    if len(pieces) == 1:
        return [Part(pieces[0], coding, linked=False)]
    return [
        Part(bytes((5, 0, 3, reference, len(pieces), number)) + piece, coding, linked=True)
        for number, piece in enumerate(pieces, start=1)
    ]


def _encoded(piece: str, *, seven: bool) -> bytes:
    return bytes(find_codec_info("gsm0338").encode(piece)[0]) if seven else piece.encode("utf-16-be")
