"""The API's endpoints under ``/v1``, one file for each noun."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from gateway.api import (
    accounts,
    arrangements,
    cases,
    column_mappings,
    connection_upkeep,
    connections,
    contact_checks,
    contact_outcomes,
    contact_permits,
    contact_stops,
    countries,
    creditors,
    day_closes,
    differences,
    events,
    instalment_terms,
    legal_entities,
    loans,
    mail_reports,
    money_events,
    notice_wording,
    notices,
    operation,
    pay_links,
    payment_requests,
    placements,
    portfolios,
    rates,
    receipts,
    reconciliation,
    refunds,
    reports,
    statement_files,
    statements,
    sweep_papers,
    sweeps,
    webhook_deliveries,
    webhook_endpoints,
)
from gateway.queries import only_known


def api_router() -> APIRouter:
    """Every endpoint of the API."""
    router = APIRouter()
    for noun in (
        creditors,
        connections,
        connection_upkeep,
        portfolios,
        loans,
        cases,
        placements,
        contact_permits,
        contact_outcomes,
        contact_stops,
        mail_reports,
        arrangements,
        notices,
        notice_wording,
        payment_requests,
        pay_links,
        instalment_terms,
        receipts,
        refunds,
        accounts,
        legal_entities,
        money_events,
        rates,
        day_closes,
        reports,
        countries,
        contact_checks,
        statements,
        statement_files,
        column_mappings,
        reconciliation,
        differences,
        sweeps,
        sweep_papers,
        webhook_endpoints,
        webhook_deliveries,
        events,
    ):
        router.include_router(noun.router, dependencies=[Depends(only_known)])
    router.include_router(operation.router)
    return router
