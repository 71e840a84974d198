"""Any table as a file of money: encodings, formats of days and amounts, mappings, previews and guesses."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from connectors import statement_files
from connectors.statement_files import table_rows, text_lines
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import mapped, preview
from connectors.statement_files.mapped_values import AmountFormat, DateFormat
from connectors.statement_files.mapping_guess import decimal_mark, guess
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileRecord, LineKind

SAMPLES = Path(statement_files.__file__).parent / "samples"
MAPPING = ColumnMapping.from_json(json.loads((SAMPLES / "extrato.mapping.json").read_text(encoding="utf-8")))
EXTRATO = (SAMPLES / "extrato.csv").read_bytes()

PLAIN: dict[str, Any] = {"name": "t", "date": "Date", "date_format": "iso", "amount": "Amount", "currency": "USD"}


def mapping(**changed: Any) -> ColumnMapping:
    return ColumnMapping(**{**PLAIN, **changed})


def read(content: bytes | str, how: ColumnMapping) -> list[FileRecord]:
    raw = content.encode() if isinstance(content, str) else content
    return list(mapped(how).read(io.BytesIO(raw)))


def lines(content: bytes | str, how: ColumnMapping) -> list[FileLine]:
    return [record for record in read(content, how) if isinstance(record, FileLine)]


def refusal(content: bytes | str, how: ColumnMapping) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(content, how)
    return caught.value


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
    return out.getvalue()


# --- text


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("é".encode(), "é"),
        ("é".encode("utf-8-sig"), "é"),
        ("é€".encode("cp1252"), "é€"),
        (b"\xe9\x81", "é\x81"),  # a byte that Windows-1252 does not know makes it Latin-1
        ("é中".encode("utf-16"), "é中"),
        ("é中".encode("utf-16-be").join([b"\xfe\xff", b""]), "é中"),
    ],
    ids=["utf-8", "marked", "windows", "latin", "utf-16-le", "utf-16-be"],
)
def test_the_encoding_is_told_by_validity(raw: bytes, found: str) -> None:
    assert [text for _, text in text_lines.lines(io.BytesIO(raw))] == [found]


def test_one_late_byte_decides_for_the_whole_file() -> None:
    raw = "é\n".encode("cp1252") + b"x\n" * 2_000_000 + "ç".encode("cp1252")
    assert next(iter(text_lines.lines(io.BytesIO(raw)))) == (1, "é")


@pytest.mark.parametrize("raw", ["a".encode("utf-16-le"), "a".encode("utf-16-be"), b"a\x00b"])
def test_what_is_no_text_here_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        list(text_lines.lines(io.BytesIO(raw)))
    assert caught.value.code == "file_unreadable"


def test_lines_end_with_cr_lf_or_both() -> None:
    found = list(text_lines.lines(io.BytesIO(b"a\r\nb\nc\rd\r\n\ne")))
    assert found == [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, ""), (6, "e")]


@pytest.mark.parametrize(
    ("length", "fits"), [(text_lines.MAX_LINE_CHARS, True), (text_lines.MAX_LINE_CHARS + 1, False)]
)
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_has_a_limit(length: int, fits: bool, end: bytes) -> None:  # noqa: FBT001
    source = text_lines.lines(io.BytesIO(b"first\n" + b"x" * length + end))
    if fits:
        assert [len(text) for _, text in source] == [5, length]
    else:
        with pytest.raises(Invalid) as caught:
            list(source)
        assert caught.value.details["line"] == 2


# --- days


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("dd/mm/yyyy", "23/11/2026", date(2026, 11, 23)),
        ("dd/mm/yyyy", "3/1/2026", date(2026, 1, 3)),
        ("mm/dd/yyyy", "11/23/2026", date(2026, 11, 23)),
        ("dd.mm.yy", "23.11.79", date(2079, 11, 23)),
        ("dd.mm.yy", "23.11.80", date(1980, 11, 23)),
        ("yyyymmdd", "20261123", date(2026, 11, 23)),
        ("dd mmm yyyy", "23 nov. 2026", date(2026, 11, 23)),
        ("dd-mmm-yyyy", "01-AGO-2026", date(2026, 8, 1)),
        ("dd/mm/bbbb", "23/11/2569", date(2026, 11, 23)),
        ("dd/mm/yyyy", "٢٣/١١/٢٠٢٦", date(2026, 11, 23)),  # noqa: RUF001 (Arabic digits are what is tested)
        ("dd/mm/yyyy hh:mm:ss", "23/11/2026 14:05:09", date(2026, 11, 23)),
        ("iso", "2026-11-23", date(2026, 11, 23)),
        ("iso", "2026-11-23T14:05:09Z", datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC)),
        ("iso", "2026-11-23 14:05", date(2026, 11, 23)),
    ],
)
def test_days_are_read_as_their_format_says(written: str, text: str, found: date) -> None:
    assert DateFormat.of(written).read(text, line=1) == found


def test_a_time_with_a_known_offset_is_a_moment() -> None:
    how = DateFormat.of("dd/mm/yyyy hh:mm:ss", "+08:00")
    zone = timezone(timedelta(hours=8))
    assert how.read("23/11/2026 14:05:09", line=1) == datetime(2026, 11, 23, 14, 5, 9, tzinfo=zone)


@pytest.mark.parametrize("text", ["31/02/2026", "13/13/2026", "2026-11-23", "23/11/26", "", "23/11/2026 14:05:09"])
def test_another_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        DateFormat.of("dd/mm/yyyy").read(text, line=7)
    assert caught.value.details["line"] == 7


@pytest.mark.parametrize("written", ["dd/mm", "mm/yyyy", "dd/dd/mm/yyyy", "yyyy bbbb mm dd", ""])
def test_a_format_has_one_day_month_and_year(written: str) -> None:
    assert DateFormat.problem(written)


# --- amounts

COMMA = AmountFormat(",", ".")
POINT = AmountFormat(".", ",")


@pytest.mark.parametrize(
    ("how", "text", "currency", "minor"),
    [
        (COMMA, "1.234,56", "BRL", 123_456),
        (COMMA, "R$ 1.234,56", "BRL", 123_456),
        (COMMA, "-1.234,56", "BRL", -123_456),
        (COMMA, "1.234,56-", "BRL", -123_456),
        (COMMA, "(1.234,56)", "BRL", -123_456),
        (COMMA, "1234,5", "BRL", 123_450),
        (COMMA, "1.500.000", "IDR", 150_000_000),
        (POINT, "1,234.56 DB", "IDR", -123_456),
        (POINT, "1,234.56 CR", "IDR", 123_456),
        (POINT, "USD 12.00", "USD", 1_200),
        (POINT, "12.00 USD", "USD", 1_200),
        (POINT, "1,00,000.00", "INR", 10_000_000),
        (POINT, "1.250", "KWD", 1_250),
        (POINT, "1500", "CLP", 1_500),
        (POINT, "1,500.00", "CLP", 1_500),
        (POINT, "١٬٥٠٠٫٧٥", "SAR", 150_075),  # noqa: RUF001 (Arabic digits are what is tested)
        (POINT, "\u22125.00", "USD", -500),
        (AmountFormat(",", " "), "1\u202f234,56", "EUR", 123_456),
        (AmountFormat(".", "'"), "1’234.56", "CHF", 123_456),  # noqa: RUF001
        (AmountFormat(".", ""), "+7.00", "USD", 700),
        (POINT, Decimal("0.3"), "USD", 30),
    ],
)
def test_amounts_are_read_as_their_format_says(how: AmountFormat, text: Any, currency: str, minor: int) -> None:
    assert how.read(text, currency, line=1) == Money(minor, currency)


@pytest.mark.parametrize(
    ("how", "text", "currency"),
    [
        (COMMA, "1,234.56", "BRL"),
        (COMMA, "12.34", "BRL"),
        (COMMA, "1.2345,00", "BRL"),
        (POINT, "1.234,56", "BRL"),
        (POINT, "1.001", "USD"),
        (POINT, "0.5", "CLP"),
        (POINT, "EUR 12.00", "USD"),
        (POINT, "-12.00-", "USD"),
        (POINT, "(-12.00)", "USD"),
        (POINT, "12", "XQX"),
        (POINT, "", "USD"),
        (POINT, "-", "USD"),
        (POINT, "1e5", "USD"),
        (POINT, "#N/A", "USD"),
        (AmountFormat(".", ""), "1,234.00", "USD"),
    ],
)
def test_another_amount_is_refused_and_never_guessed(how: AmountFormat, text: str, currency: str) -> None:
    with pytest.raises(Invalid) as caught:
        how.read(text, currency, line=3)
    assert (caught.value.code, caught.value.details["line"]) == ("line_unreadable", 3)


# --- mappings


def test_a_mapping_survives_json() -> None:
    assert ColumnMapping.from_json(json.loads(json.dumps(MAPPING.as_json()))) == MAPPING


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": None}, "amount"),
        ({"credit": "In"}, "amount"),
        ({"currency_column": "Ccy"}, "currency"),
        ({"currency": None}, "currency"),
        ({"date_format": "dd/mm"}, "date_format"),
        ({"decimal": ";"}, "decimal"),
        ({"thousands": "."}, "thousands"),
        ({"delimiter": "x"}, "delimiter"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"header_row": -1}, "header_row"),
        ({"header_row": 1_001}, "header_row"),
        ({"utc_offset": "8"}, "utc_offset"),
        ({"direction": "D/C"}, "direction"),
        ({"kind": "Type"}, "kinds"),
        ({"amount_is": "both"}, "amount_is"),
        ({"name": " "}, "name"),
        ({"date": "x" * 201}, "date"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        mapping(**change)
    assert (caught.value.code, caught.value.details["field"]) == ("mapping_invalid", field)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({**PLAIN, "colour": "red"}, "colour"),
        ({"name": "t"}, "date"),
        ({**PLAIN, "references": "Ref"}, "references"),
        ({**PLAIN, "header_row": True}, "header_row"),
        ({**PLAIN, "header_row": "1"}, "header_row"),
        ({**PLAIN, "amount": 7}, "amount"),
        ({**PLAIN, "kind": "T", "kinds": {"a": "gift"}}, "kinds"),
        ({**PLAIN, "source": "moon"}, "source"),
    ],
)
def test_json_that_is_no_mapping_is_refused(document: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        ColumnMapping.from_json(document)
    assert (caught.value.code, caught.value.details["field"]) == ("mapping_invalid", field)


# --- tables


def test_a_statement_of_two_columns_with_total_reads() -> None:
    opened, first, second, closed = read(EXTRATO, MAPPING)
    assert isinstance(opened, FileOpened)
    assert isinstance(first, FileLine)
    assert isinstance(second, FileLine)
    assert isinstance(closed, FileClosed)
    assert (opened.account, opened.currency) == ("75367-X", "BRL")
    assert (first.line_no, str(first.net), first.text) == (4, "2080.50 BRL", "Pix recebido Maria Luísa")
    assert (second.kind, str(second.net)) == (LineKind.DEBIT, "-10.00 BRL")
    assert closed.stated_moved == closed.moved == Money(207_050, "BRL")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("2.080,50;10,00", "2.080,51;10,00", "file_totals_mismatch", 7),
        ("20/11/2026;Tarifa", "31/11/2026;Tarifa", "line_unreadable", 5),
        ("10,00\r\nSaldo", "10.00\r\nSaldo", "line_unreadable", 5),
        ("Tarifa;;;10,00", "Tarifa;;1,00;10,00", "line_unreadable", 5),
        ("Tarifa;;;10,00", "Tarifa;;;", "line_unreadable", 5),
        ("Débito", "Debit", "file_unreadable", 3),
        ("Pix recebido", '"Pix recebido', "line_unreadable", 4),
    ],
)
def test_a_fault_of_a_table_is_refused_with_its_line(old: str, new: str, code: str, line: int) -> None:
    error = refusal(EXTRATO.decode("cp1252").replace(old, new, 1).encode("cp1252"), MAPPING)
    assert (error.code, error.details["line"]) == (code, line)


def test_fee_and_tax_are_kept_from_the_gross() -> None:
    table = "Date,Amount,Fee,Tax,Gross\n2026-11-20,93.00,5.00,2.00,100.00\n"
    (line,) = lines(table, mapping(fee="Fee", tax="Tax", gross="Gross"))
    assert (str(line.gross), str(line.fee), str(line.tax), str(line.net)) == (
        "100.00 USD",
        "5.00 USD",
        "2.00 USD",
        "93.00 USD",
    )


def test_a_gross_that_does_not_add_up_is_refused() -> None:
    table = "Date,Amount,Fee,Gross\n2026-11-20,93.00,5.00,100.00\n"
    assert refusal(table, mapping(fee="Fee", gross="Gross")).code == "line_total_mismatch"


def test_a_gross_amount_with_negative_fees_makes_the_net() -> None:
    table = "Date,Amount,Fee\n2026-11-20,100.00,-5.00\n"
    (line,) = lines(table, mapping(fee="Fee", amount_is="gross", fees_negative=True))
    assert (str(line.gross), str(line.fee), str(line.net)) == ("100.00 USD", "5.00 USD", "95.00 USD")


def test_kinds_come_from_the_table_of_values() -> None:
    table = "Date,Amount,Type\n2026-11-20,1.00,Sale\n2026-11-20,-1.00,REFUND\n"
    how = mapping(kind="Type", kinds={"sale": LineKind.PAYMENT, "refund": LineKind.REFUND})
    assert [line.kind for line in lines(table, how)] == [LineKind.PAYMENT, LineKind.REFUND]


def test_a_kind_that_nobody_settled_is_refused_unless_a_star_stands_for_it() -> None:
    table = "Date,Amount,Type\n2026-11-20,1.00,Gift\n"
    assert refusal(table, mapping(kind="Type", kinds={"sale": LineKind.PAYMENT})).details["line"] == 2
    assert lines(table, mapping(kind="Type", kinds={"*": LineKind.ADJUSTMENT}))[0].kind is LineKind.ADJUSTMENT


def test_a_direction_tells_debits() -> None:
    table = "Date,Amount,D/C\n2026-11-20,5.00,C\n2026-11-20,5.00,D\n2026-11-20,-5.00,D\n"
    how = mapping(direction="D/C", debit_words=("D",))
    assert [line.net.minor for line in lines(table, how)] == [500, -500, -500]


def test_a_table_of_several_currencies_is_a_statement_of_each() -> None:
    table = "Date,Amount,Ccy\n2026-11-20,1.00,USD\n2026-11-20,2.00,EUR\n2026-11-20,3.00,USD\n"
    how = mapping(currency=None, currency_column="Ccy")
    closes = [record for record in read(table, how) if isinstance(record, FileClosed)]
    assert [(str(one.moved), one.lines) for one in closes] == [("4.00 USD", 2), ("2.00 EUR", 1)]


def test_a_total_of_several_currencies_is_refused() -> None:
    table = "Date,Amount,Ccy\n2026-11-20,1.00,USD\n2026-11-20,2.00,EUR\nTotal,3.00,\n"
    error = refusal(table, mapping(currency=None, currency_column="Ccy", total_word="Total"))
    assert error.details["line"] == 4


def test_columns_may_be_named_by_number_where_there_is_no_header() -> None:
    table = "2026-11-20;1.00\n"
    (line,) = lines(table, mapping(header_row=0, date="#1", amount="#2"))
    assert (line.line_no, line.net.minor) == (1, 100)


def test_the_payers_amount_stands_beside() -> None:
    table = "Date,Amount,Paid,Paid currency\n2026-11-20,1.00,5.40,brl\n"
    (line,) = lines(table, mapping(paid_amount="Paid", paid_currency="Paid currency"))
    assert str(line.paid) == "5.40 BRL"


@pytest.mark.parametrize("table", ["Date,Amount\n", "", "Date,Amount\nTotal,0.00\n"])
def test_a_table_without_a_movement_is_refused(table: str) -> None:
    assert refusal(table, mapping(total_word="Total")).code == "file_unreadable"


# --- workbooks


def test_a_workbooks_days_and_numbers_stand_for_themselves() -> None:
    book = workbook(("A", [["Date", "Amount"], [datetime(2026, 11, 20), 1234.5], ["20/11/2026", "1.234,56"]]))  # noqa: DTZ001
    how = mapping(date_format="dd/mm/yyyy", decimal=",", thousands=".")
    assert [(line.value_date, line.net.minor) for line in lines(book, how)] == [
        (date(2026, 11, 20), 123_450),
        (date(2026, 11, 20), 123_456),
    ]


def test_a_number_has_the_digits_that_spreadsheets_keep() -> None:
    (line,) = lines(workbook(("A", [["Date", "Amount"], ["2026-11-20", 0.1 + 0.2]])), mapping())
    assert line.net.minor == 30


def test_a_formula_is_its_last_value_and_never_computed() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Date", "Amount"])
        sheet.write_string(1, 0, "2026-11-20")
        sheet.write_formula(1, 1, "=1+1", value=7)
    assert lines(out.getvalue(), mapping())[0].net.minor == 700


def test_a_sheet_is_chosen_by_name() -> None:
    book = workbook(("Notes", [["nothing"]]), ("Extrato", [["Date", "Amount"], ["2026-11-20", 1]]))
    assert lines(book, mapping(sheet="Extrato"))[0].net.minor == 100
    assert refusal(book, mapping(sheet="Saldo")).fix == "It has Notes, Extrato."


def test_rows_of_a_sheet_keep_their_numbers() -> None:
    book = workbook(("A", [["Bank"], [], ["Date", "Amount"], [], ["2026-11-20", "x"]]))
    assert refusal(book, mapping(header_row=3)).details["line"] == 5


def test_a_workbook_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    book = workbook(("A", [["Date", "Amount"], ["2026-11-20", 1]]))
    monkeypatch.setattr(table_rows, "MAX_WORKBOOK_BYTES", len(book))
    assert lines(book, mapping())
    monkeypatch.setattr(table_rows, "MAX_WORKBOOK_BYTES", len(book) - 1)
    assert refusal(book, mapping()).code == "file_unreadable"


# --- preview


def test_a_preview_shows_lines_beside_problems() -> None:
    table = "Date,Amount\n2026-11-20,1.00\n20/11/2026,2.00\n2026-11-21,3.00\n"
    seen = preview(table.encode(), mapping())
    assert [line.net.minor for line in seen.lines] == [100, 300]
    assert [(problem.line, problem.code) for problem in seen.problems] == [(3, "line_unreadable")]
    assert seen.table[0] == ("Date", "Amount")


def test_a_preview_stops_after_its_rows() -> None:
    table = "Date,Amount\n" + "2026-11-20,1.00\n" * 50
    assert len(preview(table.encode(), mapping(), rows=3).lines) == 3


def test_a_preview_of_a_wrong_mapping_is_one_problem() -> None:
    seen = preview(b"Datum,Betrag\n1,2\n", mapping())
    assert [(problem.line, problem.code) for problem in seen.problems] == [(1, "file_unreadable")]


# --- guesses


@pytest.mark.parametrize(
    ("table", "first"),
    [
        ('Date,Description,Amount,Currency\n13/11/2026,Rent,"1,234.56",USD\n', "1234.56 USD"),
        ("Data;Histórico;Valor (R$)\n13/11/2026;Pix;1.234,56\n", "1234.56 EUR"),
        ("Fecha;Concepto;Abono;Cargo\n13/11/2026;Pago;1.234,56;\n", "1234.56 EUR"),
        ("交易日期,摘要,贷方金额,借方金额,币种\n2026-11-13,货款,1234.56,,CNY\n", "1234.56 CNY"),
        ("Tanggal;Keterangan;Mutasi;DB/CR\n13/11/2026;SETORAN;1.234,56;CR\n14/11/2026;BIAYA;1,00;DB\n", "1234.56 EUR"),
        ('วันที่,รายละเอียด,เงินเข้า,เงินออก\n13/11/2569,โอน,"1,234.56",\n', "1234.56 EUR"),
        ("التاريخ,البيان,المبلغ,العملة\n2026-11-13,تحويل,1234.56,SAR\n", "1234.56 SAR"),
    ],
    ids=["en", "pt", "es", "zh", "id", "th", "ar"],
)
def test_a_guess_reads_the_table_in_seven_languages(table: str, first: str) -> None:
    guessed = guess(table.encode(), currency="EUR")
    assert guessed.mapping is not None
    line = lines(table, guessed.mapping)[0]
    assert (str(line.net), line.value_date) == (first, date(2026, 11, 13))


def test_a_guess_finds_the_header_below_a_letterhead() -> None:
    guessed = guess(EXTRATO, currency="BRL")
    assert (guessed.document["header_row"], guessed.document["total_word"]) == (3, "Total")


def test_a_guess_is_open_where_day_and_month_may_be_exchanged() -> None:
    assert guess(b"Date,Amount\n03/04/2026,1.00\n", currency="USD").confidence["date_format"] == 0.4
    assert guess(b"Date,Amount\n13/04/2026,1.00\n", currency="USD").confidence["date_format"] == 1.0
    assert guess(b"Date,Amount\n04/13/2026,1.00\n", currency="USD").document["date_format"] == "mm/dd/yyyy"


def test_a_guess_says_what_a_person_must_state() -> None:
    guessed = guess(b"Date,Amount\n2026-11-20,1.00\n")
    assert (guessed.missing, guessed.mapping) == (("currency",), None)


def test_a_guess_of_a_workbook_reads_it() -> None:
    book = workbook(("A", [["Date", "Amount", "Currency"], [datetime(2026, 11, 20), 12.5, "USD"]]))  # noqa: DTZ001
    guessed = guess(book)
    assert guessed.mapping is not None
    assert str(lines(book, guessed.mapping)[0].net) == "12.50 USD"


@pytest.mark.parametrize(
    ("body", "mark"),
    [
        ("1.234,56", ","),
        ("1,234.56", "."),
        ("1.234", ""),
        ("1,5", ","),
        ("1.234.567", ","),
        ("1500", ""),
        ("0.500", "."),
    ],
)
def test_a_decimal_mark_is_only_told_for_certain(body: str, mark: str) -> None:
    assert decimal_mark(body) == mark
