"""The subject of each notice: what it is and which contract it is about, and never more than that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.layout import Sentence
from connectors.wording.payment_labels import marked
from connectors.wording.speaker import Speaker
from domain.notices import NoticeKind

_TITLES: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.COURTESY: marked("Upcoming payment: contract {contract}"),
    NoticeKind.FIRST_REMINDER: marked("Payment reminder: contract {contract}"),
    NoticeKind.SECOND_REMINDER: marked("Second payment reminder: contract {contract}"),
    NoticeKind.FORMAL_NOTICE: marked("Formal notice of an overdue payment: contract {contract}"),
    NoticeKind.PRE_LEGAL: marked("Notice before possible legal steps: contract {contract}"),
    NoticeKind.REPOSSESSION_NOTICE: marked("Notice about your vehicle: contract {contract}"),
    NoticeKind.PROMISE_CONFIRMATION: marked("Your promise to pay: contract {contract}"),
    NoticeKind.BROKEN_PROMISE: marked("Promised payment not yet received: contract {contract}"),
    NoticeKind.PLAN_CONFIRMATION: marked("Your payment plan: contract {contract}"),
    NoticeKind.THANK_YOU: marked("Thank you for your payment: contract {contract}"),
    NoticeKind.SETTLEMENT_OFFER: marked("Settlement offer: contract {contract}"),
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: marked("We have received your complaint: contract {contract}"),
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: marked("We have received your objection: contract {contract}"),
    NoticeKind.DATA_RIGHTS_ANSWER: marked("Answer about your personal data: contract {contract}"),
    NoticeKind.CASE_CLOSED: marked("Your case is closed: contract {contract}"),
}


def title(kind: NoticeKind, speaker: Speaker) -> Sentence:
    """The subject of a notice of a kind."""
    return speaker.about_contract(speaker.words.gettext(_TITLES[kind]))
