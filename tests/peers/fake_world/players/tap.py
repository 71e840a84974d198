"""Tap: charges on its own page, refunds of whole charges, and webhooks signed over seven values.

Source: https://developers.tap.company/reference/charges, …/docs/webhook, …/docs/refunds. It is told with each request
where to notify; here the merchant's registered address is taken, for the one that it states must be HTTPS. No disputes,
payouts or report rows of it are public, so none are played.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.peers.fake_world.model import (
    DECIMALS,
    Asked,
    Contest,
    Incoming,
    Merchant,
    Message,
    Move,
    Payment,
    Payout,
    Refund,
    Refusal,
    Reply,
    dump,
    rounded,
)

_HOOK = "https://gateway.example/webhooks/tap/connection"


def milliseconds(moment: datetime) -> str:
    """A time as Tap writes it."""
    return str(int(moment.timestamp() * 1000))


def sign(secret: str, body: bytes, _now: datetime) -> dict[str, str]:
    """``hashstring`` over seven values of what is told, each after its name."""
    told = json.loads(body, parse_float=Decimal)
    currency, reference = told["currency"], told.get("reference", {})
    created = told["transaction"]["created"] if told["object"] == "charge" else told["created"]
    amount = f"{Decimal(told['amount']):.{DECIMALS.get(currency, 2)}f}"
    text = (
        f"x_id{told['id']}x_amount{amount}x_currency{currency}x_gateway_reference{reference.get('gateway', '')}"
        f"x_payment_reference{reference.get('payment', '')}x_status{told['status']}x_created{created}"
    )
    return {"hashstring": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


class Tap:
    """KNET, BENEFIT, mada and cards."""

    code = "tap"
    path = re.compile(r"/v2/(charges|refunds)(/|$)")
    retries = (60.0, 300.0, 1800.0)  # not published

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        secret = f"sk_test_{letters(24)}"
        return {"api_key": secret, "webhook_secret": secret}

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        page = "https://exporter.example/thanks"
        return {"api_key": merchant.keys["api_key"], "webhook_url": _HOOK, "return_url": page, "base_url": base_url}

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        given = request.headers.get("authorization", "")
        return next((one for one in merchants if given == f"Bearer {one.keys['api_key']}"), None)

    def unauthorised(self) -> Reply:
        return Reply(401, {"errors": [{"code": "2104", "description": "Unauthorized"}]})

    def idempotency_key(self, request: Incoming) -> str | None:
        return None

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        _, _, kind, *names = request.path.split("/")
        if request.method == "GET":
            return Reply(200, self._known(world, merchant, names[0]))
        wanted = json.loads(request.body, parse_float=Decimal)
        return self._ask(world, merchant, wanted) if kind == "charges" else self._refund(world, merchant, wanted)

    def _known(self, world: Any, merchant: Merchant, name: str) -> dict[str, Any]:
        if name in merchant.asked:
            return self._charge(world, merchant.asked[name])
        if name in merchant.refunds:
            return self._back(merchant.refunds[name])
        raise Refusal(404, {"errors": [{"code": "1143", "description": "Not found"}]})

    def _ask(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        right = wanted.get("customer", {}).get("email") and wanted.get("source", {}).get("id", "").startswith("src_")
        if not right or wanted.get("currency") != merchant.currency or Decimal(wanted["amount"]) <= 0:
            raise _invalid("1108", "Invalid charge")
        asked = Asked(
            id=f"chg_TS{world.letters(28)}",
            ours=wanted["reference"]["transaction"],
            amount=rounded(Decimal(wanted["amount"]), merchant.currency),
            currency=merchant.currency,
            merchant=merchant,
            created=world.now(),
            expires=world.now() + timedelta(minutes=wanted["transaction"]["expiry"]["period"]),
            details={"reference": wanted["reference"], "customer": wanted["customer"], "source": wanted["source"]},
        )
        merchant.asked[asked.id] = asked
        return Reply(200, self._charge(world, asked))

    def _refund(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        payment = merchant.payments.get(wanted.get("charge_id", ""))
        if payment is None or payment.refunds:
            raise _invalid("1142", "Refund can only be performed once")
        refund = world.refund(payment.id, amount=Decimal(wanted["amount"]), ours=wanted["reference"]["merchant"])
        return Reply(200, {**self._back(refund), "status": "PENDING"})

    def _charge(self, world: Any, asked: Asked) -> dict[str, Any]:
        payment = asked.payments[-1] if asked.payments else None
        status = "CAPTURED" if payment else "INITIATED"
        return self._told(asked, payment.amount if payment else asked.amount, status) | {
            "transaction": {
                "created": milliseconds(asked.created),
                "url": f"{world.base_url}/page/{asked.id}",
                "expiry": {"period": 60, "type": "MINUTE"},
            },
            "activities": [{"status": status, "created": int(milliseconds(payment.at))}] if payment else [],
            "source": {"payment_method": "KNET"},
        }

    def _told(self, asked: Asked, amount: Decimal, status: str) -> dict[str, Any]:
        return {
            "id": asked.id,
            "object": "charge",
            "amount": amount,
            "currency": asked.currency,
            "status": status,
            "customer": asked.details["customer"],
            "reference": {**asked.details["reference"], "gateway": "123456789", "payment": f"pay{asked.id[-10:]}"},
            "transaction": {"created": milliseconds(asked.created)},
        }

    def _back(self, refund: Refund) -> dict[str, Any]:
        return {
            "id": refund.id,
            "object": "refund",
            "amount": refund.amount,
            "currency": refund.payment.currency,
            "charge_id": refund.payment.id,
            "status": "REFUNDED",
            "created": milliseconds(refund.at),
            "reference": {"merchant": refund.ours},
            "reason": "requested_by_customer",
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        payment.id = payment.asked.id
        return [Message(dump(self._told(payment.asked, payment.amount, "CAPTURED")), sign)]

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = f"re_TS{world.letters(28)}"
        return [Message(dump(self._back(refund)), sign)]

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        raise LookupError("No webhook of a dispute at Tap is public.")

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        payout.id = f"po_TS{world.letters(20)}"
        return []

    def report(self, moves: list[Move]) -> bytes | None:
        return None


def _invalid(code: str, description: str) -> Refusal:
    return Refusal(400, {"errors": [{"code": code, "description": description}]})
