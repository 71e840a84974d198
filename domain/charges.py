"""The most that a debtor may be charged for being late, by a country's dated rules; what no rule states is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import assert_never

from domain.conduct import (
    ActualCost,
    Amount,
    AsAgreed,
    Basis,
    ChargeKind,
    ChargeRule,
    Ladder,
    NotAllowed,
    OfContractRate,
    Per,
    Percent,
    Series,
    ToCharity,
)
from domain.contacts import LenderType
from domain.errors import Unavailable
from domain.money import Money, exponent, zero

_DAYS_A_YEAR = Decimal(365)
_MONTHS_A_YEAR = Decimal(12)
_HUNDRED = Decimal(100)

UnitValue = Callable[[str, str, date], Decimal | None]
"""What one of a unit (such as ``CLF``) is worth in a currency on a day, or ``None``."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue of a loan on a day. Amounts are of one currency.

    ``unpaid`` instalments are overdue, for ``cycles`` billing cycles. ``contract_rate`` is the loan's own rate in
    percent a year, ``spent`` what collecting really cost; ``None`` is not known.
    """

    instalment: Money
    overdue: Money
    principal: Money
    days: int
    product: str = "loan"
    lender_type: LenderType = LenderType.FINANCE_COMPANY
    subdivision: str | None = None
    unpaid: int = 1
    cycles: int = 1
    acted: bool = True  # whether the creditor did in time what the law asks before it may claim costs
    contract_rate: Decimal | None = None
    spent: Money | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that may be charged and by which rule; ``to_charity`` says that none of it may be kept."""

    amount: Money
    rule: ChargeRule
    to_charity: bool = False


def ceiling(
    rules: Sequence[ChargeRule], kind: ChargeKind, debt: Overdue, *, on: date, agreed: Money, unit_value: UnitValue
) -> Ceiling:
    """The most that may be charged of what was ``agreed``; of several rules in force the strictest.

    Raises ``charge_rule_unknown`` where no rule speaks, ``charge_rate_stale`` where an authority's series has ended,
    ``unit_value_missing`` where an indexed unit has no value that day and ``contract_rate_missing`` or
    ``cost_unproved`` where the ceiling hangs on what is not known of the loan: then nothing may be charged.
    """
    bound = [
        rule
        for rule in rules
        if rule.kind is kind
        and rule.holds_on(on)
        and rule.touches(
            product=debt.product, lender_type=debt.lender_type, subdivision=debt.subdivision, unpaid=debt.unpaid
        )
    ]
    if not bound:
        raise Unavailable(
            "charge_rule_unknown",
            f"No rule in force on {on} says what {kind} may be charged.",
            fix="Charge nothing, or have counsel add the rule with its source.",
        )
    found = [_of(rule, debt, on=on, agreed=agreed, unit_value=unit_value) for rule in bound]
    strictest = min(found, key=lambda each: (each.amount.minor, not each.to_charity))
    # Another rule's lower ceiling leaves what may not be kept unkept.
    return replace(strictest, to_charity=any(each.to_charity for each in found))


def _of(rule: ChargeRule, debt: Overdue, *, on: date, agreed: Money, unit_value: UnitValue) -> Ceiling:
    nothing = zero(agreed.currency)
    if debt.days < rule.from_day or isinstance(rule.cap, NotAllowed):
        return Ceiling(nothing, rule)
    if rule.more_than is not None:
        threshold = rule.more_than.value * _worth(rule.more_than.currency, debt.overdue.currency, on, unit_value)
        if debt.overdue.decimal <= threshold:
            return Ceiling(nothing, rule)
    if isinstance(rule.cap, AsAgreed | ToCharity):
        return Ceiling(agreed, rule, to_charity=isinstance(rule.cap, ToCharity))
    most = _most(rule.id, rule.cap, debt, on=on, unit_value=unit_value)
    if rule.less_without_action is not None and not debt.acted:
        less = rule.less_without_action
        worth = _worth(less.currency, agreed.currency, on, unit_value)
        most = max(nothing, most - _nearest(less.value * worth, agreed.currency))
    return Ceiling(min(most, agreed), rule)


def _most(
    rule_id: str,
    cap: Percent | Series | OfContractRate | ActualCost | Amount | Ladder,
    debt: Overdue,
    *,
    on: date,
    unit_value: UnitValue,
) -> Money:
    """What a cap comes to in the currency of the debt, whatever was agreed."""
    match cap:
        case Percent(value=value, per=per, basis=basis):
            return _share(debt, basis, value, per)
        case Series() as series:
            return _over_time(debt, series, _rate_on(series, rule_id, on))
        case OfContractRate(percent=percent, basis=basis):
            return _share(debt, basis, _known_rate(debt, rule_id) * percent / _HUNDRED, Per.YEAR)
        case ActualCost():
            return _known_cost(debt, rule_id)
        case Amount(value=value, currency=currency, per=per):
            worth = _worth(currency, debt.overdue.currency, on, unit_value)
            return _floored(value * worth * _periods(per, debt), debt.overdue.currency)
        case Ladder() as ladder:
            return _climb(ladder, debt, on=on, unit_value=unit_value)
        case _:
            assert_never(cap)


def _known_rate(debt: Overdue, rule_id: str) -> Decimal:
    if debt.contract_rate is None:
        raise Unavailable(
            "contract_rate_missing",
            f"{rule_id}: the ceiling hangs on the contract's rate, which is not known.",
            fix="Give the loan's yearly rate.",
        )
    return debt.contract_rate


def _known_cost(debt: Overdue, rule_id: str) -> Money:
    if debt.spent is None:
        raise Unavailable(
            "cost_unproved",
            f"{rule_id}: only what was really spent may be charged.",
            fix="Give the cost by its papers.",
        )
    return debt.spent


def _share(debt: Overdue, basis: Basis, percent: Decimal, per: Per) -> Money:
    of = _basis(debt, basis)
    return _floored(of.decimal * percent / _HUNDRED * _periods(per, debt), of.currency)


def _over_time(debt: Overdue, series: Series, percent: Decimal) -> Money:
    if not series.effective:
        return _share(debt, series.basis, percent, series.per)
    of = _basis(debt, series.basis)
    growth = (1 + percent / _HUNDRED) ** _periods(series.per, debt) - 1
    return _floored(of.decimal * growth, of.currency)


def _basis(debt: Overdue, basis: Basis) -> Money:
    return {Basis.INSTALMENT: debt.instalment, Basis.OVERDUE: debt.overdue, Basis.PRINCIPAL: debt.principal}[basis]


def _periods(per: Per, debt: Overdue) -> Decimal:
    """How many periods the days come to, as fractions of a year of 365 days: simple interest, never rounded up."""
    days = debt.days
    match per:
        case Per.CYCLE:
            return Decimal(debt.cycles)
        case Per.ONCE:
            return Decimal(1)
        case Per.DAY:
            return Decimal(days)
        case Per.MONTH:
            return Decimal(days) * _MONTHS_A_YEAR / _DAYS_A_YEAR
        case Per.YEAR:
            return Decimal(days) / _DAYS_A_YEAR
        case _:
            assert_never(per)


def _rate_on(series: Series, rule_id: str, on: date) -> Decimal:
    stated = [(since, rate) for since, rate in series.rates if since <= on]
    if not stated or (on - stated[-1][0]).days > series.stale_days:
        raise Unavailable(
            "charge_rate_stale",
            f"{rule_id}: no rate is known for {on}.",
            fix="Add the rate that the authority stated for this period.",
        )
    return stated[-1][1]


def _climb(ladder: Ladder, debt: Overdue, *, on: date, unit_value: UnitValue) -> Money:
    currency = debt.overdue.currency
    worth = _worth(ladder.unit, currency, on, unit_value)
    left, below, total = debt.overdue.decimal, Decimal(0), Decimal(0)
    for upto, percent in ladder.steps:
        part = left if upto is None else min(left, (upto - below) * worth)
        total += part * percent / _HUNDRED
        left -= part
        below = below if upto is None else upto
    return _floored(total, currency)


def _worth(unit: str, currency: str, on: date, unit_value: UnitValue) -> Decimal:
    if unit == currency:
        return Decimal(1)
    value = unit_value(unit, currency, on)
    if value is None:
        raise Unavailable(
            "unit_value_missing", f"No value of one {unit} in {currency} is known for {on}.", fix="Add it to the rates."
        )
    return value


def _floored(amount: Decimal, currency: str) -> Money:
    """Down to the minor unit: a ceiling is never rounded up."""
    return Money(int((amount.scaleb(exponent(currency))).to_integral_value(rounding=ROUND_FLOOR)), currency)


def _nearest(amount: Decimal, currency: str) -> Money:
    """To the nearest minor unit, as SERNAC's published example turns what is taken off in UF into pesos."""
    return Money(int((amount.scaleb(exponent(currency))).to_integral_value(rounding=ROUND_HALF_UP)), currency)
