"""Asking platforms to give money back: each refund once, an uncertain answer asked back before it is asked for again.

The state is committed before the platform is called, so that a crash leaves an uncertain refund and not a forgotten
one. What the platform answers is kept beside the inbox as evidence, and recorded like any other word of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeGuard

import structlog

from activities import refunds as keeping
from activities.book import Book
from activities.platform_calls import exchange
from activities.receipts import Recorder
from connectors import registry
from connectors.transport import Transport
from domain.errors import AfluenteError, Invalid, NotFound, Unavailable
from domain.ids import NewId
from domain.platforms import HttpResponse, IssuedRefund, Refunds, StatusQuery
from domain.receipts import PlatformFact, RefundFailed, ReversalFact, ReversalKind
from store import creditors, inbox, receipts, refunds
from store.creditors import PlatformConnection
from store.database import Database
from store.inbox import Delivery
from store.receipts import Receipt
from store.refunds import ASKED, Refund

_AT_ONCE: Final = 20
_RETRY_AFTER: Final = timedelta(minutes=2)
_MOST_DOUBLINGS: Final = 8  # some eight hours
_log = structlog.get_logger("refunds")


@dataclass(frozen=True, slots=True)
class _Asking:
    """A refund that is asked for now; ``again`` where an earlier answer was lost, or only the end is to be heard."""

    refund: Refund
    receipt: Receipt
    connection: PlatformConnection
    again: bool


@dataclass(frozen=True)
class Refunder:
    """Asks platforms for the refunds that are due."""

    database: Database
    transport: Transport
    new_id: NewId
    now: Callable[[], datetime]

    def ask_due(self, tenant_id: str) -> int:
        """Ask for one batch; returns how many were asked for."""
        with self.database.tenant(tenant_id) as tx:
            due = refunds.to_ask(tx, now=self.now(), limit=_AT_ONCE)
        for refund in due:
            asking = self._begin(refund)
            if asking is None:
                continue
            try:
                self._ask(asking)
            except AfluenteError as error:  # what it told cannot be booked: a person looks, its neighbours go on
                self._uncertain(asking, error)
        return len(due)

    def _begin(self, refund: Refund) -> _Asking | None:
        """Commit that the platform is being asked; ``None`` where somebody else is at it."""
        now = self.now()
        with self.database.tenant(refund.tenant_id) as tx:
            current = refunds.get(tx, refund.id, lock=True)
            if current.state not in ASKED or current.next_try_at > now:
                return None
            wait = _RETRY_AFTER * 2 ** min(current.attempts, _MOST_DOUBLINGS)
            state = "asking" if current.state == "due" else current.state
            refunds.change(
                tx, refund.id, state=state, attempts=current.attempts + 1, asked_at=now, next_try_at=now + wait
            )
            receipt = receipts.get(tx, current.receipt_id)
            connection = creditors.get_connection(tx, current.connection_id)
        return _Asking(current, receipt, connection, again=current.state != "due")

    def _ask(self, asking: _Asking) -> None:
        platform = registry.platform(asking.connection.platform)
        if platform.refunds is None:
            self._refused(asking, Invalid("refund_not_offered", "The platform gives nothing back any more."))
            return
        if asking.again:
            if self._asked_back(asking, platform.refunds, platform.status) or asking.refund.state == "sent":
                return
            if not platform.refunds.keyed:
                self._uncertain(asking, Unavailable("refund_uncertain", "The platform must not be asked twice."))
                return
        self._send(asking, platform.refunds)

    def _send(self, asking: _Asking, capability: Refunds) -> None:
        platform = registry.platform(asking.connection.platform)
        try:
            order, config = keeping.build(asking.refund, asking.receipt, asking.connection)
            response = exchange(self.transport, platform, capability.build(order, config), config)
        except Unavailable as error:
            if error.details.get("ambiguous"):
                self._uncertain(asking, error)
            else:
                self._later(asking, error)
            return
        except AfluenteError as error:
            self._refused(asking, error)
            return
        self._hear(asking, capability, response)

    def _hear(self, asking: _Asking, capability: Refunds, response: HttpResponse) -> None:
        """What the platform answered. One that cannot be understood may mean that it has acted."""
        try:
            issued = capability.read(response)
        except Unavailable as error:
            if error.details.get("ambiguous"):
                self._uncertain(asking, error)
            else:
                self._later(asking, error)
        except Invalid as error:
            self._uncertain(asking, error)
        except AfluenteError as error:
            self._refused(asking, error)
        else:
            self._issued(asking, issued, response.body)

    def _asked_back(self, asking: _Asking, capability: Refunds, query: StatusQuery | None) -> bool:
        """Whether the platform, asked about the refund or its payment, tells of the refund; then it is recorded."""
        if query is None:
            return False
        platform = registry.platform(asking.connection.platform)
        known = asking.refund.external_ref
        reference = capability.asked_as(known) if capability.asked_as and known else asking.receipt.external_ref
        try:
            _, config = keeping.build(asking.refund, asking.receipt, asking.connection)
            response = exchange(self.transport, platform, query.build(reference, config), config)
            told = query.read(response)
        except NotFound:
            return False
        except AfluenteError as error:
            self._uncertain(asking, error)
            return True  # nothing is known yet: it is asked back again before anything else
        return any(self._record(asking, fact, response.body) for fact in told if _is_of_refund(fact))

    def _issued(self, asking: _Asking, issued: IssuedRefund, body: bytes) -> None:
        if issued.done:
            at = issued.at or self.now()
            fact = ReversalFact(
                external_ref=issued.external_ref,
                original_ref=asking.receipt.external_ref,
                amount=asking.refund.amount,
                at=at,
                value_date=issued.value_date or at.date(),
                kind=ReversalKind.REFUND,
                reason=asking.refund.reason,
                ordered_as=asking.refund.id,
            )
            self._record(asking, fact, body)
            return
        with self.database.tenant(asking.refund.tenant_id) as tx:
            if refunds.get(tx, asking.refund.id, lock=True).state in ASKED:  # else its webhook was faster
                refunds.change(tx, asking.refund.id, state="sent", external_ref=issued.external_ref, error_code=None)

    def _record(self, asking: _Asking, fact: ReversalFact | RefundFailed, body: bytes) -> bool:
        """Record that money went back, or that it will not; whether that ended this refund."""
        with self.database.tenant(asking.refund.tenant_id) as tx:
            receipts.get(tx, asking.receipt.id, lock=True)
            kept = self._evidence(asking, body)
            inbox.receive(tx, kept)
            recorder = Recorder(tx, asking.connection, kept.id, self.new_id, self.now())
            if isinstance(fact, RefundFailed):
                recorder.refund_failed(fact)
            else:
                recorder.reversal(fact)
            return refunds.get(tx, asking.refund.id).state not in ASKED

    def _evidence(self, asking: _Asking, body: bytes) -> Delivery:
        now = self.now()
        return Delivery(
            id=self.new_id("inbox"),
            tenant_id=asking.refund.tenant_id,
            connection_id=asking.connection.id,
            platform=asking.connection.platform,
            delivery_id=f"answer/{asking.refund.id}/{self.new_id('event')}",
            body=body,
            state="done",
            attempts=1,
            facts=1,
            received_at=now,
            next_try_at=now,
            processed_at=now,
        )

    def _refused(self, asking: _Asking, error: AfluenteError) -> None:
        """The money is put back; not where an earlier answer was lost, for then it may have gone already."""
        if asking.again:
            self._uncertain(asking, error)
            return
        _log.warning("refund_refused", refund=asking.refund.id, code=error.code)
        with self.database.tenant(asking.refund.tenant_id) as tx:
            receipts.get(tx, asking.receipt.id, lock=True)
            current = refunds.get(tx, asking.refund.id, lock=True)
            if current.state in ASKED:
                keeping.put_back(Book(tx, self.new_id, self.now()), current, code=error.code)

    def _uncertain(self, asking: _Asking, error: AfluenteError) -> None:
        _log.warning("refund_uncertain", refund=asking.refund.id, code=error.code)
        state = "sent" if asking.refund.state == "sent" else "uncertain"
        self._note(asking, state, error)

    def _later(self, asking: _Asking, error: AfluenteError) -> None:
        """The platform was not reached, or asks for patience: nothing has happened (or what happened before has)."""
        self._note(asking, "uncertain" if asking.again else "due", error)

    def _note(self, asking: _Asking, state: str, error: AfluenteError) -> None:
        with self.database.tenant(asking.refund.tenant_id) as tx:
            if refunds.get(tx, asking.refund.id, lock=True).state in ASKED:
                refunds.change(tx, asking.refund.id, state=state, error_code=error.code)


def _is_of_refund(fact: PlatformFact) -> TypeGuard[ReversalFact | RefundFailed]:
    """Whether a fact tells what became of a refund."""
    if isinstance(fact, ReversalFact):
        return fact.kind is ReversalKind.REFUND
    return isinstance(fact, RefundFailed)
