"""What a camt statement is made of, as a walk over its message meets it: heading, entries, ending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lxml import etree

from connectors.statement_files import camt_parts
from connectors.statement_files.camt_parts import Parts
from connectors.statement_files.camt_xml import (
    child,
    children,
    day_of,
    flag,
    line_of,
    moment_of,
    money,
    need,
    need_text,
    sign,
    states_hour,
    text,
)
from connectors.statement_files.faults import line_unreadable
from domain.money import Money

OPENING: Final = ("OPBD", "PRCD")  # opening booked, or the previous statement's closing
CLOSING: Final = ("CLBD",)


@dataclass(frozen=True, slots=True)
class Heading:
    """A statement begins; its opening balance is here where it stands before the entries, as the standard puts it."""

    line: int
    format: str
    statement_id: str
    account: str
    currency: str | None
    opening: Money | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class NotBooked:
    """An entry that moved no money (yet): pending, information or future."""

    line: int
    position: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A booked entry. ``position`` counts the statement's entries from 1; ``parts`` can be read until the next one.

    ``at`` is when it was booked, noon where the bank states a day; ``booked_at`` is the day or time as stated.
    """

    line: int
    position: int
    amount: Money
    at: datetime
    booked_at: date | datetime
    value_date: date
    servicer_ref: str | None
    own_ref: str | None
    reverses: bool
    information: str | None
    batch_id: str | None
    code: str | None
    paid: tuple[str, str] | None
    fee: str | None
    parts: Parts


@dataclass(frozen=True, slots=True)
class Ending:
    """A statement ends: both balances, the day it is of, and what its summary states, as (what, stated) pairs."""

    line: int
    opening: Money | None
    closing: Money | None
    booked_on: date | None
    currency: str | None
    entries: int | None
    credits: tuple[int | None, str | None]
    debits: tuple[int | None, str | None]


CamtEvent = Heading | Entry | NotBooked | Ending


def heading(statement: etree._Element, *, currency: str | None, file_format: str) -> Heading:
    """The heading of a statement, from what stands in it so far."""
    statement_id = need_text(statement, "Id")
    account = need(statement, "Acct")
    number = text(account, "Id", "IBAN") or text(account, "Id", "Othr", "Id")
    if number is None:
        raise line_unreadable(
            "the account has no number.", line=line_of(account), fix="Ask the bank for IBAN or number."
        )
    return Heading(
        line=line_of(statement),
        format=file_format,
        statement_id=statement_id,
        account=number,
        currency=currency,
        opening=_balance(statement, OPENING, currency),
        first_day=_period_day(statement, "FrDtTm"),
        last_day=_period_day(statement, "ToDtTm"),
    )


def currency_of(statement: etree._Element | None, entry: etree._Element | None) -> str | None:
    """The account's currency: stated, else that of its first balance or entry."""
    if statement is None:
        return None
    stated = text(statement, "Acct", "Ccy")
    holders = [*children(statement, "Bal"), *([] if entry is None else [entry])]
    amounts = [child(holder, "Amt") for holder in holders]
    return stated or next((amount.get("Ccy") for amount in amounts if amount is not None), None)


def _balance(statement: etree._Element, codes: tuple[str, ...], currency: str | None) -> Money | None:
    by_code = {text(balance, "Tp", "CdOrPrtry", "Cd"): balance for balance in children(statement, "Bal")}
    for code in codes:
        if code in by_code:
            balance = by_code[code]
            amount = money(need(balance, "Amt"), currency or "")
            return amount if sign(balance) > 0 else -amount
    return None


def ending(statement: etree._Element, *, currency: str | None) -> Ending:
    """The end of a statement, all of which has been read."""
    total = child(statement, "TxsSummry", "TtlNtries")
    return Ending(
        line=line_of(statement),
        opening=_balance(statement, OPENING, currency),
        closing=_balance(statement, CLOSING, currency),
        booked_on=_booked_on(statement),
        currency=currency,
        entries=None if total is None else _count(total),
        credits=_summed(statement, "TtlCdtNtries"),
        debits=_summed(statement, "TtlDbtNtries"),
    )


def _summed(statement: etree._Element, name: str) -> tuple[int | None, str | None]:
    found = child(statement, "TxsSummry", name)
    return (None, None) if found is None else (_count(found), text(found, "Sum"))


def _count(element: etree._Element) -> int | None:
    stated = text(element, "NbOfNtries")
    if stated is None:
        return None
    if not stated.isdecimal():
        raise line_unreadable(f"NbOfNtries is {stated!r}.", line=line_of(element))
    return int(stated)


def _booked_on(statement: etree._Element) -> date | None:
    for balance in children(statement, "Bal"):
        if text(balance, "Tp", "CdOrPrtry", "Cd") in CLOSING and child(balance, "Dt") is not None:
            return day_of(need(balance, "Dt"))
    return _stamp(statement, text(statement, "FrToDt", "ToDtTm") or text(statement, "CreDtTm"))


def _period_day(statement: etree._Element, name: str) -> date | None:
    """A bound of the period that the statement says it covers; nothing is booked by it, so a broken one is none."""
    try:
        return datetime.fromisoformat(text(statement, "FrToDt", name) or "").date()
    except ValueError:
        return None


def _stamp(element: etree._Element, stamp: str | None) -> date | None:
    if stamp is None:
        return None
    try:
        return datetime.fromisoformat(stamp).date()
    except ValueError:
        raise line_unreadable(
            f"{stamp!r} is not a date and time.", line=line_of(element), fix="Use ISO 8601."
        ) from None


def booked_entry(element: etree._Element, *, position: int, amount: Money, parts: Parts) -> Entry:
    """A booked entry; ``amount`` is unsigned."""
    booked = child(element, "BookgDt")
    if booked is None:
        booked = need(element, "ValDt")
    at = moment_of(booked)
    value = child(element, "ValDt")
    batch = child(element, "NtryDtls", "Btch")
    return Entry(
        line=line_of(element),
        position=position,
        amount=amount if sign(element) > 0 else -amount,
        at=at,
        booked_at=at if states_hour(booked) else at.date(),
        value_date=at.date() if value is None else day_of(value),
        servicer_ref=text(element, "AcctSvcrRef"),
        own_ref=text(element, "NtryRef"),
        reverses=flag(element, "RvslInd"),
        information=text(element, "AddtlNtryInf"),
        batch_id=None if batch is None else text(batch, "PmtInfId") or text(batch, "MsgId"),
        code=_code(element),
        paid=camt_parts.instructed(element, currency=amount.currency),
        fee=camt_parts.included_charges(element, currency=amount.currency),
        parts=parts,
    )


def _code(element: etree._Element) -> str | None:
    """The bank transaction code: domain, family and sub-family, else the bank's own."""
    code = child(element, "BkTxCd")
    if code is None:
        return None
    places = (("Domn", "Cd"), ("Domn", "Fmly", "Cd"), ("Domn", "Fmly", "SubFmlyCd"))
    levels = [found for place in places if (found := text(code, *place))]
    return "/".join(levels) or text(code, "Prtry", "Cd")
