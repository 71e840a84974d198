"""Text of both directions: keep a reference, a phone or a name in one piece inside Arabic or Latin text.

Unicode isolates (UAX #9, section 2.4) stop the bidirectional algorithm from reordering a value with the text around
it: unmarked, ``+971 50 123 4567`` inside Arabic is shown as ``4567 123 50 971+``. What must read left to right
(references, phones, IBANs, amounts with Latin codes) takes LRI; free text such as names decides for itself and
takes FSI.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LRI: Final = "\u2066"
FSI: Final = "\u2068"
PDI: Final = "\u2069"
NBSP: Final = "\u00a0"

# ALM, LRM, RLM, the embeddings and overrides, and the isolates.
_CONTROLS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES: Final = re.compile("[\u00a0\u2007\u2009\u202f]")
_RTL_LETTERS: Final = frozenset({"R", "AL"})


def has_rtl(text: str) -> bool:
    """Whether a text holds a letter that is written from right to left."""
    return any(unicodedata.bidirectional(character) in _RTL_LETTERS for character in _CONTROLS.sub("", text))


def isolate_ltr(text: str) -> str:
    """A value that reads left to right wherever it stands: a reference, a phone, an IBAN, an amount with a code."""
    return f"{LRI}{without_controls(text)}{PDI}"


def isolate_auto(text: str) -> str:
    """Free text, such as a name, that reads in the direction of its own first letter."""
    return f"{FSI}{without_controls(text)}{PDI}"


def isolate(text: str) -> str:
    """A formatted value: by its own letters where one is Arabic or Hebrew, left to right otherwise."""
    return isolate_auto(text) if has_rtl(text) else isolate_ltr(text)


def without_controls(text: str) -> str:
    """A text without any direction mark, so that a value brought from outside cannot turn what follows it."""
    return _CONTROLS.sub("", text)


def plain(text: str) -> str:
    """A text for channels that count characters: no direction marks, and ordinary spaces only."""
    return _SPACES.sub(" ", without_controls(text))
