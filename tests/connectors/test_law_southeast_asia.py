"""Southeast Asia's law beyond what a folder's vectors can hold: how well rules are founded, charges, steps, places."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from connectors import registry
from connectors.contact_check import answer_json, moment_from
from domain import charges
from domain.charges import Overdue
from domain.conduct import ChargeKind
from domain.contact_policy import Actor, Channel, ContactFacts
from domain.errors import Invalid, Unavailable
from domain.money import Money

COUNTRIES: Final = registry.countries()


@pytest.mark.parametrize(
    ("rule", "confidence"),
    [
        ("id.hours", "secondary"),
        ("id.joint_leave", "policy"),
        ("id.third_party", "secondary"),
        ("th.hours", "secondary"),
        ("th.daily_cap", "secondary"),
        ("th.daily_attempts", "policy"),
        ("vn.hours", "verified"),
        ("vn.hours_of_others", "policy"),
        ("vn.daily_cap", "verified"),
        ("vn.agency", "secondary"),
        ("vn.agency_2026", "secondary"),
        ("my.hours", "policy"),
        ("my.johor.post_to_2024", "policy"),
        ("ph.sec.hours", "secondary"),
        ("ph.sec.hours_kept", "policy"),
        ("ph.dealer.hours", "policy"),
        ("sg.hours", "policy"),
        ("sg.ascertain", "verified"),
        ("kh.hours", "policy"),
        ("kh.third_party", "policy"),
    ],
)
def test_a_rule_on_contact_is_marked_as_well_as_it_is_founded(rule: str, confidence: str) -> None:
    rules = {one.id: one for one in COUNTRIES[rule[:2].upper()].contact_rules}
    assert rules[rule].confidence == confidence


@pytest.mark.parametrize(("day", "rule"), [("2026-02-28", "vn.agency"), ("2026-03-01", "vn.agency_2026")])
def test_the_ban_on_agencies_is_told_as_read_under_either_law(day: str, rule: str) -> None:
    answer = answer_json(
        COUNTRIES["VN"],
        channel=Channel.PHONE,
        at=moment_from(f"{day}T10:00:00+07:00"),
        facts=ContactFacts(actor=Actor.AGENCY),
        subdivision=None,
    )
    assert (answer["allowed"], answer["rule"], answer["confidence"]) == (False, rule, "secondary")


# --- charges


def most(code: str, kind: ChargeKind, currency: str, *, on: date) -> int:
    amount = Money(100_000, currency)
    debt = Overdue(amount, amount, amount, days=365)
    found = charges.ceiling(
        COUNTRIES[code].conduct.charges,
        kind,
        debt,
        on=on,
        agreed=Money(77_777, currency),
        unit_value=lambda *_: None,
    )
    return found.amount.minor


@pytest.mark.parametrize(
    ("day", "rule", "confidence"),
    [
        (date(2021, 4, 11), "th.late_interest_2021", "unverified"),
        (date(2023, 1, 9), "th.late_interest_2021", "unverified"),
        (date(2023, 1, 10), "th.late_interest", "secondary"),
        (date(2026, 5, 31), "th.late_interest", "secondary"),
        (date(2026, 6, 1), "th.late_interest_2026", "unverified"),
    ],
)
def test_thailands_late_interest_is_five_percent_by_the_rule_of_its_day(day: date, rule: str, confidence: str) -> None:
    held = [
        one for one in COUNTRIES["TH"].conduct.charges if one.id.startswith("th.late_interest") and one.holds_on(day)
    ]
    assert [(one.id, one.confidence) for one in held] == [(rule, confidence)]
    assert most("TH", ChargeKind.LATE_INTEREST, "THB", on=day) == 5_000


def test_thailands_late_interest_before_any_rule_is_not_charged() -> None:
    with pytest.raises(Unavailable):
        most("TH", ChargeKind.LATE_INTEREST, "THB", on=date(2021, 4, 10))


def test_a_late_fee_that_no_text_allows_is_not_charged_in_singapore() -> None:
    with pytest.raises(Unavailable):
        most("SG", ChargeKind.LATE_FEE, "SGD", on=date(2026, 11, 23))


# --- steps, places, languages


def test_singapores_notice_before_a_car_is_taken_gives_seven_business_days() -> None:
    [step] = COUNTRIES["SG"].conduct.recovery
    assert (step.wait_days, step.working_days, step.confidence) == (7, True, "secondary")
    assert step.holds_on(date(1969, 10, 15))
    assert not step.holds_on(date(1969, 10, 14))


@pytest.mark.parametrize("code", ["ID", "TH", "VN", "MY", "PH", "SG", "KH"])
def test_a_place_that_is_none_of_the_countrys_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answer_json(
            COUNTRIES[code],
            channel=Channel.PHONE,
            at=moment_from("2026-11-23T10:00:00+07:00"),
            facts=ContactFacts(),
            subdivision=f"{code}-XX",
        )
    assert refusal.value.code == "subdivision_unknown"


@pytest.mark.parametrize(
    ("code", "languages"),
    [
        ("ID", {"id", "en"}),
        ("TH", {"th", "en"}),
        ("VN", {"vi", "en"}),
        ("MY", {"ms", "en", "zh_CN"}),
        ("PH", {"en", "fil"}),
        ("SG", {"en", "zh_CN", "ms"}),
        ("KH", {"km", "en"}),
    ],
)
def test_people_are_written_to_in_the_countrys_languages(code: str, languages: set[str]) -> None:
    country = COUNTRIES[code]
    assert set(country.locales) == languages
    assert country.conduct.manners is not None
    assert set(country.conduct.manners.formal_address) >= languages
    assert set(country.conduct.opt_out_words) >= languages
