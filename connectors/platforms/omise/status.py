"""Asking Omise what became of a charge: ``GET /charges/{id}``; everything that is booked comes from here.

A charge that is successful is a receipt, whatever was given back of it; each refund in its list a reversal. A dispute
is a contest: open while it is ``open`` or ``pending``, then won or lost. A charge that failed, expired or was reversed
before it was captured will not be paid any more. Amounts are in the smallest unit, which is ISO 4217's in each currency
that Omise takes payments in; days are those of Bangkok.
Source: https://docs.omise.co/charges-api, …/refunds-api and …/disputes-api (2026-11, confidence high; medium for a
dispute's ``closed_at``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_moment,
    as_object,
    as_text,
    as_whole,
    basic,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    PlatformFact,
    ReceiptFact,
    RequestExpired,
    ReversalFact,
    ReversalKind,
)

DEFAULT_BASE_URL: Final = "https://api.omise.co"
API_VERSION: Final = "2019-05-29"
NAME: Final = "Omise"
_BANGKOK: Final = timezone(timedelta(hours=7))
_CHARGE: Final = re.compile(r"chrg_[0-9A-Za-z_]{1,60}", re.ASCII)
_REFUNDS_LIMIT: Final = 100
_OVER: Final = frozenset(("failed", "expired", "reversed"))
CHARGE_STATUSES: Final = _OVER | {"pending", "successful"}
REFUND_STATUSES: Final = frozenset(("pending", "closed"))
_PHASES: Final = {
    "open": ContestPhase.OPENED,
    "pending": ContestPhase.OPENED,
    "won": ContestPhase.WON,
    "lost": ContestPhase.LOST,
}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a charge by its identifier."""
    return request(config, "GET", f"/charges/{reference_in_path(reference, _CHARGE)}")


def request(
    config: Mapping[str, str], method: str, path: str, document: Any = None, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """A request to Omise under the connection's key and the version of the API that is read here."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=basic(config["api_key"]),
        document=document,
        headers={"Omise-Version": API_VERSION, **(headers or {})},
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a charge as it stands; an unknown status is ``Invalid``."""
    charge = answer_of(response, NAME)
    name = as_text(charge.get("id"), "the charge's id")
    status = known_status(charge.get("status"), CHARGE_STATUSES, "a charge")
    if status in _OVER:
        return (RequestExpired(name),)
    if status != "successful":
        return (Ignored(f"charge.{status}"),)
    facts: list[PlatformFact] = [_receipt(charge, name)]
    facts.extend(_refund(refund, name) for refund in _listed(charge) if _closed(refund))
    if charge.get("dispute") is not None:
        facts.append(_contest(as_object(charge.get("dispute"), "the dispute"), name))
    return tuple(facts)


def _receipt(charge: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_moment(charge.get("paid_at"), "when the charge was paid")
    metadata, source = (_part(charge, part) for part in ("metadata", "source"))
    card = _part(charge, "card")
    names = (metadata.get("afluente_request"), charge.get("link"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(charge, "the charge's amount"),
        at=at,
        value_date=_day(at),
        references=tuple(filter(None, (*map(optional_text, names), name))),
        fee=_kept(charge),
        payer_name=optional_text(source.get("name")) or optional_text(card.get("name")),
        remittance=optional_text(charge.get("description")),
        rail=optional_text(source.get("type")) or ("card" if card else None),
    )


def _kept(charge: Mapping[str, Any]) -> Money | None:
    """What Omise keeps, its VAT with it; ``None`` where the parts do not sum up in the charge's own currency."""
    amounts = [charge.get(part) for part in ("amount", "fee", "fee_vat", "net")]
    numbers = [value for value in amounts if isinstance(value, int) and not isinstance(value, bool)]
    if len(numbers) != len(amounts) or charge.get("funding_currency") != charge.get("currency"):
        return None
    amount, fee, tax, net = numbers
    kept = fee + tax
    return Money(kept, _currency(charge)) if amount - kept == net and 0 <= kept <= amount else None


def _listed(charge: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The refunds of a charge; a list that Omise cut short is no answer."""
    stated = charge.get("refunds")
    if stated is None:
        return []
    page = as_object(stated, "the charge's refunds")
    refunds = as_list(page.get("data"), "the charge's refunds", limit=_REFUNDS_LIMIT)
    if as_whole(page.get("total"), "the number of refunds") != len(refunds):
        raise malformed("The answer does not list every refund of the charge.")
    return [as_object(one, "a refund") for one in refunds]


def _closed(refund: Mapping[str, Any]) -> bool:
    return known_status(refund.get("status"), REFUND_STATUSES, "a refund") == "closed"


def _refund(refund: Mapping[str, Any], charge: str) -> ReversalFact:
    at = as_moment(refund.get("created_at"), "when the refund was made")
    return ReversalFact(
        external_ref=as_text(refund.get("id"), "the refund's id"),
        original_ref=charge,
        amount=_money(refund, "the refund's amount"),
        at=at,
        value_date=_day(at),
        kind=ReversalKind.REFUND,
    )


def _contest(dispute: Mapping[str, Any], charge: str) -> ContestFact:
    phase = _PHASES[known_status(dispute.get("status"), frozenset(_PHASES), "a dispute")]
    moment = dispute.get("created_at" if phase is ContestPhase.OPENED else "closed_at")
    at = as_moment(moment, "when the dispute came to this")
    return ContestFact(
        external_ref=as_text(dispute.get("id"), "the dispute's id"),
        original_ref=charge,
        amount=_money(dispute, "the dispute's amount"),
        at=at,
        value_date=_day(at),
        kind=ContestKind.CHARGEBACK,
        phase=phase,
        reason=optional_text(dispute.get("reason_code")),
    )


def _money(document: Mapping[str, Any], what: str) -> Money:
    return above_zero(Money(as_whole(document.get("amount"), what), _currency(document)))


def _currency(document: Mapping[str, Any]) -> str:
    return as_text(document.get("currency"), "the currency").upper()


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _day(at: datetime) -> date:
    return at.astimezone(_BANGKOK).date()
