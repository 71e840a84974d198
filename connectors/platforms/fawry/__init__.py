"""FawryPay: a number to pay with cash at Fawry's shops in Egypt, or in a bank's or wallet's application.

What a connection needs: the merchant code and secure key, and with Fawry the notification address (version 2)
``/webhooks/fawry/{connection}``. The staging environment has codes, keys and an address of its own.

A notification is signed with the secure key, but the signature does not cover when the order was paid; so every order
is asked about before anything is booked.

Gaps. Refunds are made in Fawry's portal and recorded by hand: an order's status tells that money was given back, but
not when, and a repeated request is not said to be recognised. Cards and wallets over Fawry are not offered. What Fawry
keeps is told beside the order's amount in notifications only, which are not believed. No columns of a settlement file
could be read publicly: use a column mapping (``own_csv``).
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.fawry import payment_requests, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="fawry",
    name="FawryPay",
    kind=PlatformKind.GATEWAY,
    rails=("fawry",),
    countries=("EG",),
    config=(
        ConfigField(
            name="merchant_code",
            label="Merchant code",
            help="As Fawry gave it.",
            pattern=r"[A-Za-z0-9+/=_-]{4,60}",
        ),
        ConfigField(
            name="secure_key",
            label="Secure key",
            secret=True,
            help="Signs requests and notifications.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="secure_key_previous",
            label="Previous secure key",
            secret=True,
            required=False,
            help="Its notifications are accepted while the key is renewed; remove it afterwards.",
            pattern=r"[!-~]{8,255}",
        ),
        base_url_field("Empty for production; https://atfawry.fawrystaging.com for staging."),
    ),
    webhooks=Webhooks(
        verify=webhooks.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("secure_key", "secure_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url="https://atfawry.fawrystaging.com",
    docs={
        "payment_requests": "https://developer.fawrystaging.com/docs/server-apis/create-payment-refno-apis",
        "notifications": "https://developer.fawrystaging.com/docs/payment-notifications/server-notification-v2",
        "status": "https://atfawry.com/developer-guide/payment-status.html",
        "refunds": "https://developer.fawrystaging.com/docs/server-apis/refund-issue-api",
    },
)
