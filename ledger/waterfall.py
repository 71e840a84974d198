"""From gross to swept: what came in under a parent, what was kept and given back of it, what reached the parent.

Read from the statements of the parent and of its own treasury accounts: the rest is what its child accounts did. All
of it is stated in the parent's currency at one rate for each currency; what has no rate is named apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from domain.account_statements import Movement, Period
from domain.accounts import Role
from domain.errors import AfluenteError, Invalid
from domain.fx import Rate, convert
from domain.money import Money, zero
from ledger import accounts, flows, statements
from ledger.balances import RateLookup


class Step(StrEnum):
    """The steps, in order; the first and the last stand on the ground, each between moves what is left."""

    GROSS = "gross"
    FEES = "fees"
    TAX = "tax"
    GIVEN_BACK = "given_back"
    OTHER = "other"
    FX = "fx"
    SWEPT = "swept"
    LEFT = "left"


_OF_MOVEMENT: Final[Mapping[Movement, Step]] = {
    Movement.RECEIPTS: Step.GROSS,
    Movement.FEES: Step.FEES,
    Movement.TAXES_WITHHELD: Step.TAX,
    Movement.REFUNDS: Step.GIVEN_BACK,
    Movement.CHARGEBACKS: Step.GIVEN_BACK,
    Movement.RETURNED: Step.GIVEN_BACK,
}
_MOVED_TO_PARENT: Final = frozenset({Movement.SWEPT, Movement.FX})


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A parent's period in its currency. The steps up to ``swept`` come to ``left``, which stays with the children.

    ``swept`` is negative: it leaves the child accounts. ``fx`` is what that money lost (negative) or gained on its
    way between currencies. ``unconverted`` are receipts in currencies without a rate, with why; no step counts them.
    """

    account_id: str
    currency: str
    period: Period
    rates_on: date
    steps: Mapping[Step, Money]
    rates: tuple[Rate, ...]
    unconverted: tuple[tuple[Money, AfluenteError], ...]


def waterfall(tx: Connection, account_id: str, period: Period, *, rate: RateLookup, rates_on: date) -> Waterfall:
    """A parent account's period, at the rates of a day. Raises ``account_unknown`` and ``account_not_parent``."""
    parent = accounts.get(tx, account_id)
    if parent.role is not Role.PARENT:
        raise Invalid(
            "account_not_parent", f"{account_id} is no parent account.", fix="Name a creditor's parent account."
        )
    whole = _movements(tx, [account_id], period)
    own = _movements(tx, [one.id for one in _treasuries(tx, account_id)], period)
    steps = {step: zero(parent.currency) for step in Step}
    used, failed = [], []
    for currency in sorted(whole):
        try:
            found = rate(currency, parent.currency, rates_on)
        except AfluenteError as error:
            failed.append((whole[currency].get(Movement.RECEIPTS, zero(currency)), error))
            continue
        used.append(found)
        for step, amount in _steps(whole[currency], own.get(currency, {}), currency).items():
            steps[step] = steps[step] + convert(amount, found).amount
    steps[Step.SWEPT] = -steps[Step.SWEPT]
    steps[Step.LEFT] = _sum(steps, parent.currency)
    return Waterfall(account_id, parent.currency, period, rates_on, steps, tuple(used), tuple(failed))


def _steps(whole: Mapping[Movement, Money], own: Mapping[Movement, Money], currency: str) -> dict[Step, Money]:
    """One currency's steps, ``swept`` as it reached the parent.

    A sweep stands twice in the whole: it left a child and reached the parent. What of it did not arrive is ``fx``.
    """
    found: dict[Step, Money] = {}
    for movement, amount in whole.items():
        step = Step.FX if movement in _MOVED_TO_PARENT else _OF_MOVEMENT.get(movement, Step.OTHER)
        found[step] = found.get(step, zero(currency)) + amount
    arrived = [amount for movement, amount in own.items() if movement in _MOVED_TO_PARENT]
    found[Step.SWEPT] = sum(arrived, zero(currency))
    return found


def _sum(steps: Mapping[Step, Money], currency: str) -> Money:
    return sum((amount for step, amount in steps.items() if step is not Step.LEFT), zero(currency))


def _treasuries(tx: Connection, account_id: str) -> list[flows.Holder]:
    return [one for one in flows.holders(tx, [account_id]).values() if one.role is Role.TREASURY]


def _movements(tx: Connection, account_ids: Sequence[str], period: Period) -> dict[str, dict[Movement, Money]]:
    """What moved on these accounts, by currency and reason."""
    found: dict[str, dict[Movement, Money]] = {}
    for account_id in account_ids:
        for section in statements.statement(tx, account_id, period).sections:
            moved = found.setdefault(section.currency, {})
            for reason, amount in section.movements.items():
                moved[reason] = moved.get(reason, zero(section.currency)) + amount
    return found
