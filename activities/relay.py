"""The relay: sends what the outbox holds when law allows it, each notice at most once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from temporalio import activity

from activities import (
    contact,
    delivery_reports,
    notice_checks,
    notice_failures,
    notice_writing,
    pay_links,
    payment_requests,
)
from activities.contact import Debtor
from activities.delivery_reports import Reports
from activities.notice_writing import preview
from activities.payment_requests import Issuer
from activities.refund_calls import Refunder
from connectors.channels import ChannelTransport, Delivery, Outgoing, carrier
from domain.contact_policy import Actor, Channel, Refusal
from domain.errors import AfluenteError, Conflict, Unavailable
from domain.ids import NewId
from domain.notices import NoticeKind, RenderedNotice, asks_for
from store import cases, hand_carried, notice_tokens, notices, permits, timeline
from store import payment_requests as request_rows
from store.cases import Case
from store.database import Database
from store.notices import Notice
from store.permits import Permit

_BATCH = 100
_RETRY_AFTER = timedelta(minutes=10)
_STRANDED_AFTER = timedelta(minutes=15)
_OF_THE_CHANNEL = frozenset({"recipient_missing", "channel_not_connected"})
"""Why a notice cannot go over its channel at all: another one may carry it."""
_CALL_UNTOLD_AFTER = timedelta(hours=1)
_NO_CODE_YET = {"rule": None, "reasons": ["The platform has not made the payment code yet."]}
_log = structlog.get_logger("relay")


@dataclass(frozen=True)
class RelayInput:
    """Which tenant's outbox to relay; ``None`` relays every tenant's in turn."""

    tenant_id: str | None = None


@dataclass(frozen=True)
class RelayDone:
    """How many notices a batch sent and put off, and whether more may be due."""

    sent: int = 0
    put_off: int = 0
    more: bool = False


@dataclass(frozen=True)
class _Ready:
    """A notice that may go out now: its permit is spent and its row says ``sending``."""

    notice: Notice
    permit: Permit
    outgoing: Outgoing
    transport: ChannelTransport
    rendered: RenderedNotice


@dataclass(frozen=True)
class RelayActivities:
    """Batches over the outbox. ``transports`` are tried in order; the first that carries the channel is used.

    ``public_url`` is where debtors find their pay page; without one no notice offers it.
    """

    database: Database
    issuer: Issuer
    transports: Sequence[ChannelTransport]
    new_id: NewId
    now: Callable[[], datetime]
    public_url: str | None = None
    refunder: Refunder | None = None

    @activity.defn(name="relay_batch")
    def relay_batch(self, request: RelayInput) -> RelayDone:
        """Send one batch of each tenant's due notices."""
        tenants = [request.tenant_id] if request.tenant_id else self.database.tenants()
        done = [self.batch(tenant_id) for tenant_id in tenants]
        return RelayDone(
            sent=sum(item.sent for item in done),
            put_off=sum(item.put_off for item in done),
            more=any(item.more for item in done),
        )

    def batch(self, tenant_id: str) -> RelayDone:
        """One batch of one tenant: codes first, then permits in one transaction, then sending one by one."""
        self._show_stranded(tenant_id)
        self.issuer.issue_drafts(tenant_id)
        if self.refunder is not None:
            self.refunder.ask_due(tenant_id)
        ready: list[_Ready] = []
        with self.database.tenant(tenant_id) as tx:
            Reports(tx, tenant_id, self.new_id, self.now()).settle_strays()
            due = notices.claim_due(tx, now=self.now(), limit=_BATCH)
            for notice in due:
                item = self._prepare_alone(tx, notice)
                if item is not None:
                    ready.append(item)
        sent = sum(self._send(item) for item in ready)
        return RelayDone(sent=sent, put_off=len(due) - sent, more=len(due) == _BATCH)

    def _show_stranded(self, tenant_id: str) -> None:
        """A crash while sending leaves nobody knowing: such a notice is shown to a person, never sent again.

        A call of which nobody tells what came counts as one that was tried.
        """
        now = self.now()
        with self.database.tenant(tenant_id) as tx:
            for permit_id in hand_carried.untold_calls(tx, before=now - _CALL_UNTOLD_AFTER):
                permits.settle(tx, permit_id, result="attempt", now=now)
            for notice in notices.mark_stranded(tx, before=now - _STRANDED_AFTER):
                case = cases.get(tx, notice.case_id)
                if notice.permit_id is not None:  # it may have reached the debtor: the contact counts
                    permits.settle(tx, notice.permit_id, result="attempt", now=now)
                timeline.note(tx, case, at=now, actor="system", kind="notice_uncertain", detail={"notice": notice.id})

    def _prepare_alone(self, tx: Connection, notice: Notice) -> _Ready | None:
        """Prepare one notice so that, whatever is wrong with it, its neighbours still go out."""
        try:
            with tx.begin_nested():
                return self._prepare(tx, notice)
        except OperationalError:
            raise  # the database, not the notice: the whole batch is tried again
        except Exception as error:  # noqa: BLE001 (one notice must not hold up its neighbours)
            _log.exception("notice_failed", notice=notice.id)
            self._fail(tx, notice, "relay_failed", type(error).__name__)
            return None

    def _fail(self, tx: Connection, notice: Notice, rule: str | None, reason: str) -> None:
        notice_failures.tell(tx, notice, rule=rule, reasons=[reason], new_id=self.new_id, now=self.now())

    def _prepare(self, tx: Connection, notice: Notice) -> _Ready | None:
        """Render and spend a permit, or say in the row why not."""
        now = self.now()
        channel = Channel(notice.channel)
        try:
            debtor = contact.load(tx, cases.get(tx, notice.case_id))
            notice = with_current_request(tx, notice, debtor, now=now, new_id=self.new_id)
            rendered = preview(tx, notice, now=now, pay_url=self._pay_url(tx, debtor, channel))
            if self._awaits_code(tx, notice):
                notices.change(tx, notice.id, not_before=now + _RETRY_AFTER, refusal=_NO_CODE_YET)
                return None
            if rendered is None:
                notices.change(tx, notice.id, state="cancelled")
                return None
            checked = notice_checks.check(tx, notice, debtor, rendered, now=now)
            if checked.refusal:
                self._hold(tx, notice, checked.refusal)
                return None
            recipient = _recipient(tx, debtor, channel)
            transport = carrier(self.transports, channel, recipient)
        except AfluenteError as error:
            if error.code in _OF_THE_CHANNEL:
                self._fail(tx, notice, error.code, str(error))
            else:
                self._hold(tx, notice, notice_checks.refusal_of(error))
            return None
        asked = contact.Contact(debtor, channel, Actor.CREDITOR, number=recipient, kind=NoticeKind(notice.kind))
        permit = contact.issue_permit(tx, asked, new_id=self.new_id, now=now)
        if isinstance(permit, Refusal):
            self._refuse(tx, debtor.case, notice, permit)
            return None
        notices.change(
            tx,
            notice.id,
            state="sending",
            attempted_at=now,
            permit_id=permit.id,
            transport=transport.code,
            recipient=recipient,
            locale=rendered.locale,
            subject=rendered.subject,
            body=rendered.text,
            html=rendered.html,
            sha256=rendered.sha256,
            template_version=rendered.template_version,
            wording_sha256=checked.wording_sha256,
            approval_id=checked.approval_id,
            refusal=None,
        )
        notice = replace(notice, wording_sha256=checked.wording_sha256, approval_id=checked.approval_id)
        outgoing = self._outgoing(notice, rendered, recipient)
        # Of all networks those of texts keep what they cannot deliver at once, and bring it at any hour.
        until = contact.closes_at(tx, debtor, channel, now=now) if channel is Channel.SMS else None
        return _Ready(notice, permit, replace(outgoing, deliver_by=until), transport, rendered)

    def _pay_url(self, tx: Connection, debtor: Debtor, channel: Channel) -> str | None:
        """The debtor's page for a notice to offer; ``None`` where the channel may carry no link or the case is over."""
        now = self.now()
        if self.public_url is None or debtor.case.closed_at or not pay_links.may_carry(debtor, channel, now=now):
            return None
        link = pay_links.give(tx, debtor.case, created_by="system", now=now, new_id=self.new_id)
        return f"{self.public_url}{pay_links.path_of(link)}"

    def _hold(self, tx: Connection, notice: Notice, refusal: dict[str, Any]) -> None:
        notice_checks.hold(tx, notice, refusal, now=self.now())

    @staticmethod
    def _awaits_code(tx: Connection, notice: Notice) -> bool:
        """Whether the platform has yet to make the code that the notice carries."""
        if notice.payment_request_id is None:
            return False
        return request_rows.get(tx, notice.payment_request_id).state == "draft"

    def _refuse(self, tx: Connection, case: Case, notice: Notice, refusal: Refusal) -> None:
        """Law says not now: wait for its next moment; where there is none, give up and tell the case's history."""
        values = {"refusal": contact.refusal_json(refusal)}
        if refusal.next_allowed_at is not None:
            notices.change(tx, notice.id, not_before=refusal.next_allowed_at, **values)
        else:
            notices.change(tx, notice.id, state="refused", **values)
        self._note(tx, case, "notice_refused", notice=notice.id, **values)

    def _send(self, item: _Ready) -> bool:
        """Hand a notice to its transport and record what became of it. Only a sure failure is tried again."""
        try:
            delivery = item.transport.deliver(item.outgoing)
        except Unavailable as error:
            _log.warning("channel_unavailable", notice=item.notice.id, code=error.code)
            self._give_back(item, error)
            return False
        except Exception:  # noqa: BLE001 (whatever went wrong, the notice may be on its way: it must not go twice)
            _log.exception("delivery_uncertain", notice=item.notice.id)
            delivery = Delivery("uncertain", "the transport broke off")
        self._record(item, delivery)
        return delivery.state in ("delivered", "accepted")

    def _give_back(self, item: _Ready, error: Unavailable) -> None:
        now = self.now()
        with self.database.tenant(item.notice.tenant_id) as tx:
            try:
                permits.settle(tx, item.permit.id, result="unused", now=now)
            except Conflict:  # it took so long that a person was told of it meanwhile: the contact counts
                return
            notices.change(
                tx,
                item.notice.id,
                state="queued",
                permit_id=None,
                not_before=now + _RETRY_AFTER,
                refusal={"rule": None, "reasons": [str(error)]},
            )

    def _record(self, item: _Ready, delivery: Delivery) -> None:
        now = self.now()
        states = {"delivered": "sent", "accepted": "sent", "rejected": "failed", "uncertain": "uncertain"}
        state = states[delivery.state]
        with self.database.tenant(item.notice.tenant_id) as tx:
            permits.settle(tx, item.permit.id, result="attempt", now=now)
            if state == "failed":
                self._fail(tx, item.notice, None, delivery.detail)
                return
            refusal = None if state == "sent" else {"rule": None, "reasons": [delivery.detail]}
            notices.change(tx, item.notice.id, state=state, sent_at=now if state == "sent" else None, refusal=refusal)
            delivery_reports.taken(
                tx,
                notices.get(tx, item.notice.id),
                delivery,
                transport=item.transport.code,
                new_id=self.new_id,
                now=now,
            )
            self._note(
                tx,
                cases.get(tx, item.notice.case_id),
                f"notice_{state}",
                notice=item.notice.id,
                kind=item.notice.kind,
                channel=item.notice.channel,
                transport=item.transport.code,
                rules=item.permit.rules,
                template=item.rendered.template_version,
                wording=item.notice.wording_sha256,
                approval=item.notice.approval_id,
                text=item.rendered.sha256,
            )

    def _outgoing(self, notice: Notice, rendered: RenderedNotice, recipient: str) -> Outgoing:
        is_mail = notice.channel == Channel.EMAIL.value
        stop = f"{self.public_url}{notice_tokens.path_to_unsubscribe(notice.id)}" if self.public_url else None
        return Outgoing(
            notice_id=notice.id,
            to=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            locale=rendered.locale,
            direction=rendered.direction,
            unsubscribe_url=stop if is_mail else None,
            return_token=notice_tokens.token_of(notice.id, "return") if is_mail else None,
        )

    def _note(self, tx: Connection, case: Case, event: str, /, **detail: object) -> None:
        timeline.note(tx, case, at=self.now(), actor="system", kind=event, detail=detail)


def _recipient(tx: Connection, debtor: Debtor, channel: Channel) -> str:
    address = contact.addresses(tx, debtor).get(channel)
    if address is None:
        raise Unavailable("recipient_missing", f"No address of the debtor for {channel.value} is in use.")
    return address


def with_current_request(tx: Connection, notice: Notice, debtor: Debtor, *, now: datetime, new_id: NewId) -> Notice:
    """The notice asking for what it speaks of now: payments since it was queued make another code necessary."""
    if notice.payment_request_id is None:
        return notice
    request = request_rows.get(tx, notice.payment_request_id)
    wanted = asks_for(NoticeKind(notice.kind), notice_writing.facts_of(tx, notice, debtor, now=now))
    usable = request.state in ("draft", "issued") and request.expires_at > now + payment_requests.LEAST_LEFT
    if not wanted or (usable and request.amount_minor == wanted.minor):
        return notice
    current = payment_requests.create(tx, debtor.case, amount=wanted, rail=request.wanted_rail, now=now, new_id=new_id)
    notices.change(tx, notice.id, payment_request_id=current.id)
    return notices.get(tx, notice.id)
