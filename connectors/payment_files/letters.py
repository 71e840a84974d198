"""The letters that banks everywhere accept in payment files, and everything else brought to them.

Source: EPC217-08, SEPA requirements for an extended character set, section 1: the letters a-z and A-Z, digits, and
``/ - ? : ( ) . , ' +`` with the blank; a text neither begins nor ends with a slash nor holds two in a row.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ALLOWED: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_NAMED: Final = str.maketrans(
    {
        "\N{LATIN SMALL LETTER SHARP S}": "ss",
        "\N{LATIN CAPITAL LETTER AE}": "AE",
        "\N{LATIN SMALL LETTER AE}": "ae",
        "\N{LATIN CAPITAL LIGATURE OE}": "OE",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{LATIN CAPITAL LETTER O WITH STROKE}": "O",
        "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
        "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
        "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "&": "+",
        "_": "-",
        ";": ",",
    }
)


def restricted(text: str, *, longest: int = 70) -> str:
    """A text in those letters, at most ``longest`` of them; what has no like among them is left out."""
    bare = unicodedata.normalize("NFKD", text.translate(_NAMED))
    kept = _ALLOWED.sub(" ", "".join(letter for letter in bare if not unicodedata.combining(letter)))
    single = re.sub(r"/{2,}", "/", re.sub(r" {2,}", " ", kept))
    return single[:longest].strip("/ ")
