"""Vehicles and their identification numbers."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.vehicles import Powertrain, Vehicle, check_vin, vin_check_digit

# 49 CFR 565.15 and NHTSA's own examples: 1M8GDM9AXKP042788 (check digit X) and 5GZCZ43D13S812715.
AMERICAN = "1M8GDM9AXKP042788"
ELSEWHERE = "WVWZZZ1JZ3W386752"  # European makers fill the ninth place with Z


def car(**changes: object) -> Vehicle:
    facts: dict[str, object] = {
        "vin": AMERICAN,
        "make": "BYD",
        "model": "Dolphin",
        "year": 2025,
        "powertrain": Powertrain.BATTERY_ELECTRIC,
    }
    return Vehicle(**{**facts, **changes})  # type: ignore[arg-type]  # tests hand in wrong values on purpose


@pytest.mark.parametrize("vin", [AMERICAN, "5GZCZ43D13S812715", "11111111111111111"])
def test_a_number_with_its_check_digit_is_accepted_without_doubt(vin: str) -> None:
    found = check_vin(vin)
    assert (found.valid, found.warnings) == (True, ())


def test_a_wrong_check_digit_rejects_in_north_america() -> None:
    assert check_vin("1M8GDM9A1KP042788").reason == "wrong_check_digit"


def test_a_wrong_check_digit_is_a_doubt_elsewhere() -> None:
    found = check_vin(ELSEWHERE)
    assert (found.valid, found.warnings) == (True, ("check_digit_unconfirmed",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "wrong_length"),
        (AMERICAN[:-1], "wrong_length"),
        (AMERICAN + "1", "wrong_length"),
        (ELSEWHERE.replace("J", "I"), "wrong_characters"),
        (ELSEWHERE.replace("J", "O"), "wrong_characters"),
        (ELSEWHERE.replace("J", "Q"), "wrong_characters"),
        (ELSEWHERE.replace("J", "\u0661"), "wrong_characters"),
    ],
)
def test_another_text_is_not_a_number(text: str, reason: str) -> None:
    assert check_vin(text).reason == reason


def test_blanks_and_small_letters_are_normalised() -> None:
    assert check_vin(" 1m8gdm9a-xkp042788 ").normalised == AMERICAN


def test_a_remainder_of_ten_is_written_x() -> None:
    assert vin_check_digit(AMERICAN) == "X"


def test_a_vehicle_needs_no_plate() -> None:
    assert car().plate is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vin": AMERICAN.lower()}, "vin_invalid"),
        ({"vin": "1M8GDM9A1KP042788"}, "vin_invalid"),
        ({"make": " "}, "vehicle_unnamed"),
        ({"model": ""}, "vehicle_unnamed"),
        ({"year": 1885}, "vehicle_year"),
        ({"year": 2101}, "vehicle_year"),
        ({"plate": ""}, "vehicle_plate_blank"),
    ],
)
def test_an_impossible_vehicle_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        car(**changes)


@pytest.mark.parametrize("year", [1886, 2100])
def test_the_first_and_last_years_are_possible(year: int) -> None:
    assert car(year=year).year == year


@pytest.mark.parametrize("text", ["combustion", "hybrid", "plug_in_hybrid", "battery_electric"])
def test_the_powertrains_are_these_four(text: str) -> None:
    assert Powertrain(text).value == text
