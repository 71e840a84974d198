"""payOS: bank transfers by VietQR to an account of the creditor's own, in Vietnam.

What a connection needs: the client ID, API key and checksum key of a payment channel, and its webhook set to
``/webhooks/payos/{connection}``. The checksum key signs webhooks and requests alike.

A webhook states its time without an offset from UTC, so it only announces: the link is asked about, and what its
answer lists is booked. A time without an offset in an answer is refused.

Gaps. No refund, settlement report or sandbox was found in what was read, which is not the whole of the documentation.
Read in the official libraries (node and Python, with their own test cases): the address, the requests, their fields
and statuses, the code ``00`` of an answer that says yes, the signatures, and that answers state times with their
offset while webhooks do not. Not seen in an official text: that an order code is taken once.

What is asked about a link states neither its code nor its page, so a request whose answer was lost is refused and
another has to be made. Whether a description may be longer than nine characters depends on the bank account, so nine
are sent. When a webhook's address is registered, payOS sends a made-up transfer to it; the link that this names is
asked about in vain and left to a person.
"""

from __future__ import annotations

from connectors.platforms import base_url_field
from connectors.platforms.payos import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="payos",
    name="payOS",
    kind=PlatformKind.GATEWAY,
    rails=("vietqr",),
    countries=("VN",),
    config=(
        ConfigField(name="client_id", label="Client ID", help="Of the payment channel.", pattern=r"[A-Za-z0-9-]{8,64}"),
        ConfigField(
            name="api_key", label="API key", secret=True, help="Of the same channel.", pattern=r"[A-Za-z0-9-]{8,128}"
        ),
        ConfigField(
            name="webhook_secret",
            label="Checksum key",
            secret=True,
            help="Of the same channel; it signs requests too.",
            pattern=r"[A-Za-z0-9]{32,128}",
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous checksum key",
            secret=True,
            required=False,
            help="Accepted while the key is renewed; remove it afterwards.",
            pattern=r"[A-Za-z0-9]{32,128}",
        ),
        ConfigField(
            name="return_url",
            label="Address to return to",
            help="Where the debtor is led after paying or giving up.",
            pattern=r"https://[^\s&]{1,500}",
        ),
        base_url_field("Empty for payOS itself."),
    ),
    webhooks=Webhooks(verify=signatures.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    docs={
        "api": "https://payos.vn/docs/api/",
        "signatures": "https://payos.vn/docs/tich-hop-webhook/kiem-tra-du-lieu-voi-signature",
        "library": "https://github.com/payOSHQ/payos-lib-node",
        "test_cases": "https://github.com/payOSHQ/payos-lib-python/blob/main/tests/_crypto/testCases.json",
    },
)
