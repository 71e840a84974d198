"""Receipts: money that arrived, which instalments it paid, and what was booked for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from gateway import paging
from gateway.api.accounts import EntryView
from gateway.auth import Caller, Reader
from gateway.queries import PlatformCode, ReceiptState, ServedCountry
from gateway.shapes import Amount, Identifier, Page, Shape
from ledger import posting
from store import contests, listings, receipts
from store.contests import Contest
from store.listings import ReceiptFilter, ReceiptLine
from store.receipts import Receipt

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

_PAYER_ROLES = ("finance", "treasury", "admin")
_AMOUNTS = (
    "amount",
    "fee",
    "withheld",
    "allocated",
    "suspense",
    "refunding",
    "held",
    "charged",
    "reversed",
    "contested",
)


class ReceiptView(Shape):
    """A receipt: it is allocated, in suspense, owed back, held for others, a charge or reversed, unless it was refused.

    ``contested`` is how much of it a payer contests now; ``fee`` and ``withheld`` were kept of the amount.
    """

    id: str
    platform: str
    connection_id: str
    external_ref: str
    case_id: str | None
    country: str
    amount: Amount
    fee: Amount
    withheld: Amount
    allocated: Amount
    suspense: Amount
    refunding: Amount
    held: Amount
    charged: Annotated[Amount, Field(description="What of it was a charge of the bank; negative.")]
    reversed: Amount
    contested: Amount
    state: Annotated[str, Field(description="matched, suspense, refunding, partly_reversed, reversed or refused.")]
    suspense_reason: str | None
    value_date: date
    paid_at: datetime

    @classmethod
    def of(cls, line: ReceiptLine) -> ReceiptView:
        """The shape of a receipt in a list."""
        stated: dict[str, Any] = {name: getattr(line, name) for name in cls.model_fields if name not in _AMOUNTS}
        stated |= {name: Amount.minor(getattr(line, f"{name}_minor"), line.currency) for name in _AMOUNTS}
        return cls(**stated)


class AllocationView(Shape):
    """How much of a receipt an instalment holds."""

    loan_id: str
    instalment: int
    amount: Amount


class ContestView(Shape):
    """A contest of the payment: opened (the money is held back), won or lost."""

    id: str
    external_ref: str
    kind: Annotated[str, Field(description="chargeback or pix_med.")]
    state: Annotated[str, Field(description="opened, won or lost.")]
    amount: Amount
    fee: Amount
    reason: str | None
    told_at: datetime

    @classmethod
    def of(cls, contest: Contest) -> ContestView:
        """The shape of a contest."""
        stated: dict[str, Any] = {name: getattr(contest, name) for name in cls.model_fields if name not in _AMOUNTS}
        fee = Amount.minor(contest.fee_minor, contest.currency)
        return cls(amount=Amount.minor(contest.amount_minor, contest.currency), fee=fee, **stated)


class ReceiptDetail(Shape):
    """A receipt with its allocations and journal entries. Payer and remittance are shown to those who match money."""

    id: str
    connection_id: str
    inbox_id: str
    external_ref: str
    case_id: str | None
    payment_request_id: str | None
    country: str
    amount: Amount
    fee: Amount
    withheld: Amount
    allocated: Amount
    suspense: Amount
    refunding: Amount
    held: Amount
    charged: Amount
    reversed: Amount
    contested: Amount
    state: str
    suspense_reason: str | None
    value_date: date
    paid_at: datetime
    payer_name: str | None
    remittance: str | None
    references: list[str]
    allocations: list[AllocationView]
    contests: list[ContestView]
    entries: list[EntryView]


class ReceiptPage(Page[ReceiptView]):
    """One page of receipts."""


@router.get("", operation_id="listReceipts", summary="List receipts")
def list_receipts(
    caller: Reader,
    state: Annotated[ReceiptState | None, Query()] = None,
    platform: Annotated[PlatformCode | None, Query()] = None,
    country: Annotated[ServedCountry | None, Query()] = None,
    case_id: Annotated[Identifier | None, Query()] = None,
    connection_id: Annotated[Identifier | None, Query()] = None,
    first_day: Annotated[date | None, Query(description="First value date.")] = None,
    last_day: Annotated[date | None, Query(description="Last value date, included.")] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> ReceiptPage:
    """Newest paid first."""
    wanted = ReceiptFilter(
        state=state,
        platform=platform,
        country=country,
        case_id=case_id,
        connection_id=connection_id,
        first_day=first_day,
        last_day=last_day,
    )
    after = paging.after_moment(cursor, kind="receipt")
    with caller.transaction() as tx:
        listed = listings.receipts(tx, wanted, after=after, limit=limit)
    return ReceiptPage(data=[ReceiptView.of(line) for line in listed.rows], next_cursor=paging.encode(listed.next))


@router.get("/{receipt_id}", operation_id="getReceipt", summary="Read a receipt with allocations and entries")
def get_receipt(receipt_id: str, caller: Reader) -> ReceiptDetail:
    """One receipt."""
    with caller.transaction() as tx:
        receipt = receipts.get(tx, receipt_id)
        allocated = receipts.allocations(tx, receipt_id)
        found = contests.of_receipt(tx, receipt_id)
        entries = posting.of_source(tx, receipt_id)
    return ReceiptDetail(
        **_stated(receipt, caller),
        allocations=[
            AllocationView(
                loan_id=row.loan_id,
                instalment=row.instalment,
                amount=Amount.minor(row.amount_minor, receipt.currency),
            )
            for row in allocated
        ],
        contests=[ContestView.of(one) for one in found],
        entries=[EntryView.of(entry) for entry in entries],
    )


def _stated(receipt: Receipt, caller: Caller) -> dict[str, Any]:
    derived = {*_AMOUNTS, "allocations", "contests", "entries", "payer_name", "remittance"}
    sees_payer = caller.may(*_PAYER_ROLES)
    return {
        **{name: getattr(receipt, name) for name in ReceiptDetail.model_fields if name not in derived},
        **{name: Amount.minor(getattr(receipt, f"{name}_minor"), receipt.currency) for name in _AMOUNTS},
        "payer_name": receipt.payer_name if sees_payer else None,
        "remittance": receipt.remittance if sees_payer else None,
    }
