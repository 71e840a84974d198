"""Notices in the debtor's language: first reminder, second reminder and thank-you, for each written channel.

Every notice states the creditor, the contract, what is overdue line by line, how to pay, and how to object or ask for
help; none threatens. Words never mix languages: a notice is wholly in one catalog. No notice speaks of interest, so
the same sentences serve a loan, a lease, a murabaha and an ijara (whose instalments are rentals).
Sources: Brazil, Lei 8.078/1990 (CDC) art. 42-A: creditor's name, address and CNPJ on each collection document;
Thailand, Debt Collection Act B.E. 2558 s.9: creditor and amount are named; Saudi Arabia, SAMA circular 106889333
art. 5: Arabic first, legible figures, a way to reach the creditor. Confidence as in the countries' own pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Final

from connectors.wording import bidi, formatting
from connectors.wording.languages import tag
from connectors.wording.layout import Block, CopyCode, Heading, Paragraph, Sentence, Value, as_html, as_text, say
from connectors.wording.payment_labels import shows_reference
from connectors.wording.short_notices import short_blocks
from connectors.wording.speaker import Speaker, lawful_locale, speaker_for
from domain.errors import Invalid
from domain.notices import NoticeFacts, NoticeKind, RenderedNotice
from domain.rails import PaymentCode

__all__ = ["TEMPLATE_VERSIONS", "lawful_locale", "render"]

# A version rises whenever a sentence of its template, or a translation of one, changes.
TEMPLATE_VERSIONS: Final = {
    NoticeKind.FIRST_REMINDER: "first_reminder/1",
    NoticeKind.SECOND_REMINDER: "second_reminder/1",
    NoticeKind.THANK_YOU: "thank_you/1",
}
LONG_CHANNELS: Final = frozenset({"email", "letter", "app", "outbox"})
SHORT_CHANNELS: Final = frozenset({"sms", "whatsapp"})
_CNPJ: Final = re.compile(r"[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}")


def render(
    kind: NoticeKind,
    *,
    channel: str,
    locale: str,
    country_code: str,
    required_locales: tuple[str, ...],
    facts: NoticeFacts,
    today: date,
    creditor_address: str | None = None,
) -> RenderedNotice:
    """A notice as it is sent on a channel (``email letter app outbox`` in full, ``sms whatsapp`` short).

    The locale falls back along its parents and then to English as a whole; where ``required_locales`` says that law
    demands a language, nothing falls back: ``locale_required``. Other errors: ``channel_not_written`` for a channel
    that is spoken, ``notice_incomplete`` and ``nothing_overdue`` for facts that the notice cannot stand on.
    """
    _check(kind, channel=channel, facts=facts)
    speaker = speaker_for(
        locale=locale,
        country_code=country_code,
        required_locales=required_locales,
        facts=facts,
        creditor_address=creditor_address,
        today=today,
    )
    short = channel in SHORT_CHANNELS
    blocks = short_blocks(kind, speaker) if short else _WRITERS[kind](speaker)
    title = _subject(kind, speaker)
    subject, text = say(title, rtl=speaker.rtl), as_text(blocks, rtl=speaker.rtl)
    if short:
        text = text.strip().replace("\n\n", "\n")
        subject, text = (subject, text) if speaker.rtl else (bidi.plain(subject), bidi.plain(text))
    direction = "rtl" if speaker.rtl else "ltr"
    lang = tag(speaker.locale)
    return RenderedNotice(
        kind=kind,
        channel=channel,
        locale=speaker.locale,
        direction=direction,
        template_version=TEMPLATE_VERSIONS[kind],
        subject=subject,
        text=text,
        html=as_html(blocks, title=title, lang=lang, direction=direction) if channel == "email" else None,
        sha256=sha256(f"{subject}\n{text}".encode()).hexdigest(),
    )


def _check(kind: NoticeKind, *, channel: str, facts: NoticeFacts) -> None:
    if channel not in LONG_CHANNELS | SHORT_CHANNELS:
        raise Invalid("channel_not_written", f"A notice cannot be written for the channel {channel!r}.")
    if not (facts.creditor_name.strip() and facts.creditor_contact.strip() and facts.contract.strip()):
        raise Invalid("notice_incomplete", "A notice names the creditor, the creditor's contact and the contract.")
    if kind is NoticeKind.THANK_YOU:
        if facts.paid is None or facts.paid.minor <= 0:
            raise Invalid("notice_incomplete", "A thank-you states the amount received.")
    elif facts.overdue.minor <= 0:
        raise Invalid("nothing_overdue", "A reminder needs an overdue amount.")


def _subject(kind: NoticeKind, speaker: Speaker) -> Sentence:
    words = speaker.words
    match kind:
        case NoticeKind.FIRST_REMINDER:
            title = words.gettext("Payment reminder: contract {contract}")
        case NoticeKind.SECOND_REMINDER:
            title = words.gettext("Second payment reminder: contract {contract}")
        case NoticeKind.THANK_YOU:
            title = words.gettext("Thank you for your payment: contract {contract}")
    return speaker.about_contract(title)


def _first_reminder(speaker: Speaker) -> tuple[Block, ...]:
    words = speaker.words
    opening = words.gettext(
        "We would like to remind you that, according to our records, the amount shown below"
        " is overdue on your contract with {creditor}."
    )
    if speaker.facts.pay_by:
        request = words.gettext("We kindly ask you to pay it by {date}.")
    else:
        request = words.gettext("We kindly ask you to pay it as soon as possible.")
    return _reminder(speaker, opening, request)


def _second_reminder(speaker: Speaker) -> tuple[Block, ...]:
    words = speaker.words
    opening = words.gettext(
        "This is our second reminder about your contract with {creditor}."
        " According to our records, the amount shown below is still overdue."
    )
    if speaker.facts.pay_by:
        request = words.gettext("Please pay it by {date}, or contact us so that we can look for a solution together.")
    else:
        request = words.gettext("Please pay it, or contact us so that we can look for a solution together.")
    return _reminder(speaker, opening, request)


def _reminder(speaker: Speaker, opening: str, request: str) -> tuple[Block, ...]:
    pay_by = speaker.facts.pay_by
    already = speaker.words.gettext("If you have already paid, please accept our thanks and disregard this notice.")
    return (
        _greeting(speaker),
        Paragraph(
            (
                speaker.about_contract(opening),
                Sentence(request, {"date": speaker.day(pay_by)} if pay_by else {}),
                Sentence(already),
            )
        ),
        Heading(speaker.words.gettext("What is overdue")),
        speaker.rows(*_overdue_rows(speaker)),
        *_how_to_pay(speaker),
        *_your_say(speaker),
        *_closing(speaker),
    )


def _thank_you(speaker: Speaker) -> tuple[Block, ...]:
    words, facts = speaker.words, speaker.facts
    received = words.gettext("We have received your payment for your contract with {creditor}. Thank you.")
    rows = [*_contract_rows(speaker), *_amount_row(speaker, words.gettext("Amount received"), "paid")]
    rows += _amount_row(speaker, words.gettext("Still overdue"), "remaining")
    state = []
    if facts.remaining is not None and facts.remaining.minor <= 0:
        state.append(Sentence(words.gettext("No amount is overdue on this contract now.")))
    elif facts.remaining is not None:
        state.append(Sentence(words.gettext("Part of the overdue amount is still unpaid, as shown below.")))
    records = words.gettext("If this differs from your own records, please tell us: {contact}")
    return (
        _greeting(speaker),
        Paragraph((speaker.about_contract(received), *state)),
        speaker.rows(*rows),
        *(_how_to_pay(speaker) if facts.remaining is not None and facts.remaining.minor > 0 else ()),
        Paragraph((Sentence(records, {"contact": speaker.contact()}),)),
        *_closing(speaker),
    )


def _greeting(speaker: Speaker) -> Paragraph:
    person = Value(formatting.addressee(speaker.facts.debtor_name, speaker.locale), "name")
    return Paragraph((Sentence(speaker.words.gettext("Dear {name},"), {"name": person}),))


def _contract_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    words, facts = speaker.words, speaker.facts
    rows = [(words.gettext("Contract"), speaker.contract())]
    if facts.vehicle:
        rows.append((words.gettext("Vehicle"), Value(formatting.name(facts.vehicle), "name")))
    return rows


def _amount_row(speaker: Speaker, label: str, field: str) -> list[tuple[str, Value]]:
    amount = getattr(speaker.facts, field)
    return [] if amount is None or amount.minor <= 0 else [(label, speaker.amount(amount))]


def _overdue_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    words, facts = speaker.words, speaker.facts
    rows = [(words.gettext("Creditor"), speaker.creditor()), *_contract_rows(speaker)]
    if facts.overdue_instalments:
        rentals = facts.product == "ijara"
        label = words.gettext("Overdue rentals") if rentals else words.gettext("Overdue instalments")
        rows.append((label, speaker.instalments(facts.overdue_instalments)))
    if facts.oldest_due_date:
        rows.append((words.gettext("Oldest due date"), speaker.day(facts.oldest_due_date)))
    if facts.days_past_due:
        rows.append((words.gettext("Days past due"), speaker.days(facts.days_past_due)))
    rows.append((words.gettext("Total overdue"), speaker.amount(facts.overdue)))
    rows.append((words.gettext("Position as of"), speaker.day(speaker.today)))
    return rows


def _how_to_pay(speaker: Speaker) -> tuple[Block, ...]:
    heading = Heading(speaker.words.gettext("How to pay"))
    code = speaker.facts.code
    if code is None:
        ask = speaker.words.gettext("Please contact us for payment instructions: {contact}")
        return (heading, Paragraph((Sentence(ask, {"contact": speaker.contact()}),)))
    details = speaker.rows(*_payment_rows(speaker, code))
    if not code.qr:
        transfer = speaker.words.gettext(
            "Please make a transfer with these details and quote the payment reference exactly as shown."
        )
        return (heading, Paragraph((Sentence(transfer),)), details)
    use = speaker.words.gettext("Please use this payment code in your bank's or wallet's app:")
    return (heading, Paragraph((Sentence(use),)), CopyCode(code.payload), details)


def _payment_rows(speaker: Speaker, code: PaymentCode) -> list[tuple[str, Value]]:
    rows = [(speaker.label(label), Value(value)) for label, value in code.lines]
    if not shows_reference(code):
        rows.append((speaker.words.gettext("Payment reference"), Value(code.reference)))
    return rows


def _your_say(speaker: Speaker) -> tuple[Block, ...]:
    words = speaker.words
    return (
        Heading(words.gettext("If you disagree or need help")),
        Paragraph(
            (
                Sentence(
                    words.gettext(
                        "If you believe that this amount is not right, you may object to it"
                        " or ask us for an itemised statement."
                    )
                ),
                Sentence(
                    words.gettext(
                        "If you are in financial difficulty, please tell us, so that we can look at"
                        " other payment terms with you."
                    )
                ),
                Sentence(words.gettext("Contact: {contact}"), {"contact": speaker.contact()}),
            )
        ),
    )


def _closing(speaker: Speaker) -> tuple[Block, ...]:
    """The signature; with the creditor's registration and address wherever they are known (CDC art. 42-A)."""
    words, facts = speaker.words, speaker.facts
    signature = Paragraph((Sentence(words.gettext("Yours sincerely,")), speaker.about_contract("{creditor}")))
    rows: list[tuple[str, Value]] = []
    if facts.creditor_document:
        rows.append((_document_label(speaker, facts.creditor_document), Value(facts.creditor_document)))
    if speaker.creditor_address:
        rows.append((words.gettext("Address"), Value(formatting.name(speaker.creditor_address), "name")))
    return (signature, speaker.rows(*rows)) if rows else (signature,)


def _document_label(speaker: Speaker, document: str) -> str:
    if speaker.country_code == "BR" and _CNPJ.fullmatch(document):
        return "CNPJ"
    return speaker.words.gettext("Registration number")


_WRITERS: Final[dict[NoticeKind, Callable[[Speaker], tuple[Block, ...]]]] = {
    NoticeKind.FIRST_REMINDER: _first_reminder,
    NoticeKind.SECOND_REMINDER: _second_reminder,
    NoticeKind.THANK_YOU: _thank_you,
}
