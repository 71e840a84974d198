"""Checkout.com: cards, mada, KNET, BENEFIT and others on its own page (payment links), across the Gulf and beyond.

What a connection needs: a secret key that may create payment links and refunds, the processing channel, and in the
dashboard a workflow whose webhook goes to ``/webhooks/checkout_com/{connection}`` for the events ``payment_captured``,
``payment_refunded``, ``payment_refund_declined`` and those of disputes, with its signature key stored here. Production
and sandbox are separate, and each account has addresses of its own; the shared ones serve older accounts.

Amounts have Checkout.com's own exponents (``amounts.py``): dinars and rials of three decimals must end in 0.

Gaps. A payment can be looked up, but the answer does not say when it was captured, and the list of its actions does not
say the currency; so there is no status query, and the signed events alone are booked. Events of accounts before 2022
(without ``balances``) are refused. A dispute, and money that was returned, are errors for a person, for it is not
documented which of the events move money. OmanNet pays by captures at once and gives back wholes only; Checkout.com
refuses what it cannot do. Settlement reports: columns and kinds of rows are described, but their amounts have up to
eight decimals and come to the payout only unrounded; read one with a column mapping (``own_csv``). Bank payouts are
told by no event.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.checkout_com import payment_requests, refunds, signatures, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, Webhooks

PLATFORM = Platform(
    code="checkout_com",
    name="Checkout.com",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card",),
    countries=("AE", "SA", "KW", "BH", "QA", "OM", "JO", "EG"),
    config=(
        ConfigField(
            name="api_key",
            label="Secret key",
            secret=True,
            help="Starts with sk_; that of the sandbox with sk_sbox_.",
            pattern=r"sk_[A-Za-z0-9_*#$!-]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Signature key of the webhook",
            secret=True,
            help="Shown in the dashboard beside the workflow's webhook.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous signature key",
            secret=True,
            required=False,
            help="Accepted while a key is renewed; remove it afterwards.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="processing_channel_id",
            label="Processing channel",
            help="Starts with pc_.",
            pattern=r"pc_[a-z0-9]{10,60}",
        ),
        ConfigField(
            name="payer_country",
            label="Country of the payers",
            help="Two letters; decides which methods the page offers.",
            pattern=r"[A-Z]{2}",
        ),
        ConfigField(
            name="link_days",
            label="Days that a link lives",
            required=False,
            help="One day if empty.",
            pattern=r"[1-9]|[12]\d|30",
        ),
        base_url_field("Your account's own, from the dashboard; empty for the shared one."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    sandbox_base_url="https://api.sandbox.checkout.com",
    docs={
        "amounts": "https://www.checkout.com/docs/payments/accept-payments/format-the-amount-value",
        "payment_requests": "https://www.checkout.com/docs/previous/integrate/payment-links/manage-payment-links",
        "webhooks": "https://www.checkout.com/docs/developer-resources/event-notifications/event-types/payment_captured",
        "refunds": "https://www.checkout.com/docs/payments/manage-payments/refund-a-payment",
        "disputes": "https://www.checkout.com/docs/workflows/webhook-event-types/dispute_evidence_required",
    },
)
