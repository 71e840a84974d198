"""Omise (Opn Payments): PromptPay as a code to scan, other methods on its own page (links), in Thailand and beyond.

What a connection needs: a secret key (test or live, the address is the same), and in the dashboard a webhook endpoint
at ``/webhooks/omise/{connection}`` with its signing secret stored here.

An event is signed as a whole, but Omise itself advises to ask about the charge that it names, and so it is done.

Gaps. The signing of events is described by public implementations rather than by a page that could be read. Transfers
to the bank are not told. No columns of a settlement file could be read publicly: use a column mapping (``own_csv``). A
charge that was voided before it was settled counts as refunded, as Omise lists it. Whether a repeated refund of a part
is recognised is not settled, so only the whole of a charge is given back, which Omise itself does once.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.omise import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="omise",
    name="Omise",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("promptpay", "card"),
    countries=("TH", "SG", "MY", "JP"),
    config=(
        ConfigField(
            name="api_key",
            label="Secret key",
            secret=True,
            help="Starts with skey_test_ or skey_.",
            pattern=r"skey_(test_)?[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Signing secret of the webhook",
            secret=True,
            help="Shown in the dashboard beside the endpoint; in Base64.",
            pattern=r"[A-Za-z0-9+/]{16,252}={0,2}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous signing secret",
            secret=True,
            required=False,
            help="Accepted while a secret is renewed; remove it afterwards.",
            pattern=r"[A-Za-z0-9+/]{16,252}={0,2}",
        ),
        base_url_field("Empty for Omise itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    docs={
        "charges": "https://docs.omise.co/charges-api",
        "links": "https://docs.omise.co/links-api",
        "webhooks": "https://docs.omise.co/api-webhooks",
        "refunds": "https://docs.omise.co/refunds-api",
        "disputes": "https://docs.omise.co/disputes-api",
    },
)
