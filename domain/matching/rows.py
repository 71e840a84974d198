"""What is compared: rows of money on two sides, kept as columns so that a million of them stay small."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.errors import Invalid
from domain.money import MAX_MINOR

MAX_TEXT: Final = 1_000  # characters of a reference or a payer; bank remittance text is shorter


@dataclass(frozen=True, slots=True)
class Row:
    """One amount of money that somebody reports: the book, a platform or a bank.

    ``amount_minor`` is signed, in minor units; ``fee_minor`` and ``tax_minor`` are what was kept of it. ``batch_id``
    names the payout that the row belongs to; ``kind`` says what it is (``payment``, ``refund``, ``chargeback`` …).
    """

    id: str
    amount_minor: int
    currency: str
    day: date
    reference: str | None = None
    payer: str | None = None
    batch_id: str | None = None
    fee_minor: int = 0
    tax_minor: int = 0
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one side as columns of equal length; an absent text is empty, a day is its proleptic ordinal."""

    ids: list[str] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    payers: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    taxes: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Table:
        """The columns of some rows. Raises ``Invalid``: ``amount_too_large``, ``text_too_long``, ``row_id_missing``."""
        table = cls()
        for row in rows:
            table.add(_checked(row))
        return table

    def add(self, row: Row) -> None:
        """Put a row at the end of every column."""
        self.ids.append(row.id)
        self.amounts.append(row.amount_minor)
        self.currencies.append(row.currency)
        self.days.append(row.day.toordinal())
        self.references.append(row.reference or "")
        self.payers.append(row.payer or "")
        self.batches.append(row.batch_id or "")
        self.fees.append(row.fee_minor)
        self.taxes.append(row.tax_minor)
        self.kinds.append(row.kind or "")

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, index: int) -> Row:
        """One row back as a value."""
        return Row(
            id=self.ids[index],
            amount_minor=self.amounts[index],
            currency=self.currencies[index],
            day=date.fromordinal(self.days[index]),
            reference=self.references[index] or None,
            payer=self.payers[index] or None,
            batch_id=self.batches[index] or None,
            fee_minor=self.fees[index],
            tax_minor=self.taxes[index],
            kind=self.kinds[index] or None,
        )


def _checked(row: Row) -> Row:
    if not row.id:
        raise Invalid("row_id_missing", "A row has no id.", fix="Give every row the id that its source knows it by.")
    if max(abs(row.amount_minor), abs(row.fee_minor), abs(row.tax_minor)) > MAX_MINOR:
        raise Invalid("amount_too_large", f"An amount of row {row.id} does not fit into 64 bits.", row=row.id)
    if max(len(row.reference or ""), len(row.payer or ""), len(row.batch_id or "")) > MAX_TEXT:
        raise Invalid("text_too_long", f"A text of row {row.id} has more than {MAX_TEXT} characters.", row=row.id)
    return row
