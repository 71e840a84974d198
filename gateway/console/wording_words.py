"""Words of approving texts and of held notices: states, findings, facts and refusals, as msgids of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

WORDING_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "wording_state": {
        "approved": marked("Approved by two"),
        "release": marked("As released"),
        "proposed": marked("Waits for a second person"),
        "changed": marked("Changed since its approval"),
        "unapproved": marked("Never approved"),
    },
    "approval_state": {
        "proposed": marked("Proposed"),
        "approved": marked("Approved"),
        "declined": marked("Declined"),
        "withdrawn": marked("Withdrawn"),
        "revoked": marked("Taken back"),
    },
    "finding": {
        "threat": marked("Threat"),
        "legal": marked("Legal steps"),
        "shame": marked("Shame or insult"),
        "third_party": marked("Telling others"),
        "third_party_recipient": marked("Told to a third party"),
        "false_authority": marked("False authority"),
        "court_look": marked("Looks like a court's"),
        "link": marked("Link"),
        "phone_number": marked("Phone number"),
        "personal_data": marked("Personal data"),
        "prefix_missing": marked("Beginning is missing"),
        "element_missing": marked("Missing"),
    },
    "held_because": {
        "wording.not_approved": marked("Its wording was not approved."),
        "notice_incomplete": marked("A fact that it states is missing."),
        "disclosure_missing": marked("Something that law makes it state is missing."),
        "facts_disagree": marked("Its facts contradict each other."),
        "claim_time_barred": marked("The claim may have run out, so no legal step may be spoken of."),
        "locale_required": marked("Law demands another language."),
        "wording_missing": marked("A sentence has no translation."),
        "text_too_long": marked("It is too long for a text message."),
        "term_too_short": marked("The day to pay by gives less time than law does."),
        "notice_too_early": marked("Too few instalments are unpaid for it."),
        "notice_not_prescribed": marked("Law prescribes no such notice there."),
        "channel_not_connected": marked("Nothing carries this channel."),
        "recipient_missing": marked("The debtor has no address for this channel."),
    },
    "data_right": {
        "access": marked("To see the data"),
        "correction": marked("To correct the data"),
        "erasure": marked("To erase the data"),
        "objection": marked("Objects to their use"),
        "portability": marked("To take the data elsewhere"),
    },
    "fact": {
        "pay_by": marked("Pay by"),
        "answer_by": marked("Answer by"),
        "received_on": marked("Received on"),
        "reference": marked("Reference"),
        "answer": marked("Answer"),
        "vehicle": marked("Vehicle"),
        "department": marked("Department"),
        "agent_name": marked("Who calls"),
        "agency_name": marked("Agency"),
        "creditor_phone": marked("The creditor's phone"),
        "creditor_address": marked("The creditor's address"),
        "working_hours": marked("Working hours"),
        "complaint_contact": marked("Where to complain"),
    },
}
"""Words by family and code."""

WORDING_REFUSALS: Final[Mapping[str, str]] = {
    "wording_approved": marked("This text is approved already."),
    "wording_proposed": marked("This text waits for a second person already."),
    "wording_decided": marked("Somebody decided it meanwhile. Look at it as it is now."),
    "wording_changed": marked("The text was changed since it was proposed. Propose it as it is now."),
    "notice_not_held": marked("The notice is not held any more."),
    "notice_over": marked("There is nothing left to speak of. Discard it."),
    "notice_still_held": marked("Something keeps it still. See why below."),
    "wording_prohibited": marked("What is prohibited is never sent. Have the wording or the facts changed."),
    "nothing_to_clear": marked("Nothing was found in its words."),
    "facts_malformed": marked("A fact is not written as it should be. Days are written as 2026-11-23."),
    "settlement_invalid": marked("An offer is above zero and less than what is overdue."),
    "settlement_day_invalid": marked("An offer stands until today or a day within ninety days."),
    "plan_days_invalid": marked("The payments of a plan fall due on later and later days, none of them past."),
    "plan_exceeds_debt": marked("The plan is of more than what is owed."),
    "plan_empty": marked("A plan has at least one payment."),
    "plan_line_malformed": marked("Write each payment on a line of its own: a day, a space, an amount."),
    "contact_refused": marked("Law does not let the debtor be contacted now."),
    "data_request_answered": marked("The request was answered already."),
    "answer_invalid": marked("Write the answer, in at most four thousand letters."),
}
"""Refusals by code."""

WORDING_DONE: Final[Mapping[str, str]] = {
    "wording_proposed": marked("The text is proposed. Another person can approve it now."),
    "wording_approved": marked("The text is approved. Notices that waited for it go on."),
    "wording_turned_down": marked("The text is not approved."),
    "wording_revoked": marked("The approval is taken back. The text is not sent any more."),
    "wording_all_proposed": marked("The texts are proposed. Another person can approve them now."),
    "wording_all_approved": marked("The texts are approved. Notices that waited for them go on."),
    "wording_trust": marked("It is kept what the wording of releases counts for."),
    "notice_corrected": marked("The facts are kept for this notice. Release it when it reads well."),
    "notice_released": marked("The notice is released. It goes out at its lawful moment."),
    "notice_discarded": marked("The notice is discarded."),
    "notice_clearance_asked": marked("Another person can confirm now that it is no fault."),
    "plan": marked("The plan is agreed, and the debtor is sent it."),
    "settlement": marked("The offer is made, and the debtor is sent it."),
    "data_answer": marked("The answer is sent to the debtor."),
}
"""What was done, by mark."""
