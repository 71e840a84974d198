"""What PayTabs tells us: a transaction as it stands, signed as a whole; or a form that the debtor's browser brings.

A form states no amount, so PayTabs is asked about the transaction that it names.
Source: https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Hosted-Payment-Page (step 6, read 2026-11,
confidence high); of the form, see ``forms``.
"""

from __future__ import annotations

from connectors.platforms import as_object, as_text, json_object, known_status, reference_in_path
from connectors.platforms.paytabs import forms
from connectors.platforms.paytabs.status import STATUSES, TRANSACTION, facts_of
from domain.receipts import Announced, PlatformFact


def delivery_id(raw: bytes) -> str:
    """The transaction and its status: PayTabs names no delivery, and repeats one word for word."""
    if forms.is_form(raw):
        return "/".join(("return", *_returned(raw)))
    document = json_object(raw)
    result = as_object(document.get("payment_result"), "the payment's result")
    name = as_text(document.get("tran_ref"), "the transaction's reference")
    return f"{name}/{as_text(result.get('response_status'), 'the status')}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The facts of a notification, or the transaction to ask about; an unknown type or status is ``Invalid``."""
    if not forms.is_form(raw):
        return facts_of(json_object(raw))
    name, status = _returned(raw)
    return (Announced(name, settled=status == "A"),)


def _returned(raw: bytes) -> tuple[str, str]:
    """The transaction that a form names, and its status there."""
    fields = forms.fields_of(raw)
    status = known_status(fields.get("respStatus"), STATUSES, "a transaction")
    return reference_in_path(as_text(fields.get("tranRef"), "the transaction's reference"), TRANSACTION), status
