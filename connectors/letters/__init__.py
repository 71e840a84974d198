"""Letters on paper: a notice set as a letter, A4, in its own language, direction and fonts; several in one file.

Typesetting and fonts are those of statements in print (decision 0012): Latin with Vietnamese, Arabic, Thai, Khmer,
Chinese. The same letters make the same bytes. A letter that no font has is an error, never a box.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from connectors.statements_out.fonts import families, font_folders, letters_lacking
from connectors.statements_out.typesetter import TypesettingBusyError, TypesettingError, typeset
from connectors.wording import formatting
from connectors.wording.bidi import has_rtl, without_controls
from connectors.wording.catalogs import subtags
from connectors.wording.languages import direction
from domain.errors import Invalid, TooLarge, Unavailable

MOST_LETTERS: Final = 500
_LONGEST_HEADING: Final = 60
_TEMPLATE: Final = Path(str(files(__package__))) / "letter.typ"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed. ``text`` is the notice, paragraphs apart by an empty line; ``reference`` stands at the foot."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    day: date
    subject: str
    text: str
    locale: str
    reference: str
    sha256: str


def pdf(letters: Sequence[Letter], *, title: str, moment: datetime) -> bytes:
    """One file with every letter on a page of its own.

    Raises ``too_many_letters``, ``letters_not_printable`` for letters that no font has, and ``printing_busy``.
    """
    if not 0 < len(letters) <= MOST_LETTERS:
        raise TooLarge("too_many_letters", f"A file holds from one to {MOST_LETTERS} letters.", fix="Make two batches.")
    at = {name: getattr(moment, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    first = subtags(letters[0].locale)[0]
    page = {
        "title": title,
        "at": at,
        "lang": first,
        "fonts": families(first),
        "letters": [_shape(one) for one in letters],
    }
    try:
        return typeset(_TEMPLATE, {"page": json.dumps(page)}, fonts=font_folders(), moment=moment)
    except TypesettingBusyError as error:
        raise Unavailable("printing_busy", str(error), fix="Ask again in a minute, or for fewer letters.") from None
    except TypesettingError as error:
        lacking = letters_lacking(str(error))
        if not lacking:
            raise
        raise Invalid(
            "letters_not_printable", f"No font has the letters {' '.join(lacking)}.", letters=lacking
        ) from None


def _shape(letter: Letter) -> dict[str, Any]:
    language, _, region = subtags(letter.locale)
    parts = [part.strip() for part in letter.text.split("\n\n") if part.strip()]
    return {
        "lang": language,
        "region": region or None,
        "dir": direction(letter.locale),
        "fonts": families(language),
        "sender": [_line(line) for line in letter.sender],
        "recipient": [_line(line) for line in letter.recipient],
        "day": formatting.date_long(letter.day, letter.locale),
        "subject": without_controls(letter.subject),
        "parts": [
            {"heading": at > 0 and _is_heading(part), "lines": [_line(one) for one in part.split("\n")]}
            for at, part in enumerate(parts)
        ],
        "reference": letter.reference,
        "sha256": letter.sha256,
    }


def _is_heading(part: str) -> bool:
    """Whether a paragraph is a section's title: one line that ends as no sentence, row or greeting does."""
    last = without_controls(part)[-1:]
    return (
        len(part) <= _LONGEST_HEADING
        and "\n" not in part
        and ":" not in part
        and unicodedata.category(last or " ")[0] in "LM"
    )


def _line(line: str) -> dict[str, str]:
    """A line with the direction of its first strong letter; isolates of plain text are left to the typesetter."""
    clean = without_controls(line)
    return {"text": line, "dir": "rtl" if has_rtl(clean[:40]) else "ltr"}
