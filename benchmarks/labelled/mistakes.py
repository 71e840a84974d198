"""What happens to a reference on its way: mistyped, misread, cut, wrapped in a bank's text."""

from __future__ import annotations

import random

_LOOK_ALIKE = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "O": "0", "I": "1", "S": "5", "B": "8"}
_READ_AS = {"RN": "M", "VV": "W", "CL": "D", "6": "G", "9": "g", "7": "1", "3": "8"}
_NEXT_KEY = {"1": "2", "2": "3", "3": "2", "4": "5", "5": "4", "6": "5", "7": "8", "8": "7", "9": "8", "0": "9"}
_TEXTS = (
    "TRANSF RECEBIDA {0} REF", "SEPA CREDIT {0} THANK YOU", "pago factura {0} gracias", "/INV/{0}/BETREFF KAUFPREIS",
    "TRF FROM MOBILE APP {0}", "PAYMENT FOR {0} 2ND HAND PICKUP", "PIX {0}", "REM:{0} //OCMT/BRL",
)  # fmt: skip
_CUT = 35


def transposed(text: str, chance: random.Random) -> str:
    """Two neighbours changed places."""
    places = [at for at in range(1, len(text) - 1) if text[at] != text[at + 1] and text[at : at + 2].isalnum()]
    at = chance.choice(places) if places else 0
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def look_alike(text: str, chance: random.Random) -> str:
    """A character that looks like another."""
    places = [at for at, letter in enumerate(text) if letter in _LOOK_ALIKE]
    if not places:
        return doubled(text, chance)
    at = chance.choice(places)
    return text[:at] + _LOOK_ALIKE[text[at]] + text[at + 1 :]


def dropped(text: str, chance: random.Random) -> str:
    """A character that is missing inside."""
    at = chance.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


def doubled(text: str, chance: random.Random) -> str:
    """A character that is there twice."""
    at = chance.randrange(1, len(text))
    return text[:at] + text[at - 1] + text[at:]


def wrong_key(text: str, chance: random.Random) -> str:
    """A digit that is the one beside it on the keyboard."""
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    at = chance.choice(places)
    return text[:at] + _NEXT_KEY[text[at]] + text[at + 1 :]


def misread(text: str, chance: random.Random) -> str:
    """What reading by machine makes of it."""
    known = [shape for shape in _READ_AS if shape in text]
    if not known:
        return look_alike(text, chance)
    shape = chance.choice(known)
    return text.replace(shape, _READ_AS[shape], 1)


ALL = (transposed, look_alike, dropped, doubled, wrong_key, misread)


def mistyped(text: str, chance: random.Random) -> str:
    """One mistake of any kind."""
    return chance.choice(ALL)(text, chance)


def in_text(text: str, chance: random.Random) -> str:
    """The reference in the words of a bank."""
    return chance.choice(_TEXTS).format(text)


def cut(text: str, chance: random.Random) -> str:
    """A bank's text that ends before the reference does."""
    whole = f"TRANSFER FROM CUSTOMER REF {text}"
    return whole[: max(_CUT - chance.randrange(3), len(whole) - 3)] if len(whole) > _CUT else whole[:-2]


def restyled(text: str, chance: random.Random) -> str:
    """The same reference in other letters and separators."""
    return chance.choice((text.lower(), text.replace("-", " "), text.replace("-", ""), text.replace("-", "/"), text))
