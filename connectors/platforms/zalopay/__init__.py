"""Zalopay, API v2: a page and a code for one amount in Vietnam, paid in the wallet or by any bank's VietQR.

What a connection needs: the application's number, its MAC key (key 1, signs requests) and its callback key (key 2,
signs what Zalopay tells). Zalopay is told with each request where to notify, so ``webhook_url`` is the public address
``https://<host>/webhooks/zalopay/{connection}``. The sandbox has keys and an address of its own.

Zalopay wants the day in Vietnam and the moment at which an order is made inside the order. Both are taken from our
payment request's identifier, which was made then; one that waited for more than a quarter of an hour is refused there.

Gaps. What became of an order may be asked (``/v2/query``), but the documented answer names neither the order nor when
it was paid, so nothing is booked from it. A refund must state the moment of asking inside what is signed, and its
answer tells neither amount nor day: give money back in Zalopay's portal. Callbacks tell of payments alone, so nothing
tells that an order has ended. No columns of a settlement file are documented publicly: read one with a column mapping
(``own_csv``). Callbacks want an answer of their own shape (``return_code``) and get 202; a repeat is kept once.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.zalopay import payment_requests, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Webhooks

PLATFORM = Platform(
    code="zalopay",
    name="Zalopay",
    kind=PlatformKind.GATEWAY,
    rails=("zalopay", "vietqr"),
    countries=("VN",),
    config=(
        ConfigField(name="app_id", label="Application's number (app_id)", pattern=r"[0-9]{1,9}"),
        ConfigField(
            name="mac_key", label="MAC key (key 1)", secret=True, help="Signs requests.", pattern=r"[!-~]{16,255}"
        ),
        ConfigField(
            name="webhook_secret",
            label="Callback key (key 2)",
            secret=True,
            help="Signs what Zalopay tells.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous callback key",
            secret=True,
            required=False,
            help="Accepted while the key is renewed; remove it afterwards.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address to notify",
            help="Public and HTTPS, with {connection} where its identifier goes.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where Zalopay sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for production; https://sb-openapi.zalopay.vn for the sandbox."),
    ),
    webhooks=Webhooks(verify=webhooks.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    sandbox_base_url="https://sb-openapi.zalopay.vn",
    docs={
        "payment_requests": "https://docs.zalopay.vn/docs/specs/order-create",
        "callbacks": "https://docs.zalopay.vn/docs/specs/callback-api",
        "status": "https://docs.zalopay.vn/docs/specs/order-query",
        "library": "https://github.com/zalopay-oss/zalopay-nodejs",
    },
)
