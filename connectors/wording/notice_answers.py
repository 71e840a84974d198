"""Notices that answer the debtor: a complaint, an objection, a request about personal data, and the end of a case."""

from __future__ import annotations

from connectors.wording import formatting
from connectors.wording.layout import Block, Paragraph, Sentence, Value
from connectors.wording.notice_parts import closing, contact_line, details, greeting
from connectors.wording.speaker import Speaker
from domain.notices import ClosedBecause


def complaint_acknowledgement(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The complaint has arrived, and will be answered by a day."""
    opening = speaker.words.gettext(
        "We have received your complaint about your contract with {creditor} and will look into it carefully."
    )
    return _acknowledgement(speaker, channel, speaker.about_contract(opening))


def dispute_acknowledgement(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The objection has arrived; nothing is asked for meanwhile."""
    words = speaker.words
    opening = words.gettext("We have received your objection to the amount asked for on your contract with {creditor}.")
    meanwhile = words.gettext("While we look into it, we will not ask you to pay the amount you object to.")
    return _acknowledgement(speaker, channel, speaker.about_contract(opening), Sentence(meanwhile))


def _acknowledgement(speaker: Speaker, channel: str, *opening: Sentence) -> tuple[Block, ...]:
    words, facts = speaker.words, speaker.facts
    sentences = list(opening)
    if facts.answer_by is not None:
        answered = words.gettext("You will have our answer by {date}.")
        sentences.append(Sentence(answered, {"date": speaker.day(facts.answer_by)}))
    add = words.gettext("If you wish to add anything, please write to us and quote the reference: {contact}")
    return (
        greeting(speaker),
        Paragraph(tuple(sentences)),
        details(speaker, *_reference_rows(speaker)),
        contact_line(speaker, add),
        *closing(speaker, channel=channel),
    )


def _reference_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    words, facts = speaker.words, speaker.facts
    rows = []
    if facts.reference:
        rows.append((words.gettext("Reference"), Value(formatting.name(facts.reference))))
    if facts.received_on is not None:
        rows.append((words.gettext("Received on"), speaker.day(facts.received_on)))
    return rows


def data_rights_answer(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The answer to a request about personal data, in the words of whoever decided it."""
    words, facts = speaker.words, speaker.facts
    opening = words.gettext("Here is our answer to the request about your personal data that you made to {creditor}.")
    appeal = words.gettext(
        "If you are not satisfied with this answer, you may write to us again"
        " or turn to the data protection authority of your country."
    )
    answer = {"answer": Value(formatting.name(facts.answer or ""), "name")}
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening),)),
        details(speaker, *_reference_rows(speaker)),
        Paragraph((Sentence("{answer}", answer),)),
        Paragraph((Sentence(appeal), Sentence(words.gettext("Contact: {contact}"), {"contact": speaker.contact()}))),
        *closing(speaker, channel=channel),
    )


def case_closed(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The end, and why."""
    words = speaker.words
    opening = words.gettext(
        "We have closed your case about your contract with {creditor} and will not write to you about it again."
    )
    records = words.gettext("If this differs from your own records, please tell us: {contact}")
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening), *closing_reason(speaker))),
        details(speaker),
        contact_line(speaker, records),
        *closing(speaker, channel=channel),
    )


def closing_reason(speaker: Speaker) -> tuple[Sentence, ...]:
    """Why the case ended, where the debtor brought it to its end."""
    words = speaker.words
    match speaker.facts.closed_because:
        case ClosedBecause.PAID:
            return (Sentence(words.gettext("Everything asked for in this case has been paid. Thank you.")),)
        case ClosedBecause.SETTLED:
            return (Sentence(words.gettext("The agreed settlement has been fulfilled. Thank you.")),)
        case ClosedBecause.WITHDRAWN | None:
            return ()
