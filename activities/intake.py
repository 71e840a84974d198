"""Intake: understands what the inbox holds, in batches, one savepoint for each delivery, and says whom to nudge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from temporalio import activity

from activities.nudges import Nudger
from activities.receipts import Recorder
from connectors import registry
from domain.errors import AfluenteError, Invalid, NotFound
from domain.ids import NewId
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, Statement
from store import creditors, inbox
from store.creditors import PlatformConnection
from store.database import Database
from store.inbox import Delivery

BATCH = 200
_PATIENCE = timedelta(days=3)  # how long a reversal may wait for its receipt
_RETRY_AFTER = timedelta(minutes=1)
_log = structlog.get_logger("intake")


@dataclass(frozen=True)
class IntakeInput:
    """Which tenant's inbox to read; ``None`` reads every tenant's in turn (the sweep)."""

    tenant_id: str | None = None


@dataclass(frozen=True)
class IntakeDone:
    """How many deliveries a batch understood (or failed to), and whether more may be waiting."""

    deliveries: int = 0
    more: bool = False
    cases: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class IntakeActivities:
    """Batches over the inbox."""

    database: Database
    nudger: Nudger
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="intake_batch")
    def intake_batch(self, request: IntakeInput) -> IntakeDone:
        """Understand one batch of each tenant's open deliveries; commits, then nudges the cases concerned."""
        tenants = [request.tenant_id] if request.tenant_id else self.database.tenants()
        batches = [self.batch(tenant_id) for tenant_id in tenants]
        return IntakeDone(
            deliveries=sum(done.deliveries for done in batches),
            more=any(done.more for done in batches),
            cases=[case for done in batches for case in done.cases],
        )

    def batch(self, tenant_id: str) -> IntakeDone:
        """One batch of one tenant, in one transaction; its cases are nudged after the commit."""
        touched: dict[str, None] = {}
        with self.database.tenant(tenant_id) as tx:
            claimed = inbox.claim(tx, now=self.now(), limit=BATCH)
            for delivery in claimed:
                touched |= dict.fromkeys(self._understand(tx, delivery))
        self.nudger.nudge(tenant_id, list(touched))
        return IntakeDone(len(claimed), more=len(claimed) == BATCH, cases=list(touched))

    def _understand(self, tx: Connection, delivery: Delivery) -> list[str]:
        now = self.now()
        try:
            with tx.begin_nested():
                connection = creditors.get_connection(tx, delivery.connection_id)
                facts = _facts(connection, delivery)
                reached = self._record(tx, connection, delivery, facts)
        except NotFound as error:
            self._wait(tx, delivery, error, now=now)
            return []
        except AfluenteError as error:
            inbox.settle(tx, delivery.id, state="error", now=now, error_code=error.code, error=str(error))
            return []
        except OperationalError:
            raise  # a deadlock or a lost connection is not the delivery's fault: the whole batch is tried again
        except Exception as error:  # noqa: BLE001 (one delivery must not hold up its neighbours)
            _log.exception("delivery_failed", delivery=delivery.id)
            inbox.settle(
                tx, delivery.id, state="error", now=now, error_code="intake_failed", error=type(error).__name__
            )
            return []
        moved = [fact for fact in facts if not isinstance(fact, Ignored)]
        inbox.settle(
            tx,
            delivery.id,
            state="done" if moved else "ignored",
            now=now,
            facts=len(moved),
            error=None,
            error_code=None,
        )
        return reached

    def _wait(self, tx: Connection, delivery: Delivery, error: NotFound, *, now: datetime) -> None:
        """What it speaks of has not arrived: try again for some days, then show it as an error."""
        patient = now - delivery.received_at < _PATIENCE
        inbox.settle(
            tx,
            delivery.id,
            state="waiting" if patient else "error",
            now=now,
            error_code=error.code,
            error=str(error),
            next_try_at=now + _RETRY_AFTER,
        )

    def _record(
        self, tx: Connection, connection: PlatformConnection, delivery: Delivery, facts: tuple[PlatformFact, ...]
    ) -> list[str]:
        recorder = Recorder(tx, connection, delivery.id, self.new_id, self.now())
        reached: list[str | None] = []
        for fact in sorted(facts, key=_receipts_first):
            match fact:
                case ReceiptFact():
                    reached.append(recorder.receipt(fact))
                case ReversalFact():
                    reached.append(recorder.reversal(fact))
                case RequestExpired():
                    recorder.expiry(fact)
                case Ignored():
                    pass
        return [case_id for case_id in reached if case_id]


def _receipts_first(fact: PlatformFact) -> int:
    return 0 if isinstance(fact, ReceiptFact) else 1


def _facts(connection: PlatformConnection, delivery: Delivery) -> tuple[PlatformFact, ...]:
    platform = registry.platform(connection.platform)
    if delivery.filename is None and platform.webhooks is not None:
        return platform.webhooks.parse(delivery.body)
    if delivery.filename is not None and platform.statements is not None:
        statements = platform.statements.parse(delivery.body)
        _check_account(connection, statements)
        return tuple(line.fact for statement in statements for line in statement.lines)
    raise Invalid("delivery_unreadable", f"{platform.name} sends nothing of this kind.", fix="Use another connection.")


def _check_account(connection: PlatformConnection, statements: tuple[Statement, ...]) -> None:
    """A statement of another account must not land in this one's book."""
    expected = connection.config.get("account")
    found = {statement.account for statement in statements}
    if expected and found - {expected}:
        raise Invalid(
            "statement_other_account",
            f"The statement is of {', '.join(sorted(found))}, the connection of {expected}.",
            fix="Upload it at the connection of its account.",
        )
