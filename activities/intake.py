"""Intake: understands what the inbox holds, in batches, one savepoint for each delivery, and says whom to nudge.

A delivery that only announces something (``domain.receipts.Announced``) is put off, and its platform asked between two
transactions; the facts are what the platform answers, and the answer is kept beside the delivery. So nothing that a
stranger with a leaked token could write is ever booked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from temporalio import activity

from activities import contests, payouts, statement_lines
from activities.lookups import Lookups
from activities.nudges import Nudger
from activities.platform_calls import Announcement, Answer, Asker, moving
from activities.receipts import Recorder
from connectors import registry
from connectors.transport import Transport
from domain.errors import AfluenteError, Invalid, NotFound, Unavailable
from domain.ids import NewId
from domain.receipts import (
    Announced,
    ContestFact,
    Ignored,
    PayoutFact,
    PayoutReturned,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
    Statement,
)
from store import inbox
from store.creditors import PlatformConnection
from store.database import Database
from store.inbox import Delivery, Outcome

BATCH = 200
_PATIENCE = timedelta(days=3)  # how long a reversal may wait for its receipt
_RETRY_AFTER = timedelta(minutes=1)
_MOST_DOUBLINGS = 8  # of that minute, while a platform has not answered: at most some four hours
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """One transaction that reads deliveries: what it found, what became of each, and what platforms must be asked."""

    tx: Connection
    lookups: Lookups = field(default_factory=Lookups)
    outcomes: list[Outcome] = field(default_factory=list)
    announced: list[Announcement] = field(default_factory=list)


@dataclass(frozen=True)
class IntakeActivities:
    """Batches over the inbox. Without a ``transport`` nothing that must be asked of a platform is ever understood."""

    database: Database
    nudger: Nudger
    new_id: NewId
    now: Callable[[], datetime]
    transport: Transport | None = None

    @activity.defn(name="intake_batch")
    def intake_batch(self, request: IntakeInput) -> IntakeDone:
        """Understand one batch of each tenant's open deliveries; commits, then nudges the cases concerned."""
        tenants = [request.tenant_id] if request.tenant_id else self.database.tenants()
        asker = None if self.transport is None else Asker(self.transport)
        batches = [self.batch(tenant_id, asker=asker) for tenant_id in tenants]
        return IntakeDone(
            deliveries=sum(done.deliveries for done in batches),
            more=any(done.more for done in batches),
            cases=[case for done in batches for case in done.cases],
        )

    def batch(self, tenant_id: str, *, asker: Asker | None = None) -> IntakeDone:
        """One batch of one tenant, in one transaction; its cases are nudged after the commit.

        What must be asked of platforms is asked after that transaction, and its answers are booked in another.
        """
        touched: dict[str, None] = {}
        with self._reading(tenant_id) as reading:
            claimed = inbox.claim(reading.tx, now=self.now(), limit=BATCH)
            for delivery in claimed:
                touched |= dict.fromkeys(self._understand(reading, delivery))
        touched |= dict.fromkeys(self._hear(tenant_id, reading.announced, asker))
        self.nudger.nudge(tenant_id, list(touched))
        if claimed:
            self.nudger.send_webhooks(tenant_id)
        return IntakeDone(len(claimed), more=len(claimed) == BATCH, cases=list(touched))

    @contextmanager
    def _reading(self, tenant_id: str) -> Iterator[_Reading]:
        """One transaction that reads deliveries; what became of them is stated together, at its end."""
        with self.database.tenant(tenant_id) as tx:
            reading = _Reading(tx)
            yield reading
            inbox.settle(tx, reading.outcomes, now=self.now())

    def _understand(self, reading: _Reading, delivery: Delivery) -> list[str]:
        """Record every fact of a delivery that can be; what cannot be keeps the delivery open, with its error.

        One that must be asked of its platform is put off and announced.
        """
        tx = reading.tx
        try:
            connection = reading.lookups.connection(tx, delivery.connection_id)
            is_page = statement_lines.is_page(delivery)
            told = statement_lines.facts_of(tx, delivery) if is_page else _facts(connection, delivery)
        except AfluenteError as error:
            self._settle(reading, delivery, [error], moved=0)
            return []
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            _log.exception("delivery_unread", delivery=delivery.id)
            self._settle(reading, delivery, [Invalid("intake_failed", type(error).__name__)], moved=0)
            return []
        facts = tuple(one for one in told if not isinstance(one, Announced))
        if len(facts) < len(told):
            reading.announced.append(Announcement(delivery.id, connection, told))
            inbox.put_off(tx, delivery.id, until=self.now() + _RETRY_AFTER)
            return []
        return self._record_all(reading, delivery, facts)

    def _record_all(self, reading: _Reading, delivery: Delivery, facts: tuple[PlatformFact, ...]) -> list[str]:
        tx, lookups = reading.tx, reading.lookups
        connection = lookups.connection(tx, delivery.connection_id)
        recorder = Recorder(tx, connection, delivery.id, self.new_id, self.now(), lookups)
        reached: list[str | None] = []
        problems: list[AfluenteError] = []
        for fact in sorted(facts, key=_receipts_first):
            try:
                with tx.begin_nested():
                    reached.append(_record(recorder, fact))
            except AfluenteError as error:
                lookups.forget()
                problems.append(error)
            except OperationalError:
                raise  # a deadlock or a lost connection is not the delivery's fault: the whole batch is tried again
            except Exception as error:  # noqa: BLE001 (one fact must not hold up its neighbours)
                lookups.forget()
                _log.exception("fact_failed", delivery=delivery.id)
                problems.append(Invalid("intake_failed", type(error).__name__))
        self._settle(reading, delivery, problems, moved=sum(not isinstance(fact, Ignored) for fact in facts))
        return [case_id for case_id in reached if case_id]

    def _hear(self, tenant_id: str, announced: list[Announcement], asker: Asker | None) -> list[str]:
        """Ask platforms what was announced and book what they answer; what has no answer yet stays put off."""
        if not announced:
            return []
        asker = asker or (None if self.transport is None else Asker(self.transport))
        nobody = Answer(error=Unavailable("platform_not_asked", "No transport asks platforms here."))
        answers = asker.ask(announced) if asker else dict.fromkeys((one.delivery_id for one in announced), nobody)
        touched: list[str] = []
        with self._reading(tenant_id) as reading:
            for delivery in inbox.take(reading.tx, list(answers)):
                answer = answers[delivery.id]
                if answer.error is not None:
                    self._settle(reading, delivery, [answer.error], moved=0, asked=True)
                    continue
                if moving(answer.facts):
                    self._keep(reading.tx, delivery, answer)
                touched += self._record_all(reading, delivery, answer.facts)
        return touched

    def _keep(self, tx: Connection, delivery: Delivery, answer: Answer) -> None:
        """Keep what a platform answered, as evidence beside the delivery; it is read already and never again."""
        for place, body in enumerate(answer.bodies, start=1):
            kept = replace(
                delivery,
                id=self.new_id("inbox"),
                delivery_id=f"answer/{delivery.id}/{delivery.attempts + 1}/{place}",
                body=body,
                state="done",
                received_at=self.now(),
                processed_at=self.now(),
            )
            inbox.receive(tx, kept)

    def _settle(
        self,
        reading: _Reading,
        delivery: Delivery,
        problems: list[AfluenteError],
        *,
        moved: int,
        asked: bool = False,
    ) -> None:
        """Done; or waiting for what it speaks of to arrive, for some days; or an error for a person to see.

        Facts that were recorded stay recorded: when the delivery is read again they are known by their identity.
        ``asked``: the problem is that of a platform's answer, which may be another later, unless it makes no sense.
        """
        now = self.now()
        error = next((problem for problem in problems if not isinstance(problem, NotFound)), None)
        if error is None and problems:
            error = problems[0]
        may_pass = not isinstance(error, Invalid) if asked else isinstance(error, NotFound)
        waits = error is not None and may_pass and now - delivery.received_at < _PATIENCE
        state = "waiting" if waits else "error" if error else "done" if moved else "ignored"
        outcome = Outcome(
            delivery.id,
            state,
            next_try_at=now + _RETRY_AFTER * (2 ** min(delivery.attempts, _MOST_DOUBLINGS) if asked else 1),
            facts=moved,
            error_code=error.code if error else None,
            error=str(error) if error else None,
        )
        reading.outcomes.append(outcome)


def _record(recorder: Recorder, fact: PlatformFact) -> str | None:
    match fact:
        case ReceiptFact():
            return recorder.receipt(fact)
        case ReversalFact():
            return recorder.reversal(fact)
        case RefundFailed():
            recorder.refund_failed(fact)
        case ContestFact():
            return contests.record(recorder, fact)
        case PayoutFact():
            payouts.record(recorder, fact)
        case PayoutReturned():
            payouts.came_back(recorder, fact)
        case RequestExpired():
            recorder.expiry(fact)
        case Ignored():
            pass
    return None


def _receipts_first(fact: PlatformFact) -> int:
    return 0 if isinstance(fact, ReceiptFact) else 1


def _facts(connection: PlatformConnection, delivery: Delivery) -> tuple[PlatformFact | Announced, ...]:
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
