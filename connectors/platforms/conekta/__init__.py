"""Conekta in Mexico: a payment link on which the debtor chooses a card, cash in a shop, or a transfer (SPEI).

What a connection needs: the private API key, the public half of the company's webhook key pair (made with
``POST /webhook_keys``, which shows it), and in Conekta's panel a webhook with the gateway's address and
``/webhooks/conekta/{connection}``, for all events of orders and charges. Trying out uses the same address with a test
key.

An event is proved over its body, but carries an order as it stood, so every order is asked of Conekta before anything
is booked. In one order each charge that is paid is a receipt.

Gaps. A refund shows no final state in public material, nor is it documented how one is repeated safely, so a refund is
made in Conekta's panel, and one that is told is an error for a person to see to; so is a chargeback, whose stages say
nothing of when money is held. A link's life is five minutes to a year from when it is made; Conekta refuses others.
What Conekta keeps of a payment is not shown, and no columns of a settlement report are published. The published example
of the proof could not be read, so the tests make their own key pair.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.conekta import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="conekta",
    name="Conekta",
    kind=PlatformKind.CARD_GATEWAY,
    rails=payment_requests.METHODS,
    countries=("MX",),
    config=(
        ConfigField(
            name="api_key",
            label="Private API key",
            secret=True,
            help="A live key moves money; a test key only tries out.",
            pattern=r"key_[A-Za-z0-9]{8,120}",
        ),
        ConfigField(
            name="webhook_public_key",
            label="Public key of webhooks",
            secret=True,
            help="As POST /webhook_keys shows it, with or without its first and last line.",
            pattern=signatures.PUBLIC_KEY.pattern,
        ),
        ConfigField(
            name="webhook_public_key_previous",
            label="Previous public key",
            secret=True,
            required=False,
            help="Accepted while the key pair is renewed; remove it afterwards.",
            pattern=signatures.PUBLIC_KEY.pattern,
        ),
        base_url_field("Empty for Conekta itself."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("webhook_public_key", "webhook_public_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url=None,  # the key decides
    docs={
        "proof": "https://developers.conekta.com/docs/autenticación-webhooks",
        "payment_links": "https://developers.conekta.com/v2.3.0/reference/payment-link",
        "api": "https://github.com/conekta/openapi",
    },
)
