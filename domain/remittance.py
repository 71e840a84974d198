"""Money leaving a country: which papers its transfer needs, what tax the exchange costs, whether the currency leaves.

A country that states nothing is unknown, and unknown means no: its money leaves only with an approval that a person
attached (``APPROVAL``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.contacts import Confidence
from domain.dated import Period
from domain.errors import Invalid
from domain.money import Money, total

Convert = Callable[[Money, str], Money | None]
"""An amount in another currency at today's rate; ``None`` where there is no usable rate."""


class Purpose(StrEnum):
    """What a transfer abroad is for, as far as law distinguishes."""

    OWN_FUNDS = "own_funds"
    LOAN_SERVICE = "loan_service"
    DIVIDEND = "dividend"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class RemittanceDocument:
    """A paper that a bank asks for before money leaves.

    Needed for every transfer; with ``above`` only for one of more than that amount; with ``purposes`` only for those.
    A ``standing`` paper serves until it ends, any other one day's transfer.
    """

    code: str
    name: str
    source: str
    confidence: Confidence
    above: Money | None = None
    purposes: tuple[Purpose, ...] = ()
    standing: bool = False

    def is_needed(self, amount: Money, purpose: Purpose, convert: Convert) -> bool:
        """Whether a transfer needs it; an amount that cannot be compared with the threshold does."""
        if self.purposes and purpose not in self.purposes:
            return False
        if self.above is None:
            return True
        compared = amount if amount.currency == self.above.currency else convert(amount, self.above.currency)
        return compared is None or compared > self.above


@dataclass(frozen=True, slots=True)
class OutwardTax:
    """A tax on money that leaves, taken by the bank beside the amount; ``rate`` is a ratio: 0.035 is 3.5 percent."""

    code: str
    name: str
    rate: Decimal
    period: Period
    source: str
    confidence: Confidence
    purposes: tuple[Purpose, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise Invalid("tax_rate_invalid", f"{self.rate} is no ratio of an amount.")

    def applies(self, purpose: Purpose, on: date) -> bool:
        """Whether it is due on a day for a purpose."""
        return on in self.period and (not self.purposes or purpose in self.purposes)


@dataclass(frozen=True, slots=True)
class Remittance:
    """What a country asks of money that leaves it.

    ``local_currency_leaves`` is false where the currency is not delivered abroad and has to be exchanged first.
    ``currencies`` are those it may be exchanged into; empty: any.
    """

    local_currency_leaves: bool
    source: str
    confidence: Confidence
    documents: tuple[RemittanceDocument, ...] = ()
    taxes: tuple[OutwardTax, ...] = ()
    currencies: tuple[str, ...] = ()

    def lets_out(self, currency: str, *, local_currency: str) -> bool:
        """Whether money may arrive abroad in a currency."""
        if currency == local_currency:
            return self.local_currency_leaves
        return not self.currencies or currency in self.currencies


@dataclass(frozen=True, slots=True)
class TaxDue:
    """A tax on one transfer."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A paper that is at hand, with the first and the last day of transfers that it covers (no last day: all)."""

    code: str
    first: date
    last: date | None

    def covers(self, day: date, *, standing: bool) -> bool:
        """Whether it serves a transfer of a day; what is no standing paper must be for that day alone."""
        if not standing:
            return self.first == self.last == day
        return self.first <= day and (self.last is None or day <= self.last)


APPROVAL: Final = RemittanceDocument(
    code="transfer_approval",
    name="Approval of transfers abroad",
    source="house policy: nothing is known of this country's rules",
    confidence=Confidence.POLICY,
    standing=True,
)
"""What a country without facts needs: somebody looked into its rules and answers for it."""


def documents_needed(
    remittance: Remittance | None, *, amount: Money, purpose: Purpose, convert: Convert
) -> tuple[RemittanceDocument, ...]:
    """The papers that a transfer abroad needs; a country without facts needs an approval."""
    if remittance is None:
        return (APPROVAL,)
    return tuple(one for one in remittance.documents if one.is_needed(amount, purpose, convert))


def documents_missing(
    needed: Iterable[RemittanceDocument], held: Iterable[HeldDocument], *, on: date
) -> tuple[RemittanceDocument, ...]:
    """Those needed papers that none at hand serves for."""
    at_hand = tuple(held)
    return tuple(
        one
        for one in needed
        if not any(paper.code == one.code and paper.covers(on, standing=one.standing) for paper in at_hand)
    )


def taxes_due(remittance: Remittance | None, amount: Money, *, purpose: Purpose, on: date) -> tuple[TaxDue, ...]:
    """What a transfer costs in tax beside its amount, each rounded half up."""
    taxes = remittance.taxes if remittance is not None else ()
    due = (
        TaxDue(tax.code, amount.convert(rate=tax.rate, currency=amount.currency))
        for tax in taxes
        if tax.applies(purpose, on)
    )
    return tuple(one for one in due if one.amount)


def less_taxes(remittance: Remittance | None, pool: Money, *, purpose: Purpose, on: date) -> Money:
    """The largest amount that, with its taxes, a pool of money pays for."""
    taxes = remittance.taxes if remittance is not None else ()
    share = sum((tax.rate for tax in taxes if tax.applies(purpose, on)), Decimal(0))
    if not share:
        return pool
    amount = Money(int(Decimal(pool.minor) / (1 + share)) + len(taxes), pool.currency)
    while amount.minor > 0:
        due = total([one.amount for one in taxes_due(remittance, amount, purpose=purpose, on=on)], pool.currency)
        if amount + due <= pool:
            break
        amount = Money(amount.minor - 1, pool.currency)
    return amount
