"""Tap Payments: KNET, BENEFIT, mada, OmanNet, NAPS and cards on its own page, across the Gulf, Jordan and Egypt.

What a connection needs: a secret key (test or live, the address is the same), the address of this connection's webhook
(``/webhooks/tap/{connection}``) and one to send the debtor to. Tap is told the webhook's address with every request;
nothing is set in its dashboard.

A webhook is signed under the secret key, but the signature does not cover whose payment it is; so every charge and
refund is asked of Tap before anything is booked.

Gaps. A page lives an hour at most. Fawry over Tap is paid days later by rules that are not documented, so that rail is
not offered. Only the whole of a charge is given back; refunds made in the dashboard, disputes and payouts are told by
no webhook that is documented. What a report's rows mean could not be read publicly: read one with a column mapping
(``own_csv``). A charge that Tap reversed by itself is an error for a person.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.tap import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

_ADDRESS = r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?"

PLATFORM = Platform(
    code="tap",
    name="Tap Payments",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("knet", "benefit", "mada", "omannet", "naps", "card"),
    countries=("KW", "SA", "BH", "QA", "OM", "AE", "JO", "EG"),
    config=(
        ConfigField(
            name="api_key",
            label="Secret key",
            secret=True,
            help="Starts with sk_test_ or sk_live_; signs webhooks too.",
            pattern=r"sk_(test|live)_[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="api_key_previous",
            label="Previous secret key",
            secret=True,
            required=False,
            help="Its webhooks are accepted while the key is renewed; remove it afterwards.",
            pattern=r"sk_(test|live)_[A-Za-z0-9]{8,255}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address of this connection's webhook",
            help="Your gateway's address with /webhooks/tap/{connection}, written so; starts with https://.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where the page sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=_ADDRESS,
        ),
        base_url_field("Empty for Tap itself."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("api_key", "api_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, keyed=False, asked_as=str),
    docs={
        "charges": "https://developers.tap.company/reference/charges",
        "webhooks": "https://developers.tap.company/docs/webhook",
        "refunds": "https://developers.tap.company/docs/refunds",
    },
)
