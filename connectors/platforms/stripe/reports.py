"""Stripe's itemised reports: payout reconciliation, balance change, payouts. One row a balance transaction.

Read of ``payout_reconciliation.itemized.*``, ``ending_balance_reconciliation.itemized.*``,
``balance_change_from_activity.itemized.*`` and ``payouts.itemized.*``, whose rows are the same balance transactions, so
a day may be told by any of them and none is taken twice. Amounts are in major units, ``net = gross - fee``; ``fee``
holds taxes on fees too, which Stripe does not part, so ``tax`` is nothing. Dates without ``_utc`` are of the time zone
that was asked for, which the file does not state: of them only the day is kept.

A line counts on the day on which the balance transaction was made. A charge is named by its PaymentIntent, as the
receipt is; a refund, a dispute and a payout by their own identifiers. Batches are automatic payouts: where a report
holds a payout beside its transactions, these must come to it. Stripe cannot say what a manual or instant payout is of.

Unread, for their meaning to the balance is not documented or does not matter: ``regulatory_tag``, card and customer
columns, connected accounts, ``payment_metadata`` other than ours. A ``reporting_category`` that is not listed here is a
credit or a debit.

Source: https://docs.stripe.com/reports/payout-reconciliation, https://docs.stripe.com/reports/balance (schema of each
report type), https://docs.stripe.com/reports/reporting-categories and the enumeration of categories in Stripe's
published OpenAPI description (read 2026-11, confidence high).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from connectors.platforms.stripe.webhooks import REQUEST_KEY
from connectors.statement_files.report_table import Key, Kinds, ReportRow, ReportTable, kind_of, movement
from domain.money import Money
from domain.statement_files import FileLine, LineKind

FORMAT: Final = "stripe_itemised"
_HELD: Final = (LineKind.RESERVE, LineKind.RESERVE_RELEASED)
_KINDS: Final[Kinds] = {
    "charge": LineKind.PAYMENT,
    "charge_failure": LineKind.RETURNED,
    "connect_reserved_funds": _HELD,
    "dispute": LineKind.CHARGEBACK,
    "dispute_reversal": LineKind.CHARGEBACK_WON,
    "fee": LineKind.FEE,
    "network_cost": LineKind.FEE,
    "other_adjustment": LineKind.ADJUSTMENT,
    "partial_capture_reversal": LineKind.ADJUSTMENT,
    "payout": LineKind.PAYOUT,
    "payout_reversal": LineKind.PAYOUT_RETURNED,
    "refund": LineKind.REFUND,
    "refund_failure": LineKind.ADJUSTMENT,
    "risk_reserved_funds": _HELD,
    "tax": LineKind.TAX,
    "topup": LineKind.ADJUSTMENT,
    "topup_reversal": LineKind.ADJUSTMENT,
    "transfer": LineKind.ADJUSTMENT,
    "transfer_reversal": LineKind.ADJUSTMENT,
}
_TAKES_BACK: Final = frozenset({LineKind.REFUND, LineKind.CHARGEBACK, LineKind.CHARGEBACK_WON, LineKind.RETURNED})
_PAYOUTS: Final = frozenset({LineKind.PAYOUT, LineKind.PAYOUT_RETURNED})


def _key(row: ReportRow) -> Key:
    return None, row.currency("currency")


def _line(row: ReportRow, currency: str) -> FileLine:
    code, net = row.required("reporting_category"), row.money("net", currency)
    kind = kind_of(code, _KINDS, net)
    source, payment = row.text("source_id"), row.text("payment_intent_id") or row.text("charge_id")
    takes_back, is_payout = kind in _TAKES_BACK, kind in _PAYOUTS
    batch = row.text("automatic_payout_id") or (source if is_payout else None)
    named = (row.text("payment_intent_id"), row.text(f"payment_metadata[{REQUEST_KEY}]"), row.text("charge_id"))
    return movement(
        row,
        kind=kind,
        net=net,
        gross=row.money("gross", currency),
        fee=row.money("fee", currency),
        at=_made(row),
        external_id=row.required("balance_transaction_id"),
        batch_id=batch,
        references=(source, row.text("trace_id")) if takes_back or is_payout else (*named, source),
        original=payment if takes_back else None,
        payer_name=row.text("customer_name"),
        text=row.text("description"),
        code=code,
        paid=_paid(row),
    )


def _made(row: ReportRow) -> datetime | date:
    """When the balance transaction was made; of a payout, where the report says only that, when it takes effect."""
    for name in ("created_utc", "created", "effective_at_utc", "effective_at"):
        if row.text(name) is not None:
            return row.moment(name, utc=name.endswith("_utc"))
    return row.moment("created")


def _paid(row: ReportRow) -> Money | None:
    if row.text("customer_facing_amount") is None or row.text("customer_facing_currency") is None:
        return None
    return row.money("customer_facing_amount", row.currency("customer_facing_currency"))


REPORT: Final = ReportTable(
    format=FORMAT,
    name="Stripe itemised report",
    columns=("balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category"),
    key=_key,
    line=_line,
).reader
