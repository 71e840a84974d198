"""What the console calls the findings of the wording check, and why a notice cannot be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

MESSAGE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "wording": {
        "threat": marked("Threatens"),
        "legal": marked("Speaks of legal steps, which only a notice before them may"),
        "shame": marked("Shames or insults"),
        "third_party": marked("Speaks of telling others"),
        "false_authority": marked("Claims an authority that the sender does not have"),
        "court_look": marked("Looks like a paper of a court"),
        "third_party_recipient": marked("Tells a third party of the debt"),
        "link": marked("Has a link, which the networks do not let through"),
        "phone_number": marked("Has a telephone number, which the networks do not let through"),
        "personal_data": marked("Asks for personal data"),
        "prefix_missing": marked("Does not begin as it has to"),
        "element_missing": marked("Does not state what it has to"),
    },
    "message_direction": {
        "ltr": marked("Left to right"),
        "rtl": marked("Right to left"),
    },
}
"""Words by family and code."""

MESSAGE_REFUSALS: Final[Mapping[str, str]] = {
    "notice_not_prescribed": marked("The country prescribes no such notice of the creditor's own."),
    "channel_not_written": marked("No such notice is written for this channel."),
    "wording_not_checked": marked("There is no list of words for this language, so that it is not sent."),
    "locale_required": marked("Law demands another language there."),
    "text_empty": marked("There is no text to check."),
    "text_too_long": marked("The text is too long to be checked at once."),
}
"""Why a preview is refused, by code."""
