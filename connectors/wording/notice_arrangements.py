"""Notices about what was agreed or offered, and the receipt: promises, plans, settlements, thanks."""

from __future__ import annotations

from connectors.wording.layout import Block, Heading, Paragraph, Sentence, Value
from connectors.wording.notice_parts import (
    amount_row,
    closing,
    contact_line,
    contract_rows,
    dated_amounts,
    details,
    greeting,
    how_to_pay,
    items,
    overdue_rows,
    your_say,
)
from connectors.wording.notice_reminders import already_paid, pay_or_talk
from connectors.wording.speaker import Speaker
from domain.money import total


def promise_confirmation(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """What the debtor promised, so that both remember the same."""
    words = speaker.words
    opening = words.gettext("Thank you for your promise to pay, which we have noted for your contract with {creditor}.")
    changes = words.gettext("If anything changes, please tell us before that day: {contact}")
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening),)),
        details(speaker, *_promise_rows(speaker)),
        contact_line(speaker, changes),
        *how_to_pay(speaker),
        *closing(speaker, channel=channel),
    )


def broken_promise(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The day has passed; no blame, and a way on."""
    words = speaker.words
    opening = words.gettext(
        "We have not yet received the payment shown below, which you had promised for your contract with {creditor}."
    )
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening), pay_or_talk(speaker), already_paid(speaker))),
        speaker.rows(*_promise_rows(speaker), *overdue_rows(speaker)),
        *items(speaker),
        *how_to_pay(speaker),
        *your_say(speaker),
        *closing(speaker, channel=channel),
    )


def _promise_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    rows = amount_row(speaker, speaker.words.gettext("Promised amount"), "promised")
    if speaker.facts.promised_on is not None:
        rows.append((speaker.words.gettext("Promised for"), speaker.day(speaker.facts.promised_on)))
    return rows


def plan_confirmation(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """Every payment of the plan, and their sum."""
    words, plan = speaker.words, speaker.facts.plan
    opening = words.gettext(
        "We confirm the payment plan that we agreed on for your contract with {creditor}. Its payments are shown below."
    )
    difficulty = words.gettext(
        "If you cannot make one of these payments, please tell us before it falls due: {contact}"
    )
    whole = total([amount for _, amount in plan], plan[0][1].currency)
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening),)),
        details(speaker, (words.gettext("Total of the plan"), speaker.amount(whole))),
        Heading(words.gettext("Payments of the plan")),
        dated_amounts(speaker, plan),
        contact_line(speaker, difficulty),
        *how_to_pay(speaker),
        *closing(speaker, channel=channel),
    )


def settlement_offer(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """An offer is free to be refused: it says what it ends, until when it stands, and nothing of what follows."""
    words, facts = speaker.words, speaker.facts
    opening = words.gettext(
        "For your contract with {creditor} we offer to accept the settlement amount shown below"
        " in place of the total overdue."
    )
    free = words.gettext("You are free to accept this offer or not, and to seek advice first.")
    rows = amount_row(speaker, words.gettext("Settlement amount"), "settlement")
    if facts.pay_by is not None:
        rows.append((words.gettext("The offer stands until"), speaker.day(facts.pay_by)))
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(opening), _ends_the_matter(speaker), Sentence(free))),
        speaker.rows(*overdue_rows(speaker), *rows),
        *items(speaker),
        *how_to_pay(speaker),
        *your_say(speaker),
        *closing(speaker, channel=channel),
    )


def _ends_the_matter(speaker: Speaker) -> Sentence:
    words = speaker.words.gettext("If it arrives by {date}, nothing more will be asked for the amount overdue.")
    pay_by = speaker.facts.pay_by
    return Sentence(words, {"date": speaker.day(pay_by)} if pay_by else {})


def thank_you(speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The receipt: what arrived, and what remains where it is known."""
    words, facts = speaker.words, speaker.facts
    received = words.gettext("We have received your payment for your contract with {creditor}. Thank you.")
    rows = [*contract_rows(speaker), *amount_row(speaker, words.gettext("Amount received"), "paid")]
    rows += amount_row(speaker, words.gettext("Still overdue"), "remaining")
    state = []
    if facts.remaining is not None and facts.remaining.minor <= 0:
        state.append(Sentence(words.gettext("No amount is overdue on this contract now.")))
    elif facts.remaining is not None:
        state.append(Sentence(words.gettext("Part of the overdue amount is still unpaid, as shown below.")))
    records = words.gettext("If this differs from your own records, please tell us: {contact}")
    return (
        greeting(speaker),
        Paragraph((speaker.about_contract(received), *state)),
        speaker.rows(*rows),
        *(how_to_pay(speaker) if facts.remaining is not None and facts.remaining.minor > 0 else ()),
        contact_line(speaker, records),
        *closing(speaker, channel=channel),
    )
