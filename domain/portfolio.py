"""The portfolio file: which columns it has, what a good row states, and what changed since it was last imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from domain.errors import Invalid
from domain.identity import IdentityFinding
from domain.loans import Product
from domain.money import Money, total
from domain.vehicles import Powertrain, Vehicle

PRODUCTS: Final = tuple(product.value for product in Product)
DEBTOR_KINDS: Final = ("person", "company")
FREQUENCIES: Final = ("weekly", "monthly", "quarterly")
POWERTRAINS: Final = tuple(powertrain.value for powertrain in Powertrain)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the portfolio file: its name, whether every row fills it, what it holds, and an example."""

    name: str
    required: bool
    holds: str
    example: str = ""


COLUMNS: Final = (
    Column(
        "contract_no",
        True,
        "Number of the contract, unique per creditor; up to 40 letters, digits, . / _ -",
        "BR-2024-0001",
    ),
    Column("creditor_ref", False, "The creditor's own reference, up to 60 characters", "SAP-881204"),
    Column("country", True, "Country of the debtor and the claim, ISO 3166-1, two letters", "BR"),
    Column("product", True, f"One of: {', '.join(PRODUCTS)}", "loan"),
    Column("currency", True, "Currency of every amount in the row, ISO 4217, one of the country's", "BRL"),
    Column("debtor_name", True, "Full name of the person or company, up to 200 characters", "Ana Souza"),
    Column("debtor_kind", True, f"One of: {', '.join(DEBTOR_KINDS)}", "person"),
    Column("id_scheme", True, "Which identity number it is, by its name in the country", "cpf"),
    Column("id_value", True, "The identity number, as text; it is checked", "390.533.447-05"),
    Column("email", False, "E-mail address; a row needs an e-mail, a phone or an address", "ana.souza@example.com"),
    Column("phone", False, "Phone number with country code (E.164)", "+5511961234567"),
    Column("address", False, "Street and number", "Rua das Flores 10"),
    Column("city", False, "Town or city", "São Paulo"),
    Column("postal_code", False, "Postal code, as text", "01310-100"),
    Column("subdivision", False, "State or province, ISO 3166-2; it decides the debtor's time zone", "BR-SP"),
    Column("preferred_locale", False, "Language for notices", "pt_BR"),
    Column("preferred_channel", False, "One of: email, sms, letter, phone", "email"),
    Column("vin", True, "Vehicle identification number, 17 characters (ISO 3779)", "LSJW74095PZ000012"),
    Column("make", True, "Brand of the vehicle", "BYD"),
    Column("model", True, "Model of the vehicle", "Dolphin"),
    Column("year", True, "Model year", "2024"),
    Column("powertrain", True, f"One of: {', '.join(POWERTRAINS)}", "battery_electric"),
    Column("plate", False, "Registration plate", "ABC1D23"),
    Column("principal", True, "Amount financed, at most the sum of all instalments", "90000.00"),
    Column("instalment_amount", True, "Amount of each instalment", "2500.00"),
    Column("instalments_total", True, "Number of instalments, 1 to 480", "48"),
    Column("last_instalment_amount", False, "Amount of the last instalment where it differs (balloon, residual)", ""),
    Column("first_due_date", True, "Due date of the first instalment, YYYY-MM-DD", "2024-03-15"),
    Column("frequency", False, f"One of: {', '.join(FREQUENCIES)}; monthly when empty", "monthly"),
    Column("paid_total", False, "Total paid so far; exactly one of the three paid columns is filled", "60000.00"),
    Column("paid_instalments", False, "Number of instalments fully paid so far", ""),
    Column("overdue_since", False, "Due date of the oldest instalment not paid, YYYY-MM-DD", ""),
    Column("outstanding", False, "Control: the instalments' sum less what is paid", "60000.00"),
    Column("late_fee", False, "Late charges already due and not paid", "50.00"),
    Column(
        "consents", False, "What the debtor agreed to: channels, and words of the country's rules; or none", "email"
    ),
    Column(
        "registries", False, "Registers that the debtor is on, by the words of the country's rules; or none", "none"
    ),
    Column("guarantor_name", False, "Full name of a guarantor; then scheme and number are filled too", "Rui Souza"),
    Column("guarantor_kind", False, f"One of: {', '.join(DEBTOR_KINDS)}; person when empty", "person"),
    Column("guarantor_id_scheme", False, "Which identity number of the guarantor it is", "cpf"),
    Column("guarantor_id_value", False, "The guarantor's identity number, as text; it is checked", "529.982.247-25"),
    Column("guarantor_email", False, "E-mail address of the guarantor", "rui.souza@example.com"),
    Column("guarantor_phone", False, "Phone number of the guarantor with country code (E.164)", "+5511961234568"),
    Column("guarantor_subdivision", False, "State or province of the guarantor, ISO 3166-2", "BR-SP"),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
CHANNELS: Final = ("email", "sms", "letter", "phone")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value of a row, and what to do about it. ``field`` is a column's name."""

    field: str
    value: str
    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class RowErrors:
    """A row that cannot be imported: its line in the file (the header is line 1) and everything wrong with it."""

    line: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class DebtorDetails:
    """Who owes: identity number in its stored form, phone in E.164, locale in the form ``pt_BR``."""

    name: str
    kind: str
    id_scheme: str
    id_value: str
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    subdivision: str | None
    preferred_locale: str | None
    preferred_channel: str | None
    consents: tuple[str, ...] | None = None  # None where the file says nothing
    registries: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GuarantorDetails:
    """Who answers for the loan beside the debtor; identity number and phone as of a debtor."""

    name: str
    kind: str
    id_scheme: str
    id_value: str
    email: str | None
    phone: str | None
    subdivision: str | None


@dataclass(frozen=True, slots=True)
class DueInstalment:
    """One instalment of a loan that has no identifier yet, and how much of it is paid; numbers start at 1."""

    number: int
    due_date: date
    amount: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A valid row: everything needed to open a party, a loan with its schedule and a vehicle."""

    line: int
    contract_no: str
    creditor_ref: str | None
    country: str
    product: Product
    currency: str
    debtor: DebtorDetails
    vehicle: Vehicle
    principal: Money
    frequency: str
    instalments: tuple[DueInstalment, ...]
    late_fee: Money | None
    guarantor: GuarantorDetails | None = None
    warnings: tuple[FieldError, ...] = field(default=(), compare=False)

    @property
    def paid_total(self) -> Money:
        """What has been paid on the instalments so far."""
        return total([instalment.paid for instalment in self.instalments], self.currency)

    @property
    def outstanding(self) -> Money:
        """What is left of the instalments, due or not, without late charges."""
        return total([instalment.amount - instalment.paid for instalment in self.instalments], self.currency)

    def overdue_on(self, day: date) -> Money:
        """What was due before a day and is not paid."""
        late = [instalment for instalment in self.instalments if instalment.due_date < day]
        return total([instalment.amount - instalment.paid for instalment in late], self.currency)

    @property
    def fingerprint(self) -> str:
        """``terms:balance``, two SHA-256 in hex over the canonical content; spelling and line number do not count."""
        return f"{_digest(_terms(self))}:{_digest(_balance(self))}"


class RowChange(StrEnum):
    """What a row is to what was imported before."""

    NEW = "new"
    UNCHANGED = "unchanged"
    BALANCE = "balance"  # only what is paid or charged changed
    TERMS = "terms"  # contract, debtor, vehicle or schedule changed; the balance may have, too


def compare(known: str | None, new: str) -> RowChange:
    """What changed between the fingerprint kept for a contract (``None``: never seen) and that of its new row."""
    if known is None:
        return RowChange.NEW
    if known == new:
        return RowChange.UNCHANGED
    same_terms = known.partition(":")[0] == new.partition(":")[0]
    return RowChange.BALANCE if same_terms else RowChange.TERMS


@dataclass(frozen=True, slots=True)
class Checks:
    """What only the countries' folders and libraries know, handed in so that reading a row stays pure.

    ``currencies`` is ``None`` for a country that is not served; ``identity`` is ``None`` for a scheme that the
    country does not have or that the kind of debtor cannot hold; ``phone`` gives E.164 or ``None``; ``email`` the
    normal form or ``None``; ``schemes`` names the schemes of a country for a kind of debtor; ``consents`` and
    ``registries`` are the words that its rules on contact know.
    """

    countries: tuple[str, ...]
    currencies: Callable[[str], tuple[str, ...] | None]
    schemes: Callable[[str, str], tuple[str, ...]]
    identity: Callable[[str, str, str], IdentityFinding | None]
    subdivision: Callable[[str, str], bool]
    phone: Callable[[str], str | None]
    email: Callable[[str], str | None]
    consents: Callable[[str], frozenset[str]]
    registries: Callable[[str], frozenset[str]]


def check_header(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns of a header in its order; missing, unknown and double ones raise one ``header_wrong`` naming all."""
    names = tuple(cell.strip().lower() for cell in cells)
    missing = [column.name for column in COLUMNS if column.required and column.name not in names]
    unknown = [cell for cell, name in zip(cells, names, strict=True) if name not in BY_NAME]
    double = sorted({name for name in names if name in BY_NAME and names.count(name) > 1})
    problems = (("missing", missing), ("unknown", unknown), ("given twice", double))
    if missing or unknown or double:
        said = "; ".join(f"{word}: {', '.join(repr(name) for name in found)}" for word, found in problems if found)
        raise Invalid(
            "header_wrong",
            f"Line 1: columns {said}.",
            fix="Use the header of the template file; its optional columns may be left out.",
            line=1,
            missing=missing,
            unknown=unknown,
            duplicate=double,
        )
    return names


def _terms(row: LoanRow) -> dict[str, Any]:
    debtor = asdict(row.debtor)
    # What a file leaves out is left out here too, so that fingerprints of files without these columns stay as they are.
    said = {name: debtor.pop(name) for name in ("consents", "registries")} | {
        "guarantor": None if row.guarantor is None else asdict(row.guarantor)
    }
    return {name: value for name, value in said.items() if value is not None} | {
        "contract": [row.contract_no, row.creditor_ref, row.country, row.product, row.currency],
        "debtor": debtor,
        "vehicle": asdict(row.vehicle),
        "principal": row.principal.minor,
        "schedule": [[one.due_date.isoformat(), one.amount.minor] for one in row.instalments],
    }


def _balance(row: LoanRow) -> dict[str, Any]:
    return {"paid": row.paid_total.minor, "late_fee": None if row.late_fee is None else row.late_fee.minor}


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
