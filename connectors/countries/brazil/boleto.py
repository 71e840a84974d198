"""Boleto bancário: the barcode of 44 digits of a bank's collection slip, and the typed line of 47 that says the same.

Barcode: bank 3, currency 1, check digit (modulo 11), due factor 4, amount 10, free field 25. Line: the same in five
fields, the first three with a check digit (modulo 10) of their own. A due factor counts days since 1997-10-07; after
9999 on 2025-02-21 it began again at 1000, so that a factor names two days: ``due_dates`` tells both and ``due_date``
the one near a given day. Only a bank registers a boleto, so none is issued here. Sources: FEBRABAN's layout as
kivanio/brcobranca@325e0eae has it; Itaú's and Banco do Brasil's published samples; cobregratis/boletophp issue 62.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NoReturn

from connectors.shared import digits, fields
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Codec, Decoded

_CODE: Final = "boleto"
_BARCODE: Final = 44
_LINE: Final = 47
_FEWEST, _MOST = 40, 50  # so many digits are meant to be a boleto, whole or not
_REAL: Final = "9"
_SLIP: Final = "8"  # the first digit of a slip of collection for utilities and taxes, which is another scheme
_PARTS: Final = re.compile(r"([0-9]{3})([0-9])([0-9])([0-9]{4})([0-9]{10})([0-9]{25})")
_PARTS_GIVEN: Final = ("bank", "due_date", "amount", "free_field")
_FIRST_DAYS: Final = (date(1997, 10, 7), date(2022, 5, 29))
_FIRST_FACTOR, _LAST_FACTOR = 1000, 9999
_BACK, _AHEAD = timedelta(days=3000), timedelta(days=5500)  # what banks accept around today
_NEAR: Final = date(2026, 1, 1)  # a reader without a clock: right for days due from 2017-10 to 2041-01
_MAX_AMOUNT: Final = 10**10 - 1


def general_digit(rest: str) -> str:
    """The barcode's check digit from its other 43 digits: modulo 11, where 10 and 11 become 1."""
    found = digits.modulo_11(rest)
    return "1" if found in (10, 11) else str(found)


def due_factor(due: date) -> str:
    """The four digits for a day due; ``Invalid`` (``boleto_due_date``) for one that none names."""
    for first in _FIRST_DAYS:
        days = (due - first).days
        if _FIRST_FACTOR <= days <= _LAST_FACTOR:
            return str(days)
    raise Invalid("boleto_due_date", f"No due factor names {due}.", fix="Give a day from 2000-07-03 to 2049-10-13.")


def due_dates(factor: str) -> tuple[date, ...]:
    """The days that a factor may name, the earlier first; none for ``0000`` and others under 1000."""
    days = int(factor)
    return tuple(first + timedelta(days=days) for first in _FIRST_DAYS) if days >= _FIRST_FACTOR else ()


def due_date(factor: str, *, near: date) -> date | None:
    """The day that a factor names for one who reads it on ``near``: not over 3000 days past, not over 5500 ahead."""
    return next((day for day in due_dates(factor) if near - _BACK <= day <= near + _AHEAD), None)


def line_of(barcode: str) -> str:
    """The line of 47 digits that says what a barcode of 44 says."""
    bank, free = barcode[:4], barcode[19:]
    blocks = (bank + free[:5], free[5:15], free[15:])
    return "".join(block + digits.modulo_10(block) for block in blocks) + barcode[4] + barcode[5:19]


def shown(line: str) -> str:
    """The line in its printed groups."""
    one, two, three = line[:10], line[10:21], line[21:32]
    return f"{one[:5]}.{one[5:]} {two[:5]}.{two[5:]} {three[:5]}.{three[5:]} {line[32]} {line[33:]}"


def barcode_of(text: str) -> str:
    """The barcode that a barcode or a line, with or without its separators, stands for; every check digit holds.

    Raises ``Invalid``: ``boleto_length``, ``boleto_check_digit``, ``boleto_field_digit`` (whose tag is the field).
    """
    number = digits.compact(text)
    if number is None or len(number) not in (_BARCODE, _LINE):
        size = "characters that are no digits" if number is None else f"{len(number)} digits"
        _refuse("length", tag=None, offset=None, reason=f"it has {size}, not {_BARCODE} or {_LINE}")
    barcode = number if len(number) == _BARCODE else _from_line(number, text)
    if general_digit(barcode[:4] + barcode[5:]) != barcode[4]:
        place = digits.offset(text, 4 if len(number) == _BARCODE else 32)
        _refuse("check_digit", tag="general", offset=place, reason="the general check digit does not match")
    return barcode


def _from_line(line: str, text: str) -> str:
    for field, (start, stop) in enumerate(((0, 9), (10, 20), (21, 31)), start=1):
        if digits.modulo_10(line[start:stop]) != line[stop]:
            place = digits.offset(text, stop)
            _refuse("field_digit", tag=str(field), offset=place, reason=f"field {field}'s check digit does not match")
    return line[:4] + line[32] + line[33:] + line[4:9] + line[10:20] + line[21:31]


def _refuse(code: str, *, tag: str | None, offset: int | None, reason: str) -> NoReturn:
    raise Invalid(
        f"boleto_{code}",
        f"The boleto is broken: {reason}.",
        fix="Copy the whole line of the boleto again.",
        tag=tag,
        offset=offset,
        reason=reason,
    )


def _decode(payload: str) -> Decoded | None:
    number = digits.compact(payload)
    if number is None or not _FEWEST <= len(number) <= _MOST or (number[0] == _SLIP and len(number) != _LINE):
        return None
    barcode = barcode_of(payload)
    parts = _PARTS.fullmatch(barcode)
    if parts is None:
        return None
    bank, currency, check, factor, minor, free = parts.groups()
    amount = Money(int(minor), "BRL") if currency == _REAL and int(minor) else None
    line = line_of(barcode)
    due = due_date(factor, near=_NEAR)
    return Decoded(
        profile=_CODE,
        amount=amount,
        currency="BRL" if currency == _REAL else None,
        reference=None,
        tree={
            "bank": bank,
            "currency": currency,
            "check_digit": check,
            "due_factor": factor,
            "amount": minor,
            "free_field": free,
        },
        details={
            "bank": bank,
            "due_date": None if due is None else due.isoformat(),
            "due_dates": [day.isoformat() for day in due_dates(factor)],
            "free_field": free,
            "barcode": barcode,
            "line": line,
            "shown": shown(line),
        },
    )


def _encode(values: Mapping[str, str]) -> str:
    """The printed line, or with ``form=barcode`` the 44 digits: from its parts, or from the other form in ``text``."""
    given = fields.optional(values, "text")
    parts = [name for name in _PARTS_GIVEN if fields.optional(values, name) is not None]
    if given is not None and parts:
        raise Invalid("boleto_form", f"The text says {', '.join(parts)} already.", fix="Give the text or its parts.")
    barcode = _barcode(values) if given is None else barcode_of(given)
    form = fields.optional(values, "form") or "line"
    if form not in ("line", "barcode"):
        raise Invalid("boleto_form", f"A boleto has no form {form!r}.", fix="Give form=line or form=barcode.")
    return barcode if form == "barcode" else shown(line_of(barcode))


def _barcode(values: Mapping[str, str]) -> str:
    bank = fields.matching(
        fields.required(values, "bank"), r"[0-7][0-9]{2}", code="boleto_bank", message="A bank's code is three digits."
    )
    free = digits.compact(fields.required(values, "free_field")) or ""
    message = "The free field is 25 digits, as the bank's manual has them."
    fields.matching(free, r"[0-9]{25}", code="boleto_free_field", message=message)
    due = fields.optional(values, "due_date")
    amount = fields.amount(values, "BRL")
    minor = 0 if amount is None else amount.minor
    if not 0 <= minor <= _MAX_AMOUNT:
        raise Invalid("amount_too_large", "A boleto carries up to BRL 99,999,999.99.")
    rest = f"{'0000' if due is None else due_factor(fields.day(due))}{minor:010d}{free}"
    return f"{bank}{_REAL}{general_digit(bank + _REAL + rest)}{rest}"


BOLETO: Final = Codec(
    code=_CODE,
    name="Boleto bancário",
    country="BR",
    decode=_decode,
    encode=_encode,
    fields=("bank", "due_date", "amount", "free_field", "text", "form"),
    source="FEBRABAN layout as kivanio/brcobranca@325e0eae has it; Itaú's published sample; boletophp issue 62",
    confidence=Confidence.SECONDARY,
)
