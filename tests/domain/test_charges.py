"""What a debtor may be charged for being late: ceilings, never rounded up, and refused where no rule is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.charges import Overdue, ceiling
from domain.conduct import (
    ActualCost,
    Amount,
    AsAgreed,
    Basis,
    ChargeCap,
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
from domain.contacts import Confidence, LenderType
from domain.errors import Unavailable
from domain.money import Money

DAY = date(2026, 11, 23)
UF = Decimal("27205.11")


def rule(cap: ChargeCap, **changes: object) -> ChargeRule:
    stated = {
        "id": "xx.charge",
        "text": "So much and no more.",
        "source": "a law",
        "confidence": Confidence.VERIFIED,
        "effective_from": date(2020, 1, 1),
        "kind": ChargeKind.LATE_INTEREST,
        "cap": cap,
    }
    return ChargeRule(**{**stated, **changes})  # type: ignore[arg-type]  # test data


def debt(minor: int, *, currency: str = "BRL", days: int = 30, **changes: object) -> Overdue:
    amount = Money(minor, currency)
    return Overdue(amount, amount, amount, days, **changes)  # type: ignore[arg-type]  # test data


def most(*rules: ChargeRule, of: Overdue, agreed: int = 10**12, on: date = DAY) -> int:
    def unit_value(unit: str, currency: str, _day: date) -> Decimal | None:
        return UF if (unit, currency) == ("CLF", "CLP") else None

    wanted = Money(agreed, of.overdue.currency)
    return ceiling(rules, ChargeKind.LATE_INTEREST, of, on=on, agreed=wanted, unit_value=unit_value).amount.minor


def test_two_percent_once() -> None:
    assert most(rule(Percent(Decimal(2), Per.ONCE)), of=debt(10_050)) == 201


def test_one_percent_a_month_is_simple_over_the_days_and_floored() -> None:
    assert most(rule(Percent(Decimal(1), Per.MONTH)), of=debt(100_000, days=365)) == 12_000
    assert most(rule(Percent(Decimal(1), Per.MONTH)), of=debt(100_000, days=1)) == 32


def test_of_several_rules_the_strictest_binds() -> None:
    assert most(rule(Percent(Decimal(2), Per.ONCE)), rule(Percent(Decimal(1), Per.ONCE)), of=debt(10_000)) == 100


def test_never_more_than_was_agreed() -> None:
    assert most(rule(Percent(Decimal(2), Per.ONCE)), of=debt(10_000), agreed=150) == 150


def test_a_ban_leaves_nothing() -> None:
    assert most(rule(AsAgreed()), rule(NotAllowed()), of=debt(10_000)) == 0


def test_what_goes_to_charity_says_so() -> None:
    found = ceiling(
        [rule(ToCharity())],
        ChargeKind.LATE_INTEREST,
        debt(10_000),
        on=DAY,
        agreed=Money(70, "BRL"),
        unit_value=lambda *_: None,
    )
    assert (found.amount.minor, found.to_charity) == (70, True)


def test_before_its_day_a_charge_is_nothing() -> None:
    late = rule(Percent(Decimal(2), Per.ONCE), from_day=21)
    assert most(late, of=debt(10_000, days=20)) == 0
    assert most(late, of=debt(10_000, days=21)) == 200


def test_chiles_ladder_is_progressive() -> None:
    ladder = Ladder("CLF", ((Decimal(10), Decimal(9)), (Decimal(50), Decimal(6)), (None, Decimal(3))))
    assert most(rule(ladder), of=debt(100_000, currency="CLP")) == 9_000  # SERNAC: 3.68 UF at 9 percent
    sixty = int(60 * UF)
    assert most(rule(ladder), of=debt(sixty, currency="CLP")) == int(Decimal("3.6") * UF)


def test_chiles_costs_are_less_where_nobody_acted() -> None:
    ladder = Ladder("CLF", ((Decimal(10), Decimal(9)), (Decimal(50), Decimal(6)), (None, Decimal(3))))
    costs = rule(ladder, less_without_action=Amount(Decimal("0.2"), "CLF"))
    # SERNAC's example: 3,559, so that 5,441.02 is rounded.
    assert most(costs, of=debt(100_000, currency="CLP", acted=False)) == 9_000 - 5_441
    assert most(costs, of=debt(10_000, currency="CLP", acted=False)) == 0


def test_a_series_gives_the_rate_of_the_day_and_ends() -> None:
    usury = rule(
        Series(
            Per.YEAR,
            ((date(2026, 1, 1), Decimal("24.36")), (date(2026, 3, 1), Decimal("25.52"))),
            stale_days=60,
            effective=True,
        )
    )
    year = debt(100_000, currency="COP", days=365)
    assert most(usury, of=year, on=date(2026, 2, 28)) == 24_360
    assert most(usury, of=year, on=date(2026, 3, 1)) == 25_520
    assert most(usury, of=year, on=date(2026, 4, 30)) == 25_520
    with pytest.raises(Unavailable, match="no rate is known"):
        most(usury, of=year, on=date(2026, 5, 1))


def test_an_effective_rate_compounds() -> None:
    usury = rule(Series(Per.YEAR, ((DAY, Decimal(21)),), stale_days=31, effective=True, basis=Basis.OVERDUE))
    assert most(usury, of=debt(100_000, days=730)) == 46_410


def test_without_a_rule_nothing_may_be_charged() -> None:
    with pytest.raises(Unavailable, match="No rule in force"):
        most(of=debt(1))
    with pytest.raises(Unavailable, match="No rule in force"):
        most(rule(AsAgreed(), effective_to=DAY), of=debt(1))


def test_a_rule_of_banks_does_not_touch_dealers() -> None:
    banks = rule(NotAllowed(), lender_types=frozenset({LenderType.BANK}))
    assert most(banks, rule(AsAgreed()), of=debt(1, lender_type=LenderType.VEHICLE_DEALER), agreed=5) == 5


def test_an_indexed_unit_without_a_value_is_refused() -> None:
    with pytest.raises(Unavailable, match="one UVA"):
        most(rule(Amount(Decimal(1), "UVA")), of=debt(1))


def test_a_share_of_the_contracts_rate_is_for_the_days() -> None:
    half_more = rule(OfContractRate(Decimal(150)))
    assert most(half_more, of=debt(100_000, days=365, contract_rate=Decimal(20))) == 30_000
    assert most(half_more, of=debt(100_000, days=73, contract_rate=Decimal(20))) == 6_000


def test_a_fee_for_each_billing_cycle_by_instalments_unpaid() -> None:
    rules = (
        rule(Amount(Decimal(50), "THB", Per.CYCLE), unpaid=(1, 2), more_than=Amount(Decimal(1000), "THB")),
        rule(Amount(Decimal(100), "THB", Per.CYCLE), unpaid=(2, None), more_than=Amount(Decimal(1000), "THB")),
    )
    assert most(*rules, of=debt(100_001, currency="THB", unpaid=1)) == 5_000
    assert most(*rules, of=debt(100_001, currency="THB", unpaid=2, cycles=2)) == 20_000
    assert most(*rules, of=debt(100_000, currency="THB", unpaid=2)) == 0


def test_without_the_contracts_rate_its_share_is_refused() -> None:
    with pytest.raises(Unavailable, match="contract_rate_missing"):
        most(rule(OfContractRate(Decimal(150))), of=debt(100_000))


def test_only_what_was_spent_is_charged() -> None:
    spent = debt(100_000, spent=Money(4_200, "BRL"))
    assert most(rule(ActualCost()), of=spent) == 4_200
    assert most(rule(ActualCost()), of=spent, agreed=4_000) == 4_000


def test_a_cost_without_papers_is_refused() -> None:
    with pytest.raises(Unavailable, match="cost_unproved"):
        most(rule(ActualCost()), of=debt(100_000))
