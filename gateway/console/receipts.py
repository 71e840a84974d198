"""Receipts: what arrived, which debt it paid, what is not explained and why, with the entries it made."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from connectors import registry
from gateway.console import paging
from gateway.console.home import platform_name
from gateway.console.pages import ConsoleRoute, Visiting, page
from gateway.console.words import LABELS
from ledger import accounts, posting
from store import cases, creditors, listings, loans, overview, parties, receipts
from store.listings import ReceiptFilter

router = APIRouter(route_class=ConsoleRoute)


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


@router.get("/receipts/{receipt_id}")
def show_receipt(here: Visiting, receipt_id: str) -> HTMLResponse:
    """One receipt: what it paid and how it was booked."""
    with here.tx() as tx:
        receipt = receipts.get(tx, receipt_id)
        parts = receipts.allocations(tx, receipt.id)
        contracts = {part.loan_id: loans.get(tx, part.loan_id).contract_no for part in parts}
        entries = posting.of_source(tx, receipt.id)
        touched = {line.account_id for booked in entries for line in booked.entry.postings}
        names = {one: accounts.get(tx, one).name for one in touched}
        connection = creditors.get_connection(tx, receipt.connection_id)
        debtor = parties.get(tx, cases.get(tx, receipt.case_id).party_id).name if receipt.case_id else None
    return page(
        here,
        "receipt.html",
        place="receipts",
        receipt=receipt,
        parts=parts,
        contracts=contracts,
        entries=entries,
        names=names,
        connection=connection,
        platform=platform_name(connection.platform),
        debtor=debtor,
    )
