"""Stripe: cards and boletos on Stripe's own page (Checkout); Pix, PromptPay and PayNow codes; vouchers of OXXO.

What a connection needs: an API key that may write Checkout Sessions, PaymentIntents and Refunds, and a webhook endpoint
at ``/webhooks/stripe/{connection}`` subscribed to ``payment_intent.succeeded``, ``payment_intent.canceled``,
``checkout.session.expired``, ``refund.created``, ``refund.updated``, ``refund.failed``, ``charge.dispute.*``,
``payout.paid``, ``payout.failed`` and ``payout.canceled``. Without the ``refund.*`` events refunds are not told, for
``charge.refunded`` states only a running total.

A test key works at the same address.

Gaps. Which methods an account may offer depends on its country: PayNow in Singapore, OXXO in Mexico, boleto in Brazil.
Boletos and vouchers of OXXO are not given back through Stripe, which refuses; disputes are told by webhooks alone. A
page is paid within a day, a boleto or voucher that was made on it for as long as it says itself: such money is told
when it comes and finds its request.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.stripe import payment_requests, refunds, reports, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

PLATFORM = Platform(
    code="stripe",
    name="Stripe",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card", "pix", "promptpay", "paynow", "oxxo", "boleto"),
    countries=(),
    config=(
        ConfigField(
            name="api_key",
            label="Secret or restricted API key",
            secret=True,
            help="May write Checkout Sessions, PaymentIntents and Refunds; starts with sk_ or rk_.",
            pattern=r"(sk|rk)_[A-Za-z0-9_]{8,255}",
        ),
        ConfigField(
            name="webhook_secret",
            label="Signing secret of the webhook endpoint",
            secret=True,
            help="Shown by Stripe beside the endpoint; starts with whsec_.",
            pattern=r"whsec_[A-Za-z0-9+/=_-]{4,255}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous signing secret",
            secret=True,
            required=False,
            help="While a secret is rolled, Stripe signs with both; remove it afterwards.",
            pattern=r"whsec_[A-Za-z0-9+/=_-]{4,255}",
        ),
        ConfigField(
            name="method",
            label="Method to confirm at once",
            required=False,
            help="pix (BRL), promptpay (THB) or paynow (SGD): a code; oxxo (MXN): a voucher; empty: Stripe's page.",
            pattern=r"pix|promptpay|paynow|oxxo",
        ),
        ConfigField(
            name="return_url",
            label="Where the payment page sends the debtor",
            required=False,
            required_for=("card",),
            help="A page of yours, shown whether the debtor has paid or turned back; starts with https://.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-;=?-~]{0,1000})?",
        ),
        base_url_field("Empty for Stripe itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build,
        read=payment_requests.read,
        query=payment_requests.query,
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    reports=(reports.REPORT,),
    docs={
        "payment_page": "https://docs.stripe.com/api/checkout/sessions/create",
        "amounts": "https://docs.stripe.com/currencies",
        "signatures": "https://docs.stripe.com/webhooks#verify-manually",
        "refunds": "https://docs.stripe.com/api/refunds",
        "disputes": "https://docs.stripe.com/api/disputes/object",
        "payouts": "https://docs.stripe.com/api/payouts/object",
        "events": "https://docs.stripe.com/api/events/types",
        "reports": "https://docs.stripe.com/reports/payout-reconciliation",
        "idempotency": "https://docs.stripe.com/api/idempotent_requests",
    },
)
