"""Omise: PromptPay charges, their refunds and disputes, and signed events.

Source: https://docs.omise.co/charges-api, …/promptpay, …/refunds-api, …/disputes-api, …/api-webhooks. Its settlement
file is not public, so none is played.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.peers.fake_world.model import (
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
    iso,
    rounded,
)


def satang(amount: Decimal) -> int:
    """An amount in the smallest unit of baht."""
    return int(amount.scaleb(2))


def sign(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """``Omise-Signature`` over the time and the body, under a secret that is shown in Base64."""
    stamp = str(int(now.timestamp()))
    mac = hmac.new(base64.b64decode(secret), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Omise-Signature": mac, "Omise-Signature-Timestamp": stamp}


class Omise:
    """PromptPay."""

    code = "omise"
    path = re.compile(r"/charges(/|$)")
    retries = (60.0, 300.0, 1800.0, 7200.0, 21_600.0)  # not published

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        secret = base64.b64encode(letters(32).encode()).decode()
        return {"api_key": f"skey_test_{letters(19)}", "webhook_secret": secret}

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        return {**merchant.keys, "base_url": base_url}

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            pair = base64.b64decode(given).decode() if kind == "Basic" else ""
        except (binascii.Error, ValueError):
            return None
        return next((one for one in merchants if pair == f"{one.keys['api_key']}:"), None)

    def unauthorised(self) -> Reply:
        return Reply(401, {"object": "error", "code": "authentication_failure"})

    def idempotency_key(self, request: Incoming) -> str | None:
        return request.headers.get("idempotency-key")

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        _, _, *names = request.path.split("/")
        if not names:
            return self._ask(world, merchant, json.loads(request.body))
        asked = merchant.asked.get(names[0])
        if asked is None:
            raise Refusal(404, {"object": "error", "code": "not_found"})
        if request.method == "GET":
            return Reply(200, self._charge(world, asked))
        wanted = json.loads(request.body)
        try:
            refund = world.refund(asked.id, amount=Decimal(wanted["amount"]).scaleb(-2))
        except LookupError:
            raise _invalid("failed_refund") from None
        return Reply(200, self._back(refund))

    def _ask(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        if wanted.get("currency") != merchant.currency or wanted.get("source", {}).get("type") != "promptpay":
            raise _invalid("invalid_charge")
        if not isinstance(wanted.get("amount"), int) or wanted["amount"] < 1:
            raise _invalid("invalid_amount")
        asked = Asked(
            id=f"chrg_test_{world.letters(19).lower()}",
            ours=wanted.get("metadata", {}).get("afluente_request", ""),
            amount=rounded(Decimal(wanted["amount"]).scaleb(-2), merchant.currency),
            currency=merchant.currency,
            merchant=merchant,
            created=world.now(),
            expires=datetime.fromisoformat(wanted["expires_at"]) if wanted.get("expires_at") else None,
            details={"metadata": wanted.get("metadata", {}), "description": wanted.get("description")},
        )
        merchant.asked[asked.id] = asked
        return Reply(200, self._charge(world, asked))

    def _charge(self, world: Any, asked: Asked) -> dict[str, Any]:
        payment = asked.payments[-1] if asked.payments else None
        amount = payment.amount if payment else asked.amount
        kept = payment.fee if payment else Decimal(0)
        refunds = [self._back(one) for one in payment.refunds] if payment else []
        picture = f"{world.base_url}/page/{asked.id}"
        return {
            "object": "charge",
            "id": asked.id,
            "amount": satang(amount),
            "currency": asked.currency,
            "funding_amount": satang(amount),
            "funding_currency": asked.currency,
            "fee": satang(kept),
            "fee_vat": 0,
            "net": satang(amount - kept),
            "description": asked.details["description"],
            "metadata": asked.details["metadata"],
            "status": "successful" if payment else "pending",
            "refunds": {"object": "list", "total": len(refunds), "data": refunds},
            "link": None,
            "card": None,
            "source": {
                "type": "promptpay",
                "name": payment.payer if payment else None,
                "scannable_code": {"image": {"download_uri": picture}},
            },
            "dispute": self._dispute(payment.contest) if payment and payment.contest else None,
            "created_at": iso(asked.created, timespec="seconds"),
            "expires_at": iso(asked.expires or asked.created + timedelta(days=1), timespec="seconds"),
            "paid_at": iso(payment.at, timespec="seconds") if payment else None,
        }

    def _back(self, refund: Refund) -> dict[str, Any]:
        return {
            "object": "refund",
            "id": refund.id,
            "amount": satang(refund.amount),
            "currency": refund.payment.currency,
            "charge": refund.payment.id,
            "status": "closed",
            "created_at": iso(refund.at, timespec="seconds"),
        }

    def _dispute(self, contest: Contest) -> dict[str, Any]:
        is_open = contest.phase == "opened"
        return {
            "object": "dispute",
            "id": contest.id,
            "amount": satang(contest.amount),
            "currency": contest.payment.currency,
            "status": "open" if is_open else contest.phase,
            "charge": contest.payment.id,
            "reason_code": "fraud",
            "created_at": iso(contest.opened, timespec="seconds"),
            "closed_at": None if is_open or contest.changed is None else iso(contest.changed, timespec="seconds"),
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        payment.id = payment.asked.id
        told = {"object": "charge", "id": payment.id, "status": "successful"}
        return [self._event(world, "charge.complete", told)]

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = f"rfnd_test_{world.letters(19).lower()}"
        return [self._event(world, "refund.create", self._back(refund))]

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        if contest.phase == "opened":
            contest.id = f"dspt_test_{world.letters(19).lower()}"
        kind = "create" if contest.phase == "opened" else "close"
        return [self._event(world, f"dispute.{kind}", self._dispute(contest))]

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        payout.id = f"trsf_test_{world.letters(19).lower()}"
        return []

    def _event(self, world: Any, key: str, data: dict[str, Any]) -> Message:
        event = {"object": "event", "id": f"evnt_test_{world.letters(19).lower()}", "key": key, "data": data}
        return Message(dump({**event, "created_at": iso(world.now(), timespec="seconds")}), sign)

    def report(self, moves: list[Move]) -> bytes | None:
        return None


def _invalid(code: str) -> Refusal:
    return Refusal(400, {"object": "error", "code": code})
