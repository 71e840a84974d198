"""Reading camt elements by local name: text, amounts, days and flags, each refused with its line when broken."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from lxml import etree

from connectors.platforms.bank_statement.facts import moment, unreadable
from domain.errors import Invalid
from domain.money import Money

_AMOUNT: Final = re.compile(r"\d{1,18}(\.\d{1,5})?")
_DIRECTIONS: Final = {"CRDT": 1, "DBIT": -1}
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def line_of(element: etree._Element) -> int:
    """The line of the file on which the element starts, from 1."""
    found: Any = element.sourceline
    return int(found or 1)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of a name, in any namespace."""
    return [found for found in element.iterchildren(etree.Element) if name_of(found) == name]


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """The first element down a path of names, or ``None``."""
    for name in path:
        found = children(element, name)
        if not found:
            return None
        element = found[0]
    return element


def text(element: etree._Element, *path: str) -> str | None:
    """The text at a path without outer blanks; ``None`` where there is none."""
    found = child(element, *path)
    stripped = "" if found is None else (found.text or "").strip()
    return stripped or None


def need(element: etree._Element, name: str) -> etree._Element:
    """The child of a name that the standard demands."""
    found = child(element, name)
    if found is None:
        raise unreadable(f"{name_of(element)} has no {name}.", line=line_of(element), fix="Download it again.")
    return found


def need_text(element: etree._Element, name: str) -> str:
    """The text of a child that the standard demands."""
    found = text(element, name)
    if found is None:
        raise unreadable(f"{name_of(element)} has no {name}.", line=line_of(element), fix="Download it again.")
    return found


def money(amount: etree._Element, currency: str) -> Money:
    """An unsigned amount in the account's currency."""
    stated = (amount.text or "").strip()
    line = line_of(amount)
    if not _AMOUNT.fullmatch(stated):
        raise unreadable(f"{stated!r} is not an amount.", line=line, fix="Amounts are digits with a dot, unsigned.")
    if amount.get("Ccy") != currency:
        raise unreadable(
            f"the amount is in {amount.get('Ccy')}, the account in {currency}.",
            line=line,
            fix="Export one statement per account and currency.",
        )
    try:
        return Money.parse(stated, currency)
    except Invalid as error:
        raise unreadable(error.message, line=line, fix=error.fix or "Correct the amount.") from None


def sign(element: etree._Element) -> int:
    """Plus one for a credit, minus one for a debit."""
    direction = need_text(element, "CdtDbtInd")
    if direction not in _DIRECTIONS:
        raise unreadable(f"{direction} is neither CRDT nor DBIT.", line=line_of(element), fix="Ask the bank.")
    return _DIRECTIONS[direction]


def flag(element: etree._Element, name: str) -> bool:
    """A boolean child; absent means no."""
    stated = text(element, name) or "false"
    if stated not in _FLAGS:
        raise unreadable(f"{name} is {stated!r}.", line=line_of(element), fix="It is true or false.")
    return _FLAGS[stated]


def day_of(element: etree._Element) -> date:
    """The day inside a date choice (``Dt`` or ``DtTm``)."""
    return _stamp(element).date()


def booking_moment(entry: etree._Element) -> datetime:
    """When the entry was booked, aware: its time where the bank gives one (UTC where it gives no offset), else noon."""
    booked = child(entry, "BookgDt")
    if booked is None:
        booked = need(entry, "ValDt")
    return _stamp(booked)


def _stamp(element: etree._Element) -> datetime:
    stated = text(element, "DtTm") or text(element, "Dt")
    try:
        found = datetime.fromisoformat(stated or "")
    except ValueError:
        raise unreadable(
            f"{name_of(element)} holds no date ({stated!r}).",
            line=line_of(element),
            fix="Dates are written as 2026-11-23.",
        ) from None
    if text(element, "DtTm") is None:
        return moment(found.date())
    return found if found.tzinfo else found.replace(tzinfo=UTC)
