"""2C2P, payment gateway 4.3: cards and local methods in South-East Asia on 2C2P's own page.

What a connection needs: the merchant ID and the secret key of one merchant account, which is of one country. 2C2P is
told with each request where to notify, so ``webhook_url`` is the public address
``https://<host>/webhooks/two_c_two_p/{connection}``. The sandbox has credentials and an address of its own.

Requests, answers and notifications are signed tokens (JWT) under the secret key, of one algorithm, HS256. A
notification is signed whole, so it is booked as it stands.

Gaps. ``transactionDateTime`` states no zone and none is documented, so the day is taken as stated and no hour is
claimed. Refunds, voids and chargebacks go through another interface with exchanged keys (JWE and PS256) that this
connection has not: an order that was refunded or charged back is an error for a person to see to, as its answer does
not say how much. The zone of ``paymentExpiry`` is not documented either, so none is sent and a page lives for the half
hour that 2C2P gives it. The columns of the reconciliation report are not documented publicly: read one with a column
mapping (``own_csv``). An answer's signature is not proved a second time: it comes over the connection that we opened.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.two_c_two_p import payment_requests, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="two_c_two_p",
    name="2C2P",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card",),
    countries=("TH", "SG", "MY", "PH", "ID", "VN", "KH"),
    config=(
        ConfigField(name="merchant_id", label="Merchant ID", pattern=r"[A-Za-z0-9]{2,25}"),
        ConfigField(
            name="secret_key",
            label="Secret key",
            secret=True,
            help="Signs requests and notifications.",
            pattern=r"[!-~]{16,255}",
        ),
        ConfigField(
            name="secret_key_previous",
            label="Previous secret key",
            secret=True,
            required=False,
            help="Its notifications are accepted while the key is renewed; remove it afterwards.",
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
            label="Where 2C2P sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for production; https://sandbox-pgw.2c2p.com for the sandbox."),
    ),
    webhooks=Webhooks(
        verify=webhooks.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("secret_key", "secret_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url="https://sandbox-pgw.2c2p.com",
    docs={
        "payment_requests": "https://developer.2c2p.com/docs/api-payment-token",
        "tokens": "https://developer.2c2p.com/docs/json-web-tokens-jwt",
        "status": "https://developer.2c2p.com/docs/api-payment-inquiry",
        "guides": "https://github.com/2C2P/agent-skills",
    },
)
