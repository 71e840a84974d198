"""Asking Tap what became of a charge (``GET /v2/charges/{id}``) or a refund (``GET /v2/refunds/{id}``).

A charge that was captured is a receipt, at the moment of its activity ``CAPTURED``; our request is its
``reference.transaction``. A refund that was made is a reversal, at the moment it was asked for, for no other is stated;
one that failed in any way will not be paid. A charge that failed in any way will not be paid any more. Amounts are
decimals by ISO 4217; moments are milliseconds since 1970; days are those of Riyadh and Kuwait (UTC+3), in which Tap
states its times.
Source: https://developers.tap.company/reference/charges, …/reference/retrieve-a-charges and
https://developers.tap.company/docs/refunds (read 2026-11, confidence high; medium for a refund's moment).
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
    as_major,
    as_milliseconds,
    as_object,
    as_text,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RefundFailed, RequestExpired, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://api.tap.company"
NAME: Final = "Tap"
ASKED: Final = re.compile(r"(chg|re)_[0-9A-Za-z]{1,80}", re.ASCII)
_RIYADH: Final = timezone(timedelta(hours=3))
_ACTIVITIES_LIMIT: Final = 200
OVER: Final = frozenset(("ABANDONED", "CANCELLED", "FAILED", "DECLINED", "RESTRICTED", "VOID", "TIMEDOUT"))
CHARGE_STATUSES: Final = OVER | {"INITIATED", "IN_PROGRESS", "CAPTURED", "UNKNOWN"}
REFUND_FAILED: Final = frozenset(
    ("CANCELLED", "FAILED", "DECLINED", "RESTRICTED", "RESTRICRTED", "TIMEDOUT", "TIMED_OUT")
)
REFUND_STATUSES: Final = REFUND_FAILED | {"REFUNDED", "PENDING", "IN_PROGRESS", "ACCEPTED", "UNKNOWN"}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a charge (``chg_…``) or a refund (``re_…``)."""
    name = reference_in_path(reference, ASKED)
    return request(config, "GET", f"/v2/{'charges' if name.startswith('chg_') else 'refunds'}/{name}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Tap under the connection's secret key."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=f"Bearer {config['api_key']}",
        document=document,
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a charge or refund as it stands; an unknown status is ``Invalid``."""
    document = answer_of(response, NAME)
    kind, name = document.get("object"), as_text(document.get("id"), "the id of what was asked for")
    if kind == "refund":
        return (_refund(document, name),)
    if kind != "charge":
        raise malformed("A charge or a refund was expected.")
    status = known_status(document.get("status"), CHARGE_STATUSES, "a charge")
    if status in OVER:
        return (RequestExpired(name),)
    return (_receipt(document, name) if status == "CAPTURED" else Ignored(f"charge.{status}"),)


def _receipt(charge: Mapping[str, Any], name: str) -> ReceiptFact:
    if charge.get("auto_reversed") is True:
        raise Invalid(
            "reversal_untold",
            "Tap shows the charge as reversed by itself, but not when.",
            fix="Look the charge up in Tap's dashboard and record what is left of it by hand.",
        )
    at = _captured(charge)
    reference, source, payer = (_part(charge, part) for part in ("reference", "source", "customer"))
    names = (reference.get("transaction"), reference.get("order"), reference.get("payment"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(charge),
        at=at,
        value_date=_day(at),
        references=tuple(dict.fromkeys(filter(None, (*map(optional_text, names), name)))),
        payer_name=" ".join(filter(None, map(optional_text, (payer.get("first_name"), payer.get("last_name")))))
        or None,
        remittance=optional_text(charge.get("description")),
        rail=optional_text(source.get("payment_method")),
    )


def _captured(charge: Mapping[str, Any]) -> datetime:
    listed = as_list(charge.get("activities"), "the charge's activities", limit=_ACTIVITIES_LIMIT)
    activities = [as_object(one, "an activity") for one in listed]
    moments = [
        as_milliseconds(one.get("created"), "when the charge was captured")
        for one in activities
        if one.get("status") == "CAPTURED"
    ]
    if not moments:
        raise malformed("A charge that was captured says when.")
    return min(moments)


def _refund(refund: Mapping[str, Any], name: str) -> PlatformFact:
    status = known_status(refund.get("status"), REFUND_STATUSES, "a refund")
    charge = as_text(refund.get("charge_id"), "the charge that was refunded")
    if status in REFUND_FAILED:
        return RefundFailed(name, charge, status)
    if status != "REFUNDED":
        return Ignored(f"refund.{status}")
    at = as_milliseconds(refund.get("created"), "when the refund was asked for")
    return ReversalFact(
        external_ref=name,
        original_ref=charge,
        amount=_money(refund),
        at=at,
        value_date=_day(at),
        kind=ReversalKind.REFUND,
        reason=optional_text(refund.get("reason")),
    )


def _money(document: Mapping[str, Any]) -> Money:
    return above_zero(as_major(document.get("amount"), document.get("currency"), "the amount"))


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _day(at: datetime) -> date:
    return at.astimezone(_RIYADH).date()
