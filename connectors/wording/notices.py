"""Notices in the debtor's language, for each written channel and, where it is natural, as a script for a call.

Every notice states the creditor, the contract, what is overdue line by line, how to pay, and how to object or ask for
help; none threatens. Words never mix languages: a notice is wholly in one language. No notice speaks of interest, so
the same sentences serve a loan, a lease, a murabaha and an ijara (whose instalments are rentals).
Sources: Brazil, Lei 8.078/1990 (CDC) art. 42-A: creditor's name, address and CNPJ on each collection document;
Thailand, Debt Collection Act B.E. 2558 s.9: creditor and amount are named; Saudi Arabia, SAMA circular 106889333
art. 5: Arabic first, legible figures, a way to reach the creditor. Confidence as in the countries' own pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Final

from connectors.wording import (
    disclosures,
    notice_answers,
    notice_arrangements,
    notice_facts,
    notice_reminders,
    recovery_notice,
    segments,
    voice_scripts,
)
from connectors.wording.languages import tag
from connectors.wording.layout import Block, as_html, as_text, say
from connectors.wording.notice_titles import title
from connectors.wording.short_notices import short_blocks
from connectors.wording.speaker import Speaker, lawful_locale, speaker_for
from domain.contacts import Channel
from domain.countries import Country
from domain.errors import Invalid
from domain.notices import NoticeFacts, NoticeKind, RenderedNotice

__all__ = ["TEMPLATE_VERSIONS", "blocks_of", "compose", "lawful_locale", "render"]

# A version rises whenever a sentence of its template, or a translation of one, changes.
TEMPLATE_VERSIONS: Final = {kind: f"{kind.value}/3" for kind in NoticeKind} | {
    NoticeKind.FIRST_REMINDER: "first_reminder/4",
    NoticeKind.SECOND_REMINDER: "second_reminder/4",
    NoticeKind.THANK_YOU: "thank_you/4",
}
LONG_CHANNELS: Final = frozenset({"email", "letter", "app", "outbox"})
SHORT_CHANNELS: Final = frozenset({"sms", "whatsapp"})
SPOKEN_CHANNEL: Final = Channel.PHONE.value


def render(
    kind: NoticeKind,
    *,
    channel: str,
    locale: str,
    country: Country,
    facts: NoticeFacts,
    today: date,
    creditor_address: str | None = None,
    subdivision: str | None = None,
) -> RenderedNotice:
    """A notice as a channel carries it: ``email letter app outbox`` in full, ``sms whatsapp`` short, ``phone`` spoken.

    The locale falls back along its parents and then to English as a whole; where the country's law demands a language,
    nothing falls back: ``locale_required``. Other errors: ``channel_not_written`` for a channel or a kind of call that
    has no words, ``disclosure_missing``, ``text_too_long`` (a text of more than eight segments), and those of
    ``notice_facts`` and ``recovery_notice`` for facts that the notice cannot stand on.
    """
    _check_channel(kind, channel)
    notice_facts.check(kind, facts, today=today)
    speaker = speaker_for(
        locale=locale,
        country=country,
        facts=facts,
        creditor_address=creditor_address,
        today=today,
        subdivision=subdivision,
        brief=channel in SHORT_CHANNELS,
    )
    if kind is NoticeKind.REPOSSESSION_NOTICE:
        recovery_notice.check(speaker)
    disclosures.check(kind, speaker, channel=channel)
    return compose(kind, speaker, channel)


def _check_channel(kind: NoticeKind, channel: str) -> None:
    spoken = channel == SPOKEN_CHANNEL and kind in voice_scripts.SPOKEN
    if not spoken and channel not in LONG_CHANNELS | SHORT_CHANNELS:
        raise Invalid("channel_not_written", f"A {kind.value} notice cannot be written for the channel {channel!r}.")


def compose(kind: NoticeKind, speaker: Speaker, channel: str) -> RenderedNotice:
    """A notice in a speaker's voice, whatever the facts bear: who sends one asks ``render``."""
    blocks, heading = blocks_of(kind, speaker, channel), title(kind, speaker)
    subject, text = say(heading, rtl=speaker.rtl), as_text(blocks, rtl=speaker.rtl)
    if channel in SHORT_CHANNELS:
        text = " ".join((*disclosures.prefixes(speaker, channel=channel), text.strip().replace("\n\n", "\n")))
        if not speaker.rtl:
            subject, text = segments.plain(subject), segments.plain(text)
        if channel == Channel.SMS.value:
            text = segments.gsm_ready(text, language=speaker.language)
    direction, lang = "rtl" if speaker.rtl else "ltr", tag(speaker.locale)
    counted = channel == Channel.SMS.value
    if counted and segments.segments(text) > segments.MAX_SEGMENTS:
        raise Invalid(
            "text_too_long",
            f"The text takes {segments.segments(text)} segments; at most {segments.MAX_SEGMENTS} are sent.",
            fix="Send it by e-mail or letter.",
        )
    return RenderedNotice(
        kind=kind,
        channel=channel,
        locale=speaker.locale,
        direction=direction,
        template_version=TEMPLATE_VERSIONS[kind],
        subject=subject,
        text=text,
        html=as_html(blocks, title=heading, lang=lang, direction=direction) if channel == "email" else None,
        sha256=sha256(f"{subject}\n{text}".encode()).hexdigest(),
        encoding=segments.encoding(text) if counted else None,
        segments=segments.segments(text) if counted else None,
    )


def blocks_of(kind: NoticeKind, speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """What a notice says over a channel, before its values are put in."""
    if channel in SHORT_CHANNELS:
        return short_blocks(kind, speaker, channel)
    return voice_scripts.script(kind, speaker) if channel == SPOKEN_CHANNEL else _WRITERS[kind](speaker, channel)


_WRITERS: Final[dict[NoticeKind, Callable[[Speaker, str], tuple[Block, ...]]]] = {
    NoticeKind.COURTESY: notice_reminders.courtesy,
    NoticeKind.FIRST_REMINDER: notice_reminders.first_reminder,
    NoticeKind.SECOND_REMINDER: notice_reminders.second_reminder,
    NoticeKind.FORMAL_NOTICE: notice_reminders.formal_notice,
    NoticeKind.PRE_LEGAL: notice_reminders.pre_legal,
    NoticeKind.REPOSSESSION_NOTICE: notice_reminders.repossession_notice,
    NoticeKind.PROMISE_CONFIRMATION: notice_arrangements.promise_confirmation,
    NoticeKind.BROKEN_PROMISE: notice_arrangements.broken_promise,
    NoticeKind.PLAN_CONFIRMATION: notice_arrangements.plan_confirmation,
    NoticeKind.THANK_YOU: notice_arrangements.thank_you,
    NoticeKind.SETTLEMENT_OFFER: notice_arrangements.settlement_offer,
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: notice_answers.complaint_acknowledgement,
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: notice_answers.dispute_acknowledgement,
    NoticeKind.DATA_RIGHTS_ANSWER: notice_answers.data_rights_answer,
    NoticeKind.CASE_CLOSED: notice_answers.case_closed,
}
