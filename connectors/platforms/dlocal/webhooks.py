"""What dLocal tells us: a payment, a refund or a chargeback as it stands, signed.

A refund and a chargeback name the payment that they are of; a chargeback's identifier begins with CHAR.
Source: https://docs.dlocal.com/docs/receive-notifications, …/docs/refunds and …/docs/chargebacks (2026-11, confidence
high; that chargebacks are known by their identifier, as every published example shows it: medium).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_text, json_object, optional_text
from connectors.platforms.dlocal.status import REFUND
from domain.errors import Invalid
from domain.receipts import Announced, PlatformFact

_CHARGEBACK: Final = "CHAR"
_MOVED: Final = frozenset(("PAID", "SUCCESS"))


def delivery_id(raw: bytes) -> str:
    """What it is about and how that stands: dLocal names no notification, and repeats one word for word."""
    told = json_object(raw)
    return "/".join((_name(told), optional_text(told.get("status")) or "-", _code(told)))


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The payment or refund to ask about; a chargeback is ``Invalid`` (see the gaps)."""
    told = json_object(raw)
    name = _name(told)
    if name.startswith(_CHARGEBACK):
        raise Invalid(
            "contest_untold",
            "dLocal tells of a chargeback, but not whether money is held.",
            fix="Look the chargeback up in dLocal's dashboard and record it by hand.",
        )
    settled = optional_text(told.get("status")) in _MOVED
    if told.get("payment_id") is not None:
        return (Announced(f"{REFUND}{name}", settled=settled),)
    return (Announced(name, settled=settled),)


def _name(told: Mapping[str, Any]) -> str:
    return as_text(told.get("id"), "what it is about")


def _code(told: Mapping[str, Any]) -> str:
    """The status code, which is a number in some places and a text in others."""
    code = told.get("status_code")
    return str(code) if isinstance(code, int) and abs(code) < _LARGEST else optional_text(code) or "-"


_LARGEST: Final = 10**9
