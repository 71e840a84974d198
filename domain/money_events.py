"""Money events that people have booked: what each is called, what it needs to be told, and what it may not exceed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from domain.accounts import Role
from domain.errors import Invalid
from domain.money import Money, exponent


class MoneyEventKind(StrEnum):
    """What a person had booked. The first group concerns an account, the second a receipt or a loan."""

    PLATFORM_FEE = "platform_fee"
    TAX_WITHHELD = "tax_withheld"
    SETTLEMENT = "settlement"
    SETTLEMENT_ARRIVED = "settlement_arrived"
    ROUNDING = "rounding"
    AGENCY_REPORTED = "agency_reported"
    AGENCY_REMITTED = "agency_remitted"
    COMMISSION_ACCRUED = "commission_accrued"
    COMMISSION_PAID = "commission_paid"
    HANDED_ON = "handed_on"
    CHARITY_PAID = "charity_paid"

    RECEIPT_ASSIGNED = "receipt_assigned"
    REFUND_DECIDED = "refund_decided"
    REFUND_CONFIRMED = "refund_confirmed"
    HELD_FOR_ANOTHER = "held_for_another"
    CHARGE_EXPLAINED = "charge_explained"
    LOAN_WRITTEN_OFF = "loan_written_off"
    CHARITY_CHARGED = "charity_charged"


@dataclass(frozen=True, slots=True)
class Order:
    """Who has something booked, for which day, and why. ``event_id`` names it: given again, it is done once."""

    event_id: str
    actor: str
    reason: str
    day: date


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """An event of a child account. What ``amount`` is, and which of the rest belong to it, depends on its kind.

    ========================  =======================================  ==============================
    kind                      amount                                   with
    ========================  =======================================  ==============================
    ``platform_fee``          the fee that a platform took later
    ``tax_withheld``          tax kept back                            ``in_bank``
    ``settlement``            what the bank got of a batch             ``fee``, ``withheld``, ``in_bank``
    ``settlement_arrived``    what was on its way                      ``arrived``
    ``rounding``              how much more (or less) stands           ``against``
    ``agency_reported``       what an agency collected                 ``loan_id``
    ``agency_remitted``       what it hands over, before its part      ``kept``, ``withheld``
    ``commission_accrued``    what an agency earned                    ``receipt_id``
    ``commission_paid``       what it was paid
    ``handed_on``             money held for others, given to them
    ``charity_paid``          late amounts given to a charity
    ========================  =======================================  ==============================
    """

    kind: MoneyEventKind
    account_id: str
    amount: Money
    fee: Money | None = None
    withheld: Money | None = None
    kept: Money | None = None
    arrived: Money | None = None
    against: Role | None = None
    loan_id: str | None = None
    receipt_id: str | None = None
    in_bank: bool | None = None

    def __post_init__(self) -> None:
        """Raises ``money_event_of_another_kind``, ``field_needed``, ``field_not_of_kind``, ``amount_not_positive``."""
        takes = TAKES.get(self.kind)
        if takes is None:
            raise Invalid("money_event_of_another_kind", f"{self.kind.value} is no event of an account.")
        given = {
            item.name for item in fields(self) if item.name in _MAY_BE_GIVEN and getattr(self, item.name) is not None
        }
        if given - set(takes):
            raise Invalid(
                "field_not_of_kind", f"{self.kind.value} does not take {', '.join(sorted(given - set(takes)))}."
            )
        missing = sorted({name for name in takes if name in _NEEDED} - given)
        if missing:
            raise Invalid("field_needed", f"{self.kind.value} needs {', '.join(missing)}.")
        self._check_amounts()

    def _check_amounts(self) -> None:
        if not self.amount or (self.amount.minor < 0 and self.kind is not MoneyEventKind.ROUNDING):
            raise Invalid("amount_not_positive", f"{self.amount} is not above zero.")
        for part in (self.fee, self.withheld, self.kept, self.arrived):
            if part is not None and (part.minor < 0 or part.currency != self.amount.currency):
                raise Invalid(
                    "amount_not_positive", f"{part} is below zero, or of another currency than {self.amount}."
                )


TAKES: Final[Mapping[MoneyEventKind, tuple[str, ...]]] = {
    MoneyEventKind.PLATFORM_FEE: (),
    MoneyEventKind.TAX_WITHHELD: ("in_bank",),
    MoneyEventKind.SETTLEMENT: ("fee", "withheld", "in_bank"),
    MoneyEventKind.SETTLEMENT_ARRIVED: ("arrived",),
    MoneyEventKind.ROUNDING: ("against",),
    MoneyEventKind.AGENCY_REPORTED: ("loan_id",),
    MoneyEventKind.AGENCY_REMITTED: ("kept", "withheld"),
    MoneyEventKind.COMMISSION_ACCRUED: ("receipt_id",),
    MoneyEventKind.COMMISSION_PAID: (),
    MoneyEventKind.HANDED_ON: (),
    MoneyEventKind.CHARITY_PAID: (),
}
"""What an account's event takes beside its amount."""
_MAY_BE_GIVEN: Final = frozenset({"fee", "withheld", "kept", "arrived", "against", "loan_id", "receipt_id", "in_bank"})
_NEEDED: Final = frozenset({"arrived", "against", "loan_id"})
ROUNDED: Final = frozenset({Role.CLEARING, Role.BANK, Role.IN_TRANSIT, Role.SUSPENSE, Role.EXPECTED_RECEIPT})
"""The leaves against which a remainder may be rounded away."""


def rounding_limit(currency: str) -> Money:
    """How much may be rounded away in one entry: one whole unit of the currency."""
    return Money(10 ** exponent(currency), currency)


def daily_rounding_limit(currency: str) -> Money:
    """How much may be rounded away of an account in one day, up and down together: ten whole units of the currency."""
    return Money(10 * rounding_limit(currency).minor, currency)
