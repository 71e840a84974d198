"""What notices are made of: greeting, what is overdue, how to pay, how to object, and who signs."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from connectors.wording import disclosures, formatting
from connectors.wording.layout import Block, CopyCode, Heading, Paragraph, Rows, Sentence, Value
from connectors.wording.payment_labels import shows_reference
from connectors.wording.speaker import Speaker
from domain.money import Money
from domain.rails import PaymentCode

_CNPJ: Final = re.compile(r"[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}")


def greeting(speaker: Speaker) -> Paragraph:
    """How the debtor is addressed."""
    person = Value(formatting.addressee(speaker.facts.debtor_name, speaker.locale), "name")
    return Paragraph((Sentence(speaker.words.gettext("Dear {name},"), {"name": person}),))


def contract_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    """The contract and, where it is known, its vehicle."""
    words, facts = speaker.words, speaker.facts
    rows = [(words.gettext("Contract"), speaker.contract())]
    if facts.vehicle:
        rows.append((words.gettext("Vehicle"), Value(formatting.name(facts.vehicle), "name")))
    return rows


def amount_row(speaker: Speaker, label: str, field: str) -> list[tuple[str, Value]]:
    """A row for an amount of the facts, or none where there is none."""
    amount = getattr(speaker.facts, field)
    return [] if amount is None or amount.minor <= 0 else [(label, speaker.amount(amount))]


def overdue_rows(speaker: Speaker) -> list[tuple[str, Value]]:
    """What is overdue, since when, as of which day."""
    words, facts = speaker.words, speaker.facts
    rows = [(words.gettext("Creditor"), speaker.creditor()), *contract_rows(speaker)]
    if facts.overdue_instalments:
        rows.append((words.gettext("Overdue"), speaker.instalments(facts.overdue_instalments)))
    if facts.oldest_due_date:
        rows.append((words.gettext("Oldest due date"), speaker.day(facts.oldest_due_date)))
    if facts.days_past_due:
        rows.append((words.gettext("Time overdue"), speaker.days(facts.days_past_due)))
    rows.append((words.gettext("Total overdue"), speaker.amount(facts.overdue)))
    rows.append((words.gettext("Position as of"), speaker.day(speaker.today)))
    return rows


def how_to_pay(speaker: Speaker) -> tuple[Block, ...]:
    """The payment code with its lines; without one, whom to ask."""
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


def your_say(speaker: Speaker) -> tuple[Block, ...]:
    """How to object, ask for a statement, or ask for help."""
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


def details(speaker: Speaker, *more: tuple[str, Value]) -> Rows:
    """A table that names the creditor and the contract before its own rows."""
    return speaker.rows((speaker.words.gettext("Creditor"), speaker.creditor()), *contract_rows(speaker), *more)


def items(speaker: Speaker) -> tuple[Block, ...]:
    """What is overdue, instalment by instalment, where there are several or law asks for it."""
    listed = speaker.facts.items
    if len(listed) < (1 if "amount_itemised" in disclosures.elements(speaker, channel="letter") else 2):
        return ()
    heading = Heading(speaker.words.gettext("Breakdown"))
    return (heading, dated_amounts(speaker, listed))


def dated_amounts(speaker: Speaker, listed: tuple[tuple[date, Money], ...]) -> Rows:
    """Amounts by their day, which begins a line and so has a capital (Vietnamese days begin with a word)."""
    days = [(speaker.day(day).text, amount) for day, amount in listed]
    return speaker.rows(*((day[:1].upper() + day[1:], speaker.amount(amount)) for day, amount in days))


def contact_line(speaker: Speaker, words: str) -> Paragraph:
    """A sentence that ends in where the creditor is reached."""
    return Paragraph((Sentence(words, {"contact": speaker.contact()}),))


def closing(speaker: Speaker, *, channel: str) -> tuple[Block, ...]:
    """The signature; with the creditor's registration and address wherever they are known (CDC art. 42-A)."""
    words, facts = speaker.words, speaker.facts
    signature = Paragraph((Sentence(words.gettext("Yours sincerely,")), speaker.about_contract("{creditor}")))
    rows = disclosures.rows(speaker, channel=channel)
    if facts.creditor_document:
        rows.append((_document_label(speaker, facts.creditor_document), Value(facts.creditor_document)))
    if speaker.creditor_address:
        rows.append((words.gettext("Address"), Value(formatting.name(speaker.creditor_address), "name")))
    asked = disclosures.sentences(speaker, channel=channel)
    return (*((Paragraph(asked),) if asked else ()), signature, *((speaker.rows(*rows),) if rows else ()))


def _document_label(speaker: Speaker, document: str) -> str:
    if speaker.country.code == "BR" and _CNPJ.fullmatch(document):
        return "CNPJ"
    return speaker.words.gettext("Registration number")
