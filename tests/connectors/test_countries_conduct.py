"""What every country must state of collecting beyond the hour, and figures that law states, asked by their rules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors import registry
from domain import charges, limitation
from domain.charges import Overdue
from domain.conduct import ChargeKind, DutyKind, RecoveryStep
from domain.contacts import Channel, Confidence, LenderType
from domain.countries import Country
from domain.errors import Unavailable
from domain.money import Money

COUNTRIES = registry.countries()
TODAY = date(2026, 11, 23)
EVERYWHERE = frozenset(
    {
        DutyKind.DISCLOSE,
        DutyKind.CALLER_ID,
        DutyKind.RECORD,
        DutyKind.LANGUAGE,
        DutyKind.LOG,
        DutyKind.RETENTION,
        DutyKind.DATA_TRANSFER,
        DutyKind.COMPLAINTS,
    }
)
UF = Decimal("27205.11")


@pytest.fixture(params=list(COUNTRIES.values()), ids=list(COUNTRIES))
def country(request: pytest.FixtureRequest) -> Country:
    found: Country = request.param
    return found


def test_every_duty_of_collecting_is_stated(country: Country) -> None:
    assert {duty.kind for duty in country.conduct.duties if duty.holds_on(TODAY)} >= EVERYWHERE


def test_taking_a_vehicle_back_agencies_and_texts_are_spoken_of(country: Country) -> None:
    conduct = country.conduct
    assert conduct.recovery
    assert conduct.agencies
    assert any(rule.channel is Channel.SMS for rule in conduct.senders)


def test_steps_of_a_route_come_in_order(country: Country) -> None:
    routes: dict[str, list[int]] = {}
    for step in country.conduct.recovery:
        routes.setdefault(step.route, []).append(step.order)
    assert all(orders == sorted(orders) for orders in routes.values())


def test_people_are_addressed_and_may_say_stop_in_the_countrys_first_language(country: Country) -> None:
    first = country.locales[0]
    assert country.conduct.manners is not None
    assert "{name}" in country.conduct.manners.formal_address[first]
    assert country.conduct.opt_out_words[first]


def test_conduct_rules_have_their_own_ids_under_the_countrys_prefix(country: Country) -> None:
    ids = [rule.id for rule in country.conduct.cited()]
    assert len(set(ids)) == len(ids)
    assert all(rule_id.startswith(f"{country.code.lower()}.") for rule_id in ids)


def test_house_policy_says_so_and_nothing_else_does(country: Country) -> None:
    for rule in country.conduct.cited():
        assert ("house policy" in rule.source) == (rule.confidence is Confidence.POLICY), rule.id


def test_what_is_only_from_memory_is_not_shown_as_law(country: Country) -> None:
    for rule in country.conduct.cited():
        if rule.source.startswith("from memory"):
            assert rule.confidence is Confidence.UNVERIFIED, rule.id


# --- figures


def overdue(minor: int, currency: str, **changes: Any) -> Overdue:
    amount = Money(minor, currency)
    return Overdue(amount, amount, amount, **{"days": 30} | changes)


def most(code: str, kind: ChargeKind, debt: Overdue, *, on: date = TODAY) -> int:
    found = charges.ceiling(
        COUNTRIES[code].conduct.charges,
        kind,
        debt,
        on=on,
        agreed=Money(10**14, debt.overdue.currency),
        unit_value=lambda unit, currency, _day: UF if (unit, currency) == ("CLF", "CLP") else None,
    )
    return found.amount.minor


FEE, INTEREST, COST = ChargeKind.LATE_FEE, ChargeKind.LATE_INTEREST, ChargeKind.COLLECTION_COST
BANK, DEALER = LenderType.BANK, LenderType.VEHICLE_DEALER


@pytest.mark.parametrize(
    ("code", "kind", "debt", "expected"),
    [
        ("BR", FEE, overdue(100_000, "BRL"), 2_000),
        ("BR", INTEREST, overdue(100_000, "BRL", days=365), 12_000),
        ("BR", COST, overdue(100_000, "BRL"), 0),
        ("CL", COST, overdue(100_000, "CLP", days=20), 0),
        ("CL", COST, overdue(100_000, "CLP", days=21), 9_000),
        ("CL", COST, overdue(100_000, "CLP", days=21, acted=False), 3_559),
        ("PE", FEE, overdue(100_000, "PEN"), 0),
        ("QA", INTEREST, overdue(100_000, "QAR", lender_type=DEALER), 0),
        ("AE", INTEREST, overdue(100_000, "AED", product="murabaha"), 0),
        ("TH", COST, overdue(100_000, "THB"), 0),
        ("TH", COST, overdue(100_001, "THB"), 5_000),
        ("TH", COST, overdue(100_001, "THB", unpaid=2), 10_000),
        ("KH", INTEREST, overdue(100_000, "USD", days=365), 18_000),
        ("VN", INTEREST, overdue(100_000, "VND", days=365, contract_rate=Decimal(10)), 15_000),
        ("TR", INTEREST, overdue(100_000, "TRY", days=365, contract_rate=Decimal(40)), 52_000),
        ("AR", INTEREST, overdue(100_000, "ARS", days=365, contract_rate=Decimal(40)), 20_000),
        ("AR", COST, overdue(100_000, "ARS", spent=Money(777, "ARS")), 777),
        ("MY", INTEREST, overdue(100_000, "MYR", days=365), 8_000),
        ("SA", FEE, overdue(100_000, "SAR", lender_type=BANK), 100_000),
    ],
)
def test_a_ceiling_of_law_is_kept(code: str, kind: ChargeKind, debt: Overdue, expected: int) -> None:
    assert most(code, kind, debt) == expected


@pytest.mark.parametrize(
    ("code", "kind", "debt"),
    [
        ("AE", FEE, overdue(100_000, "AED")),  # the figure of Appendix 2 was not read
        ("KW", INTEREST, overdue(100_000, "KWD")),  # no discount rate is known
        ("PE", INTEREST, overdue(100_000, "PEN")),  # no half-year's ceiling is known
        ("VN", INTEREST, overdue(100_000, "VND")),  # the contract's rate is not known
    ],
)
def test_what_is_not_known_is_not_charged(code: str, kind: ChargeKind, debt: Overdue) -> None:
    with pytest.raises(Unavailable):
        most(code, kind, debt)


def test_colombias_usury_rate_is_of_its_month() -> None:
    year = overdue(100_000, "COP", days=365)
    assert most("CO", INTEREST, year, on=date(2025, 6, 1)) == 25_550
    assert most("CO", INTEREST, year, on=date(2025, 7, 31)) == 24_780
    assert most("CO", INTEREST, year, on=date(2025, 8, 1)) == 25_170
    assert most("CO", INTEREST, year, on=date(2026, 1, 31)) == 24_360
    assert most("CO", INTEREST, year, on=date(2026, 2, 1)) == 25_230
    assert most("CO", INTEREST, year, on=date(2026, 2, 28)) == 25_230
    assert most("CO", INTEREST, year, on=date(2026, 3, 31)) == 25_520


@pytest.mark.parametrize("day", [date(2025, 5, 31), date(2026, 4, 1)])
def test_colombia_charges_nothing_in_a_month_whose_rate_is_not_known(day: date) -> None:
    with pytest.raises(Unavailable):
        most("CO", INTEREST, overdue(100_000, "COP", days=365), on=day)


@pytest.mark.parametrize(
    ("code", "claim", "due", "lapses"),
    [
        ("BR", "contract", date(2026, 1, 31), date(2031, 1, 31)),
        ("BR", "promissory_note", date(2026, 1, 31), date(2029, 1, 31)),
        ("TH", "instalment", date(2024, 2, 29), date(2026, 2, 28)),
        ("AR", "instalment", date(2026, 1, 31), date(2028, 1, 31)),
        ("CL", "promissory_note", date(2026, 1, 31), date(2027, 1, 31)),
        ("KW", "contract", date(2026, 1, 31), date(2036, 1, 31)),
    ],
)
def test_a_claim_lapses_on_its_day(code: str, claim: str, due: date, lapses: date) -> None:
    rules = COUNTRIES[code].conduct.limitation
    assert limitation.clock(rules, claim=claim, due=due, restarts=(), on=TODAY).lapses == lapses


def steps(code: str, route: str, on: date = TODAY) -> list[RecoveryStep]:
    return [step for step in COUNTRIES[code].conduct.recovery if step.route == route and step.holds_on(on)]


@pytest.mark.parametrize(
    ("code", "route", "waits"),
    [
        ("BR", "judicial", [0, 5]),
        ("BR", "extrajudicial", [0, 20, 0]),
        ("MY", "default", [14, 21, 21]),
        ("TH", "default", [30]),
    ],
)
def test_a_vehicle_is_taken_back_after_its_notices(code: str, route: str, waits: list[int]) -> None:
    assert [step.wait_days for step in steps(code, route)] == waits


def test_brazils_way_without_a_court_begins_with_its_law() -> None:
    law = date(2023, 10, 31)
    assert steps("BR", "extrajudicial", law)
    assert not steps("BR", "extrajudicial", law - timedelta(days=1))


@pytest.mark.parametrize(
    ("code", "may_act", "may_hold_money"),
    [("VN", False, False), ("MX", True, False), ("BR", True, True), ("KH", None, False), ("OM", True, None)],
)
def test_whether_an_agency_may_collect_and_hold_money(
    code: str, *, may_act: bool | None, may_hold_money: bool | None
) -> None:
    rules = [rule for rule in COUNTRIES[code].conduct.agencies if rule.holds_on(TODAY)]
    assert [(rule.may_act, rule.may_hold_money) for rule in rules] == [(may_act, may_hold_money)]


@pytest.mark.parametrize(
    ("code", "links", "numbers", "personal"),
    [("MY", False, False, False), ("AE", False, False, True), ("TH", False, True, True), ("KH", False, True, False)],
)
def test_what_a_text_may_carry(code: str, *, links: bool, numbers: bool, personal: bool) -> None:
    rules = [rule for rule in COUNTRIES[code].conduct.senders if rule.channel is Channel.SMS and rule.holds_on(TODAY)]
    found = tuple(all(each) for each in zip(*((r.links, r.phone_numbers, r.personal_data) for r in rules), strict=True))
    assert found == (links, numbers, personal)
