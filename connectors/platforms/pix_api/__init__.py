"""API Pix: charges with a due date and Pix received, at any Brazilian bank that follows BACEN's specification 2.9.0.

What a connection needs: the bank's address, OAuth client credentials, a client certificate, a Pix key, and the webhook
address ``/webhooks/pix_api/{connection}?token=…`` registered at the bank for that key; the bank appends ``/pix``.

To look up a Pix and to give one back the bank has to grant ``pix.read`` and ``pix.write`` too: the setting ``scope``.

Gaps. There is no sandbox of all banks: each has an address of its own, which is a setting. A settlement report is none
of the specification, for a Pix is in the account within seconds: the bank's statement tells it (CNAB 240, camt.053).
"""

from __future__ import annotations

from connectors.platforms.pix_api import payment_requests, refunds, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, Refunds, StatusQuery, Webhooks

_HTTPS = r"(https://[A-Za-z0-9.-]+(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?)(/[A-Za-z0-9._~/-]*)?"
_TOKEN = r"[A-Za-z0-9_-]{32,200}"  # noqa: S105 - the shape of a token, not a token
_PATH = r"/[^\0]{1,500}"

PLATFORM = Platform(
    code="pix_api",
    name="API Pix (BACEN)",
    kind=PlatformKind.BANK,
    rails=("pix",),
    countries=("BR",),
    config=(
        ConfigField(name="base_url", label="Address of the bank's API Pix", pattern=_HTTPS, help="Ends before /cobv."),
        ConfigField(name="token_url", label="Address of the bank's token endpoint", pattern=_HTTPS),
        ConfigField(name="client_id", label="OAuth client id"),
        ConfigField(name="client_secret", label="OAuth client secret", secret=True),
        ConfigField(
            name="scope",
            label="Permissions to ask for",
            required=False,
            help=f"Empty: {payment_requests.SCOPE}; add pix.read pix.write where the bank granted them.",
            pattern=r"[a-z]+\.(read|write)( [a-z]+\.(read|write)){0,19}",
        ),
        ConfigField(name="pix_key", label="Pix key that receives", pattern=r".{1,77}"),
        ConfigField(
            name="webhook_secret",
            label="Token in the webhook's address",
            secret=True,
            help="At least 32 letters and digits; register the address with ?token= at the bank.",
            pattern=_TOKEN,
        ),
        ConfigField(
            name="webhook_secret_previous",
            label="Previous token",
            secret=True,
            required=False,
            help="Accepted until the bank calls the new address; remove it afterwards.",
            pattern=_TOKEN,
        ),
        ConfigField(name="certificate_path", label="Client certificate (PEM file)", required=False, pattern=_PATH),
        ConfigField(name="key_path", label="Its private key (PEM file)", required=False, pattern=_PATH),
        ConfigField(
            name="authority_path",
            label="Certificates that signed the bank's (PEM file)",
            required=False,
            help="Empty trusts the public authorities.",
            pattern=_PATH,
        ),
        ConfigField(
            name="fine_percent",
            label="Fine after the due date, percent",
            required=False,
            help="At most 2.00 (Lei 8.078/1990, art. 52, § 1).",
            pattern=r"\d{1,2}(\.\d{1,2})?",
        ),
        ConfigField(
            name="interest_percent_month",
            label="Late interest, percent a month",
            required=False,
            help="At most 1.00 (STJ, Súmula 379).",
            pattern=r"\d{1,2}(\.\d{1,2})?",
        ),
    ),
    webhooks=Webhooks(verify=webhooks.verify, delivery_id=webhooks.delivery_id, parse=webhooks.parse),
    payment_requests=PaymentRequests(
        build=payment_requests.build,
        read=payment_requests.read,
        query=payment_requests.query,
        authorise=payment_requests.authorise,
        read_token=payment_requests.read_token,
    ),
    status=StatusQuery(build=status.build, read=status.read),
    refunds=Refunds(build=refunds.build, read=refunds.read),
    docs={"specification": "https://github.com/bacen/pix-api", "version": "2.9.0"},
)
