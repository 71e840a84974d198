"""A statement as JSON: amounts as decimal strings with their currency, days and times in ISO 8601."""

from __future__ import annotations

from typing import Any

from domain.money import Money
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, Statement


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


def fact_json(fact: PlatformFact) -> dict[str, Any]:
    """One fact; ``kind`` is ``receipt``, ``reversal``, ``request_expired`` or ``ignored``."""
    match fact:
        case ReceiptFact():
            return _receipt(fact)
        case ReversalFact():
            return {
                "kind": "reversal",
                "external_ref": fact.external_ref,
                "original_ref": fact.original_ref,
                "amount": _money(fact.amount),
                "at": fact.at.isoformat(),
                "value_date": fact.value_date.isoformat(),
                "reversal_kind": fact.kind.value,
                "reason": fact.reason,
            }
        case RequestExpired(request_ref=request_ref):
            return {"kind": "request_expired", "request_ref": request_ref}
        case Ignored(kind=why):
            return {"kind": "ignored", "why": why}


def _receipt(fact: ReceiptFact) -> dict[str, Any]:
    return {
        "kind": "receipt",
        "external_ref": fact.external_ref,
        "amount": _money(fact.amount),
        "at": fact.at.isoformat(),
        "value_date": fact.value_date.isoformat(),
        "references": list(fact.references),
        "fee": _money(fact.fee),
        "payer_name": fact.payer_name,
        "payer_document": fact.payer_document,
        "remittance": fact.remittance,
        "rail": fact.rail,
        "to_bank": fact.to_bank,
    }


def _money(amount: Money | None) -> dict[str, str] | None:
    return None if amount is None else {"amount": f"{amount.decimal:f}", "currency": amount.currency}
