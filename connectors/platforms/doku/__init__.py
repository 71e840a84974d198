"""DOKU: its checkout page in Indonesia, with virtual accounts, QRIS, cards and wallets; notifications also by SNAP.

What a connection needs: the client ID and the secret key of DOKU's dashboard. DOKU is told with each request where to
notify, so ``webhook_url`` is the public address ``https://<host>/webhooks/doku/{connection}``; where an account does
not offer that, set the same address in the dashboard, per method. The sandbox has credentials and an address of its
own.

DOKU signs the path of the address that it calls. The gateway hands it on as the header ``Request-Target`` (``afluente
webhook verify`` takes it among the headers): a proxy in front of the gateway must leave the path as it is.

Gaps. Virtual accounts by SNAP are read when they are told, but not asked for: DOKU then borrows an access token of the
one whom it notifies, which this gateway does not lend. Refunds are made in DOKU's dashboard; an order that was refunded
is an error for a person to see to, for its answer does not say how much. How a page's end (``expired_date``) is zoned
is not documented, so what was ordered counts. No columns of a settlement file were found: read one with a column
mapping (``own_csv``). Notifications state no limit in time; a repeat is the same delivery.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.doku import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="doku",
    name="DOKU",
    kind=PlatformKind.GATEWAY,
    rails=("virtual_account", "qris", "ewallet", "card"),
    countries=("ID",),
    config=(
        ConfigField(name="client_id", label="Client ID", pattern=r"[A-Za-z0-9-]{4,64}"),
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
            name="method_types",
            label="Methods of the page",
            required=False,
            required_for=("virtual_account", "ewallet"),
            help="DOKU's codes with commas, such as VIRTUAL_ACCOUNT_BCA,VIRTUAL_ACCOUNT_BRI or EMONEY_OVO.",
            pattern=r"[A-Z0-9_]{2,60}(,[A-Z0-9_]{2,60}){0,19}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address to notify",
            help="Public and HTTPS, with {connection} where its identifier goes.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where DOKU sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for production; https://api-sandbox.doku.com for the sandbox."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("secret_key", "secret_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url="https://api-sandbox.doku.com",
    docs={
        "payment_requests": "https://developers.doku.com/accept-payments/doku-checkout/integration-guide/"
        "backend-integration",
        "notifications": "https://developers.doku.com/get-started-with-doku-api/notification/"
        "http-notification-sample-non-snap",
        "notifications_snap": "https://developers.doku.com/get-started-with-doku-api/notification/"
        "http-notification-sample-for-snap",
        "signatures": "https://developers.doku.com/get-started-with-doku-api/signature-component/non-snap",
        "signatures_snap": "https://developers.doku.com/get-started-with-doku-api/signature-component/snap",
        "status": "https://developers.doku.com/get-started-with-doku-api/check-status-api/non-snap",
    },
)
