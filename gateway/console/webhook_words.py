"""Words of webhooks out: what the console calls their states and troubles, as msgids of its catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

WEBHOOK_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "endpoint_state": {
        "enabled": marked("On"),
        "disabled": marked("Off"),
    },
    "disabled_reason": {
        "person": marked("A person switched it off."),
        "failing": marked("It failed for days without a success between, so it was switched off."),
        "gone": marked("It answered 410, which asks for no more, so it was switched off."),
    },
    "webhook_state": {
        "pending": marked("Waits"),
        "sending": marked("Being sent"),
        "delivered": marked("Delivered"),
        "failed": marked("Given up"),
        "skipped": marked("Not sent: it was off"),
    },
    "webhook_event": {
        "receipt.matched": marked("A receipt paid a case"),
        "receipt.unmatched": marked("A receipt waits unmatched"),
        "difference.opened": marked("A difference opened"),
        "day.closed": marked("A day was closed"),
        "webhook.test": marked("Test"),
    },
    "webhook_error": {
        "timeout": marked("No answer in time"),
        "unreachable": marked("Nobody answers there"),
        "tls_failed": marked("The certificate cannot be trusted"),
        "answer_malformed": marked("The answer is no HTTP"),
        "host_unknown": marked("The host has no address"),
        "address_refused": marked("The host does not lie on the public internet"),
        "https_required": marked("The address is not HTTPS"),
        "url_malformed": marked("The address cannot take webhooks"),
    },
}
"""Words by family and code."""

WEBHOOK_REFUSALS: Final[Mapping[str, str]] = {
    "https_required": marked("Webhooks are sent over HTTPS. Write an address that begins with https://."),
    "url_malformed": marked("Write a plain https:// address, without user, password or fragment."),
    "host_unknown": marked("The host has no address. Check its name."),
    "address_refused": marked("The host does not lie on the public internet, so nothing is sent there."),
    "event_types_missing": marked("Choose at least one kind of event."),
    "endpoint_exists": marked("An endpoint with this address is registered already."),
    "endpoints_too_many": marked("There are as many endpoints as there may be. Delete one first."),
    "endpoint_disabled": marked("The endpoint is off. Switch it on first."),
    "secret_changed": marked("The secret was replaced since. Open the endpoint again."),
    "since_too_early": marked("Deliveries are kept for thirty days. Choose a later day."),
}
"""Refusals by code."""

WEBHOOK_DONE: Final[Mapping[str, str]] = {
    "endpoint_changed": marked("The endpoint is changed."),
    "endpoint_deleted": marked("The endpoint is deleted, with its secret."),
    "webhook_test": marked("A test is on its way. Its answer will stand among the deliveries."),
    "webhook_again": marked("It will be sent again now."),
}
"""What was done, by mark."""
