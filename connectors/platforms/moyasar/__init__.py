"""Moyasar: mada, cards, Apple Pay, STC Pay and SADAD on its own page (invoices), in Saudi Arabia.

What a connection needs: a secret key (test or live, the address is the same), and in the dashboard under Settings,
Webhooks an endpoint at ``/webhooks/moyasar/{connection}`` for payment events, by POST, whose secret token is stored
here.

The token stands in the body, is the same in every call and covers nothing that is said; so every payment is asked of
Moyasar before anything is booked. The inbox keeps a body as it came, the token in it.

Gaps. Refunds are made in the dashboard, whose webhook books them: what a repeated request would do is not documented.
A refund of a part is an error for a person, because Moyasar states only what was given back in all. The settlement
file's columns are documented, but neither whether its amounts are in riyals or halalas nor their signs; read one with a
column mapping (``own_csv``). Chargebacks and payouts are told in that file alone. Whether ``fee`` holds its VAT is not
stated, so no fee is read.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.moyasar import payment_requests, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="moyasar",
    name="Moyasar",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card", "mada"),
    countries=("SA",),
    config=(
        ConfigField(
            name="api_key",
            label="Secret key",
            secret=True,
            help="Starts with sk_test_ or sk_live_.",
            pattern=r"sk_(test|live)_[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Secret token of the webhook",
            secret=True,
            help="You choose it in the dashboard; take a long random one.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous secret token",
            secret=True,
            required=False,
            help="Accepted while a token is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="return_url",
            label="Where the page sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for Moyasar itself."),
    ),
    webhooks=Webhooks(verify=webhooks.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    docs={
        "invoices": "https://docs.moyasar.com/create-invoice",
        "webhooks": "https://docs.moyasar.com/api/other/webhooks/webhook-reference",
        "payments": "https://docs.moyasar.com/fetch-payment",
        "statuses": "https://docs.moyasar.com/api/payments/payment-status-reference",
        "settlement_file": "https://docs.moyasar.com/guides/settlements/file-format",
    },
)
