"""Allocation: which instalments a receipt pays, in which order, and how that is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.loans import Instalment
from domain.money import Money, zero


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a receipt that goes to one instalment."""

    loan_id: str
    instalment: int
    amount: Money


def allocate(amount: Money, instalments: Sequence[Instalment]) -> tuple[tuple[Allocation, ...], Money]:
    """Pay instalments oldest due first (then by loan and number); returns the parts and what is left over."""
    rest = amount
    parts: list[Allocation] = []
    for item in sorted(instalments, key=lambda item: (item.due_date, item.loan_id, item.number)):
        part = min(rest, item.open)
        if part:
            parts.append(Allocation(item.loan_id, item.number, part))
            rest = rest - part
        if not rest:
            break
    return tuple(parts), rest


def undo(amount: Money, allocated: Sequence[Allocation]) -> tuple[tuple[Allocation, ...], Money]:
    """Take ``amount`` back from allocations, last allocated first; returns the parts taken and what they lack."""
    rest = amount
    parts: list[Allocation] = []
    for item in reversed(allocated):
        part = min(rest, item.amount)
        if part:
            parts.append(Allocation(item.loan_id, item.instalment, part))
            rest = rest - part
        if not rest:
            break
    return tuple(parts), rest


def by_loan(parts: Sequence[Allocation], currency: str) -> dict[str, Money]:
    """What each loan got, in order of first part."""
    sums: dict[str, Money] = {}
    for part in parts:
        sums[part.loan_id] = sums.get(part.loan_id, zero(currency)) + part.amount
    return sums
