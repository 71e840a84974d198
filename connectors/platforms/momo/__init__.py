"""MoMo, API v2 of its payment gateway: a page of the Vietnamese wallet, paid in its app or with its code.

What a connection needs: partner code, access key and secret key of the business portal. MoMo is told with each request
where to notify, so ``webhook_url`` is the public address ``https://<host>/webhooks/momo/{connection}``. The sandbox has
keys and an address of its own.

Everything that is booked stands in the notification and is signed. The access key stands in what is signed, but not in
the notification: the first of a connection's secrets is the access key, and the others are secret keys.

Gaps. What became of an order is asked for its refunds alone: the answer does not state when the order was paid, which
only the notification does; where that is lost, the wallet's statement has to tell. How long a page lives is not stated
in what was read: that it has expired is told by a notification (code 1005). The code to scan that an answer may hold
(``qrCodeUrl``) needs MoMo's permission, so the page alone is given. No columns of a settlement file are documented
publicly: read one with a column mapping (``own_csv``). MoMo wants its notification answered with 204 and gets 202.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.momo import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="momo",
    name="MoMo",
    kind=PlatformKind.GATEWAY,
    rails=("momo",),
    countries=("VN",),
    config=(
        ConfigField(name="partner_code", label="Partner code", pattern=r"[A-Za-z0-9_-]{4,50}"),
        ConfigField(name="access_key", label="Access key", secret=True, pattern=r"[!-~]{8,255}"),
        ConfigField(
            name="secret_key",
            label="Secret key",
            secret=True,
            help="Signs requests and notifications.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="secret_key_previous",
            label="Previous secret key",
            secret=True,
            required=False,
            help="Its notifications are accepted while the key is renewed; remove it afterwards.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address to notify",
            help="Public and HTTPS, with {connection} where its identifier goes.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where MoMo sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,150})?",
        ),
        base_url_field("Empty for production; https://test-payment.momo.vn for the sandbox."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("access_key", "secret_key", "secret_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    sandbox_base_url="https://test-payment.momo.vn",
    docs={
        "payment_requests": "https://developers.momo.vn/v3/docs/payment/api/wallet/onetime",
        "notifications": "https://developers.momo.vn/v3/docs/payment/api/result-handling/notification",
        "result_codes": "https://developers.momo.vn/v3/docs/payment/api/result-handling/resultcode",
        "status": "https://developers.momo.vn/v3/docs/payment/api/payment-api/query",
        "refunds": "https://developers.momo.vn/v3/docs/payment/api/payment-api/refund",
    },
)
