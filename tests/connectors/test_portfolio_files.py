"""Portfolio files: what is read, what is refused with one clear error, and the sample that ships."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from connectors import portfolio_files, workbook_safety
from connectors.countries.brazil import ids as brazil
from connectors.countries.indonesia import ids as indonesia
from connectors.countries.thailand import ids as thailand
from connectors.countries.united_arab_emirates import ids as emirates
from connectors.portfolio_files import e164, mailbox, open_table, read_portfolio, template_csv, template_xlsx
from connectors.shared import delimited
from domain.errors import AfluenteError, TooLarge
from domain.identity import IdentityFinding
from domain.portfolio import COLUMNS, Checks, LoanRow, RowErrors
from runtime.samples.make_portfolio import make_portfolio

NAMES = [column.name for column in COLUMNS]
SAMPLES = Path(__file__).parents[2] / "runtime" / "samples"
TODAY = date(2026, 11, 23)
SCHEMES = {"BR": brazil.SCHEMES, "ID": indonesia.SCHEMES, "TH": thailand.SCHEMES, "AE": emirates.SCHEMES}
CURRENCIES = {"BR": ("BRL",), "ID": ("IDR",), "TH": ("THB",), "AE": ("AED",)}


def _identity(country: str, scheme: str, value: str) -> IdentityFinding | None:
    return next((one.check(value) for one in SCHEMES[country] if one.code == scheme), None)


def _schemes(country: str, kind: str) -> tuple[str, ...]:
    return tuple(one.code for one in SCHEMES[country] if (one.person if kind == "person" else one.company))


CHECKS = Checks(
    countries=tuple(sorted(SCHEMES)),
    currencies=CURRENCIES.get,
    schemes=_schemes,
    identity=_identity,
    subdivision=portfolio_files._is_subdivision,
    phone=e164,
    email=mailbox,
    consents=lambda _country: frozenset(),
    registries=lambda _country: frozenset(),
)


def table(*rows: list[str], delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(row) for row in (NAMES, *rows)).encode()


def workbook(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def refusal(content: bytes) -> AfluenteError:
    with pytest.raises(AfluenteError) as caught:
        list(open_table(content).rows)
    return caught.value


def cells(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return list(open_table(content).rows)


# --- CSV


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_csv_is_read_with_either_delimiter_and_with_or_without_a_mark(delimiter: str, mark: bytes) -> None:
    row = ["ü"] * len(NAMES)
    assert cells(mark + table(row, delimiter=delimiter)) == [(2, tuple(row))]


def test_blank_lines_are_skipped_and_lines_keep_their_number() -> None:
    row = ["x"] * len(NAMES)
    assert [line for line, _ in cells(table([], row, [""] * len(NAMES), row))] == [3, 5]


def test_a_value_may_hold_a_line_break_and_the_next_row_knows_its_line() -> None:
    row, long = ["x"] * len(NAMES), ['"a\nb"'] + ["x"] * (len(NAMES) - 1)
    assert [line for line, _ in cells(table(long, row))] == [2, 4]


def test_latin_1_is_refused_with_its_line() -> None:
    error = refusal(table(["São Paulo"] * len(NAMES)).decode().encode("latin-1"))
    assert (error.code, error.details["line"]) == ("portfolio_unreadable", 2)
    assert "CSV UTF-8" in (error.fix or "")


def test_an_open_quotation_mark_is_refused_with_its_line() -> None:
    error = refusal(table(["x"] * len(NAMES), ['"open'] + ["x"] * (len(NAMES) - 1)))
    assert (error.code, error.details["line"]) == ("portfolio_unreadable", 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
        (b"<html><table>", "XML or HTML"),
        (b'{"loans": []}', "JSON"),
        (b"\x1f\x8b\x08", "gzip"),
        (table().decode().encode("utf-16"), "not UTF-8"),
        (b"contract_no\x00,country", "not UTF-8"),
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"PK\x03\x04 but nothing else", "damaged"),
        (b"J" * 3000, "no table"),
        ("\n".join(["aGVsbG8gd29ybGQ," * 12] * 15).replace(",", "x", 11).encode(), "no table"),
        (bytes(range(1, 9)) + b",b", "no table"),
    ],
    ids=[
        "pdf",
        "xls",
        "html",
        "json",
        "gzip",
        "utf-16",
        "nul",
        "nothing",
        "blank",
        "broken zip",
        "one word",
        "long words",
        "control characters",
    ],
)
def test_a_file_that_is_not_what_it_says_is_one_clear_error(content: bytes, said: str) -> None:
    error = refusal(content)
    assert error.code == "portfolio_unreadable"
    assert said in error.message
    assert error.fix


def test_a_table_of_something_else_names_the_columns_it_lacks() -> None:
    error = refusal(b"name,amount\nAna,5\n")
    assert error.code == "header_wrong"
    assert error.details["unknown"] == ["name", "amount"]


# --- XLSX


def test_a_workbook_gives_the_same_text_as_a_table() -> None:
    row: list[object] = ["x"] * len(NAMES)
    row[:5] = [2500, 2500.5, datetime(2026, 11, 23), True, "  text "]  # noqa: DTZ001 - sheets know no zone
    ((line, found),) = cells(workbook([list(NAMES), row]))
    assert (line, found[:5]) == (2, ("2500", "2500.5", "2026-11-23", "true", "text"))


@pytest.mark.parametrize(
    ("number", "text"), [(123456789012345, "123456789012345"), (3171011708450001, "3.171011708450001E+15")]
)
def test_a_number_longer_than_a_sheet_keeps_is_not_passed_off_as_exact(number: int, text: str) -> None:
    ((_, found),) = cells(workbook([list(NAMES), [number, *["x"] * (len(NAMES) - 1)]]))
    assert found[0] == text


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    assert "no XLSX workbook" in refusal(archive(**{"readme.txt": b"hello"})).message


def test_a_workbook_without_readable_sheets_is_refused() -> None:
    assert refusal(archive(**{"xl/workbook.xml": b"<nothing/>"})).code == "portfolio_unreadable"


@pytest.mark.parametrize("place", [(1_048_575, 0), (0, 16_383)], ids=["last row", "last column"])
def test_one_cell_in_the_last_corner_does_not_end_the_process(place: tuple[int, int]) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(*place, "x")
    assert "reaches row" in refusal(out.getvalue()).message


HOSTILE = [
    b'<row r="1048576"><c t="inlineStr"><is><t>x</t></is></c></row>',
    b"<row spans='1:2'   r  =\n 'A900000'><c/></row>",
    b'<row r="1"><c' + b" " * 3_000_000 + b"r" + b"\n" * 3_000_000 + b'= "XFD1"><v>1</v></c></row>',
    b'<row r="1"><c r="A' + b"0" * 1_100_000 + b'900000"><v>1</v></c></row>',
    b'<row r="1"><c r="&#88;FD1"><v>1</v></c></row>',
    b'<row r="1">' + b"<x:c xmlns:x='urn:x'><v>1</v></x:c>" * 201 + b"</row>",
]


@pytest.mark.parametrize("rows", HOSTILE, ids=["row only", "blanks", "many blanks", "many zeros", "entity", "no place"])
@pytest.mark.parametrize("before", [0, (1 << 20) - 30, (1 << 20) - 3])
def test_a_hidden_last_corner_is_found(rows: bytes, before: int) -> None:
    sheet = b"<worksheet><sheetData>" + b" " * before + rows + b"</sheetData></worksheet>"
    said = refusal(archive(**{"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": sheet})).message
    assert said.startswith(("A sheet reaches", "The workbook is damaged"))


@pytest.mark.parametrize("part", [b"x<sheetData><row r='9'/>", b"<sst><si>", "<sheetData/>".encode("utf-16")])
def test_a_sheet_that_is_no_sound_xml_is_not_handed_to_a_laxer_reader(part: bytes) -> None:
    content = archive(**{"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": part + b"<"})
    assert refusal(content).code == "portfolio_unreadable"


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_safety, "MAX_UNPACKED_BYTES", 1_000_000)
    bomb = archive(**{"xl/workbook.xml": b"<w/>", "xl/media/zeros": bytes(1_000_000)})
    assert "unpacks to 1000004 bytes" in refusal(bomb).message


def test_a_text_repeated_in_every_cell_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_safety, "MAX_TEXT_BYTES", 50_000)
    assert "which is too much" in refusal(workbook([["x" * 2_000] * 30] * 2)).message


# --- limits


@pytest.mark.parametrize("make", [table, lambda *rows: workbook([list(NAMES), *map(list, rows)])], ids=["csv", "xlsx"])
def test_rows_up_to_the_limit_are_read_and_one_more_is_refused(make, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - two makers of one shape
    monkeypatch.setattr(portfolio_files, "MAX_ROWS", 3)
    row = ["x"] * len(NAMES)
    assert len(cells(make(row, row, row))) == 3
    assert refusal(make(row, row, row, row)).fix


def test_bytes_up_to_the_limit_are_read_and_one_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = table(["x"] * len(NAMES))
    monkeypatch.setattr(portfolio_files, "MAX_BYTES", len(content))
    assert cells(content)
    assert isinstance(refusal(content + b"\n"), TooLarge)


# --- checks and templates


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+55 11 96123-4567", "+5511961234567"),
        ("+971501234567", "+971501234567"),
        ("5511961234567", None),
        ("+5511", None),
        ("+551196123456x9", None),
        ("nobody", None),
    ],
)
def test_phones_are_kept_in_e164(text: str, number: str | None) -> None:
    assert e164(text) == number


@pytest.mark.parametrize(("text", "address"), [("Ana@EXAMPLE.com", "Ana@example.com"), ("ana@", None), ("ana", None)])
def test_mail_addresses_are_normalised(text: str, address: str | None) -> None:
    assert mailbox(text) == address


@pytest.mark.parametrize("template", [template_csv(), template_xlsx()], ids=["csv", "xlsx"])
def test_a_template_has_every_column_and_no_row(template: bytes) -> None:
    opened = open_table(template)
    assert (list(opened.names), list(opened.rows)) == (NAMES, [])


# --- the sample that ships


@pytest.fixture(scope="module")
def loans() -> list[LoanRow]:
    outcomes = list(read_portfolio(make_portfolio(TODAY), checks=CHECKS))
    assert [outcome for outcome in outcomes if isinstance(outcome, RowErrors)] == []
    return [outcome for outcome in outcomes if isinstance(outcome, LoanRow)]


def test_the_sample_has_eighteen_loans_or_more_in_each_country(loans: list[LoanRow]) -> None:
    assert all(count >= 18 for count in Counter(loan.country for loan in loans).values())
    assert len(loans) >= 72


def test_the_sample_raises_no_doubt_about_any_number(loans: list[LoanRow]) -> None:
    assert [loan.warnings for loan in loans if loan.warnings] == []


def test_the_sample_is_overdue_on_its_day(loans: list[LoanRow]) -> None:
    assert all(loan.overdue_on(TODAY) for loan in loans)


def test_the_sample_spans_products_powertrains_and_zones(loans: list[LoanRow]) -> None:
    assert {loan.product for loan in loans} == {"loan", "lease", "murabaha", "ijara"}
    assert len({loan.vehicle.powertrain for loan in loans}) == 4
    assert {"ID-JK", "ID-BA", "ID-PA", "BR-AC", "BR-AM", "BR-SP"} <= {loan.debtor.subdivision for loan in loans}


def test_some_debtors_have_two_loans(loans: list[LoanRow]) -> None:
    held = Counter((loan.country, loan.debtor.id_value) for loan in loans)
    assert sorted(held.values())[-8:] == [2] * 8
    assert max(held.values()) == 2


def test_vehicles_and_contracts_are_each_their_own(loans: list[LoanRow]) -> None:
    assert len({loan.vehicle.vin for loan in loans}) == len({loan.contract_no for loan in loans}) == len(loans)


def test_every_mailbox_of_the_sample_is_nobodys(loans: list[LoanRow]) -> None:
    assert {str(loan.debtor.email).partition("@")[2] for loan in loans} == {"example.com", "example.org"}


@pytest.mark.parametrize("days", range(0, 400, 13))
def test_the_sample_is_valid_and_overdue_on_any_day(days: int) -> None:
    today = TODAY + timedelta(days=days)
    for outcome in read_portfolio(make_portfolio(today), checks=CHECKS):
        assert isinstance(outcome, LoanRow)
        assert outcome.overdue_on(today)


def test_the_shipped_files_are_what_the_maker_makes() -> None:
    assert (SAMPLES / "portfolio.csv").read_bytes() == make_portfolio(TODAY)
    assert (SAMPLES / "portfolio_template.csv").read_bytes() == template_csv()


def test_importing_the_sample_as_a_workbook_gives_the_same_fingerprints(loans: list[LoanRow]) -> None:
    text = make_portfolio(TODAY).decode()
    rows = [list(row.cells) for row in delimited.rows(text, known=NAMES, code="x")]
    again = list(read_portfolio(workbook([list[object](row) for row in rows]), checks=CHECKS))
    assert [row.fingerprint for row in again if isinstance(row, LoanRow)] == [loan.fingerprint for loan in loans]
