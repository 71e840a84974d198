"""Arrecadação: the barcode of 44 digits on bills of utilities, taxes and agreements, and its typed line of 48.

Barcode: 8, segment 1, kind of value 1, check digit, value 11, company 4 (its tax number's root of 8 in segment 6), the
company's own field. Line: four blocks of eleven digits, each with a check digit. The kind of value says by which rule
all five check digits are made, and whether the value is an amount of money. Only the company's bank makes one. Sources:
FEBRABAN, Layout Padrão de Arrecadação/Recebimento com Utilização do Código de Barras, versions 4 to 7 as indexed; the
samples of mcrvaz/boleto-brasil-validator and its relatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from connectors.shared import digits, fields
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Codec, Decoded

_CODE: Final = "arrecadacao"
_BARCODE: Final = 44
_LINE: Final = 48
_BOLETO: Final = 47  # digits of a boleto's line, which is another scheme
_FEWEST, _MOST = 40, 50  # so many digits are meant to be a slip, whole or not
_BLOCK: Final = 11
_PRODUCT: Final = "8"
_BY_TAX_NUMBER: Final = "6"
_SEGMENTS: Final = {
    "1": "municipality",
    "2": "water",
    "3": "electricity_gas",
    "4": "telecommunications",
    "5": "government",
    "6": "company",
    "7": "traffic_fines",
    "9": "bank",
}
_MONEY: Final = frozenset("68")  # the value is in reais; 7 and 9 count units of something else


def _modulo_11(number: str) -> str:
    """Where eleven less the remainder is 10 or 11, the digit is 0: unlike a boleto's, where it is 1."""
    return str(digits.modulo_11(number) % 11 % 10)


_RULES: Final[dict[str, Callable[[str], str]]] = {
    "6": digits.modulo_10,
    "7": digits.modulo_10,
    "8": _modulo_11,
    "9": _modulo_11,
}


def line_of(barcode: str) -> str:
    """The line of 48 digits that says what a barcode of 44 says."""
    rule = _RULES[barcode[2]]
    blocks = [barcode[start : start + _BLOCK] for start in range(0, _BARCODE, _BLOCK)]
    return "".join(block + rule(block) for block in blocks)


def shown(line: str) -> str:
    """The line in its printed groups."""
    return " ".join(f"{line[start : start + _BLOCK]}-{line[start + _BLOCK]}" for start in range(0, _LINE, _BLOCK + 1))


def barcode_of(text: str) -> str:
    """The barcode that a barcode or a line stands for; every check digit holds.

    Raises ``Invalid``: ``arrecadacao_length``, ``arrecadacao_kind``, ``arrecadacao_block_digit`` (its tag is the block,
    1 to 4), ``arrecadacao_check_digit``.
    """
    number = digits.compact(text) or ""
    if len(number) not in (_BARCODE, _LINE) or number[0] != _PRODUCT:
        reason = f"it has {len(number)} digits, not {_BARCODE} or {_LINE} that begin with {_PRODUCT}"
        _refuse("length", tag=None, offset=None, reason=reason)
    rule = _RULES.get(number[2])
    if rule is None or number[1] not in _SEGMENTS:
        place = digits.offset(text, 1 if rule else 2)
        _refuse("kind", tag="segment" if rule else "value_kind", offset=place, reason="there is no such kind of slip")
    step = _BLOCK + 1
    blocks = [number[start : start + step] for start in range(0, _LINE, step)] if len(number) == _LINE else []
    for index, block in enumerate(blocks, start=1):
        if rule(block[:-1]) != block[-1]:
            place = digits.offset(text, index * step - 1)
            reason = f"block {index}'s check digit does not match"
            _refuse("block_digit", tag=str(index), offset=place, reason=reason)
    barcode = "".join(block[:-1] for block in blocks) or number
    if rule(barcode[:3] + barcode[4:]) != barcode[3]:
        place = digits.offset(text, 3)
        _refuse("check_digit", tag="general", offset=place, reason="the general check digit does not match")
    return barcode


def _refuse(code: str, *, tag: str | None, offset: int | None, reason: str) -> NoReturn:
    raise Invalid(
        f"arrecadacao_{code}",
        f"The slip is broken: {reason}.",
        fix="Copy the whole line of the bill again.",
        tag=tag,
        offset=offset,
        reason=reason,
    )


def _decode(payload: str) -> Decoded | None:
    number = digits.compact(payload)
    if number is None or number[:1] != _PRODUCT or not _FEWEST <= len(number) <= _MOST or len(number) == _BOLETO:
        return None
    barcode = barcode_of(payload)
    segment, kind, value = barcode[1], barcode[2], barcode[4:15]
    split = 23 if segment == _BY_TAX_NUMBER else 19
    company, own = barcode[15:split], barcode[split:]
    money = kind in _MONEY
    line = line_of(barcode)
    return Decoded(
        profile=_CODE,
        amount=Money(int(value), "BRL") if money and int(value) else None,
        currency="BRL" if money else None,
        reference=None,
        tree={
            "product": barcode[0],
            "segment": segment,
            "value_kind": kind,
            "check_digit": barcode[3],
            "value": value,
            "company": company,
            "company_field": own,
        },
        details={
            "segment": _SEGMENTS[segment],
            "company": company,
            "company_field": own,
            "barcode": barcode,
            "line": line,
            "shown": shown(line),
        },
    )


def _encode(values: Mapping[str, str]) -> str:
    """The line of a barcode, or with ``form=barcode`` the barcode of a line: one form from the other, in ``text``."""
    barcode = barcode_of(fields.required(values, "text"))
    form = fields.optional(values, "form") or "line"
    if form not in ("line", "barcode"):
        raise Invalid("arrecadacao_form", f"A slip has no form {form!r}.", fix="Give form=line or form=barcode.")
    return barcode if form == "barcode" else shown(line_of(barcode))


COLLECTION_SLIP: Final = Codec(
    code=_CODE,
    name="Arrecadação slip (utilities, taxes, agreements)",
    country="BR",
    decode=_decode,
    encode=_encode,
    fields=("text", "form"),
    source="FEBRABAN, Layout Padrão de Arrecadação/Recebimento; mcrvaz/boleto-brasil-validator samples",
    confidence=Confidence.SECONDARY,
)
