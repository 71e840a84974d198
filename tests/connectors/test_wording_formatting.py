"""Amounts, dates, numbers and names as each locale writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors.wording import bidi, formatting
from domain.iso4217 import CURRENCIES
from domain.money import Money

NBSP = "\u00a0"
DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("locale", "amount", "expected"),
    [
        ("pt_BR", Money(123456789, "BRL"), f"R${NBSP}1.234.567,89"),
        ("id", Money(123450, "IDR"), "Rp1.234,50"),
        ("th", Money(123450, "THB"), "฿1,234.50"),
        ("en", Money(123450, "AED"), f"AED{NBSP}1,234.50"),
        ("en", Money(123450, "USD"), f"$1,234.50{NBSP}USD"),
        ("pt_BR", Money(123450, "USD"), f"USD{NBSP}1.234,50"),
        ("es_MX", Money(123450, "MXN"), f"$1,234.50{NBSP}MXN"),
        ("zh_CN", Money(123450, "CNY"), f"¥1,234.50{NBSP}CNY"),
        ("ar", Money(123450, "AED"), f"\u200f1,234.50{NBSP}د.إ.\u200f"),
        ("ar", Money(123450, "USD"), f"\u200f1,234.50{NBSP}USD"),
        ("en", Money(-123450, "AED"), f"-AED{NBSP}1,234.50"),
    ],
)
def test_an_amount_names_one_currency(locale: str, amount: Money, expected: str) -> None:
    assert formatting.money(amount, locale) == expected


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("CLP", "123,450"), ("JPY", "123,450"), ("KWD", "123.450"), ("IQD", "123.450"), ("IDR", "1,234.50")],
)
def test_decimals_are_iso_4217s_and_not_cldrs(currency: str, expected: str) -> None:
    assert expected in formatting.money(Money(123450, currency), "en")


@pytest.mark.parametrize("locale", ["pt_BR", "id", "th", "ar", "en", "zh_CN", "es_MX", "ar_SA"])
def test_every_currency_can_be_written(locale: str) -> None:
    written = {formatting.money(Money(100000, currency), locale) for currency in CURRENCIES}
    assert len(written) == len(CURRENCIES)


@pytest.mark.parametrize("locale", ["ar", "ar_AE", "ar_SA", "ar_EG"])
def test_arabic_uses_western_digits_unless_asked(locale: str) -> None:
    assert "1,234.50" in formatting.money(Money(123450, "SAR"), locale)


def test_arabic_digits_come_with_arabic_separators() -> None:
    written = "\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u0660"
    assert written in formatting.money(Money(123450, "SAR"), "ar_SA", digits="arab")


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("th", "THB", "1,234.50 บาท"),
        ("ar_AE", "AED", "1,234.50 درهم إماراتي"),
        ("zh_CN", "CNY", "人民币1,234.50元"),
        ("pt_BR", "BRL", f"R${NBSP}1.234,50"),
    ],
)
def test_a_letter_writes_the_currencys_name(locale: str, currency: str, expected: str) -> None:
    assert formatting.money_in_letter(Money(123450, currency), locale) == expected


@pytest.mark.parametrize(("value", "expected"), [("1.005", "1.01"), ("1.015", "1.02"), ("-1.005", "-1.01")])
def test_numbers_are_rounded_half_up(value: str, expected: str) -> None:
    assert formatting.number(Decimal(value), "en", decimals=2) == expected


@pytest.mark.parametrize(("ratio", "expected"), [("0.12345", "12,3%"), ("0.1235", "12,4%"), ("1", "100,0%")])
def test_percentages_are_rounded_half_up(ratio: str, expected: str) -> None:
    assert formatting.percent(Decimal(ratio), "pt_BR") == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("pt_BR", "3 de novembro de 2026"),
        ("id", "3 November 2026"),
        ("th", "3 พฤศจิกายน 2026"),
        ("ar", "3 نوفمبر 2026"),
        ("en_AE", "3 November 2026"),
        ("zh_CN", "2026年11月3日"),
    ],
)
def test_a_long_date_has_its_month_in_words(locale: str, expected: str) -> None:
    assert formatting.date_long(DAY, locale) == expected


def test_thai_letters_count_years_in_the_buddhist_era() -> None:
    assert formatting.date_long(DAY, "th", buddhist_era=True) == "3 พฤศจิกายน พ.ศ. 2569"


def test_a_short_thai_date_can_be_in_the_buddhist_era() -> None:
    assert formatting.date_short(DAY, "th", buddhist_era=True) == "3/11/2569"


def test_a_leap_day_survives_the_buddhist_era() -> None:
    assert formatting.date_short(date(2028, 2, 29), "th", buddhist_era=True) == "29/2/2571"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("pt_BR", "03/11/2026"), ("id", "03/11/2026"), ("en", "Nov 3, 2026"), ("es_CL", "03-11-2026")],
)
def test_a_short_date_cannot_be_misread_abroad(locale: str, expected: str) -> None:
    assert formatting.date_short(DAY, locale) == expected


def test_a_moment_is_told_on_the_zones_clock_with_the_zones_name() -> None:
    moment = datetime(2026, 11, 3, 23, 4, tzinfo=UTC)
    text = formatting.date_time(moment, "pt_BR", zone=ZoneInfo("America/Sao_Paulo"))
    assert text == "3 de novembro de 2026 20:04 (Horário de Brasília)"


def test_the_day_of_a_moment_is_the_zones_day() -> None:
    moment = datetime(2026, 11, 3, 23, 4, tzinfo=UTC)
    assert formatting.date_time(moment, "id", zone=ZoneInfo("Asia/Jakarta")).startswith("4 November 2026")


def test_a_name_loses_hidden_marks_and_double_spaces() -> None:
    assert formatting.name("  Ana\u202e  Mari\u0301a\n") == "Ana María"


@pytest.mark.parametrize(
    ("written", "expected"), [("สมชาย ใจดี", "คุณสมชาย ใจดี"), ("นายสมชาย ใจดี", "นายสมชาย ใจดี"), ("คุณสมชาย", "คุณสมชาย")]
)
def test_thai_names_are_addressed_with_one_title(written: str, expected: str) -> None:
    assert formatting.addressee(written, "th") == expected


def test_an_amount_stripped_for_sms_has_no_marks() -> None:
    assert bidi.plain(formatting.money(Money(123450, "BRL"), "pt_BR")) == "R$ 1.234,50"


# At home ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "country", "written"),
    [
        ("en", "SG", "23 December 2026"),
        ("en", "AE", "23 December 2026"),
        ("en", "QA", "23 December 2026"),  # nobody wrote down how Qatar writes English
        ("en", "PH", "December 23, 2026"),
        ("ar", "JO", "23 كانون الأول 2026"),
        ("ar", "EG", "23 ديسمبر 2026"),
        ("zh_CN", "SG", "2026年12月23日"),
        ("es_419", "MX", "23 de diciembre de 2026"),
        ("km", "KH", "23 ខែធ្នូ ឆ្នាំ 2026"),
    ],
)
def test_a_day_is_written_as_where_the_debtor_lives(locale: str, country: str, written: str) -> None:
    assert formatting.date_long(date(2026, 12, 23), formatting.at_home(locale, country)) == written


@pytest.mark.parametrize(
    ("minor", "decimals", "written"),
    [(1_234_500, 0, "Rp12.345"), (1_234_550, 0, "Rp12.345,50"), (1_234_500, None, "Rp12.345,00"), (0, 0, "Rp0")],
)
def test_decimals_that_nobody_writes_are_left_out_unless_they_hold_something(
    minor: int, decimals: int | None, written: str
) -> None:
    assert formatting.money(Money(minor, "IDR"), "id", decimals=decimals) == written


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "decimals", "written"),
    [
        (130_000_000, "KHR", "km", 0, "1,300,000 រៀល"),
        (125_000, "SGD", "en_SG", None, "S$1,250.00"),
        (125_000, "SGD", "zh_CN", None, "1,250.00新元"),
        (125_000, "MYR", "en_MY", None, "RM1,250.00"),
        (8_600_000, "VND", "en_001", None, "VND\u00a08,600,000"),
    ],
)
def test_money_of_home_is_named_as_at_home(
    minor: int, currency: str, locale: str, decimals: int | None, written: str
) -> None:
    assert formatting.money_in_letter(Money(minor, currency), locale, decimals=decimals) == written


def test_the_fourth_month_is_called_as_in_saudi_arabia() -> None:
    assert formatting.hijri_date(date(2026, 9, 15)) == "4 ربيع الآخر 1448 هـ"
