"""Adyen's settlement details report as CSV: one row a journal of a settlement batch, with its payout.

Gross is in the payer's currency (GC), everything else in that of the settlement (NC). What was kept is
``Commission (NC)``, or ``Markup``, ``Scheme Fees`` and ``Interchange`` where the contract shows them apart, in
fractions of a cent; their sum is rounded. The gross in the settlement's currency is the net and what was kept. Where
both currencies are one, that must be the stated gross.
The lines of a ``Batch Number`` and its ``MerchantPayout`` come to nothing.

A payment is named by ``Psp Reference``; a refund and a chargeback by ``Modification Reference``. ``Creation Date`` is
in the zone that ``TimeZone`` abbreviates; abbreviations are ambiguous, so only the day is kept.

Unread, for the public material names them without saying what they do to the net: ``DCC Markup (NC)``,
``Surcharge Amount``, ``Payment Fees (NC)``, ``Advanced (NC)``, reserved columns. A row to which one of them matters
does not add up and is refused by name. A ``Type`` that is not listed here is a credit or a debit. Reports as XLSX are
read through a column mapping.

Source: https://docs.adyen.com/reporting/settlement-reconciliation/transaction-level/settlement-details-report, and the
column names in the public code of two independent importers of these files (read 2026-11; confidence high for names,
medium for the list of types).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from connectors.statement_files.faults import at_line, line_unreadable, totals_mismatch
from connectors.statement_files.report_table import Key, Kinds, ReportRow, ReportTable, kind_of, movement
from domain.money import Money, exponent
from domain.statement_files import FileLine, LineKind

FORMAT: Final = "adyen_settlement_details"
_KEPT: Final = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")
_HELD: Final = (LineKind.RESERVE, LineKind.RESERVE_RELEASED)
_KINDS: Final[Kinds] = {
    "settled": LineKind.PAYMENT,
    "settledbulk": LineKind.PAYMENT,
    "refunded": LineKind.REFUND,
    "refundedbulk": LineKind.REFUND,
    "refundedreversed": LineKind.ADJUSTMENT,
    "chargeback": LineKind.CHARGEBACK,
    "secondchargeback": LineKind.CHARGEBACK,
    "chargebackreversed": LineKind.CHARGEBACK_WON,
    "fee": LineKind.FEE,
    "misccosts": LineKind.FEE,
    "paymentcost": LineKind.FEE,
    "invoicededuction": LineKind.FEE,
    "merchantpayout": (LineKind.PAYOUT, LineKind.PAYOUT_RETURNED),
    "bankinstructionreturned": LineKind.PAYOUT_RETURNED,
    "depositcorrection": _HELD,
    "balancetransfer": LineKind.ADJUSTMENT,
    "manualcorrected": LineKind.ADJUSTMENT,
    "matchedstatement": LineKind.ADJUSTMENT,
}
_OF_PAYMENT: Final = frozenset({LineKind.REFUND, LineKind.CHARGEBACK, LineKind.CHARGEBACK_WON})


def _key(row: ReportRow) -> Key:
    return row.required("Merchant Account"), row.currency("Net Currency")


def _line(row: ReportRow, currency: str) -> FileLine:
    code = row.required("Type")
    net = _one_of(row, "Net Credit (NC)", "Net Debit (NC)", currency)
    fee = _kept(row, currency)
    kind = kind_of(code.lower(), _KINDS, net)
    paid = _gross(row)
    if paid is not None and paid.currency == currency and paid != net + fee:
        raise totals_mismatch("gross", line=row.line, stated=paid, found=net + fee)
    payment, own = row.text("Psp Reference"), row.text("Modification Reference")
    batch = row.required("Batch Number")
    takes_back = kind in _OF_PAYMENT
    named = (payment, row.text("Merchant Reference"), own)
    return movement(
        row,
        kind=kind,
        net=net,
        fee=fee,
        at=row.moment("Creation Date"),
        external_id="/".join((batch, code, payment or "", own or "")),
        batch_id=batch,
        references=(own, row.text("Modification Merchant Reference")) if takes_back else named,
        original=payment if takes_back else None,
        text=row.text("Payment Method"),
        code=code,
        paid=paid,
    )


def _kept(row: ReportRow, currency: str) -> Money:
    summed = sum((row.decimal(name) for name in _KEPT), Decimal(0))
    with at_line(row.line):
        return Money.parse(summed.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP), currency)


def _gross(row: ReportRow) -> Money | None:
    if row.text("Gross Credit (GC)") is None and row.text("Gross Debit (GC)") is None:
        return None
    return _one_of(row, "Gross Credit (GC)", "Gross Debit (GC)", row.currency("Gross Currency"))


def _one_of(row: ReportRow, credit: str, debit: str, currency: str) -> Money:
    plus, minus = row.money(credit, currency), row.money(debit, currency)
    if plus.minor < 0 or minus.minor < 0 or (plus and minus):
        raise line_unreadable(f"{credit} and {debit} cannot both be what they are.", line=row.line)
    return plus - minus


REPORT: Final = ReportTable(
    format=FORMAT,
    name="Adyen settlement details report",
    columns=(
        "Merchant Account",
        "Psp Reference",
        "Merchant Reference",
        "Creation Date",
        "Type",
        "Modification Reference",
        "Net Currency",
        "Net Debit (NC)",
        "Net Credit (NC)",
        "Batch Number",
    ),
    key=_key,
    line=_line,
).reader
