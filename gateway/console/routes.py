"""The console's routes, under one path."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from gateway.console import (
    accounts,
    arrangements,
    book,
    bulk,
    calls,
    case_actions,
    cases,
    close,
    codes,
    connections,
    contact_checks,
    counterparts,
    countries,
    difference,
    differences,
    entries,
    flows,
    fx,
    held,
    imports,
    inbox,
    instalments,
    letters,
    made_of,
    mapping_wizard,
    match_actions,
    messages,
    new_connection,
    outbox,
    payment_requests,
    previews,
    proposals,
    receipt_actions,
    receipts,
    recon_runs,
    reconcile,
    refund_actions,
    start,
    statement_files,
    statements,
    sweep_banks,
    sweep_rules,
    sweep_run,
    sweeps,
    webhooks,
    wording,
)
from gateway.console.pages import ROOT, ConsoleRoute, Visiting, nothing_here
from gateway.console.signing_in import signing_in_router

_NOUNS = (
    start,
    cases,
    case_actions,
    arrangements,
    receipts,
    receipt_actions,
    refund_actions,
    payment_requests,
    instalments,
    inbox,
    statement_files,
    mapping_wizard,
    outbox,
    messages,
    calls,
    letters,
    held,
    wording,
    webhooks,
    new_connection,  # before the connections, one of which its address would name
    connections,
    imports,
    accounts,
    book,
    made_of,
    entries,
    flows,
    fx,
    close,
    reconcile,
    bulk,
    proposals,
    match_actions,
    counterparts,
    differences,
    difference,
    recon_runs,
    sweeps,
    sweep_banks,
    sweep_rules,
    sweep_run,
    statements,
    countries,
    contact_checks,
    previews,
    codes,
)


def console_router() -> APIRouter:
    """Every page of the console; the bare address leads to it."""
    outer = APIRouter()
    outer.add_api_route("/", _enter, methods=["GET"])
    outer.include_router(signing_in_router(), prefix=ROOT)
    for noun in _NOUNS:
        outer.include_router(noun.router, prefix=ROOT)
    rest = APIRouter(route_class=ConsoleRoute)
    rest.add_api_route("/{rest:path}", _nothing, methods=["GET"])
    outer.include_router(rest, prefix=ROOT)
    return outer


def _enter() -> RedirectResponse:
    return RedirectResponse(ROOT, status_code=303)


def _nothing(here: Visiting, rest: str) -> RedirectResponse:
    del here, rest
    raise nothing_here()
