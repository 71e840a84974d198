"""The JSON shapes of an account's statement: sums by currency, the converted total with its rates, and lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from domain.account_statements import (
    AccountStatement,
    ConvertedSection,
    ConvertedTotal,
    Line,
    Movement,
    Section,
)
from domain.money import Money
from gateway.api.rates import RateView
from gateway.shapes import Amount, Shape


class MovementView(Shape):
    """What moved for one reason."""

    movement: Annotated[str, Field(description=f"One of {', '.join(Movement)}.")]
    amount: Amount


def _moved(movements: Mapping[Movement, Money]) -> list[MovementView]:
    return [MovementView(movement=one.value, amount=Amount.of(amount)) for one, amount in movements.items()]


class SectionView(Shape):
    """One currency: opening and movements make the closing, to the minor unit. ``entries`` counts journal entries."""

    currency: str
    opening: Amount
    movements: list[MovementView]
    closing: Amount
    entries: int

    @classmethod
    def of(cls, section: Section) -> Self:
        """The shape of a section."""
        return cls(
            currency=section.currency,
            opening=Amount.of(section.opening),
            movements=_moved(section.movements),
            closing=Amount.of(section.closing),
            entries=section.entries,
        )


class ConvertedLineView(Shape):
    """One currency's closing, converted at a rate, or the error that says why it could not be."""

    original: Amount
    converted: Amount | None
    rate: RateView | None
    error_code: str | None
    error: str | None

    @classmethod
    def of(cls, line: ConvertedSection) -> Self:
        """The shape of a line."""
        done, error = line.converted, line.error
        return cls(
            original=Amount.of(line.original),
            converted=None if done is None else Amount.of(done.amount),
            rate=None if done is None else RateView.of(done.rate),
            error_code=None if error is None else error.code,
            error=None if error is None else error.message,
        )


class ConvertedView(Shape):
    """All that has a rate in the currency of account, opening, movements and closing at one rate a currency.

    Opening, movements and ``rounding`` make the closing. ``complete`` is false where a currency had no rate.
    """

    currency: str
    rates_on: date
    complete: bool
    opening: Amount
    movements: list[MovementView]
    rounding: Amount
    closing: Amount
    lines: list[ConvertedLineView]

    @classmethod
    def of(cls, shown: ConvertedTotal) -> Self:
        """The shape of a converted total."""
        return cls(
            currency=shown.currency,
            rates_on=shown.on,
            complete=shown.complete,
            opening=Amount.of(shown.opening),
            movements=_moved(shown.movements),
            rounding=Amount.of(shown.rounding),
            closing=Amount.of(shown.closing),
            lines=[ConvertedLineView.of(line) for line in shown.lines],
        )


class CounterpartView(Shape):
    """An account on the other side of an entry."""

    account_id: str
    role: str
    name: str


class LineView(Shape):
    """What one journal entry did to the account in one currency; its parts come to ``amount``."""

    entry_id: str
    kind: str
    effective_date: date
    booked_at: datetime
    source: str
    reverses: str | None
    amount: Amount
    parts: list[MovementView]
    counterparts: list[CounterpartView]

    @classmethod
    def of(cls, line: Line) -> Self:
        """The shape of a line."""
        return cls(
            entry_id=line.entry_id,
            kind=line.kind,
            effective_date=line.effective_date,
            booked_at=line.booked_at,
            source=line.source,
            reverses=line.reverses,
            amount=Amount.of(line.amount),
            parts=[MovementView(movement=part.movement.value, amount=Amount.of(part.amount)) for part in line.parts],
            counterparts=[
                CounterpartView(account_id=one.account_id, role=one.role.value, name=one.name)
                for one in line.counterparts
            ],
        )


class StatementView(Shape):
    """An account's statement from ``from`` up to, and without, ``to``; its lines page by page."""

    account_id: str
    role: str
    name: str
    first: Annotated[date, Field(description="The first day that counts.")]
    until: Annotated[date, Field(description="The first day after it that no longer counts.")]
    known_at: Annotated[datetime | None, Field(description="Told as it was known then; null for as it is known now.")]
    sections: list[SectionView]
    converted: ConvertedView | None
    lines: list[LineView]
    next_cursor: Annotated[str | None, Field(description="Where the next lines start; null on the last page.")]

    @classmethod
    def of(cls, told: AccountStatement, lines: Sequence[Line], *, next_cursor: str | None = None) -> Self:
        """The shape of a statement with some of its lines."""
        return cls(
            account_id=told.account.id,
            role=told.account.role.value,
            name=told.account.name,
            first=told.period.first,
            until=told.period.until,
            known_at=told.known_at,
            sections=[SectionView.of(section) for section in told.sections],
            converted=None if told.converted is None else ConvertedView.of(told.converted),
            lines=[LineView.of(line) for line in lines],
            next_cursor=next_cursor,
        )
