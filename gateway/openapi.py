"""The API's description of itself (OpenAPI 3.1), complete enough that a generated program can use it."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.problems import MEDIA_TYPE, Problem

_EVERY: Final = {
    "400": "The request is malformed.",
    "404": "There is no such thing, or not for this tenant.",
    "422": "The input is wrong; `errors` names each part.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "500": "A fault of ours.",
    "503": "Something is missing now; trying later may help.",
}
_SIGNED_IN: Final = {"401": "The API key is missing, unknown or revoked.", "403": "The key's roles do not allow this."}
_WRITING: Final = {
    "409": "It contradicts what is recorded, a rule refuses it, or the Idempotency-Key names another request.",
    "413": "The body is too large.",
}
_WEBHOOK: Final = {"401": "The signature or token is not this connection's."}
READING: Final = frozenset({"/v1/contact-checks", "/v1/contact-checks/batch"})
"""POSTs that only ask, because their question is too long for an address: they write nothing and need no key."""
TAGS: Final = [
    {"name": "creditors", "description": "Whom debts are owed to, each with a parent account."},
    {"name": "connections", "description": "A creditor's accounts at payment platforms, each with a child account."},
    {"name": "portfolios", "description": "Files of overdue loans, imported row by row."},
    {"name": "loans", "description": "Contracts, their instalments and what is still owed."},
    {
        "name": "cases",
        "description": "One party's overdue debt to one creditor in one country, and what is done about it.",
    },
    {"name": "placements", "description": "Cases that are with a partner agency."},
    {"name": "contact", "description": "Permits for contacts, what came of them, and what is used no longer."},
    {"name": "notices", "description": "What debtors are told: the outbox, held notices, and the approval of wording."},
    {"name": "payment requests", "description": "What a debtor was asked to pay, over which rail."},
    {"name": "pay links", "description": "Links to the page on which a debtor reads what is due and pays."},
    {"name": "receipts", "description": "Money that arrived, what it paid, and its entries in the book."},
    {"name": "accounts", "description": "Parent and child accounts, balances and journal entries."},
    {"name": "legal entities", "description": "The companies of a creditor's group, and the accounts they own."},
    {"name": "money events", "description": "What treasury has booked by hand, each with its reason."},
    {"name": "rates", "description": "Exchange rates with source and date."},
    {"name": "day closes", "description": "Days that are closed with four eyes, and the results they booked."},
    {"name": "reports", "description": "What came in, how long money has waited, and the way from gross to swept."},
    {"name": "statement files", "description": "Files of banks and platforms, their lines, and mappings of columns."},
    {"name": "reconciliation", "description": "What is the same money: runs, proposals, rules, the daily report."},
    {"name": "differences", "description": "What is not explained: who looks after it, and what was done about it."},
    {"name": "sweeps", "description": "Cash sweeps from child accounts to their parent: rules, runs, papers, files."},
    {"name": "countries", "description": "The countries that are served, with rails and identity schemes."},
    {"name": "contact checks", "description": "Whether a debtor may be contacted, by which rule, and when next."},
    {"name": "inbox", "description": "Deliveries of platforms and banks, raw, until they are understood."},
    {"name": "webhooks", "description": "Where platforms tell what happened."},
    {"name": "webhook endpoints", "description": "Where others are told what happened here, and how that goes."},
    {"name": "events", "description": "What happened here, as webhooks tell it."},
    {"name": "operation", "description": "Whether everything runs."},
]


def install(app: FastAPI) -> None:
    """Have ``/openapi.json`` describe refusals as they are: problems, not the framework's default."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI documents for this


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=TAGS,
    )
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "post" and path.startswith("/v1") and path not in READING:
                _repeats(operation["responses"])
            _refusals(operation["responses"], path, method)
    return document


def _repeats(responses: dict[str, Any]) -> None:
    """State on a POST's answers how a repeated one is told from the first."""
    for answer in responses.values():
        answer.setdefault("headers", {})["Idempotent-Replay"] = {
            "description": "`true` where the same request had been answered before.",
            "schema": {"type": "string", "enum": ["true"]},
        }


def _refusals(responses: dict[str, Any], path: str, method: str) -> None:
    texts = dict(_EVERY)
    if path.startswith("/v1"):
        texts |= _SIGNED_IN
    if path.startswith("/webhooks"):
        texts |= _WEBHOOK
    if method == "post":
        texts |= _WRITING
    for status, text in texts.items():
        responses[status] = {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
