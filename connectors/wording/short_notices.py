"""The short form of a notice, for channels that count characters: who, which contract, how much, how, and whom to ask.

Where the country's sender rules ban telephone numbers or links (Malaysia, the United Arab Emirates…), the debtor is
pointed to the contract's own channel. A letter that law rules closely is announced, never abridged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from connectors.wording import disclosures, formatting
from connectors.wording.layout import Block, CopyCode, Paragraph, Sentence, Value
from connectors.wording.notice_answers import closing_reason
from connectors.wording.notice_parts import dated_amounts
from connectors.wording.payment_labels import marked, shows_reference
from connectors.wording.speaker import Speaker
from domain.money import Money
from domain.notices import CLAIMS_OVERDUE, NoticeFacts, NoticeKind
from domain.rails import PaymentCode

_ABOUT: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.COURTESY: marked("{creditor}: {amount} falls due on {date} for contract {contract}."),
    NoticeKind.FIRST_REMINDER: marked("{creditor}: this is a reminder of an overdue payment on contract {contract}."),
    NoticeKind.SECOND_REMINDER: marked(
        "{creditor}: this is our second reminder of an overdue payment on contract {contract}."
    ),
    NoticeKind.FORMAL_NOTICE: marked(
        "{creditor}: we have sent you a letter about contract {contract}. Please read it or contact us."
    ),
    NoticeKind.PROMISE_CONFIRMATION: marked(
        "{creditor}: thank you for promising {amount} by {date} for contract {contract}."
    ),
    NoticeKind.BROKEN_PROMISE: marked(
        "{creditor}: we have not yet received the {amount} promised by {date} for contract {contract}."
    ),
    NoticeKind.PLAN_CONFIRMATION: marked(
        "{creditor}: your payment plan for contract {contract} is agreed. First payment: {amount} on {date}."
    ),
    NoticeKind.THANK_YOU: marked("{creditor}: we have received {amount} for contract {contract}. Thank you."),
    NoticeKind.SETTLEMENT_OFFER: marked(
        "{creditor}: for contract {contract} we offer to settle the amount overdue for {amount} by {date}."
    ),
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: marked(
        "{creditor}: we have received your complaint {reference} about contract {contract}. Our answer comes by {date}."
    ),
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: marked(
        "{creditor}: we have received your objection {reference} about contract {contract}. Our answer comes by {date}."
    ),
    NoticeKind.DATA_RIGHTS_ANSWER: marked(
        "{creditor}: we have answered your request {reference} about your personal data."
        " Please see our letter or e-mail."
    ),
    NoticeKind.CASE_CLOSED: marked("{creditor}: your case about contract {contract} is closed."),
}
_SAME_WORDS: Final = {
    NoticeKind.PRE_LEGAL: NoticeKind.FORMAL_NOTICE,
    NoticeKind.REPOSSESSION_NOTICE: NoticeKind.FORMAL_NOTICE,
}
_ASK_FOR_MONEY: Final = frozenset({NoticeKind.FIRST_REMINDER, NoticeKind.SECOND_REMINDER, NoticeKind.BROKEN_PROMISE})
_TELLS: Final = frozenset(
    {
        NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, NoticeKind.DISPUTE_ACKNOWLEDGEMENT, NoticeKind.DATA_RIGHTS_ANSWER,
        NoticeKind.CASE_CLOSED,
    }
)  # fmt: skip
"""They answer the debtor, who is asked for nothing."""
_ANNOUNCED: Final = frozenset({NoticeKind.FORMAL_NOTICE, *_SAME_WORDS})
_PAYABLE: Final = frozenset(
    {
        NoticeKind.COURTESY, NoticeKind.FIRST_REMINDER, NoticeKind.SECOND_REMINDER, NoticeKind.PROMISE_CONFIRMATION,
        NoticeKind.BROKEN_PROMISE, NoticeKind.PLAN_CONFIRMATION, NoticeKind.SETTLEMENT_OFFER,
    }
)  # fmt: skip


def short_blocks(kind: NoticeKind, speaker: Speaker, channel: str) -> tuple[Block, ...]:
    """The short notice of a kind."""
    already = speaker.words.gettext("Already paid? Please disregard this notice.")
    rows = [
        (label, value)
        for label, value in disclosures.rows(speaker, channel=channel, only_asked=True)
        if not disclosures.banned(speaker, value.text, channel=channel)
    ]
    itemised = "amount_itemised" in disclosures.elements(speaker, channel=channel)
    listed = speaker.facts.items if itemised and kind in CLAIMS_OVERDUE else ()
    return (
        Paragraph((about(kind, speaker), *_more(kind, speaker))),
        *((dated_amounts(speaker, listed),) if listed else ()),
        *(_how_to_pay(speaker, speaker.facts.code) if kind in _PAYABLE else ()),
        Paragraph(
            (
                *((Sentence(already),) if kind in _ASK_FOR_MONEY else ()),
                _whom_to_ask(kind, speaker, channel),
                *disclosures.sentences(speaker, channel=channel),
            )
        ),
        *((speaker.rows(*rows),) if rows else ()),
    )


def about(kind: NoticeKind, speaker: Speaker) -> Sentence:
    """The one sentence that says what a notice of a kind is about."""
    facts = speaker.facts
    amount, day = _FIGURES[kind](facts) if kind in _FIGURES else (None, None)
    values = {"creditor": speaker.creditor(), "contract": speaker.contract()}
    if amount is not None:
        values["amount"] = speaker.amount(amount)
    if day is not None:
        values["date"] = speaker.day(day)
    if facts.reference:
        values["reference"] = Value(formatting.name(facts.reference))
    return Sentence(speaker.words.gettext(_ABOUT[_SAME_WORDS.get(kind, kind)]), values)


_FIGURES: Final[Mapping[NoticeKind, Callable[[NoticeFacts], tuple[Money | None, date | None]]]] = {
    NoticeKind.COURTESY: lambda facts: (facts.due, facts.due_on),
    NoticeKind.PROMISE_CONFIRMATION: lambda facts: (facts.promised, facts.promised_on),
    NoticeKind.BROKEN_PROMISE: lambda facts: (facts.promised, facts.promised_on),
    NoticeKind.PLAN_CONFIRMATION: lambda facts: (facts.plan[0][1], facts.plan[0][0]),
    NoticeKind.THANK_YOU: lambda facts: (facts.paid, None),
    NoticeKind.SETTLEMENT_OFFER: lambda facts: (facts.settlement, facts.pay_by),
    NoticeKind.COMPLAINT_ACKNOWLEDGEMENT: lambda facts: (None, facts.answer_by),
    NoticeKind.DISPUTE_ACKNOWLEDGEMENT: lambda facts: (None, facts.answer_by),
}


def _more(kind: NoticeKind, speaker: Speaker) -> tuple[Sentence, ...]:
    """What follows the first sentence: the amount overdue and by when, or what remains."""
    facts, words = speaker.facts, speaker.words
    if kind in _ASK_FOR_MONEY | _ANNOUNCED:
        by = Sentence(
            words.gettext("Please pay by {date}."), {"date": speaker.day(facts.pay_by)} if facts.pay_by else {}
        )
        asks = kind in _ASK_FOR_MONEY and facts.pay_by is not None
        return (overdue(speaker), *((by,) if asks else ()))
    if kind is NoticeKind.SETTLEMENT_OFFER:
        return (overdue(speaker),)
    if kind is NoticeKind.CASE_CLOSED:
        return closing_reason(speaker)
    return _remaining(speaker) if kind is NoticeKind.THANK_YOU else ()


def overdue(speaker: Speaker) -> Sentence:
    """How much is overdue, and how many instalments."""
    facts = speaker.facts
    amount = {"amount": speaker.amount(facts.overdue)}
    if not facts.overdue_instalments:
        return Sentence(speaker.words.gettext("{amount} is overdue."), amount)
    words = speaker.words.gettext("{amount} is overdue ({instalments}).")
    return Sentence(words, {**amount, "instalments": speaker.instalments(facts.overdue_instalments)})


def _remaining(speaker: Speaker) -> tuple[Sentence, ...]:
    words, remaining = speaker.words, speaker.facts.remaining
    if remaining is None:
        return ()
    if remaining.minor <= 0:
        return (Sentence(words.gettext("No amount is overdue on this contract now.")),)
    return (Sentence(words.gettext("Still overdue: {amount}."), {"amount": speaker.amount(remaining)}),)


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


def _whom_to_ask(kind: NoticeKind, speaker: Speaker, channel: str) -> Sentence:
    gettext, asks = speaker.words.gettext, kind not in _TELLS
    if disclosures.banned(speaker, speaker.facts.creditor_contact, channel=channel):
        if asks:
            return Sentence(
                gettext("Questions, objections or difficulty paying: please use the contacts in your contract.")
            )
        return Sentence(gettext("Questions: please use the contacts in your contract."))
    words = (
        gettext("Questions, objections or difficulty paying: {contact}") if asks else gettext("Questions: {contact}")
    )
    return Sentence(words, {"contact": speaker.contact()})
