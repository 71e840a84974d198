"""What a statement says, as canonical JSON, and the SHA-256 that names it: who holds both can prove that they agree.

The JSON has the fields of the API's statement with all lines. Canonical means: keys in order, no blanks, UTF-8, moments
in UTC. Neither the language of a page nor the moment of printing is part of it, so the same facts have the same name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.account_statements import AccountStatement, ConvertedSection, ConvertedTotal, Line, Movement, Section
from domain.fx import Rate
from domain.money import Money

Fields = dict[str, Any]


def canonical(statement: AccountStatement, lines: Sequence[Line]) -> bytes:
    """The statement with all its lines as canonical JSON."""
    content: Fields = {
        "account_id": statement.account.id,
        "role": statement.account.role.value,
        "name": statement.account.name,
        "first": statement.period.first.isoformat(),
        "until": statement.period.until.isoformat(),
        "known_at": None if statement.known_at is None else _moment(statement.known_at),
        "sections": [_section(section) for section in statement.sections],
        "converted": None if statement.converted is None else _converted(statement.converted),
        "lines": [_line(line) for line in lines],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def name_of(content: bytes) -> str:
    """The SHA-256 of canonical content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _amount(amount: Money) -> Fields:
    return {"amount": f"{amount.decimal:f}", "currency": amount.currency}


def _moved(movements: Mapping[Movement, Money]) -> list[Fields]:
    return [{"movement": one.value, "amount": _amount(amount)} for one, amount in movements.items()]


def _section(section: Section) -> Fields:
    return {
        "currency": section.currency,
        "opening": _amount(section.opening),
        "movements": _moved(section.movements),
        "closing": _amount(section.closing),
        "entries": section.entries,
    }


def _converted(shown: ConvertedTotal) -> Fields:
    return {
        "currency": shown.currency,
        "rates_on": shown.on.isoformat(),
        "complete": shown.complete,
        "opening": _amount(shown.opening),
        "movements": _moved(shown.movements),
        "rounding": _amount(shown.rounding),
        "closing": _amount(shown.closing),
        "lines": [_converted_line(line) for line in shown.lines],
    }


def _converted_line(line: ConvertedSection) -> Fields:
    done, error = line.converted, line.error
    return {
        "original": _amount(line.original),
        "converted": None if done is None else _amount(done.amount),
        "rate": None if done is None else _rate(done.rate),
        "error_code": None if error is None else error.code,
        "error": None if error is None else error.message,
    }


def _rate(rate: Rate) -> Fields:
    return {
        "base": rate.base,
        "quote": rate.quote,
        "value": f"{rate.value:f}",
        "as_of": rate.as_of.isoformat(),
        "source": rate.source,
        "path": list(rate.path),
    }


def _line(line: Line) -> Fields:
    return {
        "entry_id": line.entry_id,
        "kind": line.kind,
        "effective_date": line.effective_date.isoformat(),
        "booked_at": _moment(line.booked_at),
        "source": line.source,
        "reverses": line.reverses,
        "amount": _amount(line.amount),
        "parts": [{"movement": part.movement.value, "amount": _amount(part.amount)} for part in line.parts],
        "counterparts": [
            {"account_id": one.account_id, "role": one.role.value, "name": one.name} for one in line.counterparts
        ],
    }
