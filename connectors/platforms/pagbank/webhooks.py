"""What PagBank tells us: an order, or a charge, as it stands; which it is, its identifier says.

An order of the orders API is asked about whole (ORDE); a charge on its own, or of another product, by itself (CHAR).
What holds no charge, as when a page expires, is ignored; a chargeback (CBKS) is ``Invalid``, see the gaps.
Source: https://developer.pagbank.com.br/reference/webhooks and https://developer.pagbank.com.br/reference/webhooks-checkout
(2026-11, confidence high; the prefix of chargebacks as a public implementation reads it, medium).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_list, as_object, as_text, json_object, optional_text
from connectors.platforms.pagbank.status import CHARGE, CHARGES_LIMIT, ORDER
from domain.errors import Invalid
from domain.receipts import Announced, Ignored, PlatformFact

_CHARGEBACK: Final = "CBKS_"


def delivery_id(raw: bytes) -> str:
    """What it is about and a digest of it: PagBank names no notification, and repeats one word for word."""
    return f"{_name(json_object(raw))}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The order or charges to ask about, or ``Ignored`` for what holds no charge."""
    told = json_object(raw)
    name = _name(told)
    if name.startswith(_CHARGEBACK):
        raise Invalid(
            "contest_untold",
            "PagBank tells of a chargeback, which is not read.",
            fix="Look the chargeback up in PagBank's panel and record it by hand.",
        )
    if name.startswith(CHARGE):
        return (Announced(name, settled=_is_paid(told)),)
    listed = as_list(told.get("charges") or [], "the charges", limit=CHARGES_LIMIT)
    charges = [as_object(one, "a charge") for one in listed]
    if name.startswith(ORDER):
        return (Announced(name, settled=any(map(_is_paid, charges))),)
    found = tuple(Announced(as_text(one.get("id"), "the charge's id"), settled=_is_paid(one)) for one in charges)
    return found or (Ignored(name.partition("_")[0]),)


def _name(told: Mapping[str, Any]) -> str:
    return as_text(told.get("id"), "what it is about")


def _is_paid(charge: Mapping[str, Any]) -> bool:
    return optional_text(charge.get("status")) == "PAID"
