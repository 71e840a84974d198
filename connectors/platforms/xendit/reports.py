"""Xendit's balance report as CSV: every debit and credit of the balance, fees and their VAT as rows of their own.

A transaction, its fee and the VAT on it share a ``Transaction ID``. Where they stand together they are one line with
gross, fee, tax and net; where they do not, each is its own line. Which order the rows have is not documented, so
nothing depends on it. ``Amount`` is unsigned or bears the sign that ``Debit or Credit`` says; a contradiction is
refused. A payment is named by ``Product ID``, then by ``Reference``, which is ours.

Unread: ``Balance``, for it is not said whether rows run up or down; ``Created Date`` and ``Payment Date``, which are in
the time zone of whoever exported. The report states no totals and no payouts by batch: a withdrawal is a payout of its
own. Transaction types are named differently in two editions of the documentation, so both are known here.

Source: https://docs.xendit.co/docs/balance-report and https://docs.xendit.co/reports/balance-report (editions of
2025-06 and before, read 2026-11; confidence high for columns, medium for signs).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connectors.statement_files.faults import line_unreadable
from connectors.statement_files.report_table import Key, Kinds, ReportRow, ReportTable, kind_of, movement
from domain.money import Money
from domain.statement_files import FileLine, LineKind

FORMAT: Final = "xendit_balance"
_LINE_TYPES: Final = frozenset(("TRANSACTION", "FEE", "VAT", "TRANSACTION_REVERSAL", "FEE_REVERSAL", "VAT_REVERSAL"))
_OUT_AND_BACK: Final = (LineKind.PAYOUT, LineKind.PAYOUT_RETURNED)
_TYPES: Final[Kinds] = {
    "PAYMENT": LineKind.PAYMENT,
    "IN_PERSON_PAYMENT": LineKind.PAYMENT,
    "REFUND": LineKind.REFUND,
    "WITHDRAWAL": _OUT_AND_BACK,
    "PLATFORM_FEE": LineKind.FEE,
    "DISBURSEMENT": (LineKind.DEBIT, LineKind.CREDIT),
    "BATCH_DISBURSEMENT": (LineKind.DEBIT, LineKind.CREDIT),
    "REMITTANCE_PAYOUT": (LineKind.DEBIT, LineKind.CREDIT),
    "TRANSFER": LineKind.ADJUSTMENT,
}
_SUFFIX: Final = "_PAYMENT"  # VA_PAYMENT, EWALLET_PAYMENT and their like in the earlier edition


def _key(row: ReportRow) -> Key:
    return None, row.currency("Currency")


def _line(row: ReportRow, currency: str) -> FileLine:
    net, of = _signed(row, currency), row.required("Line Type").upper()
    if of not in _LINE_TYPES:
        raise line_unreadable(f"Line Type is {of[:40]!r}, which Xendit does not document.", line=row.line)
    code = row.required("Transaction Type").upper().replace(" ", "_")
    transaction = row.required("Transaction ID")
    product = row.text("Product ID")
    plain = of == "TRANSACTION"
    return movement(
        row,
        kind=_kind(of, code, net),
        net=net,
        at=row.moment("Created Date ISO"),
        external_id=f"{transaction}/{of}",
        references=(product, row.text("Reference"), transaction) if plain else (transaction,),
        original=None if plain else transaction,
        code=f"{code}/{of}",
        text=row.text("Payment Channel"),
    )


def _kind(of: str, code: str, net: Money) -> LineKind:
    if of.startswith("FEE"):
        return LineKind.FEE
    if of.startswith("VAT"):
        return LineKind.TAX
    if of == "TRANSACTION_REVERSAL":
        return LineKind.RETURNED
    return kind_of("PAYMENT" if code.endswith(_SUFFIX) else code, _TYPES, net)


def _signed(row: ReportRow, currency: str) -> Money:
    stated, side = row.money("Amount", currency), row.required("Debit or Credit").upper()
    if side not in {"DEBIT", "CREDIT"}:
        raise line_unreadable(f"Debit or Credit is {side[:40]!r}.", line=row.line)
    if side == "CREDIT":
        if stated.minor < 0:
            raise line_unreadable("a CREDIT is below zero.", line=row.line)
        return stated
    return stated if stated.minor < 0 else -stated


def _join(held: FileLine, found: FileLine) -> FileLine | None:
    """A transaction with the fee, or the VAT, that follows it; ``None`` where the two are not of one transaction.

    What a fee and its VAT are of is named by the transaction, so that a repeated report gives the same lines.
    """
    if not (held.code or "").endswith("/TRANSACTION") or found.original != (held.external_id or "").rpartition("/")[0]:
        return None
    if found.kind is LineKind.FEE and not held.fee:
        return replace(held, net=held.net + found.net, fee=-found.net)
    if found.kind is LineKind.TAX and not held.tax:
        return replace(held, net=held.net + found.net, tax=-found.net)
    return None


REPORT: Final = ReportTable(
    format=FORMAT,
    name="Xendit balance report",
    columns=(
        "Transaction ID",
        "Transaction Type",
        "Line Type",
        "Reference",
        "Currency",
        "Amount",
        "Debit or Credit",
        "Created Date ISO",
    ),
    key=_key,
    line=_line,
    join=_join,
).reader
