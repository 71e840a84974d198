"""A virtual account's statement as camt.053.001.08, so that a treasury system reads it as it reads its banks'.

Source: ISO 20022 message definition BankToCustomerStatementV08 (camt.053.001.08). Money held (debit in the book) is
the account owner's credit. A receipt and the fee kept of it are two entries that share the book's entry in their
``AcctSvcrRef``; a reversal carries ``RvslInd`` and names what it reverses as its end-to-end reference. What an entry is
for is stated in a proprietary transaction code, in this product's own words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lxml import etree

from domain.account_statements import AccountStatement, Line, Part, Section
from domain.accounts import MONEY_ROLES, Account, Role
from domain.errors import Invalid
from domain.money import Money, total

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ISSUER: Final = "Afluente"
_MAX_REFERENCE: Final = 35
_MAX_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of the message: a part of a line, with its place in it."""

    line: Line
    part: Part
    number: int

    @property
    def reference(self) -> str:
        return self.line.entry_id if self.number == 1 else f"{self.line.entry_id}/{self.number}"


def camt053(statement: AccountStatement, lines: Sequence[Line], *, created_at: datetime) -> bytes:
    """The message, UTF-8. ``created_at`` is aware.

    Raises ``camt_not_money`` for an account that holds no money in one currency: a child, or one of its leaves of
    money held, has such a statement.
    """
    section = _section(statement)
    items = [
        _Item(line, part, number) for line in lines for number, part in enumerate(line.parts, start=1) if part.amount
    ]
    document = etree.fromstring(f'<Document xmlns="{NAMESPACE}"/>'.encode())
    message = _add(document, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    stamp = created_at.isoformat(timespec="seconds")
    _add(header, "MsgId", _identity(statement, stamp))
    _add(header, "CreDtTm", stamp)
    body = _add(message, "Stmt")
    _head(body, statement, stamp)
    _balance(body, "OPBD", section.opening, statement.period.first)
    _balance(body, "CLBD", section.closing, statement.period.last)
    _summary(body, [item.part.amount for item in items], section.currency)
    for number, item in enumerate(items, start=1):
        _entry(body, item, number)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _section(statement: AccountStatement) -> Section:
    account = statement.account
    if account.role not in MONEY_ROLES | {Role.CHILD} or len(statement.sections) != 1:
        raise Invalid(
            "camt_not_money",
            f"A {account.role.value} account is no bank account in one currency.",
            fix="Ask for a child account, or for JSON or XLSX.",
            role=account.role.value,
        )
    return statement.sections[0]


def _identity(statement: AccountStatement, *more: str) -> str:
    """An identifier of 35 characters that the same question always gives."""
    asked = (statement.account.id, statement.period.first, statement.period.until, statement.known_at, *more)
    return "AF-" + hashlib.sha256("|".join(map(str, asked)).encode()).hexdigest()[:32]


def _head(body: etree._Element, statement: AccountStatement, stamp: str) -> None:
    _add(body, "Id", _identity(statement))
    _add(body, "CreDtTm", stamp)
    days = _add(body, "FrToDt")
    _add(days, "FrDtTm", f"{statement.period.first}T00:00:00")
    _add(days, "ToDtTm", f"{statement.period.last}T23:59:59")
    _account(body, statement.account, statement.sections[0].currency)


def _account(body: etree._Element, account: Account, currency: str) -> None:
    place = _add(body, "Acct")
    _add(_add(_add(place, "Id"), "Othr"), "Id", account.id)
    _add(place, "Ccy", currency)
    _add(place, "Nm", account.name[:70])


def _balance(body: etree._Element, code: str, amount: Money, day: date) -> None:
    place = _add(body, "Bal")
    _add(_add(_add(place, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(place, amount)
    _add(_add(place, "Dt"), "Dt", day.isoformat())


def _summary(body: etree._Element, amounts: Sequence[Money], currency: str) -> None:
    place = _add(body, "TxsSummry")
    credits_ = [amount for amount in amounts if amount.minor > 0]
    debits = [-amount for amount in amounts if amount.minor < 0]
    every = _add(place, "TtlNtries")
    _count(every, [*credits_, *debits], currency)
    net = _add(every, "TtlNetNtry")
    came_to = total(amounts, currency)
    _add(net, "Amt", f"{abs(came_to.decimal):f}")
    _add(net, "CdtDbtInd", _direction(came_to))
    _count(_add(place, "TtlCdtNtries"), credits_, currency)
    _count(_add(place, "TtlDbtNtries"), debits, currency)


def _count(place: etree._Element, amounts: Sequence[Money], currency: str) -> None:
    _add(place, "NbOfNtries", str(len(amounts)))
    _add(place, "Sum", f"{total(amounts, currency).decimal:f}")


def _entry(body: etree._Element, item: _Item, number: int) -> None:
    line = item.line
    place = _add(body, "Ntry")
    _add(place, "NtryRef", str(number))
    _amount(place, item.part.amount)
    if line.reverses is not None:
        _add(place, "RvslInd", "true")
    _add(_add(place, "Sts"), "Cd", "BOOK")
    _add(_add(place, "BookgDt"), "DtTm", line.booked_at.isoformat(timespec="seconds"))
    _add(_add(place, "ValDt"), "Dt", line.effective_date.isoformat())
    _add(place, "AcctSvcrRef", item.reference[:_MAX_REFERENCE])
    code = _add(_add(place, "BkTxCd"), "Prtry")
    _add(code, "Cd", item.part.movement.value)
    _add(code, "Issr", ISSUER)
    details = _add(_add(place, "NtryDtls"), "TxDtls")
    references = _add(details, "Refs")
    _add(references, "AcctSvcrRef", item.reference[:_MAX_REFERENCE])
    _add(references, "EndToEndId", (line.reverses or line.source)[:_MAX_REFERENCE])
    _amount(details, item.part.amount)
    others = ", ".join(_texts(line))
    if others:
        _add(details, "AddtlTxInf", others[:_MAX_TEXT])
    _add(place, "AddtlNtryInf", line.kind[:_MAX_TEXT])


def _texts(line: Line) -> Iterator[str]:
    """The accounts on the other side by role and identifier; names of debtors stay in the book."""
    return (f"{one.role.value} {one.account_id}" for one in line.counterparts)


def _amount(place: etree._Element, amount: Money) -> None:
    _add(place, "Amt", f"{abs(amount.decimal):f}").set("Ccy", amount.currency)
    _add(place, "CdtDbtInd", _direction(amount))


def _direction(amount: Money) -> str:
    return "DBIT" if amount.minor < 0 else "CRDT"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        # XML 1.0 has no place for control characters, which a name may hold.
        element.text = "".join(letter if letter.isprintable() else " " for letter in text)
    return element
