"""What tests of reconciliation share: a platform's report through a mapping, runs, and decisions of a person."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from activities.difference_decisions import Deciding
from activities.match_decisions import MatchDesk
from activities.reconciliation import Context, Found, ReconciliationDesk
from activities.statement_files import FileDesk
from connectors.statement_files.column_mapping import ColumnMapping
from domain.errors import Refused
from domain.fx import Rate
from domain.money import Money
from domain.reconciliation import Leg
from domain.statement_files import FileSource, LineKind
from ledger import accounts, balances
from runtime import clock
from store import column_mappings, differences, recon_listings, reconciliation
from store.column_mappings import StoredMapping
from store.differences import Difference, DifferenceFilter
from store.recon_listings import GroupFilter
from store.reconciliation import MatchGroup
from store.statement_files import SourceFile

REPORT = ColumnMapping(
    name="report",
    date="day",
    date_format="iso",
    source=FileSource.PLATFORM,
    currency="BRL",
    amount="net",
    gross="gross",
    fee="fee",
    tax="tax",
    id="id",
    references=("reference",),
    batch="batch",
    payer_name="payer",
    kind="kind",
    kinds={one.value: one for one in LineKind},
)
COLUMNS = ("day", "id", "reference", "kind", "gross", "fee", "tax", "net", "batch", "payer")


def report(*rows: dict[str, str]) -> bytes:
    """A platform's report; a row states what differs from a payment of nothing on 24 November."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for number, row in enumerate(rows, start=1):
        plain = dict.fromkeys(COLUMNS, "") | {
            "day": "2026-11-24",
            "id": f"txn_{number}",
            "kind": "payment",
            "fee": "0.00",
            "tax": "0.00",
        }
        full = plain | row
        full["net"] = full["net"] or full["gross"]
        writer.writerow(full)
    return out.getvalue().encode()


ACCOUNT = "BR1800360305000010009795493C1"
HEADER = (
    "statement_id,account,currency,line_no,value_date,booked_at,amount,reference,remittance,opening_balance,"
    "closing_balance"
)


def table(*rows: str, statement: str = "S1", opening: str = "", closing: str = "") -> bytes:
    """The house's own CSV: ``day,amount,reference,text`` for each row."""
    lines = [HEADER]
    for number, row in enumerate(rows, start=1):
        day, amount, reference, text = row.split(",")
        lines.append(
            f"{statement},{ACCOUNT},BRL,{number},{day},{day}T12:00:00+00:00,{amount},{reference},{text},{opening},{closing}"
        )
    return "\n".join(lines).encode()


def mt940(*moves: str, number: str = "1/1", opening: int = 0, account: str = ACCOUNT, currency: str = "BRL") -> bytes:
    """One MT940 statement; a move is ``YYMMDD,amount,reference``, its own reference stands after ``//`` if any."""
    total, lines = opening, []
    for move in moves:
        day, amount, reference, own = (*move.split(","), "")[:4]
        minor = int(amount)
        total += minor
        mark = "C" if minor >= 0 else "D"
        stated = f"{abs(minor) // 100},{abs(minor) % 100:02}"
        lines.append(f":61:{day}{day[2:]}{mark}{stated}NTRF{reference}" + (f"//{own}" if own else ""))

    def balance(tag: str, minor: int) -> str:
        return f":{tag}:{'C' if minor >= 0 else 'D'}261124{currency}{abs(minor) // 100},{abs(minor) % 100:02}"

    parts = [":20:STMT", f":25:{account}", f":28C:{number}", balance("60F", opening), *lines, balance("62F", total)]
    return ("\r\n".join(parts) + "\r\n-").encode()


class Treasury:
    """A treasury's day over a world of activities."""

    def __init__(self, world: Any, *, actor: str = "ana", roles: tuple[str, ...] = ("treasury",)) -> None:
        self.world, self.actor, self.roles = world, actor, frozenset(roles)

    def desk(self, tx: Any) -> ReconciliationDesk:
        """Reconciliation in a transaction."""
        return ReconciliationDesk(tx, clock.new_id, self.world.clock())

    def hand_in(self, content: bytes, *, connection: str = "stripe/BR", mapped: bool = True) -> SourceFile:
        """A file is handed in and read."""
        with self.world.tx() as tx:
            mapping_id = self._mapping(tx) if mapped else None
            desk = FileDesk(tx, clock.new_id, self.world.clock())
            file, _ = desk.receive(
                io.BytesIO(content),
                connection_id=self.world.connections[connection].id,
                filename="report.csv",
                actor=self.actor,
                mapping_id=mapping_id,
            )
            return desk.read_in(file.id)

    def _mapping(self, tx: Any) -> str:
        known = tx.exec_driver_sql("SELECT id FROM column_mapping").scalar()
        if known:
            return str(known)
        mapping_id = clock.new_id("column_mapping")
        column_mappings.add(
            tx,
            StoredMapping(mapping_id, self.world.tenant_id, "report", 1, REPORT.as_json(), "tests", self.world.clock()),
        )
        return mapping_id

    def run(self, leg: Leg, connection: str = "stripe/BR", *, dry: bool = False, currency: str = "BRL") -> Found:
        """Compare one context."""
        with self.world.tx() as tx:
            context = Context(self.world.connections[connection], leg, currency)
            return self.desk(tx).run(context, actor=self.actor, dry=dry)

    def run_all(self) -> list[Found]:
        """Compare every context."""
        with self.world.tx() as tx:
            contexts = self.desk(tx).contexts()
        found = []
        for context in contexts:
            with self.world.tx() as tx:
                found.append(self.desk(tx).run(context, actor=self.actor))
        return found

    def groups(self, *statuses: str) -> list[MatchGroup]:
        """Groups in some states, oldest first."""
        with self.world.tx() as tx:
            listed = recon_listings.page(tx, GroupFilter(), before_id=None, limit=200)
        return [one for one in reversed(listed) if not statuses or one.status in statuses]

    def decide(self, act: Any) -> Any:
        """A person decides about matches."""
        with self.world.tx() as tx:
            return act(MatchDesk(self.desk(tx), self.actor))

    def differences(self, **wanted: Any) -> list[Difference]:
        """Differences, oldest first."""
        with self.world.tx() as tx:
            return list(reversed(differences.page(tx, DifferenceFilter(**wanted), limit=200)))

    def about(self, act: Any) -> Any:
        """A person decides about differences; a real is a fifth of a dollar."""
        with self.world.tx() as tx:
            return act(Deciding(MatchDesk(self.desk(tx), self.actor), self.roles, _rate))

    def leaf(self, role: Any, connection: str = "stripe/BR") -> int:
        """A leaf's balance under a connection's child account, debit positive."""
        with self.world.tx() as tx:
            found = accounts.leaves_of(tx, self.world.connections[connection].child_account_id).get(role)
            return balances.of_leaf(tx, found).minor if found else 0

    def owed(self) -> int:
        """What the only debtor owes in the book."""
        with self.world.tx() as tx:
            account = tx.exec_driver_sql("SELECT account_id FROM loan ORDER BY created_at LIMIT 1").scalar_one()
            return balances.of_leaf(tx, account).minor

    def members(self, group_id: str) -> list[reconciliation.Member]:
        """The members of a group."""
        with self.world.tx() as tx:
            return reconciliation.members(tx, [group_id])[group_id]

    def paid(self, intent: str, minor: int, *, reference: str = "") -> None:
        """A debtor pays over Stripe; without a reference nobody knows for what."""
        self.world.stripe_paid(intent, minor, reference=reference)
        self.world.intake()

    def paid_out(self, payout: str, minor: int, *, descriptor: str | None = None) -> None:
        """Stripe sends a batch on its way."""
        moment = int(self.world.clock().timestamp())
        document = {
            "id": payout,
            "object": "payout",
            "amount": minor,
            "currency": "brl",
            "status": "paid",
            "created": moment,
            "arrival_date": moment,
            "statement_descriptor": descriptor,
            "trace_id": None,
        }
        self.world.stripe("payout.paid", document)
        done = self.world.intake()
        if not done.deliveries:
            raise Refused("nothing_arrived", "The payout was not read.")


def _rate(base: str, quote: str, on: Any) -> Rate:
    return Rate(base, quote, Decimal("0.2"), on, "tests", (f"{base}/{quote}",))


def money(minor: int) -> Money:
    """An amount in reais."""
    return Money(minor, "BRL")
