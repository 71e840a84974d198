"""Refunds that a platform had taken and then gives up are told as that; one still on its way is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors import platforms, registry
from domain.platforms import HttpResponse
from domain.receipts import PlatformFact, RefundFailed, ReversalFact

SAMPLES = Path(platforms.__file__).parent
GIVEN_UP = {
    "xendit": ("FAILED", "CANCELLED", "CANCELED"),
    "dlocal": ("REJECTED", "CANCELLED"),
    "tap": ("FAILED", "DECLINED", "CANCELLED", "RESTRICTED", "TIMEDOUT"),
    "paymongo": ("failed",),
    "mercadopago": ("rejected", "cancelled"),
}
ON_ITS_WAY = {
    "xendit": ("PENDING",),
    "dlocal": ("PENDING",),
    "tap": ("PENDING", "IN_PROGRESS"),
    "paymongo": ("pending", "processing"),
    "mercadopago": ("in_process", "authorized"),
}


def answer(platform: str) -> dict[str, Any]:
    """The platform's answer of its sample that tells of a refund."""
    name = "partially_refunded" if platform == "mercadopago" else "refund"
    found: dict[str, Any] = json.loads((SAMPLES / platform / "samples" / "answers" / f"{name}.json").read_bytes())
    return found


def refund_in(platform: str, document: Mapping[str, Any]) -> Any:
    """Where the answer states the refund."""
    if platform == "mercadopago":
        return document["refunds"][0]
    return document["data"]["attributes"] if platform == "paymongo" else document


def told(platform: str, status: str | None = None) -> list[PlatformFact]:
    """What the platform's answer says of refunds, once its refund stands so."""
    document = answer(platform)
    if status is not None:
        refund_in(platform, document)["status"] = status
    query = registry.platform(platform).status
    assert query is not None
    facts = query.read(HttpResponse(200, {"content-type": "application/json"}, json.dumps(document).encode()))
    return [fact for fact in facts if isinstance(fact, ReversalFact | RefundFailed)]


def each(statuses: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(platform, status) for platform, known in statuses.items() for status in known]


@pytest.mark.parametrize(("platform", "status"), each(GIVEN_UP))
def test_a_refund_that_will_not_be_paid_is_told_under_the_names_of_one_that_was(platform: str, status: str) -> None:
    (made,) = told(platform)
    (failed,) = told(platform, status)
    assert isinstance(made, ReversalFact)
    assert isinstance(failed, RefundFailed)
    assert (failed.external_ref, failed.original_ref) == (made.external_ref, made.original_ref)
    assert failed.reason


@pytest.mark.parametrize(("platform", "status"), each(ON_ITS_WAY))
def test_nothing_is_said_of_a_refund_on_its_way(platform: str, status: str) -> None:
    assert told(platform, status) == []


def test_checkout_com_tells_that_a_refund_is_declined() -> None:
    webhooks = registry.platform("checkout_com").webhooks
    assert webhooks is not None
    event = json.loads((SAMPLES / "checkout_com" / "samples" / "payment_refunded.json").read_bytes())
    (made,) = webhooks.parse(json.dumps(event).encode())
    event["type"] = "payment_refund_declined"
    event["data"]["response_summary"] = "Insufficient funds"
    (failed,) = webhooks.parse(json.dumps(event).encode())
    assert isinstance(made, ReversalFact)
    assert failed == RefundFailed(made.external_ref, made.original_ref, "Insufficient funds")


@pytest.mark.parametrize("platform", [one.code for one in registry.platforms().values() if one.refunds])
def test_a_refund_that_is_asked_about_by_itself_has_a_name_that_can_be_asked(platform: str) -> None:
    """Where the payment's answer does not list refunds, the platform is asked by the refund's own name."""
    found = registry.platform(platform)
    assert found.refunds is not None
    if found.refunds.asked_as is None or found.status is None:
        assert platform not in {"xendit", "dlocal", "tap"}
        return
    (made,) = told(platform)
    assert isinstance(made, ReversalFact)
    config = {"api_key": "k", "x_login": "l", "x_trans_key": "t", "secret_key": "s"}
    url = found.status.build(found.refunds.asked_as(made.external_ref), config).url
    assert url.endswith(f"/refunds/{made.external_ref}")
