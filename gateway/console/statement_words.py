"""What a statement of account is called in a language: its headings, movements, kinds of entries and other sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.statements_out.pdf import PrintedWords, Reader
from connectors.wording.payment_labels import marked
from domain.account_statements import Counterpart, Movement
from domain.accounts import Role
from gateway.console.voice import Voice

MOVEMENTS: Final[Mapping[Movement, str]] = {
    Movement.RECEIPTS: marked("Receipts"),
    Movement.FEES: marked("Fees"),
    Movement.TAXES_WITHHELD: marked("Tax withheld"),
    Movement.REFUNDS: marked("Refunds"),
    Movement.CHARGEBACKS: marked("Chargebacks"),
    Movement.RETURNED: marked("Returned transfers"),
    Movement.SETTLED: marked("Paid out to the bank"),
    Movement.SWEPT: marked("Swept to the parent"),
    Movement.FX: marked("Currency exchange"),
    Movement.CLAIMS: marked("Claims"),
    Movement.OTHER: marked("Other movements"),
}
_HEADINGS: Final[Mapping[str, str]] = {
    "statement": marked("Statement"),
    "lines": marked("Entries"),
    "creditor": marked("Creditor"),
    "account": marked("Account"),
    "from": marked("From"),
    "through": marked("To"),
    "known_at": marked("As known at"),
    "last_booked": marked("Last entry booked"),
    "opening": marked("Opening balance"),
    "closing": marked("Closing balance"),
    "converted": marked("Converted"),
    "incomplete": marked("Incomplete"),
    "rounding": marked("Rounding"),
    "currency": marked("Currency"),
    "rate": marked("Exchange rate"),
    "rates": marked("Exchange rates"),
    "source": marked("Source"),
    "day": marked("Day"),
    "booked": marked("Booked"),
    "kind": marked("Entry"),
    "gross": marked("Gross"),
    "net": marked("Net"),
    "amount": marked("Amount"),
    "balance": marked("Balance"),
    "reference": marked("Reference"),
    "other_side": marked("Other side"),
    "nothing": marked("Nothing is booked in these days."),
    "content": marked("SHA-256 of the attached statement.json"),
    "page": marked("Page %(page)s of %(pages)s"),
}
_NAMED: Final = frozenset({Role.PARENT, Role.CHILD, Role.RECEIVABLE})


def reader_of(voice: Voice) -> Reader:
    """Whom a statement is printed for: a voice's language, zone and words."""
    return Reader(words_of(voice), voice.locale, voice.zone)


def words_of(voice: Voice) -> PrintedWords:
    """A statement's words in a voice, for workbooks and for print."""
    return PrintedWords(
        {name: voice.words.gettext(msgid) for name, msgid in _HEADINGS.items()},
        lambda movement: voice.gettext(MOVEMENTS[movement]),
        lambda kind: voice.label("entry", kind),
        voice.refusal,
        lambda side: _side(side, voice),
    )


def _side(side: Counterpart, voice: Voice) -> str:
    """A debtor or an account by its name; a leaf of a child by what it is for."""
    return side.name if side.role in _NAMED else voice.label("account", side.role.value)
