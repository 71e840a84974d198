"""AmwalPay: payment links in Omani rials, for one amount and one payment each.

What a connection needs: the merchant's and the terminal's number, the secure key (hexadecimal, signs requests) and a
mailbox of the creditor's own. AmwalPay sends every link by e-mail; the debtor is written to by this system alone, which
knows when that is allowed, so no address of the debtor goes to AmwalPay. Testing has keys and an address of its own.

Gaps. A payment over a link is told by nothing here. AmwalPay notifies a terminal of its payments, but the public pages
do not settle in which unit a notification states its amount, nor which of its types are payments and which are money
given back; no page documents how to ask what became of a link, nor a refund. So payments reach the book through the
bank's statement, AmwalPay's export read with a column mapping (``own_csv``) or a receipt recorded by hand, and until
then the debtor counts as not having paid: record them daily. How a link's end is written is not documented, so links do
not end by themselves; each takes one payment.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.amwal import payment_requests
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform

PLATFORM = Platform(
    code="amwal",
    name="AmwalPay",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("card",),
    countries=("OM",),
    config=(
        ConfigField(name="merchant_id", label="Merchant ID", pattern=r"[1-9][0-9]{0,11}"),
        ConfigField(name="terminal_id", label="Terminal ID", pattern=r"[1-9][0-9]{0,11}"),
        ConfigField(
            name="secure_key",
            label="Secure key",
            secret=True,
            help="Hexadecimal, as AmwalPay's portal shows it; signs requests.",
            pattern=r"([0-9A-Fa-f]{2}){16,64}",
        ),
        ConfigField(
            name="notification_email",
            label="Your own mailbox",
            help="AmwalPay sends every link here; never an address of a debtor.",
            pattern=r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}",
        ),
        ConfigField(
            name="return_url",
            label="Where AmwalPay sends the debtor",
            help="A page of yours, for paid and turned back alike; starts with https:// and has no question mark.",
            pattern=r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]{0,200})?",
        ),
        base_url_field("Empty for production; https://test.amwalpg.com:14443 for testing."),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    sandbox_base_url="https://test.amwalpg.com:14443",
    docs={
        "payment_requests": "https://amwalpay.om/developers/amwal-integrated-payment-link/introduction",
        "signatures": "https://amwalpay.om/developers/amwal-integrated-payment-link/response-and-hash-generation",
        "notifications": "https://amwalpay.om/?p=25722",
    },
)
