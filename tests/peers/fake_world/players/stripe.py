"""Stripe: Checkout Sessions, refunds, signed events, and the itemised payout reconciliation report.

Source: https://docs.stripe.com/api/checkout/sessions/create, …/api/refunds/create, …/api/events/types,
…/webhooks#verify-manually, …/currencies, …/reports/payout-reconciliation, …/api/idempotent_requests.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

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
    rounded,
)

ZERO_DECIMAL = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
VERSION = "2026-10-28.endive"
COLUMNS = (
    "automatic_payout_id",
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "charge_id",
    "payment_intent_id",
    "customer_name",
    "payment_metadata[afluente_request]",
    "trace_id",
)
CATEGORIES = {
    "payment": "charge",
    "refund": "refund",
    "chargeback": "dispute",
    "chargeback_won": "dispute_reversal",
    "payout": "payout",
    "fee": "fee",
}


def shift(currency: str) -> int:
    """How many decimals Stripe's amounts have."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def minor(amount: Decimal, currency: str) -> int:
    """An amount as Stripe states it."""
    return int(amount.scaleb(shift(currency)))


def sign(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """``Stripe-Signature`` over the moment of sending and the body."""
    stamp = int(now.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={mac}"}


def unix(moment: datetime) -> int:
    """Seconds since 1970."""
    return int(moment.timestamp())


class Stripe:
    """Payment pages for cards."""

    code = "stripe"
    path = re.compile(r"/v1/(checkout/sessions|payment_intents|refunds)")
    retries = (60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 43_200.0)  # "exponential back off", up to three days

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        return {"api_key": f"sk_test_{letters(24)}", "webhook_secret": f"whsec_{letters(32)}"}

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        return {**merchant.keys, "base_url": base_url, "return_url": "https://exporter.example/thanks"}

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        given = request.headers.get("authorization", "")
        return next((one for one in merchants if given == f"Bearer {one.keys['api_key']}"), None)

    def unauthorised(self) -> Reply:
        return Reply(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}})

    def idempotency_key(self, request: Incoming) -> str | None:
        return request.headers.get("idempotency-key")

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        if request.method == "GET":
            return Reply(200, self._read(world, merchant, request.path.rsplit("/", 1)[1]))
        form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        if request.path == "/v1/refunds":
            return Reply(200, self._give_back(world, merchant, form))
        asked = self._asked(world, merchant, form)
        merchant.asked[asked.id] = asked
        return Reply(200, self._session(world, asked), {"Request-Id": f"req_{world.letters(14)}"})

    def _read(self, world: Any, merchant: Merchant, name: str) -> dict[str, Any]:
        if name in merchant.asked:
            return self._session(world, merchant.asked[name])
        if name in merchant.refunds:
            return self._back(merchant.refunds[name])
        if name not in merchant.payments:
            raise Refusal(404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})
        payment = merchant.payments[name]
        backs = {"object": "list", "data": [self._back(one) for one in payment.refunds], "has_more": False}
        charge = {
            "id": payment.details["charge"],
            "object": "charge",
            "balance_transaction": {"object": "balance_transaction", "created": unix(payment.at)},
            "refunds": backs,
        }
        return {**self._intent(payment), "latest_charge": charge}

    def _give_back(self, world: Any, merchant: Merchant, form: dict[str, str]) -> dict[str, Any]:
        payment = merchant.payments.get(form.get("payment_intent", ""))
        if payment is None:
            raise _invalid("payment_intent", "No such payment_intent.")
        if not form.get("amount", "").isdecimal():
            raise _invalid("amount", "Invalid integer.")
        amount = Decimal(form["amount"]).scaleb(-shift(payment.currency.lower()))
        try:
            return self._back(world.refund(payment.id, amount=amount))
        except LookupError:
            raise _invalid("amount", "More than is left of the payment.") from None

    def _asked(self, world: Any, merchant: Merchant, form: dict[str, str]) -> Asked:
        price = "line_items[0][price_data]"
        for name in ("mode", f"{price}[currency]", f"{price}[unit_amount]", f"{price}[product_data][name]"):
            if not form.get(name):
                raise _invalid(name, "Missing required param.")
        for name in ("success_url", "cancel_url"):
            if not form.get(name, "").startswith("https://"):
                raise _invalid(name, "Not a valid URL.")
        currency, stated = form[f"{price}[currency]"], form[f"{price}[unit_amount]"]
        if not stated.isdecimal() or int(stated) <= 0 or (currency in THREE_DECIMAL and int(stated) % 10):
            raise _invalid(f"{price}[unit_amount]", "Invalid integer.")
        if form["mode"] != "payment":
            raise _invalid("mode", "Invalid mode.")
        prefix = "payment_intent_data[metadata]["
        metadata = {name[len(prefix) : -1]: value for name, value in form.items() if name.startswith(prefix)}
        now = world.now()
        return Asked(
            id=f"cs_test_{world.letters(40)}",
            ours=form.get("client_reference_id", ""),
            amount=rounded(Decimal(stated).scaleb(-shift(currency)), currency.upper()),
            currency=currency.upper(),
            merchant=merchant,
            created=now,
            expires=now + timedelta(hours=24),
            details={"metadata": metadata, "success_url": form["success_url"]},
        )

    def _session(self, world: Any, asked: Asked) -> dict[str, Any]:
        status = {"paid": "complete", "open": "open"}.get(asked.state, "expired")
        return {
            "id": asked.id,
            "object": "checkout.session",
            "amount_total": minor(asked.amount, asked.currency.lower()),
            "client_reference_id": asked.ours,
            "created": unix(asked.created),
            "currency": asked.currency.lower(),
            "expires_at": unix(asked.expires or asked.created),
            "livemode": False,
            "mode": "payment",
            "payment_intent": None,
            "payment_status": "paid" if asked.state == "paid" else "unpaid",
            "status": status,
            "success_url": asked.details["success_url"],
            "url": f"{world.base_url}/page/{asked.id}" if status == "open" else None,
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        payment.id = f"pi_3{world.letters(23)}"
        payment.details["charge"] = f"ch_3{world.letters(23)}"
        return [self._event(world, "payment_intent.succeeded", self._intent(payment))]

    def _intent(self, payment: Payment) -> dict[str, Any]:
        currency = payment.currency.lower()
        return {
            "id": payment.id,
            "object": "payment_intent",
            "amount": minor(payment.amount, currency),
            "amount_received": minor(payment.amount, currency),
            "created": unix(payment.at),
            "currency": currency,
            "latest_charge": payment.details["charge"],
            "livemode": False,
            "metadata": payment.asked.details["metadata"],
            "payment_method_types": ["card"],
            "status": "succeeded",
        }

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = f"re_3{world.letters(23)}"
        return [self._event(world, kind, self._back(refund)) for kind in ("refund.created", "refund.updated")]

    def _back(self, refund: Refund) -> dict[str, Any]:
        currency = refund.payment.currency.lower()
        return {
            "id": refund.id,
            "object": "refund",
            "amount": minor(refund.amount, currency),
            "charge": refund.payment.details["charge"],
            "created": unix(refund.at),
            "currency": currency,
            "payment_intent": refund.payment.id,
            "reason": "requested_by_customer",
            "status": "succeeded",
        }

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        if contest.phase == "opened":
            contest.id = f"du_1{world.letters(23)}"
            return [
                self._event(world, f"charge.dispute.{kind}", self._dispute(world, contest, "needs_response"))
                for kind in ("created", "funds_withdrawn")
            ]
        ended = self._dispute(world, contest, contest.phase)
        kinds = ("funds_reinstated", "closed") if contest.phase == "won" else ("closed",)
        return [self._event(world, f"charge.dispute.{kind}", ended) for kind in kinds]

    def _dispute(self, world: Any, contest: Contest, status: str) -> dict[str, Any]:
        currency = contest.payment.currency.lower()
        signs = (-1, 1) if status == "won" else (-1,)
        moves = [
            {
                "id": f"txn_1{world.letters(23)}",
                "object": "balance_transaction",
                "amount": way * minor(contest.amount, currency),
                "currency": currency,
                "fee": minor(contest.fee, currency) if way < 0 else 0,
                "reporting_category": "dispute" if way < 0 else "dispute_reversal",
            }
            for way in signs
        ]
        return {
            "id": contest.id,
            "object": "dispute",
            "amount": minor(contest.amount, currency),
            "balance_transactions": moves,
            "charge": contest.payment.details["charge"],
            "created": unix(contest.opened),
            "currency": currency,
            "payment_intent": contest.payment.id,
            "reason": "fraudulent",
            "status": status,
        }

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        payout.id = f"po_1{world.letters(23)}"
        currency = payout.merchant.currency.lower()
        document = {
            "id": payout.id,
            "object": "payout",
            "amount": minor(payout.amount, currency),
            "arrival_date": unix(payout.at),
            "automatic": True,
            "created": unix(payout.at),
            "currency": currency,
            "failure_code": None,
            "status": "paid",
            "trace_id": {"status": "supported", "value": payout.trace},
        }
        return [self._event(world, "payout.paid", document)]

    def _event(self, world: Any, kind: str, document: dict[str, Any]) -> Message:
        event = {
            "id": f"evt_1{world.letters(23)}",
            "object": "event",
            "api_version": VERSION,
            "created": unix(world.now()),
            "data": {"object": document},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        return Message(dump(event), sign)

    def report(self, moves: list[Move]) -> bytes:
        """``payout_reconciliation.itemized``: one row for each balance transaction, the payout among them."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for move in moves:
            payment, payout = move.payment, move.payout
            is_charge, is_payout = move.kind == "payment", move.kind == "payout"
            writer.writerow(
                [
                    payout.id if payout else "",
                    move.id,
                    f"{move.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
                    (payment.currency if payment else payout.merchant.currency if payout else "").lower(),
                    f"{move.gross:f}",
                    f"{move.fee:f}",
                    f"{move.net:f}",
                    CATEGORIES[move.kind],
                    payment.details["charge"] if payment and is_charge else move.source,
                    payment.details["charge"] if payment else "",
                    payment.id if payment else "",
                    payment.payer if payment and is_charge else "",
                    payment.asked.ours if payment and is_charge else "",
                    payout.trace if payout and is_payout else "",
                ]
            )
        return out.getvalue().encode()


def _invalid(param: str, message: str) -> Refusal:
    return Refusal(400, {"error": {"type": "invalid_request_error", "param": param, "message": message}})
