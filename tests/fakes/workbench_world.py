"""A treasury's morning to look at: a platform's report and a bank's statement beside the book, and what came of it.

Over the console's world: what is certain is confirmed; some needs a person, one has two answers; some is not explained.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from activities.intake import IntakeActivities
from domain.reconciliation import Leg
from runtime import clock
from store import inbox
from store.creditors import PlatformConnection
from store.reconciliation import MatchGroup
from tests.fakes.console_world import NOW, Unmoved
from tests.fakes.reconciliation_world import Treasury, mt940, report

STRIPE, BANK = "Stripe Brasil", "Itaú 0001"
TYPED, PAID = "pi_7700481234ABCD", "pi_7700481234ABDC"
"""What the report says, and what the book says: two letters changed places."""


class _Told:
    """The console's world as the treasury's helpers ask for it."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    @property
    def connections(self) -> dict[str, PlatformConnection]:
        return self._world.links

    def clock(self) -> Any:
        return self._world.now()

    def tx(self) -> Any:
        return self._world.database.tenant(self._world.tenant_id)


@dataclass
class Workbench:
    """What was made, with a hand on it."""

    world: Any  # the console's world, or what has its database, tenant, links and clock

    @property
    def treasury(self) -> Treasury:
        """Runs, files and decisions."""
        return Treasury(_Told(self.world), actor="engine")

    def make(self) -> Workbench:
        """A platform's report, a bank's statement, and the runs over them."""
        self.pay("pi_7700480001", 125_000)
        self.pay("pi_7700480002", 80_000)
        self.pay(PAID, 45_310)
        for intent in ("pi_7700490001", "pi_7700490002"):
            self.pay(intent, 20_000)
        self.pay_out("po_7700490001", 97_100)
        self.hand_in_report(self.lines())
        self.hand_in_statement("261120,97100,NONREF,ITA1", "261119,15000,NONREF,ITA2")
        self.intake()
        self.treasury.run_all()
        return self

    def lines(self) -> list[dict[str, str]]:
        """The report: two payments as they are, one mistyped, two without a name, one unknown, a fee."""
        late = (NOW - timedelta(days=9)).date().isoformat()
        day = NOW.date().isoformat()
        return [
            {"reference": "pi_7700480001", "gross": "1250.00", "fee": "36.25", "net": "1213.75", "day": day},
            {"reference": "pi_7700480002", "gross": "800.00", "fee": "23.20", "net": "776.80", "day": day},
            {"reference": TYPED, "gross": "453.10", "fee": "13.14", "net": "439.96", "day": day, "payer": "J. Silva"},
            {"gross": "200.00", "day": day},
            {"gross": "200.00", "day": day},
            {"reference": "pi_7700999999", "gross": "61.20", "day": late, "payer": "Maria das Dores Albuquerque"},
            {"reference": "fee 11/2026", "gross": "-35.00", "kind": "fee", "day": late},
        ]

    def hand_in_report(self, lines: list[dict[str, str]]) -> None:
        """Stripe's report comes in."""
        self.treasury.hand_in(report(*lines), connection=STRIPE)

    def hand_in_statement(self, *moves: str) -> None:
        """The bank's statement comes in."""
        account = self.world.links[BANK].config["account"]
        self.treasury.hand_in(mt940(*moves, account=account), connection=BANK, mapped=False)

    def groups(self, *statuses: str, leg: Leg | None = None) -> list[MatchGroup]:
        """Groups in some states, oldest first."""
        return [one for one in self.treasury.groups(*statuses) if leg in (None, one.leg)]

    def pay(self, intent: str, minor: int) -> None:
        """A debtor pays over Stripe."""
        document = {
            "id": intent,
            "status": "succeeded",
            "amount_received": minor,
            "currency": "brl",
            "metadata": {"afluente_request": ""},
        }
        self._stripe("payment_intent.succeeded", document)

    def pay_out(self, name: str, minor: int) -> None:
        """Stripe sends a batch on its way."""
        moment = int(NOW.timestamp())
        document = {
            "id": name,
            "object": "payout",
            "amount": minor,
            "currency": "brl",
            "status": "paid",
            "created": moment,
            "arrival_date": moment,
            "statement_descriptor": None,
            "trace_id": None,
        }
        self._stripe("payout.paid", document)

    def _stripe(self, kind: str, document: dict[str, Any]) -> None:
        link, at = self.world.links[STRIPE], NOW - timedelta(hours=4)
        name = f"evt_{document['id']}"
        event = {
            "id": name,
            "object": "event",
            "type": kind,
            "created": int(at.timestamp()),
            "data": {"object": document},
        }
        delivery = inbox.Delivery(
            id=clock.new_id("inbox"),
            tenant_id=self.world.tenant_id,
            connection_id=link.id,
            platform=link.platform,
            delivery_id=name,
            body=json.dumps(event).encode(),
            received_at=at,
            next_try_at=at,
        )
        with self.world.database.tenant(self.world.tenant_id) as tx:
            inbox.receive(tx, delivery)
        self.intake()

    def intake(self) -> None:
        """What came in is booked."""
        IntakeActivities(self.world.database, Unmoved(), clock.new_id, self.world.now).batch(self.world.tenant_id)
