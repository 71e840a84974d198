"""Payers' names made comparable: accents, order of words, initials, company forms and scripts do not matter."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from domain.matching import scripts
from domain.matching.references import one_mistake

_LONGEST: Final = 120  # characters; what follows in a bank's text is no name
_LEAST_CLOSE: Final = 2  # words that must agree
_FORMS: Final = frozenset(
    {
        "SR",
        "SRA",
        "SRTA",
        "MR",
        "MRS",
        "MS",
        "DR",
        "KHUN",
        "ENG",
        "LTDA",
        "LTD",
        "SA",
        "SAS",
        "SRL",
        "EIRELI",
        "ME",
        "EPP",
        "INC",
        "LLC",
        "CO",
        "CORP",
        "PT",
        "TBK",
        "CV",
        "BV",
        "GMBH",
        "PTE",
        "BHD",
        "SDN",
        "PLC",
        "WLL",
        "FZE",
        "FZCO",
        "AND",
        "E",
        "Y",
        "DE",
        "DA",
        "DO",
        "DOS",
        "DAS",
        "DEL",
        "DI",
        "BIN",
        "IBN",
        "BINT",
        "AL",
        "EL",
        "THE",
    }
)
_WORDS: Final = re.compile(r"[^\W\d_]+")


class Likeness(IntEnum):
    """How two payers' names stand to each other."""

    DIFFERENT = 0
    UNKNOWN = 1
    WEAK = 2
    CLOSE = 3
    SAME = 4


class Name(NamedTuple):
    """A name: its words, and their consonants."""

    words: frozenset[str]
    sounds: frozenset[str]


def key(text: str) -> str:
    """A payer's name without accents, in capitals, without titles and company forms, its words sorted."""
    if text.isascii():
        plain = text[:_LONGEST].upper()
    else:
        parts = unicodedata.normalize("NFKD", text[:_LONGEST])
        plain = "".join(letter for letter in parts if not unicodedata.combining(letter) or _vowel_sign(letter)).upper()
    words = _WORDS.findall(plain.replace("'", "").replace("\N{ARABIC TATWEEL}", ""))
    told = [word for word in words if word not in _FORMS] or words
    return " ".join(sorted(told))


@lru_cache(maxsize=65_536)
def _read(key: str) -> Name:
    words = key.split()
    return Name(frozenset(words), frozenset(filter(None, map(_sound, words))))


def _vowel_sign(letter: str) -> bool:
    """Signs of Thai are combining and part of the word."""
    return "\u0e00" <= letter <= "\u0e7f"


def _sound(word: str) -> str:
    known = scripts.surname(word)
    if known is not None:
        return scripts.consonants(known)
    return scripts.consonants(word.removeprefix("ال"))


@lru_cache(maxsize=65_536)
def compare(left: str, right: str) -> Likeness:
    """How alike two names are, given by their keys; a missing one says nothing."""
    if not left or not right:
        return Likeness.UNKNOWN
    if left == right:
        return Likeness.SAME
    one, other = _read(left), _read(right)
    two_scripts = left.isascii() != right.isascii()
    fewer, more = sorted((one, other), key=lambda name: len(name.words))
    agreeing = sum(1 for word in fewer.words if any(_agree(word, there) for there in more.words))
    if agreeing == len(fewer.words) and agreeing >= _LEAST_CLOSE:
        return Likeness.CLOSE
    if two_scripts and min(len(one.sounds), len(other.sounds)) >= _LEAST_CLOSE and _sounds_agree(one, other):
        return Likeness.CLOSE
    full = any(len(word) >= _FULL_WORD and word in more.words for word in fewer.words)
    return Likeness.WEAK if full or (two_scripts and one.sounds & other.sounds) else Likeness.DIFFERENT


_FULL_WORD: Final = 3
_LEAST_MISTYPED: Final = 5


def _agree(word: str, other: str) -> bool:
    if word == other or (len(word) == 1 and other.startswith(word)) or (len(other) == 1 and word.startswith(other)):
        return True
    return min(len(word), len(other)) >= _LEAST_MISTYPED and one_mistake(word, other)


def _sounds_agree(one: Name, other: Name) -> bool:
    fewer, more = sorted((one.sounds, other.sounds), key=len)
    return fewer <= more
