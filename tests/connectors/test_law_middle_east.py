"""What examples of contacts cannot hold: charity, answers to complaints, editions of law, Ramadan as announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from connectors import registry
from domain.charges import Ceiling, Overdue, ceiling
from domain.conduct import ChargeKind, Duty, DutyKind
from domain.contacts import Channel, Confidence, LenderType
from domain.errors import Unavailable
from domain.money import Money
from domain.notices import ANSWER_WITHIN_DAYS, answer_days

COUNTRIES: Final = registry.countries()
TODAY: Final = date(2026, 11, 23)
CIRCULAR: Final = date(2025, 3, 6)
FIRST_EDITION: Final = date(2018, 4, 11)
BANK, COMPANY, DEALER = LenderType.BANK, LenderType.FINANCE_COMPANY, LenderType.VEHICLE_DEALER


def late_fee(code: str, *, product: str, lender_type: LenderType, agreed: int = 300) -> Ceiling:
    country = COUNTRIES[code]
    instalment, overdue = (Money(minor, country.currency) for minor in (100, 500))
    return ceiling(
        country.conduct.charges,
        ChargeKind.LATE_FEE,
        Overdue(instalment, overdue, overdue, days=30, product=product, lender_type=lender_type),
        on=TODAY,
        agreed=Money(agreed, country.currency),
        unit_value=lambda *_: None,
    )


# --- what is taken for delay and never kept


@pytest.mark.parametrize("lender_type", [BANK, COMPANY])
@pytest.mark.parametrize("product", ["murabaha", "ijara"])
def test_an_islamic_fee_that_law_caps_in_saudi_arabia_goes_to_charity_all_the_same(
    product: str, lender_type: LenderType
) -> None:
    found = late_fee("SA", product=product, lender_type=lender_type)
    assert (found.amount.minor, found.rule.id, found.to_charity) == (100, "sa.late_fee_instalment", True)


def test_a_saudi_fee_of_a_plain_loan_is_kept() -> None:
    assert not late_fee("SA", product="loan", lender_type=BANK).to_charity


@pytest.mark.parametrize("product", ["murabaha", "ijara"])
@pytest.mark.parametrize(
    ("code", "lender_type"),
    [("AE", BANK), ("BH", BANK), ("KW", COMPANY), ("OM", BANK), ("QA", BANK), ("QA", COMPANY), ("TR", BANK)],
)
def test_an_islamic_contract_keeps_nothing_for_delay(code: str, product: str, lender_type: LenderType) -> None:
    assert late_fee(code, product=product, lender_type=lender_type).to_charity


@pytest.mark.parametrize(
    ("code", "product", "lender_type"), [("QA", "murabaha", DEALER), ("QA", "loan", BANK), ("TR", "loan", BANK)]
)
def test_where_no_rule_speaks_no_fee_is_charged(code: str, product: str, lender_type: LenderType) -> None:
    with pytest.raises(Unavailable, match="late_fee"):
        late_fee(code, product=product, lender_type=lender_type)


# --- by when a complaint is answered


@pytest.mark.parametrize(
    ("code", "on", "days"),
    [
        ("BH", TODAY, 20),  # five days are for the acknowledgement
        ("AE", TODAY, 30),
        ("KW", date(2011, 1, 18), ANSWER_WITHIN_DAYS),
        ("KW", date(2011, 1, 19), 15),
        ("KW", date(2026, 3, 31), 15),
        ("KW", date(2026, 4, 1), 5),
        ("JO", date(2023, 4, 1), 10),
        ("EG", TODAY, 15),
    ],
)
def test_a_complaint_is_answered_in_the_days_of_law(code: str, on: date, days: int) -> None:
    assert answer_days(COUNTRIES[code].conduct, on) == days


def test_saudi_arabia_rules_on_complaints_without_a_number_that_was_read() -> None:
    complaints = [duty for duty in COUNTRIES["SA"].conduct.duties if duty.kind is DutyKind.COMPLAINTS]
    assert [(duty.id, duty.confidence) for duty in complaints] == [("sa.objection", Confidence.VERIFIED)]
    assert answer_days(COUNTRIES["SA"].conduct, TODAY) == ANSWER_WITHIN_DAYS


# --- the two editions of SAMA's rules


def saudi_duties(kind: DutyKind, on: date) -> list[Duty]:
    return [duty for duty in COUNTRIES["SA"].conduct.duties if duty.kind is kind and duty.holds_on(on)]


@pytest.mark.parametrize("on", [FIRST_EDITION, CIRCULAR - timedelta(days=1), CIRCULAR, TODAY])
def test_saudi_records_of_calls_are_kept_ten_years_under_either_edition(on: date) -> None:
    (duty,) = saudi_duties(DutyKind.RETENTION, on)
    assert duty.days is not None
    assert date(2030, 3, 1) - date(2020, 3, 1) <= timedelta(days=duty.days)


@pytest.mark.parametrize("on", [FIRST_EDITION, CIRCULAR - timedelta(days=1), CIRCULAR, TODAY])
def test_a_saudi_debtor_is_told_under_either_edition_that_the_call_is_recorded(on: date) -> None:
    (duty,) = saudi_duties(DutyKind.RECORD, on)
    assert (duty.elements, duty.channels) == (("recorded",), frozenset({Channel.PHONE}))


@pytest.mark.parametrize("kind", [DutyKind.RETENTION, DutyKind.RECORD, DutyKind.CALLER_ID, DutyKind.LOG])
def test_before_the_first_edition_no_saudi_rule_of_it_held(kind: DutyKind) -> None:
    assert not saudi_duties(kind, FIRST_EDITION - timedelta(days=1))


# --- Ramadan where the moon was seen on another day than computed (2026-02-18 to 2026-03-19)


@pytest.mark.parametrize("code", ["BH", "EG", "JO", "KW", "OM", "QA", "SA"])
@pytest.mark.parametrize(
    ("announced", "day", "fasting"),
    [
        ((date(2026, 2, 19), date(2026, 3, 20)), date(2026, 2, 18), False),
        ((date(2026, 2, 19), date(2026, 3, 20)), date(2026, 2, 19), True),
        ((date(2026, 2, 19), date(2026, 3, 20)), date(2026, 3, 20), True),
        ((date(2026, 2, 19), date(2026, 3, 20)), date(2026, 3, 21), False),
        ((date(2026, 2, 17), date(2026, 3, 18)), date(2026, 2, 17), True),
        ((date(2026, 2, 17), date(2026, 3, 18)), date(2026, 3, 19), False),
    ],
)
def test_ramadan_begins_and_ends_as_announced(
    code: str, announced: tuple[date, date], day: date, *, fasting: bool
) -> None:
    calendar: Any = COUNTRIES[code].calendar
    seen = replace(calendar, announced={1447: announced})
    assert (seen.special_period(day, None) == "ramadan") is fasting
