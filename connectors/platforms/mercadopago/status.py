"""Asking Mercado Pago what became of a payment: ``GET /v1/payments/{id}``; everything that is booked comes from here.

A payment that was approved is a receipt, named by its identifier, whatever became of it later. Each refund that was
approved is a reversal, named by its own; one that was rejected or cancelled will not be paid. A chargeback is a
contest, named after the payment: held while ``in_process``, lost when ``settled``, won when ``reimbursed``. One that
was cancelled or rejected will not be paid any more; one in mediation says nothing yet beyond its receipt.

Amounts are decimals of the payment's currency, which agree with ISO 4217 (CLP whole). What Mercado Pago keeps is booked
from its reports, which tell taxes too.
Source: https://www.mercadopago.com.br/developers/en/docs/checkout-api-payments/response-handling/query-results and
https://www.mercadopago.com.br/developers/en/reference/payments/_payments_id/get (2026-11, confidence high; medium for
the details of ``charged_back``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_major,
    as_moment,
    as_object,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from connectors.platforms.mercadopago.webhooks import name_of
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
    ReversalKind,
)

DEFAULT_BASE_URL: Final = "https://api.mercadopago.com"
NAME: Final = "Mercado Pago"
_PAYMENT: Final = re.compile(r"[0-9]{1,30}", re.ASCII)
_REFUNDS_LIMIT: Final = 200
_PAID: Final = frozenset(("approved", "refunded", "charged_back", "in_mediation"))
_OPEN: Final = frozenset(("pending", "in_process", "authorized"))
_OVER: Final = frozenset(("cancelled", "rejected"))
_REFUND_OPEN: Final = frozenset(("in_process", "authorized"))
_REFUND_STATUSES: Final = _REFUND_OPEN | {"approved", "rejected", "cancelled"}
_PHASES: Final = {
    "in_process": ContestPhase.OPENED,
    "settled": ContestPhase.LOST,
    "reimbursed": ContestPhase.WON,
}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks for a payment by its identifier."""
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}/v1/payments/{reference_in_path(reference, _PAYMENT)}"
    return json_request("GET", url, authorization=f"Bearer {config['api_key']}")


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment as it stands; an unknown status is ``Invalid``."""
    payment = answer_of(response, NAME)
    name = name_of(payment)
    if name is None or not _PAYMENT.fullmatch(name):
        raise malformed("A payment has an identifier of digits.")
    status = known_status(payment.get("status"), _PAID | _OPEN | _OVER, "a payment")
    if status in _OPEN:
        return (Ignored(f"payment.{status}"),)
    if status in _OVER:
        return (RequestExpired(name),)
    facts: list[PlatformFact] = [_receipt(payment, name)]
    facts.extend(_refunds(payment, name))
    if status == "charged_back":
        facts.append(_contest(payment, name))
    return tuple(facts)


def _receipt(payment: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_moment(payment.get("date_approved"), "when the payment was approved")
    payer = payment.get("payer")
    identification = payer.get("identification") if isinstance(payer, dict) else None
    return ReceiptFact(
        external_ref=name,
        amount=_money(payment.get("transaction_amount"), payment),
        at=at,
        value_date=at.date(),
        references=tuple(filter(None, (optional_text(payment.get("external_reference")),))),
        payer_name=_name_of_payer(payer),
        payer_document=optional_text(identification.get("number")) if isinstance(identification, dict) else None,
        rail=optional_text(payment.get("payment_method_id")),
    )


def _money(value: Any, payment: Mapping[str, Any]) -> Money:
    return above_zero(as_major(value, payment.get("currency_id"), "the amount"))


def _name_of_payer(payer: Any) -> str | None:
    if not isinstance(payer, dict):
        return None
    names = (optional_text(payer.get("first_name")), optional_text(payer.get("last_name")))
    return " ".join(filter(None, names)) or None


def _refunds(payment: Mapping[str, Any], name: str) -> list[PlatformFact]:
    listed = payment.get("refunds")
    if listed is None:
        return []
    found: list[PlatformFact] = []
    for item in as_list(listed, "the payment's refunds", limit=_REFUNDS_LIMIT):
        refund = as_object(item, "a refund")
        status = known_status(refund.get("status"), _REFUND_STATUSES, "a refund")
        if status in _REFUND_OPEN:
            continue
        own = name_of(refund)
        if own is None:
            raise malformed("A refund has an identifier.")
        if status != "approved":
            found.append(RefundFailed(own, name, status))
            continue
        at = as_moment(refund.get("date_created"), "when the refund was made")
        found.append(
            ReversalFact(
                external_ref=own,
                original_ref=name,
                amount=_money(refund.get("amount"), payment),
                at=at,
                value_date=at.date(),
                kind=ReversalKind.REFUND,
                reason=optional_text(refund.get("reason")),
            )
        )
    return found


def _contest(payment: Mapping[str, Any], name: str) -> ContestFact:
    detail = known_status(payment.get("status_detail"), frozenset(_PHASES), "a chargeback")
    at = as_moment(payment.get("date_last_updated"), "when the payment was last changed")
    return ContestFact(
        external_ref=f"{name}:chargeback",
        original_ref=name,
        amount=_money(payment.get("transaction_amount"), payment),
        at=at,
        value_date=at.date(),
        kind=ContestKind.CHARGEBACK,
        phase=_PHASES[detail],
    )
