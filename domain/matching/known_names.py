"""Payers that the other side knows, found in what a row says: many banks write the payer's name into the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from domain.matching import names

_LEAST_WORDS: Final = 2
"""One word is a first name, or a word of any text."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names by their longest word, so that a text is compared only with those that it may hold."""

    by_word: dict[str, set[frozenset[str]]]

    @classmethod
    def of(cls, payers: Iterable[str]) -> Self:
        """Names of two words or more, without titles and company forms."""
        found: dict[str, set[frozenset[str]]] = defaultdict(set)
        for payer in payers:
            words = frozenset(names.key(payer).split())
            if len(words) >= _LEAST_WORDS:
                found[max(words, key=lambda word: (len(word), word))].add(words)
        return cls(found)

    def stands_in(self, text: str) -> bool:
        """Does a text hold all words of exactly one name?"""
        if not self.by_word:
            return False
        said = frozenset(names.key(text).split())
        held = {name for word in said & self.by_word.keys() for name in self.by_word[word] if name <= said}
        return len(held) == 1
