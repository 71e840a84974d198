"""The portfolio's rows: every refusal names line, field, value and fix; both sides of every limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from domain.errors import Invalid
from domain.identity import IdentityFinding
from domain.money import Money
from domain.portfolio import (
    BY_NAME,
    COLUMNS,
    Checks,
    GuarantorDetails,
    LoanRow,
    RowChange,
    RowErrors,
    check_header,
    compare,
)
from domain.portfolio_rows import read_row, read_rows
from domain.portfolio_schedule import due_dates

DOCUMENT = Path(__file__).parents[2] / "docs" / "portfolio-file.md"


def _identity(_country: str, scheme: str, value: str) -> IdentityFinding | None:
    if scheme != "cpf":
        return None
    valid = value.isdigit()
    doubts = ("odd",) if value == "777" else ()
    normalised = value if valid else None
    return IdentityFinding(valid, normalised, normalised, None if valid else "letters", doubts)


CHECKS = Checks(
    countries=("AE", "BR"),
    currencies={"BR": ("BRL",), "AE": ("AED", "USD")}.get,
    schemes=lambda country, kind: ("cpf",) if (country, kind) == ("BR", "person") else (),
    identity=_identity,
    subdivision=lambda country, code: code == "BR-SP" and country == "BR",
    phone=lambda text: text.replace(" ", "") if text.startswith("+") else None,
    email=lambda text: text.lower() if "@" in text else None,
    consents={"BR": frozenset({"email", "sms"})}.get,
    registries={"BR": frozenset({"nao_me_ligue"})}.get,
)

GOOD = {
    "contract_no": "BR-1",
    "country": "BR",
    "product": "loan",
    "currency": "BRL",
    "debtor_name": "Ana Souza",
    "debtor_kind": "person",
    "id_scheme": "cpf",
    "id_value": "39053344705",
    "email": "Ana@example.com",
    "vin": "LGXCE4CB2SA000001",
    "make": "BYD",
    "model": "Marlin EV",
    "year": "2024",
    "powertrain": "battery_electric",
    "principal": "2000.00",
    "instalment_amount": "100.00",
    "instalments_total": "24",
    "first_due_date": "2026-01-31",
    "paid_total": "250.00",
}
RUI: Mapping[str, str] = {
    "guarantor_name": "Rui Souza",
    "guarantor_id_scheme": "cpf",
    "guarantor_id_value": "52998224725",
}


def row(**changes: str) -> LoanRow:
    outcome = read_row(2, GOOD | changes, checks=CHECKS)
    assert isinstance(outcome, LoanRow), outcome
    return outcome


def test_a_good_row_is_a_loan_with_its_schedule() -> None:
    loan = row()
    assert (loan.line, loan.contract_no, len(loan.instalments)) == (2, "BR-1", 24)
    assert loan.debtor.email == "ana@example.com"
    assert loan.outstanding == Money.parse("2150.00", "BRL")


def test_what_is_paid_goes_to_the_oldest_instalments_first() -> None:
    assert [one.paid.minor for one in row().instalments[:4]] == [10_000, 10_000, 5_000, 0]


def test_overdue_counts_from_the_day_after_the_due_date() -> None:
    loan = row(paid_total="0")
    assert not loan.overdue_on(date(2026, 1, 31))
    assert loan.overdue_on(date(2026, 2, 1)) == Money.parse("100.00", "BRL")


def test_months_end_on_their_last_day_and_come_back() -> None:
    dates = due_dates(first=date(2026, 1, 31), frequency="monthly", count=3)
    assert dates == (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("frequency", "second"), [("weekly", date(2026, 2, 7)), ("quarterly", date(2026, 4, 30)), ("", date(2026, 2, 28))]
)
def test_each_frequency_has_its_rhythm(frequency: str, second: date) -> None:
    assert row(frequency=frequency).instalments[1].due_date == second


@pytest.mark.parametrize(
    "paid",
    [{"paid_total": "200.00"}, {"paid_instalments": "2"}, {"overdue_since": "2026-03-31"}],
    ids=["total", "instalments", "overdue since"],
)
def test_three_ways_of_saying_what_is_paid_agree(paid: dict[str, str]) -> None:
    assert row(**({"paid_total": ""} | paid)).paid_total == Money.parse("200.00", "BRL")


def test_a_last_instalment_may_differ() -> None:
    assert row(last_instalment_amount="950.00").instalments[-1].amount == Money.parse("950.00", "BRL")


def test_a_doubtful_number_is_taken_with_a_warning() -> None:
    assert ("id_value", "odd") in [(one.field, one.code) for one in row(id_value="777").warnings]


WRONG: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("contract_no", "", "value_missing", {}),
    ("contract_no", "A" * 41, "contract_no_malformed", {}),
    ("contract_no", "1.5E+10", "number_mangled", {}),
    ("creditor_ref", "x" * 61, "value_too_long", {}),
    ("country", "FR", "country_unknown", {}),
    ("product", "gift", "choice_unknown", {}),
    ("currency", "USD", "currency_not_of_country", {}),
    ("debtor_name", "", "value_missing", {}),
    ("debtor_name", "Ana\x07", "value_unprintable", {}),
    ("debtor_kind", "robot", "choice_unknown", {}),
    ("id_scheme", "nik", "id_scheme_unknown", {}),
    ("id_scheme", "cpf", "id_scheme_unknown", {"debtor_kind": "company"}),
    ("id_value", "abc", "id_invalid", {}),
    ("id_value", "3.90533E+10", "number_mangled", {}),
    ("email", "nobody", "email_invalid", {}),
    ("email", "", "contact_missing", {}),
    ("phone", "011 961234567", "phone_invalid", {}),
    ("subdivision", "BR-XX", "subdivision_unknown", {}),
    ("preferred_locale", "Portuguese", "locale_malformed", {}),
    ("preferred_channel", "pigeon", "choice_unknown", {}),
    ("vin", "LGXCE4CB2SA00000I", "vin_invalid", {}),
    ("year", "1885", "number_out_of_range", {}),
    ("powertrain", "steam", "choice_unknown", {}),
    ("principal", "2400.01", "principal_exceeds_schedule", {}),
    ("principal", "0", "amount_zero", {}),
    ("instalment_amount", "1.234,56", "amount_malformed", {}),
    ("instalment_amount", "100.001", "amount_too_precise", {}),
    ("instalment_amount", "2.500", "amount_too_precise", {}),
    ("instalment_amount", "-5", "amount_malformed", {}),
    ("instalments_total", "0", "number_out_of_range", {}),
    ("instalments_total", "481", "number_out_of_range", {}),
    ("first_due_date", "31/01/2026", "date_malformed", {}),
    ("first_due_date", "1989-12-31", "date_out_of_range", {}),
    ("frequency", "daily", "choice_unknown", {}),
    ("paid_total", "2400.01", "paid_exceeds_schedule", {}),
    ("paid_total", "", "paid_missing", {}),
    ("paid_instalments", "3", "paid_ambiguous", {}),
    ("paid_instalments", "25", "number_out_of_range", {"paid_total": ""}),
    ("overdue_since", "2026-03-30", "overdue_since_not_a_due_date", {"paid_total": ""}),
    ("outstanding", "2150.01", "outstanding_mismatch", {}),
    ("late_fee", "ten", "amount_malformed", {}),
    ("consents", "email pigeon", "word_unknown", {}),
    ("registries", "repep", "word_unknown", {}),
    ("guarantor_name", "", "value_missing", RUI | {"guarantor_name": ""}),
    ("guarantor_id_value", "", "value_missing", RUI | {"guarantor_id_value": ""}),
    ("guarantor_id_scheme", "nik", "id_scheme_unknown", RUI),
    ("guarantor_id_value", "abc", "id_invalid", RUI),
    ("guarantor_id_value", "39053344705", "guarantor_is_debtor", RUI),
    ("guarantor_id_value", "5.29982E+10", "number_mangled", RUI),
    ("guarantor_kind", "robot", "choice_unknown", RUI),
    ("guarantor_email", "nobody", "email_invalid", RUI),
    ("guarantor_phone", "011 961234567", "phone_invalid", RUI),
    ("guarantor_subdivision", "BR-XX", "subdivision_unknown", RUI),
)


@pytest.mark.parametrize(("field", "value", "code", "beside"), WRONG, ids=[f"{one[0]}={one[1][:12]}" for one in WRONG])
def test_every_error_names_line_field_value_and_fix(
    field: str, value: str, code: str, beside: Mapping[str, str]
) -> None:
    outcome = read_row(7, {**GOOD, **beside, field: value}, checks=CHECKS)
    assert isinstance(outcome, RowErrors)
    (error,) = outcome.errors
    assert (outcome.line, error.field, error.value, error.code) == (7, field, value, code)
    assert error.message.endswith(".")
    assert error.fix.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {"contract_no": "A" * 40},
        {"creditor_ref": "x" * 60},
        {"principal": "2400.00"},
        {"instalments_total": "480"},
        {"first_due_date": "1990-01-01"},
        {"paid_total": "2400.00"},
        {"paid_total": "", "paid_instalments": "24"},
        {"paid_total": "", "paid_instalments": "0"},
        {"outstanding": "2150.00"},
        {"late_fee": "0"},
        {"phone": "+55 11 961234567", "email": ""},
        {"address": "Rua A 1", "email": ""},
        {"preferred_locale": "pt-BR"},
        {"year": "1886"},
    ],
    ids=str,
)
def test_the_near_side_of_each_limit_is_taken(changes: dict[str, str]) -> None:
    assert row(**changes)


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    outcome = read_row(2, GOOD | {"product": "gift", "vin": "short", "principal": "x"}, checks=CHECKS)
    assert isinstance(outcome, RowErrors)
    assert [error.field for error in outcome.errors] == ["product", "vin", "principal"]


def test_a_contract_that_comes_twice_is_an_error_of_the_later_row() -> None:
    rows = [(2, tuple(GOOD.values())), (3, tuple(GOOD.values()))]
    first, second = read_rows(tuple(GOOD), rows, checks=CHECKS)
    assert isinstance(first, LoanRow)
    assert isinstance(second, RowErrors)
    assert (second.line, second.errors[0].code, "line 2" in second.errors[0].message) == (3, "contract_double", True)


@pytest.mark.parametrize("width", [len(GOOD) - 1, len(GOOD) + 1])
def test_a_row_of_another_width_is_an_error(width: int) -> None:
    (outcome,) = read_rows(tuple(GOOD), [(4, ("x",) * width)], checks=CHECKS)
    assert isinstance(outcome, RowErrors)
    assert (outcome.line, outcome.errors[0].code, outcome.errors[0].value) == (4, "row_width", str(width))


def test_spelling_and_place_in_the_file_do_not_change_the_fingerprint() -> None:
    other = read_row(99, GOOD | {"paid_total": "250", "email": "ana@example.com", "product": "LOAN"}, checks=CHECKS)
    assert isinstance(other, LoanRow)
    assert compare(row().fingerprint, other.fingerprint) is RowChange.UNCHANGED


@pytest.mark.parametrize(
    ("changes", "change"),
    [
        ({"paid_total": "251.00"}, RowChange.BALANCE),
        ({"late_fee": "5.00"}, RowChange.BALANCE),
        ({"debtor_name": "Ana Maria Souza"}, RowChange.TERMS),
        ({"instalments_total": "25"}, RowChange.TERMS),
        ({"email": "other@example.com"}, RowChange.TERMS),
    ],
    ids=str,
)
def test_a_changed_row_says_what_changed(changes: dict[str, str], change: RowChange) -> None:
    assert compare(row().fingerprint, row(**changes).fingerprint) is change


def test_a_guarantor_is_read_as_a_debtor_is() -> None:
    rui = row(**RUI, guarantor_email="Rui@example.com", guarantor_subdivision="BR-SP").guarantor
    assert rui == GuarantorDetails("Rui Souza", "person", "cpf", "52998224725", "rui@example.com", None, "BR-SP")
    assert row().guarantor is None


@pytest.mark.parametrize(
    ("cell", "words"),
    [("", None), ("none", ()), ("sms", ("sms",)), ("SMS,  email sms", ("email", "sms"))],
)
def test_consents_are_words_and_an_empty_column_says_nothing(cell: str, words: tuple[str, ...] | None) -> None:
    assert row(consents=cell).debtor.consents == words


def test_a_register_is_a_word_of_the_countrys_rules() -> None:
    assert row(registries="nao_me_ligue").debtor.registries == ("nao_me_ligue",)


def test_columns_that_came_later_leave_older_fingerprints_as_they_were() -> None:
    assert row().fingerprint == (
        "2e587bc796d78d28a5b7a6eab4048c6cc3993cf23e5d73db69bb816d31d0a1d4:"
        "aaaebdcce5a089bb6834ce081475d6614f9f6e5d17f35551669b5424dbb21cf6"
    )


@pytest.mark.parametrize("changes", [RUI, {"consents": "sms"}, {"registries": "none"}], ids=str)
def test_guarantor_consents_and_registers_are_terms(changes: dict[str, str]) -> None:
    assert compare(row().fingerprint, row(**changes).fingerprint) is RowChange.TERMS


def test_a_contract_never_seen_is_new() -> None:
    assert compare(None, row().fingerprint) is RowChange.NEW


def test_a_header_without_its_optional_columns_is_taken_in_any_order_and_case() -> None:
    required = [column.name.upper() for column in COLUMNS if column.required][::-1]
    assert check_header(required) == tuple(name.lower() for name in required)


def test_a_wrong_header_names_every_missing_unknown_and_double_column() -> None:
    header = [name for name in BY_NAME if name != "vin"] + ["colour", "make"]
    with pytest.raises(Invalid) as caught:
        check_header(header)
    assert caught.value.code == "header_wrong"
    assert dict(caught.value.details) == {"line": 1, "missing": ["vin"], "unknown": ["colour"], "duplicate": ["make"]}


def test_the_document_explains_every_column() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [
        column.name
        for column in COLUMNS
        if f"| `{column.name}` | {'yes' if column.required else 'no'} | {column.holds} |" not in text
    ] == []
