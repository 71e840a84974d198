"""EBANX: its payment page in Latin America, with Pix, boleto, OXXO, SPEI, cards and more by country.

What a connection needs: an integration key, the e-mail address of debtors (EBANX wants one), EBANX's certificate for
notifications, and in EBANX's dashboard under Account Settings, Integrations the notification URL
``/webhooks/ebanx/{connection}``. The certificate is downloaded from EBANX's page on notifications and compared with the
fingerprint there (``4ABAD89CF66B99998465470550EB15E3E271A246`` in 2026); a new one is stored beside the old.

A notification names payments and no more, so each is asked about before anything is booked. What is asked for in a
currency is told in it (``amount_ext``, ``currency_ext``), whatever the debtor's bank paid in.

Gaps. EBANX states its times without a zone, and says that it depends on the merchant's configuration: the day counts as
stated, and no hour is claimed. Chargebacks are told without an amount, day or a documented field in the answer: they
are an error for a person to see to. Two refunds of one payment are told in the same words and kept once: the second is
seen when the payment is asked about again. A refund of a part has no documented key by which a repeat is known, so only
whole payments are given back. The payments report states neither fee nor net: read the settlement report with a column
mapping (``own_csv``). What an answer says where it knows no payment is not documented: it is a refusal.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.ebanx import payment_requests, refunds, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

_KIND = r"(CERTIFICATE|PUBLIC KEY)-----"
_PEM = rf" *-----BEGIN {_KIND}[A-Za-z0-9+/= ]{{100,1900}}-----END {_KIND} *"

PLATFORM = Platform(
    code="ebanx",
    name="EBANX",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("pix", "boleto", "oxxo", "spei", "card"),
    countries=("BR", "MX", "CO", "CL", "PE", "AR"),
    config=(
        ConfigField(
            name="integration_key",
            label="Integration key",
            secret=True,
            help="The private one; that of the sandbox is another.",
            pattern=r"[A-Za-z0-9_-]{8,255}",
        ),
        ConfigField(
            name="notification_certificate",
            label="EBANX's certificate for notifications (PEM)",
            secret=True,
            help="From EBANX's documentation, on one line; its public key where it is beyond 2000 letters.",
            pattern=_PEM,
        ),
        ConfigField(
            name="notification_certificate_previous",
            label="Previous certificate",
            secret=True,
            required=False,
            help="Accepted while EBANX changes to another; remove it afterwards.",
            pattern=_PEM,
        ),
        ConfigField(
            name="return_url",
            label="Where EBANX sends the debtor",
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,200})?",
        ),
        base_url_field("Empty for production; https://sandbox.ebanxpay.com for the sandbox."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("notification_certificate", "notification_certificate_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read, keyed=False),
    sandbox_base_url="https://sandbox.ebanxpay.com",
    docs={
        "payment_page": "https://docs.ebanx.com/docs/payments/guides/accept-payments/payment-pages/payment-page",
        "notifications": "https://docs.ebanx.com/docs/payments/guides/features/payment-notifications",
        "signatures": "https://developers.ebanx.com/integrations/notifications",
        "status": "https://docs.ebanx.com/docs/payments/guides/after-payments/retrieve-payment",
        "library": "https://github.com/ebanx/benjamin",
    },
)
