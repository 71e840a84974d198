"""Fonts of what is printed: those that came with this product's packages, none of the machine's (decision 0012)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

_FONT_PACKAGES: Final = ("manimgx_fonts", "manimgx_fonts_cjk", "fontpkg_ibm_plex_sans_arabic", "fontpkg_sarabun")
# Each family draws what those before it lack.
_FAMILIES: Final = ("Noto Sans", "IBM Plex Sans Arabic", "Sarabun", "Noto Sans CJK SC")
_EAST: Final = {"ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR"}
_LACKING: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


def letters_lacking(diagnostic: str) -> list[str]:
    """The letters that typst could not draw by its diagnostic, as code points."""
    found = "".join(_LACKING.findall(diagnostic))
    plain = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), found)
    return sorted({f"U+{ord(letter):04X}" for letter in plain})


@cache
def font_folders() -> tuple[Path, ...]:
    """Where the fonts are that came with this product's packages; none of the machine's, none of typst's own."""
    return tuple(Path(str(files(package))) for package in _FONT_PACKAGES)


@cache
def _every_family() -> tuple[str, ...]:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders()))
    return tuple(fonts.families())


@cache
def families(language: str) -> list[Any]:
    """The fonts in the order in which a language wants them; then whatever else there is, for names from anywhere."""
    east = _EAST.get(language, _FAMILIES[-1])
    first: list[Any] = [*_FAMILIES[:-1], east]
    if language == "zh":
        # Quotation marks and dashes of Chinese text are as wide as its letters.
        first[0] = {"name": first[0], "covers": "latin-in-cjk"}
    named = {*_FAMILIES[:-1], east}
    return [*first, *(family for family in _every_family() if family not in named), _FAMILIES[0]]
