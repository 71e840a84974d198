"""Statements in print: every word and sum is on the page as text, in its fonts, whatever the data tries."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pypdf
import pytest
from pypdf.generic import ContentStream

from connectors.statements_out import content, typesetter
from connectors.statements_out import pdf as printing
from connectors.statements_out.pdf import Reader, pdf
from domain.account_statements import (
    AccountStatement,
    ConvertedSection,
    ConvertedTotal,
    Counterpart,
    Line,
    Movement,
    Part,
    Period,
    Section,
)
from domain.accounts import Account, Role
from domain.errors import Invalid, TooLarge, Unavailable
from domain.fx import Rate, convert
from domain.money import Money, total, zero
from gateway.api.account_statements import StatementView
from gateway.console.statement_words import reader_of
from gateway.console.voice import voice

BOOKED = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ACCOUNT = "acc_01m85627svftds5q984g5sdv2p"
ARABIC_NAME = "محمد عبد الرحمن المكتوم"


def line(
    *parts: tuple[Movement, int], number: int = 1, currency: str = "BRL", other: str = "Maria", source: str = "rcp_1"
) -> Line:
    found = tuple(Part(movement, Money(minor, currency)) for movement, minor in parts)
    amount = total([part.amount for part in found], currency)
    others = (Counterpart("acc_2", Role.RECEIVABLE, other), Counterpart("acc_3", Role.FEES, "Fees"))
    entry = f"ent_01m85627svftds5q984g{number:06d}"
    day = date(2026, 11, 23)
    return Line(entry, number, "receipt", day, BOOKED + timedelta(seconds=number), source, None, amount, found, others)


def statement(lines: Sequence[Line], *, opening: int = 1_000, name: str = "Stripe Brasil") -> AccountStatement:
    """Sections made of the lines, each currency opening with the same minor units."""
    moved: dict[str, dict[Movement, Money]] = {}
    for one in lines:
        of_currency = moved.setdefault(one.amount.currency, {})
        for part in one.parts:
            of_currency[part.movement] = of_currency.get(part.movement, zero(one.amount.currency)) + part.amount
    sections = []
    for currency, movements in sorted((moved or {"BRL": {}}).items()):
        begin, count = Money(opening, currency), sum(one.amount.currency == currency for one in lines)
        sections.append(Section(begin, movements, begin + total(list(movements.values()), currency), count))
    account = Account(ACCOUNT, "ten_1", None, "cre_1", Role.CHILD, name, sections[0].currency, "BR", "con_1", "")
    return AccountStatement(account, Period(date(2026, 11, 1), date(2026, 12, 1)), None, tuple(sections))


def printed(
    lines: Sequence[Line], *, locale: str = "en", creditor: str = "Tengyun", told: AccountStatement | None = None
) -> pypdf.PdfReader:
    reader = reader_of(voice(locale, ZoneInfo("UTC")))
    made = pdf(told or statement(lines), lines, creditor=creditor, reader=reader)
    return pypdf.PdfReader(io.BytesIO(made))


def text_of(file: pypdf.PdfReader) -> str:
    """The text as readers extract it, in one line."""
    return " ".join(" ".join(page.extract_text().split()) for page in file.pages)


def replaced_text(file: pypdf.PdfReader) -> str:
    """The texts that stand for several glyphs of one letter with its marks: PDF's ActualText."""
    found = []
    for page in file.pages:
        stream = page.get_contents()
        assert stream is not None
        for operands, operator in ContentStream(stream, file).operations:
            if operator == b"BDC" and isinstance(operands[1], dict) and "/ActualText" in operands[1]:
                found.append(str(operands[1]["/ActualText"]))
    return "".join(found)


def fonts_of(file: pypdf.PdfReader) -> dict[str, bool]:
    """Each font of each page by its name without the subset's tag, and whether its outlines are inside."""
    found = {}
    for page in file.pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            descendant = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            name = re.sub(r"^/[A-Z]{6}\+", "", str(descriptor["/FontName"]))
            found[name] = bool({"/FontFile2", "/FontFile3"} & set(descriptor))
    return found


RECEIPT = line((Movement.RECEIPTS, 10_000_00), (Movement.FEES, -300_00))


def test_a_page_tells_whose_account_it_is_and_what_moved() -> None:
    text = text_of(printed([RECEIPT]))
    for words in (
        "Tengyun", "Stripe Brasil", ACCOUNT, "November 1, 2026", "November 30, 2026",
        "Opening balance 10.00", "Receipts 10,000.00", "Fees \u2212300.00", "Closing balance 9,710.00",
        "Nov 23, 2026", RECEIPT.entry_id, "rcp_1", "Maria", "9,700.00 9,710.00", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text


def test_what_was_kept_of_a_receipt_is_told_in_its_line() -> None:
    assert "Receipts 10,000.00 \u00b7 Fees \u2212300.00" in text_of(printed([RECEIPT]))


def test_an_account_on_which_nothing_moved_says_so() -> None:
    assert "Nothing is booked in these days." in text_of(printed([]))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh_CN", ["对账单", "期初余额", "期末余额", "2026/11/23"]),
        ("pt_BR", ["Saldo inicial", "10.000,00", "23/11/2026"]),
        ("id", ["Saldo awal", "10.000,00", "23/11/2026"]),
        ("ar", ["الرصيد", "المقبوضات", "10,000.00", "\u22129,000.00"]),
    ],
)
def test_words_and_amounts_are_the_readers(locale: str, words: list[str]) -> None:
    lines = [RECEIPT, line((Movement.REFUNDS, -900_000), number=2)]
    text = text_of(printed(lines, locale=locale))
    assert [word for word in words if word not in text] == []


def test_thai_letters_and_their_marks_arrive_together() -> None:
    file = printed([line((Movement.RECEIPTS, 1), other="น้ำใจ")], locale="th")
    assert "น้ำ" in replaced_text(file)


@pytest.mark.parametrize(
    ("locale", "lang", "direction"),
    [("en", "en", "/L2R"), ("ar", "ar", "/R2L"), ("zh_CN", "zh-CN", "/L2R"), ("pt_BR", "pt-BR", "/L2R")],
)
def test_a_file_states_its_language_and_direction(locale: str, lang: str, direction: str) -> None:
    root = printed([RECEIPT], locale=locale).root_object
    preferences: Any = root.get("/ViewerPreferences", {})
    assert (root["/Lang"], preferences.get("/Direction", "/L2R")) == (lang, direction)


def places(page: pypdf.PageObject) -> list[tuple[float, str]]:
    """Each piece of text with how far from the left edge it begins."""
    found: list[tuple[float, str]] = []

    def visit(text: str, page_matrix: list[float], text_matrix: list[float], *_: Any) -> None:
        found.append((page_matrix[4] + text_matrix[4], text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def test_arabic_pages_run_from_the_right() -> None:
    english, arabic = (
        next(left for left, text in places(printed([RECEIPT], locale=locale).pages[0]) if RECEIPT.entry_id in text)
        for locale in ("en", "ar")
    )
    assert arabic < english


def test_an_arabic_name_is_printed_in_an_english_statement() -> None:
    file = printed([line((Movement.RECEIPTS, 1), other=ARABIC_NAME)])
    assert [word for word in ARABIC_NAME.split() if word not in text_of(file)] == []
    assert any(name.startswith("IBMPlexSansArabic") for name in fonts_of(file))


@pytest.mark.parametrize("locale", ["en", "ar", "zh_CN", "th"])
def test_every_font_is_inside(locale: str) -> None:
    names = "王小明 น้ำ Łódź Ωμέγα Москва გიორგი ខ្មែរ 田中さん 김철수 Nguyễn Đạt אבי"
    fonts = fonts_of(printed([line((Movement.RECEIPTS, 1), other=names)], locale=locale))
    assert len(fonts) >= 6
    assert all(fonts.values())


def test_letters_that_no_font_has_are_refused_by_name() -> None:
    with pytest.raises(Invalid) as caught:
        printed([line((Movement.RECEIPTS, 1), other="\U00010330\U00010331 Wulfila")])
    assert (caught.value.code, caught.value.details["letters"]) == ("letters_not_printable", ["U+10330", "U+10331"])


HOSTILE = [
    '#read("/etc/passwd")', "*bold* _soft_ = head", "$x^2$", "<label> @label", "\\u{41} \\ //", "```raw``` [x]",
    "#pdf.attach", "${x} {{ x }} %(page)s",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_never_markup(text: str) -> None:
    told = statement([RECEIPT], name=text)
    found = text_of(printed([line((Movement.RECEIPTS, 970_000), other=text)], told=told, creditor=text))
    assert found.count(text) >= 3


def test_marks_that_turn_text_around_are_taken_out() -> None:
    text = text_of(printed([line((Movement.RECEIPTS, 1), other="pay \u202e00.001\u2066 now\x00\x07")]))
    assert "pay 00.001 now" in text


def test_a_very_long_word_goes_on_in_the_next_line() -> None:
    word = "x" * 250
    page = printed([line((Movement.RECEIPTS, 1), other=word, source=word)]).pages[0]
    pieces = [(left, text) for left, text in places(page) if "xxx" in text]
    narrowest, margin = 3, 595 - 45
    assert sum(text.count("x") for _, text in pieces) == 2 * len(word)
    assert [text for left, text in pieces if left + narrowest * max(map(len, text.split())) > margin] == []


def test_a_text_without_end_is_cut() -> None:
    text = text_of(printed([line((Movement.RECEIPTS, 1), other="y" * 5_000)]))
    assert text.count("y") < 400
    assert "\u2026" in text


def test_large_amounts_and_all_digits_are_there() -> None:
    lines = [line((Movement.RECEIPTS, 999_999_999_999_99)), line((Movement.REFUNDS, -999_999_999_999_98), number=2)]
    text = text_of(printed(lines, told=statement(lines, opening=1)))
    assert "999,999,999,999.99 1,000,000,000,000.00" in text
    assert "\u2212999,999,999,999.98 0.02" in text


# What names it --------------------------------------------------------------------------------------------------------


def test_the_same_statement_makes_the_same_bytes() -> None:
    told = statement([RECEIPT])
    assert pdf(told, [RECEIPT], creditor="Tengyun") == pdf(told, [RECEIPT], creditor="Tengyun")


def test_the_document_is_dated_by_the_statement() -> None:
    lines = [RECEIPT, line((Movement.REFUNDS, -1), number=2)]
    file = printed(lines)
    assert file.metadata is not None
    assert file.metadata.creation_date == BOOKED + timedelta(seconds=2)
    known = replace(statement(lines), known_at=BOOKED + timedelta(days=3))
    again = printed(lines, told=known)
    assert again.metadata is not None
    assert again.metadata.creation_date == known.known_at
    assert "As known at November 26, 2026 12:30" in text_of(again)


def test_the_foot_names_the_content_that_is_inside() -> None:
    file = printed([RECEIPT])
    (attached,) = file.attachments["statement.json"]
    assert hashlib.sha256(attached).hexdigest() in text_of(file)
    assert attached == content.canonical(statement([RECEIPT]), [RECEIPT])


def test_neither_language_nor_titles_change_the_name() -> None:
    attached = {
        printed([RECEIPT], locale=locale, creditor=creditor).attachments["statement.json"][0]
        for locale, creditor in (("en", "A"), ("ar", "B"))
    }
    assert len(attached) == 1


def test_another_amount_is_another_name() -> None:
    other = line((Movement.RECEIPTS, 10_000_01), (Movement.FEES, -300_00))
    names = {content.name_of(content.canonical(statement([one]), [one])) for one in (RECEIPT, other)}
    assert len(names) == 2


def converted() -> tuple[AccountStatement, list[Line]]:
    lines = [RECEIPT, line((Movement.RECEIPTS, 5_000), number=2, currency="THB")]
    told = statement(lines)
    real, baht = told.sections
    rate = Rate("BRL", "USD", Decimal("0.19876543211"), date(2026, 11, 27), "ECB", ("BRL/EUR", "EUR/USD"))
    shown = (
        ConvertedSection(real.closing, convert(real.closing, rate), None),
        ConvertedSection(baht.closing, None, Unavailable("rate_missing", "There is no rate.")),
    )
    movements = {Movement.RECEIPTS: Money(198_765, "USD"), Movement.FEES: Money(-5_963, "USD")}
    result = ConvertedTotal(
        "USD", date(2026, 11, 30), shown, Money(199, "USD"), movements, Money(1, "USD"), Money(193_002, "USD")
    )
    return replace(told, converted=result), lines


def test_the_content_is_that_of_the_api() -> None:
    told, lines = converted()
    told = replace(told, known_at=BOOKED)
    view = StatementView.of(told, lines).model_dump(mode="json", exclude={"next_cursor"})
    assert json.loads(content.canonical(told, lines)) == view


def test_a_converted_total_shows_rate_source_and_day_and_what_it_lacks() -> None:
    told, lines = converted()
    text = text_of(printed(lines, told=told))
    for words in ("Converted USD (Incomplete)", "BRL 9,710.00 0.19876543211 ECB Nov 27, 2026 1,930.01", "Rounding"):
        assert words in text
    assert "THB 60.00 No source has a rate for this day." in text


def test_each_currency_has_its_own_list() -> None:
    told, lines = converted()
    text = text_of(printed(lines, told=told))
    assert text.index("Entries \u00b7 BRL") < text.index("Entries \u00b7 THB")


def test_the_sums_of_many_currencies_are_told_in_several_tables() -> None:
    currencies = ["AED", "BRL", "CNY", "IDR", "KWD", "MXN", "THB"]
    lines = [line((Movement.RECEIPTS, 7), number=number, currency=one) for number, one in enumerate(currencies, 1)]
    text = text_of(printed(lines))
    assert text.count("Opening balance") == 2 + len(currencies)
    assert "AED BRL CNY IDR" in text
    assert "KWD MXN THB" in text


# Limits ---------------------------------------------------------------------------------------------------------------


def test_a_long_statement_has_many_pages_each_with_its_head_and_number() -> None:
    lines = [line((Movement.RECEIPTS, 100 + number), number=number) for number in range(1, 201)]
    file = printed(lines)
    pages = [" ".join(page.extract_text().split()) for page in file.pages]
    assert len(pages) > 5
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Reference" in text
    assert lines[-1].entry_id in pages[-1]


def test_more_lines_than_may_be_printed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MAX_PRINTED", 2)
    lines = [line((Movement.RECEIPTS, 1), number=number) for number in range(3)]
    assert printed(lines[:2])
    with pytest.raises(TooLarge):
        printed(lines)


def test_where_too_many_are_made_at_once_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetter, "LONGEST_SECONDS", 0.001)
    with pytest.raises(Unavailable) as caught:
        printed([RECEIPT])
    assert caught.value.code == "printing_busy"


def test_a_fault_of_our_own_template_is_no_refusal() -> None:
    with pytest.raises(typesetter.TypesettingError):
        printing._typeset({}, b"{}", moment=BOOKED)


def test_moments_are_told_on_the_readers_clock() -> None:
    reader = Reader(zone=ZoneInfo("Asia/Dubai"))
    file = pypdf.PdfReader(io.BytesIO(pdf(statement([RECEIPT]), [RECEIPT], creditor="T", reader=reader)))
    text = text_of(file)
    assert "4:30" in text
    assert "(UTC+04:00)" in text


def test_the_file_says_that_it_is_for_archives_and_for_screen_readers() -> None:
    told = statement([RECEIPT])
    made = pdf(told, [RECEIPT], creditor="Tengyun")
    metadata: Any = pypdf.PdfReader(io.BytesIO(made)).root_object["/Metadata"]
    described = metadata.get_object().get_data().decode()
    for claim in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert claim in described
