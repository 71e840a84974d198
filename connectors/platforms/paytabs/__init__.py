"""PayTabs: cards, mada, KNET, OmanNet, Meeza and others on its own page, from Morocco to Iraq.

What a connection needs: the profile's number and server key, the address of the region that the profile belongs to, the
address of this connection's webhook (``/webhooks/paytabs/{connection}``) and one to send the debtor to. A profile for
trying out is made in the dashboard; its address is the same.

Notifications are signed as a whole under the server key and are booked as told. The form that the debtor's browser
brings back is proved too, but states no amount: the transaction that it names is asked about.

Gaps. Refunds are made in the dashboard, whose notification books them (set its IPN to this connection's webhook): the
API knows a repeated request for two minutes only, and whether it would refuse to give back more than was paid is not
documented. A sale that was voided, and one that was charged in another currency, are errors for a person.
How long a page lives is not documented. Chargebacks and payouts are told by no notification, and no columns of a
settlement report could be read publicly: use a column mapping (``own_csv``).
"""

from __future__ import annotations

from connectors.platforms import BASE_URL, WEBHOOK_URL
from connectors.platforms.paytabs import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

_ADDRESS = r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?"

PLATFORM = Platform(
    code="paytabs",
    name="PayTabs",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card",),
    countries=("SA", "AE", "EG", "OM", "JO", "KW", "IQ", "QA"),
    config=(
        ConfigField(
            name="api_key",
            label="Server key",
            secret=True,
            help="Signs notifications too.",
            pattern=r"[A-Z0-9-]{16,255}",
        ),
        ConfigField(
            name="api_key_previous",
            label="Previous server key",
            secret=True,
            required=False,
            help="Its notifications are accepted while the key is renewed; remove it afterwards.",
            pattern=r"[A-Z0-9-]{16,255}",
        ),
        ConfigField(
            name="profile_id",
            label="Number of the profile",
            pattern=r"[0-9]{1,12}",
        ),
        ConfigField(
            name="webhook_url",
            label="Address of this connection's webhook",
            help="Your gateway's address with /webhooks/paytabs/{connection}, written so; starts with https://.",
            pattern=WEBHOOK_URL,
        ),
        ConfigField(
            name="return_url",
            label="Where the page sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=_ADDRESS,
        ),
        ConfigField(
            name="base_url",
            label="Address of the API",
            help="The profile's region: https://secure.paytabs.com (UAE), https://secure.paytabs.sa, "
            "https://secure-egypt.paytabs.com, -oman, -jordan, -kuwait, -iraq, -doha.",
            pattern=BASE_URL,
        ),
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
    docs={
        "payment_requests": "https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Hosted-Payment-Page",
        "notifications": "https://support.paytabs.com/en/support/solutions/articles/60000718961",
        "status": "https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Own-Form/"
        "Own-Form-Step-7-Manage-Transactions/Own-Form-Step-7-Query-Transaction",
        "types": "https://support.clickpay.com.sa/en/support/solutions/articles/73000603546",
    },
)
