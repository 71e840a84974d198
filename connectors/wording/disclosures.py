"""What a country makes a message say: its duties of disclosure, by channel, proved before anything is sent.

Duties marked ``unverified`` or ``policy`` are followed where the facts are known, and hold nothing up where not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from connectors.wording import formatting
from connectors.wording.catalogs import subtags
from connectors.wording.layout import Sentence, Value
from connectors.wording.speaker import Speaker
from domain.conduct import DISCLOSURES, Conduct, Duty, DutyKind, SenderRule
from domain.contacts import Channel, Confidence
from domain.errors import Invalid
from domain.notices import CLAIMS_OVERDUE, NoticeFacts, NoticeKind

LINK: Final = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|net|org|info|me|ly|io|link|app)/\S", re.IGNORECASE)
PHONE: Final = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w/-]|[.,]\d)")
_HOURS: Final = re.compile(r"\d{1,2}[:.]\d{2}\s*(?:[-\u2013]|to|a|às|إلى|حتى)\s*\d{1,2}[:.]\d{2}")
_FIRM: Final = frozenset({Confidence.VERIFIED, Confidence.SECONDARY})
_LAWFUL_CHANNELS: Final = {channel.value: channel for channel in Channel}
# A creditor who writes is its own agent; these speak of an agency that writes for one.
_OF_AGENCIES: Final = frozenset({"agency_name", "agent_name"})


def duties(conduct: Conduct, *, channel: str, subdivision: str | None, today: date) -> tuple[Duty, ...]:
    """The duties to disclose that hold on a day; a place not known is under every state's law.

    What is kept in the outbox is read by a person who sends it as a letter, and counts as one.
    """
    lawful = _LAWFUL_CHANNELS.get(channel, Channel.LETTER)
    return tuple(
        duty
        for duty in conduct.duties
        if duty.elements
        and duty.kind in (DutyKind.DISCLOSE, DutyKind.RECORD)
        and duty.holds_on(today)
        and (duty.channels is None or lawful in duty.channels)
        and (duty.subdivisions is None or subdivision is None or subdivision in duty.subdivisions)
    )


def sender_rules(conduct: Conduct, *, channel: str, today: date) -> tuple[SenderRule, ...]:
    """What the country's networks ask of a sender on a channel."""
    return tuple(rule for rule in conduct.senders if rule.channel.value == channel and rule.holds_on(today))


def elements(speaker: Speaker, *, channel: str) -> frozenset[str]:
    """Every element that the country asks for on a channel, firm or not."""
    found = duties(speaker.conduct, channel=channel, subdivision=speaker.subdivision, today=speaker.today)
    return frozenset(element for duty in found for element in duty.elements)


def check(kind: NoticeKind, speaker: Speaker, *, channel: str) -> None:
    """Refuse a notice that cannot say what law makes it say: ``disclosure_missing``, with the rule and its elements."""
    for duty in duties(speaker.conduct, channel=channel, subdivision=speaker.subdivision, today=speaker.today):
        missing = [element for element in duty.elements if not _known(element, kind, speaker.facts, speaker, channel)]
        if missing and duty.confidence in _FIRM:
            said = ", ".join(DISCLOSURES[element] for element in missing)
            raise Invalid(
                "disclosure_missing",
                f"The rule {duty.id} asks that the notice state {said}.",
                fix="Complete the creditor's particulars, or the notice's facts.",
                rule=duty.id,
                source=duty.source,
                elements=missing,
            )


def _known(element: str, kind: NoticeKind, facts: NoticeFacts, speaker: Speaker, channel: str) -> bool:
    if element in _OF_AGENCIES:
        spoken = channel == Channel.PHONE.value and element == "agent_name"
        return bool(facts.agency_name if element == "agency_name" else facts.agent_name) or not (
            spoken or facts.agency_name
        )
    if element == "amount_itemised":
        return kind not in CLAIMS_OVERDUE or bool(facts.items)
    known = _KNOWN.get(element)
    return known is None or bool(known(speaker))


# What our own sentences always say (creditor, contract, amount, how to pay, how to object…) is not listed here.
_KNOWN: Final[Mapping[str, Callable[[Speaker], object]]] = {
    "creditor_address": lambda speaker: speaker.creditor_address,
    "creditor_document": lambda speaker: speaker.facts.creditor_document,
    "creditor_phone": lambda speaker: speaker.facts.creditor_phone or PHONE.search(speaker.facts.creditor_contact),
    "working_hours": lambda speaker: speaker.facts.working_hours or _HOURS.search(speaker.facts.creditor_contact),
    "complaint": lambda speaker: speaker.facts.complaint_contact,
}


def rows(speaker: Speaker, *, channel: str, only_asked: bool = False) -> list[tuple[str, Value]]:
    """Who writes and how they are reached, as far as it is known; or only what the country asks for on the channel."""
    words, facts = speaker.words, speaker.facts
    asked = elements(speaker, channel=channel)
    department = facts.department or (words.gettext("Collections") if "department" in asked else None)
    particulars = (
        ("agency_name", words.gettext("Agency"), facts.agency_name),
        ("department", words.gettext("Department"), department),
        ("creditor_phone", words.gettext("Telephone"), facts.creditor_phone),
        ("working_hours", words.gettext("Working hours"), facts.working_hours),
    )
    return [
        (label, Value(formatting.name(text)))
        for element, label, text in particulars
        if text and text not in facts.creditor_contact and (element in asked or not only_asked)
    ]


def sentences(speaker: Speaker, *, channel: str) -> tuple[Sentence, ...]:
    """What else the country makes a notice say: whom alone to pay, where to complain, how to stop such messages."""
    words, asked = speaker.words, elements(speaker, channel=channel)
    found = []
    if "pay_creditor_only" in asked:
        found.append(speaker.about_contract(words.gettext("Please pay only to {creditor}'s own account.")))
    if speaker.facts.complaint_contact:
        where = Value(formatting.name(speaker.facts.complaint_contact), "name")
        found.append(Sentence(words.gettext("You may also complain to: {place}"), {"place": where}))
    if "opt_out" in asked:
        found.append(_opt_out(speaker, channel=channel))
    return tuple(found)


def _opt_out(speaker: Speaker, *, channel: str) -> Sentence:
    word = _opt_out_word(speaker)
    if channel in {"sms", "whatsapp"} and word:
        reply = speaker.words.gettext("To stop messages on this channel, reply {word}.")
        return Sentence(reply, {"word": Value(word)})
    ask = speaker.words.gettext("To stop messages on this channel, please tell us: {contact}")
    return Sentence(ask, {"contact": speaker.contact()})


def _opt_out_word(speaker: Speaker) -> str | None:
    known = speaker.conduct.opt_out_words
    language = subtags(speaker.locale)[0]
    return next((words[0] for locale, words in known.items() if subtags(locale)[0] == language), None)


def prefixes(speaker: Speaker, *, channel: str) -> tuple[str, ...]:
    """What the country's networks make each message begin with."""
    rules = sender_rules(speaker.conduct, channel=channel, today=speaker.today)
    return tuple(rule.prefix for rule in rules if rule.prefix)


def banned(speaker: Speaker, text: str, *, channel: str) -> bool:
    """Whether a text holds a link or a telephone number that the country's networks do not let through."""
    rules = sender_rules(speaker.conduct, channel=channel, today=speaker.today)
    links = any(not rule.links for rule in rules)
    phones = any(not rule.phone_numbers for rule in rules)
    return bool((links and LINK.search(text)) or (phones and PHONE.search(text)))
