"""Bank statements in ISO 20022 camt.053, versions .02 to .13, whatever namespace prefix the bank writes.

Source: ISO 20022 message definition BankToCustomerStatement (camt.053.001.xx). Read as the standard says: the
credit-debit indicator of an entry is the direction of that entry, also when the reversal indicator is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from lxml import etree

from connectors.platforms.bank_statement import camt053_details as details
from connectors.platforms.bank_statement.camt053_xml import (
    booking_moment,
    child,
    children,
    day_of,
    flag,
    line_of,
    money,
    name_of,
    need,
    need_text,
    sign,
    text,
)
from connectors.platforms.bank_statement.facts import checked, fact_of, numbered, unreadable
from domain.money import Money
from domain.receipts import Ignored, ReceiptFact, ReversalFact, Statement

VERSIONS: Final = range(2, 14)
OPENING: Final = ("OPBD", "PRCD")  # opening booked, or the previous statement's closing
CLOSING: Final = ("CLBD",)
NOT_BOOKED: Final = {"PDNG": "pending", "INFO": "information", "FUTR": "future"}

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.\d{3})\.001\.(\d{2})")


def parse(content: bytes) -> tuple[Statement, ...]:
    """Every statement of the message.

    Raises ``statement_unreadable``, ``entry_total_mismatch`` and ``statement_totals_mismatch``.
    """
    message = _message(content)
    found = tuple(_statement(element) for element in children(message, "Stmt"))
    if not found:
        raise unreadable("the message holds no statement (Stmt).", line=line_of(message), fix="Export it again.")
    return found


def _message(content: bytes) -> etree._Element:
    root = _root(content)
    namespace = etree.QName(root).namespace or ""
    match = _NAMESPACE.fullmatch(namespace)
    if match and (match[1] != "camt.053" or int(match[2]) not in VERSIONS):
        raise unreadable(
            f"this is an ISO 20022 message {match[1]}.001.{match[2]}, not a statement this system reads.",
            line=line_of(root),
            fix=f"Export the statement as camt.053.001.{VERSIONS[0]:02} to .{VERSIONS[-1]:02}.",
        )
    for element in root.iter(etree.Element):
        if name_of(element) == "BkToCstmrStmt":
            return element
    raise unreadable(
        f"the document's root is {name_of(root)} and no BkToCstmrStmt is in it.",
        line=line_of(root),
        fix="Export the statement as camt.053.",
    )


def _root(content: bytes) -> etree._Element:
    """The parsed document; entities are not resolved, nothing is fetched, and a document type is refused."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise unreadable(
            f"the XML is broken ({error.msg}).", line=error.lineno or 1, fix="Download the statement again."
        ) from None
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise unreadable(
            "the document declares a document type, which no statement does.", line=1, fix="Ask the bank for the file."
        )
    return root


def _statement(element: etree._Element) -> Statement:
    statement_id = need_text(element, "Id")
    account = need(element, "Acct")
    number = text(account, "Id", "IBAN") or text(account, "Id", "Othr", "Id")
    if number is None:
        raise unreadable("the account has no number.", line=line_of(account), fix="Ask the bank for IBAN or number.")
    currency = _currency(element, account)
    key = f"{number}/{statement_id}"
    facts = [fact for entry in children(element, "Ntry") for fact in _entry(entry, currency=currency, key=key)]
    return checked(
        Statement(
            statement_id=statement_id,
            account=number,
            currency=currency,
            opening=_balance(element, OPENING, currency),
            closing=_balance(element, CLOSING, currency),
            booked_on=_booked_on(element),
            lines=numbered(facts),
        )
    )


def _currency(element: etree._Element, account: etree._Element) -> str:
    stated = text(account, "Ccy")
    amounts = [child(part, "Amt") for name in ("Bal", "Ntry") for part in children(element, name)]
    found = stated or next((amount.get("Ccy") for amount in amounts if amount is not None), None)
    if found is None:
        raise unreadable("the account has no currency.", line=line_of(account), fix="Ask the bank for Acct/Ccy.")
    return found


def _balance(element: etree._Element, codes: tuple[str, ...], currency: str) -> Money | None:
    by_code = {text(balance, "Tp", "CdOrPrtry", "Cd"): balance for balance in children(element, "Bal")}
    for code in codes:
        if code in by_code:
            balance = by_code[code]
            amount = money(need(balance, "Amt"), currency)
            return amount if sign(balance) > 0 else -amount
    return None


def _booked_on(element: etree._Element) -> date | None:
    for balance in children(element, "Bal"):
        if text(balance, "Tp", "CdOrPrtry", "Cd") in CLOSING and child(balance, "Dt") is not None:
            return day_of(need(balance, "Dt"))
    stamp = text(element, "FrToDt", "ToDtTm") or text(element, "CreDtTm")
    return None if stamp is None else _stamp_day(element, stamp)


def _stamp_day(element: etree._Element, stamp: str) -> date:
    try:
        return datetime.fromisoformat(stamp).date()
    except ValueError:
        raise unreadable(f"{stamp!r} is not a date and time.", line=line_of(element), fix="Use ISO 8601.") from None


def _entry(entry: etree._Element, *, currency: str, key: str) -> Iterator[ReceiptFact | ReversalFact | Ignored]:
    status = text(entry, "Sts", "Cd") or text(entry, "Sts", "Prtry") or need_text(entry, "Sts")
    if status in NOT_BOOKED:
        yield Ignored(NOT_BOOKED[status])
        return
    if status != "BOOK":
        raise unreadable(
            f"the entry's status is {status}, which ISO 20022 does not list.",
            line=line_of(entry),
            fix="Ask the bank what the status means.",
        )
    for movement in details.movements(_context(entry, currency=currency, key=key)):
        yield fact_of(movement)


def _context(entry: etree._Element, *, currency: str, key: str) -> details.Entry:
    at = booking_moment(entry)
    value = child(entry, "ValDt")
    amount = money(need(entry, "Amt"), currency)
    entry_ref = text(entry, "NtryRef")
    return details.Entry(
        element=entry,
        amount=amount if sign(entry) > 0 else -amount,
        at=at,
        value_date=at.date() if value is None else day_of(value),
        servicer_ref=text(entry, "AcctSvcrRef"),
        own_ref=f"{key}/{entry_ref}" if entry_ref else f"{key}/line-{_position(entry)}",
        reverses=flag(entry, "RvslInd"),
    )


def _position(entry: etree._Element) -> int:
    """The entry's place among its statement's entries, from 1."""
    parent = entry.getparent()
    return 1 if parent is None else children(parent, "Ntry").index(entry) + 1
