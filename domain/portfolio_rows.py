"""Reading a portfolio row: every value is checked, and everything wrong with the row is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from domain import portfolio
from domain.errors import Invalid
from domain.identity import IdentityFinding
from domain.loans import Product
from domain.money import Money, total
from domain.portfolio import (
    Checks,
    DebtorDetails,
    DueInstalment,
    FieldError,
    GuarantorDetails,
    LoanRow,
    RowErrors,
)
from domain.portfolio_cells import Cells
from domain.portfolio_schedule import allocate_paid, due_dates, paid_before
from domain.vehicles import FIRST_YEAR, LAST_YEAR, Powertrain, Vehicle, check_vin

MAX_INSTALMENTS: Final = 480  # forty years of months
YEARS: Final = range(FIRST_YEAR, LAST_YEAR + 1)
PAID_COLUMNS: Final = ("paid_total", "paid_instalments", "overdue_since")

_CONTRACT = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,39}")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3}))?")


def read_rows(
    names: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], *, checks: Checks
) -> Iterator[LoanRow | RowErrors]:
    """Each row of a file as a loan or as its errors, in order; ``names`` come from ``check_header``.

    ``rows`` are line numbers with their cells. A contract number that comes again in the file is an error of the
    later row.
    """
    first_lines: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != len(names):
            yield RowErrors(line, (_width_error(names, cells),))
            continue
        outcome = read_row(line, dict(zip(names, cells, strict=True)), checks=checks)
        if isinstance(outcome, LoanRow):
            first = first_lines.setdefault(outcome.contract_no, line)
            if first != line:
                yield RowErrors(line, (_double_error(outcome.contract_no, first),))
                continue
        yield outcome


def read_row(line: int, cells: Mapping[str, str], *, checks: Checks) -> LoanRow | RowErrors:
    """One row as a loan, or everything that is wrong with it."""
    reading = _Row(cells, checks)
    row = reading.loan(line)
    if reading.errors or row is None:
        return RowErrors(line, tuple(reading.errors))
    return row


def _width_error(names: Sequence[str], cells: Sequence[str]) -> FieldError:
    return FieldError(
        field=names[min(len(cells), len(names) - 1)],
        value=str(len(cells)),
        code="row_width",
        message=f"The row has {len(cells)} values, the header {len(names)} columns.",
        fix="Give one value per column, and quote values that hold the delimiter.",
    )


def _double_error(contract_no: str, first: int) -> FieldError:
    return FieldError(
        field="contract_no",
        value=contract_no,
        code="contract_double",
        message=f"The contract is already on line {first}.",
        fix="Keep one row per contract.",
    )


class _Row(Cells):
    """One row being read as a loan; methods give a value, or note an error and give ``None``."""

    def __init__(self, cells: Mapping[str, str], checks: Checks) -> None:
        super().__init__(cells)
        self.checks = checks
        self.warnings: list[FieldError] = []
        self.debtor_id: str | None = None  # in its stored form, once it was read

    def loan(self, line: int) -> LoanRow | None:
        contract_no = self.matched("contract_no", _CONTRACT, "Use up to 40 letters, digits, and . / _ - inside.")
        creditor_ref = self.text("creditor_ref", limit=60)
        country = self.country()
        product = self.choice("product", portfolio.PRODUCTS)
        currency = self.currency(country)
        debtor = self.debtor(country)
        guarantor = self.guarantor(country)
        vehicle = self.vehicle()
        frequency = self.choice("frequency", portfolio.FREQUENCIES) if self.given("frequency") else "monthly"
        principal = self.amount("principal", currency)
        late_fee = self.amount("late_fee", currency, zero=True)
        instalments = self.instalments(currency, frequency)
        self.balances(principal, instalments)
        if not (contract_no and country and product and currency and debtor and vehicle):
            return None
        if not (frequency and principal and instalments):
            return None
        return LoanRow(
            line=line,
            contract_no=contract_no,
            creditor_ref=creditor_ref,
            country=country,
            product=Product(product),
            currency=currency,
            debtor=debtor,
            vehicle=vehicle,
            principal=principal,
            frequency=frequency,
            instalments=instalments,
            late_fee=late_fee,
            guarantor=guarantor,
            warnings=tuple(self.warnings),
        )

    def debtor(self, country: str | None) -> DebtorDetails | None:
        name = self.text("debtor_name")
        kind = self.choice("debtor_kind", portfolio.DEBTOR_KINDS)
        id_scheme, id_value = self.identity(country, kind)
        self.debtor_id = id_value
        email, phone, address = self.email("email"), self.phone("phone"), self.text("address")
        if not any(self.given(field) for field in ("email", "phone", "address")):
            self.wrong("email", "contact_missing", "The debtor cannot be reached.", "Give an e-mail, phone or address.")
        details = DebtorDetails(
            name=name or "",
            kind=kind or "",
            id_scheme=id_scheme or "",
            id_value=id_value or "",
            email=email,
            phone=phone,
            address=address,
            city=self.text("city"),
            postal_code=self.text("postal_code", limit=20),
            subdivision=self.subdivision("subdivision", country),
            preferred_locale=self.locale(),
            preferred_channel=self.choice("preferred_channel", portfolio.CHANNELS),
            consents=self.words("consents", self.checks.consents(country) if country else None),
            registries=self.words("registries", self.checks.registries(country) if country else None),
        )
        return details if name and kind and id_scheme and id_value else None

    def guarantor(self, country: str | None) -> GuarantorDetails | None:
        columns = [column.name for column in portfolio.COLUMNS if column.name.startswith("guarantor_")]
        if not any(self.given(column) for column in columns):
            return None
        for column in ("guarantor_name", "guarantor_id_scheme", "guarantor_id_value"):
            if not self.given(column):
                self.wrong(column, "value_missing", "A guarantor is named in part.", "Fill it in, or leave all empty.")
        name = self.text("guarantor_name")
        kind = self.choice("guarantor_kind", portfolio.DEBTOR_KINDS) if self.given("guarantor_kind") else "person"
        id_scheme, id_value = self.identity(country, kind, of="guarantor_")
        details = GuarantorDetails(
            name=name or "",
            kind=kind or "",
            id_scheme=id_scheme or "",
            id_value=id_value or "",
            email=self.email("guarantor_email"),
            phone=self.phone("guarantor_phone"),
            subdivision=self.subdivision("guarantor_subdivision", country),
        )
        if id_value is not None and (id_scheme, id_value) == (self.text("id_scheme"), self.debtor_id):
            self.wrong("guarantor_id_value", "guarantor_is_debtor", "It is the debtor's own.", "Name somebody else.")
            return None
        return details if name and kind and id_scheme and id_value else None

    def vehicle(self) -> Vehicle | None:
        vin = self.vin()
        make, model = self.text("make", limit=60), self.text("model", limit=60)
        year = self.count("year", YEARS)
        powertrain = self.choice("powertrain", portfolio.POWERTRAINS)
        plate = self.text("plate", limit=20)
        if not (vin and make and model and year and powertrain):
            return None
        return Vehicle(vin, make, model, year, Powertrain(powertrain), plate)

    def vin(self) -> str | None:
        value = self.text("vin", limit=30)
        if value is None:
            return None
        finding = check_vin(value)
        if finding.normalised is None:
            fix = "A VIN has 17 letters and digits, without I, O and Q."
            self.wrong("vin", "vin_invalid", f"It is no vehicle identification number ({finding.reason}).", fix)
            return None
        self.doubted("vin", value, finding)
        return finding.normalised

    def instalments(self, currency: str | None, frequency: str | None) -> tuple[DueInstalment, ...] | None:
        amount = self.amount("instalment_amount", currency)
        last = self.amount("last_instalment_amount", currency)
        count = self.count("instalments_total", range(1, MAX_INSTALMENTS + 1))
        first = self.day("first_due_date")
        paid_by = self.paid_column()
        if not (amount and count and first and frequency and paid_by):
            return None
        dates = due_dates(first=first, frequency=frequency, count=count)
        amounts = (*(amount,) * (count - 1), last or amount)
        paid = self.paid(paid_by, dates, amounts)
        if paid is None:
            return None
        try:
            return allocate_paid(dates, amounts, paid)
        except Invalid as error:
            self.refused(paid_by, error)
            return None

    def paid_column(self) -> str | None:
        """The one of the three paid columns that is filled."""
        filled = [field for field in PAID_COLUMNS if self.given(field)]
        if len(filled) == 1:
            return filled[0]
        self.wrong(
            filled[1] if filled else "paid_total",
            "paid_ambiguous" if filled else "paid_missing",
            f"{' and '.join(filled)} are both filled." if filled else "Nothing says what is paid so far.",
            f"Fill exactly one of {', '.join(PAID_COLUMNS)}; paid_total is 0 where nothing is paid.",
        )
        return None

    def paid(self, field: str, dates: tuple[date, ...], amounts: tuple[Money, ...]) -> Money | None:
        currency = amounts[0].currency
        if field == "paid_total":
            return self.amount("paid_total", currency, zero=True)
        if field == "paid_instalments":
            number = self.count(field, range(len(amounts) + 1))
            return None if number is None else total(amounts[:number], currency)
        since = self.day(field)
        if since is None:
            return None
        try:
            return total(amounts[: paid_before(dates, since)], currency)
        except Invalid as error:
            self.refused(field, error)
            return None

    def balances(self, principal: Money | None, instalments: tuple[DueInstalment, ...] | None) -> None:
        """The control figures: principal within the schedule, and what is outstanding as stated."""
        if not instalments:
            self.amount("outstanding", None, zero=True)
            return
        currency = instalments[0].amount.currency
        scheduled = total([one.amount for one in instalments], currency)
        left = scheduled - total([one.paid for one in instalments], currency)
        if principal and principal > scheduled:
            self.wrong(
                "principal",
                "principal_exceeds_schedule",
                f"The principal is more than all instalments, {scheduled}.",
                "Correct the principal, or the amount or number of instalments.",
            )
        stated = self.amount("outstanding", currency, zero=True)
        if stated is not None and stated != left:
            self.wrong(
                "outstanding",
                "outstanding_mismatch",
                f"The instalments less what is paid are {left}.",
                "Correct it, or leave it empty; late charges stand in late_fee.",
            )

    def country(self) -> str | None:
        value = self.text("country", limit=2)
        if value is None:
            return None
        if value not in self.checks.countries:
            served = ", ".join(self.checks.countries)
            self.wrong("country", "country_unknown", "The country is not served.", f"Use one of: {served}.")
            return None
        return value

    def currency(self, country: str | None) -> str | None:
        value = self.text("currency", limit=3)
        allowed = self.checks.currencies(country) if country else None
        if value is None or allowed is None:
            return None
        if value not in allowed:
            message = f"Claims in {country} are not kept in this currency."
            self.wrong("currency", "currency_not_of_country", message, f"Use one of: {', '.join(allowed)}.")
            return None
        return value

    def identity(self, country: str | None, kind: str | None, *, of: str = "") -> tuple[str | None, str | None]:
        """Scheme and normal form of the identity number in the columns that begin with ``of``."""
        scheme, value = self.text(f"{of}id_scheme", limit=40), self.text(f"{of}id_value", limit=60)
        if not (scheme and value and country and kind):
            return None, None
        schemes = self.checks.schemes(country, kind)
        finding = self.checks.identity(country, scheme, value) if scheme in schemes else None
        if finding is None:
            message = f"It is no identity number of a {kind} in {country}."
            self.wrong(f"{of}id_scheme", "id_scheme_unknown", message, f"Use one of: {', '.join(schemes)}.")
            return None, None
        if not finding.valid or finding.normalised is None:
            reason = finding.reason or "the check fails"
            fix = "Correct it; in a spreadsheet, keep the column as text."
            self.wrong(f"{of}id_value", "id_invalid", f"It is no valid {scheme}: {reason}.", fix)
            return None, None
        self.doubted(f"{of}id_value", value, finding)
        return scheme, finding.normalised

    def doubted(self, field: str, value: str, finding: IdentityFinding) -> None:
        for doubt in finding.warnings:
            self.warnings.append(FieldError(field, value, doubt, "The number is possible but doubtful.", "Compare it."))

    def words(self, field: str, known: frozenset[str] | None) -> tuple[str, ...] | None:
        """Words with blanks between, each once; ``none`` says that there are none, an empty column says nothing."""
        value = self.text(field)
        if value is None or known is None:
            return None
        found = tuple(sorted({word.strip(",;").lower() for word in value.split()} - {"none", ""}))
        unknown = [word for word in found if word not in known]
        if unknown:
            message = f"{', '.join(unknown)} is no word of the country's rules."
            listed = ", ".join(sorted(known | {"none"}))
            self.wrong(field, "word_unknown", message, f"Use, with blanks between: {listed}.")
            return None
        return found

    def subdivision(self, field: str, country: str | None) -> str | None:
        value = self.text(field, limit=6)
        if value is None or country is None:
            return None
        if not self.checks.subdivision(country, value):
            message = f"It is no subdivision of {country} in ISO 3166-2."
            self.wrong(field, "subdivision_unknown", message, f"Write it as {country}-XX, or leave it empty.")
            return None
        return value

    def email(self, field: str) -> str | None:
        value = self.text(field, limit=254)
        normal = None if value is None else self.checks.email(value)
        if value is not None and normal is None:
            self.wrong(field, "email_invalid", "It is no e-mail address.", "Write it as name@example.com.")
        return normal

    def phone(self, field: str) -> str | None:
        value = self.text(field, limit=30)
        normal = None if value is None else self.checks.phone(value)
        if value is not None and normal is None:
            fix = "Write it with + and country code, such as +5511961234567, in a text column."
            self.wrong(field, "phone_invalid", "It is no valid international phone number.", fix)
        return normal

    def locale(self) -> str | None:
        value = self.text("preferred_locale", limit=20)
        normal = None if value is None else value.replace("-", "_")
        if normal is not None and not _LOCALE.fullmatch(normal):
            self.wrong("preferred_locale", "locale_malformed", "It is no locale.", "Write it as pt_BR, th or ar.")
            return None
        return normal
