"""Notices: what is told to a debtor, and the evidence of what was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.money import Money
from domain.rails import PaymentCode


class NoticeKind(StrEnum):
    """The notices that exist."""

    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    THANK_YOU = "thank_you"


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
    pay_by: date | None = None
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
