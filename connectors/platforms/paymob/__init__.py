"""Paymob (Accept): cards and mobile wallets on its own page (QuickLinks), in Egypt.

What a connection needs: the API key, the HMAC secret, the numbers of the payment integrations to offer (cards and
wallets that capture at once), and in the dashboard the address ``/webhooks/paymob/{connection}`` as the processed
callback of each of them. Test and live are told apart by the integrations and the mode; the address is the same.

A callback is signed, but the signature does not cover our reference, nor which transaction a refund is of; so every
transaction is asked about before anything is booked.

Gaps. Saudi Arabia, the Emirates and Oman have Paymobs of their own, whose times and smallest units are not documented
apart; they are not offered. Refunds are made in the dashboard, whose callback books them: what a repeated request would
do is not documented. A payment at a kiosk, and a capture of an authorisation, are errors for a person. Chargebacks and
payouts are told by no callback, and no columns of a settlement report could be read publicly: use a column mapping
(``own_csv``).
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.paymob import payment_requests, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="paymob",
    name="Paymob",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card", "wallet"),
    countries=("EG",),
    config=(
        ConfigField(
            name="api_key",
            label="API key",
            secret=True,
            help="From the dashboard under Settings, Account Info.",
            pattern=r"[A-Za-z0-9+/=_.-]{16,1000}",
        ),
        ConfigField(
            name="hmac_secret",
            label="HMAC secret",
            secret=True,
            help="Beside the API key; signs callbacks.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="hmac_secret_previous",
            label="Previous HMAC secret",
            secret=True,
            required=False,
            help="Accepted while a secret is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="integration_ids",
            label="Payment integrations to offer",
            help="Their numbers with commas between; of cards and wallets in EGP.",
            pattern=r"[0-9]{1,12}(,[0-9]{1,12}){0,9}",
        ),
        ConfigField(
            name="mode",
            label="Mode",
            help="live or test, as the integrations are.",
            pattern=r"live|test",
        ),
        base_url_field("Empty for Paymob Egypt itself."),
    ),
    webhooks=Webhooks(
        verify=webhooks.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("hmac_secret", "hmac_secret_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build,
        read=payment_requests.read,
        query=payment_requests.query,
        authorise=payment_requests.authorise,
        read_token=payment_requests.read_token,
    ),
    status=StatusQuery(build=status.build, read=status.read),
    docs={
        "payment_requests": "https://developers.paymob.com/paymob-docs/developers/quicklink-apis/create-quicklink",
        "callbacks": "https://developers.paymob.com/paymob-docs/manage-callback/transaction-callbacks",
        "signatures": "https://developers.paymob.com/paymob-docs/developers/webhook-callbacks-and-hmac/hmac/"
        "hmac-transaction-callback",
        "status": "https://developers.paymob.com/paymob-docs/developers/transaction-inquiry-apis/by-transaction-id",
    },
)
