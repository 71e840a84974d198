"""Text messages are counted as networks count them: seven-bit letters or sixteen, in one segment or in linked ones.

Source: 3GPP TS 23.038 (the default alphabet and its extension) and TS 23.040 (a linked message spends six octets of
each segment on its header): 160 or 153 letters of seven bits, 70 or 67 of sixteen. Confidence: verified.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from connectors.wording import bidi

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("^{}\\[~]|€\f")
# What print prefers and a telephone does not need: each of these alone would more than halve a segment.
_PLAIN: Final = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...",
        "\u20b1": "PHP ", "\u20ba": "TRY ", "\u20ab": "VND",
    }
)  # fmt: skip
_ACCENTS_MAY_FALL: Final = frozenset({"es", "pt"})
MAX_SEGMENTS: Final = 8


def plain(text: str) -> str:
    """A text with typographic marks, unusual spaces and single-currency signs written plainly."""
    return bidi.plain(text).translate(_PLAIN)


def gsm_ready(text: str, *, language: str) -> str:
    """A text whose accents are left out where the alphabet lacks them, in languages whose readers know that from banks.

    Elsewhere an accent is part of the letter (Vietnamese, Turkish) and the text stays as it is written.
    """
    if language not in _ACCENTS_MAY_FALL:
        return text
    return "".join(letter if letter in _BASIC | _EXTENSION else _bare(letter) for letter in text)


def _bare(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter


def encoding(text: str) -> str:
    """``GSM-7`` where every letter is in the default alphabet or its extension, else ``UCS-2``."""
    return "GSM-7" if set(text) <= _BASIC | _EXTENSION else "UCS-2"


def segments(text: str) -> int:
    """How many segments a text takes."""
    return len(pieces(text))


def pieces(text: str) -> list[str]:
    """A text as the segments that carry it; a letter of two units is never split between two of them."""
    seven = encoding(text) == "GSM-7"
    units = [2 if letter in _EXTENSION else 1 for letter in text] if seven else [_utf16(letter) for letter in text]
    alone, linked = (160, 153) if seven else (70, 67)
    if sum(units) <= alone:
        return [text]
    starts, room = [0], linked
    for place, unit in enumerate(units):
        if unit > room:
            starts.append(place)
            room = linked
        room -= unit
    return [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _utf16(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1  # noqa: PLR2004 -- the end of the basic plane
