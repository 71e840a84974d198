"""Amounts, dates, numbers and names as a locale writes them; digits are Western unless asked otherwise.

Babel knows how a locale writes; how many decimals an amount has is ISO 4217's business (CLDR differs for thirteen
currencies), and numbers are rounded half up before Babel, which rounds half to even, sees them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, localedata
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from hijridate import Gregorian

from connectors.wording.bidi import NBSP, has_rtl, without_controls
from connectors.wording.catalogs import babel_locale
from domain.countries import Country
from domain.money import Money, exponent

BUDDHIST_ERA_YEARS: Final = 543
_NATIVE_DIGITS: Final = {"arab": "٠١٢٣٤٥٦٧٨٩", "thai": "๐๑๒๓๔๕๖๗๘๙"}

# How a letter writes a date where CLDR's long form is not a letter's.
_LONG_DATES: Final = {
    "km": "d 'ខែ'MMMM 'ឆ្នាំ' y",
    "th": "d MMMM y",
    "vi": "'ngày' d 'tháng' M 'năm' y",
}
_WORLD_ENGLISH: Final = "en_001"
# What Saudi letters call the month that the calendar's own table names otherwise.
_HIJRI_MONTHS: Final = {"ربيع الثاني": "ربيع الآخر"}

# Symbols that several currencies share. Alone they do not say which money is meant.
_SHARED_SYMBOLS: Final = frozenset({"$", "¥", "£", "kr", "K", "L", "R", "Rs", "₨", "﷼"})
# How a letter writes its own country's money: with the currency's name, as nobody would put a symbol there.
_IN_LETTERS: Final = {
    ("ar", "AED"): "{number} درهم إماراتي",
    ("ar", "BHD"): "{number} دينار بحريني",
    ("ar", "EGP"): "{number} جنيه مصري",
    ("ar", "IQD"): "{number} دينار عراقي",
    ("ar", "JOD"): "{number} دينار أردني",
    ("ar", "KWD"): "{number} دينار كويتي",
    ("ar", "OMR"): "{number} ريال عماني",
    ("ar", "QAR"): "{number} ريال قطري",
    ("ar", "SAR"): "{number} ريال سعودي",
    ("en", "SGD"): "S${number}",
    ("en", "VND"): "VND\u00a0{number}",
    ("km", "KHR"): "{number} រៀល",
    ("th", "THB"): "{number} บาท",
    ("tr", "TRY"): "{number} TL",
    ("vi", "VND"): "{number} đồng",
    ("zh", "CNY"): "人民币{number}元",
    ("zh", "MYR"): "{number}令吉",
    ("zh", "SGD"): "{number}新元",
}
_THAI_TITLES: Final = ("คุณ", "นาย", "นาง", "น.ส.", "ดร.", "บริษัท", "ห้างหุ้นส่วน", "หจก.")


@lru_cache(maxsize=512)
def at_home(locale: str, country_code: str) -> str:
    """The locale's way of writing in a country: English in Malaysia puts the day first, Arabic in Jordan its months.

    Where nobody wrote that down it is the world's English, not America's, and any other language as it is.
    """
    known = babel_locale(locale)
    local = f"{known.language}_{country_code}"
    if not known.script and localedata.exists(local):  # Chinese is written as at home wherever it is read
        return local
    return _WORLD_ENGLISH if known.language == "en" else locale


def digits_at_home(locale: str, country: Country) -> str:
    """The digits that letters in a locale use in a country: Egypt's Arabic ones write their own."""
    return "arab" if babel_locale(locale).language == "ar" and country.arabic_digits else "latn"


def money(amount: Money, locale: str, *, digits: str = "latn", decimals: int | None = None) -> str:
    """An amount with a symbol that names one currency only; the ISO code replaces or joins any other symbol.

    ``R$ 1.234,50`` for BRL in Portuguese, ``$1,234.50 MXN`` for MXN in Mexico, ``AED 1,234.50`` in English.
    ``digits`` is ``latn`` or a CLDR numbering system such as ``arab``. Spaces inside are no-break spaces.
    ``decimals`` is how many people write, where that is fewer than ISO's; an amount that has more keeps them.
    """
    known = babel_locale(locale)
    text = format_currency(
        amount.decimal,
        amount.currency,
        format=_currency_pattern(amount.currency, known, _places(amount, decimals)),
        locale=known,
        currency_digits=False,
        numbering_system=digits,
    )
    return with_digits(text, digits)


def _places(amount: Money, decimals: int | None) -> int:
    """How many decimals an amount is written with: those asked for, unless they would hide a part of it."""
    most = exponent(amount.currency)
    if decimals is None or decimals >= most:
        return most
    return decimals if amount.minor % 10 ** (most - decimals) == 0 else most


def _currency_pattern(currency: str, known: Locale, decimals: int) -> str:
    """CLDR's pattern with so many decimals, and with the code (``¤¤``) where the symbol would leave a doubt."""
    fraction = "." + "0" * decimals if decimals else ""
    pattern = re.sub(r"0\.0+", "0" + fraction, str(known.currency_formats["standard"].pattern))
    symbol = get_currency_symbol(currency, known)
    rtl = known.character_order == "right-to-left"
    foreign = (rtl and not has_rtl(symbol)) or (symbol.endswith("$") and symbol not in {"$", "R$"})
    if symbol == currency or foreign or (rtl and symbol in _SHARED_SYMBOLS):
        coded = re.sub(rf"¤(?=[#0])|¤{NBSP}(?=[#0])", f"¤¤{NBSP}", pattern)
        return re.sub(rf"(?<=0){NBSP}?¤(?!¤)", f"{NBSP}¤¤", coded)
    if symbol in _SHARED_SYMBOLS:
        return ";".join(f"{part}{NBSP}¤¤" for part in pattern.split(";"))
    return pattern


def money_in_letter(amount: Money, locale: str, *, digits: str = "latn", decimals: int | None = None) -> str:
    """An amount as a letter writes it: ``1,234.50 บาท`` in Thai, ``人民币1,234.50元`` in Chinese, else as ``money``."""
    form = _IN_LETTERS.get((babel_locale(locale).language, amount.currency))
    if form is None:
        return money(amount, locale, digits=digits, decimals=decimals)
    places = _places(amount, decimals)
    return form.format(number=number(amount.decimal, locale, decimals=places, digits=digits))


def number(value: Decimal | int, locale: str, *, decimals: int = 0, digits: str = "latn") -> str:
    """A number with exactly ``decimals`` places, rounded half up."""
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(exact, format=pattern, locale=babel_locale(locale), numbering_system=digits)
    return with_digits(text, digits)


def percent(ratio: Decimal, locale: str, *, decimals: int = 1) -> str:
    """A ratio as a percentage with exactly ``decimals`` places, rounded half up: ``0.125`` is ``12,5%``."""
    known = babel_locale(locale)
    exact = ratio.quantize(Decimal(1).scaleb(-decimals - 2), rounding=ROUND_HALF_UP)
    pattern = str(known.percent_formats[None].pattern)
    if decimals:
        pattern = pattern.replace("##0", "##0." + "0" * decimals)
    return format_percent(exact, pattern, locale=known)


def with_digits(text: str, digits: str) -> str:
    """The same text in native digits (``latn`` changes nothing); Babel changes only a system's separators."""
    native = _NATIVE_DIGITS.get(digits)
    return text.translate(str.maketrans("0123456789", native)) if native else text


def date_long(day: date, locale: str, *, buddhist_era: bool = False) -> str:
    """A date with its month in words: ``3 de novembro de 2026``; ``3 พฤศจิกายน พ.ศ. 2569`` in the Buddhist era."""
    known = babel_locale(locale)
    if not buddhist_era:
        return format_date(day, _LONG_DATES.get(known.language, "long"), locale=known)
    month = format_date(day, "MMMM", locale=known)
    era = "พ.ศ. " if known.language == "th" else "BE "
    return f"{day.day} {month} {era}{day.year + BUDDHIST_ERA_YEARS}"


def hijri_date(day: date) -> str:
    """A day by the Umm al-Qura calendar, in Arabic: ``20 جمادى الآخرة 1448 هـ``. Years 1343 to 1500 are known."""
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    month = hijri.month_name("ar")
    return f"{hijri.day} {_HIJRI_MONTHS.get(month, month)} {hijri.year} هـ"


def date_short(day: date, locale: str, *, buddhist_era: bool = False) -> str:
    """A date in figures with a four-digit year; in words where a locale puts the month first, which misleads abroad."""
    known = babel_locale(locale)
    pattern = str(known.date_formats["short"].pattern)
    if pattern.startswith("M"):
        return format_date(day, "medium", locale=known)
    pattern = re.sub(r"(?<!y)yy(?!y)", "y", pattern)
    if buddhist_era:
        pattern = pattern.replace("y", f"'{day.year + BUDDHIST_ERA_YEARS}'")
    return format_date(day, pattern, locale=known)


def date_time(moment: datetime, locale: str, *, zone: tzinfo, buddhist_era: bool = False) -> str:
    """An aware moment on the wall clock of a zone, with the zone's name, as nobody can guess it across borders."""
    known = babel_locale(locale)
    local = moment.astimezone(zone)
    day = date_long(local.date(), locale, buddhist_era=buddhist_era)
    clock = format_time(local, "short", tzinfo=zone, locale=known)
    named = get_timezone_name(zone, width="long", locale=known)
    joined = str(known.datetime_formats["medium"]).replace("{1}", day).replace("{0}", clock).replace("'", "")
    return f"{joined} ({named})"


def name(value: str) -> str:
    """A name or other free text as the person writes it: composed letters, single spaces, no hidden direction marks."""
    return " ".join(without_controls(unicodedata.normalize("NFC", value)).split())


def addressee(value: str, locale: str) -> str:
    """A name as a salutation takes it: Thai puts คุณ before a name that has no title of its own."""
    written = name(value)
    if babel_locale(locale).language == "th" and not written.startswith(_THAI_TITLES):
        return f"คุณ{written}"
    return written
