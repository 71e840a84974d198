"""What rogue collectors really write, in everyday spelling, is refused; polite texts that only look bad pass.

Each file of ``wording_texts/spoken`` is a language: a line's category (or ``lawful``), the text, and its meaning.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connectors.wording.screening import screen
from domain.conduct import Conduct

FOLDER = Path(__file__).with_name("wording_texts") / "spoken"
TEXTS = [
    (path.stem, *line.split("\t"))
    for path in sorted(FOLDER.glob("*.tsv"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def found(language: str, text: str) -> set[str]:
    faults = screen(text, locale=language, channel="sms", conduct=Conduct(), today=date(2026, 11, 23))
    return {fault.category for fault in faults}


@pytest.mark.parametrize(("language", "category", "text", "meaning"), TEXTS, ids=lambda value: value[:6])
def test_a_text_as_it_is_really_written_is_taken_for_what_it_is(
    language: str, category: str, text: str, meaning: str
) -> None:
    wanted = set() if category == "lawful" else {category}
    assert wanted <= found(language, text), meaning
    assert wanted or not found(language, text), meaning


@pytest.mark.parametrize("language", sorted({language for language, *_ in TEXTS}))
def test_a_language_has_ten_texts_of_either_sort(language: str) -> None:
    sorts = [category == "lawful" for spoken, category, *_ in TEXTS if spoken == language]
    assert min(sorts.count(True), sorts.count(False)) >= 10
