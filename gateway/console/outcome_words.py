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
    "returned": {
        "unknown": marked("Unknown at this address"),
        "moved": marked("Moved away"),
        "no_such_address": marked("No such address"),
        "unclaimed": marked("Not collected"),
        "refused": marked("Not accepted"),
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
    "letter_returned": marked("Letter came back"),
    "case_placed": marked("Placed with an agency"),
    "case_taken_back": marked("Taken back from the agency"),
}

OUTCOME_DETAIL: Final[Mapping[str, str]] = {
    "outcome": marked("Outcome"),
    "because_of": marked("Because"),
    "late": marked("Late"),
    "instead_of": marked("Instead of"),
    "stays": marked("Because"),
    "returned": marked("Because"),
    "tracking": marked("Tracking number"),
}

OUTCOME_DONE: Final[Mapping[str, str]] = {
    "call_queued": marked("The call is queued."),
    "letter_queued": marked("The letter is queued."),
    "letters_taken": marked("The letters are taken out. Print them, post them, then say so here."),
    "letters_posted": marked("It is recorded that they are posted."),
    "letters_put_back": marked("The letter waits again."),
    "letter_returned": marked("It is recorded that the letter came back."),
    "call_ended": marked("What came of the call is recorded."),
    "call_pending": marked("What came of the call is recorded. The case has not answered yet."),
}

OUTCOME_REFUSALS: Final[Mapping[str, str]] = {
    "contact_refused": marked("Law does not allow this contact now."),
    "number_missing": marked("No number or address of the debtor is in use."),
    "identity_not_verified": marked("Confirm the identity first, or choose what else came of the call."),
    "no_letter_waits": marked("No letter may be posted now."),
    "letters_not_written": marked("No letter could be written. The outbox says why of each."),
    "letter_not_taken_out": marked("The letter is not in a batch that waits to be posted."),
    "letter_not_posted": marked("The letter has not been posted, or came back before."),
    "call_in_hand": marked("Somebody is making this call, or it has been made."),
    "call_not_in_hand": marked("Nobody is making this call now. Start it first."),
}
