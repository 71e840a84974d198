"""What came of contacts, and why numbers and channels are used no longer, in the console's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

OUTCOME_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "contact_outcome": {
        "not_made": marked("Not made"),
        "no_answer": marked("No answer"),
        "busy": marked("Busy"),
        "voicemail": marked("Answering machine"),
        "not_in_service": marked("Number not in service"),
        "undelivered": marked("Not delivered"),
        "delivered": marked("Delivered"),
        "wrong_number": marked("Wrong number"),
        "third_party": marked("Somebody else answered"),
        "not_verified": marked("Identity not confirmed"),
        "informed": marked("Debtor informed"),
        "call_back": marked("Asks to be called again"),
        "promised": marked("Promises to pay"),
        "paid_already": marked("Says it is paid"),
        "disputed": marked("Objects to the debt"),
        "hardship": marked("Cannot pay now"),
        "refused": marked("Refuses to pay"),
        "asked_to_stop": marked("Wants no more calls"),
    },
    "stop_reason": {
        "wrong_number": marked("Wrong number"),
        "not_in_service": marked("Number not in service"),
        "hard_bounce": marked("Mailbox does not exist"),
        "returned_mail": marked("Letter came back"),
        "unsubscribed": marked("Unsubscribed"),
        "complaint": marked("Reported as unwanted"),
        "asked": marked("Asked for it"),
    },
    "stays": {
        "not_surely_failed": marked("it may have arrived"),
        "not_the_channels_fault": marked("it would fail on any channel"),
        "form_prescribed": marked("law prescribes its form"),
        "nobody_reminds_now": marked("nobody reminds now"),
        "too_long_ago": marked("it failed too long ago"),
        "no_lawful_channel": marked("law allows no other channel"),
        "no_other_channel": marked("no other channel reaches the debtor"),
    },
    "lateness": {"after_permit": marked("After the permit had expired")},
}

OUTCOME_TIMELINE: Final[Mapping[str, str]] = {
    "contact_permitted": marked("Contact permitted"),
    "contact_reported": marked("Contact reported"),
    "contact_stopped": marked("Not to be used any more"),
    "contact_stop_lifted": marked("May be used again"),
    "notice_over": marked("Goes over to another channel"),
    "notice_stays": marked("Goes over to no other channel"),
    "case_placed": marked("Placed with an agency"),
    "case_taken_back": marked("Taken back from the agency"),
}

OUTCOME_DETAIL: Final[Mapping[str, str]] = {
    "outcome": marked("Outcome"),
    "because_of": marked("Because"),
    "late": marked("Late"),
    "instead_of": marked("Instead of"),
    "stays": marked("Because"),
}
