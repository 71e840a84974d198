"""Mercado Pago: Pix as a code to scan, every other method of a country on its own page (Checkout Pro).

What a connection needs: an access token (test or production, the address is the same), and in the application's
panel a webhook at ``/webhooks/mercadopago/{connection}`` with the topics Payments and Chargebacks, whose secret
signature is stored here.

A notification names a payment and no more, so the payment is asked of Mercado Pago before anything is booked.

Gaps. The newer Orders API is not spoken; the Payments API is documented and serves. Claims ("mediation") move money in
ways that the public material does not describe per payment: until they end as a refund or a chargeback they are not
told. How old a signed notification may be is not stated, so its age is not judged; since nothing in it is believed, an
old one tells nothing new. Which refund a line of the reports is of: see ``reports``.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.mercadopago import payment_requests, refunds, reports, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="mercadopago",
    name="Mercado Pago",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("pix", "card"),
    countries=("AR", "BR", "CL", "CO", "MX", "PE", "UY"),
    config=(
        ConfigField(
            name="api_key",
            label="Access token",
            secret=True,
            help="Production or test credentials of the application; starts with APP_USR- or TEST-.",
            pattern=r"(APP_USR|TEST)-[A-Za-z0-9_-]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Secret signature of the webhook",
            secret=True,
            help="Shown in the application's panel beside the webhook.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous secret signature",
            secret=True,
            required=False,
            help="Accepted while a signature is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        base_url_field("Empty for Mercado Pago itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    reports=(reports.RELEASE, reports.SETTLEMENT),
    docs={
        "payments": "https://www.mercadopago.com.br/developers/en/reference/payments/_payments/post",
        "payment_page": "https://www.mercadopago.com.br/developers/en/reference/preferences/_checkout_preferences/post",
        "signatures": "https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks",
        "refunds": "https://www.mercadopago.com.br/developers/en/reference/chargebacks/_payments_id_refunds/post",
        "statuses": "https://www.mercadopago.com.br/developers/en/docs/checkout-api-payments/response-handling/query-results",
    },
)
