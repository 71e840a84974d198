"""The API's endpoints under ``/v1``, one file for each noun."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from gateway.api import (
    accounts,
    cases,
    column_mappings,
    connection_upkeep,
    connections,
    countries,
    creditors,
    day_closes,
    differences,
    events,
    legal_entities,
    loans,
    money_events,
    operation,
    pay_links,
    payment_requests,
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
        payment_requests,
        pay_links,
        receipts,
        refunds,
        accounts,
        legal_entities,
        money_events,
        rates,
        day_closes,
        reports,
        countries,
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
