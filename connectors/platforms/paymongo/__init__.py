"""PayMongo: a payment link on its own page, with cards, GCash, Maya, GrabPay and QR Ph, in the Philippines.

What a connection needs: a secret key (test or live, the address is the same), and a webhook made over the API for
``/webhooks/paymongo/{connection}`` with the events ``payment.paid``, ``payment.failed``, ``payment.refunded`` and
``payment.refund.updated``, whose secret key is stored here.

A signature covers the whole of what is told, and an event holds the payment as it stands, so it is booked as it comes.
What PayMongo keeps is the amount less the net amount, which already counts the withholding tax that it gives back.

Gaps. The settlement files of the dashboard are described by their headings on a screen, not as the columns of the
exported file: read them with a column mapping (``own_csv``). A dispute has no event and no address to ask at; a payment
only says that it is ``disputed``. A link has no end and cannot be given one. A repeated request makes a second link,
and a repeated refund might give money back twice, since no idempotency key is documented: so only the whole of a
payment is given back, which PayMongo itself does once.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.paymongo import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="paymongo",
    name="PayMongo",
    kind=PlatformKind.GATEWAY,
    rails=("qrph", "ewallet", "card"),
    countries=("PH",),
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
            label="Secret key of the webhook",
            secret=True,
            help="In the answer that made the webhook; starts with whsk_.",
            pattern=r"whsk_[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous secret key of the webhook",
            secret=True,
            required=False,
            help="Accepted while a webhook is replaced; remove it afterwards.",
            pattern=r"whsk_[A-Za-z0-9]{8,255}",
        ),
        base_url_field("Empty for PayMongo itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, keyed=False),
    docs={
        "links": "https://developers.paymongo.com/reference/create-a-link",
        "webhooks": "https://developers.paymongo.com/docs/webhooks",
        "signatures": "https://developers.paymongo.com/docs/securing-webhook",
        "payments": "https://developers.paymongo.com/reference/retrieve-a-payment",
        "refunds": "https://developers.paymongo.com/reference/create-a-refund",
        "payouts": "https://developers.paymongo.com/docs/payouts-reconciliation",
    },
)
