"""Khipu, Chile: a page on which the debtor pays by bank transfer; instant payments, version 3 of the API.

What a connection needs: the API key and the secret of the collecting account, both shown in Khipu's portal under the
account's options, and the gateway's address with ``/webhooks/khipu/{connection}``, for Khipu is told with each payment
where to notify. An account in developer mode works at the same address, with a test bank.

A notification is signed, but does not say what became of the payment, so the payment is asked of Khipu before anything
is booked.

Gaps. Khipu works in other countries and currencies too; only Chile's are asked for and read. Refunds: the public
material describes two ways with different answers, one of which names no refund, and no safe way to repeat either, so
they are made in the portal. A payment that was reversed or refunded is shown without a day, so it is an error for a
person to see to. What Khipu keeps is not shown with a payment, and no settlement report's columns are documented.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.khipu import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="khipu",
    name="Khipu",
    kind=PlatformKind.GATEWAY,
    rails=("bank_transfer",),
    countries=("CL",),
    config=(
        ConfigField(
            name="api_key",
            label="API key",
            secret=True,
            help="Of the collecting account, for version 3 of the API.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Secret of the collecting account",
            secret=True,
            help="Notifications are signed with it.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous secret",
            secret=True,
            required=False,
            help="Accepted while a secret is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address of this connection's webhook",
            help="Your gateway's address with /webhooks/khipu/{connection}, written so; starts with https://.",
            pattern=WEBHOOK_URL,
        ),
        base_url_field("Empty for Khipu itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    docs={
        "payments": "https://docs.khipu.com/en/apis/v3/instant-payments/openapi/other/postpayment.md",
        "notifications": "https://docs.khipu.com/portal/en/payment-webhook/",
        "statuses": "https://docs.khipu.com/en/apis/v3/instant-payments/openapi/other/getpaymentbyid.md",
    },
)
