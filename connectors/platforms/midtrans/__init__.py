"""Midtrans, Core API: virtual accounts and QRIS in Indonesia.

What a connection needs: a server key, and in the dashboard under Payment, Notification URL the address
``/webhooks/midtrans/{connection}``. The sandbox has keys and an address of its own.

A notification is signed with the server key, but the signature covers the order's name, a code and the amount, not
what became of them. So every order is asked about before anything is booked.

Gaps. How long a code lives is Midtrans's own setting (a day for a virtual account, minutes for QRIS, both may be set in
the dashboard): an expiry of ours would count from a moment that is unknown when a request is built. A card payment is
told once it is settled, a day late, because until then it may be voided. A chargeback is shown without its amount or
day, so it is an error for a person to see to. No columns of a settlement file are documented publicly: read one with a
column mapping (``own_csv``). A QRIS refund that goes through the bank alone is told by Midtrans as any other.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.midtrans import payment_requests, refunds, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="midtrans",
    name="Midtrans",
    kind=PlatformKind.GATEWAY,
    rails=("qris", "virtual_account"),
    countries=("ID",),
    config=(
        ConfigField(
            name="api_key",
            label="Server key",
            secret=True,
            help="Signs notifications too; that of the sandbox starts with SB-.",
            pattern=r"(SB-)?[A-Za-z0-9_-]{8,255}",
        ),
        ConfigField(
            name="api_key_previous",
            label="Previous server key",
            secret=True,
            required=False,
            help="Its notifications are accepted while the key is renewed; remove it afterwards.",
            pattern=r"(SB-)?[A-Za-z0-9_-]{8,255}",
        ),
        ConfigField(
            name="bank",
            label="Bank of the virtual accounts",
            required=False,
            required_for=("virtual_account",),
            help="bca, bni, bri, cimb or permata.",
            pattern=r"bca|bni|bri|cimb|permata",
        ),
        base_url_field("Empty for production; https://api.sandbox.midtrans.com for the sandbox."),
    ),
    webhooks=Webhooks(
        verify=webhooks.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("api_key", "api_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    sandbox_base_url="https://api.sandbox.midtrans.com",
    docs={
        "charges": "https://docs.midtrans.com/reference/charge-transactions-1",
        "notifications": "https://docs.midtrans.com/docs/https-notification-webhooks",
        "status": "https://docs.midtrans.com/docs/get-status-api-requests",
        "refunds": "https://docs.midtrans.com/reference/refund-transaction",
    },
)
