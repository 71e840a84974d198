"""Whether the facts bear the notice: each kind names what it needs, and is refused without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from domain.errors import Invalid
from domain.money import Money, total
from domain.notices import CLAIMS_OVERDUE, NoticeFacts, NoticeKind

MAX_LISTED: Final = 120  # items or payments of a plan in one notice
_Needs = tuple[tuple[Callable[[NoticeFacts], object], str], ...]


def _some(amount: Money | None) -> bool:
    return amount is not None and amount.minor > 0


_PROMISE: Final[_Needs] = (
    (lambda facts: _some(facts.promised), "the amount promised"),
    (lambda facts: facts.promised_on, "the day promised"),
)
_ANSWER: Final[_Needs] = (
    (lambda facts: facts.reference, "a reference"),
    (lambda facts: facts.answer_by, "the day of the answer"),
)
NEEDS: Final[Mapping[NoticeKind, _Needs]] = {
    NoticeKind.COURTESY: (
        (lambda facts: _some(facts.due), "the amount that falls due"),
        (lambda facts: facts.due_on, "the due date"),
    ),
    NoticeKind.PRE_LEGAL: ((lambda facts: facts.pay_by, "the day to pay by"),),
    NoticeKind.FORMAL_NOTICE: ((lambda facts: facts.pay_by, "the day to pay by"),),
    NoticeKind.REPOSSESSION_NOTICE: ((lambda facts: facts.pay_by, "the day to pay by"),),
    NoticeKind.PROMISE_CONFIRMATION: _PROMISE,
    NoticeKind.BROKEN_PROMISE: _PROMISE,
    NoticeKind.PLAN_CONFIRMATION: (
        (lambda facts: facts.plan and all(_some(amount) for _, amount in facts.plan), "the payments of the plan"),
    ),
    NoticeKind.THANK_YOU: ((lambda facts: _some(facts.paid), "the amount received"),),
    NoticeKind.SETTLEMENT_OFFER: (
        (lambda facts: _some(facts.settlement), "the settlement amount"),
        (lambda facts: facts.pay_by, "the last day of the offer"),
    ),
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: _ANSWER,
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: _ANSWER,
    NoticeKind.DATA_RIGHTS_ANSWER: (
        (lambda facts: facts.reference, "a reference"),
        (lambda facts: (facts.answer or "").strip(), "the answer"),
    ),
    NoticeKind.CASE_CLOSED: ((lambda facts: facts.closed_because, "why the case was closed"),),
}


def check(kind: NoticeKind, facts: NoticeFacts, *, today: date) -> None:
    """Refuse facts that a notice of a kind cannot stand on.

    ``notice_incomplete`` for what is missing, ``nothing_overdue``, ``claim_time_barred`` for a notice before legal
    steps about a claim that can no longer be enforced, and ``facts_disagree`` for facts that contradict each other.
    """
    if not (facts.creditor_name.strip() and facts.creditor_contact.strip() and facts.contract.strip()):
        raise Invalid("notice_incomplete", "A notice names the creditor, the creditor's contact and the contract.")
    missing = [what for known, what in NEEDS.get(kind, ()) if not known(facts)]
    if missing:
        raise Invalid("notice_incomplete", f"A {kind.value} notice states {' and '.join(missing)}.", missing=missing)
    if kind in CLAIMS_OVERDUE and facts.overdue.minor <= 0:
        raise Invalid("nothing_overdue", "A reminder needs an overdue amount.")
    if kind in (NoticeKind.PRE_LEGAL, NoticeKind.REPOSSESSION_NOTICE) and facts.time_barred:
        raise Invalid("claim_time_barred", "The claim can no longer be enforced, so no legal step may be spoken of.")
    _agree(kind, facts, today)


def _agree(kind: NoticeKind, facts: NoticeFacts, today: date) -> None:
    amounts = [facts.overdue, *(amount for _, amount in (*facts.items, *facts.plan))]
    amounts += [amount for amount in (facts.due, facts.promised, facts.settlement) if amount is not None]
    if len({amount.currency for amount in amounts}) > 1:
        raise _disagree("its amounts are of several currencies")
    if max(len(facts.items), len(facts.plan)) > MAX_LISTED:
        raise _disagree(f"it lists more than {MAX_LISTED} amounts")
    if facts.items and total([amount for _, amount in facts.items], facts.overdue.currency) != facts.overdue:
        raise _disagree("its items are not together what is overdue")
    if kind is NoticeKind.SETTLEMENT_OFFER and facts.settlement and facts.settlement.minor > facts.overdue.minor:
        raise _disagree("the settlement is more than what is overdue")
    if kind in CLAIMS_OVERDUE and facts.pay_by is not None and facts.pay_by < today:
        raise _disagree("the day to pay by has passed")
    if kind is NoticeKind.COURTESY and facts.due_on is not None and facts.due_on < today:
        raise _disagree("the due date has passed")
    if kind is NoticeKind.BROKEN_PROMISE and facts.promised_on is not None and facts.promised_on >= today:
        raise _disagree("the day promised has not passed")


def _disagree(why: str) -> Invalid:
    return Invalid("facts_disagree", f"The notice cannot be written: {why}.")
