"""The short form of a notice, for channels that count characters: who, which contract, how much, how, and whom to ask.

Networks in the United Arab Emirates and Malaysia block texts that hold phone numbers or links (carriers' guidelines;
MCMC direction of September 2024, both read second-hand), so there the debtor is pointed to the contract's own channel.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.wording.layout import Block, CopyCode, Paragraph, Sentence, Value
from connectors.wording.payment_labels import shows_reference
from connectors.wording.speaker import Speaker
from domain.notices import NoticeKind
from domain.rails import PaymentCode

_NO_NUMBERS_OR_LINKS: Final = frozenset({"AE", "MY"})
_NUMBER_OR_LINK: Final = re.compile(r"://|www\.|\d(?:[\s().-]*\d){5,}")


def short_blocks(kind: NoticeKind, speaker: Speaker) -> tuple[Block, ...]:
    """The short notice of a kind."""
    if kind is NoticeKind.THANK_YOU:
        return (Paragraph((*_receipt(speaker), _whom_to_ask(speaker))),)
    opening = _opening(kind, speaker)
    pay_by = speaker.facts.pay_by
    request = speaker.words.gettext("Please pay by {date}.")
    already = speaker.words.gettext("Already paid? Please disregard this notice.")
    return (
        Paragraph(
            (
                speaker.about_contract(opening),
                _overdue(speaker),
                *((Sentence(request, {"date": speaker.day(pay_by)}),) if pay_by else ()),
            )
        ),
        *_how_to_pay(speaker, speaker.facts.code),
        Paragraph((Sentence(already), _whom_to_ask(speaker))),
    )


def _opening(kind: NoticeKind, speaker: Speaker) -> str:
    if kind is NoticeKind.SECOND_REMINDER:
        return speaker.words.gettext("{creditor}: second payment reminder for contract {contract}.")
    return speaker.words.gettext("{creditor}: payment reminder for contract {contract}.")


def _overdue(speaker: Speaker) -> Sentence:
    facts = speaker.facts
    amount = {"amount": speaker.amount(facts.overdue)}
    if not facts.overdue_instalments:
        return Sentence(speaker.words.gettext("Overdue: {amount}."), amount)
    words = speaker.words.gettext("Overdue: {amount} ({instalments}).")
    return Sentence(words, {**amount, "instalments": speaker.instalments(facts.overdue_instalments)})


def _receipt(speaker: Speaker) -> tuple[Sentence, ...]:
    words, facts = speaker.words, speaker.facts
    received = words.gettext("{creditor}: we have received {amount} for contract {contract}. Thank you.")
    values = {"creditor": speaker.creditor(), "contract": speaker.contract()}
    sentences = [Sentence(received, values | ({"amount": speaker.amount(facts.paid)} if facts.paid else {}))]
    if facts.remaining is not None and facts.remaining.minor > 0:
        still = words.gettext("Still overdue: {amount}.")
        sentences.append(Sentence(still, {"amount": speaker.amount(facts.remaining)}))
    elif facts.remaining is not None:
        sentences.append(Sentence(words.gettext("No amount is overdue on this contract now.")))
    return tuple(sentences)


def _how_to_pay(speaker: Speaker, code: PaymentCode | None) -> tuple[Block, ...]:
    """A transfer's lines, a Pix code to paste, or else the reference alone: other QR codes cannot be pasted."""
    if code is None:
        return ()
    words = speaker.words.gettext("Payment reference: {reference}")
    reference = Paragraph((Sentence(words, {"reference": Value(code.reference)}),))
    if not code.qr:
        lines = (speaker.rows(*((speaker.label(label), Value(value)) for label, value in code.lines)),)
        return (*(lines if code.lines else ()), *(() if shows_reference(code) else (reference,)))
    if code.rail.startswith("pix"):
        paste = speaker.words.gettext("Payment code to paste into your bank's app:")
        return (Paragraph((Sentence(paste),)), CopyCode(code.payload))
    return (reference,)


def _whom_to_ask(speaker: Speaker) -> Sentence:
    contact = speaker.facts.creditor_contact
    if speaker.country_code in _NO_NUMBERS_OR_LINKS and _NUMBER_OR_LINK.search(contact):
        return Sentence(
            speaker.words.gettext(
                "Questions, objections or difficulty paying: please use the contacts in your contract."
            )
        )
    words = speaker.words.gettext("Questions, objections or difficulty paying: {contact}")
    return Sentence(words, {"contact": speaker.contact()})
