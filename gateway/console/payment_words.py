"""Words of refunds, connections, payment requests and pay links, as msgids of the console's catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.wording.payment_labels import marked

PAYMENT_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "refund_state": {
        "proposed": marked("Awaits approval"),
        "withdrawn": marked("Withdrawn"),
        "due": marked("To be asked for"),
        "asking": marked("Being asked for"),
        "uncertain": marked("Not sure"),
        "sent": marked("On its way"),
        "paid": marked("Paid"),
        "refused": marked("Refused, put back"),
    },
    "tried": {
        "accepted": marked("The platform answers, and accepts the credentials."),
        "refused": marked("The platform answers, but does not accept the credentials."),
        "unreachable": marked("The platform does not answer."),
        "strange": marked("The platform answers, but not as expected."),
        "not_offered": marked(
            "This platform cannot be asked without doing something. A captured webhook can be verified."
        ),
    },
    "connection_state": {
        "active": marked("In use"),
        "paused": marked("Paused"),
    },
}
PAYMENT_TIMELINE: Final[Mapping[str, str]] = {
    "refund_requested": marked("Refund asked for"),
    "refund_approved": marked("Refund approved"),
    "refund_withdrawn": marked("Refund withdrawn"),
    "refund_paid": marked("Refund paid by the platform"),
    "refund_refused": marked("Refund refused, money put back"),
    "payment_request_cancelled": marked("Payment request cancelled"),
    "payment_request_rerouted": marked("Payment request went another way"),
    "pay_link_given": marked("Link to the pay page made"),
    "pay_link_revoked": marked("Link to the pay page revoked"),
}
PAYMENT_REFUSALS: Final[Mapping[str, str]] = {
    "refund_not_offered": marked(
        "This money cannot be given back through its platform. Decide the refund, pay it by bank, and confirm it."
    ),
    "refund_underway": marked("Another refund of this receipt is not over yet."),
    "refund_decided": marked("The refund has moved on. Open the receipt again."),
    "refund_partial": marked("This platform can only give the whole payment back."),
    "request_not_live": marked("The payment request is over already."),
    "request_paid": marked("The payment request is paid."),
    "instalment_terms_invalid": marked(
        "Instalments are two to twelve payments of more than nothing, the first within 31 days."
    ),
    "connection_settings_invalid": marked("A setting is missing, or not of the right form."),
    "connection_exists": marked("There is such a connection already. Give it another name."),
    "platform_credentials_refused": marked("The platform does not accept these credentials."),
    "platform_unreachable": marked("The platform could not be reached."),
    "platform_timeout": marked("The platform did not answer in time."),
}
PAYMENT_DONE: Final[Mapping[str, str]] = {
    "refund_proposed": marked("The refund is proposed. Another person can approve it now."),
    "refund_due": marked("The platform will be asked for the refund in a moment."),
    "refund_withdrawn": marked("The refund is withdrawn."),
    "refund_put_back": marked("The refund is given up, and the money put back."),
    "request_cancelled": marked("The payment request is cancelled."),
    "request_reissued": marked("A new payment request is made."),
    "instalment_terms_stated": marked("The terms are stated. They hold for plans that are taken from now on."),
    "pay_link": marked("Here is the debtor's link. Give it to the debtor alone."),
    "pay_link_revoked": marked("The link opens nothing any more."),
    "secret_retired": marked("Only the new secret is taken now."),
    "connected": marked("The platform is connected. Register its address there, then test it."),
    "settings_changed": marked("The settings are changed."),
    "connection_paused": marked("Nothing is asked of the platform now. What it sends is still taken."),
    "connection_resumed": marked("The connection is in use again."),
}
