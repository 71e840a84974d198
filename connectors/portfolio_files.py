"""Portfolio files: CSV and XLSX as rows of text, the checks that countries bring, and the template to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import phonenumbers
import pycountry
import xlsxwriter
from email_validator import EmailNotValidError, validate_email

from connectors import workbooks
from connectors.shared import delimited
from domain.contact_words import consents_of, registries_of
from domain.countries import Country
from domain.errors import Invalid, TooLarge
from domain.identity import IdentityFinding, IdentityScheme
from domain.portfolio import BY_NAME, COLUMNS, Checks, LoanRow, RowErrors, check_header
from domain.portfolio_rows import read_rows

MAX_BYTES: Final = 50 * 1024 * 1024
MAX_ROWS: Final = 200_000
UNREADABLE: Final = "portfolio_unreadable"
_LONGEST_NAME: Final = 100  # characters; no spreadsheet's column has a longer name


@dataclass(frozen=True, slots=True)
class Table:
    """A readable portfolio file: its columns in the file's order and its rows, lazily, as line number and cells."""

    names: tuple[str, ...]
    rows: Iterator[tuple[int, tuple[str, ...]]]


def read_portfolio(content: bytes, *, checks: Checks) -> Iterator[LoanRow | RowErrors]:
    """Every row of a CSV or XLSX file as a loan or as its errors, in the file's order, lazily.

    Before the first row it raises ``portfolio_too_large`` (50 MiB, 200,000 rows), ``portfolio_unreadable`` or
    ``header_wrong``; a table that breaks in the middle raises ``portfolio_unreadable`` with its line.
    """
    table = open_table(content)
    return read_rows(table.names, table.rows, checks=checks)


def open_table(content: bytes) -> Table:
    """The file's columns and rows; raises as ``read_portfolio`` does."""
    if len(content) > MAX_BYTES:
        raise _too_large(f"The file has {len(content)} bytes", f"{MAX_BYTES} bytes", MAX_BYTES)
    is_book = workbooks.is_workbook(content)
    rows = workbooks.rows(content, code=UNREADABLE, max_rows=MAX_ROWS + 1) if is_book else _csv_rows(content)
    header = next(rows, None)
    if header is None:
        raise Invalid(UNREADABLE, "The file is empty.", fix="Start from the template file.", line=1)
    if not is_book and _is_no_header(header.cells):
        raise Invalid(
            UNREADABLE, "The file holds no table of a portfolio.", fix="Start from the template file.", line=header.line
        )
    names = check_header(header.cells)
    return Table(names, ((row.line, row.cells) for row in rows))


def _is_no_header(cells: tuple[str, ...]) -> bool:
    """Whether a line of text is not even the header of another table: no column known, and no row of short names."""
    if any(cell.lower() in BY_NAME for cell in cells):
        return False
    return len(cells) == 1 or any(len(cell) > _LONGEST_NAME or not cell.isprintable() for cell in cells)


def _csv_rows(content: bytes) -> Iterator[delimited.TextRow]:
    kind = delimited.kind_of(content)
    if kind is not None:
        raise Invalid(
            UNREADABLE,
            f"The file is {kind}, not a CSV or XLSX table.",
            fix="Save the sheet as CSV UTF-8 or XLSX.",
            line=1,
        )
    text = delimited.text_of(content, code=UNREADABLE)

    def rows() -> Iterator[delimited.TextRow]:
        return delimited.rows(text, known=tuple(BY_NAME), code=UNREADABLE)

    # Line breaks bound the rows from above, so only a file that may be too long is read twice.
    if content.count(b"\n") > MAX_ROWS and sum(1 for _ in rows()) > MAX_ROWS + 1:
        raise _too_large("The file has more rows", f"{MAX_ROWS} rows", MAX_ROWS)
    return rows()


def _too_large(what: str, limit: str, number: int) -> TooLarge:
    return TooLarge(
        "portfolio_too_large",
        f"{what}; the limit is {limit}.",
        fix="Split the file and import its parts.",
        limit=number,
    )


def checks_of(countries: Mapping[str, Country]) -> Checks:
    """The checks of the served countries, by ISO 3166-1 code; phones, e-mail and subdivisions come from libraries."""

    def schemes(country: str, kind: str) -> tuple[str, ...]:
        return tuple(scheme.code for scheme in countries[country].identity if _holds(scheme, kind))

    def identity(country: str, scheme: str, value: str) -> IdentityFinding | None:
        found = next((one for one in countries[country].identity if one.code == scheme), None)
        return None if found is None else found.check(value)

    return Checks(
        countries=tuple(sorted(countries)),
        currencies=lambda code: countries[code].currencies if code in countries else None,
        schemes=schemes,
        identity=identity,
        subdivision=lambda country, code: code in countries[country].subdivisions or _is_subdivision(country, code),
        phone=e164,
        email=mailbox,
        consents=lambda code: consents_of(countries[code].contact_rules),
        registries=lambda code: registries_of(countries[code].contact_rules),
    )


def _holds(scheme: IdentityScheme, kind: str) -> bool:
    return scheme.person if kind == "person" else scheme.company


def _is_subdivision(country: str, code: str) -> bool:
    found: Any = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]  # pycountry ships partial types
    return found is not None and bool(found.country_code == country)


def e164(text: str) -> str | None:
    """A phone number in E.164, or ``None``; it must begin with ``+`` and be valid by the numbering plan."""
    if not text.startswith("+"):
        return None
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mailbox(text: str) -> str | None:
    """An e-mail address in normal form, or ``None``; nobody is asked whether it exists."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def template_csv() -> bytes:
    """The header line of the portfolio file, in UTF-8 with a byte order mark so that spreadsheets know it."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([column.name for column in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def template_xlsx() -> bytes:
    """A workbook to fill in: text columns, so that no identity number loses a digit, and a sheet that explains them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        as_text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet, legend = book.add_worksheet("portfolio"), book.add_worksheet("columns")
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, max(12, len(column.name) + 2), as_text)
            sheet.write_string(0, index, column.name, bold)
            required = "required" if column.required else "optional"
            for place, words in enumerate((column.name, required, column.holds, column.example)):
                legend.write_string(index, place, words)
        sheet.freeze_panes(1, 1)
        legend.set_column(2, 2, 90)
    return out.getvalue()
