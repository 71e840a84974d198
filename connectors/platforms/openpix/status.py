"""Asking OpenPix what became of a charge: ``GET /api/v1/charge/{correlationID}``.

A charge that is completed is a receipt, named by its ``correlationID``. Its answer states what was asked for, not what
was paid, which is the same for the kind of charge made here (``DYNAMIC``); for others it is not read. Days are
those of Brasília.
Source: https://developers.openpix.com.br/api (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

DEFAULT_BASE_URL: Final = "https://api.openpix.com.br"
NAME: Final = "OpenPix"
CURRENCY: Final = "BRL"
STATUSES: Final = frozenset(("ACTIVE", "COMPLETED", "EXPIRED"))
_BRASILIA: Final = timezone(timedelta(hours=-3))
_CHARGE: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", re.ASCII)


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a charge by its ``correlationID``."""
    return request(config, "GET", f"/api/v1/charge/{reference_in_path(reference, _CHARGE)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to OpenPix under the connection's AppID."""
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}{path}"
    return json_request(method, url, authorization=config["api_key"], document=document)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a charge as it stands; an unknown status is ``Invalid``."""
    charge = as_object(answer_of(response, NAME).get("charge"), "the charge")
    status = known_status(charge.get("status"), STATUSES, "a charge")
    if status == "EXPIRED":
        return (RequestExpired(as_text(charge.get("correlationID"), "the charge's name")),)
    if status != "COMPLETED":
        return (Ignored(f"charge.{status}"),)
    if charge.get("type", "DYNAMIC") != "DYNAMIC":
        raise malformed("Only a charge that is paid as it was asked for states what was paid.")
    asked = charge.get("valueWithDiscount")
    return (receipt_of(charge, amount_of(charge.get("value") if asked is None else asked, "the charge's value")),)


def receipt_of(charge: Mapping[str, Any], amount: Money) -> ReceiptFact:
    """The receipt of an amount that was paid for a charge."""
    at = as_moment(charge.get("paidAt"), "when the charge was paid")
    name = as_text(charge.get("correlationID"), "the charge's name")
    payer = charge.get("payer")
    return ReceiptFact(
        external_ref=name,
        amount=amount,
        at=at,
        value_date=day_of(at),
        references=tuple(filter(None, (name, optional_text(charge.get("transactionID"))))),
        payer_name=name_of(payer),
        payer_document=document_of(payer),
        remittance=optional_text(charge.get("comment")),
        rail="pix",
    )


def amount_of(value: Any, what: str) -> Money:
    """An amount in centavos above zero."""
    return above_zero(Money(as_whole(value, what), CURRENCY))


def day_of(at: datetime) -> date:
    """The day in Brasília."""
    return at.astimezone(_BRASILIA).date()


def name_of(payer: Any) -> str | None:
    """The payer's name, where it is told."""
    return optional_text(payer.get("name")) if isinstance(payer, dict) else None


def document_of(payer: Any) -> str | None:
    """The payer's CPF or CNPJ, where it is told."""
    tax = payer.get("taxID") if isinstance(payer, dict) else None
    return optional_text(tax.get("taxID")) if isinstance(tax, dict) else None
