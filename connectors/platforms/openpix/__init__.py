"""OpenPix (Woovi): Pix as a code to scan, in Brazil.

What a connection needs: an AppID of the API, and webhooks to ``/webhooks/openpix/{connection}?token=…``, where the
token is the webhook secret stored here, for the events ``OPENPIX:CHARGE_COMPLETED``,
``OPENPIX:CHARGE_COMPLETED_NOT_SAME_CUSTOMER_PAYER``, ``OPENPIX:CHARGE_EXPIRED``, ``OPENPIX:TRANSACTION_RECEIVED``,
``OPENPIX:TRANSACTION_REFUND_RECEIVED`` and ``OPENPIX:DISPUTE_*``.

OpenPix signs with one key for all of its customers, so a signature alone proves that OpenPix said something to
somebody; the token proves that it was said to this connection. Where a webhook has an HMAC secret, that is enough.

Gaps. A dispute (MED) is told without a day, and its address states none either: it is an error for a person to see to.
A refund of a Pix that belongs to no charge does not name what it gives back, and is an error too. A charge that may be
paid late with interest (boleto and the like) is not made, and not read when it is asked about. What OpenPix keeps is
not stated by its webhooks in a way that sums up. No columns of a settlement file are documented: read the account's
statement with a column mapping (``own_csv``). Whether a repeated refund is recognised is not stated, so only the whole
of a charge is given back, which can be done once.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.openpix import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="openpix",
    name="OpenPix",
    kind=PlatformKind.GATEWAY,
    rails=("pix",),
    countries=("BR",),
    config=(
        ConfigField(
            name="api_key",
            label="AppID",
            secret=True,
            help="Of an application of the kind API.",
            pattern=r"[A-Za-z0-9+/_=-]{16,512}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Webhook secret",
            secret=True,
            help="The token in the webhook's address; or the HMAC secret that the webhook was made with.",
            pattern=r"[A-Za-z0-9._~-]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous webhook secret",
            secret=True,
            required=False,
            help="Accepted while the address or the secret is renewed; remove it afterwards.",
            pattern=r"[A-Za-z0-9._~-]{16,255}",
        ),
        base_url_field("Empty for production; https://api.woovi-sandbox.com for the sandbox."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, keyed=False),
    sandbox_base_url="https://api.woovi-sandbox.com",
    docs={
        "api": "https://developers.openpix.com.br/api",
        "signatures": "https://developers.openpix.com.br/docs/webhook/seguranca/webhook-signature-validation",
        "events": "https://developers.openpix.com.br/docs/webhook/webhook-events-type",
    },
)
