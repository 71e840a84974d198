"""Mercado Pago: Pix payments and payment pages, webhooks that name a payment, refunds, the settlement report.

Source: https://www.mercadopago.com.br/developers/en/reference/payments/_payments/post, …/payments/_payments_id/get,
…/chargebacks/_payments_id_refunds/post, …/preferences/_checkout_preferences/post,
…/docs/your-integrations/notifications/webhooks, …/docs/reports/account-money/report-fields.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
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
    rounded,
)

BRASILIA = timezone(timedelta(hours=-3))
_DETAILS = {"opened": "in_process", "lost": "settled", "won": "reimbursed"}
_TYPES = {
    "payment": "SETTLEMENT",
    "refund": "REFUND",
    "chargeback": "CHARGEBACK",
    "chargeback_won": "CHARGEBACK",
    "payout": "PAYOUT",
}
_COLUMNS = (
    "EXTERNAL_REFERENCE",
    "SOURCE_ID",
    "PAYMENT_METHOD",
    "TRANSACTION_TYPE",
    "TRANSACTION_AMOUNT",
    "TRANSACTION_DATE",
    "FEE_AMOUNT",
    "SETTLEMENT_NET_AMOUNT",
    "SETTLEMENT_CURRENCY",
    "TAXES_AMOUNT",
)


def local(moment: datetime) -> str:
    """A moment as Mercado Pago writes it, with the offset of Brasília."""
    return moment.astimezone(BRASILIA).isoformat(timespec="milliseconds")


def sign(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """``x-signature`` over what the notification is about, the request's identifier and a time."""
    about = json.loads(body)["data"]["id"]
    stamp, request_id = str(int(now.timestamp() * 1000)), f"rq-{int(now.timestamp() * 1_000_000)}"
    text = f"id:{str(about).lower()};request-id:{request_id};ts:{stamp};"
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"x-signature": f"ts={stamp},v1={mac}", "x-request-id": request_id}


class MercadoPago:
    """Pix and payment pages."""

    code = "mercadopago"
    path = re.compile(r"/(v1/payments|checkout/preferences)(/|$)")
    retries = (900.0, 1800.0, 21_600.0, 172_800.0)

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        return {"api_key": f"TEST-{letters(40)}", "webhook_secret": letters(40)}

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        return {**merchant.keys, "base_url": base_url}

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        given = request.headers.get("authorization", "")
        return next((one for one in merchants if given == f"Bearer {one.keys['api_key']}"), None)

    def unauthorised(self) -> Reply:
        return Reply(401, {"message": "Unauthorized use of live credentials", "status": 401})

    def idempotency_key(self, request: Incoming) -> str | None:
        return request.headers.get("x-idempotency-key") if request.path.startswith("/v1/") else None

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        parts = request.path.strip("/").split("/")
        if request.method == "GET":
            return Reply(200, self._payment(self._known(merchant, parts[-1])))
        wanted = json.loads(request.body, parse_float=Decimal)
        if parts[-1] == "refunds":
            return self._refund(world, self._known(merchant, parts[-2]), wanted)
        if not request.headers.get("x-idempotency-key"):
            raise _invalid("Header X-Idempotency-Key can't be null")
        return self._pix(world, merchant, wanted) if parts[0] == "v1" else self._page(world, merchant, wanted)

    def _known(self, merchant: Merchant, name: str) -> Payment | Asked:
        if name in merchant.payments:
            return merchant.payments[name]
        if name in merchant.asked:
            return merchant.asked[name]
        raise Refusal(404, {"message": "Payment not found", "error": "not_found", "status": 404})

    def _pix(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        if wanted.get("payment_method_id") != "pix" or not wanted.get("payer", {}).get("email"):
            raise _invalid("payer.email must be a valid email")
        asked = self._asked(world, merchant, world.number(11), wanted["transaction_amount"], wanted)
        return Reply(201, self._payment(asked))

    def _page(self, world: Any, merchant: Merchant, wanted: dict[str, Any]) -> Reply:
        item = wanted["items"][0]
        asked = self._asked(world, merchant, f"pref-{world.letters(24)}", item["unit_price"], wanted)
        return Reply(201, {"id": asked.id, "init_point": f"{world.base_url}/page/{asked.id}"})

    def _asked(self, world: Any, merchant: Merchant, name: str, amount: Any, wanted: dict[str, Any]) -> Asked:
        if Decimal(amount) <= 0:
            raise _invalid("transaction_amount must be positive")
        merchant.asked[name] = Asked(
            id=name,
            ours=wanted["external_reference"],
            amount=rounded(Decimal(amount), merchant.currency),
            currency=merchant.currency,
            merchant=merchant,
            created=world.now(),
            expires=datetime.fromisoformat(wanted.get("date_of_expiration") or wanted["expiration_date_to"]),
            details={"method": wanted.get("payment_method_id", "master")},
        )
        return merchant.asked[name]

    def _refund(self, world: Any, payment: Payment | Asked, wanted: dict[str, Any]) -> Reply:
        if isinstance(payment, Asked):
            raise _invalid("The action requested is not valid for the current payment state")
        try:
            refund = world.refund(payment.id, amount=Decimal(wanted["amount"]))
        except LookupError:
            raise _invalid("Amount is above what is left") from None
        return Reply(201, self._given_back(refund))

    def _payment(self, one: Payment | Asked) -> dict[str, Any]:
        asked = one if isinstance(one, Asked) else one.asked
        document: dict[str, Any] = {
            "id": int(one.id) if one.id.isdecimal() else one.id,
            "status": "pending",
            "status_detail": "pending_waiting_transfer",
            "currency_id": asked.currency,
            "transaction_amount": asked.amount if isinstance(one, Asked) else one.amount,
            "external_reference": asked.ours,
            "payment_method_id": asked.details["method"],
            "date_created": local(asked.created),
            "date_of_expiration": local(asked.expires or asked.created),
            "point_of_interaction": {"transaction_data": {"qr_code": f"00020101{asked.id}"}},
        }
        if isinstance(one, Payment):
            document |= self._paid(one)
        return document

    def _paid(self, payment: Payment) -> dict[str, Any]:
        contest = payment.contest
        back = sum((one.amount for one in payment.refunds), Decimal(0))
        status = "charged_back" if contest else "refunded" if back == payment.amount else "approved"
        moments = [payment.at, *(one.at for one in payment.refunds), *([contest.changed] if contest else [])]
        return {
            "status": status,
            "status_detail": _DETAILS[contest.phase] if contest else "accredited",
            "date_approved": local(payment.at),
            "date_last_updated": local(max(moment for moment in moments if moment)),
            "payer": {"first_name": payment.payer},
            "refunds": [self._given_back(one) for one in payment.refunds],
        }

    def _given_back(self, refund: Refund) -> dict[str, Any]:
        return {
            "id": int(refund.id),
            "payment_id": int(refund.payment.id),
            "amount": refund.amount,
            "status": "approved",
            "date_created": local(refund.at),
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        payment.id = payment.asked.id if payment.asked.id.isdecimal() else world.number(11)
        return [self._notified(world, "payment", payment)]

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = world.number(10)
        return [self._notified(world, "payment", refund.payment)]

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        contest.id = f"{contest.payment.id}:chargeback"  # by which the connector knows a payment's only contest
        return [self._notified(world, "payment", contest.payment)]

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        payout.id = world.number(11)
        return []

    def _notified(self, world: Any, topic: str, payment: Payment) -> Message:
        document = {
            "id": int(world.number(9)),
            "live_mode": False,
            "type": topic,
            "action": f"{topic}.updated",
            "api_version": "v1",
            "date_created": local(world.now()),
            "user_id": "700100",
            "data": {"id": payment.id},
        }
        return Message(dump(document), sign)

    def report(self, moves: list[Move]) -> bytes:
        """The settlement report: fees and taxes stand below zero where they were kept."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";")
        writer.writerow(_COLUMNS)
        for move in moves:
            payment, payout = move.payment, move.payout
            writer.writerow(
                [
                    payment.asked.ours if payment else "",
                    payment.id if payment else move.source,
                    payment.asked.details["method"] if payment else "",
                    _TYPES[move.kind],
                    f"{move.gross:f}",
                    local(move.at),
                    f"{-move.fee:f}",
                    f"{move.net:f}",
                    payment.currency if payment else payout.merchant.currency if payout else "",
                    f"{-move.tax:f}",
                ]
            )
        return out.getvalue().encode()


def _invalid(message: str) -> Refusal:
    return Refusal(400, {"message": message, "error": "bad_request", "status": 400})
