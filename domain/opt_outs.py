"""Opting out: whether what somebody wrote back asks us to stop writing on that channel, however they spelled it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.contacts import Channel


class Meaning(StrEnum):
    """What a text that came in asks for."""

    OPT_OUT = "opt_out"
    PERHAPS_OPT_OUT = "perhaps_opt_out"  # it has such a word among others: a person reads it first
    MESSAGE = "message"


def registry_of(channel: Channel) -> str:
    """The name under which contact law finds that a number or address opted out of a channel."""
    return f"opt_out_{channel.value}"


# Letters that Unicode holds apart and people write for one another: dotless i, crossed d and o; of Arabic alef wasla,
# alef maksura, ta marbuta and the keyboards of Persian and Urdu.
_PLAIN: Final = str.maketrans(
    "\u0131\u0111\u00f8\u0671\u0649\u0629\u06a9\u06cc\u06be\u06c1",
    "ido\u0627\u064a\u0647\u0643\u064a\u0647\u0647",
)
_LATIN_MARKS: Final = range(0x0300, 0x0370)
_ARABIC_MARKS: Final = frozenset({*range(0x064B, 0x0660), 0x0670})
_TATWEEL: Final = 0x0640
_VARIATIONS: Final = range(0xFE00, 0xFE10)
_SEPARATING: Final = frozenset("PSZC")


def plain(text: str) -> str:
    """A text as it is compared: one case, no accents, no vowel signs of Arabic, western digits, single blanks.

    Vowels of Thai and Khmer are marks too, and stay: without them other words would be the same.
    """
    # Compatibility forms first: full-width letters, Arabic letters as they stand within words, ligatures.
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(_letter(letter) for letter in folded)
    return unicodedata.normalize("NFC", " ".join(kept.translate(_PLAIN).split()))


def _letter(letter: str) -> str:
    code = ord(letter)
    if code in _LATIN_MARKS or code in _ARABIC_MARKS or code in _VARIATIONS or code == _TATWEEL:
        return ""
    category = unicodedata.category(letter)
    if category == "Cf":  # joiners and direction marks stand inside words
        return ""
    if category == "Nd":
        return str(unicodedata.digit(letter))
    return " " if category[0] in _SEPARATING else letter


def meaning(text: str, words: Iterable[str]) -> Meaning:
    """What a text asks for, by words that ``plain`` was applied to.

    It opts out where it is such a word and nothing else, said once or again and again.
    """
    said = plain(text)
    tokens = said.split()
    found = Meaning.MESSAGE
    for word in words:
        if said == word or (tokens and set(tokens) == {word}):
            return Meaning.OPT_OUT
        if f" {word} " in f" {said} " or (not word.isascii() and word in said):
            found = Meaning.PERHAPS_OPT_OUT
    return found
