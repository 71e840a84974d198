"""Notices: what is told to a debtor, and the evidence of what was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.conduct import Conduct, DutyKind
from domain.money import Money
from domain.rails import PaymentCode


class NoticeKind(StrEnum):
    """The notices that exist. A receipt is the thank-you: it states what arrived and what remains."""

    COURTESY = "courtesy"  # before the due date
    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    FORMAL_NOTICE = "formal_notice"
    PRE_LEGAL = "pre_legal"
    REPOSSESSION_NOTICE = "repossession_notice"  # only where law prescribes one
    PROMISE_CONFIRMATION = "promise_confirmation"
    BROKEN_PROMISE = "broken_promise"
    PLAN_CONFIRMATION = "plan_confirmation"
    THANK_YOU = "thank_you"
    SETTLEMENT_OFFER = "settlement_offer"
    COMPLAINT_ACKNOWLEDGEMENT = "complaint_acknowledgement"
    DISPUTE_ACKNOWLEDGEMENT = "dispute_acknowledgement"
    DATA_RIGHTS_ANSWER = "data_rights_answer"
    CASE_CLOSED = "case_closed"


CLAIMS_OVERDUE: Final = frozenset(
    {
        NoticeKind.FIRST_REMINDER,
        NoticeKind.SECOND_REMINDER,
        NoticeKind.FORMAL_NOTICE,
        NoticeKind.PRE_LEGAL,
        NoticeKind.REPOSSESSION_NOTICE,
        NoticeKind.BROKEN_PROMISE,
        NoticeKind.SETTLEMENT_OFFER,
    }
)
"""The kinds that speak of an overdue amount, and are not written where there is none."""

FORMAL: Final = frozenset({NoticeKind.FORMAL_NOTICE, NoticeKind.PRE_LEGAL, NoticeKind.REPOSSESSION_NOTICE})
"""The kinds whose words are told in full or not at all; a text message only announces them."""

_LOOKED_INTO: Final = frozenset({"dispute", "complaint", "hardship"})
SPOKEN_UNDER: Final[Mapping[NoticeKind, frozenset[str]]] = {
    NoticeKind.THANK_YOU: _LOOKED_INTO,
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: _LOOKED_INTO,
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: _LOOKED_INTO,
    NoticeKind.DATA_RIGHTS_ANSWER: _LOOKED_INTO | {"cease"},
    NoticeKind.CASE_CLOSED: _LOOKED_INTO,
    NoticeKind.PROMISE_CONFIRMATION: frozenset({"hardship"}),
    NoticeKind.PLAN_CONFIRMATION: frozenset({"hardship"}),
}
"""Holds that do not silence a notice which answers the debtor, or confirms what they agreed to in hardship.

Hours and caps bind it all the same.
"""

PAY_BY_DAYS: Final[Mapping[NoticeKind, int]] = {
    NoticeKind.FIRST_REMINDER: 7,
    NoticeKind.SECOND_REMINDER: 7,
    NoticeKind.BROKEN_PROMISE: 7,
    NoticeKind.FORMAL_NOTICE: 15,
    NoticeKind.PRE_LEGAL: 15,
    NoticeKind.REPOSSESSION_NOTICE: 15,
}
"""How many days a notice gives from its sending, at the least; house policy."""
LETTER_DAYS: Final = 5
ANSWER_WITHIN_DAYS: Final = 10
"""By when a complaint or an objection is answered where law states no time: house policy."""


def answer_days(conduct: Conduct, on: date) -> int:
    """Law's fewest days for the answer to a complaint; working days are counted as days, to be early."""
    stated = [
        duty.days for duty in conduct.duties if duty.kind is DutyKind.COMPLAINTS and duty.days and duty.holds_on(on)
    ]
    return min(stated, default=ANSWER_WITHIN_DAYS)


def asks_for(kind: NoticeKind, facts: NoticeFacts) -> Money | None:
    """The amount whose payment code a notice carries; ``None`` for a notice that asks for nothing."""
    if kind is NoticeKind.SETTLEMENT_OFFER:
        return facts.settlement
    if kind in CLAIMS_OVERDUE:
        return facts.overdue
    match kind:
        case NoticeKind.COURTESY:
            return facts.due
        case NoticeKind.PROMISE_CONFIRMATION:
            return facts.promised
        case NoticeKind.PLAN_CONFIRMATION:
            return facts.plan[0][1] if facts.plan else None
        case _:
            return None


class ClosedBecause(StrEnum):
    """Why a case came to its end, as the debtor is told."""

    PAID = "paid"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """Everything a notice may say. Names are as the person writes them; nothing here is formatted yet."""

    creditor_name: str
    creditor_document: str | None
    creditor_contact: str
    debtor_name: str
    contract: str
    vehicle: str | None
    overdue: Money
    overdue_instalments: int
    days_past_due: int
    oldest_due_date: date | None
    product: str  # loan | lease | murabaha | ijara
    code: PaymentCode | None
    paid: Money | None = None  # thank-you: what arrived
    remaining: Money | None = None  # thank-you: what is still overdue
    pay_by: date | None = None  # also the last day of a settlement offer
    items: tuple[tuple[date, Money], ...] = ()  # what is overdue, by due date; together it is ``overdue``
    due: Money | None = None  # courtesy: what falls due
    due_on: date | None = None
    promised: Money | None = None
    promised_on: date | None = None
    plan: tuple[tuple[date, Money], ...] = ()
    settlement: Money | None = None
    reference: str | None = None  # of a complaint, an objection or a request about data
    received_on: date | None = None
    answer_by: date | None = None
    answer: str | None = None  # to a request about data, in the debtor's language
    closed_because: ClosedBecause | None = None
    time_barred: bool = False  # the claim can no longer be enforced
    agency_name: str | None = None  # with its registration, where an agency writes
    agent_name: str | None = None  # who calls
    department: str | None = None
    creditor_phone: str | None = None
    working_hours: str | None = None
    complaint_contact: str | None = None  # an authority's or ombudsman's
    pay_url: str | None = None  # the debtor's own page, where the channel may carry a link


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """A notice as it is sent. ``sha256`` is of subject, a line feed and text, in UTF-8: the evidence."""

    kind: NoticeKind
    channel: str
    locale: str
    direction: str  # "ltr" | "rtl"
    template_version: str
    subject: str
    text: str
    html: str | None
    sha256: str
    encoding: str | None = None  # of a text message: "GSM-7" | "UCS-2"
    segments: int | None = None
