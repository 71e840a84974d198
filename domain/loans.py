"""Loans: a schedule of instalments under one of four kinds of contract, and what of it is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import Invalid
from domain.money import Money, total


class Product(StrEnum):
    """The contract. Murabaha and ijara carry no interest; their words differ (``instalment_word``)."""

    LOAN = "loan"
    LEASE = "lease"
    MURABAHA = "murabaha"
    IJARA = "ijara"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One amount due on one day, and how much of it is paid."""

    loan_id: str
    number: int
    due_date: date
    amount: Money
    paid: Money

    def __post_init__(self) -> None:
        if not 0 <= self.paid.minor <= self.amount.minor or self.amount.minor <= 0:
            raise Invalid("instalment_invalid", f"Instalment {self.number}: {self.paid} paid of {self.amount}.")

    @property
    def open(self) -> Money:
        """What is still owed of it."""
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Arrears:
    """What a set of instalments owes on a day: ``overdue`` is past its due date, ``outstanding`` is everything."""

    overdue: Money
    outstanding: Money
    overdue_instalments: int
    oldest_due_date: date | None  # of the oldest instalment that is overdue


def arrears(instalments: Sequence[Instalment], *, currency: str, as_of: date) -> Arrears:
    """What is owed and overdue at the start of a day; an instalment due today is not overdue yet."""
    late = [item for item in instalments if item.open and item.due_date < as_of]
    return Arrears(
        overdue=total([item.open for item in late], currency),
        outstanding=total([item.open for item in instalments], currency),
        overdue_instalments=len(late),
        oldest_due_date=min((item.due_date for item in late), default=None),
    )
