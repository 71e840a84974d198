"""dLocal, payins API 2.1: a page with the methods of each country, from cards to transfers, wallets and cash.

What a connection needs: X-Login, X-Trans-Key and the secret key of the merchant dashboard, the gateway's address with
``/webhooks/dlocal/{connection}``, and a page of yours that the debtor returns to. In the dashboard set the same address
for chargebacks. The sandbox has keys and an address of its own.

A notification is signed over the time and the body with the secret key, but a payment's may lack when it was paid, so
payments and refunds are asked of dLocal before anything is booked.

Gaps. dLocal Go and payouts are other products with other signatures. Of dLocal's countries those of Latin America that
are kept here are asked for, each in its own currency. A chargeback is told in eight codes without saying when money is
held or given free, and asking for one shows no amount, so it is an error for a person to see to. A page's life is
dLocal's own setting. Only a whole payment is given back: how a refund of a part is repeated safely is not documented.
The columns of the settlement reports are given to merchants, not published; public readers of them show amounts of six
decimals that come to their total only unrounded, so a report is read with a column mapping (``own_csv``) instead.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.dlocal import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="dlocal",
    name="dLocal",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card", "bank_transfer", "cash", "ewallet"),
    countries=("AR", "BR", "CL", "CO", "MX", "PE"),
    config=(
        ConfigField(
            name="x_login",
            label="X-Login",
            secret=True,
            help="Names the merchant in every request, and is signed with every notification.",
            pattern=r"[A-Za-z0-9_-]{4,120}",
        ),
        ConfigField(name="x_trans_key", label="X-Trans-Key", secret=True, pattern=r"[!-~]{4,255}"),
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
            help="Notifications signed with it are accepted while the key is renewed; remove it afterwards.",
            pattern=r"[!-~]{8,255}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address of this connection's webhook",
            help="Your gateway's address with /webhooks/dlocal/{connection}, written so; starts with https://.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where the page sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,160})?",
        ),
        base_url_field("Empty for dLocal itself; https://sandbox.dlocal.com for trying out."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("x_login", "secret_key", "secret_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, keyed=False, asked_as=f"{status.REFUND}{{}}".format),
    sandbox_base_url="https://sandbox.dlocal.com",
    docs={
        "payments": "https://docs.dlocal.com/reference/create-payment",
        "checkout": "https://docs.dlocal.com/docs/integrate-checkout",
        "security": "https://docs.dlocal.com/reference/payins-security",
        "notifications": "https://docs.dlocal.com/docs/receive-notifications",
        "orders": "https://docs.dlocal.com/reference/the-order-object",
        "refunds": "https://docs.dlocal.com/reference/make-a-refund",
        "chargebacks": "https://docs.dlocal.com/docs/chargebacks",
    },
)
