"""The fake world itself: what happens in it, in order, and the truth of what was paid."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.peers.fake_world.bank import Bank
from tests.peers.fake_world.model import (
    Asked,
    Contest,
    Incoming,
    Merchant,
    Message,
    Move,
    Payment,
    Payout,
    Player,
    Refund,
    Refusal,
    Reply,
    rounded,
)
from tests.peers.fake_world.post import Post

FEE = Decimal("0.029")
CONTEST_FEE = Decimal(15)


@dataclass
class World:
    """Several platforms and a bank. Everything that it makes up comes from one seed; every act holds one lock."""

    players: Mapping[str, Player]
    seed: int = 1
    compression: float = 20_000.0
    base_url: str = ""
    merchants: dict[str, Merchant] = field(default_factory=dict)
    shift: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.lock = threading.RLock()
        self.bank = Bank(self.number)
        self.post = Post(self.now, self.compression, random.Random(self.seed + 1))

    # What is made up --------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The world's moment: the clock's, moved by ``shift``."""
        return datetime.now(UTC) + self.shift

    def letters(self, size: int) -> str:
        """Letters and digits that nobody has had yet."""
        return "".join(self.random.choices(string.ascii_letters + string.digits, k=size))

    def number(self, digits: int) -> str:
        """A number of so many digits that does not begin with 0."""
        return str(self.random.randrange(10 ** (digits - 1), 10**digits))

    # Merchants --------------------------------------------------------------------------------------------------

    def open(self, *, platform: str, country: str, currency: str) -> Merchant:
        """A merchant's account at a platform, with one at the bank that it pays out to."""
        player = self.players[platform]
        merchant = Merchant(
            id=f"mer_{len(self.merchants) + 1}",
            platform=platform,
            country=country,
            currency=currency,
            keys=player.keys(self.letters),
            bank_account=self.bank.open(country, currency),
        )
        self.merchants[merchant.id] = merchant
        return merchant

    def serve(self, request: Incoming) -> Reply:
        """The answer of the platform whose address it is, or ``404``."""
        with self.lock:
            player = next((one for one in self.players.values() if one.path.match(request.path)), None)
            if player is None:
                return Reply(404, {"error": "There is nothing here."})
            mine = [one for one in self.merchants.values() if one.platform == player.code]
            merchant = player.owner(request, mine)
            if merchant is None:
                return player.unauthorised()
            fault = merchant.faults.pop(0) if merchant.faults and not request.path.endswith("/token") else None
            if fault == "500":
                return Reply(500, {"error": "Something went wrong."})
            reply = self._once(player, merchant, request)
            return Reply(reply.status, reply.document, reply.headers, fault)

    def _once(self, player: Player, merchant: Merchant, request: Incoming) -> Reply:
        """Serve a request, or answer as before where its key was seen: another body under it is a conflict."""
        key = player.idempotency_key(request) if request.method in ("POST", "PUT") else None
        if key is not None and key in merchant.answered:
            body, reply = merchant.answered[key]
            return reply if body == request.body else Reply(409, {"error": "This key was used for something else."})
        try:
            reply = player.serve(self, merchant, request)
        except Refusal as refusal:
            return refusal.reply
        if key is not None:
            merchant.answered[key] = request.body, reply
        return reply

    # What happens -----------------------------------------------------------------------------------------------

    def find(self, name: str) -> Asked:
        """What was asked for under a name: the platform's or the merchant's own; the last of several."""
        found = [
            one for merchant in self.merchants.values() for one in merchant.asked.values() if name in (one.id, one.ours)
        ]
        if not found:
            raise LookupError(f"Nobody asked for {name}.")
        return found[-1]

    def find_place(self, location: str) -> str:
        """The name of the Pix charge at a location."""
        for merchant in self.merchants.values():
            for asked in merchant.asked.values():
                if merchant.platform == "pix_api" and location.endswith(asked.id[:32]):
                    return asked.id
        raise LookupError("There is no charge at this location.")

    def pay(self, name: str, *, amount: Decimal | None = None, payer: str | None = None, **how: Any) -> Payment:
        """A debtor pays: what was asked for, or more or less. The platform's messages are posted ``how`` they go.

        Who pays is whom the request names, or somebody.
        """
        with self.lock:
            asked = self.find(name)
            if asked.state != "open" and amount is None:
                raise LookupError(f"{name} is {asked.state} and cannot be paid.")
            paid = rounded(asked.amount if amount is None else amount, asked.currency)
            player = self.players[asked.merchant.platform]
            fee = rounded(paid * FEE, asked.currency) if player.code != "pix_api" else Decimal(0)
            tax = rounded(fee * Decimal("0.11"), asked.currency) if player.code == "xendit" else Decimal(0)
            payer = payer or asked.details.get("devedor", {}).get("nome") or "Maria Souza"
            payment = Payment(f"#{len(asked.merchant.payments)}", asked, paid, self.now(), payer, fee, tax)
            messages = player.paid(self, payment)
            asked.payments.append(payment)
            asked.merchant.payments[payment.id] = payment
            if paid >= asked.amount:
                asked.state = "paid"
            if player.code == "pix_api":
                self.bank.credit(
                    asked.merchant.bank_account,
                    amount=paid,
                    at=payment.at,
                    reference=payment.id,
                    text=f"PIX {asked.ours}",
                    name=payer,
                )
            self._moved(asked.merchant, "payment", paid, fee=fee, tax=tax, source=payment.id, payment=payment)
            self._send(asked.merchant, messages, **how)
            return payment

    def refund(self, payment_id: str, *, amount: Decimal | None = None, ours: str = "", **how: Any) -> Refund:
        """A merchant gives a payment back, in its dashboard or over the API."""
        with self.lock:
            payment = self.payment(payment_id)
            back = payment.left if amount is None else rounded(amount, payment.currency)
            if not 0 < back <= payment.left:
                raise LookupError(f"{back} cannot be given back of {payment_id}.")
            refund = Refund(f"#{len(payment.merchant.refunds)}", payment, back, self.now(), ours)
            payment.refunds.append(refund)
            messages = self.players[payment.merchant.platform].refunded(self, refund)
            payment.merchant.refunds[refund.id] = refund
            self._left_bank(payment, back, refund.id)
            self._moved(payment.merchant, "refund", -back, source=refund.id, payment=payment)
            self._send(payment.merchant, messages, **how)
            return refund

    def contest(self, payment_id: str, phase: str = "opened", **how: Any) -> Contest:
        """A payer's bank claims a payment back, or such a claim ends: ``opened``, ``won``, ``lost``."""
        with self.lock:
            payment = self.payment(payment_id)
            contest = payment.contest or Contest(f"#{payment.id}", payment, payment.left, self.now())
            contest.phase, contest.changed = phase, self.now()
            player = self.players[payment.merchant.platform]
            if payment.contest is None:
                contest.fee = Decimal(0) if player.code in ("pix_api", "mercadopago", "omise") else CONTEST_FEE
            payment.contest = contest
            messages = player.contested(self, contest)
            self._contest_moved(contest, phase)
            self._send(payment.merchant, messages, **how)
            return contest

    def _contest_moved(self, contest: Contest, phase: str) -> None:
        payment = contest.payment
        if payment.merchant.platform == "pix_api":
            if phase == "lost":
                self._left_bank(payment, contest.amount, contest.id)
        elif phase == "opened":
            self._moved(
                payment.merchant, "chargeback", -contest.amount, fee=contest.fee, source=contest.id, payment=payment
            )
        elif phase == "won":
            self._moved(payment.merchant, "chargeback_won", contest.amount, source=contest.id, payment=payment)

    def _left_bank(self, payment: Payment, amount: Decimal, reference: str) -> None:
        """A Pix that goes back leaves the account that it came to."""
        if payment.merchant.platform == "pix_api":
            self.bank.credit(
                payment.merchant.bank_account,
                amount=-amount,
                at=self.now(),
                reference=reference,
                text=f"PIX DEVOLVIDO {payment.id}",
                name=payment.payer,
            )

    def pay_out(self, merchant_id: str, *, short: Decimal | None = None, **how: Any) -> Payout | None:
        """Send what a merchant has at the platform to its bank; the bank gets ``short`` less, where that is said."""
        with self.lock:
            merchant = self.merchants[merchant_id]
            batch = [one for one in merchant.moves if one.payout is None]
            amount = sum((one.net for one in batch), Decimal(0))
            if merchant.platform == "pix_api" or amount <= 0:
                return None
            payout = Payout(f"#{len(merchant.payouts)}", merchant, amount, self.now(), f"TR{self.number(12)}")
            messages = self.players[merchant.platform].paid_out(self, payout)
            for one in batch:
                one.payout = payout
            merchant.payouts.append(payout)
            move = self._moved(merchant, "payout", -amount, source=payout.id)
            move.payout = payout
            self.bank.credit(
                merchant.bank_account,
                amount=amount - (short or Decimal(0)),
                at=payout.at,
                reference=payout.trace,
                text=f"{merchant.platform.upper()} PAYOUT {payout.id}",
                name=merchant.platform.title(),
            )
            self._send(merchant, messages, **how)
            return payout

    def payment(self, payment_id: str) -> Payment:
        """A payment by the platform's name of it."""
        for merchant in self.merchants.values():
            if payment_id in merchant.payments:
                return merchant.payments[payment_id]
        raise LookupError(f"There is no payment {payment_id}.")

    def _moved(self, merchant: Merchant, kind: str, gross: Decimal, **more: Any) -> Move:
        fee, tax = more.pop("fee", Decimal(0)), more.pop("tax", Decimal(0))
        move = Move(f"txn_{self.letters(18)}", kind, gross, fee, tax, self.now(), **more)
        merchant.moves.append(move)
        return move

    def _send(self, merchant: Merchant, messages: list[Message], **how: Any) -> None:
        if merchant.webhook_url is not None:
            player = self.players[merchant.platform]
            secret = merchant.keys["webhook_secret"]
            self.post.take(messages, merchant.webhook_url, secret, player.retries, **how)

    # What is true -----------------------------------------------------------------------------------------------

    def truth(self) -> list[dict[str, str]]:
        """Every unit of money that was paid, by the platform's name of it: what a correct book holds exactly once."""
        with self.lock:
            return [
                {
                    "merchant": merchant.id,
                    "platform": merchant.platform,
                    "external_ref": payment.id,
                    "ours": payment.asked.ours,
                    "amount": f"{payment.amount:f}",
                    "currency": payment.currency,
                    "left": f"{payment.left:f}",
                    "contest": payment.contest.phase if payment.contest else "",
                }
                for merchant in self.merchants.values()
                for payment in merchant.payments.values()
            ]
