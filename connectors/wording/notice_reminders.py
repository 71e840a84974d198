"""Notices that ask for money: courtesy, reminders, formal notice, and the two that law rules closely.

The notice before legal steps states what the creditor may do and that nothing has been done; it is written only for a
claim that can still be enforced. The notice about a vehicle is written only where the country's folder prescribes one.
"""

from __future__ import annotations

from connectors.wording.layout import Block, Heading, Paragraph, Sentence
from connectors.wording.notice_parts import closing, greeting, how_to_pay, items, overdue_rows, your_say
from connectors.wording.notice_parts import details as detail_rows
from connectors.wording.recovery_notice import waiting_days
from connectors.wording.speaker import Speaker


def courtesy(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """Before the due date: friendly, and without any word of arrears."""
    words, facts = speaker.words, speaker.facts
    opening = words.gettext(
        "This is a friendly reminder that the payment shown below on your contract with {creditor} falls due soon."
    )
    arranged = words.gettext("If you have already arranged this payment, there is nothing more to do.")
    rows = []
    if facts.due is not None:
        rows.append((words.gettext("Amount due"), speaker.amount(facts.due)))
    if facts.due_on is not None:
        rows.append((words.gettext("Due date"), speaker.day(facts.due_on)))
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening), Sentence(arranged))),
        detail_rows(speaker, *rows),
        *how_to_pay(speaker),
        *your_say(speaker),
        *closing(speaker, channel=channel),
    )


def first_reminder(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The first, and the mildest."""
    words = speaker.words
    opening = words.gettext(
        "We would like to remind you that, according to our records, the amount shown below"
        " is overdue on your contract with {creditor}."
    )
    if speaker.facts.pay_by:
        request = words.gettext("We kindly ask you to pay it by {date}.")
    else:
        request = words.gettext("We kindly ask you to pay it as soon as possible.")
    return _reminder(speaker, channel, opening, dated(speaker, request))


def second_reminder(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The second, which offers to look for a solution."""
    opening = speaker.words.gettext(
        "This is our second reminder about your contract with {creditor}."
        " According to our records, the amount shown below is still overdue."
    )
    return _reminder(speaker, channel, opening, pay_or_talk(speaker))


def formal_notice(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The demand in writing that puts the debtor in default where law asks for one."""
    opening = speaker.words.gettext(
        "We hereby give you formal notice that, according to our records, the amount shown below"
        " is overdue on your contract with {creditor}."
    )
    return _reminder(speaker, channel, opening, pay_or_talk(speaker))


def pre_legal(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """What may follow, as a fact and without pressure."""
    words = speaker.words
    opening = words.gettext(
        "Despite our reminders, according to our records, the amount shown below"
        " is still overdue on your contract with {creditor}."
    )
    steps = words.gettext(
        "If it is neither paid nor agreed upon by {date}, we may bring the matter before the competent court,"
        " as the law and your contract allow."
    )
    none_yet = words.gettext("No such step has been taken so far, and we would much rather find a solution with you.")
    return _reminder(speaker, channel, opening, dated(speaker, steps), Sentence(none_yet))


def repossession_notice(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The waiting time that law gives before any step about the vehicle, and how to end the matter."""
    words = speaker.words
    opening = words.gettext(
        "This notice is about the vehicle under your contract with {creditor}."
        " According to our records, the amount shown below is overdue."
    )
    waiting = words.gettext("The law gives you {days} from this notice before any further step about the vehicle.")
    ends = words.gettext("If you pay by {date}, the matter is closed and the contract goes on.")
    days = {"days": speaker.days(waiting_days(speaker))}
    return _reminder(speaker, channel, opening, Sentence(waiting, days), dated(speaker, ends))


def pay_or_talk(speaker: Speaker) -> Sentence:
    """The request to pay, or to look for a solution together."""
    words = speaker.words
    if speaker.facts.pay_by:
        by = words.gettext("Please pay it by {date}, or contact us so that we can look for a solution together.")
        return dated(speaker, by)
    return Sentence(words.gettext("Please pay it, or contact us so that we can look for a solution together."))


def dated(speaker: Speaker, words: str) -> Sentence:
    """A sentence with the day by which to pay, where there is one."""
    pay_by = speaker.facts.pay_by
    return Sentence(words, {"date": speaker.day(pay_by)} if pay_by else {})


def already_paid(speaker: Speaker) -> Sentence:
    """The apology to who has paid meanwhile."""
    return Sentence(
        speaker.words.gettext("If you have already paid, please accept our thanks and disregard this notice.")
    )


def _reminder(speaker: Speaker, channel: str, opening: str, *requests: Sentence) -> tuple[Block, ...]:
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening), *requests, already_paid(speaker))),
        Heading(speaker.words.gettext("What is overdue")),
        speaker.rows(*overdue_rows(speaker)),
        *items(speaker),
        *how_to_pay(speaker),
        *your_say(speaker),
        *closing(speaker, channel=channel),
    )
