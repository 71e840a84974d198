"""What is agreed with a debtor or offered to them, and the answers that they are given: each told in a notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from activities import cases as case_files
from activities import contact
from activities.contact import Debtor
from activities.notice_queue import Outbox
from activities.notice_writing import vehicle_of
from domain.contact_policy import Channel, Refusal
from domain.errors import Conflict, Invalid, NotFound, Refused
from domain.ids import NewId
from domain.loans import Arrears, arrears
from domain.money import Money
from domain.notices import NoticeKind, answer_days
from domain.planning import OpenSettlement, QueueNotice
from domain.promises import PromiseState, check_plan
from domain.recovery import opens_the_way, prescribed, unpaid_first
from store import cases, promises, receipts, settlements, timeline
from store.cases import Case
from store.promises import PromiseRow
from store.settlements import SettlementOffer
from store.timeline import TimelineRow

LONGEST_OFFER_DAYS: Final = 90
LONGEST_ANSWER: Final = 4_000
PLAN_AGREED: Final = "plan_agreed"
_GRACE_DAYS: Final = 2
_REFERENCE_LETTERS: Final = 10
_ASKED = "data_request"
_ANSWERED = "data_request_answered"


@dataclass(frozen=True)
class Arrangements:
    """What people agree on in an open case, in the caller's transaction; the case is told and takes a turn."""

    tx: Connection
    debtor: Debtor
    actor: str
    new_id: NewId
    now: datetime

    @property
    def case(self) -> Case:
        """The case that it is about."""
        return self.debtor.case

    @property
    def today(self) -> date:
        """The debtor's day."""
        return self.debtor.today(self.now)

    def owed(self) -> Arrears:
        """What the debtor owes on their day."""
        instalments = case_files.debt(self.tx, self.case).instalments
        return arrears(instalments, currency=self.case.currency, as_of=self.today)

    def can_confirm(self) -> bool:
        """Whether a plan could be confirmed to the debtor: something reaches them, and law allows it some day."""
        try:
            self._way_of(NoticeKind.PLAN_CONFIRMATION)
        except Refused:
            return False
        return True

    def agree_plan(self, payments: Sequence[tuple[date, Money]], *, command_id: str | None = None) -> str:
        """Agree on a plan of payments: its identifier. Each is a promise, and takes the place of those still open.

        ``command_id`` is of the form that asked for it, by which it is known again.
        Raises ``case_closed`` and what ``domain.promises.check_plan`` raises.
        """
        self._check_open()
        check_plan(payments, today=self.today, outstanding=self.owed().outstanding)
        for row in promises.of_case(self.tx, self.case.id):
            if row.state == PromiseState.OPEN.value:
                promises.resolve(self.tx, row.id, state=PromiseState.CANCELLED.value, now=self.now)
        plan_id, before = self.new_id("payment_plan"), 0
        for day, amount in payments:
            promises.add(self.tx, self.case.tenant_id, self._payment(plan_id, day, amount, before=before))
            before += amount.minor
        total = f"{Money(before, self.case.currency)}"
        command = {} if command_id is None else {"command": command_id}
        self._note(PLAN_AGREED, plan=plan_id, amount=total, payments=len(payments), **command)
        self._put(NoticeKind.PLAN_CONFIRMATION, f"plan/{plan_id}", amount=payments[0][1], plan=tuple(payments))
        self._tell(PLAN_AGREED, plan_id)
        return plan_id

    def _payment(self, plan_id: str, day: date, amount: Money, *, before: int) -> PromiseRow:
        return PromiseRow(
            id=self.new_id("promise"),
            case_id=self.case.id,
            amount_minor=amount.minor,
            currency=amount.currency,
            due_date=day,
            tolerance_basis_points=0,
            grace_days=_GRACE_DAYS,
            state=PromiseState.OPEN.value,
            taken_by=self.actor,
            created_at=self.now,
            resolved_at=None,
            plan_id=plan_id,
            before_minor=before,
        )

    def offer_settlement(self, amount: Money, *, until: date) -> str:
        """Offer to take ``amount`` for all that is overdue if it arrives by a day: the offer's identifier.

        Raises ``case_closed``, ``settlement_invalid`` (nothing, another currency, not less than what is overdue) and
        ``settlement_day_invalid``.
        """
        self._check_open()
        overdue = self.owed().overdue
        if amount.currency != overdue.currency or not 0 < amount.minor < overdue.minor:
            raise Invalid("settlement_invalid", f"An offer is of less than the {overdue} that are overdue.")
        if not self.today <= until <= self.today + timedelta(days=LONGEST_OFFER_DAYS):
            raise Invalid(
                "settlement_day_invalid",
                f"An offer stands until today or a day within {LONGEST_OFFER_DAYS} days.",
                fix="Choose another last day.",
            )
        offer = SettlementOffer(
            self.new_id("settlement_offer"),
            self.case.id,
            amount.minor,
            amount.currency,
            self.today,
            until,
            self.actor,
            self.now,
        )
        settlements.add(self.tx, self.case.tenant_id, offer)
        self._note("settlement_offered", amount=str(amount), due_date=until.isoformat())
        cause = f"settlement/{offer.id}"
        self._put(NoticeKind.SETTLEMENT_OFFER, cause, amount=amount, settlement=amount, pay_by=until)
        self._tell("settlement_offered", offer.id)
        return offer.id

    def answer_data_request(self, seq: int, answer: str) -> str | None:
        """Answer what the debtor asked about their data (a line of the case's history): the notice's identifier.

        A case that is over answers too. Raises ``data_request_unknown``, ``data_request_answered`` and
        ``answer_invalid``.
        """
        if not answer.strip() or len(answer) > LONGEST_ANSWER:
            raise Invalid("answer_invalid", f"An answer has one to {LONGEST_ANSWER} characters.")
        history = data_requests(self.tx, self.case.id)
        asked = next((row for row in history if row.seq == seq and row.kind == _ASKED), None)
        if asked is None:
            raise NotFound("data_request_unknown", "The case has no such request about personal data.")
        if seq in answered(history):
            raise Conflict("data_request_answered", "The request was answered already.")
        self._note(_ANSWERED, request=seq)
        return self._put(
            NoticeKind.DATA_RIGHTS_ANSWER,
            f"data/{seq}",
            reference=data_reference(asked),
            received_on=self.debtor.today(asked.at),
            answer=answer.strip(),
        )

    # Inside -------------------------------------------------------------------------------------------------------

    def _check_open(self) -> None:
        if self.case.closed_at is not None:
            raise Conflict("case_closed", "The case is closed.", fix="A new one opens when a claim is overdue again.")

    def _put(self, kind: NoticeKind, cause: str, *, amount: Money | None = None, **stated: Any) -> str | None:
        """Queue a notice at its first lawful moment. Raises what ``_way_of`` does."""
        channel, moment = self._way_of(kind)
        outbox = Outbox(self.tx, self.debtor, self.new_id, self.now)
        return outbox.put(QueueNotice(kind, channel, moment, cause), amount=amount, stated=stated)

    def _way_of(self, kind: NoticeKind) -> tuple[Channel, datetime]:
        """Over which channel a notice goes, and when: its first lawful moment.

        Raises ``recipient_missing`` where nothing reaches the debtor, ``contact_refused`` where law allows no moment.
        """
        party = self.debtor.party
        reach = {Channel.EMAIL: party.email, Channel.SMS: party.phone, Channel.LETTER: party.address}
        in_full = kind is NoticeKind.DATA_RIGHTS_ANSWER
        wanted = (Channel.EMAIL, Channel.LETTER) if in_full else (Channel(party.channel), *reach)
        channel = next((one for one in wanted if reach.get(one)), None)
        if channel is None:
            raise Refused("recipient_missing", "Nothing reaches the debtor.", fix="Complete the debtor's addresses.")
        known = contact.facts(self.tx, self.debtor, now=self.now, kind=kind)
        moment = contact.first_lawful(self.debtor, known, channel=channel, not_before=self.now, spread=0)
        if isinstance(moment, Refusal):
            raise Refused("contact_refused", "; ".join(moment.reasons), rule=moment.rule, source=moment.source)
        return channel, moment

    def _tell(self, kind: str, ref: str) -> None:
        case_files.tell(
            self.tx,
            self.case.id,
            tenant_id=self.case.tenant_id,
            kind=kind,
            ref=ref,
            at=self.now,
            new_id=self.new_id,
            now=self.now,
        )

    def _note(self, event: str, /, **detail: Any) -> None:
        timeline.note(self.tx, self.case, at=self.now, actor=self.actor, kind=event, detail=detail)


def of_case(tx: Connection, case_id: str, *, actor: str, new_id: NewId, now: datetime) -> Arrangements:
    """The arrangements of a case, which is locked until the transaction ends."""
    return Arrangements(tx, contact.load(tx, cases.get(tx, case_id, lock=True)), actor, new_id, now)


# What turns ask --------------------------------------------------------------------------------------------------


def standing_offer(tx: Connection, case: Case, day_of: Callable[[datetime], date]) -> OpenSettlement | None:
    """The offer that was made last, with what arrived within its days; ``day_of`` gives the debtor's of a moment."""
    offer = settlements.of_case(tx, case.id)
    if offer is None:
        return None
    received = receipts.received(
        tx, [case.id], currency=offer.currency, first=offer.offered_on, last=offer.until, day_of=day_of
    )
    return OpenSettlement(Money(offer.amount_minor, offer.currency), offer.until, Money(received, offer.currency))


def vehicle_notice_is_due(tx: Connection, debtor: Debtor, owed: Arrears, *, today: date) -> bool:
    """Whether law prescribes the creditor's own notice about the vehicle as the first step, and enough is unpaid.

    Only of a debtor who is late with one contract alone: unpaid instalments of several are not counted together.
    """
    conduct = debtor.country.conduct
    if not conduct.recovery:
        return False
    debt = case_files.debt(tx, debtor.case)
    late = {item.loan_id for item in debt.instalments if item.open and item.due_date < today}
    contracts = [loan for loan in debt.loans if loan.id in late]
    if len(contracts) != 1 or vehicle_of(contracts[0]) is None:
        return False
    step = prescribed(conduct, product=contracts[0].product, on=today)
    return step is not None and opens_the_way(conduct, step) and owed.overdue_instalments >= unpaid_first(conduct, step)


def acknowledged(debtor: Debtor, hold_id: str, *, today: date) -> dict[str, Any]:
    """What the acknowledgement of a complaint or objection states: reference, day it came, day of the answer."""
    days = answer_days(debtor.country.conduct, today)
    return {"reference": _short(hold_id), "received_on": today, "answer_by": today + timedelta(days=days)}


def _short(identifier: str) -> str:
    """An identifier as people copy it: its last letters, which are its random ones."""
    return identifier[-_REFERENCE_LETTERS:].upper()


def data_reference(row: TimelineRow) -> str:
    """The reference of a request about personal data."""
    return f"DATA-{row.seq}"


def data_requests(tx: Connection, case_id: str) -> list[TimelineRow]:
    """Every request about personal data in a case's history, and every answer to one."""
    return timeline.of_kinds(tx, case_id, _ASKED, _ANSWERED)


def answered(history: Sequence[TimelineRow]) -> frozenset[int]:
    """The requests about personal data that were answered."""
    return frozenset(int(row.detail["request"]) for row in history if row.kind == _ANSWERED)
