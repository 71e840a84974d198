"""A statement as JSON: amounts as decimal strings with their currency, days and times in ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any, Final

from domain.money import Money
from domain.receipts import (
    Announced,
    ContestFact,
    Ignored,
    PayoutFact,
    PayoutReturned,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
    Statement,
)


def statement_json(statement: Statement) -> dict[str, Any]:
    """The JSON object that ``afluente statements parse`` prints for a statement."""
    return {
        "statement_id": statement.statement_id,
        "account": statement.account,
        "currency": statement.currency,
        "opening": _money(statement.opening),
        "closing": _money(statement.closing),
        "booked_on": None if statement.booked_on is None else statement.booked_on.isoformat(),
        "lines": [{"line_no": line.line_no, **fact_json(line.fact)} for line in statement.lines],
    }


def fact_json(fact: PlatformFact | Announced) -> dict[str, Any]:
    """One fact: its ``kind`` (receipt, reversal, contest, payout and so on) and all that it states, in order."""
    kind, renamed = _KINDS[type(fact)]
    stated = {
        renamed if field.name == "kind" else field.name: _json(getattr(fact, field.name)) for field in fields(fact)
    }
    return {"kind": kind, **stated}


_KINDS: Final[Mapping[type[PlatformFact | Announced], tuple[str, str]]] = {
    ReceiptFact: ("receipt", ""),
    ReversalFact: ("reversal", "reversal_kind"),
    RefundFailed: ("refund_failed", ""),
    ContestFact: ("contest", "contest_kind"),
    PayoutFact: ("payout", ""),
    PayoutReturned: ("payout_returned", ""),
    RequestExpired: ("request_expired", ""),
    Ignored: ("ignored", "why"),
    Announced: ("announced", ""),
}
"""What each fact is called, and the name of its own ``kind`` where it has one."""


def _json(value: Any) -> Any:
    match value:
        case Money():
            return _money(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def _money(amount: Money | None) -> dict[str, str] | None:
    return None if amount is None else {"amount": f"{amount.decimal:f}", "currency": amount.currency}
