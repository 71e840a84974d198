"""Xendit, Payments API v3: virtual accounts, QR codes and wallets in Indonesia, the Philippines, Thailand and beyond.

What a connection needs: a secret API key with the permission Money-in (write), the channel to collect over, and in the
dashboard the webhooks "Payment requests v3 - payment status" and "Unified refunds" set to
``/webhooks/xendit/{connection}``, whose verification token is stored here.

The token is the same in every call and covers nothing that is said, so every payment and refund is asked of Xendit
before anything is booked. A test key works at the same address.

Gaps. Events of the APIs before v3 are kept with an error, for the address that confirms them is another. Disputes
(cards, QRIS) have webhooks, but the public material does not say how to ask about one, so they are ignored; the balance
report tells the money. Payouts are told by the report alone.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.xendit import payment_requests, refunds, reports, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="xendit",
    name="Xendit",
    kind=PlatformKind.GATEWAY,
    rails=("qris", "qrph", "promptpay", "virtual_account", "ewallet"),
    countries=("ID", "PH", "TH", "VN", "MY"),
    config=(
        ConfigField(
            name="api_key",
            label="Secret API key",
            secret=True,
            help="May write Money-in; starts with xnd_.",
            pattern=r"xnd_[A-Za-z0-9_+/=-]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Webhook verification token",
            secret=True,
            help="Shown in the dashboard under Settings, Webhooks.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous verification token",
            secret=True,
            required=False,
            help="Accepted while a token is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="channel_code",
            label="Channel to collect over",
            required=False,
            required_for=("virtual_account", "ewallet"),
            help="Xendit's code, such as BRI_VIRTUAL_ACCOUNT or GCASH; QR rails know theirs.",
            pattern=r"[A-Z0-9_]{2,60}",
        ),
        ConfigField(
            name="display_name",
            label="Name that the payer sees at a virtual account",
            required=False,
            required_for=("virtual_account",),
            pattern=r"[A-Za-z0-9 .&'-]{3,50}",
        ),
        ConfigField(
            name="return_url",
            label="Where a wallet sends the debtor",
            required=False,
            required_for=("ewallet",),
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for Xendit itself."),
    ),
    webhooks=Webhooks(verify=webhooks.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, asked_as="refunds/{}".format),
    reports=(reports.REPORT,),
    docs={
        "payment_requests": "https://docs.xendit.co/apidocs/create-payment-request",
        "webhooks": "https://docs.xendit.co/apidocs/payment-webhook-notification",
        "payments": "https://docs.xendit.co/apidocs/get-payment",
        "refunds": "https://docs.xendit.co/apidocs/create-a-refund",
        "balance_report": "https://docs.xendit.co/docs/balance-report",
    },
)
