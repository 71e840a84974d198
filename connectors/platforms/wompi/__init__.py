"""Wompi, Colombia: a page on which the debtor pays by PSE, Nequi, Bancolombia or card.

What a connection needs: the private key, and in the dashboard under Developers the events secret, which is stored here,
with ``/webhooks/wompi/{connection}`` as the address for events. The sandbox has keys, a secret and an address for
events of its own.

An event's checksum covers the transaction's identifier, status and amount, but not its currency nor what it was paid
for, so every transaction is asked of Wompi before anything is booked.

Gaps. Refunds: the public material contradicts itself on whether a transaction may be voided over the API, and describes
no refund of a part, so both are made in the dashboard; a void is told and booked, what a refund of a part looks like is
not documented. Wompi documents no settlement report's columns and no fee per transaction. How old an event may be is
not stated, so its age is not judged; since nothing in it is believed, an old one tells nothing new. The checksum that
Wompi's page prints beside its example is not the SHA-256 of that example; the example itself is among the tests.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.wompi import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="wompi",
    name="Wompi",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("pse", "nequi", "bancolombia", "card"),
    countries=("CO",),
    config=(
        ConfigField(
            name="api_key",
            label="Private key",
            secret=True,
            help="Starts with prv_prod_ or prv_test_.",
            pattern=r"prv_[a-z]+_[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Events secret",
            secret=True,
            help="Shown in the dashboard under Developers; starts with prod_events_ or test_events_.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous events secret",
            secret=True,
            required=False,
            help="Accepted while a secret is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        base_url_field("Empty for Wompi itself; https://sandbox.wompi.co for trying out."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url="https://sandbox.wompi.co",
    docs={
        "payment_links": "https://docs.wompi.co/en/docs/colombia/links-de-pago/",
        "events": "https://docs.wompi.co/en/docs/colombia/eventos/",
        "transactions": "https://docs.wompi.co/reference",
        "methods": "https://docs.wompi.co/docs/colombia/metodos-de-pago/",
    },
)
