"""The structured creditor reference as a text of its own: ``RF``, two check digits, up to 21 letters and digits.

It names no country and no amount: whoever is given one finds the request by it. Source: ISO 11649; the algorithm as
python-stdnum 2.2 has it (iso11649, iso7064.mod_97_10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.shared import digits, fields, references
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded

_CODE: Final = "creditor_reference"
_SHAPE: Final = re.compile(r"RF[0-9]{2}[0-9A-Z]+")
_HEAD: Final = len("RF18")
_BODY: Final = r"[0-9A-Za-z]{1,21}"  # capitals are made of ASCII alone: a "ß" would become two letters


def _decode(payload: str) -> Decoded | None:
    compact = re.sub(r"[\s-]", "", payload).upper()
    if not compact.isascii() or _SHAPE.fullmatch(compact) is None:
        return None
    try:
        reference = references.checked_creditor_reference(compact)
    except Invalid as error:
        part, place = ("body", _HEAD) if error.code == "reference_malformed" else ("check_digits", len("RF"))
        raise digits.placed(error, tag=part, offset=digits.letter_offset(payload, place)) from None
    return Decoded(
        profile=_CODE,
        amount=None,
        currency=None,
        reference=reference,
        tree={"check_digits": reference[2:4], "body": reference[4:]},
        details={"shown": references.grouped(reference)},
    )


def _encode(values: Mapping[str, str]) -> str:
    body = re.sub(r"[\s-]", "", fields.required(values, "body"))
    message = "The body of a creditor reference is 1 to 21 letters and digits."
    fields.matching(body, _BODY, code="reference_malformed", message=message)
    return references.creditor_reference(body.upper())


CREDITOR_REFERENCE: Final = Codec(
    code=_CODE,
    name="Structured creditor reference",
    country=None,
    decode=_decode,
    encode=_encode,
    fields=("body",),
    source="ISO 11649; python-stdnum 2.2 iso11649",
    confidence=Confidence.SECONDARY,
)
