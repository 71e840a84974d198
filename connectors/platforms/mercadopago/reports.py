"""Mercado Pago's reports as CSV: settlement ("account money", every movement) and release ("released money").

Settlement, one row a movement: ``SETTLEMENT_NET_AMOUNT`` is what the balance moved by, ``TRANSACTION_AMOUNT`` the
gross; ``FEE_AMOUNT`` (or its parts) is below zero where it was kept, ``TAXES_AMOUNT`` likewise. Release:
``NET_CREDIT_AMOUNT`` less ``NET_DEBIT_AMOUNT`` moves the available balance; fees and taxes are below zero where they
were kept. A row must add up (``net = gross - fee - tax``), and a release report's ``total`` must be what its rows make,
with or without the ``initial_available_balance``, for the documentation says both. ``available_balance`` rows tell a
balance and move none.

Each is its own family: both tell the same payments, by other names and on other days (approved, released), so one
connection keeps to one of them.

A payment is named by ``SOURCE_ID``, as the receipt is. Which refund of a payment a row is of, the documentation does
not say, so a refund meets its line by amount and day, as a proposal. Neither report needs a currency column, but
without one it cannot be read: choose ``SETTLEMENT_CURRENCY`` or ``CURRENCY`` in the report's settings, and column names
untranslated.

Unread: ``REAL_AMOUNT`` (a running result), ``COUPON_AMOUNT``, ``SELLER_AMOUNT``, ``TAX_AMOUNT_TELCO``,
``TAXES_DISAGGREGATED`` (two notations are seen), ``METADATA``, ``BALANCE_AMOUNT``. A row to which one of them matters
does not add up and is refused by name. A ``DESCRIPTION`` that is not listed here is a credit or a debit.

Source: Mercado Pago's documentation, "Account balance" and "Releases" report fields
(https://www.mercadopago.com.br/developers/en/docs/reports/account-money/report-fields and
…/released-money/report-fields, and their sources in the public repository mercadopago/devsite-docs, read 2026-11). The
signs of fees and taxes are as published examples of files show them: confidence medium, held up by the sum of each row.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from connectors.statement_files.faults import line_unreadable, totals_mismatch
from connectors.statement_files.records import Tally
from connectors.statement_files.report_table import Key, Kinds, ReportRow, ReportTable, Totals, kind_of, movement
from domain.money import Money
from domain.statement_files import FileLine, LineKind

SETTLEMENT_FORMAT: Final = "mercadopago_settlement"
RELEASE_FORMAT: Final = "mercadopago_release"
_CURRENCIES: Final = ("SETTLEMENT_CURRENCY", "CURRENCY", "TRANSACTION_CURRENCY")
_FEE_PARTS: Final = ("MP_FEE_AMOUNT", "MKP_FEE_AMOUNT", "FINANCING_FEE_AMOUNT", "SHIPPING_FEE_AMOUNT")
_PAID_OUT: Final = (LineKind.PAYOUT, LineKind.PAYOUT_RETURNED)
_DISPUTED: Final = (LineKind.CHARGEBACK, LineKind.CHARGEBACK_WON)
_HELD: Final = (LineKind.RESERVE, LineKind.RESERVE_RELEASED)

_TYPES: Final[Kinds] = {
    "SETTLEMENT": LineKind.PAYMENT,
    "REFUND": LineKind.REFUND,
    "CHARGEBACK": _DISPUTED,
    "DISPUTE": _DISPUTED,
    "WITHDRAWAL": _PAID_OUT,
    "WITHDRAWAL_CANCEL": LineKind.PAYOUT_RETURNED,
    "PAYOUT": _PAID_OUT,
    "CASHBACK": LineKind.ADJUSTMENT,
    "SETTLEMENT_SHIPPING": LineKind.FEE,
    "REFUND_SHIPPING": LineKind.FEE,
    "CHARGEBACK_SHIPPING": LineKind.FEE,
    "DISPUTE_SHIPPING": LineKind.FEE,
}
_DESCRIPTIONS: Final[Kinds] = {
    "payment": LineKind.PAYMENT,
    "refund": LineKind.REFUND,
    "chargeback": _DISPUTED,
    "dispute": _DISPUTED,
    "mediation": _DISPUTED,
    "mediation_cancel": _DISPUTED,
    "payout": _PAID_OUT,
    "withdrawal": _PAID_OUT,
    "shipping": LineKind.FEE,
    "shipping_cancel": LineKind.FEE,
    "fee_release_in_advance": LineKind.FEE,
    "tax_withdholding": LineKind.TAX,  # spelt so
    "tax_withdholding_cancel": LineKind.TAX,
    "tax_payment_ibcf": LineKind.TAX,
    "tax_payment_ibcf_cancel": LineKind.TAX,
    "tax_payment_ibex": LineKind.TAX,
    "tax_payment_iibb": LineKind.TAX,
    "tax_payment_iibb_cancel": LineKind.TAX,
    "asset_management_gain": LineKind.ADJUSTMENT,
    "asset_management_loss": LineKind.ADJUSTMENT,
}
_RESERVES: Final = "reserve_for_"
_BALANCES: Final = frozenset({"initial_available_balance", "available_balance", "subtotal", "total"})


def _key(row: ReportRow) -> Key:
    for name in _CURRENCIES:
        if row.text(name) is not None:
            return row.text("USER_ID"), row.currency(name)
    raise line_unreadable(
        "the row states no currency.",
        line=row.line,
        fix="Choose the column SETTLEMENT_CURRENCY (or CURRENCY) in the report's settings and export it again.",
    )


def _settled(row: ReportRow, currency: str) -> FileLine:
    code, net = row.required("TRANSACTION_TYPE").upper(), row.money("SETTLEMENT_NET_AMOUNT", currency)
    at, source = row.moment("TRANSACTION_DATE"), row.required("SOURCE_ID")
    return movement(
        row,
        kind=kind_of(code, _TYPES, net),
        net=net,
        gross=row.money("TRANSACTION_AMOUNT", currency),
        fee=-(row.money("FEE_AMOUNT", currency) if row.text("FEE_AMOUNT") else _parts(row, currency)),
        tax=-row.money("TAXES_AMOUNT", currency),
        at=at,
        external_id=_name(source, code, at, net),
        references=(source, row.text("EXTERNAL_REFERENCE")),
        original=source if code in {"REFUND", "CHARGEBACK", "DISPUTE"} else None,
        payer_name=row.text("PAYER_NAME"),
        payer_document=row.text("PAYER_ID_NUMBER"),
        code=code,
    )


def _released(row: ReportRow, currency: str) -> FileLine:
    code = row.required("DESCRIPTION").lower()
    net = row.money("NET_CREDIT_AMOUNT", currency) - row.money("NET_DEBIT_AMOUNT", currency)
    at, source = row.moment("DATE"), row.required("SOURCE_ID")
    kind = (
        kind_of("reserve", {"reserve": _HELD}, net) if code.startswith(_RESERVES) else kind_of(code, _DESCRIPTIONS, net)
    )
    whole = row.text("GROSS_AMOUNT") is None
    return movement(
        row,
        kind=kind,
        net=net,
        gross=None if whole else row.money("GROSS_AMOUNT", currency),
        fee=None if whole else -_parts(row, currency),
        tax=None if whole else -row.money("TAXES_AMOUNT", currency),
        at=at,
        external_id=_name(source, code, at, net),
        references=(source, row.text("EXTERNAL_REFERENCE")),
        original=source if kind in {LineKind.REFUND, *_DISPUTED} else None,
        payer_document=row.text("PAYER_ID_NUMBER"),
        code=code,
    )


def _parts(row: ReportRow, currency: str) -> Money:
    summed = Money(0, currency)
    for name in _FEE_PARTS:
        summed += row.money(name, currency)
    return summed


def _name(source: str, code: str, at: datetime | date, net: Money) -> str:
    """A movement's identity: one source moves several times, and in both directions within a second."""
    return f"{source}/{code}/{at.isoformat()}/{'out' if net.minor < 0 else 'in'}"


def _record_type(row: ReportRow) -> str:
    return (row.text("RECORD_TYPE") or "release").lower()


class _ReleaseTotals(Totals):
    """The balance that a release report begins with, and its total."""

    def __init__(self) -> None:
        self._initial: Money | None = None
        self._total: tuple[int, Money] | None = None

    def beside(self, row: ReportRow, currency: str) -> bool:
        kind = _record_type(row)
        if kind not in _BALANCES:
            return False
        net = row.money("NET_CREDIT_AMOUNT", currency) - row.money("NET_DEBIT_AMOUNT", currency)
        if kind == "initial_available_balance":
            self._initial = net
        elif kind == "total":
            self._total = row.line, net
        return True

    def check(self, tally: Tally, *, line: int) -> None:
        del line
        if self._total is None:
            return
        where, stated = self._total
        moved = tally.moved or Money(0, stated.currency)
        if stated != moved and (self._initial is None or stated != self._initial + moved):
            raise totals_mismatch("total", line=where, stated=stated, found=moved)

    @property
    def opening(self) -> Money | None:
        return self._initial


SETTLEMENT: Final = ReportTable(
    format=SETTLEMENT_FORMAT,
    name="Mercado Pago settlement report",
    columns=("SOURCE_ID", "TRANSACTION_TYPE", "TRANSACTION_AMOUNT", "TRANSACTION_DATE", "SETTLEMENT_NET_AMOUNT"),
    key=_key,
    line=_settled,
).reader

RELEASE: Final = ReportTable(
    format=RELEASE_FORMAT,
    name="Mercado Pago release report",
    columns=("DATE", "SOURCE_ID", "DESCRIPTION", "NET_CREDIT_AMOUNT", "NET_DEBIT_AMOUNT"),
    key=_key,
    line=_released,
    totals=_ReleaseTotals,
).reader
