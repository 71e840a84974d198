"""Reading camt elements by local name: text, amounts, days and flags, each refused with its line when broken."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any, Final

from lxml import etree

from connectors.statement_files.faults import at_line, line_unreadable
from domain.money import Money

_AMOUNT: Final = re.compile(r"\d{1,18}(\.\d{1,5})?")
_DIRECTIONS: Final = {"CRDT": 1, "DBIT": -1}
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    tag: Any = element.tag
    return str(tag).rpartition("}")[2]


def line_of(element: etree._Element) -> int:
    """The line of the file on which the element starts, from 1."""
    found: Any = element.sourceline
    return int(found or 1)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of a name, in any namespace."""
    return list(element.iterchildren(f"{{*}}{name}"))


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """The first element down a path of names, or ``None``."""
    found: etree._Element | None = element
    for name in path:
        found = next(found.iterchildren(f"{{*}}{name}"), None) if found is not None else None
    return found


def text(element: etree._Element, *path: str) -> str | None:
    """The text at a path without outer blanks; ``None`` where there is none."""
    found = child(element, *path)
    stripped = "" if found is None else (found.text or "").strip()
    return stripped or None


def need(element: etree._Element, name: str) -> etree._Element:
    """The child of a name that the standard demands."""
    found = child(element, name)
    if found is None:
        raise line_unreadable(f"{name_of(element)} has no {name}.", line=line_of(element), fix="Download it again.")
    return found


def need_text(element: etree._Element, name: str) -> str:
    """The text of a child that the standard demands."""
    found = text(element, name)
    if found is None:
        raise line_unreadable(f"{name_of(element)} has no {name}.", line=line_of(element), fix="Download it again.")
    return found


def money(amount: etree._Element, currency: str) -> Money:
    """An unsigned amount in the account's currency."""
    return money_of((amount.text or "").strip(), stated_in=amount.get("Ccy"), currency=currency, line=line_of(amount))


def money_of(stated: str, *, stated_in: str | None, currency: str, line: int) -> Money:
    """An unsigned amount from its text; one in another currency than the account's is refused."""
    if not _AMOUNT.fullmatch(stated):
        raise line_unreadable(
            f"{stated!r} is not an amount.", line=line, fix="Amounts are digits with a dot, unsigned."
        )
    if stated_in != currency:
        raise line_unreadable(
            f"the amount is in {stated_in}, the account in {currency}.",
            line=line,
            fix="Export one statement per account and currency.",
        )
    with at_line(line):
        return Money.parse(stated, currency)


def sign(element: etree._Element) -> int:
    """Plus one for a credit, minus one for a debit."""
    direction = need_text(element, "CdtDbtInd")
    if direction not in _DIRECTIONS:
        raise line_unreadable(f"{direction} is neither CRDT nor DBIT.", line=line_of(element), fix="Ask the bank.")
    return _DIRECTIONS[direction]


def flag(element: etree._Element, name: str) -> bool:
    """A boolean child; absent means no."""
    stated = text(element, name) or "false"
    if stated not in _FLAGS:
        raise line_unreadable(f"{name} is {stated!r}.", line=line_of(element), fix="It is true or false.")
    return _FLAGS[stated]


def day_of(element: etree._Element) -> date:
    """The day inside a date choice (``Dt`` or ``DtTm``)."""
    return moment_of(element).date()


def states_hour(element: etree._Element) -> bool:
    """Whether a date choice is a time (``DtTm``)."""
    return text(element, "DtTm") is not None


def moment_of(element: etree._Element) -> datetime:
    """A date choice, aware: its time where it has one (UTC where that gives no offset), else noon."""
    stated = text(element, "DtTm") or text(element, "Dt")
    try:
        found = datetime.fromisoformat(stated or "")
    except ValueError:
        raise line_unreadable(
            f"{name_of(element)} holds no date ({stated!r}).",
            line=line_of(element),
            fix="Dates are written as 2026-11-23.",
        ) from None
    if not states_hour(element):
        return noon(found.date())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def noon(day: date) -> datetime:
    """Noon UTC of a day for which the bank gives no hour: the same date on every clock of the countries served."""
    return datetime.combine(day, time(12), tzinfo=UTC)
