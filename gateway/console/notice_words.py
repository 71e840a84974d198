"""The kinds of notices and their states, in the console's words."""

from __future__ import annotations

from typing import Final

from connectors.wording.payment_labels import marked

NOTICE_KINDS: Final = {
    "courtesy": marked("Before the due date"),
    "first_reminder": marked("First reminder"),
    "second_reminder": marked("Second reminder"),
    "formal_notice": marked("Formal notice"),
    "pre_legal": marked("Notice before legal steps"),
    "repossession_notice": marked("Notice about the vehicle"),
    "promise_confirmation": marked("Promise confirmed"),
    "broken_promise": marked("Promise not kept"),
    "plan_confirmation": marked("Plan confirmed"),
    "thank_you": marked("Thank-you"),
    "settlement_offer": marked("Settlement offer"),
    "complaint_acknowledgement": marked("Complaint received"),
    "dispute_acknowledgement": marked("Objection received"),
    "data_rights_answer": marked("Answer about personal data"),
    "case_closed": marked("Case closed"),
}

NOTICE_STATES: Final = {
    "queued": marked("Queued"),
    "held": marked("Waits for a person"),
    "sending": marked("Being sent"),
    "sent": marked("Sent"),
    "refused": marked("Refused by law"),
    "failed": marked("Failed"),
    "uncertain": marked("Uncertain"),
    "cancelled": marked("Cancelled"),
}
