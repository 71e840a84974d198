"""Receipts: what arrived, which debt it paid, what is not explained and why, with the entries it made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import receipt_orders
from activities import refunds as refunding
from activities.receipt_orders import Matching
from connectors import registry
from domain.errors import AfluenteError
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.words import LABELS
from ledger import accounts, posting
from store import (
    cases,
    contests,
    creditors,
    listings,
    loans,
    money_events,
    overview,
    parties,
    receipts,
    recon_listings,
    refunds,
)
from store.cases import Case
from store.creditors import PlatformConnection
from store.listings import CaseFilter, CaseLine, ReceiptFilter
from store.receipts import Receipt

router = APIRouter(route_class=ConsoleRoute)

CASES_READ: Final = 200
CASES_SHOWN: Final = 10


def receipt_filter(request: Request) -> ReceiptFilter:
    """The filter that an address states."""
    wanted = {name: value for name, value in request.query_params.items() if value}
    return ReceiptFilter(
        state=wanted.get("state"),
        platform=wanted.get("platform"),
        country=wanted.get("country"),
        first_day=day_or_none(wanted.get("from")),
        last_day=day_or_none(wanted.get("to")),
    )


def day_or_none(text: str | None) -> date | None:
    """The day that an address names, ``None`` for none or no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@router.get("/receipts")
def receipt_list(here: Visiting) -> HTMLResponse:
    """Receipts, newest paid first, under what of them is not explained."""
    wanted = receipt_filter(here.request)
    after = paging.from_word(here.request.query_params.get("after"), moments=True)
    with here.tx() as tx:
        listed = listings.receipts(tx, wanted, after=after)
        waiting = overview.suspense(tx)
    return page(
        here,
        "receipts.html",
        place="receipts",
        listed=listed,
        wanted=wanted,
        waiting=waiting,
        states=tuple(LABELS["receipt_state"]),
        platforms={code: platform_name(code) for code in registry.platforms()},
        countries=tuple(registry.countries()),
        filtered=wanted != ReceiptFilter(),
    )


@dataclass(frozen=True)
class Trouble:
    """A form of the receipt page that was refused: which one, why, and what had been entered."""

    form: str
    error: AfluenteError
    entered: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """What matching the receipt to a case would do, or why it may not be; ``None`` where no case is chosen."""

    case: Case
    name: str
    matching: Matching | None
    error: AfluenteError | None
    contracts: dict[str, str] = field(default_factory=dict)


@router.get("/receipts/{receipt_id}")
def show_receipt(here: Visiting, receipt_id: str) -> HTMLResponse:
    """One receipt: what it paid and how it was booked."""
    return receipt_page(here, receipt_id)


def receipt_page(here: Visit, receipt_id: str, *, trouble: Trouble | None = None) -> HTMLResponse:
    """A receipt with all that is known of it, and beside a form why it was refused."""
    with here.tx() as tx:
        receipt = receipts.get(tx, receipt_id)
        shown = _everything(tx, receipt)
        chosen = here.request.query_params.get("case") or (trouble.entered.get("case_id") if trouble else None)
        words = here.request.query_params.get("find", "")
        found = _cases(tx, receipt, shown["connection"], words) if here.may("money") and words else []
        match = _match(tx, receipt, chosen) if here.may("money") and chosen else None
    return page(
        here,
        "receipt.html",
        place="receipts",
        status=trouble.error.status if trouble else 200,
        receipt=receipt,
        words=words,
        found=found,
        match=match,
        trouble=trouble,
        command_id=here.services.new_id("money_event"),
        refund_id=here.services.new_id("refund"),
        **shown,
    )


def _everything(tx: Connection, receipt: Receipt) -> dict[str, Any]:
    parts = receipts.allocations(tx, receipt.id)
    entries = posting.of_source(tx, receipt.id)
    touched = {line.account_id for booked in entries for line in booked.entry.postings}
    connection = creditors.get_connection(tx, receipt.connection_id)
    return {
        "parts": parts,
        "contests": contests.of_receipt(tx, receipt.id),
        "orders": money_events.of_subject(tx, receipt.id),
        "entries": entries,
        "names": {one: accounts.get(tx, one).name for one in touched},
        "matches": recon_listings.of_thing(tx, receipt.id),
        "connection": connection,
        "refunds": refunds.of_receipt(tx, receipt.id),
        "refundable": _refundable(tx, receipt, connection),
        "alone_up_to": refunding.alone_up_to(connection, receipt.currency),
        "platform": platform_name(connection.platform),
        "contracts": {part.loan_id: loans.get(tx, part.loan_id).contract_no for part in parts},
        "debtor": parties.get(tx, cases.get(tx, receipt.case_id).party_id).name if receipt.case_id else None,
    }


def _refundable(tx: Connection, receipt: Receipt, connection: PlatformConnection) -> bool:
    """Whether the platform may be asked to give any of a receipt back now."""
    held = receipt.allocated_minor + receipt.suspense_minor - receipt.contested_minor
    underway = refunds.of_receipt(tx, receipt.id, states=("proposed", *refunds.ASKED))
    return held > 0 and not underway and refunding.offered(connection, receipt)


def _cases(tx: Connection, receipt: Receipt, connection: PlatformConnection, words: str) -> list[CaseLine]:
    """Open cases of the creditor in the receipt's currency, by part of a debtor's name or a contract's beginning."""
    wanted = CaseFilter(words=words, creditor_id=connection.creditor_id)
    found = listings.cases(tx, wanted, limit=CASES_READ).rows
    return [line for line in found if line.currency == receipt.currency][:CASES_SHOWN]


def _match(tx: Connection, receipt: Receipt, case_id: str) -> Match:
    case = cases.get(tx, case_id)
    name = parties.get(tx, case.party_id).name
    try:
        found = receipt_orders.preview(tx, receipt, case)
    except AfluenteError as error:
        return Match(case, name, None, error)
    contracts = {part.loan_id: loans.get(tx, part.loan_id).contract_no for part in found.parts}
    return Match(case, name, found, None, contracts)
