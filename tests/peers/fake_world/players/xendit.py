"""Xendit, Payments API v3: payment requests, payments and refunds, webhooks with a shared token, the balance report.

Source: https://docs.xendit.co/apidocs/create-payment-request, …/payment-webhook-notification, …/get-payment,
…/create-a-refund, https://docs.xendit.co/docs/balance-report.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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

_COLUMNS = (
    "Product ID",
    "Transaction ID",
    "Transaction Type",
    "Line Type",
    "Payment Channel",
    "Reference",
    "Currency",
    "Amount",
    "Debit or Credit",
    "Created Date ISO",
)
_TYPES = {"payment": "PAYMENT", "refund": "REFUND", "payout": "WITHDRAWAL"}


def sign(secret: str, _body: bytes, _now: datetime) -> dict[str, str]:
    """One token, the same in every call."""
    return {"x-callback-token": secret}


class Xendit:
    """Codes, virtual accounts and wallets."""

    code = "xendit"
    path = re.compile(r"/v3/(payment_requests|payments|refunds)")
    retries = (900.0, 2700.0, 7200.0, 10_800.0, 21_600.0, 43_200.0)

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        return {"api_key": f"xnd_development_{letters(40)}", "webhook_secret": letters(40)}

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
        return Reply(401, {"error_code": "INVALID_API_KEY", "message": "API key format is invalid"})

    def idempotency_key(self, request: Incoming) -> str | None:
        return request.headers.get("idempotency-key")

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        if not request.headers.get("api-version"):
            raise _invalid("api-version is required")
        _, _, kind, *rest = request.path.split("/")
        if request.method == "GET":
            return self._read(merchant, kind, rest[0] if rest else "")
        wanted = json.loads(request.body, parse_float=Decimal)
        if kind == "refunds":
            return self._refund(world, merchant, wanted)
        return self._ask(world, merchant, wanted)

    def _read(self, merchant: Merchant, kind: str, name: str) -> Reply:
        if kind == "payments" and name in merchant.payments:
            return Reply(200, self._payment(merchant.payments[name]))
        if kind == "refunds" and name in merchant.refunds:
            return Reply(200, self._refunded(merchant.refunds[name]))
        raise Refusal(404, {"error_code": "DATA_NOT_FOUND"})

    def _ask(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        for name in ("reference_id", "type", "country", "currency", "request_amount", "channel_code"):
            if not wanted.get(name):
                raise _invalid(f"{name} is required")
        amount = Decimal(wanted["request_amount"])
        if amount <= 0 or wanted["currency"] != merchant.currency or wanted["country"] != merchant.country:
            raise _invalid("request_amount or currency is invalid")
        expires = wanted.get("channel_properties", {}).get("expires_at")
        asked = Asked(
            id=f"pr-{world.letters(32)}",
            ours=wanted["reference_id"],
            amount=rounded(amount, merchant.currency),
            currency=merchant.currency,
            merchant=merchant,
            created=world.now(),
            expires=datetime.fromisoformat(expires) if expires else world.now() + timedelta(days=1),
            details={"channel_code": wanted["channel_code"], "properties": wanted.get("channel_properties", {})},
        )
        merchant.asked[asked.id] = asked
        shown = {"type": "PRESENT_TO_CUSTOMER", "descriptor": "QR_STRING", "value": f"00020101{asked.id}"}
        return Reply(
            201,
            {
                "payment_request_id": asked.id,
                "reference_id": asked.ours,
                "status": "REQUIRES_ACTION",
                "request_amount": asked.amount,
                "currency": asked.currency,
                "channel_code": asked.details["channel_code"],
                "channel_properties": asked.details["properties"],
                "actions": [shown],
            },
        )

    def _refund(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        if wanted.get("payment_id") not in merchant.payments:
            raise Refusal(404, {"error_code": "DATA_NOT_FOUND"})
        try:
            refund = world.refund(wanted["payment_id"], amount=Decimal(wanted["amount"]), ours=wanted["reference_id"])
        except LookupError:
            raise _invalid("amount is above what is left") from None
        return Reply(200, {**self._refunded(refund), "status": "PENDING"})

    def _payment(self, payment: Payment) -> dict[str, Any]:
        at = iso(payment.at)
        return {
            "payment_id": payment.id,
            "payment_request_id": payment.asked.id,
            "reference_id": payment.asked.ours,
            "status": "SUCCEEDED",
            "request_amount": payment.asked.amount,
            "currency": payment.currency,
            "channel_code": payment.asked.details["channel_code"],
            "captures": [
                {"capture_id": f"cap-{payment.id[3:]}", "capture_amount": payment.amount, "capture_timestamp": at}
            ],
            "payment_details": {"payer_name": payment.payer},
            "created": at,
            "updated": at,
        }

    def _refunded(self, refund: Refund) -> dict[str, Any]:
        at = iso(refund.at)
        return {
            "refund_id": refund.id,
            "reference_id": refund.ours,
            "payment_id": refund.payment.id,
            "status": "SUCCEEDED",
            "amount": refund.amount,
            "currency": refund.payment.currency,
            "reason": "REQUESTED_BY_CUSTOMER",
            "created": at,
            "updated": at,
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        payment.id = f"py-{world.letters(32)}"
        return [self._event(world, "payment.capture", self._payment(payment))]

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = f"rfd-{world.letters(32)}"
        return [self._event(world, "refund.succeeded", self._refunded(refund))]

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        raise LookupError("What Xendit says of a dispute is not public.")

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        payout.id = f"disb-{world.letters(24)}"
        return []

    def _event(self, world: Any, kind: str, document: dict[str, Any]) -> Message:
        return Message(dump({"event": kind, "created": iso(world.now()), "data": document}), sign)

    def report(self, moves: list[Move]) -> bytes:
        """The balance report: a transaction, its fee and the VAT on it are rows of their own."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for move in moves:
            for line, amount in (("TRANSACTION", move.gross), ("FEE", -move.fee), ("VAT", -move.tax)):
                if amount or line == "TRANSACTION":
                    writer.writerow(self._row(move, line, amount))
        return out.getvalue().encode()

    def _row(self, move: Move, line: str, amount: Decimal) -> list[str]:
        payment = move.payment
        return [
            move.source,
            move.id,
            _TYPES[move.kind],
            line,
            payment.asked.details["channel_code"] if payment else "",
            payment.asked.ours if payment else move.source,
            payment.currency if payment else move.payout.merchant.currency if move.payout else "",
            f"{abs(amount):f}",
            "CREDIT" if amount >= 0 else "DEBIT",
            iso(move.at.astimezone(UTC)),
        ]


def _invalid(message: str) -> Refusal:
    return Refusal(400, {"error_code": "API_VALIDATION_ERROR", "message": message})
