"""The control API of the fake world: merchants, what debtors do, what goes wrong, reports, statements and the truth."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.peers.fake_world.model import Merchant, Move
from tests.peers.fake_world.post import Letter, Mischief
from tests.peers.fake_world.world import World

LONGEST_WAIT_SECONDS = 60.0


class Control:
    """Acts by name. Amounts are texts in major units."""

    def __init__(self, world: World) -> None:
        self.world = world

    def act(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        """What an address of the control API answers; ``LookupError`` and ``ValueError`` for what cannot be."""
        verb, _, rest = path.partition("/")
        found = getattr(self, f"{method.lower()}_{verb.replace('-', '_')}", None)
        if found is None:
            raise LookupError(f"There is no {method} /control/{path}.")
        return found(rest, query) if method == "GET" else found(rest, body)

    # Merchants --------------------------------------------------------------------------------------------------

    def post_merchants(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Open a merchant's account, or change one: where it is told, its habits, the faults of its next requests."""
        with self.world.lock:
            if not name:
                merchant = self.world.open(**{part: body[part] for part in ("platform", "country", "currency")})
            else:
                merchant = self.world.merchants[name]
            merchant.webhook_url = body.get("webhook_url", merchant.webhook_url)
            merchant.habits |= set(body.get("habits", ()))
            merchant.faults += body.get("faults", ())
            return self._merchant(merchant)

    def _merchant(self, merchant: Merchant) -> dict[str, Any]:
        settings = self.world.players[merchant.platform].settings(merchant, self.world.base_url)
        return {
            "id": merchant.id,
            "platform": merchant.platform,
            "settings": settings,
            "bank_account": merchant.bank_account,
            "asked": [
                {"id": one.id, "ours": one.ours, "amount": f"{one.amount:f}", "state": one.state}
                for one in merchant.asked.values()
            ],
            "payouts": [{"id": one.id, "amount": f"{one.amount:f}", "trace": one.trace} for one in merchant.payouts],
        }

    def get_merchants(self, name: str, _: dict[str, str]) -> dict[str, Any]:
        """A merchant with what it asked for."""
        with self.world.lock:
            return self._merchant(self.world.merchants[name])

    # What happens -----------------------------------------------------------------------------------------------

    def post_pay(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """A debtor pays what was asked for under a name."""
        how = _how(body)
        payment = self.world.pay(name, amount=_amount(body), payer=body.get("payer"), **how)
        return {"id": payment.id, "amount": f"{payment.amount:f}", "currency": payment.currency}

    def post_refund(self, payment_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """A payment is given back in the dashboard."""
        refund = self.world.refund(payment_id, amount=_amount(body), **_how(body))
        return {"id": refund.id, "amount": f"{refund.amount:f}"}

    def post_contest(self, payment_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """A payment is contested, or that ends."""
        contest = self.world.contest(payment_id, body.get("phase", "opened"), **_how(body))
        return {"id": contest.id, "phase": contest.phase, "amount": f"{contest.amount:f}"}

    def post_payout(self, merchant_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """What lies at the platform goes to the bank."""
        short = Decimal(body["short"]) if "short" in body else None
        payout = self.world.pay_out(merchant_id, short=short, **_how(body))
        return {} if payout is None else {"id": payout.id, "amount": f"{payout.amount:f}", "trace": payout.trace}

    def post_clock(self, _: str, body: dict[str, Any]) -> dict[str, Any]:
        """Move the world's moment."""
        self.world.shift = timedelta(seconds=float(body["shift_seconds"]))
        return {"now": self.world.now().isoformat()}

    def post_mischief(self, _: str, body: dict[str, Any]) -> dict[str, Any]:
        """How often messages go wrong on their way from now on."""
        self.world.post.mischief = Mischief(**body)
        return asdict(self.world.post.mischief)

    def post_hold(self, _: str, body: dict[str, Any]) -> dict[str, Any]:
        """Hold the post back, or let it go."""
        self.world.post.hold(held=bool(body["held"]))
        return {}

    # What can be seen -------------------------------------------------------------------------------------------

    def get_quiet(self, _: str, query: dict[str, str]) -> dict[str, Any]:
        """Wait until no message is on its way."""
        seconds = min(float(query.get("seconds", "20")), LONGEST_WAIT_SECONDS)
        return {"quiet": self.world.post.quiet(seconds)}

    def get_letters(self, _: str, _query: dict[str, str]) -> list[dict[str, Any]]:
        """Every message with its attempts, in the order in which they were posted."""
        return [_letter(one) for one in list(self.world.post.letters)]

    def get_truth(self, _: str, _query: dict[str, str]) -> list[dict[str, str]]:
        """Every unit that was paid."""
        return self.world.truth()

    def get_report(self, merchant_id: str, query: dict[str, str]) -> bytes:
        """A platform's settlement report of everything; ``wrong`` as in ``post_payout`` and the bank's statement."""
        with self.world.lock:
            merchant = self.world.merchants[merchant_id]
            content = self.world.players[merchant.platform].report(_stated(merchant.moves, query.get("wrong")))
        if content is None:
            raise LookupError(f"{merchant.platform} has no report here.")
        return content

    def get_statement(self, account: str, query: dict[str, str]) -> bytes:
        """The bank's statement of everything, ``form`` mt940 or camt053."""
        with self.world.lock:
            return self.world.bank.statement(account, form=query.get("form", "mt940"), wrong=query.get("wrong"))


def _stated(moves: list[Move], wrong: str | None) -> list[Move]:
    """A report's movements; ``missing_line`` lacks the last payment, ``wrong_amount`` states half of it.

    A wrong report names no batches: one whose batch did not come to its payout would be refused as a whole.
    """
    payments = [one for one in moves if one.kind == "payment" and one.payout is None] or [
        one for one in moves if one.kind == "payment"
    ]
    if wrong is None or not payments:
        return moves
    last = payments[-1]
    loose = [one if one.kind == "payout" else replace(one, payout=None) for one in moves]  # so that no batch fails
    place = moves.index(last)
    if wrong == "missing_line":
        return loose[:place] + loose[place + 1 :]
    if wrong == "wrong_amount":
        half = (last.gross / 2).quantize(Decimal("0.01"))
        return [*loose[:place], replace(loose[place], gross=half), *loose[place + 1 :]]
    raise LookupError(f"A report is not wrong in the way of {wrong}.")


def _letter(one: Letter) -> dict[str, Any]:
    return {"number": one.number, "attempts": one.attempts, "delivered": one.delivered, "given_up": one.given_up}


def _how(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("duplicates", "delay_seconds", "bad_signature", "backwards") if name in body}


def _amount(body: dict[str, Any]) -> Decimal | None:
    return Decimal(body["amount"]) if "amount" in body else None
